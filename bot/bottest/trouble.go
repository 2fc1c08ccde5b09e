package bottest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"crmbot/bot"
	"crmbot/bot/script"
)

// trouble is what is wrong with a platform.
type trouble struct {
	down   bool              // it does not answer
	next   *bot.Failure      // what it says to the next operation
	unsure bool              // it takes the next operation, and nobody hears of it
	lost   map[string]string // chats, and threads as chat/topic, that are no more: why
}

// refuses says why an operation cannot be done, nil if it can.
func (r *room) refuses(out bot.Outgoing) error {
	t := &r.trouble
	if t.down {
		return &bot.Failure{Class: bot.Transient, Err: errors.New("down")}
	}
	if next := t.next; next != nil {
		t.next = nil
		return next
	}
	for _, place := range []string{string(out.To.Chat), string(out.To.Chat) + "/" + string(out.To.Topic)} {
		if why := t.lost[place]; why != "" {
			return &bot.Failure{Class: bot.RecipientGone, Why: why}
		}
	}
	switch r.away[out.To.Chat] {
	case "":
	case "taken":
		return &bot.Failure{Class: bot.WindowClosed, Why: bot.WhyDesk}
	case "blocked":
		return &bot.Failure{Class: bot.RecipientGone}
	default:
		return &bot.Failure{Class: bot.WindowClosed, Why: bot.WhyEnded}
	}
	return nil
}

// befall does what a line with a star says:
//
//   - with threads office:team#support floor:team#floor   where colleagues answer, from now on
//   - with hold 0s · hours 09:00-18:00 · survey off        see settings.go
//   - down office · * up office                            the platform does not answer, and again
//   - next office rate_limited                             what it says to the next operation: a bot.Class
//   - lost #support/1 · * archived #support                the thread or the group is no more
//   - restart                                              a new process on the same database
func (h *House) befall(ctx context.Context, line script.Line) error {
	first, rest, _ := strings.Cut(line.Text, " ")
	switch line.Turn {
	case "with":
		return h.with(first, rest)
	case "restart":
		h.Restart()
		return nil
	case "lost":
		return h.lose(first, bot.WhyTopic)
	case "archived":
		return h.lose(first, bot.WhyArchived)
	}
	r := h.rooms[bot.Platform(first)]
	if r == nil {
		return fmt.Errorf("no platform %q", first)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case line.Turn == "down", line.Turn == "up":
		r.trouble.down = line.Turn == "down"
	case line.Turn == "next" && rest == string(bot.Ambiguous):
		r.trouble.unsure = true
	case line.Turn == "next":
		r.trouble.next = &bot.Failure{Class: bot.Class(rest), Err: errors.New("as the script says")}
	default:
		return fmt.Errorf("nothing is called %q", line.Turn)
	}
	return nil
}

// lose ends a group, or a thread of it.
func (h *House) lose(place, why string) error {
	group, thread, _ := strings.Cut(strings.TrimPrefix(place, "#"), "/")
	at := h.address(script.Speaker{Group: group})
	key := string(at.Chat)
	if thread != "" {
		key += "/" + thread
	}
	r := h.rooms[at.Platform]
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.trouble.lost == nil {
		r.trouble.lost = map[string]string{}
	}
	r.trouble.lost[key] = why
	return nil
}
