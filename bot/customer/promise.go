package customer

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

// promised is the sentence of a key with who will write and by when. Nobody to
// name is "we".
func promised(ctx context.Context, r *bot.Request, key string, user crm.UserID, pairs ...any) string {
	return handoff.Promised(ctx, r, key, user, pairs...)
}

// due is by when a new ticket is to be answered: no later than its customer
// reads. The zero time leaves it to the rule of its kind.
func due(r *bot.Request, kind crm.TicketKind) time.Time { return handoff.Due(r, kind) }
