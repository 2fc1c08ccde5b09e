package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

const (
	tries     = 3 // of an event that fails by itself, before it is parked
	batchTime = 30 * time.Second
)

// worker handles one batch after the other. Its batches shrink when the
// database complains and grow again.
type worker struct {
	p     *Pipeline
	limit int
	last  []*bot.InboxRow // of the batch under way
	more  bool            // it may have left something behind
}

func (p *Pipeline) newWorker() *worker { return &worker{p: p, limit: p.opt.Batch} }

// run works until ctx ends.
func (w *worker) run(ctx context.Context) {
	idle := w.p.opt.Poll
	for ctx.Err() == nil {
		rung := w.p.work.rung.Load()
		worked, err := w.step(ctx)
		switch {
		case err != nil:
			if crm.CodeOf(err) != crm.CodeConflict {
				w.p.log.Warn("pipeline: batch", "error", err)
			}
			if crm.CodeOf(err) == crm.CodeUnavailable {
				pause(ctx, w.p.opt.Poll)
			}
		case worked && w.more:
			idle = w.p.opt.Poll
			w.p.work.ring() // there may be work for a sleeping colleague
		case worked && (rung != w.p.work.rung.Load() || !w.p.alone()): // or for us, who held its shard
			idle = w.p.opt.Poll
		default:
			if !w.p.work.wait(ctx, idle) {
				return
			}
			idle = w.p.longer(idle)
		}
	}
}

// step handles one batch and says whether there was one. A batch that is under
// way is finished when ctx ends.
func (w *worker) step(ctx context.Context) (bool, error) {
	w.last = nil
	done, err := w.attempt(context.WithoutCancel(ctx))
	switch {
	case err == nil:
		w.limit = min(w.limit*2, w.p.opt.Batch)
		return done, nil
	case errors.Is(err, errAgain):
		return true, nil
	case w.limit > 1 && len(w.last) > 1:
		w.limit = max(len(w.last)/2, 1) // a database error: not the fault of any one event, as far as we know
		return true, err
	case len(w.last) == 0:
		return false, err
	case away(err):
		return true, err
	}
	return true, errors.Join(err, w.blame(ctx, w.last[0], err))
}

// attempt is one transaction. A fault in our own code is an error like any other.
func (w *worker) attempt(ctx context.Context) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	now := w.p.Now()
	var b *batch
	defer func() {
		if b != nil && !(done && err == nil) {
			b.takeBack()
		}
	}()
	done, err = w.p.store.WorkShards(ctx, now, w.limit, func(ctx context.Context, store bot.Store, rows []*bot.InboxRow) error {
		w.last = alone(rows)
		w.more = len(w.last) < len(rows) || len(rows) >= w.limit || spread(rows) >= bot.ShardsAtOnce
		b = w.p.newBatch(store, now, w.last)
		return b.handle(ctx)
	})
	if done && err == nil {
		b.after()
	}
	return done, err
}

// spread is how many shards the rows are of.
func spread(rows []*bot.InboxRow) int {
	shards := map[int]bool{}
	for _, r := range rows {
		shards[r.Shard] = true
	}
	return len(shards)
}

// alone is the part of rows that may be one batch: an event that has failed
// before is tried by itself.
func alone(rows []*bot.InboxRow) []*bot.InboxRow {
	if rows[0].Attempts > 0 {
		return rows[:1]
	}
	for i, r := range rows {
		if r.Attempts > 0 {
			return rows[:i]
		}
	}
	return rows
}

// away says whether a batch failed because the database is away or full, which is
// the fault of no event. What was called off because it took too long may be.
func away(err error) bool {
	return crm.CodeOf(err) == crm.CodeUnavailable && !errors.Is(err, context.DeadlineExceeded)
}

// blame counts a failure of a batch of one against its event.
func (w *worker) blame(ctx context.Context, row *bot.InboxRow, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, err := w.p.again(ctx, w.p.store, row, cause)
	return err
}

// again keeps an event that failed for another try, or parks it after the
// last. It says whether it was parked.
func (p *Pipeline) again(ctx context.Context, store bot.Store, row *bot.InboxRow, cause error) (dead bool, err error) {
	next := *row // the one at hand is as the database has it, until this is through
	row = &next
	row.Attempts++
	row.Cause = short(cause.Error(), 2000)
	row.DueAt = p.Now().Add(50 * time.Millisecond << (2 * row.Attempts)) // 0.2 s, 0.8 s
	dead = row.Attempts >= tries
	if err := store.RetryInbound(ctx, row, dead); err != nil {
		return dead, err
	}
	p.wakeAt(p.work, row.DueAt)
	level, at := p.log.Warn, p.installs[address{row.Inbound.Address.Platform, row.Inbound.Address.Install}]
	switch {
	case dead:
		level = p.log.Error
		p.counts.add("parked", 1)
		if at != nil {
			at.tally.count(func(s *Stats) { s.Parked++ })
		}
	case at != nil:
		at.tally.repeated(crm.CodeOf(cause))
	}
	level("pipeline: event failed", "event", row.Inbound.Origin(), "row", row.ID, "kind", row.Inbound.Kind, "chat", row.Chat,
		"attempt", row.Attempts, "parked", dead, "id", locale.FaultID(cause), "error", cause)
	return dead, nil
}

// errAgain asks for the same batch once more: somebody else was faster.
var errAgain = errors.New("pipeline: the batch again")

// panicked makes an error of a panic.
func panicked(r any) error {
	return crm.Fail(crm.CodeInternal, "error.internal").Because(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
}

// pause sleeps for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
