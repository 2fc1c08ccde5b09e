package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

// own are the commands about talking to us.
func own(r *Router) []bot.Command {
	return []bot.Command{
		{Name: "help", Args: []bot.Arg{{Name: "about", Type: bot.ArgText}}, Run: r.help},
		{Name: "cancel", Run: cancel},
		{Name: "me", For: crm.AudienceStaff, Run: me},
		{Name: "access", Hidden: true, Run: access},
		{Name: "unhelpful", For: crm.AudienceCustomers, Hidden: true, Run: r.unhelpful, Args: []bot.Arg{{Name: "key", Type: bot.ArgWord, Keyed: true}}},
		{Name: "share", For: crm.AudienceStaff, Hidden: true, Run: r.share, Args: []bot.Arg{{Name: "line", Type: bot.ArgText}}},
	}
}

// introduction is how somebody who works here says what he is called. Help
// shows it last: most of us come with a name.
func introduction() bot.Command {
	return bot.Command{Name: "name", For: crm.AudienceStaff, Run: introduce, Args: []bot.Arg{
		{Name: "name", Type: bot.ArgText, Need: bot.Required},
	}}
}

// cancel ends whatever was begun: a form, numbers, lines and files that wait.
// Who waits for a person and says so needs nobody any more.
func cancel(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	s := r.Session
	if s.Form == nil && len(s.Burst)+len(s.Files) == 0 {
		if r.Contact != nil {
			if reply, done, err := handoff.Withdraw(ctx, r); done || err != nil {
				return reply, err
			}
		}
		return bot.Text(r.Words.T("cancel.nothing")), nil
	}
	s.Form, s.Choices, s.Burst, s.Files = nil, nil, nil, nil
	s.Changed()
	return bot.Text(r.Words.T("form.cancelled")), nil
}

// introduce keeps what somebody who works here says he is called.
func introduce(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	called, ok := customer.Called(r, r.Args.String("name"))
	if !ok {
		return nil, crm.Fail(crm.CodeInvalid, "name.bad").In("name")
	}
	if err := r.CRM.Users.Rename(ctx, r.Actor, called); err != nil {
		return nil, err
	}
	return bot.Text(r.Words.T("name.set", "name", called)), nil
}

// longestHan is a name in Chinese, in runes, that stands behind its words
// without a space.
const longestHan = 4

// named is "我叫王芳".
func (r *Router) named(t *turn) (*call, bool) {
	for _, word := range r.catalog.Every("command.name") {
		rest, ok := strings.CutPrefix(t.text, word)
		if n := len([]rune(rest)); !ok || !hanEnd(word) || n < 2 || n > longestHan {
			continue
		}
		if called, ok := customer.Called(t.Request, rest); ok {
			return &call{command: r.commands["name"], values: map[string]string{"name": called}}, true
		}
	}
	return nil, false
}

// me says who somebody is to us.
func me(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	title := r.User.Name
	if !r.User.Named() {
		title = r.Words.Called("")
	}
	c := bot.Card{Title: title, Subtitle: first(r.Words, "role."+string(r.User.Role), string(r.User.Role))}
	field := func(key, value string) {
		if value != "" {
			c.Fields = append(c.Fields, bot.Field{Name: r.Words.Label("field." + key), Value: value})
		}
	}
	field("handle", r.User.Handle)
	teams, err := r.Store.Teams(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		if t.ID == r.User.TeamID {
			field("team", t.Name)
		}
	}
	field("language", r.Words.Label("language.name"))
	return &bot.Reply{Cards: []bot.Card{c}}, nil
}
