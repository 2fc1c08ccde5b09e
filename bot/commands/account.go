package commands

import (
	"context"

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
		bot.Command{Name: "account.show", Query: true, Subject: crm.KindAccount, Run: accountShow},
		bot.Command{Name: "account.mine", Query: true, Args: []bot.Arg{paged}, Run: accountMine},
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
		names = append(names, contactTitle(r, p))
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

// anybody are the kinds that a deal or ticket can be for.
var anybody = []crm.Kind{crm.KindAccount, crm.KindContact}

// customer is who a deal or ticket is for.
type customer struct {
	AccountID crm.AccountID
	ContactID crm.ContactID
}

// customerOf is the company or person that an argument means: a record, or the
// name of a company that is made now. made says so in the answer, else it is "".
func customerOf(ctx context.Context, r *bot.Request, arg string) (about customer, made string, err error) {
	switch ref := r.Args.Ref(arg); ref.Kind {
	case crm.KindAccount:
		a, err := r.CRM.Accounts.Account(ctx, r.Actor, crm.AccountID(ref.ID))
		if err != nil {
			return customer{}, "", err
		}
		return customer{AccountID: a.ID}, "", nil
	case crm.KindContact:
		c, err := r.CRM.Contacts.Contact(ctx, r.Actor, crm.ContactID(ref.ID))
		if err != nil {
			return customer{}, "", err
		}
		return customer{AccountID: c.AccountID, ContactID: c.ID}, "", nil
	}
	name := r.Args.String(arg)
	if name == "" {
		return customer{}, "", nil
	}
	have, _, err := r.CRM.Accounts.List(ctx, r.Actor, crm.AccountFilter{Name: name, Page: crm.Page{Limit: 1}})
	if err != nil {
		return customer{}, "", err
	}
	if len(have) > 0 {
		return customer{AccountID: have[0].ID}, "", nil
	}
	a := &crm.Account{Name: name}
	if err := r.CRM.Accounts.Create(ctx, r.Actor, a); err != nil {
		return customer{}, "", err
	}
	return customer{AccountID: a.ID}, "\n" + r.Words.T("account.made", "account", accountTitle(a)), nil
}
