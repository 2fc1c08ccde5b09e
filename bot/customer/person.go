package customer

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// person calls somebody: the contact's owner, sales if a lead or deal is open,
// else service. A ticket keeps the wish until somebody takes it, the customer
// reads once who will write and when.
func person(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if called, err := isCalled(ctx, r); called || err != nil {
		return bot.Text(r.Words.T("person.waiting")), err
	}
	if err := begun(ctx, r); err != nil {
		return nil, err
	}
	user, err := responsible(ctx, r)
	if err != nil {
		return nil, err
	}
	body := r.Session.Asked
	heading := r.Words.Label("person.ticket")
	if body != "" {
		heading += ": " + title(body)
	}
	ticket := &crm.Ticket{
		Kind: crm.TicketQuestion, Title: heading, Body: body, OwnerID: user,
		ContactID: r.Contact.ID, AccountID: r.Contact.AccountID, ConversationID: r.Conversation.ID,
	}
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
	r.Tell(ticket.OwnerID, "notice.person.wanted "+r.Contact.Ref().String())
	return bot.Text(promised(ctx, r, "person.called", ticket.OwnerID, "ref", ticket.Ref().String())), nil
}

// isCalled says whether somebody was called here and has not come yet.
func isCalled(ctx context.Context, r *bot.Request) (bool, error) {
	if r.Conversation.Status != crm.ConversationWaiting {
		return false, nil
	}
	open, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 20}})
	for _, t := range open {
		if t.ConversationID == r.Conversation.ID {
			return true, err
		}
	}
	return false, err
}

// begun takes down a wish whose form is still open, so that the person knows of
// it, and closes the form: a person asks better.
func begun(ctx context.Context, r *bot.Request) error {
	form := r.Session.Form
	if form == nil {
		return nil
	}
	r.Session.Form = nil
	r.Session.Changed()
	need := form.Values["need"]
	if form.Command != "wish" || need == "" {
		return nil
	}
	lead, err := wanted(ctx, r, &crm.Lead{Need: withQuantity(need, form.Values["quantity"]), Phone: knownPhone(r)})
	if err == nil && r.Contact.OwnerID == 0 {
		r.Contact.OwnerID = lead.OwnerID
	}
	return err
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
		add(r.Words.T("progress.wish", "need", short(l.Need), "state", r.Words.T("progress.lead."+string(l.Status)), "name", name(ctx, r, l.OwnerID)))
	}
	for _, t := range tickets {
		if t.Status == crm.TicketClosed && r.Now.Sub(t.Updated) > 30*24*time.Hour {
			continue
		}
		line := r.Words.T("progress.ticket", "ref", t.Ref().String(), "title", title(t.Title),
			"state", r.Words.T("progress.ticket."+string(t.Status)), "name", name(ctx, r, t.OwnerID))
		if t.Solution != "" && !t.Open() {
			line += r.Words.T("progress.solution", "text", short(t.Solution))
		}
		add(line)
	}
	if text == "" {
		return bot.Text(r.Words.T("progress.none")), nil
	}
	return bot.Text(r.Words.T("progress.title") + text), nil
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
	return bot.Text(r.Words.T("stop.done")), nil
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
