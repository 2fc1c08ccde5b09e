package storage

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// head is what storage itself sets in a record. What a noun does not have is
// nil. unique says that writing it may break a key, which must not spoil the
// transaction around it.
type head[I ~int64] struct {
	id      *I
	version *int64
	created *time.Time
	updated *time.Time
	unique  bool
}

// record is a pointer to a row with a head.
type record[R any, I ~int64] interface {
	*R
	head() head[I]
}

// prepared is a row with columns of its own, made from the others.
type prepared interface{ prepare() }

// indexed is a row that search finds.
type indexed interface {
	entry() entry
}

// create inserts the rows all at once and gives them id, version 1 and
// times. A time of creation that is already there is kept, so that imports
// need no other door.
func create[R any, I ~int64, P record[R, I]](ctx context.Context, d *DB, rows ...P) error {
	if len(rows) == 0 {
		return nil
	}
	insert := func(ctx context.Context, tx *DB) error {
		now := d.now()
		for _, row := range rows {
			stamp(row.head(), now)
			prepare(row)
		}
		if err := number(ctx, tx, rows); err != nil {
			return err
		}
		var entries []entry
		for _, row := range rows {
			if x, ok := any(row).(indexed); ok {
				entries = append(entries, x.entry())
			}
		}
		return tx.index(ctx, entries...)
	}
	if rows[0].head().unique {
		return d.again(ctx, insert)
	}
	return d.once(ctx, insert)
}

// number inserts the rows and gives them their ids.
func number[R any, I ~int64, P record[R, I]](ctx context.Context, d *DB, rows []P) error {
	if d.dialect == sqlite {
		_, err := insert(ctx, d, rows, "")
		return err
	}
	ids := make([]I, 0, len(rows))
	if err := d.db.NewInsert().Model(&rows).Returning("id").Scan(ctx, &ids); err != nil {
		return fault(err)
	}
	slices.Sort(ids) // a statement numbers its rows in their order, but may return them in another
	for i, row := range rows {
		*row.head().id = ids[i]
	}
	return nil
}

func prepare(row any) {
	if p, ok := row.(prepared); ok {
		p.prepare()
	}
}

func stamp[I ~int64](h head[I], now time.Time) {
	*h.id = 0
	if h.version != nil {
		*h.version = 1
	}
	if h.created != nil && h.created.IsZero() {
		*h.created = now
	}
	if h.updated != nil {
		*h.updated = now
		if h.created != nil {
			*h.updated = *h.created
		}
	}
}

// read returns the row of an id. CodeNotFound names kind.
func read[R any, I ~int64, P record[R, I]](ctx context.Context, d *DB, kind crm.Kind, id I) (P, error) {
	var row P = new(R)
	err := d.db.NewSelect().Model(row).Where("?TableAlias.id = ?", id).Scan(ctx)
	return row, notFound(err, kind, int64(id))
}

// update reads the row for writing, calls change and writes it back with the
// next version, in one transaction. An error of change is returned as it is.
func update[R any, I ~int64, P record[R, I]](ctx context.Context, d *DB, kind crm.Kind, id I, change func(P) error) (P, error) {
	var row P
	run := d.once
	if row = new(R); row.head().unique {
		run = d.again
	}
	err := run(ctx, func(ctx context.Context, tx *DB) error {
		row = new(R)
		q := tx.db.NewSelect().Model(row).Where("?TableAlias.id = ?", id)
		if err := tx.lock(q).Scan(ctx); err != nil {
			return notFound(err, kind, int64(id))
		}
		h, version := row.head(), int64(0)
		if h.version != nil {
			version = *h.version
		}
		if err := change(row); err != nil {
			return err
		}
		*h.id = id
		if h.updated != nil {
			*h.updated = d.now()
		}
		return tx.rewrite(ctx, row, h.version, version)
	})
	if err != nil {
		return nil, err
	}
	return row, nil
}

// rewrite writes every column of a row back and its search entry with it.
func (d *DB) rewrite(ctx context.Context, row any, version *int64, old int64) error {
	prepare(row)
	q := d.db.NewUpdate().Model(row).WherePK()
	if version != nil {
		*version = old + 1
		q = q.Where("?TableAlias.version = ?", old)
	}
	res, err := q.Exec(ctx)
	if err != nil {
		return fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return crm.Fail(crm.CodeConflict, "error.conflict").Because(err)
	}
	if x, ok := row.(indexed); ok {
		return d.index(ctx, x.entry())
	}
	return nil
}

// list returns a page of what q selects, and the total before paging. Counting
// reads all there is, so it is left out where the page shows the total.
func list[R any](ctx context.Context, q *bun.SelectQuery, rows *[]*R, page crm.Page) (int, error) {
	page = page.Bound()
	err := q.Limit(int64(page.Limit)).Offset(int64(page.Offset)).Scan(ctx)
	if n := len(*rows); err != nil || page.Uncounted || n < page.Limit && (n > 0 || page.Offset == 0) {
		return page.Offset + n, fault(err)
	}
	n, err := q.Count(ctx)
	return int(n), fault(err)
}

func notFound(err error, kind crm.Kind, id int64) error {
	err = fault(err)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return missing(crm.Ref{Kind: kind, ID: id})
	}
	return err
}

// each makes the records of rows.
func each[R, T any](rows []*R, of func(*R) *T) []*T {
	out := make([]*T, len(rows))
	for i, row := range rows {
		out[i] = of(row)
	}
	return out
}

// given is the record of a row, or the error.
func given[R, T any](row *R, of func(*R) *T, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	return of(row), nil
}
