package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// eventLine is one line of the audit trail in markup: "14:02 李伟 阶段 方案报价
// → 商务谈判".
func eventLine(ctx context.Context, r *bot.Request, e *crm.Event) string {
	return r.Words.T("line", "at", r.Words.Moment(e.At, r.Now), "who", eventActor(ctx, r, e), "text", eventText(r, e))
}

// eventRecord is the record that an event is about.
func eventRecord(e *crm.Event) crm.Ref { return crm.Ref{Kind: e.SubjectKind, ID: e.SubjectID} }

func eventActor(ctx context.Context, r *bot.Request, e *crm.Event) string {
	switch e.ActorKind {
	case crm.AuthorUser:
		return userName(ctx, r, crm.UserID(e.ActorID))
	case crm.AuthorContact:
		if c, err := r.CRM.Contacts.Contact(ctx, r.Actor, crm.ContactID(e.ActorID)); err == nil {
			return r.Words.Speaker(c.Name)
		}
	}
	return r.Words.Label("author." + string(e.ActorKind))
}

// eventText is what changed, in plain text: what a new record is called, else
// its fields before and after.
func eventText(r *bot.Request, e *crm.Event) string {
	if e.Verb == "created" {
		return r.Words.Label("verb.created", "name", made(r, e))
	}
	var changes []string
	for _, field := range sortedFields(e.Changes) {
		if parts := articleChange(r, e.SubjectKind, field, e.Changes[field]); parts != nil {
			changes = append(changes, parts...)
			continue
		}
		c, label := e.Changes[field], changeLabel(r, e.SubjectKind, field)
		from, to := fieldValue(r, e.SubjectKind, field, c.From), fieldValue(r, e.SubjectKind, field, c.To)
		if from == "" {
			changes = append(changes, r.Words.Label("change.set", "field", label, "to", to))
			continue
		}
		if to == "" {
			to = r.Words.Label("change.empty")
		}
		changes = append(changes, r.Words.Label("change", "field", label, "from", from, "to", to))
	}
	text := r.Words.Enum(changes)
	if e.Verb == "undone" {
		return r.Words.Label("verb.undone", "text", text)
	}
	return text
}

// changeLabel is what a field is called where it changed.
func changeLabel(r *bot.Request, kind crm.Kind, field string) string {
	switch {
	case kind == crm.KindTicket && field == "due":
		return r.Words.Label("field.deadline")
	case kind == crm.KindArticle && field == "title":
		return r.Words.Label("field.article.title")
	}
	return r.Words.Label("field." + field)
}

// made is what a new record is called.
func made(r *bot.Request, e *crm.Event) string {
	for _, field := range []string{"name", "title", "body", "company"} {
		if to := e.Changes[field].To; to != "" {
			return cut(to, 60)
		}
	}
	return r.Words.Noun(e.SubjectKind)
}

// sortedFields has the fields in the order that they are read in: what was
// decided first, names after.
func sortedFields(changes map[string]crm.Change) []string {
	var fields []string
	for f := range changes {
		fields = append(fields, f)
	}
	order := []string{"stage", "status", "amount", "close", "owner", "due", "done", "priority", "reason", "solution"}
	rank := func(f string) int {
		if i := slices.Index(order, f); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortFunc(fields, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return fields
}

// fieldValue is a value of the audit trail as people read it.
func fieldValue(r *bot.Request, kind crm.Kind, field, value string) string {
	if value == "" {
		return ""
	}
	switch field {
	case "stage":
		return stageName(r, value)
	case "status":
		if kind == crm.KindArticle {
			return choiceName(r, field, value)
		}
		return r.Words.Label(string(kind) + ".status." + value)
	case "phone", "claimed":
		return phone(r, value)
	case "priority", "role", "kind":
		return choiceName(r, field, value)
	case "blocked":
		return r.Company.PlatformName(value, r.Words.Lang())
	case "source", "latest":
		return sourceName(r, value)
	case "close":
		return r.Words.Day(value, r.Now)
	case "amount":
		return amountWords(r, value)
	case "due", "done", "stopped":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return r.Words.Moment(at, r.Now)
		}
	}
	return cut(value, 80)
}

// amountWords is an amount of the audit trail ("280000 CNY") as people read it.
func amountWords(r *bot.Request, value string) string {
	if m, ok := grammar.Money(value, r.Company.Currency); ok {
		return r.Words.Money(m)
	}
	return value
}
