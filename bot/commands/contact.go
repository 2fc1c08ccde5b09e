package commands

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// contacts are the commands about people outside.
func contacts() []bot.Command {
	return staff(
		bot.Command{Name: "contact.new", Run: contactNew, Args: []bot.Arg{
			{Name: "name", Type: bot.ArgWord, Need: bot.Required},
			{Name: "company", Type: bot.ArgRef, Kinds: []crm.Kind{crm.KindAccount}, Fresh: true},
			{Name: "phone", Type: bot.ArgPhone, Need: bot.Asked},
			{Name: "email", Type: bot.ArgWord, Keyed: true},
			{Name: "source", Type: bot.ArgSource},
			{Name: "title", Type: bot.ArgText},
		}},
		bot.Command{Name: "contact.show", Query: true, Subject: crm.KindContact, Run: contactShow},
		bot.Command{Name: "contact.mine", Query: true, Args: []bot.Arg{paged}, Run: contactMine},
		bot.Command{Name: "contact.assign", Subject: crm.KindContact, Run: contactAssign, Args: []bot.Arg{
			{Name: "to", Type: bot.ArgUser, Need: bot.Required},
		}},
	)
}

func subjectContact(r *bot.Request) crm.ContactID { return crm.ContactID(r.Args.Subject.ID) }

func contactTitle(r *bot.Request, c *crm.Contact) string {
	return titled(c.Ref(), r.Words.Called(c.Name))
}

func contactNew(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ctx = together(ctx, r)
	c := &crm.Contact{
		Name:  r.Args.String("name"),
		Phone: r.Args.String("phone"),
		Email: r.Args.String("email"),
		Title: r.Args.String("title"),
		First: typedSource(r),
	}
	c.Latest = c.First
	at, made, err := customerOf(ctx, r, "company")
	if err != nil {
		return nil, err
	}
	c.AccountID = at.AccountID
	same, err := r.CRM.Contacts.Create(ctx, r.Actor, c)
	if err != nil {
		return nil, err
	}
	text := r.Words.T("contact.created", "contact", titled(c.Ref(), r.Words.Called(c.Name), accountName(ctx, r, c.AccountID))) + made
	ref := c.Ref().String()
	return changed(r, c.Ref(), c.Version, withDuplicates(ctx, r, text, same),
		press(r, "note", "note "+ref), press(r, "plan", "plan "+ref)), nil
}

func contactShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := r.CRM.Contacts.Contact(ctx, r.Actor, subjectContact(r))
	if err != nil {
		return nil, err
	}
	return contactCard(ctx, r, c)
}

func contactCard(ctx context.Context, r *bot.Request, c *crm.Contact) (*bot.Reply, error) {
	out := newCard(r, c.Ref(), r.Words.Called(c.Name), accountName(ctx, r, c.AccountID))
	out.Subtitle = c.Title
	out.field("phone", phone(r, c.Phone))
	out.field("claimed", phone(r, c.Claimed))
	out.field("email", c.Email)
	out.field("intent", intentName(r, c.Intent))
	out.field("source", sourceName(r, c.First.Name))
	if c.Latest.Name != c.First.Name {
		out.field("latest", sourceName(r, c.Latest.Name))
	}
	out.field("owner", ownerName(ctx, r, c.OwnerID))
	if !c.OptedOut.IsZero() {
		out.field("stopped", r.Words.Moment(c.OptedOut, r.Now))
	}
	reach, err := reachable(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	out.field("reach", reach)
	if err := out.open(ctx, c); err != nil {
		return nil, err
	}
	if err := out.timeline(ctx, c); err != nil {
		return nil, err
	}
	ref := c.Ref().String()
	out.button("note", "note "+ref)
	out.button("plan", "plan "+ref)
	out.button("history", "history "+ref)
	if err := out.doubles(ctx, c); err != nil {
		return nil, err
	}
	if err := out.chats(ctx, c); err != nil {
		return nil, err
	}
	return out.reply(), nil
}

// reachable names the chats in which a contact can be written to, and those
// that he has left.
func reachable(ctx context.Context, r *bot.Request, id crm.ContactID) (string, error) {
	ids, err := r.Store.IdentitiesOf(ctx, id, 0)
	if err != nil {
		return "", err
	}
	var chats []string
	for _, i := range ids {
		name := r.Company.PlatformName(i.Platform, r.Words.Lang())
		if !i.GoneAt.IsZero() {
			name = r.Words.Label("contact.gone", "platform", name, "at", r.Words.Moment(i.GoneAt, r.Now))
		}
		chats = append(chats, name)
	}
	return r.Words.Enum(chats), nil
}

// open adds what is under way with the contact: leads, deals, tickets.
func (c *card) open(ctx context.Context, of *crm.Contact) error {
	r, at := c.r, crm.Page{Limit: 3}
	var refs []string
	if r.Actor.Scope(crm.KindLead).Reach != crm.None {
		found, _, err := r.CRM.Leads.List(ctx, r.Actor, crm.LeadFilter{Contact: of.ID, Open: true, Page: at})
		if err != nil {
			return err
		}
		for _, l := range found {
			refs = append(refs, titled(l.Ref(), l.Need))
		}
		deals, _, err := r.CRM.Opportunities.List(ctx, r.Actor, crm.OpportunityFilter{Contact: of.ID, Open: true, Page: at})
		if err != nil {
			return err
		}
		for _, o := range deals {
			refs = append(refs, dealTitle(r, o))
		}
	}
	asked, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Contact: of.ID, Open: true, Page: at})
	if err != nil {
		return err
	}
	for _, t := range asked {
		refs = append(refs, ticketTitle(t))
	}
	for i := range refs {
		refs[i] = cut(refs[i], 60)
	}
	c.field("open", r.Words.Enum(refs))
	return nil
}

func contactMine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, total, err := r.CRM.Contacts.List(ctx, r.Actor, crm.ContactFilter{Owner: r.Actor.User, Page: page(r)})
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, c := range found {
		rows = append(rows, entry(c.Ref(), r.Words.Called(c.Name), accountName(ctx, r, c.AccountID), phone(r, c.Phone)))
	}
	return list(r, "contact.mine", rows, total), nil
}

func contactAssign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := r.CRM.Contacts.Assign(ctx, r.Actor, subjectContact(r), r.Args.User("to"))
	if err != nil {
		return nil, err
	}
	assigned(r, c.OwnerID, "notice.contact.assigned", c.Ref())
	return changed(r, c.Ref(), c.Version,
		r.Words.T("assigned", "record", contactTitle(r, c), "user", userName(ctx, r, c.OwnerID))), nil
}
