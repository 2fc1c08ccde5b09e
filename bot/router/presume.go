package router

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// In a thread everybody speaks of one customer. A command that names nobody is
// about him, or about the newest open record of his that it can be about.

// of is the argument by which a command takes the contact that it is for.
const of = "of"

// presume fills in what a thread leaves unsaid. CodeNotFound if the customer has
// nothing of the kind that the command is about.
func (r *Router) presume(ctx context.Context, t *turn, c *call) error {
	if t.Thread == nil || t.Customer == nil {
		return r.prefillLead(ctx, t, c)
	}
	if err := r.namedInstead(ctx, t, c); err != nil {
		return err
	}
	if err := elsewhere(t, c); err != nil {
		return err
	}
	if takesSubject(c.command) && c.values[subject] == "" {
		ref, err := r.threadRecord(ctx, t, fields(c.command)[0].Kinds)
		if err != nil {
			return err
		}
		if ref == (crm.Ref{}) {
			kind := fields(c.command)[0].Kinds[0]
			return crm.Fail(crm.CodeNotFound, "thread.none", "kind", t.Words.Noun(kind))
		}
		c.set(subject, ref.String())
	}
	contact := crm.Ref{Kind: crm.KindContact, ID: int64(t.Customer.ContactID)}
	for _, a := range c.command.Args {
		_, asked := t.Inbound.Values[a.Name] // in a form, and left empty
		if contact.ID != 0 && presumed(a) && !asked && c.values[a.Name] == "" && c.values[subject] != contact.String() {
			c.set(a.Name, contact.String())
		}
	}
	if c.command.Name == saving {
		return r.prefillAnswer(ctx, t, c)
	}
	return r.prefillLead(ctx, t, c)
}

// preset gives the arguments that take a name to the customer before what was
// typed is given out, so that "ticket torn bags" has no company torn.
func (t *turn) preset(c *call) {
	if t.Thread == nil || t.Customer == nil || t.Customer.ContactID == 0 {
		return
	}
	for _, a := range c.command.Args {
		if presumed(a) && a.Fresh {
			c.set(a.Name, t.Customer.ContactID.String())
		}
	}
}

// presumed says whether an argument is the customer where nobody else is named.
func presumed(a bot.Arg) bool {
	return a.Name == of || a.Type == bot.ArgRef && a.Need != bot.Optional && slices.Contains(a.Kinds, crm.KindContact)
}

// elsewhere refuses words to another customer than the thread's, where they were
// typed: a button of ours names whom it is for. CodeInvalid.
func elsewhere(t *turn, c *call) error {
	ref, ok := crm.ParseRef(c.values[subject])
	if c.command.Name != replying || !ok || t.Inbound.Kind != bot.KindText || t.pressed != nil {
		return nil
	}
	if ref == t.Customer.Ref() || ref.Kind == crm.KindContact && ref.ID == int64(t.Customer.ContactID) {
		return nil
	}
	return crm.Fail(crm.CodeInvalid, "thread.other", "ref", ref.String())
}

// namedInstead takes back that the first word behind the command is the name of
// a record, if nothing is called so: "note called, he wants 5 t". A note is about
// the thread's customer whoever it begins with, unless that is set apart by a
// colon: "note Ana is a friend".
func (r *Router) namedInstead(ctx context.Context, t *turn, c *call) error {
	m := c.maybe
	if m == nil {
		return nil
	}
	c.maybe = nil
	hits, err := t.CRM.Records.Find(ctx, t.Actor, m.SubjectName, fields(c.command)[0].Kinds, mostPicks)
	if err != nil {
		return err
	}
	for _, h := range hits {
		own := h.Ref == crm.Ref{Kind: crm.KindContact, ID: int64(t.Customer.ContactID)}
		if customer.Normal(h.Title) == customer.Normal(m.SubjectName) && (own || c.command.Name != "note" || setApart(m)) {
			return nil
		}
	}
	c.values, c.text = nil, m.After
	t.preset(c)
	r.arrange(t, c, m.After, grammar.Split(m.After))
	return nil
}

// setApart says whether a colon stands behind the name of a subject.
func setApart(m *grammar.Match) bool {
	rest, ok := strings.CutPrefix(m.After, m.SubjectName)
	rest = strings.TrimSpace(rest)
	return ok && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "："))
}

