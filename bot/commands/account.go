package commands

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// accounts are the commands about companies.
func accounts() []bot.Command {
	return staff(
		bot.Command{Name: "account.new", Run: accountNew, Args: []bot.Arg{
			{Name: "name", Type: bot.ArgText, Need: bot.Required},
			{Name: "phone", Type: bot.ArgPhone, Keyed: true},
			{Name: "city", Type: bot.ArgWord, Keyed: true},
			{Name: "website", Type: bot.ArgWord, Keyed: true},
		}},
		bot.Command{Name: "account.show", Subject: crm.KindAccount, Run: accountShow},
		bot.Command{Name: "account.mine", Args: []bot.Arg{paged}, Run: accountMine},
		bot.Command{Name: "account.assign", Subject: crm.KindAccount, Run: accountAssign, Args: []bot.Arg{
			{Name: "to", Type: bot.ArgUser, Need: bot.Required},
		}},
	)
}

func subjectAccount(r *bot.Request) crm.AccountID { return crm.AccountID(r.Args.Subject.ID) }

func accountTitle(a *crm.Account) string { return titled(a.Ref(), a.Name) }

func accountNew(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a := &crm.Account{
		Name:    r.Args.String("name"),
		Phone:   r.Args.String("phone"),
		City:    r.Args.String("city"),
		Website: r.Args.String("website"),
	}
	if err := r.CRM.Accounts.Create(ctx, r.Actor, a); err != nil {
		return nil, err
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("account.created", "account", accountTitle(a)),
		press(r, "newdeal", "opportunity.new account="+a.Ref().String())), nil
}

func accountShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Accounts.Account(ctx, r.Actor, subjectAccount(r))
	if err != nil {
		return nil, err
	}
	c := newCard(r, a.Ref(), a.Name)
	c.field("phone", phone(r, a.Phone))
	c.field("city", a.City)
	c.field("website", a.Website)
	c.field("owner", ownerName(ctx, r, a.OwnerID))
	people, total, err := r.CRM.Contacts.List(ctx, r.Actor, crm.ContactFilter{Account: a.ID, Page: crm.Page{Limit: 5}})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range people {
		names = append(names, contactTitle(p))
	}
	if total > len(names) && total > 0 {
		names = append(names, r.Words.N("list.more", total-len(names)))
	}
	c.field("contacts", r.Words.Enum(names))
	if err := c.business(ctx, a.ID); err != nil {
		return nil, err
	}
	if err := c.recent(ctx, a.Ref()); err != nil {
		return nil, err
	}
	ref := a.Ref().String()
	c.button("note", "note "+ref)
	if r.Actor.Scope(crm.KindOpportunity).Reach != crm.None {
		c.button("newdeal", "opportunity.new account="+ref)
	}
	c.button("newticket", "ticket.new account="+ref)
	c.button("history", "history "+ref)
	return c.reply(), nil
}

// business adds the open deals and tickets of a company.
func (c *card) business(ctx context.Context, id crm.AccountID) error {
	r, at := c.r, crm.Page{Limit: 3}
	if r.Actor.Scope(crm.KindOpportunity).Reach != crm.None {
		deals, _, err := r.CRM.Opportunities.List(ctx, r.Actor, crm.OpportunityFilter{Account: id, Open: true, Page: at})
		if err != nil {
			return err
		}
		var names []string
		for _, o := range deals {
			names = append(names, dealTitle(r, o))
		}
		c.field("deals", r.Words.Enum(names))
	}
	asked, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Account: id, Open: true, Page: at})
	if err != nil {
		return err
	}
	var names []string
	for _, t := range asked {
		names = append(names, ticketTitle(t))
	}
	c.field("tickets", r.Words.Enum(names))
	return nil
}

func accountMine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, total, err := r.CRM.Accounts.List(ctx, r.Actor, crm.AccountFilter{Owner: r.Actor.User, Page: page(r)})
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, a := range found {
		rows = append(rows, entry(a.Ref(), a.Name, a.City, phone(r, a.Phone)))
	}
	return list(r, "account.mine", rows, total), nil
}

