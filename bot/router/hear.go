package router

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

// spoken are the kinds by which a customer says something.
var spoken = map[bot.Kind]bool{
	bot.KindText: true, bot.KindMedia: true, bot.KindAction: true, bot.KindForm: true, bot.KindMenu: true, bot.KindContact: true,
}

// hear is done once with everything that a customer says, before anybody looks
// at what it means: colleagues see it where one of them is wanted or in charge.
// quiet says that he writes too much, or that nobody listens to him.
func (r *Router) hear(ctx context.Context, t *turn) (quiet bool, err error) {
	if t.Staff() || t.Contact == nil || t.Conversation.Audience != crm.AudienceCustomers || !spoken[t.Inbound.Kind] {
		return false, nil
	}
	if quiet, err = customer.Flood(ctx, t.Request); err != nil {
		return false, err
	}
	if t.Identity != nil && t.Identity.Muted(t.Now) {
		return true, nil
	}
	if t.Inbound.Kind == bot.KindText {
		t.Courtesy = r.waitsForNobody(t)
	}
	comment, err := r.commentLine(ctx, t)
	if err != nil {
		return false, err
	}
	t.Courtesy = t.Courtesy || customer.Rating(t.Request) != "" || comment != ""
	answer, err := handoff.Heard(ctx, t.Request)
	t.silent = !answer
	return quiet, err
}

// waitsForNobody says whether a customer's text is a courtesy that ends a talk,
// or one of the words that we answer ourselves.
func (r *Router) waitsForNobody(t *turn) bool {
	switch t.said.Courtesy() {
	case customer.Thanks, customer.Okay, customer.Bye:
		return true
	}
	name := r.exact[t.core]
	return name != "" && name != "person"
}

// waits says whether a person was called who will read in a thread what the
// customer says. What we surely know is still answered; guesses, forms and offers
// would be in his way.
func (r *Router) waits(ctx context.Context, t *turn) (bool, error) {
	if t.Staff() || t.Conversation.Status != crm.ConversationWaiting || len(r.company.Threads) == 0 {
		return false, nil
	}
	_, n, err := t.Store.Threads(ctx, crm.ThreadFilter{
		Conversation: t.Conversation.ID, Page: crm.Page{Limit: 1},
		States: []crm.ThreadState{crm.ThreadOpening, crm.ThreadOpen},
	})
	return n > 0, err
}