// threadRecord is the record of one of the kinds that a thread is about: the
// conversation, its contact, else the newest open one of his. The zero Ref is
// none.
func (r *Router) threadRecord(ctx context.Context, t *turn, kinds []crm.Kind) (crm.Ref, error) {
	contact := t.Customer.ContactID
	has := func(kind crm.Kind) bool { return slices.Contains(kinds, kind) }
	switch {
	case has(crm.KindConversation):
		return t.Customer.Ref(), nil
	case contact == 0:
		return crm.Ref{}, nil
	case has(crm.KindContact):
		return crm.Ref{Kind: crm.KindContact, ID: int64(contact)}, nil
	}
	for _, kind := range kinds {
		ref, err := newest(ctx, t, kind, contact)
		if err != nil || ref != (crm.Ref{}) {
			return ref, err
		}
	}
	return crm.Ref{}, nil
}

// newest is the newest open record of a kind of a contact, in the person's
// sight.
func newest(ctx context.Context, t *turn, kind crm.Kind, contact crm.ContactID) (crm.Ref, error) {
	if t.Actor.Scope(kind).Reach == crm.None {
		return crm.Ref{}, nil
	}
	one := crm.Page{Limit: 1}
	switch kind {
	case crm.KindLead:
		found, _, err := t.CRM.Leads.List(ctx, t.Actor, crm.LeadFilter{Contact: contact, Open: true, Page: one})
		return refOf(found, (*crm.Lead).Ref), err
	case crm.KindOpportunity:
		found, _, err := t.CRM.Opportunities.List(ctx, t.Actor, crm.OpportunityFilter{Contact: contact, Open: true, Page: one})
		return refOf(found, (*crm.Opportunity).Ref), err
	case crm.KindTicket:
		found, _, err := t.CRM.Tickets.List(ctx, t.Actor, crm.TicketFilter{Contact: contact, Open: true, Page: one})
		return refOf(found, (*crm.Ticket).Ref), err
	case crm.KindActivity:
		found, _, err := t.CRM.Activities.List(ctx, t.Actor, crm.ActivityFilter{
			Contact: contact, Owner: t.Actor.User, Kind: crm.ActivityPlan, Open: true, Page: one,
		})
		return refOf(found, (*crm.Activity).Ref), err
	case crm.KindAccount:
		c, err := t.CRM.Contacts.Contact(ctx, t.Actor, contact)
		if err != nil || c.AccountID == 0 {
			return crm.Ref{}, unseen(err)
		}
		return crm.Ref{Kind: crm.KindAccount, ID: int64(c.AccountID)}, nil
	}
	return crm.Ref{}, nil
}

// unseen turns "not in sight" into nothing.
func unseen(err error) error {
	if code := crm.CodeOf(err); code == crm.CodeNotFound || code == crm.CodeForbidden {
		return nil
	}
	return err
}

func refOf[T any](found []T, ref func(T) crm.Ref) crm.Ref {
	if len(found) == 0 {
		return crm.Ref{}
	}
	return ref(found[0])
}

// prefillLead gives a new lead what is known of the contact it is for. A form that
// was handed in says it all itself.
func (r *Router) prefillLead(ctx context.Context, t *turn, c *call) error {
	ref, ok := crm.ParseRef(c.values[of])
	if c.command.Name != "lead.new" || !ok || ref.Kind != crm.KindContact || t.Inbound.Kind == bot.KindForm {
		return nil
	}
	contact, err := t.CRM.Contacts.Contact(ctx, t.Actor, crm.ContactID(ref.ID))
	if err != nil {
		return unseen(err)
	}
	known := map[string]string{"name": contact.Name, "phone": contact.Phone, "source": contact.First.Name}
	if contact.Phone == "" {
		known["phone"] = contact.Claimed
	}
	if contact.AccountID != 0 {
		if a, err := t.CRM.Accounts.Account(ctx, t.Actor, contact.AccountID); err == nil {
			known["company"] = a.Name
		}
	}
	for name, value := range known {
		if value != "" && c.values[name] == "" && !slices.Contains(c.skipped, name) {
			c.set(name, value)
		}
	}
	return nil
}

