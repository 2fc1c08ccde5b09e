//go:build linux

package main

import (
	"context"
	"errors"
	"syscall"
	"time"
)

// drain is how long a process may take to end in good order.
const drain = 15 * time.Second

// restarted ends a system in good order and starts it on what it has kept: what
// an operator sees who brings a new version.
func (y *yard) restarted(ctx context.Context, at *running) (f figure, err error) {
	for _, p := range at.processes {
		err = errors.Join(err, p.end(syscall.SIGTERM, drain))
	}
	if err != nil {
		return f, err
	}
	began := time.Now()
	for i := range at.processes {
		if at.processes[i], err = at.start[i](); err != nil {
			return f, err
		}
	}
	y.crowd.listen()
	if err := y.ready(ctx, at); err != nil {
		return f, err
	}
	f.Start, f.Fresh = y.crowd.since(began).Seconds(), time.Since(began).Seconds()
	y.warm(ctx, at) // for what comes next
	return f, nil
}

// killed kills the first process in the middle of a load, starts it again, brings
// what was not taken once more, and counts what is missing and what came twice.
// Every message is of a chat of its own, so that no answer can stand for another.
func (y *yard) killed(ctx context.Context, at *running, rate int) (figure, error) {
	lone := *y.mix
	lone.alone = true
	stop, done := make(chan struct{}), make(chan struct{})
	began := time.Now()
	go func() {
		defer close(done)
		y.paced(ctx, at, &lone, rate, time.Minute, stop)
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
	up, fresh, err := y.revived(ctx, at)
	if err == nil {
		y.again(ctx, at)
		y.crowd.settle(ctx, quiet, 0)
	}
	all := sum(y.crowd.taken(), began)
	f := figure{
		Sent: all.Sent, Acked: all.Acked, Answered: all.Answered, Lost: all.Lost, Doubled: all.Doubled,
		Start: up.Seconds(), Fresh: fresh.Seconds(),
	}
	return f, errors.Join(err, at.alive(), y.check(ctx, at, &f))
}

// revived starts the first process again. It returns how long it took until an
// answer came, and until one came to somebody who wrote after the start; beside
// another process nobody can tell whose the first one is, so they are the same.
func (y *yard) revived(ctx context.Context, at *running) (up, fresh time.Duration, err error) {
	began := time.Now()
	if at.processes[0], err = at.start[0](); err != nil {
		return 0, 0, err
	}
	y.crowd.listen()
	err = y.ready(ctx, &running{setup: &setup{urls: at.urls[:1]}, processes: at.processes[:1]})
	if up, fresh = y.crowd.since(began), time.Since(began); len(at.processes) > 1 {
		up = fresh
	}
	return up, fresh, err
}
