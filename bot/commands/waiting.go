package commands

import (
	"cmp"
	"context"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// manned are the conversations in which a person is wanted or in charge.
var manned = []crm.ConversationStatus{crm.ConversationWaiting, crm.ConversationHandedOff}

// conversationMine is who waits for an answer, one's own customers and those of
// nobody, longest first, and then those whom one is answering.
func conversationMine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, err := waitingFor(ctx, r)
	if err != nil {
		return nil, err
	}
	at := page(r)
	var rows []string
	for _, c := range found[min(at.Offset, len(found)):min(at.Offset+at.Limit, len(found))] {
		rows = append(rows, waitingRow(ctx, r, c))
	}
	reply := list(r, "conversation.mine", rows, len(found))
	for i := at.Offset; i < len(found) && i < at.Offset+mostTakes; i++ {
		reply.Buttons = append(reply.Buttons, answerButton(ctx, r, found[i]))
	}
	return reply, nil
}

// mostTakes bounds the buttons under a list of those who wait.
const mostTakes = 4

// answerButton shows a conversation whose customer waits, or takes it.
func answerButton(ctx context.Context, r *bot.Request, c *crm.Conversation) bot.Button {
	name, ref := cut(customerName(ctx, r, c), 20), c.Ref().String()
	if c.Status == crm.ConversationWaiting {
		return bot.Button{Label: r.Words.Label("waiting.take", "name", name), Action: "conversation.take " + ref}
	}
	return bot.Button{Label: r.Words.Label("waiting.reply", "name", name), Action: "conversation.reply " + ref}
}

// mostWaiting bounds what is read to find those who wait.
const mostWaiting = 200

// waitingFor are the conversations in somebody's sight that are his or wait for
// anybody: those that wait first, longest first.
func waitingFor(ctx context.Context, r *bot.Request) ([]*crm.Conversation, error) {
	found, _, err := r.CRM.Conversations.List(ctx, r.Actor, crm.ConversationFilter{
		Statuses: manned, Page: crm.Page{Limit: mostWaiting},
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(slices.Clone(found), func(c *crm.Conversation) bool {
		return c.AssigneeID != r.Actor.User && (c.WaitsSince.IsZero() || c.Status == crm.ConversationHandedOff)
	})
	slices.SortStableFunc(found, func(a, b *crm.Conversation) int {
		switch {
		case a.WaitsSince.IsZero() != b.WaitsSince.IsZero():
			if a.WaitsSince.IsZero() {
				return 1
			}
			return -1
		case a.WaitsSince.IsZero():
			return b.LastInAt.Compare(a.LastInAt)
		}
		return cmp.Or(a.WaitsSince.Compare(b.WaitsSince), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// waitingRow is a customer in a list: who, where, since when he waits, who has
// him, and what he said last.
func waitingRow(ctx context.Context, r *bot.Request, c *crm.Conversation) string {
	state := r.Words.Label("waiting.answered")
	if !c.WaitsSince.IsZero() {
		state = r.Words.Label("waiting.since", "at", r.Words.Moment(c.WaitsSince, r.Now), "long", long(r, r.Now.Sub(c.WaitsSince)))
	}
	who := ""
	if c.AssigneeID != r.Actor.User {
		who = ownerName(ctx, r, c.AssigneeID)
	}
	return entry(c.Ref(), customerName(ctx, r, c), r.Company.PlatformName(c.Platform, r.Words.Lang()), state, who, cut(lastSaid(ctx, r, c), 60))
}

// long is how long something has lasted, as people say it.
func long(r *bot.Request, d time.Duration) string {
	switch {
	case d < time.Hour:
		return r.Words.N("waiting.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return r.Words.N("waiting.hours", int(d.Hours()))
	}
	return r.Words.N("waiting.days", int(d.Hours()/24))
}

// lately is how much of a conversation is read to find the customer's words.
const lately = 20

// lastSaid is what the customer of a conversation said last, "" for nothing.
func lastSaid(ctx context.Context, r *bot.Request, c *crm.Conversation) string {
	found, err := r.Store.Messages(ctx, c.ID, 0, -lately)
	if err != nil {
		return ""
	}
	for i := len(found) - 1; i >= 0; i-- {
		if text, ok := saidByCustomer(r, found[i]); ok {
			return text
		}
	}
	return ""
}

// saidByCustomer is what a message of the customer says.
func saidByCustomer(r *bot.Request, m *crm.Message) (string, bool) {
	if m.Direction != crm.In || m.AuthorKind == crm.AuthorUser || m.Audience == crm.AudienceNote || m.Muted || !m.Deleted.IsZero() {
		return "", false
	}
	if m.Body == "" {
		return r.Words.Label("message.file"), true
	}
	return m.Body, true
}

// waiting are the rows of those who wait, for a day's page.
func waiting(ctx context.Context, r *bot.Request) (rows []string, buttons []bot.Button, of map[crm.ConversationID]bool, err error) {
	found, err := waitingFor(ctx, r)
	if err != nil {
		return nil, nil, nil, unseen(err)
	}
	of = map[crm.ConversationID]bool{}
	for _, c := range found {
		if c.WaitsSince.IsZero() {
			continue
		}
		of[c.ID] = true
		rows = append(rows, waitingRow(ctx, r, c))
		if len(buttons) < mostTakes {
			buttons = append(buttons, answerButton(ctx, r, c))
		}
	}
	return rows, buttons, of, nil
}

// unseen turns "not in sight" into nothing.
func unseen(err error) error {
	if code := crm.CodeOf(err); code == crm.CodeNotFound || code == crm.CodeForbidden {
		return nil
	}
	return err
}
