package pipeline

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"crmbot/bot"
)

// limits keep an install within what its platform allows: the figures divided
// by the replicas that are alive.
type limits struct {
	mu       sync.Mutex
	rates    bot.Rates
	replicas int
	all      *rate.Limiter
	chats    map[bot.ChatID]*rate.Limiter
	heard    map[bot.ChatID]time.Time // chats that are too fast, and until when they wait
}

func newLimits() *limits {
	return &limits{replicas: 1, chats: map[bot.ChatID]*rate.Limiter{}, heard: map[bot.ChatID]time.Time{}}
}

// set gives the figures; zero is no limit.
func (l *limits) set(r bot.Rates, replicas int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	replicas = max(replicas, 1)
	if l.rates == r && l.replicas == replicas && (l.all != nil || r.PerSecond == 0) {
		return
	}
	l.rates, l.replicas, l.all = r, replicas, nil
	clear(l.chats)
	if r.PerSecond > 0 {
		per := r.PerSecond / float64(replicas)
		l.all = rate.NewLimiter(rate.Limit(per), max(int(per), 1))
	}
}

// install waits for the turn of an operation of the install.
func (l *limits) install(ctx context.Context) error {
	l.mu.Lock()
	all := l.all
	l.mu.Unlock()
	if all == nil {
		return ctx.Err()
	}
	return all.Wait(ctx)
}

// chat is how long a chat has to wait; zero takes its turn. Three in a row may
// go at once, as people write.
func (l *limits) chat(to bot.Address, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rates.PerChat <= 0 {
		return 0
	}
	c := l.chats[to.Chat]
	if c == nil {
		if len(l.chats) > 10_000 { // a fresh one knows no worse than a full one
			clear(l.chats)
		}
		c = rate.NewLimiter(rate.Limit(l.rates.PerChat/float64(l.replicas)), 3)
		l.chats[to.Chat] = c
	}
	turn := c.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait > 0 {
		turn.CancelAt(now)
	}
	return wait
}

// limited notes that the platform found a chat too fast, and says whether
// another chat heard that within its pause.
func (l *limits) limited(chat bot.ChatID, now, until time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	other := false
	for c, at := range l.heard {
		switch {
		case now.After(at):
			delete(l.heard, c)
		case c != chat:
			other = true
		}
	}
	l.heard[chat] = until
	return other
}

// setRates gives every install its share.
func (p *Pipeline) setRates(replicas int) {
	for _, i := range p.order {
		rates := bot.Rates{}
		if i.Adapter != nil {
			rates = i.Adapter.Features().Rates
		}
		if i.Rates != nil {
			rates = *i.Rates
		}
		i.rate.set(rates, replicas)
	}
}
