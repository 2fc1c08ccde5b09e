package pipeline

import (
	"context"
	"sync"
	"time"

	"crmbot/crm"
)

// Run works until ctx ends: the adapters, workers, senders, jobs, and the beat
// that tells the other replicas. Then it takes nothing in any more, finishes
// what is under way within Options.Drain, and gives its leases back. It fails
// only if the database cannot be reached at the start.
func (p *Pipeline) Run(ctx context.Context) error {
	p.setClosing(false)
	for _, start := range []func(context.Context) error{p.beat, p.startClock, p.schedule, p.restarted} {
		switch err := start(ctx); {
		case ctx.Err() != nil:
			return nil // it was called off before it began
		case err != nil:
			return err
		}
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var side, work sync.WaitGroup
	side.Go(func() { p.beats(life) })
	side.Go(func() { p.listen(life) })
	side.Go(func() { p.looks(life) })
	for range p.opt.Workers {
		work.Go(func() { p.newWorker().run(ctx) })
	}
	for _, i := range p.order {
		if i.Adapter == nil {
			continue
		}
		work.Go(func() { p.newSender(i).run(ctx, life) })
		work.Go(func() { p.runAdapter(ctx, i) })
	}
	work.Go(func() { p.jobs(ctx) })
	<-ctx.Done()
	p.drain(&work)
	end()
	side.Wait()
	last, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := p.store.ReleaseLeases(last, p.owner); err != nil {
		p.log.Warn("pipeline: leases", "error", err)
	}
	return nil
}

// runAdapter runs an adapter until ctx ends, and again after a growing pause
// when it fails.
func (p *Pipeline) runAdapter(ctx context.Context, i *install) {
	for failures := 1; ctx.Err() == nil; failures++ {
		started := time.Now()
		i.life.began()
		err := p.runOnce(ctx, i)
		i.life.ended(err)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) > longestWait {
			failures = 1
		}
		p.log.Error("pipeline: adapter ended; it is started again", "platform", i.Platform, "install", i.Install.Install, "error", err)
		pause(ctx, min(4*backoff(failures), shutFor))
	}
}

func (p *Pipeline) runOnce(ctx context.Context, i *install) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return i.Adapter.Run(ctx, p.Inbox(i.Platform, i.Install.Install))
}

func (p *Pipeline) setClosing(v bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = v
}

// drain takes nothing in any more and waits for what is under way.
func (p *Pipeline) drain(work *sync.WaitGroup) {
	p.setClosing(true)
	done := make(chan struct{})
	go func() {
		work.Wait()
		close(done)
	}()
	t := time.NewTimer(p.opt.Drain)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
		p.log.Warn("pipeline: stopped before all was done; another process, or the next start, goes on")
	}
}

// beats tells the other replicas that we live, and shares the rates among those
// who do.
func (p *Pipeline) beats(ctx context.Context) {
	for {
		if pause(ctx, time.Second); ctx.Err() != nil {
			return
		}
		if err := p.beat(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("pipeline: beat", "error", err)
		}
		if err := p.followClock(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("pipeline: clock", "error", err)
		}
	}
}

// alone says whether no other process works on the database, as far as we know.
func (p *Pipeline) alone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.replicas <= 1
}

func (p *Pipeline) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	n, err := p.store.Beat(ctx, p.owner)
	p.mu.Lock()
	if p.ready = err; err == nil {
		p.replicas = n
	}
	p.mu.Unlock()
	if err == nil {
		p.setRates(n)
	}
	return err
}

// listen hears other processes, and starts again when the connection is lost.
func (p *Pipeline) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := p.store.Rings(ctx, p.rung); err != nil && ctx.Err() == nil {
			p.log.Warn("pipeline: listening", "error", err)
		}
		pause(ctx, time.Second)
	}
}

// Ready says why the pipeline cannot take anything in: CodeUnavailable when
// the database is away or the pipeline is stopping.
func (p *Pipeline) Ready(ctx context.Context) error {
	p.mu.Lock()
	closing, err := p.closing, p.ready
	p.mu.Unlock()
	if closing {
		return crm.Fail(crm.CodeUnavailable, "error.unavailable")
	}
	if err != nil {
		return err
	}
	_, err = p.store.Value(ctx, "ready")
	return err
}

// Idle says whether nothing waits that is due: neither in the inbox nor in the
// outbox.
func (p *Pipeline) Idle(ctx context.Context) (bool, error) {
	b, err := p.store.Backlog(ctx, p.Now())
	return err == nil && b.DueInbox == 0 && b.DueOutbox == 0, err
}
