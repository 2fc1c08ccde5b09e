package customer

import (
	"context"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// person calls somebody: the contact's owner, sales if a lead or deal is open,
// else service. A ticket keeps the wish until somebody takes it, the customer
// reads once who will write and when.
func person(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if ticket, err := called(ctx, r); ticket != nil || err != nil {
		return again(ctx, r, ticket, err)
	}
	ticket, err := begun(ctx, r)
	if err != nil {
		return nil, err
	}
	if ticket.OwnerID, err = responsible(ctx, r); err != nil {
		return nil, err
	}
	ticket.DueAt = due(r, ticket.Kind)
	// The house chooses who answers, so it is the house that opens the ticket.
	if err := r.CRM.Tickets.Create(ctx, crm.System(), ticket); err != nil {
		return nil, err
	}
	c, err := r.Store.UpdateConversation(ctx, r.Conversation.ID, func(c *crm.Conversation) error {
		c.Status, c.AssigneeID = crm.ConversationWaiting, ticket.OwnerID
		return nil
	})
	if err != nil {
		return nil, err
	}
	*r.Conversation = *c
	return call(ctx, r, "person.called", ticket), nil
}

// personBy is where a session keeps by when somebody was promised to come.
const personBy = "person.by"

// call tells the owner that he is wanted, and the customer by when he comes.
func call(ctx context.Context, r *bot.Request, key string, ticket *crm.Ticket) *bot.Reply {
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	r.Session.Values[personBy] = promise(r).UTC().Format(time.RFC3339)
	r.Session.Changed()
	r.Tell(ticket.OwnerID, "notice.person.wanted "+r.Contact.Ref().String())
	return offerNotices(r, bot.Text(promised(ctx, r, key, ticket.OwnerID, "ref", ticket.Ref().String())))
}

// again is what who asks a second time reads: that somebody comes, or, when the
// promise is broken, an apology; then the owner is told once more.
func again(ctx context.Context, r *bot.Request, ticket *crm.Ticket, err error) (*bot.Reply, error) {
	if err != nil {
		return nil, err
	}
	by, broken := time.Parse(time.RFC3339, r.Session.Values[personBy])
	if broken == nil && r.Now.Before(by) {
		return bot.Text(r.Words.T("person.waiting")), nil
	}
	return call(ctx, r, "person.again", ticket), nil
}

// called is the ticket of somebody who was called here and has not come yet,
// nil for none.
func called(ctx context.Context, r *bot.Request) (*crm.Ticket, error) {
	if r.Conversation.Status != crm.ConversationWaiting {
		return nil, nil
	}
	open, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 20}})
	for _, t := range open {
		if t.ConversationID == r.Conversation.ID {
			return t, err
		}
	}
	return nil, err
}

// begun is the ticket of a wish for a person. A form that is still open is
// closed, since a person asks better: a wish is taken down, trouble goes into
// the ticket.
func begun(ctx context.Context, r *bot.Request) (*crm.Ticket, error) {
	t := &crm.Ticket{
		Kind: crm.TicketQuestion, Title: r.Words.Label("person.ticket"), Body: oneLine(r.Session.Asked),
		ContactID: r.Contact.ID, AccountID: r.Contact.AccountID, ConversationID: r.Conversation.ID,
	}
	if t.Body != "" {
		t.Title += ": " + title(t.Body)
	}
	form := r.Session.Form
	if form == nil {
		return t, nil
	}
	r.Session.Form = nil
	r.Session.Changed()
	need := form.Values["need"]
	switch {
	case form.Command == "trouble" && form.Values["text"] != "":
		t.Title, t.Body = title(form.Values["text"]), oneLine(form.Values["text"])
		if kind := crm.TicketKind(form.Values["kind"]); kind != "" {
			t.Kind = kind
		}
	case form.Command == "wish" && need != "":
		if err := introduce(ctx, r, form.Values["name"]); err != nil {
			return nil, err
		}
		lead, err := wanted(ctx, r, &crm.Lead{Need: withQuantity(need, form.Values["quantity"]), Phone: strings.TrimSpace(knownPhone(r))})
		if err != nil {
			return nil, err
		}
		if r.Contact.OwnerID == 0 {
			r.Contact.OwnerID = lead.OwnerID
		}
	}
	return t, nil
}

