package bottest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/script"
)

// room is a made-up platform: it shows everything to whoever reads. "plain"
// has no buttons.
type room struct {
	platform bot.Platform
	mu       sync.Mutex
	fresh    []bot.Outgoing
	shown    []shown
}

// shown is a message that lies in a chat.
type shown struct {
	id  bot.MessageID
	out bot.Outgoing
}

// Platform implements bot.Adapter.
func (r *room) Platform() bot.Platform { return r.platform }

// Features implements bot.Adapter.
func (r *room) Features() bot.Features {
	f := bot.Features{
		Ops:  []bot.Op{bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpEphemeral, bot.OpAnswer, bot.OpHome},
		Text: bot.Limit{Max: 4000, Unit: bot.Runes}, Label: bot.Limit{Max: 60, Unit: bot.Runes},
		Buttons: 30, Cards: true, Tables: true, Contact: true, Files: true,
		Names: map[string]string{"en": "Desk", "zh-CN": "前台"},
	}
	if r.platform == "plain" {
		f.Ops, f.Buttons, f.Cards, f.Tables, f.Contact = []bot.Op{bot.OpPost}, 0, false, false, false
	}
	return f
}

// Run implements bot.Adapter.
func (r *room) Run(ctx context.Context, _ bot.Inbox) error {
	<-ctx.Done()
	return nil
}

// Measure implements bot.Adapter.
func (r *room) Measure(markup string) int { return utf8.RuneCountInString(markup) }

// Send implements bot.Adapter.
func (r *room) Send(_ context.Context, out bot.Outgoing) (bot.Sent, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := bot.MessageID(fmt.Sprintf("out-%d", len(r.shown)+1))
	r.fresh = append(r.fresh, out)
	r.shown = append(r.shown, shown{id, out})
	return bot.Sent{ID: id}, nil
}

// button finds the latest button with that label that was shown at an address.
func (r *room) button(at bot.Address, label string) (action string, message bot.MessageID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.shown) - 1; i >= 0; i-- {
		s := r.shown[i]
		if s.out.To != at || s.out.Reply == nil {
			continue
		}
		all := s.out.Reply.Buttons
		for _, c := range s.out.Reply.Cards {
			all = append(append([]bot.Button{}, all...), c.Buttons...)
		}
		for _, b := range all {
			if b.Label == label {
				return b.Action, s.id
			}
		}
	}
	return "", ""
}

// said takes what was shown since the last time.
func (h *House) said() []script.Said {
	var all []script.Said
	for _, platform := range []bot.Platform{"desk", "plain"} {
		r := h.rooms[platform]
		r.mu.Lock()
		for _, out := range r.fresh {
			if out.Op == bot.OpAnswer && (out.Reply == nil || out.Reply.Toast == "") {
				continue
			}
			all = append(all, script.Said{To: speakerAt(out.To), Reply: h.mask(out.Reply), Op: out.Op})
		}
		r.fresh = nil
		r.mu.Unlock()
	}
	return all
}

// masked stands for a link code in a transcript, since no two are the same.
// Somebody who says it in a script says the last code that was shown.
const masked = "XXXX-XXXX"

var codes = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`)

func (h *House) mask(r *bot.Reply) *bot.Reply {
	if r == nil {
		return nil
	}
	out := *r
	out.Text = codes.ReplaceAllStringFunc(r.Text, func(code string) string {
		if code == "7F3K-9QXA" { // the example in the sentences
			return code
		}
		h.code = code
		return masked
	})
	return &out
}

// speakerAt is who reads at an address.
func speakerAt(a bot.Address) script.Speaker {
	if group, ok := strings.CutPrefix(string(a.Chat), "#"); ok {
		return script.Speaker{Group: group}
	}
	s := script.Speaker{Name: string(a.Chat), Customer: a.Install == "shop" && !seeded(string(a.Chat))}
	if a.Platform == "plain" {
		s.Place = "plain"
	}
	if a.Install == "shop" && !s.Customer {
		s.Place = "shop"
	}
	return s
}
