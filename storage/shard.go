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

// WorkShard implements bot.InboxStore. The lock of a shard is the row lock of
// its transaction: it ends with the session of a killed process. Locking and
// reading are two statements, because one would read with a snapshot from
// before its lock and see what another process has just finished.
func (d *DB) WorkShard(ctx context.Context, now time.Time, limit int, fn func(ctx context.Context, store bot.Store, rows []*bot.InboxRow) error) (bool, error) {
	if d.dialect == sqlite { // the only writer is not taken for nothing
		if shard, err := d.freeShard(ctx, now); err != nil || shard < 0 {
			return false, err
		}
	}
	worked := false
	err := d.transact(ctx, func(ctx context.Context, tx *DB) error {
		shard, err := tx.freeShard(ctx, now)
		if err != nil || shard < 0 {
			return err
		}
		rows, err := tx.line(ctx, shard, now, limit)
		if err != nil || len(rows) == 0 {
			return err
		}
		worked = true
		return fn(ctx, tx, rows)
	})
	return worked, err
}

// freeShard locks the free shard whose ready row is oldest; -1 if there is none.
func (d *DB) freeShard(ctx context.Context, now time.Time) (int, error) {
	var found []struct {
		ID     int
		Oldest *int64
	}
	at := millis(now)
	q := d.db.NewSelect().TableExpr("shards AS s").ColumnExpr("s.id").
		ColumnExpr("(SELECT i.place FROM inbox AS i WHERE i.shard = s.id AND "+ready+" ORDER BY i.place, i.id LIMIT 1) AS oldest", at, at, at).
		OrderExpr("oldest NULLS LAST, s.id").Limit(1)
	if d.dialect == postgres && d.inTx() {
		q = q.For("UPDATE OF s SKIP LOCKED")
	}
	if err := q.Scan(ctx, &found); err != nil {
		return -1, fault(err)
	}
	if len(found) == 0 || found[0].Oldest == nil {
		return -1, nil
	}
	return found[0].ID, nil
}

// line reads up to limit ready rows of a shard, oldest first. When there are
// more than that, those behind the limit whose Seq comes before one that is
// taken come with it, so that a chat is handled in its order.
func (d *DB) line(ctx context.Context, shard int, now time.Time, limit int) ([]*bot.InboxRow, error) {
	var models []*inboxRow
	at := millis(now)
	err := d.db.NewSelect().Model(&models).Where("i.shard = ?", shard).Where(ready, at, at, at).
		OrderExpr("i.place, i.id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fault(err)
	}
	if len(models) == limit {
		if models, err = d.late(ctx, models, at); err != nil {
			return nil, err
		}
	}
	return inboxRows(models)
}

func (d *DB) late(ctx context.Context, taken []*inboxRow, at int64) ([]*inboxRow, error) {
	highest, ids := map[string]int64{}, make([]int64, len(taken))
	for i, m := range taken {
		highest[m.Chat] = max(highest[m.Chat], m.Seq)
		ids[i] = m.ID
	}
	maps.DeleteFunc(highest, func(_ string, seq int64) bool { return seq == 0 })
	if len(highest) == 0 {
		return taken, nil
	}
	var before []*inboxRow
	q := d.db.NewSelect().Model(&before).Where(ready, at, at, at).Where("i.id NOT IN (?)", bun.List(ids)).
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			for chat, seq := range highest {
				q = q.WhereOr("i.chat = ? AND i.seq > 0 AND i.seq < ?", chat, seq)
			}
			return q
		}).OrderExpr("i.seq, i.id").Limit(int64(len(taken)))
	if err := q.Scan(ctx); err != nil {
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
