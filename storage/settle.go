package storage

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

// outcome is what is written beside the part of a message.
type outcome struct {
	bun.BaseModel `bun:"table:parts"`

	MessageID crm.MessageID
	Position  int
	Native    bot.MessageID
	State     crm.Delivery
	Error     string
	Updated   time.Time
}

// SettleOutbox implements bot.OutboxStore.
func (d *DB) SettleOutbox(ctx context.Context, owner string, settlements []bot.Settlement) error {
	if d.dialect == postgres && !slices.ContainsFunc(settlements, func(s bot.Settlement) bool { return !arrived(s) }) {
		return d.settle(ctx, owner, settlements)
	}
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		held, err := tx.take(ctx, owner, settlements)
		if err != nil {
			return err
		}
		var outcomes []outcome
		for _, s := range settlements {
			if !held[s.Row.ID] {
				continue
			}
			if s.Class == bot.RecipientGone && s.State == crm.DeliveryFailed {
				if err := tx.gone(ctx, s.Row.Outgoing, s.At); err != nil {
					return err
				}
			}
			if s.State != crm.DeliveryQueued {
				outcomes = append(outcomes, outcome{
					MessageID: s.Row.Message, Position: s.Row.Position, Native: s.Native,
					State: s.State, Error: reason(s), Updated: s.At,
				})
			}
		}
		return tx.outcomes(ctx, outcomes)
	})
}

// arrived says whether the platform took it.
func arrived(s bot.Settlement) bool {
	return s.State == crm.DeliveryAccepted || s.State == crm.DeliveryDelivered
}

// settle writes that operations have arrived, in one statement.
func (d *DB) settle(ctx context.Context, owner string, all []bot.Settlement) error {
	ids, messages, positions := make([]int64, len(all)), make([]crm.MessageID, len(all)), make([]int, len(all))
	for i, s := range all {
		ids[i], messages[i], positions[i] = s.Row.ID, s.Row.Message, s.Row.Position
	}
	var settled []int
	return d.collect(ctx, &settled, d.hot.settle, integers(ids), owner, integers(messages), integers(positions),
		texts(all, func(s bot.Settlement) string { return string(s.Native) }),
		texts(all, func(s bot.Settlement) string { return string(s.State) }),
		texts(all, func(s bot.Settlement) string { return stamped(s.At) }))
}

// reason is why something was not sent, as the card shows it: what the platform
// said besides the class, or the class; "" for success.
func reason(s bot.Settlement) string {
	switch {
	case s.State != crm.DeliveryFailed && s.State != crm.DeliveryUnknown:
		return ""
	case s.Why != "":
		return s.Why
	}
	return string(s.Class)
}

// take removes, parks or puts back the rows that owner still holds, and says
// which those were.
func (d *DB) take(ctx context.Context, owner string, settlements []bot.Settlement) (map[int64]bool, error) {
	held := make(map[int64]bool, len(settlements))
	var sent []int64
	for _, s := range settlements {
		switch s.State {
		case crm.DeliveryAccepted, crm.DeliveryDelivered:
			sent = append(sent, s.Row.ID)
		default:
			ok, err := d.putBack(ctx, owner, s)
			if err != nil {
				return nil, err
			}
			held[s.Row.ID] = ok
		}
	}
	if len(sent) == 0 {
		return held, nil
	}
	if d.dialect == sqlite {
		return held, d.takeEach(ctx, owner, sent, held)
	}
	var ids []int64
	err := d.db.NewDelete().Table("outbox").Where("id IN (?)", bun.List(sent)).
		Where("owner = ?", owner).Where("status = 0").Returning("id").Scan(ctx, &ids)
	for _, id := range ids {
		held[id] = true
	}
	return held, fault(err)
}

// takeEach removes rows one by one (bound.go).
func (d *DB) takeEach(ctx context.Context, owner string, sent []int64, held map[int64]bool) error {
	for _, id := range sent {
		res, err := d.run(ctx, liteSend, id, owner)
		n, err := affected(res, err)
		if err != nil {
			return err
		}
		held[id] = held[id] || n == 1
	}
	return nil
}

