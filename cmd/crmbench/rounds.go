//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench runs all rounds and says what came out, also of what was stopped in the
// middle: a system that fails costs its own figures and no others.
func bench(ctx context.Context, args []string) error {
	var o options
	if err := o.read(args); err != nil {
		return err
	}
	y, err := newYard(ctx, o)
	if err != nil {
		return err
	}
	defer y.clear()
	r := &report{
		Machine: machine() + ", " + y.cluster.version(), Started: time.Now().UTC(),
		Options: fmt.Sprintf("%d messages, %d chats, %d connections, %d ways to ask", o.messages, o.chats, o.connections, len(y.mix.questions)),
	}
	all, err := y.chosen(ctx, r)
	if err != nil {
		return err
	}
	began := time.Now()
	for round := 1; round <= o.rounds && ctx.Err() == nil; round++ {
		if took := time.Since(began); o.within > 0 && round > 1 && took+took/time.Duration(round-1) > o.within {
			r.Remarks = append(r.Remarks, fmt.Sprintf("%d of %d rounds: there was no time for more on this machine", round-1, o.rounds))
			break
		}
		y.round(ctx, round, all, r)
	}
	if ctx.Err() != nil {
		r.Remarks = append(r.Remarks, "stopped before the end")
	}
	r.judge()
	fmt.Print(r.text(o.markdown))
	if o.json != "" {
		if err := r.write(o.json); err != nil {
			return err
		}
	}
	if len(r.Failures) > 0 || ctx.Err() != nil {
		return errors.New("not everything could be measured")
	}
	return nil
}

// chosen are the systems that are to be measured, in their order.
func (y *yard) chosen(ctx context.Context, r *report) ([]system, error) {
	all := slices.DeleteFunc(y.systems(), func(s system) bool {
		return len(y.o.systems) > 0 && !slices.Contains(y.o.systems, s.name)
	})
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: no system of that name", errUse)
	}
	if !slices.ContainsFunc(all, func(s system) bool { return s.peer }) {
		return all, nil
	}
	if err := y.takePeers(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "going on without the Node bots:", err)
		r.Remarks = append(r.Remarks, "without the Node bots, which could not be made ready")
		all = slices.DeleteFunc(all, func(s system) bool { return s.peer })
	}
	return all, nil
}

// round measures every system once. What is no gauge goes the other way round
// in every second round, so that nobody is always measured in the machine's
// better minutes.
func (y *yard) round(ctx context.Context, round int, all []system, r *report) {
	all = slices.Clone(all)
	if round%2 == 0 {
		first, last := 0, len(all)
		for first < last && all[first].limit != nil {
			first++
		}
		for last > first && all[last-1].limit != nil {
			last--
		}
		slices.Reverse(all[first:last])
	}
	for _, s := range all {
		if ctx.Err() != nil {
			return
		}
		fmt.Fprintf(os.Stderr, "%s round %d of %d: %s\n", time.Now().Format(time.TimeOnly), round, y.o.rounds, s.name)
		figures, err := y.measure(ctx, s)
		for _, f := range figures {
			f.Round = round
			r.Figures = append(r.Figures, f)
			if wrong := f.wrong(); wrong != "" {
				y.wrong = true
				fmt.Fprintf(os.Stderr, "  %s: %s; see %s\n", f.Phase, wrong, y.log(s.name))
			}
		}
		if err != nil && ctx.Err() == nil {
			y.wrong = true
			r.Failures = append(r.Failures, failure{Round: round, System: s.name, Error: err.Error()})
			fmt.Fprintf(os.Stderr, "  failed: %v; see %s\n", err, y.log(s.name))
		}
	}
}

// machine says where the figures are from.
func machine() string {
	model, memory := "", ""
	cpus, _ := os.ReadFile("/proc/cpuinfo") // without it there is less to say
	for line := range strings.Lines(string(cpus)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = " of " + strings.TrimSpace(value)
		}
	}
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		memory = fmt.Sprintf(", %.0f GiB", float64(info.Totalram)*float64(info.Unit)/(1<<30))
	}
	return fmt.Sprintf("%s/%s, %d cores%s%s, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), model, memory, runtime.Version())
}
