package bottest

import (
	"context"
	"strings"
	"testing"

	"crmbot/bot"
	"crmbot/bot/script"
	"crmbot/crm"
)

// posted plays a line and returns what went out to an address.
func (h *House) posted(line string) []bot.Outgoing {
	h.t.Helper()
	lines, err := script.Parse(strings.NewReader(line))
	if err != nil {
		h.t.Fatal(err)
	}
	ctx := context.Background()
	in, _, err := h.inbound(lines[0])
	if err == nil {
		err = h.Pipeline.Inbox(in.Address.Platform, in.Address.Install).Receive(ctx, in)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle(ctx)
	var out []bot.Outgoing
	r := h.rooms[in.Address.Platform]
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.fresh {
		if x.out.To == in.Address {
			out = append(out, x.out)
		}
	}
	r.fresh = nil
	return out
}

// TestFewRightsToWrite: where a person may be written to a few times only, every
// answer is one message, a hand-off too, and none is longer than the platform
// takes.
func TestFewRightsToWrite(t *testing.T) {
	t.Parallel()
	for lang, lines := range map[string][]string{
		"en": {
			"hello", "help", "I want to buy 5 t maltose syrup", "how long does maltose syrup keep?", "skip", "skip",
			"something nobody knows about", "2", "the bags are torn", "talk to a person",
		},
		"zh-CN": {
			"你好", "帮助", "我要买5吨麦芽糖浆", "麦芽糖浆保质期多久？", "跳过", "跳过", "没人知道的事情", "2", "袋子破了", "转人工",
		},
	} {
		h := New(t, lang)
		for _, line := range lines {
			h.Say("* wait 1m")
			out := h.posted("customer:ana@window> " + line)
			var said []string
			for _, x := range out {
				if x.Op != bot.OpTyping {
					said = append(said, x.Reply.Text)
				}
			}
			if len(said) != 1 || len(said[0]) > 2048 {
				t.Errorf("%s: %d messages, want one of at most 2048 bytes: %q", line, len(said), said)
			}
		}
		found, err := h.Store.Conversations(context.Background(), []crm.ConversationKey{{Platform: "window", Install: "shop", Chat: "ana"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			if c.Status != crm.ConversationWaiting {
				t.Errorf("%s: %s after the wish for a person", lang, c.Status)
			}
		}
	}
}
