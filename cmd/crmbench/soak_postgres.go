//go:build linux

package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// down stops the server at once but in good order, as an administrator does.
func (c *cluster) down() { c.server.signal(syscall.SIGINT) }

// up starts it again.
func (c *cluster) up(ctx context.Context) error {
	owner, err := c.owner()
	if err != nil {
		return err
	}
	return c.begin(ctx, owner)
}

// restarts restarts the database a few times.
func (s *scene) restarts(ctx context.Context) error {
	for range 3 {
		s.y.cluster.down()
		if err := s.y.cluster.up(ctx); err != nil {
			return err
		}
		sleep(ctx, 3*time.Second)
	}
	return nil
}

// stopped stops the database for a while.
func (s *scene) stopped(ctx context.Context, d time.Duration) error {
	before := s.goroutines(ctx, 0)
	s.y.cluster.down()
	end := time.Now().Add(d)
	sleep(ctx, time.Second)
	s.mustBeReady(ctx, 0, false, 2*time.Second)
	s.watchGoroutines(ctx, before, end)
	if err := s.y.cluster.up(ctx); err != nil {
		return err
	}
	s.mustRefuse(time.Second)
	for i := range s.at.processes {
		s.mustBeReady(ctx, i, true, 10*time.Second)
	}
	return nil
}

// frozen lets the database stand still: it takes connections and does nothing.
func (s *scene) frozen(ctx context.Context, d time.Duration) error {
	before := s.goroutines(ctx, 0)
	if err := s.y.cluster.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	s.watchGoroutines(ctx, before, time.Now().Add(d))
	s.mustBeReady(ctx, 0, false, 6*time.Second)
	if err := s.y.cluster.signal(syscall.SIGCONT); err != nil {
		return err
	}
	s.mustRefuse(7 * time.Second) // five that a request waits, and what a busy machine adds
	s.mustBeReady(ctx, 0, true, 10*time.Second)
	return nil
}

// signal reaches the server and its children, which have sessions of their own.
func (c *cluster) signal(signal syscall.Signal) error {
	parent := strconv.Itoa(c.server.cmd.Process.Pid)
	pids := []int{c.server.cmd.Process.Pid}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is ours
	for _, stat := range stats {
		raw, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		if fields := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:]); len(fields) > 1 && string(fields[1]) == parent {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			if err != nil {
				return err
			}
			pids = append(pids, pid)
		}
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	return nil
}

// mustRefuse checks what webhooks were told while nothing could be kept.
func (s *scene) mustRefuse(within time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for status, n := range s.refusals {
		if status != http.StatusServiceUnavailable {
			s.breaks("%d webhooks were answered with %d", n, status)
		}
	}
	if s.refusals[http.StatusServiceUnavailable] == 0 {
		s.breaks("no webhook was refused")
	}
	if s.slowest > within {
		s.breaks("a webhook waited %.1f s for its refusal", s.slowest.Seconds())
	}
}

// watchGoroutines looks until a moment whether work piles up: there may be a few
// for each connection of the platform, not for each message.
func (s *scene) watchGoroutines(ctx context.Context, before int, until time.Time) {
	most := before
	for time.Now().Before(until) && ctx.Err() == nil {
		most = max(most, s.goroutines(ctx, 0))
		sleep(ctx, 500*time.Millisecond)
	}
	_, rss := usage(s.at.processes[:1])
	s.tells("goroutines %d, at most %d while it lasted, %d MB", before, most, rss>>20)
	if most > before+6*s.y.o.connections+2*slots {
		s.breaks("work piles up: %d goroutines", most)
	}
}

// crowded takes every connection of the server, and those of the bot too.
func (s *scene) crowded(ctx context.Context, d time.Duration) error {
	db := s.y.cluster.open("postgres")
	db.SetMaxIdleConns(1000)
	held := []*sql.Conn{}
	defer func() {
		for _, c := range held {
			_ = c.Close()
		}
		_ = db.Close()
	}()
	take := func() {
		for {
			c, err := db.Conn(ctx)
			if err != nil {
				return
			}
			held = append(held, c)
		}
	}
	take()
	for end := time.Now().Add(d); time.Now().Before(end) && ctx.Err() == nil; {
		if _, err := held[0].ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'crmbot'"); err != nil {
			return err
		}
		take()
	}
	s.tells("%d connections taken", len(held))
	return nil
}
