package router

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// own are the commands about talking to us.
func own(r *Router) []bot.Command {
	return []bot.Command{
		{Name: "help", Args: []bot.Arg{{Name: "about", Type: bot.ArgText}}, Run: r.help},
		{Name: "cancel", Run: cancel},
		{Name: "me", For: crm.AudienceStaff, Run: me},
		{Name: "access", Hidden: true, Run: access},
		{Name: "share", For: crm.AudienceStaff, Hidden: true, Run: r.share, Args: []bot.Arg{{Name: "line", Type: bot.ArgText}}},
	}
}

// cancel ends whatever was begun: a form, numbers, lines that wait.
func cancel(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	s := r.Session
	if s.Form == nil && len(s.Burst) == 0 {
		return bot.Text(r.Words.T("cancel.nothing")), nil
	}
	s.Form, s.Choices, s.Burst = nil, nil, nil
	s.Changed()
	return bot.Text(r.Words.T("form.cancelled")), nil
}

// me says who somebody is to us.
func me(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c := bot.Card{Title: r.User.Name, Subtitle: first(r.Words, "role."+string(r.User.Role), string(r.User.Role))}
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