func (d *DB) putBack(ctx context.Context, owner string, s bot.Settlement) (bool, error) {
	payload, err := json.Marshal(s.Row.Outgoing)
	if err != nil {
		return false, crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
	}
	status, plain := parked, 0
	if s.State == crm.DeliveryQueued {
		status = waiting
	}
	if s.Row.Plain {
		plain = 1
	}
	cause := s.Cause
	if s.State == crm.DeliveryQueued && s.Class == bot.WindowClosed {
		cause = forPerson
	}
	if cause == "" {
		cause = string(s.Class)
	}
	res, err := d.db.NewUpdate().Table("outbox").Set("owner = ''").Set("status = ?", status).
		Set("attempts = ?", s.Row.Attempts).Set("plain = ?", plain).Set("payload = ?", string(payload)).
		Set("due = ?", millis(s.DueAt)).Set("cause = ?", cause).
		Where("id = ?", s.Row.ID).Where("owner = ?", owner).Where("status = 0").Exec(ctx)
	n, err := affected(res, err)
	return n == 1, err
}

// gone marks the identity that an operation was meant for as out of reach.
func (d *DB) gone(ctx context.Context, out bot.Outgoing, at time.Time) error {
	if !out.Direct && out.For == "" {
		return nil
	}
	q := d.db.NewUpdate().Table("identities").Set("gone_at = ?", at).
		Where("platform = ?", out.To.Platform).Where("install = ?", out.To.Install).Where("gone_at IS NULL")
	if out.For != "" {
		q = q.Where("sender = ?", out.For)
	} else {
		q = q.Where("chat = ?", out.To.Chat)
	}
	_, err := q.Exec(ctx)
	return fault(err)
}

// outcomes writes what became of parts. What the person's device has proved stays.
func (d *DB) outcomes(ctx context.Context, all []outcome) error {
	of := make([]outcome, 0, len(all))
	for _, o := range all {
		if o.MessageID != 0 {
			of = append(of, o)
		}
	}
	if len(of) == 0 {
		return nil
	}
	if d.dialect == sqlite {
		for _, o := range of {
			_, err := d.run(ctx, liteTell, clean(string(o.Native)), string(o.State), string(o.State), clean(o.Error), instant(o.Updated),
				int64(o.MessageID), o.Position)
			if err != nil {
				return fault(err)
			}
		}
		return nil
	}
	ids := make([]crm.MessageID, len(of))
	for i, o := range of {
		ids[i] = o.MessageID
	}
	_, err := d.db.NewUpdate().With("v", d.db.NewValues(&of)).
		TableExpr("parts AS p").TableExpr("v").
		Set("native = v.native").
		Set("state = CASE WHEN p.state = ? AND v.state = ? THEN p.state ELSE v.state END", crm.DeliveryDelivered, crm.DeliveryAccepted).
		Set("error = v.error").Set("updated = v.updated").
		Where("p.message_id = v.message_id AND p.position = v.position").
		Where("p.message_id IN (?)", bun.List(ids)). // or Postgres reads all parts until it has statistics
		Exec(ctx)
	return fault(err)
}

// Delivered implements bot.OutboxStore.
func (d *DB) Delivered(ctx context.Context, id crm.ConversationID, upTo crm.MessageID, at time.Time) error {
	latest := d.db.NewSelect().TableExpr("messages AS m").ColumnExpr("m.id").
		Where("m.conversation_id = ?", id).Where("m.id <= ?", upTo).Where("m.direction = ?", crm.Out).
		OrderExpr("m.id DESC").Limit(200)
	_, err := d.db.NewUpdate().Table("parts").Set("state = ?", crm.DeliveryDelivered).Set("updated = ?", at).
		Where("message_id IN (?)", latest).
		Where("state IN (?)", bun.List([]crm.Delivery{crm.DeliveryQueued, crm.DeliveryAccepted, crm.DeliveryUnknown})).Exec(ctx)
	return fault(err)
}
