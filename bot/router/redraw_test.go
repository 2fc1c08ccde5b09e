package router_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/bottest"
)

// TestCardIsDrawnAnew: a button of a record's card changes the card, in a chat
// and where others read along; who was second hears so.
func TestCardIsDrawnAnew(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	lead(t, h, "wang.fang", "Zhang Wei", "Rongshi", "13800000000")
	says(t, h, "wang.fang> LEAD-1", "    | new")
	says(t, h, "wang.fang> [Qualify]", "    (edits)\n    **LEAD-1 Zhang Wei · Rongshi** is qualified.\n    | LEAD-1 Zhang Wei · Rongshi\n    | qualified")
	says(t, h, "wang.fang> [Undo]", "    | new\n")
	says(t, h, "wang.fang#sales> @ LEAD-1", "(only you)")
	says(t, h, "wang.fang#sales> [Share in channel]", "[Qualify]")
	both := h.Say("li.wei#sales>> [Qualify]\nwang.fang#sales> [Qualify]")
	for _, want := range []string{"    (edits)\n    **LEAD-1 Zhang Wei · Rongshi** is qualified.\n    _李伟, today 10:00_\n    | LEAD-1", "done already"} {
		if !strings.Contains(both, want) {
			t.Errorf("two press at once: have\n%s\nwant %q", both, want)
		}
	}
	says(t, h, "wang.fang#sales> [Note]", "What happened?")
}

// TestSharedButton: what was shared from one place to another is for all who
// work here, and for nobody else.
func TestSharedButton(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "li.wei> pipeline", "Pipeline by stage")
	says(t, h, "wang.fang> pipeline", "Pipeline by stage")
	err := h.Store.CreateButtons(context.Background(), []*bot.KeptButton{{
		ID: "shared", Conversation: conversation(t, h, "li.wei"), Action: bot.Kept{Line: "today", Shared: true}.String(),
		Expires: bottest.Start().Add(time.Hour),
	}})
	if err != nil {
		t.Fatal(err)
	}
	says(t, h, "wang.fang> <action b:shared>", "day")
	says(t, h, "wang.fang> <action b:shared>", "day")
	says(t, h, "bob> <action b:shared>", "too old")
	says(t, h, "customer:ana> <action b:shared>", "too old")
}
