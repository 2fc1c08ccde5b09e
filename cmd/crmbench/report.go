//go:build linux

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"
)

// report is everything a run measured.
type report struct {
	Machine  string    `json:"machine"`
	Started  time.Time `json:"started"`
	Options  string    `json:"options"`
	Verdicts []verdict `json:"goals"`
	Void     []int     `json:"void_rounds,omitempty"`
	Figures  []figure  `json:"figures"`
	Failures []failure `json:"failures,omitempty"`
	Remarks  []string  `json:"remarks,omitempty"`

	aims []goal // nil for the usual ones
}

// failure is what could not be measured.
type failure struct {
	Round  int    `json:"round"`
	System string `json:"system"`
	Error  string `json:"error"`
}

func (r *report) write(file string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(raw, '\n'), 0o644) //nolint:gosec // for everybody to read
}

// show prints what a bench wrote into a file.
func show(_ context.Context, args []string) error {
	f := flag.NewFlagSet("crmbench show", flag.ContinueOnError)
	markdown := f.Bool("markdown", false, "as Markdown")
	if err := parse(f, args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return fmt.Errorf("%w: name one file that -json wrote", errUse)
	}
	raw, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return err
	}
	var r report
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("%s: %w", f.Arg(0), err)
	}
	fmt.Print(r.text(*markdown))
	return nil
}

// rounds is how many were begun.
func (r *report) rounds() int {
	n := 0
	for _, f := range r.Figures {
		n = max(n, f.Round)
	}
	return n
}

// moved is how far apart pgbench may be at the two ends of a round.
const moved = 1.5

// void says whether the machine did not hold still in a round.
func (r *report) void(round int) bool {
	var all []float64
	for _, f := range r.Figures {
		if f.Round == round && f.System == "pgbench" {
			all = append(all, f.PerSecond)
		}
	}
	return len(all) > 1 && slices.Max(all) > moved*slices.Min(all)
}

// counts says whether a round is among those of which medians are taken: it is
// not void, or all are.
func (r *report) counts(round int) bool {
	if !r.void(round) {
		return true
	}
	for other := range r.rounds() {
		if !r.void(other + 1) {
			return false
		}
	}
	return true
}

// mean of a value at a place in a round, 0 for none.
func (r *report) mean(round int, at where, value func(figure) float64) float64 {
	total, n := 0.0, 0
	for _, f := range r.Figures {
		if f.Round == round && f.System == at.system && (at.phase == "" || at.phase == f.Phase) && value(f) > 0 {
			total, n = total+value(f), n+1
		}
	}
	return total / max(float64(n), 1)
}

// median of a value at a place over the rounds that count, 0 for none.
func (r *report) median(at where, value func(figure) float64) float64 {
	var all []float64
	for round := range r.rounds() {
		if x := r.mean(round+1, at, value); x > 0 && r.counts(round+1) {
			all = append(all, x)
		}
	}
	return median(all)
}

// most of a number at a place in any round, -1 for none.
func (r *report) most(at where, value func(figure) int) int {
	most := -1
	for _, f := range r.Figures {
		if f.System == at.system && f.Phase == at.phase && f.Sent > 0 {
			most = max(most, value(f))
		}
	}
	return most
}

// places are the systems and phases there are figures of: phases in the order
// of a round, systems in that of the first.
func (r *report) places() []where {
	var systems []string
	var out []where
	for _, f := range r.Figures {
		if !slices.Contains(systems, f.System) {
			systems = append(systems, f.System)
		}
	}
	for _, s := range systems {
		for _, f := range r.Figures {
			if at := (where{f.System, f.Phase}); f.System == s && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}
