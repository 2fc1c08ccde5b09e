package pipeline

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// aim finds the native id of the part that a row is about. A part that was never
// sent is sent now, and counts as that part from then on; there is nothing to
// delete of it. done says that the row need not or must not be sent, and what
// becomes of it: a person's words that may be there already are not said twice.
func (p *Pipeline) aim(ctx context.Context, row *bot.OutboxRow, now time.Time) (s bot.Settlement, done bool, err error) {
	out := &row.Outgoing
	if out.Of == 0 {
		return s, false, nil
	}
	if out.Op == bot.OpPost { // as an earlier try found out
		row.Message = crm.MessageID(out.Of)
		return s, false, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	parts, err := p.store.Parts(ctx, []crm.MessageID{crm.MessageID(out.Of)})
	if err != nil {
		return s, false, err
	}
	state := crm.DeliveryFailed
	for _, part := range parts {
		if part.Position == row.Position {
			out.Target, state = bot.MessageID(part.Native), part.State
		}
	}
	switch {
	case out.Target != "" && out.Op == bot.OpEdit:
		return s, false, nil
	case out.Target != "":
	case out.Op == bot.OpDelete && state != crm.DeliveryUnknown:
		return bot.Settlement{Row: row, State: crm.DeliveryAccepted, Class: superseded, At: now}, true, nil
	case state == crm.DeliveryUnknown && (row.Author != crm.AuthorBot || out.Op == bot.OpDelete):
		return bot.Settlement{Row: row, State: crm.DeliveryFailed, Class: bot.Stale, At: now}, true, nil
	default:
		out.Op = bot.OpPost
	}
	row.Message = crm.MessageID(out.Of) // that part is gone, or begins now
	return s, false, nil
}
