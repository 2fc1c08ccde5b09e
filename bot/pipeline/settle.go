package pipeline

import (
	"context"
	"time"
)

// settleJump is the longest wait that Settle jumps over.
const settleJump = 5 * time.Second

// Settle handles and sends everything that is due, one after the other, and
// returns when nothing is. Waits of up to five seconds, as for the rest of a
// burst or another try, are jumped over by moving the clock. Rates are not
// kept. It is for tests and scripts and is not to be called during Run.
func (p *Pipeline) Settle(ctx context.Context) error {
	if time.Since(p.beaten) > time.Second {
		if err := p.beat(ctx); err != nil {
			return err
		}
		p.beaten = time.Now()
	}
	if p.single == nil {
		for _, start := range []func(context.Context) error{p.startClock, p.schedule, p.restarted} {
			if err := start(ctx); err != nil {
				return err
			}
		}
		p.single = p.newWorker()
	}
	for ctx.Err() == nil {
		before := p.Now()
		worked, err := p.settleStep(ctx, p.single)
		if err != nil {
			return err
		}
		if worked {
			continue
		}
		more, err := p.jump(ctx, before)
		if err != nil || !more {
			return err
		}
	}
	return ctx.Err()
}

func (p *Pipeline) settleStep(ctx context.Context, w *worker) (bool, error) {
	worked, err := w.step(ctx)
	if err != nil || worked {
		return worked, err
	}
	for _, to := range p.order {
		if to.Adapter == nil {
			continue
		}
		rows, err := p.claimFor(ctx, to, 1)
		if err != nil {
			return false, err
		}
		for _, row := range rows {
			for _, s := range p.deliver(ctx, to, row, false) {
				if err := p.settled.do(ctx, s); err != nil {
					return false, err
				}
				to.leases.end(false, s.Row)
			}
			worked = true
		}
	}
	if worked {
		return true, nil
	}
	return p.jobStep(ctx)
}

// jump moves the clock to what is due next, if that is near. At now there was
// nothing to do.
func (p *Pipeline) jump(ctx context.Context, now time.Time) (bool, error) {
	b, err := p.store.Backlog(ctx, now)
	if err != nil {
		return false, err
	}
	var next time.Time
	for _, t := range []time.Time{b.NextInbox, b.NextOutbox} {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	wait := next.Sub(now)
	if next.IsZero() || wait > settleJump {
		return false, nil
	}
	p.Advance(wait + time.Millisecond)
	return true, nil
}