// responsible is who should answer this customer, 0 for the turn among
// service.
func responsible(ctx context.Context, r *bot.Request) (crm.UserID, error) {
	if active(ctx, r, r.Contact.OwnerID) {
		return r.Contact.OwnerID, nil
	}
	leads, _, err := r.Store.Leads(ctx, crm.LeadFilter{Scope: crm.Everything(), Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 1}})
	if err != nil {
		return 0, err
	}
	deals, _, err := r.Store.Opportunities(ctx, crm.OpportunityFilter{Scope: crm.Everything(), Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 1}})
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
	if active(ctx, r, owner) {
		return owner, nil
	}
	return r.CRM.Users.Next(ctx, crm.RoleSales, 0)
}

func active(ctx context.Context, r *bot.Request, id crm.UserID) bool {
	if id == 0 {
		return false
	}
	u, err := r.CRM.Users.User(ctx, id)
	return err == nil && u.Active
}

// progress is how the customer's own matters stand.
func progress(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	tickets, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Contact: r.Contact.ID, Page: crm.Page{Limit: 5}})
	if err != nil {
		return nil, err
	}
	leads, _, err := r.Store.Leads(ctx, crm.LeadFilter{Scope: crm.Everything(), Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 3}})
	if err != nil {
		return nil, err
	}
	text := ""
	add := func(line string) { text += "\n- " + line }
	for _, l := range leads {
		add(r.Words.T("progress.wish", "need", short(asWanted(r, l.Need)), "state", r.Words.T("progress.lead."+string(l.Status)), "name", name(ctx, r, l.OwnerID)))
	}
	for _, t := range tickets {
		if asked, ok := crm.ParseRef(r.Args.String("ref")); ok && slices.ContainsFunc(tickets, func(x *crm.Ticket) bool { return x.Ref() == asked }) && t.Ref() != asked {
			continue
		}
		if t.Status == crm.TicketClosed && r.Now.Sub(t.Updated) > 30*24*time.Hour {
			continue
		}
		line := r.Words.T("progress.ticket", "ref", t.Ref().String(), "title", title(t.Title),
			"state", r.Words.T("progress.ticket."+string(t.Status)), "name", name(ctx, r, t.OwnerID))
		add(line)
	}
	if text == "" {
		return bot.Text(r.Words.T("progress.none")), nil
	}
	return bot.Text(r.Words.T("progress.title") + text), nil
}

// asWanted is a need without what was asked beside it.
func asWanted(r *bot.Request, need string) string {
	need, _, _ = strings.Cut(need, "; "+r.Words.Label("field.via")+": ")
	need, _, _ = strings.Cut(need, "; "+r.Words.Label("field.question")+": ")
	return need
}

func name(ctx context.Context, r *bot.Request, id crm.UserID) string {
	if u, err := r.CRM.Users.User(ctx, id); id != 0 && err == nil {
		return u.Name
	}
	return r.Words.T("promise.we")
}

func short(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// stop is the wish for no more messages. It is confirmed once; the second time
// there is nothing left to say.
func stop(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if !r.Contact.OptedOut.IsZero() {
		return nil, nil
	}
	if err := r.CRM.Contacts.OptOut(ctx, r.Contact.ID, true); err != nil {
		return nil, err
	}
	r.Session.Form = nil
	r.Session.Changed()
	return bot.Text(r.Words.T("stop.done")), Consent(ctx, r, false)
}

// start takes stop back.
func start(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Contact.OptedOut.IsZero() {
		return bot.Text(r.Words.T("courtesy.hello")), nil
	}
	if err := r.CRM.Contacts.OptOut(ctx, r.Contact.ID, false); err != nil {
		return nil, err
	}
	return bot.Text(r.Words.T("start.done")), nil
}
