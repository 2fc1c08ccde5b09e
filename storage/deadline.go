package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// queryTimeout is of a statement whose context has no deadline. The driver for
// Postgres listens to deadlines only, not to a context that is cancelled.
const queryTimeout = 15 * time.Second

// deadline is a hook that gives every statement of a bun builder a deadline.
// Statements without a builder hand their rows out and are left alone.
type deadline struct{}

func (deadline) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if _, ok := ctx.Deadline(); ok || e.IQuery == nil {
		return ctx
	}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	if e.Stash == nil {
		e.Stash = map[any]any{}
	}
	e.Stash[deadline{}] = cancel
	return ctx
}

func (deadline) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	if cancel, ok := e.Stash[deadline{}].(context.CancelFunc); ok {
		cancel()
	}
}
