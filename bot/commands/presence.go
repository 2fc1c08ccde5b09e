package commands

import (
	"context"
	"fmt"
	"strings"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// presences are the commands by which somebody says whether he is there.
func presences() []bot.Command {
	return staff(
		bot.Command{Name: "away", Run: away},
		bot.Command{Name: "present", Run: present},
	)
}

// away sends nobody new to its author, and gives on who waits for him.
func away(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	before := r.User.AwayAt
	named, err := r.CRM.Users.Named(ctx, r.Args.Text)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(r.Args.Text) != "" && len(named) == 1 && named[0].ID != r.Actor.User {
		return nil, crm.Fail(crm.CodeInvalid, "away.other", "name", named[0].Name)
	}
	u, err := r.CRM.Users.Away(ctx, r.Actor, true)
	if err != nil {
		return nil, err
	}
	n, err := absent(ctx, r, u.ID)
	if err != nil {
		return nil, err
	}
	back := press(r, "present", "present")
	reply := &bot.Reply{Text: r.Words.T("away.done"), Buttons: []bot.Button{back}}
	switch {
	case n > 0 && r.Company.Hours.Open(r.Now): // else they stay his until we are back
		reply.Text = r.Words.N("away.moved", n)
	case !before.IsZero():
		reply.Text = r.Words.T("away.already")
	}
	if _, _, ok := grammar.FindMoment(r.Args.Text, r.Now); ok { // "until 15:00"
		reply.Text += " " + r.Words.T("away.until")
	}
	return reply, nil
}

// absent has the conversations of somebody who is not there given on, and says
// how many there are.
func absent(ctx context.Context, r *bot.Request, user crm.UserID) (int, error) {
	found, err := r.CRM.Conversations.Absent(ctx, user)
	if err != nil {
		return 0, err
	}
	for _, c := range found {
		if err := relay.Order(ctx, r, c, fmt.Sprintf("handoff.absent user=%d", user)); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// relieve has what waits for somebody who is away given to who has come.
func relieve(ctx context.Context, r *bot.Request) error {
	found, err := r.CRM.Conversations.Absent(ctx, 0)
	for _, c := range found {
		if err := relay.Order(ctx, r, c, fmt.Sprintf("handoff.absent user=%d", c.AssigneeID)); err != nil {
			return err
		}
	}
	return err
}

// present says that its author is there again.
func present(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	before := r.User.AwayAt
	if _, err := r.CRM.Users.Away(ctx, r.Actor, false); err != nil {
		return nil, err
	}
	if err := relieve(ctx, r); err != nil {
		return nil, err
	}
	found, err := waitingFor(ctx, r)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, c := range found {
		if !c.WaitsSince.IsZero() {
			n++
		}
	}
	key := "present.done"
	if before.IsZero() {
		key = "present.already"
	}
	reply := bot.Text(r.Words.T(key))
	if n > 0 {
		reply.Text += "\n" + r.Words.N("present.waiting", n)
		reply.Buttons = []bot.Button{press(r, "waiting", "conversation.mine")}
	}
	return reply, nil
}
