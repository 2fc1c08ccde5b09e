package storage

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
)

// lazyTx is a savepoint that is opened at the first write. Reading goes
// straight to the transaction around it. A raw query counts as a write.
type lazyTx struct {
	bun.Tx
	ctx  context.Context
	open bool
	err  error
}

const savepoint = "event"

func (t *lazyTx) write() error {
	if !t.open && t.err == nil {
		_, t.err = t.Tx.ExecContext(t.ctx, "SAVEPOINT "+savepoint)
		t.open = t.err == nil
	}
	return t.err
}

func (t *lazyTx) keep() error {
	if !t.open {
		return t.err
	}
	_, err := t.Tx.ExecContext(t.ctx, "RELEASE SAVEPOINT "+savepoint)
	return err
}

func (t *lazyTx) undo() error {
	if !t.open {
		return t.err
	}
	if _, err := t.Tx.ExecContext(t.ctx, "ROLLBACK TO SAVEPOINT "+savepoint); err != nil {
		return err
	}
	return t.keep()
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
