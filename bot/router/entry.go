package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
)

// entry is an entry of the platform's menu: a command line, or words as if they
// were typed. done is false for words, which go down the steps.
func (r *Router) entry(ctx context.Context, t *turn) (reply *bot.Reply, done bool, err error) {
	action := strings.TrimSpace(t.Inbound.Action)
	if action == "" {
		in := *t.Inbound
		in.Kind, t.Inbound = bot.KindText, &in
		return nil, false, nil
	}
	c := r.openly(t, action)
	switch {
	case c == nil:
		return bot.Text(t.Words.T("button.gone")), true, nil
	case t.handedOff() && !whenever[c.command.Name]:
		return nil, true, nil
	}
	before := t.Session.Form
	reply, err = r.invoke(ctx, t, c)
	if err == nil && before != nil && t.Session.Form == before {
		reply, err = r.again(ctx, t, reply)
	}
	return reply, true, err
}

// consent is what somebody told the platform about notices. The platform has
// thanked him.
func (r *Router) consent(ctx context.Context, t *turn) error {
	said := t.Inbound.Values["notices"]
	if t.Staff() || said != "yes" && said != "no" {
		return nil
	}
	return customer.Consent(ctx, t.Request, said == "yes")
}

// desk is the platform's own desk, which took the chat over or is through with
// it. While it has the chat the bot is silent.
func (r *Router) desk(ctx context.Context, t *turn) error {
	switch t.Inbound.Values["state"] {
	case "taken":
		t.closeForm()
		return handoff.Desk(ctx, t.Request, true)
	case "ended":
		return handoff.Desk(ctx, t.Request, false)
	}
	return nil
}
