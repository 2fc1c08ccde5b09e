package pipeline

import (
	"context"
	"sync"
	"time"
)

// clock is a clock that can be moved forward and does not go back by itself:
// when the machine's is set back it stands still until turn is called, so that
// nothing that is in the queues has a moment to come.
type clock struct {
	mu    sync.Mutex
	now   func() time.Time
	ahead time.Duration
	last  time.Time // the latest moment that was told
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.machine(); t.After(c.last) {
		c.last = t
	}
	return c.last
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

func (c *clock) machine() time.Time { return c.now().Add(c.ahead).UTC().Truncate(time.Microsecond) }

// turnLeast is how far back is worth turning: less is waited for.
const turnLeast = 2 * time.Second

// turn follows the machine's clock back and says how far that is, 0 if it has
// not been set back.
func (c *clock) turn() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.machine()
	by := c.last.Sub(t)
	if by < turnLeast {
		return 0
	}
	c.last = t
	return by
}

// turned is how often the queues are moved after the clock was set back: once, and
// with the next beats for what was on its way into them with the time of before.
const turned = 3

// followClock moves what waits in the queues when the clock was set back: else
// it would wait until the clock is where it was.
func (p *Pipeline) followClock(ctx context.Context) error {
	if by := p.clock.turn(); by > 0 {
		p.log.Warn("pipeline: the clock was set back", "by", by)
		p.back, p.turns = p.back+by, turned
	}
	if p.turns == 0 {
		return nil
	}
	for _, to := range p.order {
		to.rate.forget()
		to.pulse.forget()
	}
	if err := p.turnQueues(ctx, p.back, p.turns < turned); err != nil {
		return err
	}
	if p.turns--; p.turns == 0 {
		p.back = 0
	}
	return nil
}

// startClock moves what waits since before the clock was set back while nobody
// was here to see it.
func (p *Pipeline) startClock(ctx context.Context) error { return p.turnQueues(ctx, 0, false) }

func (p *Pipeline) turnQueues(ctx context.Context, by time.Duration, late bool) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	n, err := p.store.TurnBack(ctx, p.Now(), by, late)
	if err != nil || n == 0 {
		return err
	}
	p.work.ring()
	p.job.ring()
	for _, to := range p.order {
		to.bell.ring()
	}
	return nil
}
