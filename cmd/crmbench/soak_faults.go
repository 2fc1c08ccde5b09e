//go:build linux

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"
)

// slots are the operations that one process may have under way: as many answers
// may be in doubt when it dies.
const slots = 128

// faults are all that a soak plays, in this order.
func faults(o soakOptions) []fault {
	away := o.outage * 3 / 2
	all := []fault{
		{name: "postgres-restart", does: "fast restart under load, three times", processes: 2, play: (*scene).restarts},
		{name: "postgres-stopped", does: fmt.Sprintf("stopped for %s", away), processes: 1, play: func(s *scene, ctx context.Context) error { return s.stopped(ctx, away) }},
		{name: "postgres-two", does: fmt.Sprintf("stopped for %s, two processes", away/2), processes: 2, play: func(s *scene, ctx context.Context) error { return s.stopped(ctx, away/2) }},
		{name: "postgres-frozen", does: fmt.Sprintf("takes no word for %s and goes on", away/2), processes: 1, play: func(s *scene, ctx context.Context) error { return s.frozen(ctx, away/2) }},
		{name: "connections", does: fmt.Sprintf("others take every connection for %s", o.outage/2), processes: 1, play: func(s *scene, ctx context.Context) error { return s.crowded(ctx, o.outage/2) }},
		{name: "disk-full", does: fmt.Sprintf("no room on the disk of SQLite for %s", o.outage/2), database: "sqlite", processes: 1, make: (*scene).smallDisk, play: func(s *scene, ctx context.Context) error { return s.full(ctx, o.outage/2) }},
		{name: "garbage", does: "updates that nobody can read among the others", processes: 1, play: (*scene).garbage},
		{name: "platform-500", does: fmt.Sprintf("every call fails for %s", o.outage), processes: 1, play: func(s *scene, ctx context.Context) error { return s.moody(ctx, failing, o.outage) }},
		{name: "platform-429", does: fmt.Sprintf("every call is too fast for %s", o.outage), processes: 1, play: func(s *scene, ctx context.Context) error { return s.moody(ctx, limiting, o.outage) }},
		{name: "platform-hangs", does: fmt.Sprintf("no call is answered for %s", 3*o.outage), processes: 1, play: func(s *scene, ctx context.Context) error { return s.moody(ctx, hanging, 3*o.outage) }},
		{name: "chat-hangs", does: "the calls of one chat hang", processes: 1, play: (*scene).oneHangs},
		{name: "slow-loris", does: "2,000 connections that never say what they want", processes: 1, play: (*scene).dawdled},
		{name: "thousand", does: "1,000 conversations ask at once, three times", processes: 1, rate: -1, play: (*scene).thousand},
		{name: "sigterm", does: "SIGTERM under load, three times", processes: 1, play: (*scene).terminated},
		{name: "sigterm-hang", does: "SIGTERM while a chat's call hangs", processes: 1, doubled: 1, play: (*scene).terminatedHanging},
		{name: "sigterm-sqlite", does: "SIGTERM under load, three times", database: "sqlite", processes: 1, play: (*scene).terminated},
		{name: "versions", does: "another version first, this one beside it, then each alone", processes: 2, make: (*scene).twoVersions, play: (*scene).versions},
		{name: "kill", does: "kill -9 of one of two at random moments, five times", processes: 2, doubled: 5 * slots, play: (*scene).kills},
		{name: "kill-sqlite", does: "kill -9 at random moments, five times", database: "sqlite", processes: 1, doubled: 5 * slots, play: (*scene).kills},
		{name: "sockets", does: "10,000 pages of the web chat are open, 200 write, the process is killed", apart: true, play: (*scene).pages},
	}
	for i := range all {
		if all[i].database == "" {
			all[i].database = "postgres"
		}
		if all[i].rate == 0 {
			all[i].rate = o.rate
		}
	}
	return all
}

