package pipeline

import (
	"context"
	"sync"

	"crmbot/crm"
)

const (
	flushMost   = 256  // rows of one statement
	waitingMost = 8192 // callers that may wait for it
)

// group makes one call of many that come at the same time. There is no timer:
// what came in while the last call ran is the next one. Only one call runs at
// a time.
type group[T any] struct {
	most, room int
	flush      func([]T) []error // an error for each value

	mu    sync.Mutex
	queue []waiter[T]
	busy  bool
}

type waiter[T any] struct {
	value T
	done  chan error
}

func newGroup[T any](most, room int, flush func([]T) []error) *group[T] {
	return &group[T]{most: most, room: room, flush: flush}
}

// do returns once the value is flushed. CodeUnavailable when too many wait, or
// when ctx ends first: the value may be flushed nevertheless.
func (g *group[T]) do(ctx context.Context, v T) error {
	w := waiter[T]{v, make(chan error, 1)}
	g.mu.Lock()
	if len(g.queue) >= g.room {
		g.mu.Unlock()
		return crm.Fail(crm.CodeUnavailable, "error.unavailable")
	}
	g.queue = append(g.queue, w)
	if !g.busy {
		g.busy = true
		go g.run()
	}
	g.mu.Unlock()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(ctx.Err())
	}
}

func (g *group[T]) run() {
	for {
		g.mu.Lock()
		n := min(len(g.queue), g.most)
		if n == 0 {
			g.queue, g.busy = nil, false
			g.mu.Unlock()
			return
		}
		lot := g.queue[:n:n]
		g.queue = g.queue[n:]
		g.mu.Unlock()
		values := make([]T, n)
		for i, w := range lot {
			values[i] = w.value
		}
		for i, err := range g.flush(values) {
			lot[i].done <- err
		}
	}
}
