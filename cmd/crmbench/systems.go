//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// system is one that is measured. begin makes what it needs anew and returns how
// to run it; limit is set for what is no bot.
type system struct {
	name   string
	phases []string // that say something about it
	peer   bool     // it is one of the Node bots
	begin  func(ctx context.Context) (*setup, error)
	limit  func(ctx context.Context) (figure, error)
}

// setup is a system that is ready to be started, as often as it is killed.
type setup struct {
	start    []func() (*process, error) // one for each process
	urls     []string
	admin    []string                                   // where each process tells of itself, none for others' programs
	logged   func(ctx context.Context) (logbook, error) // the rows of messages, nil for who keeps nothing
	replied  func(ctx context.Context) (logbook, error) // the platform's ids of the answers, nil where nobody keeps them
	database *cluster                                   // the Postgres it is on, nil for none
	end      func()
}

// running is a system that runs.
type running struct {
	*setup
	processes []*process
}

// systems are what is measured in each round: pgbench at both ends, what is
// compared side by side.
func (y *yard) systems() []system {
	limit := func(name, phase, script string) system {
		return system{name: name, limit: func(ctx context.Context) (figure, error) { return y.pgbench(ctx, phase, script) }}
	}
	crmbot := func(name, kind string, processes int, phases []string) system {
		return system{name: name, phases: phases, begin: func(ctx context.Context) (*setup, error) { return y.crmbot(ctx, kind, processes) }}
	}
	peer := func(name string) system {
		return system{
			name: name, peer: true, phases: []string{"sat", "rate", "start", "slow", "kill", "slowkill"},
			begin: func(ctx context.Context) (*setup, error) { return y.peer(ctx, name) },
		}
	}
	return []system{
		limit("pgbench", "before", two),
		{name: "null", phases: []string{"sat", "rate"}, begin: y.null},
		peer("telegraf"),
		crmbot("crmbot-two", "postgres", 2, []string{"sat", "kill", "slowkill"}),
		crmbot("crmbot-postgres", "postgres", 1, phases),
		peer("grammy"),
		crmbot("crmbot-sqlite", "sqlite", 1, phases),
		limit("pgbench-cte", "one statement", one),
		limit("pgbench", "after", two),
	}
}

// run starts all processes of a system.
func (s *setup) run() (*running, error) {
	at := &running{setup: s}
	for _, start := range s.start {
		p, err := start()
		if err != nil {
			at.kill()
			return nil, err
		}
		at.processes = append(at.processes, p)
	}
	return at, nil
}

func (r *running) kill() {
	for _, p := range r.processes {
		p.kill()
	}
}

// alive is an error if a process has ended by itself.
func (r *running) alive() error {
	for _, p := range r.processes {
		select {
		case <-p.done:
			return errors.New("a process has ended by itself")
		default:
		}
	}
	return nil
}

// ready sends messages to each process until one of each was answered.
func (y *yard) ready(ctx context.Context, at *running) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, url := range at.urls {
		if err := y.reach(ctx, at, url); err != nil {
			return fmt.Errorf("no answer at %s: %w", url, err)
		}
	}
	return nil
}

// reach sends messages to an address until one is taken, and waits for its
// answer.
func (y *yard) reach(ctx context.Context, at *running, url string) error {
	for {
		m := y.crowd.ask(y.mix.first, time.Now())
		if y.bring(ctx, []string{url}, m) == http.StatusOK {
			y.crowd.await(ctx, m)
			return ctx.Err()
		}
		y.crowd.forget(m)
		if err := at.alive(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// free is a port that nobody uses.
func free(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }() // it was only asked for its port
	return l.Addr().String(), nil
}
