//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// fault is something that goes wrong, and what is promised even then.
type fault struct {
	name      string
	does      string // what goes wrong
	database  string // "postgres" or "sqlite"
	processes int
	rate      int // messages a second, 0 for none but those of play
	doubled   int // the most answers that may come twice
	play      func(s *scene, ctx context.Context) error
	make      func(s *scene, ctx context.Context) (*setup, error) // nil: the bot on a new database
	apart     bool                                                // play makes all that it needs, and its own load
}

// soakOptions are what a soak is asked for.
type soakOptions struct {
	outage time.Duration // how long something is away
	only   []string
	other  string // a revision of the repository
	rate   int
	out    io.Writer
}

// soak plays every fault in turn against a steady load and says what became of
// the promises. It fails when one was broken.
func soak(ctx context.Context, args []string) error {
	o, so, only := options{chats: 500, connections: 40}, soakOptions{out: os.Stdout}, ""
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.StringVar(&only, "only", "", "faults by name, such as postgres-restart,kill; all if empty")
	flags.DurationVar(&so.outage, "outage", 20*time.Second, "how long a platform misbehaves; a database is away half as long again")
	flags.IntVar(&so.rate, "rate", 80, "messages a second")
	flags.StringVar(&so.other, "other", "HEAD~1", "the revision of the other version that runs beside this one")
	flags.StringVar(&o.crmbot, "crmbot", "", "the program to try, built from the repository if empty")
	flags.StringVar(&o.api, "api", "127.0.0.1:9100", "address of the made-up platform")
	flags.BoolVar(&o.keep, "keep", false, "leave the working folder, with the logs, where it is")
	if err := flags.Parse(args); err != nil {
		return err
	}
	so.only = list(only)
	for _, name := range so.only {
		if !slices.ContainsFunc(faults(so), func(f fault) bool { return f.name == name }) {
			return fmt.Errorf("%w: no fault %q; there are %s", errUse, name, names(faults(so)))
		}
	}
	y, err := newYard(ctx, o)
	if err != nil {
		return err
	}
	defer y.clear()
	began := time.Now()
	broken, err := y.soak(ctx, so)
	if err != nil {
		return err
	}
	fmt.Fprintf(so.out, "%s, %s, %s\n", machine(), began.UTC().Format(time.DateOnly), time.Since(began).Round(time.Second))
	if broken > 0 {
		return fmt.Errorf("%d faults broke a promise", broken)
	}
	return nil
}

func names(all []fault) string {
	var out []string
	for _, f := range all {
		out = append(out, f.name)
	}
	return strings.Join(out, ", ")
}

// soak plays the faults that are asked for and says how many broke a promise.
func (y *yard) soak(ctx context.Context, o soakOptions) (broken int, err error) {
	m := &mood{}
	y.platform.mood.Store(m)
	t := &talk{}
	for _, f := range faults(o) {
		if len(o.only) > 0 && !slices.Contains(o.only, f.name) {
			continue
		}
		s := &scene{y: y, o: o, fault: &f, mood: m, talk: t}
		a, err := s.run(ctx)
		if err != nil {
			return broken, fmt.Errorf("%s: %w", f.name, err)
		}
		if ctx.Err() != nil {
			return broken, ctx.Err()
		}
		s.judge(a)
		s.print(o.out, a)
		if len(s.broken) > 0 {
			broken++
		}
	}
	return broken, nil
}

// run plays a fault from an empty database to the last answer.
func (s *scene) run(ctx context.Context) (a *account, err error) {
	y, f := s.y, s.fault
	if f.apart {
		return nil, f.play(s, ctx)
	}
	y.platform.latency.Store(0)
	y.platform.hangs.Store(0)
	s.mood.forget()
	y.crowd.begin()
	if f.make != nil {
		s.set, err = f.make(s, ctx)
	} else {
		s.set, err = y.crmbot(ctx, f.database, f.processes)
	}
	if err != nil || s.set == nil {
		return nil, err
	}
	defer s.set.end()
	if s.at, err = s.set.run(); err != nil {
		return nil, err
	}
	defer func() { s.at.kill() }()
	if err := y.ready(ctx, s.at); err != nil {
		return nil, err
	}
	if s.talk.questions == nil {
		if err := s.talk.learn(ctx, s, y.mix.questions[:min(120, len(y.mix.questions))]); err != nil {
			return nil, err
		}
	}
	y.crowd.begin()
	s.mood.forget()
	s.load(ctx, f.rate)
	sleep(ctx, 2*time.Second)
	s.began = time.Now()
	err = f.play(s, ctx)
	s.over = time.Now()
	if err == nil {
		sleep(ctx, 3*time.Second)
	}
	a = s.rest(ctx)
	if err != nil {
		return nil, err
	}
	return a, s.check(ctx, a)
}

// check looks into the database.
func (s *scene) check(ctx context.Context, a *account) error {
	book, err := s.set.logged(ctx)
	if err != nil {
		return err
	}
	a.logged(s.y.crowd.taken(), func(number int) int { return len(book[number]) })
	return nil
}

// judge compares what became of the messages with what is promised.
func (s *scene) judge(a *account) {
	if a == nil {
		return
	}
	for _, count := range []struct {
		n    int
		what string
	}{
		{a.Sent - a.Acked, "never taken"},
		{a.Lost, "lost"},
		{a.Unlogged, "not logged"},
		{a.Relogged, "logged twice"},
		{a.Disorder, "out of order"},
		{a.Strange, "answers to nothing that was asked"},
	} {
		if count.n > 0 {
			s.breaks("%d %s", count.n, count.what)
		}
	}
	if a.Doubled > s.fault.doubled {
		s.breaks("%d answers too many, at most %d in doubt", a.Doubled, s.fault.doubled)
	}
}

// print writes the line of a fault.
func (s *scene) print(out io.Writer, a *account) {
	verdict := "kept"
	switch {
	case len(s.broken) > 0:
		verdict = "BROKEN: " + strings.Join(s.broken, "; ")
	case a == nil && !s.fault.apart:
		verdict = "not played"
	}
	fmt.Fprintf(out, "%-20s %s\n", s.fault.name, s.fault.does)
	if a != nil {
		s.figures(out, a)
	}
	if len(s.refusals) > 0 {
		s.tells("refused by status %v, slowest %d ms", s.refusals, s.slowest.Milliseconds())
	}
	if len(s.told) > 0 {
		fmt.Fprintf(out, "  %s\n", strings.Join(s.told, "; "))
	}
	fmt.Fprintf(out, "  %s\n", verdict)
}

// figures writes what became of the messages.
func (s *scene) figures(out io.Writer, a *account) {
	all, first := a.recovery(s.y.crowd.taken(), s.over)
	fmt.Fprintf(out, "  sent %d, acked %d, answered %d, lost %d, unlogged %d, doubled %d, logged twice %d, disorder %d; lasted %.1f s, back after %.2f s, all answered after %.1f s\n",
		a.Sent, a.Acked, a.Answered, a.Lost, a.Unlogged, a.Doubled, a.Relogged, a.Disorder,
		s.over.Sub(s.began).Seconds(), first.Seconds(), all.Seconds())
}
