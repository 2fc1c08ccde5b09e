package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// TurnBack implements bot.ReplicaStore.
func (d *DB) TurnBack(ctx context.Context, now time.Time, by time.Duration, late bool) (int, error) {
	moved, at := 0, millis(now)
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		ms := by.Milliseconds()
		if ms == 0 {
			newest, err := tx.newest(ctx)
			if ms = newest - at; err != nil || ms < ahead.Milliseconds() {
				return err
			}
		}
		moved = 0
		for _, q := range tx.turns(at, ms, late) {
			n, err := affected(q.Exec(ctx))
			if err != nil {
				return err
			}
			moved += n
		}
		return nil
	})
	return moved, err
}

// ahead is how far ahead of the clock what is there must be for the clock to have
// been set back. What came in this moment, or by another process whose clock is a
// little fast, is ahead too: moved, it would overtake what came before it.
const ahead = 2 * time.Second

// onTheWay is how long something with the time of before may take into a queue.
const onTheWay = 5 * time.Second

// turns move what has a time after a moment: first what was put back with the
// time of before, then what came in with it. What came in is as late as it was
// when the clock stood elsewhere; to be tried a little early does no harm.
func (d *DB) turns(at, ms int64, late bool) []*bun.UpdateQuery {
	before := max(at, at+ms-onTheWay.Milliseconds())
	from := at
	if late {
		from = before
	}
	return []*bun.UpdateQuery{
		d.db.NewUpdate().Table("inbox").Set("due = due - ?", ms).
			Where("status = 0").Where("received <= ?", at).Where("attempts > 0").Where("due > ?", before),
		d.db.NewUpdate().Table("inbox").Set("received = received - ?", ms).Set("place = place - ?", ms).Set("due = due - ?", ms).
			Where("status = 0").Where("received > ?", at),
		d.db.NewUpdate().Table("outbox").Set("due = due - ?", ms).
			Where("status = 0").Where("created <= ?", at).Where("cause <> ?", forPerson).Where("due > ?", before),
		d.db.NewUpdate().Table("outbox").Set("created = created - ?", ms).Set("due = due - ?", ms).
			Set("expires = CASE WHEN expires > 0 THEN expires - ? ELSE 0 END", ms).
			Where("status = 0").Where("created > ?", at),
		d.db.NewUpdate().Table("jobs").Set("run_at = run_at - ?", ms).Where("status = 0").Where("run_at > ?", from),
		d.db.NewUpdate().Table("holds").Set("until = until - ?", ms).Where("until > ?", from),
	}
}

// newest is the latest time at which something came into a queue.
func (d *DB) newest(ctx context.Context) (int64, error) {
	var inbox, outbox int64
	err := d.db.NewSelect().ColumnExpr("(SELECT coalesce(max(latest.received), 0) FROM (SELECT received FROM inbox ORDER BY id DESC LIMIT 1000) AS latest)").
		ColumnExpr("(SELECT coalesce(max(created), 0) FROM outbox WHERE status = 0)").Scan(ctx, &inbox, &outbox)
	return max(inbox, outbox), fault(err)
}
