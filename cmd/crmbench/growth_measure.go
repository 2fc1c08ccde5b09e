//go:build linux

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// measure runs the phases on the empty or on the old database of a kind.
func (g growth) measure(ctx context.Context, y *yard, kind, age string) ([]figure, error) {
	s, err := g.setup(ctx, y, kind, age)
	if err != nil {
		return nil, err
	}
	y.crowd.begin()
	at, err := s.run()
	if err != nil {
		return nil, err
	}
	defer at.kill()
	began := time.Now()
	if err := y.ready(ctx, at); err != nil {
		return nil, err
	}
	all := []figure{{Phase: "start", Start: time.Since(began).Seconds()}}
	y.warm(ctx, at)
	for _, phase := range growthPhases {
		f, err := g.phase(ctx, y, at, phase)
		if err != nil {
			return all, err
		}
		f.Phase = phase
		all = append(all, f)
	}
	return all, nil
}

func (g growth) phase(ctx context.Context, y *yard, at *running, phase string) (figure, error) {
	if phase != "one" {
		return y.phase(ctx, at, phase)
	}
	y.crowd.begin()
	one := *y.mix
	one.chats = 1 // firstChat
	return y.load(ctx, at, func() { y.paced(ctx, at, &one, 60, time.Duration(g.seconds)*time.Second, nil) })
}

// setup is one process on a database: the old one as it is, or an empty one with
// the articles.
func (g growth) setup(ctx context.Context, y *yard, kind, age string) (*setup, error) {
	database, server := filepath.Join(g.folder(y), age+".db"), (*cluster)(nil)
	if kind == "postgres" {
		database, server = y.cluster.dsn(age), y.cluster
	}
	if age == "empty" {
		if err := g.anew(ctx, y, kind); err != nil {
			return nil, err
		}
	}
	if err := g.command(ctx, y, database, "knowledge", "import", y.knowledge); err != nil {
		return nil, err
	}
	config, address, err := g.config(ctx, y, database)
	if err != nil {
		return nil, err
	}
	return &setup{
		urls: []string{"http://" + address + "/hook/telegram/support"},
		start: []func() (*process, error){func() (*process, error) {
			return start(filepath.Join(y.dir, "crmbot.log"), nil, y.binary, "serve", "--config", config)
		}},
		logged:   g.logged(y, kind, age),
		database: server,
		end:      func() {},
	}, nil
}

// anew makes the empty database.
func (g growth) anew(ctx context.Context, y *yard, kind string) error {
	if kind == "postgres" {
		_, err := y.cluster.create(ctx, "empty")
		return err
	}
	old, err := filepath.Glob(filepath.Join(g.folder(y), "empty.db*"))
	for _, file := range old {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}

// logged reads the messages of the load.
func (g growth) logged(y *yard, kind, age string) func(context.Context) (logbook, error) {
	return func(ctx context.Context) (logbook, error) {
		db, err := g.open(y, kind, age)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		return readLogbook(ctx, db, ofTheCrowd)
	}
}
