package customer

import (
	"context"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

// answered ends the waiting of the conversation it runs in, once the ticket
// that keeps it is dealt with: who asks for a person again is a new
// matter.
func answered(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := reported(ctx, r)
	if t == nil || err != nil {
		return nil, err
	}
	return nil, handoff.Settled(ctx, r, t)
}

// solved tells a customer that what he reported is solved. Who wants to hear
// nothing, or talks to a person, is left alone.
func solved(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := reported(ctx, r)
	if t == nil || err != nil || !r.Contact.OptedOut.IsZero() || r.Conversation.Status == crm.ConversationHandedOff {
		return nil, err
	}
	if slices.ContainsFunc(r.Words.Every("person.ticket"), func(w string) bool { return strings.HasPrefix(t.Title, w) }) {
		return nil, nil // who asked for a person has talked to one
	}
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	r.Session.Values[told] = t.Ref().String() + " " + r.Now.UTC().Format(time.RFC3339)
	r.Session.Changed()
	r.Post(bot.Post{
		Reply:  bot.Text(r.Words.T("trouble.solved", "ref", t.Ref().String(), "title", title(t.Title))),
		Notice: "ticket_update",
	})
	return nil, nil
}

// reported is the ticket a notice of this conversation is about, nil unless
// this person's report was dealt with.
func reported(ctx context.Context, r *bot.Request) (*crm.Ticket, error) {
	t, err := r.CRM.Tickets.Ticket(ctx, crm.System(), crm.TicketID(r.Args.Subject.ID))
	if err != nil || t.Open() || t.ConversationID != r.Conversation.ID || t.ContactID != r.Contact.ID {
		return nil, err
	}
	return t, nil
}

// told is where a session keeps which ticket its person was last told of, and
// when: "TIC-1 2026-11-19T02:00:00Z".
const told = "told"

// toldLately is how long what somebody writes next may be about that ticket.
const toldLately = 3 * 24 * time.Hour

// Unsolved is the line that takes a ticket up again whose customer was told
// lately that it is solved, "" if there is none.
func Unsolved(r *bot.Request) string {
	ref, when, ok := strings.Cut(r.Session.Values[told], " ")
	at, err := time.Parse(time.RFC3339, when)
	if !ok || err != nil || r.Now.Sub(at) > toldLately {
		return ""
	}
	return "unsolved " + ref
}

// unsolved takes a ticket up again with what its customer says, and tells the
// owner.
func unsolved(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	delete(r.Session.Values, told)
	r.Session.Changed()
	t, err := reported(ctx, r)
	if t == nil || err != nil {
		return nil, err
	}
	if t, err = r.CRM.Tickets.Reopen(ctx, crm.System(), t.ID); err != nil {
		return nil, err
	}
	body := strings.TrimSpace(r.Args.String("text") + "\n" + sent(r))
	if body != "" {
		if _, err := r.CRM.Activities.Note(ctx, crm.System(), t.Ref(), body); err != nil {
			return nil, err
		}
	}
	r.Tell(t.OwnerID, "notice.ticket.unsolved "+t.Ref().String())
	return offerNotices(r, bot.Text(promised(ctx, r, "trouble.reopened", t.OwnerID, "ref", t.Ref().String()))), nil
}
