package storage

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	txTimeout = 30 * time.Second // of a transaction whose context has no deadline
	txTries   = 4                // the first one and three more
)

// transact runs fn once on a DB bound to a new transaction, or to a savepoint
// of the one d is bound to. fn gets the caller's context, not the one that bun
// keeps in its Tx. Errors of fn are returned as they are.
func (d *DB) transact(ctx context.Context, fn func(ctx context.Context, tx *DB) error) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, txTimeout)
		defer cancel()
	}
	if around, ok := d.db.(*lazyTx); ok {
		_, err := d.lazily(ctx, &lazyTx{Tx: around.Tx, ctx: ctx, around: around}, fn)
		return err
	}
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return fault(err)
	}
	done := false
	defer func() { // also when fn panics
		if !done {
			_ = tx.Rollback() // the first error is the one to tell
		}
	}()
	if err := fn(ctx, d.bound(tx)); err != nil {
		return err
	}
	done = true
	return fault(tx.Commit())
}

// again is transact that tries again when the outermost transaction lost
// against another one. An inner one leaves that to the outer.
func (d *DB) again(ctx context.Context, fn func(ctx context.Context, tx *DB) error) error {
	for try := 1; ; try++ {
		err := d.transact(ctx, fn)
		if err == nil || try == txTries || d.inTx() || !retryable(err) {
			return err
		}
		d.log.Debug("storage: transaction again", "try", try, "cause", err)
		wait := time.Duration(rand.Int64N(int64(try * 20 * int(time.Millisecond))))
		select {
		case <-ctx.Done():
			return fault(ctx.Err())
		case <-time.After(wait):
		}
	}
}

// once runs fn in the transaction d is bound to, or else in one of its own.
// For several statements that need no savepoint: an error must end the
// transaction around it.
func (d *DB) once(ctx context.Context, fn func(ctx context.Context, tx *DB) error) error {
	if d.inTx() {
		return fn(ctx, d)
	}
	return d.again(ctx, fn)
}
