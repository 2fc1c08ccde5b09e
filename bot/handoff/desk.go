package handoff

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// Desk is that the platform's own desk has taken the conversation, where nobody
// of ours is in charge, or has ended its part.
func Desk(ctx context.Context, r *bot.Request, taken bool) error {
	status := crm.ConversationOpen
	if taken {
		status = crm.ConversationHandedOff
	}
	return stands(ctx, r, func(c *crm.Conversation) {
		if status == crm.ConversationOpen && c.Person() {
			c.ClosedAt = r.Now.UTC()
		}
		c.Status, c.AssigneeID = status, 0
		c.AskedAt, c.Tried, c.Step, c.WaitsSince = time.Time{}, nil, "", time.Time{}
		c.LiveID, c.LiveSince, c.LiveAt = 0, time.Time{}, time.Time{}
	})
}

// Undesk takes back that the desk was to have it: all is as it was, and a call
// begins anew.
func Undesk(ctx context.Context, r *bot.Request, was crm.ConversationStatus, assignee crm.UserID) error {
	err := stands(ctx, r, func(c *crm.Conversation) {
		c.Status, c.AssigneeID = was, assignee
		if was == crm.ConversationWaiting {
			c.AskedAt, c.WaitsSince = r.Now.UTC(), r.Now.UTC()
			c.Step, c.Tried = crm.AskedTurn, []crm.UserID{assignee}
		}
	})
	if err == nil {
		clock(r)
	}
	return err
}

func stands(ctx context.Context, r *bot.Request, change func(*crm.Conversation)) error {
	c, err := r.Store.UpdateConversation(ctx, r.Conversation.ID, func(c *crm.Conversation) error {
		change(c)
		return nil
	})
	if err := became(r, c, err); err != nil {
		return err
	}
	return relay.Redraw(ctx, r)
}
