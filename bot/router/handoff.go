package router

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

// handoff is step 10: nothing we know comes near, so a person is offered. A
// file without words belongs to the ticket that is open.
func (r *Router) handoff(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if reply, err := r.unsolved(ctx, t); !reply.Empty() || err != nil {
		return reply, true, err
	}
	offer := t.Words.T("handoff.offer")
	if t.text == "" {
		offer = t.Words.N("handoff.file", len(t.Inbound.Files))
		if reply, err := r.attach(ctx, t); !reply.Empty() || err != nil {
			return reply, true, err
		}
	}
	if waits, err := r.waits(ctx, t); waits || err != nil {
		return nil, true, err
	}
	if t.Conversation.Status == crm.ConversationWaiting { // somebody is called already
		if t.since("waiting", answerSoon) {
			return nil, true, nil
		}
		reply, err := handoff.Waiting(ctx, t.Request)
		return reply, true, err
	}
	return r.offer(t, offer), true, nil
}

// offer offers a person.
func (r *Router) offer(t *turn, text string) *bot.Reply {
	return &bot.Reply{Text: text, Buttons: append(r.perhaps(t), customer.PersonOffer(t.Request, t.key)...)}
}

// attach keeps files with the customer's open ticket, nil if there is none.
func (r *Router) attach(ctx context.Context, t *turn) (*bot.Reply, error) {
	photo := r.commands["photo"]
	if photo == nil || t.Contact == nil || len(t.Inbound.Files) == 0 {
		return nil, nil
	}
	return r.invoke(ctx, t, &call{command: photo})
}

// unsolved takes up again what a customer was told is solved, when he then
// writes something that we do not know; nil if it is nothing of the kind.
func (r *Router) unsolved(ctx context.Context, t *turn) (*bot.Reply, error) {
	line := customer.Unsolved(t.Request)
	if t.Contact == nil || line == "" {
		return nil, nil
	}
	c, err := r.line(t, line)
	if err != nil {
		return nil, err
	}
	if t.text != "" {
		c.set("text", t.text)
	}
	return r.invoke(ctx, t, c)
}
