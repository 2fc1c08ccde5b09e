package router

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// inCharge is step 4: where a person answers the customer, the bot does not.
// The words are in the thread for that person to read.
func (r *Router) inCharge(_ context.Context, t *turn) (*bot.Reply, bool, error) {
	return nil, t.handedOff(), nil
}

// handedOff says whether a person is in charge of what a customer says here.
func (t *turn) handedOff() bool {
	return !t.Staff() && (t.silent || t.Conversation.Status == crm.ConversationHandedOff)
}
