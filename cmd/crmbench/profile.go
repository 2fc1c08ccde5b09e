//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// profiler brings what Go programs say of themselves into a folder. The zero
// value brings nothing.
type profiler struct {
	dir    string
	system string
	admin  []string // addresses of the processes, host:port
}

// during takes CPU time and what is allocated while fn runs: profiles of about
// as long as fn is thought to last. An idle process has no samples, so a little
// too long does no harm. The files are system-phase.pb and
// system-phase-allocs.pb, and afterwards system-phase-heap.pb; a second process
// has "-2" in its names.
func (p profiler) during(ctx context.Context, phase string, about time.Duration, fn func()) error {
	if p.dir == "" || len(p.admin) == 0 {
		fn()
		return nil
	}
	if err := os.MkdirAll(p.dir, 0o755); err != nil { //nolint:gosec // profiles hold no secrets
		return err
	}
	seconds := int(about/time.Second) + 1
	var going sync.WaitGroup
	errs := make([]error, 2*len(p.admin))
	for i, address := range p.admin {
		going.Go(func() {
			errs[2*i] = fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", address, seconds), p.file(phase, "", i))
		})
		going.Go(func() {
			errs[2*i+1] = fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/allocs?seconds=%d", address, seconds), p.file(phase, "-allocs", i))
		})
	}
	fn()
	going.Wait()
	for i, address := range p.admin {
		errs = append(errs, fetch(ctx, "http://"+address+"/debug/pprof/heap", p.file(phase, "-heap", i)))
	}
	return errors.Join(errs...)
}

func (p profiler) file(phase, kind string, process int) string {
	name := p.system + "-" + phase + kind
	if process > 0 {
		name += fmt.Sprintf("-%d", process+1)
	}
	return filepath.Join(p.dir, name+".pb")
}

// fetch writes what an address answers into a file.
func fetch(ctx context.Context, url, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	out, err := os.Create(file) //nolint:gosec // the folder was asked for
	if err != nil {
		return err
	}
	_, err = io.Copy(out, resp.Body)
	return errors.Join(err, out.Close())
}
