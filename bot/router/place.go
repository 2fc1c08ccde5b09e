package router

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// place keeps what is not for everybody from a place where others read along:
// the answer of a Query, and a list of records to pick from, are for the asker
// alone. Where a platform has no way to tell one person there, or none for
// files, he is told in his own chat.
func (r *Router) place(t *turn, reply *bot.Reply) *bot.Reply {
	public := !t.Inbound.Direct || t.Inbound.Aside
	if !t.Staff() || !public || reply.Empty() || reply.Share || t.Inbound.Kind == bot.KindSystem {
		return reply
	}
	query := t.ran != nil && t.ran.command.Query && !t.picking
	switch {
	case !query && !t.picking:
		reply.Private = reply.Private || t.aside
		return reply
	case t.Features.Can(bot.OpEphemeral) && len(reply.Files) == 0:
		reply.Private = true
	default:
		t.Tell(t.User.ID, t.ran.line())
		if t.picking {
			t.closeForm()
		}
		reply = &bot.Reply{Text: t.Words.T("share.sent"), Private: true}
	}
	if query {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: t.Words.Label("button.share"), Action: "share " + t.ran.line(), Once: true,
		})
	}
	return reply
}

// share answers a Query once more, for everybody in the place. What the person
// who shares it may see is what is shown.
func (r *Router) share(ctx context.Context, req *bot.Request) (*bot.Reply, error) {
	t := r.reading(req)
	c, err := r.line(t, req.Args.Text)
	if err != nil {
		return nil, err
	}
	if !c.command.Query {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(lineError(req.Args.Text))
	}
	if err := permitted(t, c.command); err != nil {
		return nil, err
	}
	args, missing, err := r.settle(ctx, t, c)
	if err != nil {
		return nil, err
	}
	if missing != nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(lineError(req.Args.Text))
	}
	req.Args = args
	reply, err := c.command.Run(ctx, req)
	if err != nil {
		return nil, err
	}
	reply.Share, reply.Private = true, false
	return reply, nil
}
