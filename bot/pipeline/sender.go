package pipeline

import (
	"context"
	"errors"
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
	lender
}

func (p *Pipeline) newSender(to *install) *sender {
	s := &sender{p: p, to: to, slots: make(chan struct{}, p.opt.Slots)}
	to.sender.Store(s)
	return s
}

// run sends until ctx ends; what is under way then goes on in life.
func (s *sender) run(ctx, life context.Context) {
	defer s.going.Wait()
	s.going.Go(func() { s.lends(ctx, life) })
	idle := s.p.opt.Poll
	for ctx.Err() == nil {
		n, more, err := s.claim(ctx, life)
		if n > 0 {
			idle = s.p.opt.Poll
		}
		switch {
		case err != nil:
			s.p.log.Warn("pipeline: outbox", "platform", s.to.Platform, "install", s.to.Install.Install, "error", err)
			pause(ctx, s.p.opt.Poll)
		case more:
		default:
			if !s.to.bell.wait(ctx, idle) {
				return
			}
			idle = s.p.longer(idle)
		}
	}
}

// claim takes rows for the free slots, waiting for one, and
// starts to send them. It returns how many, and whether there may be more.
func (s *sender) claim(ctx, life context.Context) (n int, more bool, err error) {
	free := s.freeSlots(ctx)
	if free == 0 {
		return 0, false, nil
	}
	unused := free
	defer func() {
		for range unused {
			<-s.slots
		}
	}()
	if free = s.to.pulse.room(free, s.p.Now()); free == 0 {
		return 0, false, nil
	}
	rows, err := s.p.claimFor(ctx, s.to, free)
	if err != nil {
		return 0, false, err
	}
	unused -= len(rows)
	s.follow(rows...) // what stands behind them is not known
	if len(rows) == 1 {
		s.to.pulse.tries(rows[0])
	}
	for _, row := range rows {
		s.going.Go(func() { s.send(life, row) })
	}
	return len(rows), len(rows) == free, nil
}

// freeSlots takes the free slots, waiting for the first, but for half of all:
// those are for what batches hand over meanwhile.
func (s *sender) freeSlots(ctx context.Context) int {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	for n := 1; ; n++ {
		if n >= cap(s.slots)/2 {
			return n
		}
		select {
		case s.slots <- struct{}{}:
		default:
			return n
		}
	}
}

// send is one operation from its slot to its outcome.
func (s *sender) send(life context.Context, row *bot.OutboxRow) {
	s.finish(life, row, s.p.deliver(life, s.to, row, true))
}

// finish writes the outcomes of an operation and gives its slot back.
func (s *sender) finish(life context.Context, row *bot.OutboxRow, outcomes []bot.Settlement) {
	for _, outcome := range outcomes {
		s.p.settle(life, outcome)
		s.to.leases.end(false, outcome.Row)
	}
	s.to.pulse.tried(row)
	<-s.slots
	if s.followed(row.Conversation) {
		s.to.bell.ring() // the next of this conversation may go
	}
	for _, outcome := range outcomes {
		if outcome.State == crm.DeliveryQueued {
			s.p.wakeAt(s.to.bell, outcome.DueAt)
		}
	}
}

// deliver sends a row that was claimed, if it may go now, and says what became
// of it and of those that went with it. paced keeps to the rates.
func (p *Pipeline) deliver(ctx context.Context, to *install, row *bot.OutboxRow, paced bool) []bot.Settlement {
	now := p.Now()
	if s, done := p.needless(ctx, to, row, now); done {
		return []bot.Settlement{s}
	}
	if paced {
		wait := to.rate.turn(row.Outgoing, now) // too fast: others may go meanwhile
		if wait > 0 || to.rate.install(ctx) != nil {
			return []bot.Settlement{p.put(row, now, now.Add(max(wait, 0)))}
		}
	}
	var lot *lot
	s, done, err := p.aim(ctx, row, now)
	switch {
	case done:
		return []bot.Settlement{s}
	case err == nil:
		lot, err = p.gather(ctx, to, row)
	}
	if err != nil {
		p.log.Warn("pipeline: credits", "platform", to.Platform, "install", to.Install.Install, "row", row.ID, "error", err)
		return []bot.Settlement{p.put(row, now, now.Add(time.Second))}
	}
	var sent bot.Sent
	if err = lot.refused; err == nil {
		sent, err = p.post(ctx, to, lot.out)
		p.paid(to, lot, err)
		p.felt(to, *lot.out, err)
	}
	return p.fates(ctx, to, lot, sent, err)
}

