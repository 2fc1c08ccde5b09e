package router_test

import (
	"strings"
	"testing"

	"crmbot/bot/bottest"
)

// TestPersonIsUnderstood: whoever wants a person gets one, however he says it.
func TestPersonIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line  string
		calls bool
	}{
		{"can I speak to somebody please?", true},
		{"your bot is useless. HUMAN", true},
		{"How long does maltose syrup keep? I want to talk to a person!", true},
		{"能不能给我转个人工啊", true},
		{"我想找真人客服", true},
		{"客服呢？", true},
		{"保质期多久？转人工。", true},
		{"I need a real human being", true},
		{"my name is Ana Lopez, I want to talk to a person", true},
		{"能不能给我转个人工啊，急", true},
		{"你好，我叫王丽，我想找真人客服", true},
		{"叫个人来", true},
		{"给我打电话", true},
		{"is there artificial sweetener in it?", false},
		{"I know a person. She buys from you.", false},
		{"人工费多少？", false},
	} {
		h := bottest.New(t, "en")
		h.Threads("office:team#support")
		h.Say("customer:ana> hello")
		if have := h.Say("customer:ana> " + test.line); strings.Contains(have, "to #support/1") != test.calls {
			t.Errorf("%s: want a call: %v\n%s", test.line, test.calls, have)
		}
	}
}

// TestBackFromAway: "back" says that somebody is there again, whatever was asked
// before.
func TestBackFromAway(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "li.wei> away", "You are away")
	says(t, h, "li.wei> away he.min", "nothing has changed")
	says(t, h, "li.wei> lead new", "?")
	says(t, h, "li.wei> back", "Welcome back")
	says(t, h, "li.wei> back", "first question")
}

// TestLateAnswer: the answer to a question of the day before is a note, and its
// author is told.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	h := inThread(t, "floor")
	h.Say("* with idle 72h")
	h.Say("he.min#support/1> reply: one moment")
	says(t, h, "he.min#support/1> reply:", "What shall the customer read?")
	h.Say("* wait 25h")
	have := outside(t, h, "he.min#support/1> ^ hello there", "")
	if !strings.Contains(have, "too old") {
		t.Errorf("he is not told:\n%s", have)
	}
}

// TestMistypedReply: who mistypes the word that sends is asked each time, and what
// he lets go is without it.
func TestMistypedReply(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	for _, line := range []string{"repyl: one", "replay: two", "reply; three", "回腹：四", "答复：六", "回 复：七", "回复；五"} {
		have := outside(t, h, "he.min#support/1> "+line, "")
		if !strings.Contains(have, "[Send it]") && !strings.Contains(have, "[发出]") {
			t.Errorf("%s\nis not asked about:\n%s", line, have)
		}
	}
	outside(t, h, "he.min#support/1> [发出]", "五")
}
