package router

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// A Form is a command's questions all at once: what is here makes one of the
// very arguments that are asked for one by one elsewhere.

const (
	longestField = 3000 // runes of a text in a form: what platforms take
	mostOptions  = 100
	fewOptions   = 25 // what is picked from a list; more is searched for
)

// formOf is the form of a call, with what is known filled in.
func (r *Router) formOf(ctx context.Context, t *turn, c *call, action string) *bot.Form {
	form := &bot.Form{
		Action: action, Title: formTitle(t, c),
		Submit: t.Words.Label(saveKey(t.Words, c.command.Name)), Cancel: t.Words.Label("button.cancel"),
	}
	for _, a := range fields(c.command) {
		if a.Name == subject && r.isConversation(c.values[subject]) {
			form.Text = r.lastWords(ctx, t, c.values[subject])
			continue // nobody chooses among those
		}
		if label := fieldLabel(t.Words, c.command.Name, a.Name); label != "" && !a.Ours {
			form.Fields = append(form.Fields, r.fieldOf(ctx, t, c, a, label))
		}
	}
	return form
}

// fieldLabel is what a field is called: for this command, else anywhere. What
// has no label is not for people to fill in.
func fieldLabel(w *locale.Words, command, name string) string {
	for _, key := range []string{"field." + command + "." + name, "field." + name} {
		if w.Has(key) {
			return w.Label(key)
		}
	}
	return ""
}

// saveKey is the label that hands a form in: the command's own, else the
// common one.
func saveKey(w *locale.Words, command string) string {
	if key := "button.yes." + command; w.Has(key) {
		return key
	}
	return "button.save"
}

// fieldOf is one question.
func (r *Router) fieldOf(ctx context.Context, t *turn, c *call, a bot.Arg, label string) bot.FormField {
	field := bot.FormField{Name: a.Name, Label: label, Value: c.values[a.Name], Required: a.Need == bot.Required}
	if field.Value == "" && t.Inbound.Kind != bot.KindForm {
		field.Value = r.atPresent(ctx, t, c, a)
	}
	if a.Need != bot.Optional {
		field.Hint = t.Words.Label(askKey(t.Words, c.command.Name, a.Name), "ref", c.values[subject])
	}
	switch a.Type {
	case bot.ArgText:
		field.Type, field.Max = bot.FieldText, longestField
	case bot.ArgDay:
		field.Type = bot.FieldDay
		if day, ok := r.plainValue(t, a, field.Value); ok {
			field.Value, _ = day.(string)
		}
	case bot.ArgRef:
		r.searchField(ctx, t, a, &field)
	case bot.ArgChoice, bot.ArgIntent, bot.ArgLanguage, bot.ArgStage, bot.ArgSource, bot.ArgTeam, bot.ArgUser:
		r.choiceField(ctx, t, a, &field)
	}
	return field
}

// atPresent is what the record of a call holds in place of an argument, "" if
// that is not known.
func (r *Router) atPresent(ctx context.Context, t *turn, c *call, a bot.Arg) string {
	ref, ok := r.matcher.Ref(c.values[subject])
	if a.Now == nil || !ok {
		return ""
	}
	before := t.Args
	defer func() { t.Args = before }()
	t.Args.Subject = ref
	return a.Now(ctx, t.Request)
}

// choiceField offers the values there are. Where there are none, one is typed.
func (r *Router) choiceField(ctx context.Context, t *turn, a bot.Arg, field *bot.FormField) {
	all := r.offered(ctx, t, a)
	known := -1
	if value, err := r.resolve(ctx, t, a, field.Value); field.Value != "" && err == nil {
		written := ""
		switch v := value.(type) {
		case string:
			written = v
		case crm.Intent:
			written = string(v)
		case crm.UserID:
			written = crm.Ref{Kind: crm.KindUser, ID: int64(v)}.String()
		}
		known = slices.IndexFunc(all, func(o bot.Option) bool { return o.Value == written })
	}
	switch {
	case len(all) == 0:
		return
	case len(all) > fewOptions:
		field.Type = bot.FieldSearch
	default:
		field.Type, field.Options = bot.FieldChoice, all
	}
	if known < 0 {
		field.Value = ""
		return
	}
	field.Value = all[known].Value
	if field.Type == bot.FieldSearch {
		field.Options = all[known : known+1]
	}
}

// searchField is a record. The one that is meant already is its only option,
// for its label; several that may be meant are the ones to choose from.
func (r *Router) searchField(ctx context.Context, t *turn, a bot.Arg, field *bot.FormField) {
	field.Type = bot.FieldSearch
	raw := field.Value
	if raw == "" {
		return
	}
	field.Value = ""
	if ref, ok := r.matcher.Ref(raw); ok {
		if hit, err := t.CRM.Records.Show(ctx, t.Actor, ref); err == nil {
			field.Value, field.Options = hit.Ref.String(), []bot.Option{r.hitOption(t, hit)}
		}
		return
	}
	value, err := r.resolve(ctx, t, a, raw)
	switch v := value.(type) {
	case crm.Ref:
		if hit, err := t.CRM.Records.Show(ctx, t.Actor, v); err == nil {
			field.Value, field.Options = hit.Ref.String(), []bot.Option{r.hitOption(t, hit)}
		}
	case string:
		if err == nil {
			field.Value, field.Options = newMark+v, []bot.Option{r.newOption(t, v)}
		}
	}
}

