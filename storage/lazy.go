package storage

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"crmbot/bot"
)

// Savepoint implements bot.InboxStore. Outside a transaction it opens one.
func (d *DB) Savepoint(ctx context.Context, fn func(ctx context.Context, store bot.Store) error) (wrote bool, err error) {
	inner := func(ctx context.Context, tx *DB) error { return fn(ctx, tx) }
	switch tx := d.db.(type) {
	case bun.Tx:
		return d.lazily(ctx, &lazyTx{Tx: tx, ctx: ctx}, inner)
	case *lazyTx:
		return d.lazily(ctx, &lazyTx{Tx: tx.Tx, ctx: ctx, around: tx}, inner)
	}
	return true, d.transact(ctx, inner)
}

// lazily runs fn over a savepoint that is opened at the first write.
func (d *DB) lazily(ctx context.Context, t *lazyTx, fn func(ctx context.Context, tx *DB) error) (wrote bool, err error) {
	kept := false
	defer func() { // also when fn panics
		if !kept {
			_ = t.undo() // the first error is the one to tell
		}
	}()
	if err := fn(ctx, d.bound(t)); err != nil {
		return t.open, err
	}
	kept = true
	wrote = t.open
	return wrote, fault(t.keep())
}

// lazyTx is a savepoint that is opened at the first write. Reading goes
// straight to the transaction around it. A raw query counts as a write.
type lazyTx struct {
	bun.Tx
	ctx    context.Context
	around *lazyTx // the savepoint this one is inside of
	open   bool
	err    error
}

// savepoint is the name of all of them: the last one opened is meant, and they
// end in the opposite order.
const savepoint = "event"

func (t *lazyTx) write() error {
	if !t.open && t.err == nil {
		_, t.err = t.Tx.ExecContext(t.ctx, "SAVEPOINT "+savepoint)
		t.open = t.err == nil
	}
	return t.err
}

// keep ends the savepoint. One around it that has written nothing itself takes
// it over: undoing either is the same.
func (t *lazyTx) keep() error {
	switch {
	case !t.open:
		return t.err
	case t.around != nil && !t.around.open:
		t.open, t.around.open = false, true
		return nil
	}
	return t.end("RELEASE SAVEPOINT " + savepoint)
}

// undo takes back everything since the savepoint.
func (t *lazyTx) undo() error {
	if !t.open {
		return t.err
	}
	if err := t.end("ROLLBACK TO SAVEPOINT " + savepoint); err != nil {
		return err
	}
	return t.end("RELEASE SAVEPOINT " + savepoint)
}

func (t *lazyTx) end(statement string) error {
	t.open = false
	_, err := t.Tx.ExecContext(t.ctx, statement)
	return err
}

func (t *lazyTx) NewInsert() *bun.InsertQuery {
	if err := t.write(); err != nil {
		return t.Tx.NewInsert().Err(err)
	}
	return t.Tx.NewInsert()
}

func (t *lazyTx) NewUpdate() *bun.UpdateQuery {
	if err := t.write(); err != nil {
		return t.Tx.NewUpdate().Err(err)
	}
	return t.Tx.NewUpdate()
}

func (t *lazyTx) NewDelete() *bun.DeleteQuery {
	if err := t.write(); err != nil {
		return t.Tx.NewDelete().Err(err)
	}
	return t.Tx.NewDelete()
}

func (t *lazyTx) NewRaw(query string, args ...any) *bun.RawQuery {
	q := t.Tx.NewRaw(query, args...)
	if err := t.write(); err != nil {
		return q.Err(err)
	}
	return q
}

func (t *lazyTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.write(); err != nil {
		return nil, err
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

func (t *lazyTx) BeginTx(ctx context.Context, opts *sql.TxOptions) (bun.Tx, error) {
	if err := t.write(); err != nil {
		return bun.Tx{}, err
	}
	return t.Tx.BeginTx(ctx, opts)
}

func (t *lazyTx) RunInTx(ctx context.Context, opts *sql.TxOptions, fn func(ctx context.Context, tx bun.Tx) error) error {
	if err := t.write(); err != nil {
		return err
	}
	return t.Tx.RunInTx(ctx, opts, fn)
}
