package router

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// question is what a form asks. numbers says that a number may be the answer.
type question struct {
	*bot.Reply
	numbers bool
}

// question words the question for an argument, with buttons for the values
// there are and for skip, back and cancel. Where there are no buttons and a
// number may be the answer, the words to type are named instead.
func (r *Router) question(ctx context.Context, t *turn, c *call, a bot.Arg) question {
	reply := bot.Text(t.Words.T(askKey(t.Words, c.command.Name, a.Name), "ref", c.values[subject]))
	choices := r.choices(ctx, t, c, a)
	numbers := len(choices) == 0
	reply.Buttons = choices
	controls := []string{"cancel"}
	if r.canGoBack(c, a) {
		controls = append([]string{"back"}, controls...)
	}
	if a.Need != bot.Required {
		controls = append([]string{"skip"}, controls...)
	}
	if t.Thread != nil && numbers && !t.Features.Quotes {
		reply.Text += "\n_" + t.Words.T("form.mention") + "_"
	}
	if t.Contact != nil && a.Type == bot.ArgPhone && t.Features.Contact {
		reply.AskContact = t.Words.Label("button.contact")
	}
	reply.Asks = numbers && !t.Inbound.Direct
	quoted := reply.Asks && t.Features.Quotes
	if quoted && t.Inbound.Kind != bot.KindAction {
		reply.Quote = t.Inbound.Message
	}
	if (t.Features.Buttons == 0 || quoted) && numbers {
		words := make([]string, len(controls))
		for i, name := range controls {
			words[i] = t.Words.Label("button." + name)
		}
		reply.Text += "\n_" + t.Words.T("form.words", "words", strings.Join(words, " / ")) + "_"
		return question{reply, true}
	}
	for _, name := range controls {
		reply.Buttons = append(reply.Buttons, r.formControl(t, c, a.Name, name))
	}
	return question{reply, numbers}
}

// askKey is the question for an argument: the command's own, else the common.
func askKey(w *locale.Words, command, name string) string {
	if key := "ask." + command + "." + name; w.Has(key) {
		return key
	}
	return "ask." + name
}

func (r *Router) canGoBack(c *call, a bot.Arg) bool {
	for _, before := range fields(c.command) {
		if before.Name == a.Name {
			return false
		}
		if _, given := c.values[before.Name]; given && before.Name != subject || slices.Contains(c.skipped, before.Name) {
			return true
		}
	}
	return false
}

func (r *Router) formControl(t *turn, c *call, asking, name string) bot.Button {
	return bot.Button{
		Label:  t.Words.Label("button." + name),
		Action: fmt.Sprintf("form.%s %s %s", name, c.command.Name, asking),
		Once:   true,
	}
}

// choices are buttons for the values of an argument, where there are few.
func (r *Router) choices(ctx context.Context, t *turn, c *call, a bot.Arg) []bot.Button {
	offered := r.offered(ctx, t, a)
	if a.Type == bot.ArgSource || a.Type != bot.ArgChoice && len(offered) > mostPicks {
		return nil
	}
	var out []bot.Button
	for _, o := range offered {
		out = append(out, bot.Button{
			Label: o.Label, Once: true,
			Action: fmt.Sprintf("form.answer %s %s %s", c.command.Name, a.Name, o.Value),
		})
	}
	return out
}

