package pipeline

import (
	"context"
	"maps"
	"sync"
	"time"

	"crmbot/bot"
)

const rawMost = 64 << 10

// counts count what happened since the start.
type counts struct {
	mu sync.Mutex
	n  map[string]int64
}

func (c *counts) add(name string, n int64) {
	if n == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int64{}
	}
	c.n[name] += n
}

// Counts are what happened since the start, by name: received, received_again,
// handled, parked, accepted, failed, unknown, jobs, and "platform/install/reason"
// of what never became an event.
func (p *Pipeline) Counts() map[string]int64 {
	p.counts.mu.Lock()
	defer p.counts.mu.Unlock()
	return maps.Clone(p.counts.n)
}

// Count implements bot.Counter.
func (p *Pipeline) Count(platform bot.Platform, name bot.Install, reason string, raw []byte) {
	p.counts.add(string(platform)+"/"+string(name)+"/"+reason, 1)
	if at := p.installs[address{platform, name}]; at != nil {
		at.tally.dropped(reason)
	}
	if reason != "unreadable" && reason != "unknown" {
		return
	}
	if len(raw) > rawMost {
		raw = raw[:rawMost]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := p.store.Keep(ctx, platform, name, reason, raw, p.Now()); err != nil {
		p.log.Warn("pipeline: stray", "platform", platform, "install", name, "reason", reason, "error", err)
	}
}
