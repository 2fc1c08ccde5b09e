package storage

import (
	"context"
	"fmt"
	"time"
)

const (
	// pruneSome is how many rows one statement of a prune removes: whoever
	// writes at the same time waits for no more than that.
	pruneSome = 1000
	// valuesKept is how long an expired value stays: the clocks of processes
	// differ.
	valuesKept = time.Hour
)

// old are rows of a table that nobody needs any more: among the first by the
// column of an index that meet a condition, those that are old too.
type old struct {
	table, by, where string
	old              string
	at               any
}

// Prune implements bot.QueueStore.
func (d *DB) Prune(ctx context.Context, before time.Time) (int, error) {
	total, cut := 0, millis(before)
	for _, o := range []old{
		{"inbox", "id", "status = 1", "received < ?", cut},
		{"outbox", "created", "status = 2", "created < ?", cut},
		{"jobs", "id", "status = 2", "run_at < ?", cut},
		{"sessions", "updated", "TRUE", "updated < ?", cut},
		{"kept_values", "expires", "expires > 0", "expires < ?", millis(d.now().Add(-valuesKept))},
		{"strays", "at", "TRUE", "at < ?", cut},
		{"media_chunks", "hash", "hash >= '" + unnamed + "' AND hash LIKE '" + unnamed + "%'", "hash < ?", fmt.Sprintf("%s%015d", unnamed, cut)},
	} {
		n, err := d.prune(ctx, o)
		if total += n; err != nil {
			return total, err
		}
	}
	n, err := d.PruneButtons(ctx, before)
	return total + n, err
}

// PruneButtons implements bot.ButtonStore.
func (d *DB) PruneButtons(ctx context.Context, before time.Time) (int, error) {
	return d.prune(ctx, old{"buttons", "expires", "TRUE", "expires < ?", millis(before)})
}

// PruneQuestions implements crm.QuestionStore.
func (d *DB) PruneQuestions(ctx context.Context, before time.Time) (int, error) {
	return d.prune(ctx, old{"questions", "asked", "TRUE", "asked < ?", before})
}

// prune removes rows, some at a time and each time in a transaction of its own,
// until there are none or ctx ends: what is left then is for the next time. A row
// may have changed since it was found, so its conditions are looked at twice.
func (d *DB) prune(ctx context.Context, o old) (int, error) {
	some := d.db.NewSelect().TableExpr(o.table).ColumnExpr(d.place()).Where(o.where).OrderExpr(o.by).Limit(pruneSome)
	if o.by != "id" { // an index of what is old, else the first of all
		some = some.Where(o.old, o.at)
	}
	in := "IN (?)"
	if d.dialect == postgres {
		in = "= ANY (ARRAY(?))"
	}
	for total := 0; ; {
		res, err := d.db.NewDelete().Table(o.table).Where(d.place()+" "+in, some).Where(o.where).Where(o.old, o.at).Exec(ctx)
		n, err := affected(res, err)
		total += n
		if n < pruneSome || err != nil {
			return total, err
		}
	}
}
