package router

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/customer"
)

// handoff is step 10: nothing we know comes near, so a person is offered. A
// file without words belongs to the ticket that is open.
func (r *Router) handoff(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	key := "handoff.offer"
	if t.text == "" {
		key = "handoff.file"
		if reply, err := r.attach(ctx, t); !reply.Empty() || err != nil {
			return reply, true, err
		}
	}
	return &bot.Reply{
		Text: t.Words.T(key),
		Buttons: append(r.perhaps(t),
			bot.Button{Label: t.Words.Label("button.person"), Action: "person"},
			bot.Button{Label: t.Words.Label("button.message"), Action: customer.MessageLine},
		),
	}, true, nil
}

// attach keeps files with the customer's open ticket, nil if there is none.
func (r *Router) attach(ctx context.Context, t *turn) (*bot.Reply, error) {
	photo := r.commands["photo"]
	if photo == nil || t.Contact == nil || len(t.Inbound.Files) == 0 {
		return nil, nil
	}
	return r.invoke(ctx, t, &call{command: photo})
}
