//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// find is the verdict of a goal.
func find(t *testing.T, r *report, goal string) verdict {
	t.Helper()
	i := slices.IndexFunc(r.Verdicts, func(v verdict) bool { return v.Goal == goal })
	if i < 0 {
		t.Fatalf("no verdict about %q among %v", goal, r.Verdicts)
	}
	return r.Verdicts[i]
}

const sqlite = "answered/s, SQLite, against pgbench"

func TestRatiosAreOfOneRound(t *testing.T) {
	t.Parallel()
	r := &report{Figures: []figure{
		{Round: 1, System: "pgbench", Phase: "before", PerSecond: 900},
		{Round: 1, System: "crmbot-sqlite", Phase: "sat", PerSecond: 600},
		{Round: 1, System: "pgbench", Phase: "after", PerSecond: 1100},
		{Round: 2, System: "pgbench", Phase: "before", PerSecond: 100},
		{Round: 2, System: "crmbot-sqlite", Phase: "sat", PerSecond: 90},
		{Round: 3, System: "crmbot-sqlite", Phase: "sat", PerSecond: 5},
	}}
	r.judge()
	v := find(t, r, sqlite)
	if v.Value != 0.75 || !v.Met || !slices.Equal(v.Rounds, []float64{0.6, 0.9}) || v.Wanted != "≥ 0.5" {
		t.Errorf("%+v", v)
	}
}

// A round in which the machine did not hold still is shown and does not count,
// unless there is no other. What must never happen counts nevertheless.
func TestVoidRoundsDoNotCount(t *testing.T) {
	t.Parallel()
	r := &report{Figures: []figure{
		{Round: 1, System: "pgbench", Phase: "before", PerSecond: 1000},
		{Round: 1, System: "crmbot-sqlite", Phase: "sat", Sent: 1, Lost: 1, PerSecond: 100},
		{Round: 1, System: "pgbench", Phase: "after", PerSecond: 3000},
	}}
	r.judge()
	if v := find(t, r, sqlite); v.Value != 0.05 || v.Met || !slices.Equal(v.Void, []bool{true}) {
		t.Errorf("alone: %+v", v)
	}
	r.Figures = append(r.Figures,
		figure{Round: 2, System: "pgbench", Phase: "before", PerSecond: 1000},
		figure{Round: 2, System: "crmbot-sqlite", Phase: "sat", Sent: 1, PerSecond: 600},
		figure{Round: 2, System: "pgbench", Phase: "after", PerSecond: 1000},
	)
	r.judge()
	if v := find(t, r, sqlite); v.Value != 0.6 || !v.Met || !slices.Equal(r.Void, []int{1}) {
		t.Errorf("beside another: %+v", v)
	}
	if v := find(t, r, "acknowledged and never answered"); v.Value != 1 || v.Met {
		t.Errorf("what must never happen: %+v", v)
	}
	text := r.text(false)
	for _, want := range []string{"(0.05) 0.6", "within round 1: void."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestAKillMayDoubleAsManyAsThereAreSlots(t *testing.T) {
	t.Parallel()
	for doubled, met := range map[int]bool{0: true, slots: true, slots + 1: false} {
		r := &report{Figures: []figure{{Round: 1, System: "crmbot-two", Phase: "kill", Sent: 9, Acked: 9, Answered: 9, Doubled: doubled}}}
		r.judge()
		if v := find(t, r, "answered twice after kill -9"); v.Met != met {
			t.Errorf("%d: %+v", doubled, v)
		}
		if wrong := r.Figures[0].wrong(); wrong != "" {
			t.Errorf("%d: %s", doubled, wrong)
		}
	}
}

func TestMarkdownLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	r := &report{Figures: []figure{{Round: 1, System: "null", Phase: "sat", PerSecond: 8000}}}
	r.judge()
	if text := r.text(true); !strings.Contains(text, "| system | phase | answered/s |\n| --- | --- | --- |\n| null | sat | 8000 |\n") {
		t.Error(text)
	}
}

func TestQuantileAndMedian(t *testing.T) {
	t.Parallel()
	if q := quantile([]time.Duration{3e6, 1e6, 2e6}, 0.5); q != 2 || quantile(nil, 0.5) != 0 {
		t.Error(q)
	}
	if median([]float64{3, 1, 2}) != 2 || median([]float64{1, 2}) != 1.5 || median(nil) != 0 {
		t.Error("median")
	}
}