// threadNouns are the records that a bare noun in a thread means, and a new one
// where there is none.
var threadNouns = []crm.Kind{crm.KindLead, crm.KindOpportunity, crm.KindTicket, crm.KindContact, crm.KindAccount, crm.KindConversation}

// threadVerbs are the records that a word which belongs after a reference is
// about in a thread, likeliest first: "close" closes the conversation and no
// ticket.
var threadVerbs = []crm.Kind{crm.KindConversation, crm.KindContact, crm.KindLead, crm.KindOpportunity, crm.KindTicket, crm.KindAccount}

// threadLine reads what is no command elsewhere: "lead", "ticket kind=complaint
// bags are torn", "won", "stage negotiation".
func (r *Router) threadLine(ctx context.Context, t *turn) (*call, bool, error) {
	if t.Thread == nil || t.Customer == nil {
		return nil, false, nil
	}
	for _, kind := range threadNouns {
		for _, word := range r.catalog.Every("noun." + string(kind)) {
			rest, ok := afterNoun(t.text, word)
			if !ok {
				continue
			}
			c, err := r.nounIn(ctx, t, kind, rest)
			return c, c != nil, err
		}
	}
	for _, kind := range threadVerbs {
		ref, err := r.threadRecord(ctx, t, []crm.Kind{kind})
		if err != nil {
			return nil, false, err
		}
		if ref == (crm.Ref{}) {
			continue
		}
		if m, ok := r.matcher.Match(ref.String() + " " + t.text); ok && m.Name != "" && m.Subject == ref {
			if err := r.another(ctx, t, r.commands[m.Name], m.Rest); err != nil {
				return nil, false, err
			}
			return r.bind(t, r.commands[m.Name], m), true, nil
		}
	}
	return nil, false, nil
}

// another refuses a word of a thread that is said of somebody else: "close Ana" in
// the thread of Cai. CodeInvalid.
func (r *Router) another(ctx context.Context, t *turn, c *bot.Command, rest string) error {
	if rest == "" || slices.ContainsFunc(c.Args, func(a bot.Arg) bool { return !a.Keyed }) {
		return nil
	}
	name, err := r.customerName(ctx, t)
	if err != nil || name != "" && strings.HasPrefix(customer.Normal(rest), name) {
		return err
	}
	ref, ok := r.matcher.Ref(rest)
	if !ok {
		hits, err := t.CRM.Records.Find(ctx, t.Actor, rest, []crm.Kind{crm.KindContact}, mostPicks)
		if err != nil || !slices.ContainsFunc(hits, func(h crm.Hit) bool { return customer.Normal(h.Title) == customer.Normal(rest) }) {
			return err
		}
		ref = hits[0].Ref
	}
	if ref == t.Customer.Ref() || ref == (crm.Ref{Kind: crm.KindContact, ID: int64(t.Customer.ContactID)}) {
		return nil
	}
	return crm.Fail(crm.CodeInvalid, "thread.other", "ref", ref.String())
}

// afterNoun is what follows a noun that a line begins with.
func afterNoun(line, noun string) (string, bool) {
	if len(line) < len(noun) || !strings.EqualFold(line[:len(noun)], noun) {
		return "", false
	}
	rest := line[len(noun):]
	if rest != "" && !hanEnd(noun) && !strings.ContainsAny(rest[:1], " :") && !strings.HasPrefix(rest, "：") {
		return "", false
	}
	return strings.TrimLeft(rest, separators), true
}

// nounIn is a bare noun: the customer's record of that kind, else a new one. With
// something behind it, it is a new one.
func (r *Router) nounIn(ctx context.Context, t *turn, kind crm.Kind, rest string) (*call, error) {
	if rest == "" {
		ref, err := r.threadRecord(ctx, t, []crm.Kind{kind})
		if err != nil {
			return nil, err
		}
		if show := r.commands[string(kind)+".show"]; ref != (crm.Ref{}) && show != nil {
			return &call{command: show, values: map[string]string{subject: ref.String()}}, nil
		}
	}
	fresh := r.commands[string(kind)+".new"]
	if fresh == nil || kind == crm.KindContact || kind == crm.KindAccount {
		return nil, nil
	}
	return r.exactly(t, fresh, rest), nil
}
