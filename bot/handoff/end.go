package handoff

import (
	"context"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// closed ends a person's part: the matter is settled. The customer may be asked
// how content he is; who still waits for his first answer is told.
func closed(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := colleague(ctx, r, "by")
	if err != nil {
		return nil, err
	}
	who := u.ID
	if r.Conversation.Status == crm.ConversationHandedOff && r.Conversation.AssigneeID != 0 {
		who = r.Conversation.AssigneeID
	}
	helped, err := helped(ctx, r)
	if err != nil {
		return nil, err
	}
	key, waited := "handoff.closed", !r.Conversation.WaitsSince.IsZero()
	if r.Identity != nil && !r.Identity.BlockedAt.IsZero() {
		key = "handoff.blocked"
	}
	if err := leave(ctx, r, u.Actor(), true, key); err != nil {
		return nil, refused(ctx, r, u.ID, err)
	}
	switch {
	case !helped && waited:
		return parts(ctx, r, "person.ended")
	case !helped || !r.Company.Survey:
		return nil, nil
	}
	at, _, err := silent(ctx, r)
	if next := r.Now.Add(time.Second); at.Before(next) { // the question stands behind the end
		at = next
	}
	later(r, at, "survey.ask user=%d", who)
	return nil, err
}

// back ends a person's part: the bot answers again, and says so.
func back(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := colleague(ctx, r, "by")
	if err != nil {
		return nil, err
	}
	if err := leave(ctx, r, u.Actor(), false, "handoff.back"); err != nil {
		return nil, refused(ctx, r, u.ID, err)
	}
	return parts(ctx, r, "person.back")
}

// parts is the sentence by which a person's part ends, if the customer can be
// told.
func parts(ctx context.Context, r *bot.Request, key string) (*bot.Reply, error) {
	if spare, err := spare(ctx, r); !spare || gone(r) || err != nil {
		return nil, err
	}
	return bot.Text(r.Words.T(key)), nil
}

// helped says whether a colleague has written since a person was last called, be
// it that his words are still on their way.
func helped(ctx context.Context, r *bot.Request) (bool, error) {
	ended := r.Conversation.ClosedAt
	if r.Conversation.StaffAt.After(ended) {
		return true, nil
	}
	words, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: r.Conversation.ID, States: []crm.ReleaseState{crm.ReleaseHeld, crm.ReleaseSent}, Page: crm.Page{Limit: 20, Uncounted: true},
	})
	return slices.ContainsFunc(words, func(w *crm.Release) bool {
		return w.Created.After(ended) && w.Delivery != crm.DeliveryFailed
	}), err
}

// silent is when all words have gone out that are held, and how many they are.
func silent(ctx context.Context, r *bot.Request) (time.Time, int, error) {
	at, n := r.Now, 0
	held, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: r.Conversation.ID, States: []crm.ReleaseState{crm.ReleaseHeld}, Page: crm.Page{Limit: 50, Uncounted: true},
	})
	for _, words := range held {
		end := words.Due.Add(time.Second)
		if !end.After(r.Now) {
			continue
		}
		if n++; end.After(at) {
			at = end
		}
	}
	return at, n, err
}

// leave ends a person's part, says so in the threads and solves the ticket that
// kept nothing but the wish for a person.
func leave(ctx context.Context, r *bot.Request, by crm.Actor, settled bool, key string) error {
	helped, err := helped(ctx, r)
	if err != nil {
		return err
	}
	c, err := r.CRM.Conversations.Leave(ctx, by, r.Conversation.ID, settled)
	if err := became(r, c, err); err != nil {
		return err
	}
	if helped {
		if err := solved(ctx, r, "handoff.solved"); err != nil {
			return err
		}
	}
	for _, mark := range []string{personBy, kept, "handoff.here", "handoff.over", "handoff.night", "handoff.last", "handoff.opens", paused, "handoff.window", "handoff.idle"} {
		remember(r, mark, "")
	}
	if err := relay.Say(ctx, r, nil, key, "user", staffName(ctx, r, by.User)); err != nil {
		return err
	}
	return relay.Redraw(ctx, r)
}

// solved ends the tickets that kept nothing but a wish for a person, who has come
// or is needed no more.
func solved(ctx context.Context, r *bot.Request, with string) error {
	found, err := tickets(ctx, r)
	for _, t := range found {
		if !wish(r, t) {
			continue
		}
		if _, err := r.CRM.Tickets.Solve(ctx, crm.System(), t.ID, r.WordsIn(r.Company.Language).Label(with)); err != nil {
			return err
		}
	}
	return err
}

// Withdraw is that a customer who waits says he needs nobody any more: the call
// ends, and colleagues see it. done is false where nobody was called, or an answer
// is on its way.
func Withdraw(ctx context.Context, r *bot.Request) (reply *bot.Reply, done bool, err error) {
	if r.Conversation.Status != crm.ConversationWaiting || r.Conversation.AssigneeID == 0 {
		return nil, false, nil
	}
	if _, held, err := silent(ctx, r); err != nil || held > 0 {
		return nil, false, err
	}
	if err := solved(ctx, r, "handoff.needless"); err != nil {
		return nil, false, err
	}
	if err := leave(ctx, r, crm.System(), false, "handoff.withdrawn"); err != nil {
		return nil, false, err
	}
	return bot.Text(r.Words.T("person.withdrawn")), true, nil
}

// Settled ends a call whose ticket t was dealt with: who asks for a person again
// is a new matter. Another ticket of the customer ends nothing.
func Settled(ctx context.Context, r *bot.Request, t *crm.Ticket) error {
	if r.Conversation.Status != crm.ConversationWaiting || !keeps(r, t) {
		return nil
	}
	return leave(ctx, r, crm.System(), true, "handoff.closed.ticket")
}
