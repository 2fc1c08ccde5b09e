package pipeline

import (
	"context"
	"reflect"
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
	ops      map[bot.Op]*rate.Limiter
	chats    map[bot.ChatID]*rate.Limiter
	heard    map[spot]time.Time // what is too fast, and until when it waits
}

// spot is one operation in one chat; without a chat it is that in all of them.
type spot struct {
	op   bot.Op
	chat bot.ChatID
}

func newLimits() *limits {
	return &limits{
		replicas: 1, ops: map[bot.Op]*rate.Limiter{}, chats: map[bot.ChatID]*rate.Limiter{}, heard: map[spot]time.Time{},
	}
}

// set gives the figures; zero is no limit.
func (l *limits) set(r bot.Rates, replicas int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	replicas = max(replicas, 1)
	if reflect.DeepEqual(l.rates, r) && l.replicas == replicas && (l.all != nil || r.PerSecond == 0) {
		return
	}
	l.rates, l.replicas, l.all = r, replicas, nil
	clear(l.chats)
	clear(l.ops)
	if r.PerSecond > 0 {
		l.all = l.share(r.PerSecond)
	}
	for _, o := range r.Ops {
		if o.PerSecond > 0 {
			l.ops[o.Op] = l.share(o.PerSecond)
		}
	}
}

// share is this replica's part of a rate.
func (l *limits) share(perSecond float64) *rate.Limiter {
	per := perSecond / float64(l.replicas)
	return rate.NewLimiter(rate.Limit(per), max(int(per), 1))
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

// turn is how long an operation has to wait for its chat and its kind; zero
// takes its turn.
func (l *limits) turn(out bot.Outgoing, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := max(l.heard[spot{out.Op, out.To.Chat}].Sub(now), l.heard[spot{out.Op, ""}].Sub(now))
	var taken []*rate.Reservation
	for _, limit := range []*rate.Limiter{l.ops[out.Op], l.chat(out)} {
		if limit == nil {
			continue
		}
		turn := limit.ReserveN(now, 1)
		taken = append(taken, turn)
		wait = max(wait, turn.DelayFrom(now))
	}
	if wait <= 0 {
		return 0
	}
	for _, turn := range taken {
		turn.CancelAt(now)
	}
	return wait
}

// chat is the limit of a chat, nil for what people do not see as a message.
// Three in a row may go at once, as people write.
func (l *limits) chat(out bot.Outgoing) *rate.Limiter {
	per := l.rates.PerChat
	if !out.Direct && l.rates.PerGroup > 0 {
		per = l.rates.PerGroup
	}
	switch out.Op {
	case bot.OpAnswer, bot.OpTyping, bot.OpHome, bot.OpView:
		return nil
	}
	if per <= 0 {
		return nil
	}
	c := l.chats[out.To.Chat]
	if c == nil {
		if len(l.chats) > 10_000 { // a fresh one knows no worse than a full one
			clear(l.chats)
		}
		c = rate.NewLimiter(rate.Limit(per/float64(l.replicas)), 3)
		l.chats[out.To.Chat] = c
	}
	return c
}

// limited parks an operation that the platform found too fast in a chat, and
// says whether the whole install is to wait: another chat heard that within its
// pause, so it is not the chat. Where the platform counts each operation by
// itself, it is that operation which waits everywhere.
func (l *limits) limited(out bot.Outgoing, now, until time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	here, other := spot{out.Op, out.To.Chat}, false
	for s, at := range l.heard {
		switch {
		case now.After(at):
			delete(l.heard, s)
		case s.op == here.op && s.chat != here.chat:
			other = true
		}
	}
	l.heard[here] = until
	if other && len(l.rates.Ops) > 0 {
		l.heard[spot{out.Op, ""}] = until
		return false
	}
	return other
}

// forget ends the pauses that were asked for: the clock they end by is no more.
func (l *limits) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.heard)
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
