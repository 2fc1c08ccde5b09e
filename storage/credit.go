package storage

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

// balanceRow is a bot.Balance in its table.
type balanceRow struct {
	bun.BaseModel  `bun:"table:balances,alias:b"`
	ConversationID crm.ConversationID `bun:",pk"`
	State          string
}

// UpdateBalance implements bot.CreditStore.
func (d *DB) UpdateBalance(ctx context.Context, id crm.ConversationID, fn func(*bot.Balance) error) error {
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		old, found, err := tx.balance(ctx, id)
		if err == nil && !found {
			// Whoever is first makes the row; then there is one to lock.
			_, err = tx.db.NewInsert().Model(&balanceRow{ConversationID: id, State: "{}"}).
				On("CONFLICT (conversation_id) DO NOTHING").Exec(ctx)
			if err = fault(err); err == nil {
				old, _, err = tx.balance(ctx, id)
			}
		}
		if err != nil {
			return err
		}
		b := &bot.Balance{}
		if err := json.Unmarshal([]byte(old), b); err != nil {
			return crm.Fail(crm.CodeInternal, "error.internal").Because(err)
		}
		if err := fn(b); err != nil {
			return err
		}
		state, err := json.Marshal(b)
		if err != nil || string(state) == old {
			return err
		}
		_, err = tx.db.NewUpdate().Table("balances").Set("state = ?", string(state)).Where("conversation_id = ?", id).Exec(ctx)
		return fault(err)
	})
}

// Balances implements bot.CreditStore.
func (d *DB) Balances(ctx context.Context, ids []crm.ConversationID) (map[crm.ConversationID]*bot.Balance, error) {
	found := map[crm.ConversationID]*bot.Balance{}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []*balanceRow
	if err := d.db.NewSelect().Model(&rows).Where("b.conversation_id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fault(err)
	}
	for _, r := range rows {
		b := &bot.Balance{}
		if err := json.Unmarshal([]byte(r.State), b); err != nil {
			return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
		}
		found[r.ConversationID] = b
	}
	return found, nil
}

// balance reads the balance of a conversation and locks it.
func (d *DB) balance(ctx context.Context, id crm.ConversationID) (state string, found bool, err error) {
	var row balanceRow
	err = fault(d.lock(d.db.NewSelect().Model(&row).Where("conversation_id = ?", id)).Scan(ctx))
	if crm.CodeOf(err) == crm.CodeNotFound {
		return "", false, nil
	}
	return row.State, err == nil, err
}

// forPerson is the cause of a row of the outbox that waits for the person.
const forPerson = string(bot.WindowClosed)

// WakeOutbox implements bot.CreditStore. What waited does so no more: its
// cause is gone.
func (d *DB) WakeOutbox(ctx context.Context, ids []crm.ConversationID, due time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := d.db.NewUpdate().Table("outbox").Set("due = ?", millis(due)).Set("cause = ''").
		Where("conversation_id IN (?)", bun.List(ids)).Where("status = 0").Where("cause = ?", forPerson).Exec(ctx)
	return fault(err)
}

// lineRow is a row of the outbox, and whether somebody alive holds it.
type lineRow struct {
	outboxRow
	Held bool
}

// lineOf selects the waiting rows of a conversation, locked, oldest first.
func (d *DB) lineOf(owner string, id crm.ConversationID, limit int) *bun.SelectQuery {
	return d.db.NewSelect().TableExpr("outbox AS o").ColumnExpr("o.*").
		ColumnExpr("(o.owner <> '' AND NOT ?) AS held", d.silent(owner)).
		Where("o.conversation_id = ?", id).Where("o.status = 0").OrderExpr("o.id").Limit(int64(limit))
}

// TakeLine implements bot.CreditStore. Who takes a line and who claims its head
// lock the same row first, and look at it afterwards.
func (d *DB) TakeLine(ctx context.Context, owner string, id crm.ConversationID, limit int) ([]*bot.OutboxRow, error) {
	var rows []*bot.OutboxRow
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		rows = nil
		var line []*lineRow
		q := tx.lineOf(owner, id, limit)
		if tx.dialect == postgres {
			q = q.For("UPDATE OF o")
		}
		if err := q.Scan(ctx, &line); err != nil {
			return fault(err)
		}
		for _, m := range line {
			if m.Held {
				return nil
			}
		}
		var err error
		rows, err = tx.lease(ctx, owner, line)
		return err
	})
	return rows, err
}

// Behind implements bot.CreditStore. Nobody can take what is behind a row that
// owner holds.
func (d *DB) Behind(ctx context.Context, owner string, row *bot.OutboxRow, limit int, take bool) ([]*bot.OutboxRow, error) {
	var line []*lineRow
	if err := d.lineOf(owner, row.Conversation, limit).Where("o.id > ?", row.ID).Scan(ctx, &line); err != nil {
		return nil, fault(err)
	}
	if take {
		return d.lease(ctx, owner, line)
	}
	return rowsOf(line)
}

// lease gives rows to owner.
func (d *DB) lease(ctx context.Context, owner string, line []*lineRow) ([]*bot.OutboxRow, error) {
	if len(line) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(line))
	for i, m := range line {
		ids[i] = m.ID
	}
	res, err := d.db.NewUpdate().Table("outbox").Set("owner = ?", owner).
		Where("id IN (?)", bun.List(ids)).Where("status = 0").Exec(ctx)
	if err := fence(res, err, len(ids)); err != nil {
		return nil, err
	}
	return rowsOf(line)
}

func rowsOf(line []*lineRow) ([]*bot.OutboxRow, error) {
	rows := make([]*bot.OutboxRow, len(line))
	for i, m := range line {
		r, err := m.row()
		if err != nil {
			return nil, err
		}
		rows[i] = r
	}
	return rows, nil
}

// LeaveLine implements bot.CreditStore.
func (d *DB) LeaveLine(ctx context.Context, owner string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := d.db.NewUpdate().Table("outbox").Set("owner = ''").
		Where("id IN (?)", bun.List(ids)).Where("owner = ?", owner).Where("status = 0").Exec(ctx)
	return fault(err)
}

// InboundState implements bot.CreditStore.
func (d *DB) InboundState(ctx context.Context, platform bot.Platform, install bot.Install, eventID string, soon time.Time) (bot.Address, bool, error) {
	var found struct {
		inboxRow
		Busy bool
	}
	err := d.db.NewSelect().TableExpr("inbox AS i").ColumnExpr("i.*").
		ColumnExpr("EXISTS (SELECT 1 FROM inbox AS b WHERE b.chat = i.chat AND b.status = 0 AND b.due <= ?) AS busy", millis(soon)).
		Where("i.event = ?", string(platform)+"|"+string(install)+"|"+eventID).Scan(ctx, &found)
	if err != nil {
		return bot.Address{}, false, fault(err)
	}
	row, err := found.row()
	if err != nil {
		return bot.Address{}, false, err
	}
	return row.Inbound.Address, found.Status != waiting && !found.Busy, nil
}
