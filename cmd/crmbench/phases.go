//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// How long nobody may be answered before the rest is given up: longer than a
// burst of lines is waited for, and than a lease of a dead process lasts.
const quiet = 15 * time.Second

// apiDelay is how long a real platform takes for a message, about.
const apiDelay = 50 * time.Millisecond

// The loads at a fixed rate, in messages a second.
const (
	steady = 200
	brisk  = 300  // of a kill with the slow platform
	heavy  = 1500 // of a kill with the fast one
)

// measure runs the phases on one system.
func (y *yard) measure(ctx context.Context, s system) ([]figure, error) {
	if err := y.cluster.checkpoint(ctx); err != nil { // so that nobody pays for what another wrote
		return nil, err
	}
	if s.limit != nil {
		f, err := s.limit(ctx)
		f.System = s.name
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
	defer at.kill()
	if err := y.ready(ctx, at); err != nil {
		return nil, err
	}
	all := []figure{{System: s.name, Phase: "first", Start: time.Since(began).Seconds()}}
	y.profiler = profiler{dir: y.o.profiles, system: s.name, admin: set.admin}
	y.warm(ctx, at)
	for _, phase := range y.o.phases {
		if !slices.Contains(s.phases, phase) {
			continue
		}
		f, err := y.phase(ctx, at, phase)
		if ctx.Err() != nil {
			return all, ctx.Err() // it was cut short
		}
		if f.System, f.Phase = s.name, phase; f.Sent > 0 || f.Start > 0 {
			all = append(all, f)
		}
		if err != nil {
			return all, fmt.Errorf("%s: %w", phase, err)
		}
	}
	return all, nil
}

// warm lets caches fill and connections open.
func (y *yard) warm(ctx context.Context, at *running) {
	y.crowd.begin()
	began := time.Now()
	y.closed(ctx, at, y.mix, y.o.messages/6)
	y.crowd.settle(ctx, quiet, 0)
	y.pace = time.Since(began) * 6
}

// phase runs one. After a kill or a start there are new processes.
func (y *yard) phase(ctx context.Context, at *running, phase string) (f figure, err error) {
	y.crowd.begin()
	y.platform.latency.Store(0)
	lasting := time.Duration(y.o.seconds) * time.Second
	switch phase {
	case "sat":
		profiled := y.profiler.during(ctx, phase, y.pace, func() {
			f, err = y.load(ctx, at, func() { y.closed(ctx, at, y.mix, y.o.messages) })
		})
		return f, errors.Join(err, profiled)
	case "rate":
		profiled := y.profiler.during(ctx, phase, lasting, func() {
			f, err = y.load(ctx, at, func() { y.paced(ctx, at, y.mix, steady, lasting, nil) })
		})
		return f, errors.Join(err, profiled)
	case "start":
		return y.restarted(ctx, at)
	case "kill":
		return y.killed(ctx, at, heavy)
	}
	y.platform.latency.Store(int64(apiDelay))
	defer y.platform.latency.Store(0)
	switch phase {
	case "slowkill":
		return y.killed(ctx, at, brisk)
	case "hang":
		one := *y.mix
		one.often = 50
		y.platform.hangs.Store(firstChat)
		defer y.platform.hangs.Store(0)
		return y.load(ctx, at, func() { y.paced(ctx, at, &one, steady, lasting, nil) })
	}
	return y.load(ctx, at, func() { y.paced(ctx, at, y.mix, steady, lasting, nil) })
}

// load measures what fn sends. A chat that hangs must be answered once it is
// let go, but nobody asks when.
func (y *yard) load(ctx context.Context, at *running, fn func()) (figure, error) {
	m := watch(at.processes)
	database := at.database.cpu()
	began := time.Now()
	fn()
	y.again(ctx, at)
	hung := y.platform.hangs.Load()
	y.crowd.settle(ctx, quiet, hung)
	f := sum(slices.DeleteFunc(y.crowd.taken(), func(m *message) bool { return hung != 0 && m.chat == hung }), began)
	m.read(&f)
	f.DatabaseCPU = perMessage(at.database.cpu()-database, f)
	if hung != 0 {
		y.platform.hangs.Store(0)
		y.crowd.settle(ctx, quiet, 0)
		all := sum(y.crowd.taken(), began)
		f.Sent, f.Acked, f.Answered, f.Lost, f.Doubled = all.Sent, all.Acked, all.Answered, all.Lost, all.Doubled
	}
	return f, errors.Join(at.alive(), y.check(ctx, at, &f))
}

// check compares the messages of the phase with what the database kept.
func (y *yard) check(ctx context.Context, at *running, f *figure) error {
	if at.logged == nil {
		return nil
	}
	logged, err := at.logged(ctx)
	if err != nil {
		return err
	}
	messages := y.crowd.taken()
	logged.check(messages, f)
	f.Disorder = logged.disorder(messages)
	if at.replied == nil {
		return nil
	}
	replied, err := at.replied(ctx)
	f.Disorder += replied.disorder(messages)
	return err
}
