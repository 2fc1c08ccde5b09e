//go:build linux

package main

import (
	"context"
	"slices"
	"time"
)

// How long nobody may be answered before the rest is given up: longer than a
// burst of lines is waited for, and than a lease of a dead process lasts.
const quiet = 15 * time.Second

// apiDelay is how long a real platform takes for a message, about.
const apiDelay = 50 * time.Millisecond

// measure runs the phases on one system.
func (y *yard) measure(ctx context.Context, s system) ([]figure, error) {
	if s.limit != nil {
		f, err := s.limit(ctx)
		return []figure{f}, err
	}
	set, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer set.end()
	y.crowd.begin()
	began := time.Now()
	at, err := set.run()
	if err != nil {
		return nil, err
	}
	defer func() { at.kill() }()
	if err := y.ready(ctx, at); err != nil {
		return nil, err
	}
	all := []figure{{System: s.name, Phase: "start", Start: time.Since(began).Seconds()}}
	y.warm(ctx, at)
	for _, phase := range y.o.phases {
		if !slices.Contains(s.phases, phase) {
			continue
		}
		f, next, err := y.phase(ctx, at, phase)
		at = next
		if err != nil {
			return all, err
		}
		f.System, f.Phase = s.name, phase
		all = append(all, f)
	}
	return all, nil
}

// warm lets caches fill and connections open.
func (y *yard) warm(ctx context.Context, at *running) {
	y.crowd.begin()
	y.closed(ctx, at, y.mix, y.o.messages/6)
	y.crowd.settle(quiet, 0)
}

// phase runs one and returns what runs afterwards: a kill starts anew.
func (y *yard) phase(ctx context.Context, at *running, phase string) (figure, *running, error) {
	y.crowd.begin()
	y.platform.latency.Store(0)
	y.platform.hangs.Store(0)
	lasting := time.Duration(y.o.seconds) * time.Second
	switch phase {
	case "sat":
		f, err := y.load(ctx, at, func() { y.closed(ctx, at, y.mix, y.o.messages) })
		return f, at, err
	case "rate":
		f, err := y.load(ctx, at, func() { y.paced(ctx, at, y.mix, 200, lasting, nil) })
		return f, at, err
	case "slow":
		y.platform.latency.Store(int64(apiDelay))
		f, err := y.load(ctx, at, func() { y.paced(ctx, at, y.mix, 200, lasting, nil) })
		return f, at, err
	case "hang": // one chat's call hangs: the others are measured
		y.platform.latency.Store(int64(apiDelay))
		y.platform.hangs.Store(firstChat)
		f, err := y.load(ctx, at, func() { y.paced(ctx, at, y.mix, 200, lasting, nil) })
		return f, at, err
	case "slowkill":
		y.platform.latency.Store(int64(apiDelay))
		return y.killed(ctx, at, 300)
	}
	return y.killed(ctx, at, 1500)
}

// load measures what fn sends.
func (y *yard) load(ctx context.Context, at *running, fn func()) (figure, error) {
	m := watch(at.processes)
	began := time.Now()
	fn()
	y.crowd.settle(quiet, y.platform.hangs.Load())
	messages := y.crowd.taken()
	if hung := y.platform.hangs.Load(); hung != 0 {
		messages = slices.DeleteFunc(messages, func(m *message) bool { return m.chat == hung })
	}
	f := sum(messages, began)
	m.read(&f)
	return f, y.check(ctx, at, messages, &f)
}

// check counts what was acknowledged and is not in the database, or is there
// twice.
func (y *yard) check(ctx context.Context, at *running, messages []*message, f *figure) error {
	logged, err := at.logged(ctx)
	if err != nil {
		return err
	}
	for _, m := range messages {
		switch n := logged[m.number]; {
		case n > 1:
			f.Relogged++
		case n == 0 && m.status == 200:
			f.Unlogged++
		}
	}
	return nil
}

// killed kills the first process in the middle of a load, starts it again, brings
// what was not taken once more, and counts what is missing and what came twice.
// Every message is of a chat of its own, so that no answer can stand for another.
func (y *yard) killed(ctx context.Context, at *running, rate int) (figure, *running, error) {
	lone := *y.mix
	lone.alone = true
	stop := make(chan struct{})
	done := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(done)
		y.paced(ctx, at, &lone, rate, 4*time.Second, stop)
	}()
	timer := time.NewTimer(3 * time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	at.processes[0].kill()
	close(stop)
	<-done
	again := time.Now()
	p, err := at.start[0]()
	if err != nil {
		return figure{}, at, err
	}
	at.processes[0] = p
	probe := &running{setup: &setup{urls: at.urls[:1]}}
	if err := y.ready(ctx, probe); err != nil {
		return figure{}, at, err
	}
	up := time.Since(again)
	y.again(ctx, at)
	y.crowd.settle(quiet, 0)
	messages := y.crowd.taken()
	f := sum(messages, began)
	f.PerSecond, f.Ack50, f.Ack99, f.Answer50, f.Answer99 = 0, 0, 0, 0, 0
	f.Start = up.Seconds()
	return f, at, y.check(ctx, at, messages, &f)
}
