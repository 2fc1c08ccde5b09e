package commands

import (
	"context"
	"fmt"
	"strconv"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// merges are the commands that make one contact of two.
func merges() []bot.Command {
	return staff(bot.Command{Name: "contact.merge", Subject: crm.KindContact, Run: merge, Args: []bot.Arg{
		{Name: "into", Type: bot.ArgRef, Need: bot.Required, Kinds: []crm.Kind{crm.KindContact}},
		{Name: "sure", Type: bot.ArgWord, Keyed: true},
	}})
}

// merge shows first what would happen, and does it when its author is sure of this
// very plan: what has changed meanwhile is shown anew.
func merge(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	from, into := subjectContact(r), crm.ContactID(r.Args.Ref("into").ID)
	plan, err := r.CRM.Contacts.PlanMerge(ctx, r.Actor, from, into)
	if err != nil {
		return nil, err
	}
	if r.Args.String("sure") != sureOf(plan) {
		return mergePlan(r, plan), nil
	}
	done, err := r.CRM.Contacts.Merge(together(ctx, r), r.Actor, from, into, true)
	if err != nil {
		return nil, err
	}
	for _, id := range []crm.ContactID{done.From.ID, done.Into.ID} {
		if err := orderEach(ctx, r, id, done); err != nil {
			return nil, err
		}
	}
	reply := changed(r, done.From.Ref(), done.From.Version,
		r.Words.T("merge.done", "from", contactTitle(r, done.From), "into", contactTitle(r, done.Into)),
		bot.Button{Label: done.Into.Ref().String(), Action: "contact.show " + done.Into.Ref().String()})
	reply.Replace = r.Inbound.Kind == bot.KindAction
	return reply, nil
}

// sureOf is what the button of a plan says it is sure of. Nobody types it.
func sureOf(m *crm.Merge) string {
	return fmt.Sprintf("%d-%d-%d", m.From.Version, m.Into.Version, len(m.Conflicts))
}

// orderEach has what is shown of the chats of a merged contact drawn anew.
func orderEach(ctx context.Context, r *bot.Request, id crm.ContactID, done *crm.Merge) error {
	chats := done.Conversations
	if id == done.Into.ID {
		var err error
		if chats, err = r.Store.ConversationsOf(ctx, id, 0); err != nil {
			return err
		}
	}
	return drawn(ctx, r, chats)
}

// drawn has what colleagues are shown of customers' chats drawn anew.
func drawn(ctx context.Context, r *bot.Request, chats []*crm.Conversation) error {
	seen := map[crm.ConversationID]bool{}
	for _, c := range chats {
		if seen[c.ID] || c.Audience != crm.AudienceCustomers || !c.Direct {
			continue
		}
		seen[c.ID] = true
		if err := relay.Order(ctx, r, c, "handoff.redraw"); err != nil {
			return err
		}
	}
	return nil
}

// moving are the kinds that a plan counts, in the order in which they are read.
var moving = []crm.Kind{
	crm.KindConversation, crm.KindLead, crm.KindOpportunity, crm.KindTicket, crm.KindActivity,
}

// mergePlan is what a merge would do: what moves, what stays as it is, and what
// says that these are two people.
func mergePlan(r *bot.Request, m *crm.Merge) *bot.Reply {
	out := bot.Card{Title: r.Words.Label("merge.plan", "from", contactTitle(r, m.From), "into", contactTitle(r, m.Into))}
	var moves []string
	for _, kind := range moving {
		if n := m.Moves[kind]; n > 0 {
			moves = append(moves, r.Words.Label("merge.count", "n", strconv.Itoa(n), "kind", r.Words.Noun(kind)))
		}
	}
	if len(moves) == 0 {
		moves = []string{r.Words.Label("merge.nothing")}
	}
	field := func(key, value string) {
		if value != "" {
			out.Fields = append(out.Fields, bot.Field{Name: r.Words.Label("merge." + key), Value: value})
		}
	}
	field("moves", r.Words.Enum(moves))
	var chats []string
	for _, i := range m.Identities {
		chats = append(chats, r.Company.PlatformName(i.Platform, r.Words.Lang()))
	}
	field("chats", r.Words.Enum(chats))
	if len(chats) > 0 {
		field("routes", r.Words.Label("merge.routes.text"))
	}
	for _, c := range m.Conflicts {
		where := r.Words.Label("field.phone")
		if c.Platform != "" {
			where = r.Company.PlatformName(c.Platform, r.Words.Lang())
		} else {
			c.From, c.Into = phone(r, c.From), phone(r, c.Into)
		}
		field("conflict", r.Words.Label("merge.conflict.text", "where", where, "from", c.From, "into", c.Into))
	}
	yes := press(r, "merge.yes", fmt.Sprintf("contact.merge %s into=%s sure=%s", m.From.Ref(), m.Into.Ref(), sureOf(m)))
	yes.Style, yes.Once = bot.StylePrimary, true
	if len(m.Conflicts) > 0 {
		yes.Label, yes.Style = r.Words.Label("button.merge.anyway"), bot.StyleDanger
	}
	turned := press(r, "merge.turned", fmt.Sprintf("contact.merge %s into=%s", m.Into.Ref(), m.From.Ref()))
	out.Buttons = []bot.Button{yes, turned}
	return &bot.Reply{Cards: []bot.Card{out}, Private: !r.Inbound.Direct}
}

// doubles says which contacts may be the same person, with a button to look at a
// merge.
func (c *card) doubles(ctx context.Context, of *crm.Contact) error {
	same, err := c.r.CRM.Contacts.Doubles(ctx, c.r.Actor, of.ID)
	if err != nil {
		return unseen(err)
	}
	var lines []string
	for _, d := range same[:min(len(same), 3)] {
		lines = append(lines, c.r.Words.Label("merge.double", "ref", d.Ref.String(), "owner", ownerName(ctx, c.r, d.Owner)))
		c.Buttons = append(c.Buttons, bot.Button{
			Label:  c.r.Words.Label("button.merge", "ref", d.Ref.String()),
			Action: fmt.Sprintf("contact.merge %s into=%s", d.Ref, of.Ref()),
		})
	}
	c.field("double", c.r.Words.Enum(lines))
	return nil
}
