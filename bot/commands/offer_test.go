package commands_test

import (
	"slices"
	"strings"
	"testing"

	"crmbot/bot/script"
)

// Notes offer what they say between the lines, and nothing else.
func TestNoteOffers(t *testing.T) {
	w := newWorld(t)
	w.say("li.wei", "deal new Rongshi 250k close=12-20")
	for _, test := range []struct {
		note string
		want []string
	}{
		{"called, wants 20 t, visit Thu 3pm", []string{"Plan: Thu 15:00 visit"}},
		{"今天电话,要20吨,周四下午3点拜访", []string{"Plan: Thu 15:00 拜访"}},
		{"周五前签合同", []string{"Plan: Fri 09:00 签合同", "Stage: Negotiation"}},
		{"明天上午10点前往客户处", []string{"Plan: tomorrow 10:00 前往客户处"}},
		{"meet on site tomorrow at 10am", []string{"Plan: tomorrow 10:00 meet on site"}},
		{"offers 28万", []string{"Amount ¥280,000"}},
		{"价格谈到 30w", []string{"Amount ¥300,000"}},
		{"now at 250k", nil}, // as it is already
		{"quote sent", []string{"Stage: Proposal"}},
		{"已报价", []string{"Stage: Proposal"}},
		{"they are still unquoted", nil},
		{"won the tender or lost the deal, nobody knows", nil}, // two stages are none
		{"called", nil},
		{"张总很满意", nil},
		{"called yesterday at 3pm", nil},
		{"phone 13800000000", nil},
	} {
		t.Run(test.note, func(t *testing.T) {
			w.t = t
			w.say("li.wei", "note OPP-1 "+test.note)
			noted := w.people["li.wei"].reply
			var labels []string
			for _, b := range noted.Buttons {
				if b.Label != "Undo" {
					labels = append(labels, b.Label)
				}
			}
			if !slices.Equal(labels, test.want) {
				t.Errorf("offers %q, want %q", labels, test.want)
			}
			for _, label := range labels {
				hasNot(t, w.pressOn("li.wei", noted, label), "?", "can't", "don't")
				has(t, w.say("li.wei", "undo"), "Undone")
			}
		})
	}
}

// A note about a contact or company concerns its deal, if there is only one.
func TestOffersFindTheDeal(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> deal new Rongshi 250k close=12-20", "li.wei> note ACC-1 they offer 280k")
	has(t, script.Render(script.Said{Reply: w.people["li.wei"].reply}), "[Amount ¥280,000]")
	w.talk("li.wei> deal new Rongshi 90k close=12-20 name=Second", "li.wei> note ACC-1 they offer 280k")
	hasNot(t, strings.Join(labelsOf(w, "li.wei"), " "), "Amount")
}

func labelsOf(w *world, handle string) []string {
	var labels []string
	for _, b := range w.people[handle].reply.Buttons {
		labels = append(labels, b.Label)
	}
	return labels
}

// What is said behind a reference is offered as a note about it.
func TestARemarkIsOfferedAsANote(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> deal new Rongshi 250k close=12-20")
	has(t, w.say("li.wei", "OPP-1 they liked it, quote is out"), "did not understand", "[Note on OPP-1]")
	has(t, w.press("li.wei", "Note on OPP-1"), "Noted on **OPP-1 Rongshi**: they liked it, quote is out", "[Stage: Proposal]")
	hasNot(t, w.say("li.wei", "ACT-1 they liked it"), "Note on")
}
