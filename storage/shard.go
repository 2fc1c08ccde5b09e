package storage

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
)

// ready selects the rows of the inbox that may be handled now: they are due,
// and no earlier row of their chat is still to be tried again. Its arguments
// are the time three times.
const ready = `i.status = 0 AND i.place <= ? AND i.due <= ? AND (i.waits = 0 OR NOT EXISTS (
	SELECT 1 FROM inbox AS b WHERE b.chat = i.chat AND b.status = 0 AND b.attempts > 0 AND b.due > ?
	AND (b.place < i.place OR b.place = i.place AND b.id < i.id)))`

// WorkShards implements bot.InboxStore. The lock of a shard is the row lock of
// its transaction: it ends with the session of a killed process. Locking and
// reading are two statements, because one would read with a snapshot from
// before its lock and see what another process has just finished. SQLite has
// one writer and so needs no locks.
func (d *DB) WorkShards(ctx context.Context, now time.Time, limit int, fn func(ctx context.Context, store bot.Store, rows []*bot.InboxRow) error) (bool, error) {
	if d.dialect == sqlite { // the only writer is not taken for nothing
		if some, err := d.waits(ctx, now); err != nil || !some {
			return false, err
		}
	}
	if d.dialect == postgres {
		if err := d.statements.prepare(ctx, d.root.DB, d.hot.batch()...); err != nil {
			return false, fault(err)
		}
	}
	worked := false
	err := d.transact(ctx, func(ctx context.Context, tx *DB) error {
		rows, err := tx.line(ctx, now, limit)
		if err != nil || len(rows) == 0 {
			return err
		}
		worked = true
		return fn(ctx, tx, rows)
	})
	return worked, err
}

// waits says whether any row is ready, in SQLite.
func (d *DB) waits(ctx context.Context, now time.Time) (bool, error) {
	var one []int
	err := d.collect(ctx, &one, liteDue, millis(now), millis(now), millis(now))
	return len(one) > 0, err
}

// due selects the ready rows.
func (d *DB) due(now time.Time) *bun.SelectQuery {
	at := millis(now)
	return d.db.NewSelect().TableExpr("inbox AS i").Where(ready, at, at, at)
}

// line reads up to limit ready rows, on Postgres of the shards that this
// transaction locks: the free ones whose ready rows are oldest. When there are
// more than that, those behind the limit whose Seq comes before one that is taken
// come with it, so that a chat is handled in its order.
func (d *DB) line(ctx context.Context, now time.Time, limit int) ([]*bot.InboxRow, error) {
	var models []*inboxRow
	if d.dialect == postgres {
		var shards []int
		err := d.collect(ctx, &shards, d.hot.lock, millis(now))
		if err == nil && len(shards) > 0 {
			err = d.collect(ctx, &models, d.hot.line, millis(now), integers(shards), limit)
		}
		if err != nil {
			return nil, err
		}
	} else if err := d.collect(ctx, &models, liteLine, millis(now), millis(now), millis(now), limit); err != nil {
		return nil, err
	}
	if len(models) == limit {
		var err error
		if models, err = d.late(ctx, models, now); err != nil {
			return nil, err
		}
	}
	return inboxRows(models)
}

// seqs is the highest Seq of a chat among rows that are taken.
type seqs struct {
	Chat string
	Seq  int64
}

// late adds to rows that fill a batch those behind them whose Seq comes first.
// Each chat is looked up by itself: one condition of many parts takes Postgres
// longer than all the rest of a batch.
func (d *DB) late(ctx context.Context, taken []*inboxRow, now time.Time) ([]*inboxRow, error) {
	highest := map[string]int64{}
	for _, m := range taken {
		highest[m.Chat] = max(highest[m.Chat], m.Seq)
	}
	var chats []seqs
	for _, chat := range slices.Sorted(maps.Keys(highest)) {
		if highest[chat] > 0 {
			chats = append(chats, seqs{chat, highest[chat]})
		}
	}
	if len(chats) == 0 {
		return taken, nil
	}
	var before []*inboxRow
	end := taken[len(taken)-1]
	q := d.due(now).ColumnExpr("i.*").Where("i.chat = v.chat").Where("i.seq > 0 AND i.seq < v.seq").
		Where("(i.place > ? OR i.place = ? AND i.id > ?)", end.Place, end.Place, end.ID)
	if d.dialect == sqlite {
		q = q.TableExpr("v")
	} else {
		each := q.OrderExpr("i.seq, i.id").Limit(int64(len(taken)))
		q = d.db.NewSelect().TableExpr("v").TableExpr("LATERAL (?) AS i", each).ColumnExpr("i.*")
	}
	err := q.With("v", d.db.NewValues(&chats)).OrderExpr("i.seq, i.id").Limit(int64(len(taken))).Scan(ctx, &before)
	if err != nil {
		return nil, fault(err)
	}
	if len(before) == 0 {
		return taken, nil
	}
	all := append(taken, before...)
	if len(before) == len(taken) { // perhaps there are more: go no further than we can see
		cut := before[len(before)-1].Seq
		all = slices.DeleteFunc(all, func(m *inboxRow) bool { return m.Seq > cut })
	}
	slices.SortFunc(all, func(a, b *inboxRow) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}
