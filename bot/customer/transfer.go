package customer

import (
	"context"
	"fmt"
	"strconv"

	"crmbot/bot"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

// transfer gives the conversation it runs in to the desk of its platform, as a
// colleague wants it. From here on we are silent, as we are when the desk takes
// a chat by itself.
func transfer(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	was := r.Conversation
	if was.Status == crm.ConversationHandedOff || !r.Features.Can(bot.OpTransfer) {
		return nil, nil
	}
	r.Post(bot.Post{
		Op: bot.OpTransfer, Reply: bot.Text(r.Words.T("transfer.customer")),
		Failed: fmt.Sprintf("desk.failed by=%s was=%s assignee=%d", r.Args.String("by"), was.Status, was.AssigneeID),
	})
	if r.Session.Form != nil {
		r.Session.Form = nil
		r.Session.Changed()
	}
	return nil, handoff.Desk(ctx, r, true)
}

// transferFailed takes that back where the platform would not have it, and tells
// the colleague.
func transferFailed(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if by, err := strconv.ParseInt(r.Args.String("by"), 10, 64); err == nil {
		r.Tell(crm.UserID(by), "notice.transfer.failed "+r.Conversation.ID.String()+" why="+r.Args.String("why"))
	}
	if r.Conversation.Status != crm.ConversationHandedOff || r.Conversation.AssigneeID != 0 || r.Args.String("why") == bot.WhyDesk {
		return nil, nil // it is there by now, or somebody else has it
	}
	assignee, _ := strconv.ParseInt(r.Args.String("assignee"), 10, 64) // 0 if it says nothing
	return nil, handoff.Undesk(ctx, r, crm.ConversationStatus(r.Args.String("was")), crm.UserID(assignee))
}
