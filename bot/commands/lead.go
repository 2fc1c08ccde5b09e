package commands

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// leads are the commands about people who may become customers.
func leads() []bot.Command {
	return rolesOf(selling, staff(
		bot.Command{Name: "lead.new", Confirm: true, Run: leadNew, Args: []bot.Arg{
			{Name: "name", Type: bot.ArgWord, Need: bot.Required},
			{Name: "company", Type: bot.ArgWord},
			{Name: "phone", Type: bot.ArgPhone, Need: bot.Asked},
			{Name: "source", Type: bot.ArgSource},
			{Name: "need", Type: bot.ArgText, Need: bot.Asked},
			ofContact,
		}},
		bot.Command{Name: "lead.show", Query: true, Subject: crm.KindLead, Run: leadShow},
		bot.Command{Name: "lead.mine", Query: true, Args: []bot.Arg{paged}, Run: leadMine},
		bot.Command{Name: "lead.qualify", Subject: crm.KindLead, Run: leadQualify},
		bot.Command{Name: "lead.convert", Subject: crm.KindLead, Run: leadConvert, Args: []bot.Arg{
			{Name: "amount", Type: bot.ArgMoney, Keyed: true},
		}},
		bot.Command{Name: "lead.lose", Subject: crm.KindLead, Run: leadLose, Args: []bot.Arg{
			{Name: "reason", Type: bot.ArgText, Need: bot.Required},
		}},
		bot.Command{Name: "lead.reopen", Subject: crm.KindLead, Run: leadReopen},
		bot.Command{Name: "lead.assign", Subject: crm.KindLead, Run: leadAssign, Args: []bot.Arg{
			{Name: "to", Type: bot.ArgUser, Need: bot.Required},
		}},
		bot.Command{Name: "lead.intent", Subject: crm.KindLead, Run: leadIntent, Alone: bot.ArgIntent, Args: []bot.Arg{
			{Name: "intent", Type: bot.ArgIntent, Need: bot.Required},
		}},
	))
}

// ofContact is whom a record is for, where it is made beside his words.
var ofContact = bot.Arg{Name: "of", Type: bot.ArgRef, Keyed: true, Ours: true, Kinds: []crm.Kind{crm.KindContact}}

func subjectLead(r *bot.Request) crm.LeadID { return crm.LeadID(r.Args.Subject.ID) }

func leadNew(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead := &crm.Lead{
		Name:    r.Args.String("name"),
		Company: r.Args.String("company"),
		Phone:   r.Args.String("phone"),
		Need:    r.Args.String("need"),
		First:   typedSource(r),
	}
	lead.Latest = lead.First
	if of := r.Args.Ref(ofContact.Name); of.ID != 0 {
		c, err := contactHere(ctx, r, crm.ContactID(of.ID))
		if err != nil {
			return nil, err
		}
		lead.ContactID = c.ID
	}
	same, err := r.CRM.Leads.Create(ctx, r.Actor, lead)
	if err != nil {
		return nil, err
	}
	assigned(r, lead.OwnerID, "notice.lead.assigned", lead.Ref())
	text := r.Words.T("lead.created", "lead", leadTitle(r, lead), "owner", ownerName(ctx, r, lead.OwnerID))
	ref := lead.Ref().String()
	return changed(r, lead.Ref(), lead.Version, withDuplicates(ctx, r, text, same),
		press(r, "note", "note "+ref), press(r, "plan", "plan "+ref)), nil
}

// typedSource is a source that a colleague named.
func typedSource(r *bot.Request) crm.Source {
	name := r.Args.String("source")
	if name == "" {
		return crm.Source{}
	}
	return crm.Source{Name: name, At: r.Now.UTC()}
}

// withDuplicates adds a line for each record that may be the same one.
func withDuplicates(ctx context.Context, r *bot.Request, text string, same []crm.Duplicate) string {
	for _, d := range same {
		text += "\n" + r.Words.T("duplicate", "ref", d.Ref.String(), "owner", ownerName(ctx, r, d.Owner))
	}
	return text
}

func leadTitle(r *bot.Request, l *crm.Lead) string { return titled(l.Ref(), leadNames(r, l)...) }

// leadNames are the person and the company of a lead, as far as they are known.
func leadNames(r *bot.Request, l *crm.Lead) []string {
	if l.Name == "" && l.Company != "" {
		return []string{l.Company}
	}
	return []string{r.Words.Called(l.Name), l.Company}
}

func leadShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := r.CRM.Leads.Lead(ctx, r.Actor, subjectLead(r))
	if err != nil {
		return nil, err
	}
	return leadCard(ctx, r, l)
}

