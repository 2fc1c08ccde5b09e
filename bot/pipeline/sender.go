package pipeline

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// sender empties the outbox of one install. Each operation under way has a
// slot until its outcome is in the database, so when the process dies, at most
// one for each slot is in doubt.
type sender struct {
	p     *Pipeline
	to    *install
	slots chan struct{}
	going sync.WaitGroup
	lost  bool // the answer to the last claim: it may have been granted

	mu   sync.Mutex
	held map[int64]bool
}

func (p *Pipeline) newSender(to *install) *sender {
	return &sender{p: p, to: to, slots: make(chan struct{}, p.opt.Slots), held: map[int64]bool{}}
}

// run sends until ctx ends; what is under way then goes on in life.
func (s *sender) run(ctx, life context.Context) {
	defer s.going.Wait()
	idle := s.p.opt.Poll
	for ctx.Err() == nil {
		n, err := s.claim(ctx, life)
		switch {
		case err != nil:
			s.p.log.Warn("pipeline: outbox", "platform", s.to.Platform, "install", s.to.Install.Install, "error", err)
			pause(ctx, s.p.opt.Poll)
		case n > 0:
			idle = s.p.opt.Poll
		default:
			if !s.to.bell.wait(ctx, idle) {
				return
			}
			idle = s.p.longer(idle)
		}
	}
}

// claim takes as many rows as there are free slots, waiting for one, and
// starts to send them. It returns how many.
func (s *sender) claim(ctx, life context.Context) (int, error) {
	free := s.freeSlots(ctx)
	if free == 0 {
		return 0, nil
	}
	defer func() {
		for range free {
			<-s.slots
		}
	}()
	rows, err := s.p.claimFor(ctx, s.to, free, s.lost, s.holding())
	if s.lost = err != nil; err != nil {
		return 0, err
	}
	free -= len(rows)
	s.mu.Lock()
	for _, row := range rows {
		s.held[row.ID] = true
	}
	s.mu.Unlock()
	for _, row := range rows {
		s.going.Go(func() { s.send(life, row) })
	}
	return len(rows), nil
}

// freeSlots takes every free slot, waiting for the first.
func (s *sender) freeSlots(ctx context.Context) int {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	for n := 1; ; n++ {
		select {
		case s.slots <- struct{}{}:
		default:
			return n
		}
	}
}

func (s *sender) holding() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.held))
}

// send is one operation from its claim to its outcome.
func (s *sender) send(life context.Context, row *bot.OutboxRow) {
	outcome := s.p.deliver(life, s.to, row)
	s.p.settle(life, outcome)
	s.mu.Lock()
	delete(s.held, row.ID)
	s.mu.Unlock()
	<-s.slots
	s.to.bell.ring() // the next of this conversation may go
	if outcome.State == crm.DeliveryQueued {
		s.p.wakeAt(s.to.bell, outcome.DueAt)
	}
}

func (p *Pipeline) claimFor(ctx context.Context, to *install, limit int, lost bool, held []int64) ([]*bot.OutboxRow, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return p.store.ClaimOutbox(ctx, bot.Claim{
		Owner: p.owner, Platform: to.Platform, Install: to.Install.Install, Now: p.Now(), Limit: limit, Lost: lost, Held: held,
	})
}

// deliver sends one row, if it may go now, and says what became of it.
func (p *Pipeline) deliver(ctx context.Context, to *install, row *bot.OutboxRow) bot.Settlement {
	if s, stale := p.stale(row); stale {
		return s
	}
	now := p.Now()
	if wait := to.rate.chat(row.Outgoing.To, now); wait > 0 { // its chat is too fast: others may go meanwhile
		return bot.Settlement{Row: row, State: crm.DeliveryQueued, DueAt: now.Add(wait), At: now}
	}
	if err := to.rate.install(ctx); err != nil {
		return bot.Settlement{Row: row, State: crm.DeliveryQueued, DueAt: now, At: now}
	}
	sent, err := p.post(ctx, to, row)
	return p.fate(to, row, sent, err)
}

// stale says whether the words of a row have grown too old to be sent.
func (p *Pipeline) stale(row *bot.OutboxRow) (bot.Settlement, bool) {
	now, until := p.Now(), row.Outgoing.ExpiresAt
	return bot.Settlement{Row: row, State: crm.DeliveryFailed, Class: "expired", At: now}, !until.IsZero() && now.After(until)
}

// post calls the adapter. One that hangs or panics costs its own slot only.
func (p *Pipeline) post(ctx context.Context, to *install, row *bot.OutboxRow) (sent bot.Sent, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.opt.SendFor)
	defer cancel()
	out := row.Outgoing
	if row.Plain && out.Reply != nil {
		out.Reply = plainReply(out.Reply)
	}
	type answer struct {
		sent bot.Sent
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- answer{err: &bot.Failure{Class: bot.Transient, Err: panicked(r)}}
			}
		}()
		sent, err := to.Adapter.Send(ctx, out)
		done <- answer{sent, err}
	}()
	select {
	case a := <-done:
		var known *bot.Failure
		if errors.Is(a.err, context.DeadlineExceeded) && !errors.As(a.err, &known) {
			a.err = &bot.Failure{Class: bot.Ambiguous, Err: a.err}
		}
		return a.sent, a.err
	case <-ctx.Done(): // it does not listen
		return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous, Err: ctx.Err()}
	}
}

// settle writes an outcome down, and waits for the database as long as it
// takes: to forget it would be to send again.
func (p *Pipeline) settle(ctx context.Context, s bot.Settlement) {
	for try := 0; ; try++ {
		err := p.settled.do(context.WithoutCancel(ctx), s)
		if err == nil {
			return
		}
		if try%20 == 0 {
			p.log.Warn("pipeline: outcome", "row", s.Row.ID, "error", err)
		}
		if pause(ctx, p.opt.Poll); ctx.Err() != nil {
			return
		}
	}
}

func (p *Pipeline) flushSettled(all []bot.Settlement) []error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	errs := make([]error, len(all))
	err := p.store.SettleOutbox(ctx, p.owner, all)
	for i, s := range all {
		switch {
		case err != nil && len(all) > 1 && crm.CodeOf(err) != crm.CodeUnavailable:
			errs[i] = p.store.SettleOutbox(ctx, p.owner, all[i:i+1])
		default:
			errs[i] = err
		}
		if errs[i] == nil {
			p.counts.add(string(s.State), 1)
			if s.State != crm.DeliveryQueued {
				p.watchers.ring(s.Row.Outgoing.To)
			}
		}
	}
	return errs
}