// kills kills the first process again and again.
func (s *scene) kills(ctx context.Context) error {
	dice := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the moments are only to differ
	for range 5 {
		sleep(ctx, time.Duration(1000+dice.IntN(1500))*time.Millisecond)
		if err := s.kill(ctx, 0, time.Duration(dice.IntN(700))*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// drainFor is the longest that a process may take to end.
const drainFor = 10 * time.Second

// end asks a process to end, as an administrator does.
func (s *scene) end(process int) {
	p := s.at.processes[process]
	began := time.Now()
	over := time.AfterFunc(3*drainFor, p.kill)
	p.signal(syscall.SIGTERM)
	over.Stop()
	took := time.Since(began)
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		s.breaks("exit code %d at SIGTERM", code)
	}
	if took > drainFor {
		s.breaks("it took %.1f s to end", took.Seconds())
	}
	s.tells("ended in %.2f s", took.Seconds())
}

func (s *scene) terminated(ctx context.Context) error {
	for range 3 {
		sleep(ctx, 2*time.Second)
		s.end(0)
		if err := s.begin(0); err != nil {
			return err
		}
	}
	return nil
}

func (s *scene) terminatedHanging(ctx context.Context) error {
	s.y.platform.hangs.Store(firstChat)
	sleep(ctx, 3*time.Second)
	defer s.y.platform.hangs.Store(0)
	s.end(0)
	return s.begin(0)
}

// moody lets the platform misbehave for a while, and counts its calls: a storm
// is more of them than there are messages and senders.
func (s *scene) moody(ctx context.Context, how manner, d time.Duration) error {
	s.mood.set(how)
	sleep(ctx, d)
	s.mood.set(friendly)
	refused := s.mood.refused.Load()
	s.tells("%d calls refused, %.1f a second", refused, float64(refused)/d.Seconds())
	waiting := s.account().Lost
	if most := 2*float64(waiting) + slots*d.Seconds()/limitFor; float64(refused) > most {
		s.breaks("a storm: %d calls for %d answers", refused, waiting)
	}
	return nil
}

// oneHangs lets the calls of one chat hang.
func (s *scene) oneHangs(ctx context.Context) error {
	return s.others(ctx, func() (func(), error) {
		s.y.platform.hangs.Store(firstChat)
		return func() { s.y.platform.hangs.Store(0) }, nil
	})
}

// slowOnes are the connections that hold on to the bot and say next to nothing.
const slowOnes = 2000

// dawdled lets many hold on to connections.
func (s *scene) dawdled(ctx context.Context) error {
	return s.others(ctx, func() (func(), error) {
		end, err := s.y.loris(ctx, s.at, slowOnes)
		return func() { s.tells("hung up on %d times", end()) }, err
	})
}

// others compares the answers of those who are not concerned with those before.
func (s *scene) others(ctx context.Context, begin func() (end func(), err error)) error {
	s.y.platform.latency.Store(int64(apiDelay))
	defer s.y.platform.latency.Store(0)
	sleep(ctx, time.Second)
	before := time.Now()
	sleep(ctx, 5*time.Second)
	from := time.Now()
	end, err := begin()
	if err != nil {
		return err
	}
	sleep(ctx, 8*time.Second)
	until := time.Now()
	sleep(ctx, time.Second) // they are answered
	a, all := s.account(), s.y.crowd.taken()
	without, with := a.answer50(all, before, from, firstChat), a.answer50(all, from, until, firstChat)
	s.tells("the others' median %.1f ms, without it %.1f ms", with, without)
	if with > 1.5*without {
		s.breaks("the others wait")
	}
	end()
	return nil
}

// thousand lets a thousand conversations ask at the same moment.
func (s *scene) thousand(ctx context.Context) error {
	for range 3 {
		var all sync.WaitGroup
		from := time.Now()
		for range 1000 {
			m := s.y.crowd.ask(s.talk.alone, from)
			all.Go(func() { s.y.bring(ctx, s.set.urls, m) })
		}
		all.Wait()
		acked := time.Since(from)
		for ctx.Err() == nil && s.account().Lost > 0 && time.Since(from) < patience {
			sleep(ctx, 20*time.Millisecond)
		}
		s.tells("all acknowledged in %.2f s, answered in %.2f s", acked.Seconds(), time.Since(from).Seconds())
	}
	return nil
}

// socketKB is the most memory that an open page may take.
const socketKB = 40

// pages opens the web chat's pages, kills the process and lets all come back.
func (s *scene) pages(ctx context.Context) error {
	s.mood.forget()
	s.y.crowd.begin()
	f, err := s.y.sockets(ctx, "postgres", 10_000, 200)
	if err != nil {
		return err
	}
	s.tells("%.1f KB each, an answer on a page in %.0f ms, elsewhere in %.0f ms; all back %.1f s after a kill", f.KB, f.Page50, f.Among50, f.Back)
	if f.KB > socketKB {
		s.breaks("%.1f KB for a page", f.KB)
	}
	if f.Unanswered+f.Missing+f.Twice > 0 {
		s.breaks("%d pages without an answer, %d words lost, %d twice", f.Unanswered, f.Missing, f.Twice)
	}
	return nil
}
