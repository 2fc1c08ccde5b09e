//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	smallSize = "size=64m"
	ballast   = "ballast"
)

// smallDisk is the bot on a disk of its own, with a database that can be filled.
// Only root may make one.
func (s *scene) smallDisk(ctx context.Context) (*setup, error) {
	dir := filepath.Join(s.y.dir, "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, smallSize); err != nil {
		s.tells("no disk of its own here (%v); the tests of storage and pipeline fill one", err)
		return nil, nil
	}
	own := *s.y
	own.dir = dir
	set, err := own.crmbot(ctx, "sqlite", 1)
	if err != nil {
		_ = syscall.Unmount(dir, syscall.MNT_DETACH)
		return nil, err
	}
	end := set.end
	set.end = func() {
		end()
		_ = syscall.Unmount(dir, syscall.MNT_DETACH) // it is gone with the machine at the latest
	}
	return set, nil
}

// full leaves no room on the disk for a while.
func (s *scene) full(ctx context.Context, d time.Duration) error {
	file := filepath.Join(s.y.dir, "disk", ballast)
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	block := make([]byte, 4096)
	end := time.Now().Add(d)
	for time.Now().Before(end) && ctx.Err() == nil {
		if _, err := out.Write(block); err != nil { // it is full
			sleep(ctx, 10*time.Millisecond)
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	s.mustBeReady(ctx, 0, false, 2*time.Second)
	if err := os.Remove(file); err != nil {
		return err
	}
	s.mustRefuse(2 * time.Second)
	s.mustBeReady(ctx, 0, true, 10*time.Second)
	return nil
}