// put puts a row back until a moment, as it is.
func (p *Pipeline) put(row *bot.OutboxRow, now, due time.Time) bot.Settlement {
	return bot.Settlement{Row: row, State: crm.DeliveryQueued, DueAt: due, At: now}
}

// needless says whether a row need not be sent, and what becomes of it then:
// its words are too old, or something newer waits behind it.
func (p *Pipeline) needless(ctx context.Context, to *install, row *bot.OutboxRow, now time.Time) (bot.Settlement, bool) {
	gone := bot.Settlement{Row: row, State: crm.DeliveryAccepted, Class: superseded, At: now}
	out := row.Outgoing
	switch {
	case out.Op == bot.OpTyping && p.old(row, now):
		return gone, true
	case out.Op == bot.OpTyping, out.Op == bot.OpHome, out.Op == bot.OpEdit && out.Done == "":
		behind, err := p.store.Behind(ctx, p.owner, row, lineMost, false)
		if err != nil {
			return p.put(row, now, now.Add(time.Second)), true
		}
		if slices.ContainsFunc(behind, func(next *bot.OutboxRow) bool { return supersedes(next, row) }) {
			return gone, true
		}
	}
	if !p.old(row, now) {
		return bot.Settlement{}, false
	}
	s := bot.Settlement{Row: row, State: crm.DeliveryFailed, Class: expired, At: now}
	to.tally.failed(expired)
	return s, true
}

// supersedes says whether what a row shows for a while is shown anew, or gives
// way, by one behind it.
func supersedes(next, row *bot.OutboxRow) bool {
	a, b := row.Outgoing, next.Outgoing
	switch a.Op {
	case bot.OpTyping:
		return true
	case bot.OpHome:
		return b.Op == bot.OpHome && b.For == a.For
	}
	if a.Of != 0 {
		return b.Op == bot.OpEdit && b.Of == a.Of && next.Position == row.Position
	}
	return b.Op == bot.OpEdit && b.Of == 0 && a.Target != "" && b.Target == a.Target && b.To == a.To
}

const (
	superseded = bot.Class("superseded") // something newer says it
	expired    = bot.Class("expired")
)

// old says whether the words of a row have grown too old to be sent.
func (p *Pipeline) old(row *bot.OutboxRow, now time.Time) bool {
	until := row.Outgoing.ExpiresAt
	return !until.IsZero() && now.After(until)
}

// post calls the adapter. One that hangs or panics costs its own slot only.
func (p *Pipeline) post(ctx context.Context, to *install, out *bot.Outgoing) (sent bot.Sent, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.opt.SendFor)
	defer cancel()
	started := time.Now()
	defer func() { to.tally.called(time.Since(started), err) }()
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
		sent, err := to.Adapter.Send(ctx, *out)
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
	err := p.settleAll(ctx, all)
	for i, s := range all {
		switch {
		case err != nil && len(all) > 1 && crm.CodeOf(err) != crm.CodeUnavailable:
			errs[i] = p.settleAll(ctx, all[i:i+1])
		default:
			errs[i] = err
		}
		if errs[i] == nil {
			p.outcome(s)
		}
	}
	return errs
}

// outcome counts what became of a row, and tells those who watch.
func (p *Pipeline) outcome(s bot.Settlement) {
	out := s.Row.Outgoing
	p.traceOutcome(s)
	if s.Class == superseded {
		p.counts.add(string(superseded), 1)
		return
	}
	p.counts.add(string(s.State), 1)
	to := p.installs[address{out.To.Platform, out.To.Install}]
	if to != nil && s.State == crm.DeliveryAccepted {
		to.tally.sent(out, s.At)
	} else if to != nil {
		to.tally.missed(s)
	}
	if s.State != crm.DeliveryQueued {
		p.watchers.ring(out.To)
	}
}
