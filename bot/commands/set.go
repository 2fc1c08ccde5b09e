package commands

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// sets is the one command that changes fields of any record that has some.
func sets() []bot.Command {
	var args []bot.Arg
	for _, a := range []bot.Arg{
		{Name: "name", Type: bot.ArgWord},
		{Name: "company", Type: bot.ArgWord},
		{Name: "account", Type: bot.ArgWord},
		{Name: "phone", Type: bot.ArgPhone},
		{Name: "email", Type: bot.ArgWord},
		{Name: "title", Type: bot.ArgWord},
		{Name: "need", Type: bot.ArgWord},
		{Name: "source", Type: bot.ArgSource},
		{Name: "intent", Type: bot.ArgIntent},
		{Name: "language", Type: bot.ArgLanguage},
		{Name: "city", Type: bot.ArgWord},
		{Name: "website", Type: bot.ArgWord},
	} {
		a.Keyed = true
		args = append(args, a)
	}
	return staff(bot.Command{
		Name: "set", Subjects: []crm.Kind{crm.KindContact, crm.KindLead, crm.KindAccount}, Args: args, Run: set,
	})
}

// settable are the fields of each kind.
var settable = map[crm.Kind][]string{
	crm.KindContact: {"name", "phone", "email", "title", "language", "intent", "account"},
	crm.KindLead:    {"name", "company", "phone", "email", "need", "source", "intent"},
	crm.KindAccount: {"name", "phone", "website", "city"},
}

func set(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ref := r.Args.Subject
	fields, names := map[string]string{}, []string{}
	for _, name := range settable[ref.Kind] {
		given := name
		if alias := twin[ref.Kind][name]; alias != "" && !r.Args.Has(name) {
			given = alias
		}
		if r.Args.Has(given) {
			fields[name] = typed(r.Args.Values[given])
			names = append(names, joinPair(r, name, fields[name]))
		}
	}
	if len(fields) == 0 {
		var can []string
		for _, name := range settable[ref.Kind] {
			can = append(can, r.Words.List("arg." + name)[0])
		}
		return bot.Text(r.Words.T("set.what", "ref", ref.String(), "fields", r.Words.Enum(can), "example", r.Words.Label("usage.set"))), nil
	}
	title, version, err := setFields(ctx, r, ref, fields)
	if err != nil {
		return nil, err
	}
	return changed(r, ref, version, r.Words.T("set.done", "record", title, "fields", r.Words.Enum(names))), nil
}

// twin are fields that people call by the name of another kind's field.
var twin = map[crm.Kind]map[string]string{
	crm.KindContact: {"account": "company"},
	crm.KindLead:    {"company": "account"},
}

func joinPair(r *bot.Request, name, value string) string {
	return r.Words.Label("set.field", "field", r.Words.Label("field."+name), "value", fieldValue(r, "", name, value))
}

func setFields(ctx context.Context, r *bot.Request, ref crm.Ref, fields map[string]string) (title string, version int64, err error) {
	switch ref.Kind {
	case crm.KindContact:
		c, err := r.CRM.Contacts.Set(ctx, r.Actor, crm.ContactID(ref.ID), fields)
		if err != nil {
			return "", 0, err
		}
		return contactTitle(r, c), c.Version, nil
	case crm.KindLead:
		l, err := r.CRM.Leads.Set(ctx, r.Actor, crm.LeadID(ref.ID), fields)
		if err != nil {
			return "", 0, err
		}
		return leadTitle(r, l), l.Version, nil
	}
	a, err := r.CRM.Accounts.Set(ctx, r.Actor, crm.AccountID(ref.ID), fields)
	if err != nil {
		return "", 0, err
	}
	return accountTitle(a), a.Version, nil
}
