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

// person calls somebody: see package handoff. The customer may be told outside
// the chat then that an answer waits.
func person(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := ForPerson(ctx, r, r.Args.String("key")); err != nil {
		return nil, err
	}
	reply, err := handoff.CallWith(ctx, r, func(ctx context.Context) (handoff.Matter, error) { return begun(ctx, r) })
	if err != nil {
		return nil, err
	}
	return offerNotices(r, reply), nil
}

// begun is the ticket of a wish for a person. A form that is still open is
// closed, since a person asks better: a wish is taken down, trouble goes into
// the ticket.
func begun(ctx context.Context, r *bot.Request) (handoff.Matter, error) {
	t := &crm.Ticket{
		Kind: crm.TicketQuestion, Title: r.Words.Label("person.ticket"), Body: oneLine(r.Session.Asked),
		ContactID: r.Contact.ID, AccountID: r.Contact.AccountID, ConversationID: r.Conversation.ID,
	}
	if t.Body != "" {
		t.Title += ": " + title(t.Body)
	}
	m := handoff.Matter{Ticket: t}
	form := r.Session.Form
	if form == nil {
		return m, nil
	}
	r.Session.Form = nil
	r.Session.Changed()
	need := form.Values["need"]
	switch {
	case form.Command == "trouble" && form.Values["text"] != "":
		m.Told = true
		t.Title, t.Body = title(form.Values["text"]), oneLine(form.Values["text"])
		if kind := crm.TicketKind(form.Values["kind"]); kind != "" {
			t.Kind = kind
		}
	case form.Command == "wish" && need != "":
		if err := introduce(ctx, r, form.Values["name"]); err != nil {
			return m, err
		}
		lead, err := wanted(ctx, r, &crm.Lead{Need: withQuantity(need, form.Values["quantity"]), Phone: strings.TrimSpace(knownPhone(r))})
		if err != nil {
			return m, err
		}
		if r.Contact.OwnerID == 0 {
			r.Contact.OwnerID = lead.OwnerID
		}
	}
	return m, nil
}

// progress is how the customer's own matters stand.
func progress(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	tickets, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Contact: r.Contact.ID, Page: crm.Page{Limit: 5}})
	if err != nil {
		return nil, err
	}
	leads, _, err := r.Store.Leads(ctx, crm.LeadFilter{Scope: crm.Everything(), Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 3, Uncounted: true}})
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
