package handoff

import (
	"context"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// Matter is what a customer was telling when a person was called. Told says that
// the ticket holds more than the wish for a person, and is opened in any case.
type Matter struct {
	Ticket *crm.Ticket
	Told   bool
}

// Call has a person called for the customer of r and returns what he is told:
// once who comes and when, later that somebody comes. For the customer's word,
// and for whatever else needs a person.
func Call(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return CallWith(ctx, r, func(context.Context) (Matter, error) { return Matter{}, nil })
}

// CallWith is Call with what the customer was telling: about is asked for it if
// nobody has been called yet.
func CallWith(ctx context.Context, r *bot.Request, about func(context.Context) (Matter, error)) (*bot.Reply, error) {
	c := r.Conversation
	switch {
	case c.Status == crm.ConversationHandedOff && c.AssigneeID == 0:
		return nil, nil // the platform's own desk has him
	case c.Status == crm.ConversationHandedOff:
		return present(ctx, r), nil
	}
	waiting, ticket, err := asked(ctx, r)
	if err != nil {
		return nil, err
	}
	if waiting {
		return again(ctx, r, ticket)
	}
	m, err := about(ctx)
	if err != nil {
		return nil, err
	}
	if m.Ticket == nil {
		m.Ticket = &crm.Ticket{
			Kind: crm.TicketQuestion, Title: r.Words.Label("person.ticket"),
			ContactID: r.Contact.ID, AccountID: r.Contact.AccountID, ConversationID: c.ID,
		}
	}
	if threaded(r) {
		reply, done, err := open(ctx, r, m)
		if done || err != nil {
			return reply, err
		}
	}
	return file(ctx, r, m.Ticket)
}

// present tells once that somebody is with the customer already: what he says is
// read.
func present(ctx context.Context, r *bot.Request) *bot.Reply {
	if !once(r, "handoff.here", time.UnixMicro(int64(r.Conversation.AssigneeID))) {
		return nil
	}
	return bot.Text(r.Words.T("person.here", "name", called(ctx, r, r.Conversation.AssigneeID)))
}

// asked says whether somebody was called here and has not come yet, with the
// ticket that keeps the wish if there is one.
func asked(ctx context.Context, r *bot.Request) (bool, *crm.Ticket, error) {
	found, err := wishes(ctx, r)
	if err != nil {
		return false, nil, err
	}
	if r.Conversation.Status != crm.ConversationWaiting {
		found = slices.DeleteFunc(found, func(t *crm.Ticket) bool { return t.OwnerID != 0 || !wish(r, t) })
		if len(found) == 0 {
			return false, nil, nil
		}
		return true, found[0], nil // nobody works here: the wish waits for the first who does
	}
	if len(found) == 0 {
		return threaded(r), nil, nil
	}
	return true, found[0], nil
}

// kept is where a session keeps the ticket of a call that holds more than the
// wish for a person.
const kept = "handoff.ticket"

// wishes are the open tickets that keep the wish for a person.
func wishes(ctx context.Context, r *bot.Request) ([]*crm.Ticket, error) {
	found, err := tickets(ctx, r)
	return slices.DeleteFunc(found, func(t *crm.Ticket) bool { return !keeps(r, t) }), err
}

// keeps says whether a ticket keeps the wish for a person, be it among other
// things.
func keeps(r *bot.Request, t *crm.Ticket) bool {
	return wish(r, t) || r.Session.Values[kept] == digits(int64(t.ID))
}

// tickets are the open tickets of the customer that were opened here.
func tickets(ctx context.Context, r *bot.Request) ([]*crm.Ticket, error) {
	of, err := contact(ctx, r)
	if err != nil || of == nil {
		return nil, err
	}
	all, _, err := r.CRM.Tickets.List(ctx, crm.Actor{Kind: crm.AuthorContact, Contact: of.ID},
		crm.TicketFilter{Contact: of.ID, Open: true, Page: crm.Page{Limit: 20}})
	return slices.DeleteFunc(all, func(t *crm.Ticket) bool { return t.ConversationID != r.Conversation.ID }), err
}

// wish says whether a ticket holds nothing but the wish for a person.
func wish(r *bot.Request, t *crm.Ticket) bool {
	return slices.ContainsFunc(r.Words.Every("person.ticket"), func(w string) bool { return strings.HasPrefix(t.Title, w) })
}

// open asks a colleague and opens the threads. done is false where no thread
// fits this customer: the ticket is all there is then.
func open(ctx context.Context, r *bot.Request, m Matter) (reply *bot.Reply, done bool, err error) {
	choice, err := choose(ctx, r)
	if err != nil || choice.User == 0 { // nobody works here
		return nil, false, err
	}
	c, err := r.CRM.Conversations.Ask(ctx, r.Conversation.ID, choice)
	if err := became(r, c, err); err != nil {
		return nil, false, err
	}
	places, err := relay.Open(ctx, r)
	if err != nil {
		return nil, false, err
	}
	if !places {
		m.Ticket.OwnerID = choice.User
		return nil, false, nil
	}
	if err := relay.Redraw(ctx, r); err != nil {
		return nil, false, err
	}
	clock(r)
	r.Tell(choice.User, "notice.conversation.asked "+r.Conversation.ID.String())
	back := Back(r.Company, r.Now)
	soon := back.Equal(r.Now) && !choice.Away
	if soon && !m.Told {
		return coming(ctx, r, "person.coming", choice.User, nil), true, nil
	}
	m.Ticket.OwnerID, m.Ticket.DueAt = choice.User, Due(r, m.Ticket.Kind)
	if err := r.CRM.Tickets.Create(ctx, crm.System(), m.Ticket); err != nil {
		return nil, false, err
	}
	remember(r, kept, digits(int64(m.Ticket.ID)))
	if soon {
		return coming(ctx, r, "person.coming.ref", choice.User, m.Ticket), true, nil
	}
	promise(r, Promise(r))
	key, at := "person.closed", when(r, onDay, back)
	if back.Equal(r.Now) { // it is a working hour, and nobody is there
		key, at = "person.nobody", when(r, byDay, Promise(r))
	}
	return bot.Text(r.Words.T(key, "name", called(ctx, r, choice.User), "when", at, "ref", m.Ticket.Ref().String())), true, nil
}

// coming is the sentence of somebody who answers within the company's time, with
// the ticket if there is one.
func coming(ctx context.Context, r *bot.Request, key string, user crm.UserID, t *crm.Ticket) *bot.Reply {
	promise(r, r.Now.Add(within(r.Company)))
	pairs := []any{"name", called(ctx, r, user), "n", minutes(within(r.Company))}
	if t != nil {
		pairs = append(pairs, "ref", t.Ref().String())
	}
	return bot.Text(r.Words.N(key, minutes(within(r.Company)), pairs...))
}

func minutes(d time.Duration) int { return max(1, int(d.Round(time.Minute)/time.Minute)) }

// choose is who should answer: whoever did lately if he is there, else by the
// rules.
func choose(ctx context.Context, r *bot.Request) (crm.Choice, error) {
	former := r.Conversation.LastUserID
	if former == 0 || !lately(r) {
		return r.CRM.Conversations.Choose(ctx, r.Contact, nil)
	}
	if free, err := free(ctx, r, former); err != nil {
		return crm.Choice{}, err
	} else if !free {
		return r.CRM.Conversations.Choose(ctx, r.Contact, nil)
	}
	return crm.Choice{User: former, Step: crm.AskedOwner, Away: !r.Company.Hours.Open(r.Now)}, nil
}

// free says whether a colleague is there and has room for one more conversation.
func free(ctx context.Context, r *bot.Request, id crm.UserID) (bool, error) {
	here, err := r.CRM.Conversations.Present(ctx, id)
	if err != nil || !here {
		return false, err
	}
	_, n, err := r.Store.ConversationList(ctx, crm.ConversationFilter{
		Scope: crm.Everything(), Assignee: id, Page: crm.Page{Limit: 1},
		Statuses: []crm.ConversationStatus{crm.ConversationWaiting, crm.ConversationHandedOff},
	})
	return n < r.Company.Rules.Standard().OpenEach, err
}

// lately says whether a person was in charge here until a short while ago.
func lately(r *bot.Request) bool {
	at := r.Conversation.ClosedAt
	return !at.IsZero() && r.Now.Sub(at) < r.Company.Rules.Standard().Reopen
}

// file opens a ticket for the owner that the house chooses: it keeps the wish
// until somebody takes it.
func file(ctx context.Context, r *bot.Request, t *crm.Ticket) (*bot.Reply, error) {
	if t.OwnerID == 0 {
		owner, err := responsible(ctx, r)
		if err != nil {
			return nil, err
		}
		t.OwnerID = owner
	}
	t.DueAt = Due(r, t.Kind)
	// The house chooses who answers, so it is the house that opens the ticket.
	if err := r.CRM.Tickets.Create(ctx, crm.System(), t); err != nil {
		return nil, err
	}
	remember(r, kept, digits(int64(t.ID)))
	if t.OwnerID == 0 {
		if err := above(ctx, r, t); err != nil {
			return nil, err
		}
	}
	if r.Conversation.Status != crm.ConversationWaiting {
		c, err := r.CRM.Conversations.Ask(ctx, r.Conversation.ID, crm.Choice{User: t.OwnerID, Step: crm.AskedOwner})
		if err := became(r, c, err); err != nil {
			return nil, err
		}
	}
	return wanted(ctx, r, "person.called", t), nil
}

// above gives a ticket that is for no role of those who take turns to whoever
// works here.
func above(ctx context.Context, r *bot.Request, t *crm.Ticket) error {
	choice, err := r.CRM.Conversations.Choose(ctx, r.Contact, nil)
	if err != nil || choice.User == 0 {
		return err
	}
	given, err := r.CRM.Tickets.Assign(ctx, crm.System(), t.ID, choice.User)
	if err == nil {
		*t = *given
	}
	return err
}

// personBy is where a session keeps by when somebody was promised to come.
const personBy = "person.by"

func promise(r *bot.Request, by time.Time) {
	remember(r, personBy, by.UTC().Format(time.RFC3339))
}

// wanted tells the owner of a ticket that he is wanted, and the customer by when
// he comes.
func wanted(ctx context.Context, r *bot.Request, key string, t *crm.Ticket) *bot.Reply {
	promise(r, Promise(r))
	r.Tell(t.OwnerID, "notice.person.wanted "+r.Contact.Ref().String())
	return bot.Text(Promised(ctx, r, key, t.OwnerID, "ref", t.Ref().String()))
}

// again is what who asks a second time reads: that somebody comes, outside the
// hours when we are back, or, when the promise is broken, an apology; then the
// one who was asked is told once more.
func again(ctx context.Context, r *bot.Request, t *crm.Ticket) (*bot.Reply, error) {
	if reply, err := shut(ctx, r); reply != nil || err != nil {
		return reply, err
	}
	by, broken := time.Parse(time.RFC3339, r.Session.Values[personBy])
	if broken == nil && r.Now.Before(by) {
		return bot.Text(r.Words.T("person.waiting")), nil
	}
	if t != nil && (!threaded(r) || r.Conversation.AssigneeID == 0) {
		return wanted(ctx, r, "person.again", t), nil
	}
	user := r.Conversation.AssigneeID
	r.Tell(user, "notice.conversation.asked "+r.Conversation.ID.String())
	promise(r, Promise(r))
	return bot.Text(Promised(ctx, r, "person.sorry", user)), nil
}

// Waiting is what a customer reads who says something while somebody is called:
// that somebody has been told, or outside the hours when we are back.
func Waiting(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	reply, err := shut(ctx, r)
	if reply == nil && err == nil {
		reply = bot.Text(r.Words.T("person.waiting"))
	}
	return reply, err
}

// shut is what is said outside the hours to who waits, with the ticket that keeps
// his wish until we are back; nil if somebody is there, or nothing but a ticket
// was promised him.
func shut(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Company.Hours.Open(r.Now) || !threaded(r) || r.Conversation.Status != crm.ConversationWaiting || r.Conversation.AssigneeID == 0 {
		return nil, nil
	}
	t, err := keep(ctx, r)
	if err != nil {
		return nil, err
	}
	promise(r, Promise(r))
	once(r, "handoff.night", r.Conversation.WaitsSince)
	if t == nil {
		return closedNow(ctx, r, "person.night", nil), nil
	}
	return closedNow(ctx, r, "person.closed", t), nil
}

// responsible is who should answer a customer where there are no threads: the
// contact's owner, sales if a lead or deal is open; 0 for the turn among
// service.
func responsible(ctx context.Context, r *bot.Request) (crm.UserID, error) {
	if works(ctx, r, r.Contact.OwnerID) {
		return r.Contact.OwnerID, nil
	}
	leads, _, err := r.Store.Leads(ctx, crm.LeadFilter{Scope: crm.Everything(), Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 1, Uncounted: true}})
	if err != nil {
		return 0, err
	}
	deals, _, err := r.Store.Opportunities(ctx, crm.OpportunityFilter{Scope: crm.Everything(), Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 1, Uncounted: true}})
	if err != nil {
		return 0, err
	}
	var owner crm.UserID
	switch {
	case len(deals) > 0:
		owner = deals[0].OwnerID
	case len(leads) > 0:
		owner = leads[0].OwnerID
	default:
		return 0, nil
	}
	if works(ctx, r, owner) {
		return owner, nil
	}
	return r.CRM.Users.Next(ctx, crm.RoleSales, 0)
}

func works(ctx context.Context, r *bot.Request, id crm.UserID) bool {
	if id == 0 {
		return false
	}
	u, err := r.CRM.Users.User(ctx, id)
	return err == nil && u.Active
}