func (r *Router) hitOption(t *turn, h crm.Hit) bot.Option {
	h.Note = crm.LocalPhone(h.Note, r.company.Country)
	return bot.Option{Label: hitLabel(t.Words, h), Value: h.Ref.String()}
}

// newOption is the record that is to be made.
func (r *Router) newOption(t *turn, name string) bot.Option {
	return bot.Option{Label: t.Words.Label("pick.new", "name", name), Value: newMark + name}
}

// found are the options of a field for what was typed so far, in scope of the
// person: what is not there for him is not among them.
func (r *Router) found(ctx context.Context, t *turn, a bot.Arg, typed string) []bot.Option {
	if a.Type != bot.ArgRef {
		return containing(r.offered(ctx, t, a), typed)
	}
	typed = strings.TrimSpace(strings.TrimPrefix(typed, newMark))
	if typed == "" {
		return r.lately(ctx, t, a.Kinds)
	}
	if ref, ok := r.matcher.Ref(typed); ok {
		typed = ref.String()
	}
	hits, err := t.CRM.Records.Find(ctx, t.Actor, typed, a.Kinds, mostOptions-1)
	if err != nil {
		r.log.WarnContext(ctx, "router: options", "event", t.Inbound.Origin(), "error", err)
		return nil
	}
	var out []bot.Option
	for _, h := range current(ctx, t, hits[:min(len(hits), fewOptions)]) {
		out = append(out, r.hitOption(t, h))
	}
	if a.Fresh {
		out = append(out, r.newOption(t, typed))
	}
	return out
}

// containing are the options whose label has what was typed.
func containing(all []bot.Option, typed string) []bot.Option {
	typed = customer.Normal(typed)
	out := slices.DeleteFunc(slices.Clone(all), func(o bot.Option) bool {
		return !strings.Contains(customer.Normal(o.Label), typed)
	})
	return out[:min(len(out), mostOptions)]
}

// lately is what the person is working on, of the kinds: what he most likely
// means before he has typed anything.
func (r *Router) lately(ctx context.Context, t *turn, kinds []crm.Kind) []bot.Option {
	var out []bot.Option
	add := func(ref crm.Ref) {
		if hit, err := t.CRM.Records.Show(ctx, t.Actor, ref); err == nil {
			out = append(out, r.hitOption(t, hit))
		}
	}
	page := crm.Page{Limit: mostPicks}
	for _, kind := range kinds {
		switch kind {
		case crm.KindLead:
			found, _, _ := t.CRM.Leads.List(ctx, t.Actor, crm.LeadFilter{Owner: t.Actor.User, Open: true, Page: page})
			each(found, (*crm.Lead).Ref, add)
		case crm.KindOpportunity:
			found, _, _ := t.CRM.Opportunities.List(ctx, t.Actor, crm.OpportunityFilter{Owner: t.Actor.User, Open: true, Page: page})
			each(found, (*crm.Opportunity).Ref, add)
		case crm.KindTicket:
			found, _, _ := t.CRM.Tickets.List(ctx, t.Actor, crm.TicketFilter{Owner: t.Actor.User, Open: true, Page: page})
			each(found, (*crm.Ticket).Ref, add)
		case crm.KindContact:
			found, _, _ := t.CRM.Contacts.List(ctx, t.Actor, crm.ContactFilter{Owner: t.Actor.User, Page: page})
			each(found, (*crm.Contact).Ref, add)
		case crm.KindAccount:
			found, _, _ := t.CRM.Accounts.List(ctx, t.Actor, crm.AccountFilter{Owner: t.Actor.User, Page: page})
			each(found, (*crm.Account).Ref, add)
		}
	}
	return out[:min(len(out), mostOptions)]
}

// each tells of every record; one whose kind is not for this person has none.
func each[T any](found []T, ref func(T) crm.Ref, tell func(crm.Ref)) {
	for _, x := range found {
		tell(ref(x))
	}
}

// wouldAsk says whether a call needs an answer before it can run. It asks no
// database but for what an argument knows by itself.
func (r *Router) wouldAsk(t *turn, c *call) bool {
	if c.command.Hidden {
		return false
	}
	return slices.ContainsFunc(fields(c.command), func(a bot.Arg) bool {
		return a.Need != bot.Optional && c.values[a.Name] == "" &&
			(t.Thread == nil || a.Name != subject && !presumed(a)) && (a.Known == nil || a.Known(t.Request) == "")
	})
}

// markForms marks the buttons of an answer that open a form, where there are
// forms. Everywhere else pressing them begins the same questions one by one.
func (r *Router) markForms(t *turn, reply *bot.Reply) {
	ours := t.Inbound.Kind == bot.KindSystem && t.Conversation.Audience == crm.AudienceStaff // for whoever is there
	if !t.Features.Can(bot.OpView) || !t.Staff() && !ours {
		return
	}
	r.markReply(t, reply)
	for _, post := range t.Effects().Posts {
		r.markReply(t, post.Reply)
	}
}

func (r *Router) markReply(t *turn, reply *bot.Reply) {
	if reply == nil {
		return
	}
	for i := range reply.Cards {
		r.markButtons(t, reply.Cards[i].Buttons)
	}
	r.markButtons(t, reply.Buttons)
}

func (r *Router) markButtons(t *turn, buttons []bot.Button) {
	for i, b := range buttons {
		if b.Action == "" || strings.HasPrefix(b.Action, "form.") {
			continue
		}
		c, err := r.line(t, b.Action)
		buttons[i].Form = err == nil && (!t.Staff() || permitted(t, c.command) == nil) && r.wouldAsk(t, c)
	}
}