func accountAssign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Accounts.Assign(ctx, r.Actor, subjectAccount(r), r.Args.User("to"))
	if err != nil {
		return nil, err
	}
	assigned(r, a.OwnerID, "notice.account.assigned", a.Ref())
	return changed(r, a.Ref(), a.Version,
		r.Words.T("assigned", "record", accountTitle(a), "user", userName(ctx, r, a.OwnerID))), nil
}

// customer is who a deal or ticket is for.
type customer struct {
	AccountID crm.AccountID
	ContactID crm.ContactID
}

// companyOf is the company that the argument account means, made if nobody
// knows it. A Reply asks back when several may be meant.
func companyOf(ctx context.Context, r *bot.Request, command string) (*crm.Account, *bot.Reply, error) {
	word := r.Args.String("account")
	found, pick, err := meant(ctx, r, command, word, crm.KindAccount)
	if err != nil || pick != nil {
		return nil, pick, err
	}
	if found.Kind == crm.KindAccount {
		a, err := r.CRM.Accounts.Account(ctx, r.Actor, crm.AccountID(found.ID))
		return a, nil, err
	}
	a, err := ensureAccount(ctx, r, word)
	return a, nil, err
}

// customerOf is the company or person that the argument account means.
func customerOf(ctx context.Context, r *bot.Request, command string) (customer, *bot.Reply, error) {
	word := r.Args.String("account")
	found, pick, err := meant(ctx, r, command, word, crm.KindAccount, crm.KindContact)
	if err != nil || pick != nil {
		return customer{}, pick, err
	}
	switch found.Kind {
	case crm.KindAccount:
		return customer{AccountID: crm.AccountID(found.ID)}, nil, nil
	case crm.KindContact:
		c, err := r.CRM.Contacts.Contact(ctx, r.Actor, crm.ContactID(found.ID))
		if err != nil {
			return customer{}, nil, err
		}
		return customer{AccountID: c.AccountID, ContactID: c.ID}, nil, nil
	}
	a, err := ensureAccount(ctx, r, word)
	if err != nil {
		return customer{}, nil, err
	}
	return customer{AccountID: a.ID}, nil, nil
}

// ensureAccount is the company of that reference or name, made if missing.
func ensureAccount(ctx context.Context, r *bot.Request, word string) (*crm.Account, error) {
	if ref, ok := crm.ParseRef(word); ok && ref.Kind == crm.KindAccount {
		return r.CRM.Accounts.Account(ctx, r.Actor, crm.AccountID(ref.ID))
	}
	return r.CRM.Accounts.Ensure(ctx, r.Actor, word)
}

// meant finds the record that a typed word means: a reference, the only one
// of exactly that name, or the only one found. The zero Ref is a new name.
func meant(ctx context.Context, r *bot.Request, command, word string, kinds ...crm.Kind) (crm.Ref, *bot.Reply, error) {
	if ref, ok := crm.ParseRef(word); ok || r.Args.Has("fresh") {
		return ref, nil, nil
	}
	hits, err := r.CRM.Records.Find(ctx, r.Actor, word, kinds, shown)
	if err != nil {
		return crm.Ref{}, nil, err
	}
	var exact []crm.Hit
	for _, h := range hits {
		if strings.EqualFold(h.Title, word) {
			exact = append(exact, h)
		}
	}
	if len(exact) > 0 {
		hits = exact
	}
	switch len(hits) {
	case 0:
		return crm.Ref{}, nil, nil
	case 1:
		return hits[0].Ref, nil, nil
	}
	return crm.Ref{}, pickCustomer(r, command, word, hits, len(exact) == 0), nil
}

// pickCustomer asks which of several is meant; fresh offers to make a new one.
func pickCustomer(r *bot.Request, command, word string, hits []crm.Hit, fresh bool) *bot.Reply {
	reply := bot.Text(r.Words.T("pick.which", "name", word))
	for _, h := range hits {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  joined(h.Title, phone(r, h.Note), h.Ref.String()),
			Action: again(r, command, "account", h.Ref.String()),
			Once:   true,
		})
	}
	if fresh {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  r.Words.Label("pick.new", "name", word),
			Action: again(r, command, "account", word) + " fresh=1",
			Once:   true,
		})
	}
	return reply
}
