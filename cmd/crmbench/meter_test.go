//go:build linux

package main

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A shell that holds some memory and then waits is seen with its child, and
// ends when it is asked to.
func TestProcessesAreWatchedAndEnded(t *testing.T) {
	t.Parallel()
	p, err := start(filepath.Join(t.TempDir(), "log"), nil, "/bin/sh", "-c", "sleep 60 & sleep 60; wait")
	if err != nil {
		t.Fatal(err)
	}
	for len(group([]*process{p})) < 3 { // the shell and two that sleep
		select {
		case <-p.done:
			t.Fatal("it has ended")
		case <-t.Context().Done():
			t.Fatal("its children are not seen")
		case <-time.After(time.Millisecond):
		}
	}
	var f figure
	watch([]*process{p}).read(&f)
	if f.RSS < 0.1 || f.RSS > 1000 {
		t.Errorf("%.3f MB", f.RSS)
	}
	if err := p.end(syscall.SIGTERM, time.Minute); err != nil {
		t.Error(err)
	}
	if (&running{processes: []*process{p}}).alive() == nil {
		t.Error("it is thought to be alive")
	}
}
