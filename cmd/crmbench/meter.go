//go:build linux

package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// hundredth is the unit in which Linux counts CPU time for programs.
const hundredth = 10 * time.Millisecond

// usage is what the processes of some groups take: CPU time since their start,
// and memory now in bytes.
func usage(of []*process) (cpu time.Duration, rss int64) {
	for _, fields := range group(of) {
		cpu += time.Duration(integer(fields[11])+integer(fields[12])) * hundredth
		rss += integer(fields[21]) * int64(os.Getpagesize())
	}
	return cpu, rss
}

// group are the processes of some groups, as in stats.
func group(of []*process) map[string][]string {
	groups := map[string]bool{}
	for _, p := range of {
		groups[strconv.Itoa(p.cmd.Process.Pid)] = true
	}
	all := stats()
	maps.DeleteFunc(all, func(_ string, fields []string) bool { return !groups[fields[2]] })
	return all
}

// stats are all processes by their id, with the fields of proc(5)'s stat that
// come after the name: 1 is the parent, 2 the group, 11 and 12 are CPU times in
// hundredths of a second, 13 and 14 those of children that ended, 21 is the
// memory in pages.
func stats() map[string][]string {
	out := map[string][]string{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is ours
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		if fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:])); len(fields) >= 22 {
			out[filepath.Base(filepath.Dir(file))] = fields
		}
	}
	return out
}

func integer(text string) int64 { n, _ := strconv.ParseInt(text, 10, 64); return n }

// meter watches what processes take until it is read.
type meter struct {
	of  []*process
	cpu time.Duration
	own bool // Linux keeps the peak of memory; else it is looked at now and then
	end chan struct{}
	top atomic.Int64
}

// watch begins to watch. The peak of memory is that from now on.
func watch(of []*process) *meter {
	m := &meter{of: of, own: true, end: make(chan struct{})}
	m.cpu, _ = usage(of)
	for id := range group(of) {
		// 5 forgets the peak, see proc(5).
		if err := os.WriteFile(filepath.Join("/proc", id, "clear_refs"), []byte("5"), 0); err != nil {
			m.own = false
		}
	}
	if !m.own {
		go m.look()
	}
	return m
}

// look keeps the greatest memory that it sees.
func (m *meter) look() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, rss := usage(m.of); rss > m.top.Load() {
			m.top.Store(rss)
		}
		select {
		case <-m.end:
			return
		case <-tick.C:
		}
	}
}

// read ends the watching and writes it into a figure.
func (m *meter) read(f *figure) {
	close(m.end)
	cpu, _ := usage(m.of)
	f.CPU = perMessage(cpu-m.cpu, *f)
	peak := m.top.Load()
	if m.own {
		peak = 0
		for id := range group(m.of) {
			peak += highest(id)
		}
	}
	f.RSS = float64(peak) / (1 << 20)
}

// perMessage is CPU time in milliseconds for each message that was answered.
func perMessage(cpu time.Duration, f figure) float64 {
	return float64(cpu.Microseconds()) / 1000 / max(float64(f.Answered), 1)
}

// highest is the peak of a process's memory in bytes, 0 if it has ended.
func highest(id string) int64 {
	raw, _ := os.ReadFile(filepath.Join("/proc", id, "status"))
	words := strings.Fields(string(raw))
	if i := slices.Index(words, "VmHWM:"); i >= 0 && i+1 < len(words) {
		return integer(words[i+1]) << 10
	}
	return 0
}

// cpu is the time that a server has taken so far, with its sessions. They are
// its children, but not of its group; those that ended count with the server.
// Without a server it is none.
func (c *cluster) cpu() time.Duration {
	if c == nil {
		return 0
	}
	var sum int64
	server := strconv.Itoa(c.server.cmd.Process.Pid)
	for id, fields := range stats() {
		switch server {
		case id:
			sum += integer(fields[11]) + integer(fields[12]) + integer(fields[13]) + integer(fields[14])
		case fields[1]:
			sum += integer(fields[11]) + integer(fields[12])
		}
	}
	return time.Duration(sum) * hundredth
}