// offered are all values of an argument, where they can be listed.
func (r *Router) offered(ctx context.Context, t *turn, a bot.Arg) []bot.Option {
	var out []bot.Option
	add := func(label, value string) { out = append(out, bot.Option{Label: capital(label), Value: value}) }
	switch a.Type {
	case bot.ArgChoice:
		for _, choice := range a.Choices {
			add(first(t.Words, a.Name+"."+choice, choice), choice)
		}
	case bot.ArgIntent:
		for _, level := range []string{"A", "B", "C"} {
			add(first(t.Words, "intent."+level, level), level)
		}
	case bot.ArgLanguage:
		for _, lang := range r.catalog.Languages() {
			add(first(t.Words, "language."+lang, lang), lang)
		}
	case bot.ArgStage:
		for _, s := range r.company.Stages {
			if !s.Closed() {
				add(stageName(t, s), s.Key)
			}
		}
	case bot.ArgSource:
		for _, s := range r.company.Sources {
			add(r.company.SourceName(s.Name, t.Words.Lang()), s.Name)
		}
	case bot.ArgTeam:
		teams, err := t.Store.Teams(ctx)
		if err != nil {
			return nil
		}
		for _, team := range teams {
			add(team.Name, team.Name)
		}
	case bot.ArgUser:
		users, err := t.CRM.Users.List(ctx, t.Actor, true)
		if err != nil {
			return nil
		}
		for _, u := range users {
			if !u.AwayAt.IsZero() {
				u.Name = t.Words.Label("user.away", "name", u.Name)
			}
			add(u.Name, crm.Ref{Kind: crm.KindUser, ID: int64(u.ID)}.String())
		}
	}
	return out
}

// capital begins a label with a capital letter.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// first is the first word of a list, the one to show.
func first(w *locale.Words, key, otherwise string) string {
	if words := w.List(key); len(words) > 0 {
		return words[0]
	}
	return otherwise
}

func stageName(t *turn, s crm.Stage) string {
	for _, lang := range []string{t.Words.Lang(), "en"} {
		if name := s.Names[lang]; name != "" {
			return name
		}
	}
	return s.Key
}

// askConfirm shows what was understood and asks whether it is right.
func (r *Router) askConfirm(ctx context.Context, t *turn, c *call) *bot.Reply {
	card := bot.Card{Title: formTitle(t, c)}
	for _, a := range fields(c.command) {
		value, ok := t.Args.Values[a.Name]
		if a.Name == subject {
			value, ok = t.Args.Subject, true
		}
		if !ok || a.Ours {
			continue
		}
		if text := r.shown(ctx, t, a, value); text != "" {
			card.Fields = append(card.Fields, bot.Field{Name: t.Words.Label("field." + a.Name), Value: text})
		}
	}
	t.keep(c, confirming, false, false)
	return &bot.Reply{
		Text: t.Words.T("form.confirm"), Cards: []bot.Card{card},
		Buttons: []bot.Button{
			r.yesButton(t, c),
			r.formControl(t, c, confirming, "cancel"),
		},
	}
}

// yesKey is the label that confirms: the command's own, else the common one.
func yesKey(w *locale.Words, command string) string {
	if key := "button.yes." + command; w.Has(key) {
		return key
	}
	return "button.yes"
}

// shown is a resolved value as people read it, in plain text.
func (r *Router) shown(ctx context.Context, t *turn, a bot.Arg, value any) string {
	switch v := value.(type) {
	case crm.Money:
		return markup.Plain(t.Words.Money(v))
	case time.Time:
		return t.Words.Moment(v, t.Now)
	case crm.UserID:
		if u, err := t.CRM.Users.User(ctx, v); err == nil {
			return u.Name
		}
		return v.String()
	case crm.Ref:
		if hit, err := t.CRM.Records.Show(ctx, t.Actor, v); err == nil {
			return hitLabel(t.Words, hit)
		}
		return v.String()
	case crm.Intent:
		return first(t.Words, "intent."+string(v), string(v))
	case bot.Period:
		return v.Label
	case string:
		return r.shownText(t, a, v)
	}
	return fmt.Sprint(value)
}

func (r *Router) shownText(t *turn, a bot.Arg, v string) string {
	switch a.Type {
	case bot.ArgSource:
		return r.company.SourceName(v, t.Words.Lang())
	case bot.ArgPhone:
		return crm.LocalPhone(v, r.company.Country)
	case bot.ArgDay:
		return t.Words.Day(v)
	case bot.ArgChoice:
		return first(t.Words, a.Name+"."+v, v)
	case bot.ArgLanguage:
		return first(t.Words, "language."+v, v)
	case bot.ArgStage:
		if s, ok := r.company.Stages.Find(v); ok {
			return stageName(t, s)
		}
	}
	return v
}
