//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// process is one of a system's, with all that it starts.
type process struct {
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}
}

// start runs a command in a process group of its own, so that a kill takes its
// children too. What it prints goes to the end of a log.
func start(log string, env []string, name string, args ...string) (*process, error) {
	return launch(nil, log, env, name, args...)
}

// startAs is start as another user, nil for ourselves.
func startAs(user *syscall.Credential, log, name string, args ...string) (*process, error) {
	return launch(user, log, nil, name, args...)
}

func launch(user *syscall.Credential, log string, env []string, name string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(name, args...) //nolint:noctx // it outlives whoever starts it, and is killed by its group
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: user}
	if err := cmd.Start(); err != nil {
		_ = out.Close()
		return nil, err
	}
	p := &process{cmd: cmd, log: out, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // it is killed: how it ended says nothing
		close(p.done)
	}()
	return p, nil
}

// kill ends the group at once, as a power cut does.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

func (p *process) signal(s syscall.Signal) {
	_ = syscall.Kill(-p.cmd.Process.Pid, s)
	<-p.done
	_ = p.log.Close()
}

// usage is what the processes of some groups take: CPU time since their start,
// and memory now in bytes.
func usage(of []*process) (cpu time.Duration, rss int64) {
	groups := map[string]bool{}
	for _, p := range of {
		groups[strconv.Itoa(p.cmd.Process.Pid)] = true
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is ours
	for _, stat := range stats {
		raw, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// Of proc(5), the fields after the name: 2 is the group, 11 and 12 are the
		// times in hundredths of a second, 21 the memory in pages.
		fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
		if len(fields) < 22 || !groups[fields[2]] {
			continue
		}
		number := func(i int) int64 { n, _ := strconv.ParseInt(fields[i], 10, 64); return n }
		cpu += time.Duration(number(11)+number(12)) * 10 * time.Millisecond
		rss += number(21) * int64(os.Getpagesize())
	}
	return cpu, rss
}

// meter watches the memory of processes until it is read.
type meter struct {
	peak atomic.Int64
	end  chan struct{}
	cpu  time.Duration
	of   []*process
}

func watch(of []*process) *meter {
	m := &meter{end: make(chan struct{}), of: of}
	m.cpu, _ = usage(of)
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			if _, rss := usage(of); rss > m.peak.Load() {
				m.peak.Store(rss)
			}
			select {
			case <-m.end:
				return
			case <-tick.C:
			}
		}
	}()
	return m
}

// read ends the watching and writes it into a figure.
func (m *meter) read(f *figure) {
	close(m.end)
	cpu, _ := usage(m.of)
	if f.Answered > 0 {
		f.CPU = float64((cpu - m.cpu).Microseconds()) / 1000 / float64(f.Answered)
	}
	f.RSS = float64(m.peak.Load()) / (1 << 20)
}