func leadCard(ctx context.Context, r *bot.Request, l *crm.Lead) (*bot.Reply, error) {
	c := newCard(r, l.Ref(), leadNames(r, l)...)
	c.Subtitle = r.Words.Label("lead.status." + string(l.Status))
	c.field("need", l.Need)
	c.field("phone", phone(r, l.Phone))
	c.field("email", l.Email)
	c.field("intent", intentName(r, l.Intent))
	c.field("source", sourceName(r, l.First.Name))
	c.field("owner", ownerName(ctx, r, l.OwnerID))
	c.field("reason", l.LostReason)
	c.field("contact", withName(l.ContactID.String(), contactName(ctx, r, l.ContactID)))
	c.field("deal", aside(ctx, r, l.OpportunityID != 0, crm.Ref{Kind: crm.KindOpportunity, ID: int64(l.OpportunityID)}))
	c.field("created", r.Words.Moment(l.Created, r.Now))
	if err := c.recent(ctx, l.Ref()); err != nil {
		return nil, err
	}
	ref := l.Ref().String()
	c.button("note", "note "+ref)
	switch {
	case l.Open():
		c.button("plan", "plan "+ref)
		if l.Status != crm.LeadQualified {
			c.button("qualify", "lead.qualify "+ref)
		}
		c.button("convert", "lead.convert "+ref)
		c.button("lose", "lead.lose "+ref)
	case l.Status == crm.LeadLost:
		c.button("reopen", "lead.reopen "+ref)
	case l.OpportunityID != 0:
		c.button("deal", "opportunity.show "+l.OpportunityID.String())
	}
	return c.reply(), nil
}

// withName is "CON-3 张伟", "" for what is not there or out of sight.
func withName(ref, name string) string {
	if name == "" {
		return ""
	}
	return joined(ref, name)
}

// aside is a record beside the one that is shown, "" for none or out of sight.
func aside(ctx context.Context, r *bot.Request, there bool, ref crm.Ref) string {
	if !there {
		return ""
	}
	if _, err := r.CRM.Records.Show(ctx, r.Actor, ref); err != nil {
		return ""
	}
	return ref.String()
}

// sourceName is a source as people read it.
func sourceName(r *bot.Request, name string) string {
	return r.Company.SourceName(name, r.Words.Lang())
}

func leadMine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, total, err := r.CRM.Leads.List(ctx, r.Actor, crm.LeadFilter{Owner: r.Actor.User, Open: true, Page: page(r)})
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, l := range found {
		rows = append(rows, entry(l.Ref(), joined(leadNames(r, l)...), string(l.Intent),
			r.Words.Label("lead.status."+string(l.Status)), l.Need))
	}
	return list(r, "lead.mine", rows, total), nil
}

func leadQualify(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := r.CRM.Leads.Qualify(ctx, r.Actor, subjectLead(r))
	if err != nil {
		return nil, err
	}
	return changed(r, l.Ref(), l.Version, r.Words.T("lead.qualified", "lead", leadTitle(r, l)),
		press(r, "convert", "lead.convert "+l.Ref().String())), nil
}

// leadConvert makes account, contact and deal of a lead, and sets the deal's
// amount if one was given.
func leadConvert(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ctx = together(ctx, r)
	made, err := r.CRM.Leads.Convert(ctx, r.Actor, subjectLead(r))
	if err != nil {
		return nil, err
	}
	deal, amount := made.Opportunity, press(r, "amount", "opportunity.amount "+made.Opportunity.Ref().String())
	next := []bot.Button{amount}
	if r.Args.Has("amount") {
		if deal, err = r.CRM.Opportunities.Price(ctx, r.Actor, deal.ID, r.Args.Money("amount")); err != nil {
			return nil, err
		}
		next = nil
	}
	account, contact := "", ""
	if made.Account != nil {
		account = accountTitle(made.Account)
	}
	if made.Contact != nil {
		contact = contactTitle(r, made.Contact)
	}
	text := r.Words.T("lead.converted", "lead", leadTitle(r, made.Lead),
		"deal", dealTitle(r, deal), "made", joined(account, contact))
	return changed(r, made.Lead.Ref(), made.Lead.Version, text,
		append(next, press(r, "deal", "opportunity.show "+deal.Ref().String()))...), nil
}

func leadLose(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := r.CRM.Leads.Lose(ctx, r.Actor, subjectLead(r), r.Args.String("reason"))
	if err != nil {
		return nil, err
	}
	return changed(r, l.Ref(), l.Version, r.Words.T("lead.lost", "lead", leadTitle(r, l), "reason", l.LostReason)), nil
}

func leadReopen(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := r.CRM.Leads.Reopen(ctx, r.Actor, subjectLead(r))
	if err != nil {
		return nil, err
	}
	return changed(r, l.Ref(), l.Version, r.Words.T("lead.reopened", "lead", leadTitle(r, l))), nil
}

func leadAssign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := r.CRM.Leads.Assign(ctx, r.Actor, subjectLead(r), r.Args.User("to"))
	if err != nil {
		return nil, err
	}
	assigned(r, l.OwnerID, "notice.lead.assigned", l.Ref())
	return changed(r, l.Ref(), l.Version,
		r.Words.T("assigned", "record", leadTitle(r, l), "user", userName(ctx, r, l.OwnerID))), nil
}

func leadIntent(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := r.CRM.Leads.Grade(ctx, r.Actor, subjectLead(r), r.Args.Intent("intent"))
	if err != nil {
		return nil, err
	}
	return changed(r, l.Ref(), l.Version,
		r.Words.T("lead.graded", "lead", leadTitle(r, l), "intent", intentName(r, l.Intent))), nil
}
