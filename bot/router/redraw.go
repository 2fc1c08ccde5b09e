package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// pressed is a kept button that somebody pressed, with its line as its Action.
type pressed struct {
	bot.KeptButton
	card string // the record whose card it is on, "" for none
}

// redraw answers a button of a record's card with that card as it is now, in
// the place of the old one: what was done stands above it, and among others who
// did it. The button has then done its work: who pressed it on the old card at
// the same time hears that. Where a message cannot be changed the answer is one
// of its own.
func (r *Router) redraw(ctx context.Context, t *turn, c *call, reply *bot.Reply) (*bot.Reply, error) {
	p := t.pressed
	if p == nil || p.card == "" || c.command.Query || !t.Staff() || !t.Features.Can(bot.OpEdit) || !plainWords(reply) {
		return reply, nil
	}
	ref, ok := r.matcher.Ref(p.card)
	from := t.Inbound
	if t.Thread != nil && t.Thread.Head != "" && (string(from.Message) == t.Thread.Head || string(from.Target) == t.Thread.Head) {
		return reply, nil // the card on top of a thread is drawn by itself
	}
	known := from.Target != "" || from.Kind == bot.KindAction && from.Message != ""
	if !ok || !known || t.Session.Form != nil {
		return reply, nil
	}
	show := r.commands[string(ref.Kind)+".show"]
	if show == nil || permitted(t, show) != nil {
		return reply, nil
	}
	before := t.Args
	t.Args = bot.Args{Subject: ref}
	card, err := r.attempt(ctx, t, show.Run)
	t.Args = before
	if crm.CodeOf(err) == crm.CodeInternal || crm.CodeOf(err) == crm.CodeUnavailable {
		return nil, err
	}
	if err != nil || len(card.Cards) != 1 {
		return reply, nil // out of his sight now
	}
	if t.Inbound.Kind == bot.KindAction && !p.Once {
		if _, err := t.Store.UseButton(ctx, p.ID, t.Inbound.Sender.ID, t.Now.UTC()); err != nil {
			return nil, err
		}
	}
	reply.Cards, reply.Replace = card.Cards, true
	if !t.Inbound.Direct {
		reply.Text += "\n" + t.Words.T("card.by", "user", t.User.Name, "when", t.Words.Moment(t.Now, t.Now))
	}
	reply.Buttons = without(reply.Buttons, reply.Cards[0].Buttons)
	return reply, nil
}

// plainWords says whether an answer is nothing but words and buttons.
func plainWords(reply *bot.Reply) bool {
	return reply != nil && !reply.Private && strings.TrimSpace(reply.Text) != "" && reply.Toast == "" &&
		len(reply.Cards)+len(reply.Files) == 0 && reply.Table == nil
}

// without are the buttons that do what none of the others does.
func without(list, others []bot.Button) []bot.Button {
	does := map[string]bool{}
	for _, b := range others {
		does[b.Action] = true
	}
	var out []bot.Button
	for _, b := range list {
		if !does[b.Action] {
			out = append(out, b)
		}
	}
	return out
}
