//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

// goal is what the bot is to reach. A ratio is judged by the median of its
// rounds, what must never happen by the worst of them.
type goal struct {
	name    string
	round   func(r *report, round int) (float64, bool) // its value in a round, false for none
	atLeast float64
	atMost  float64 // where atLeast is 0
	aim     float64 // what would be better still, 0 for nothing
	never   bool    // every round counts, and the worst of them
}

// where is a system's phase; no phase is all that the system has.
type where struct{ system, phase string }

var (
	perSecond = func(f figure) float64 { return f.PerSecond }
	cpu       = func(f figure) float64 { return f.CPU }
	allCPU    = func(f figure) float64 { return f.CPU + f.DatabaseCPU }
	rss       = func(f figure) float64 { return f.RSS }
	ack       = func(f figure) float64 { return f.Ack50 }
	answer    = func(f figure) float64 { return f.Answer50 }
	startup   = func(f figure) float64 { return f.Start }
)

// goals are what is promised.
var goals = []goal{
	{name: "answered/s, Postgres, against grammY", round: ratio(perSecond, where{"crmbot-postgres", "sat"}, where{"grammy", "sat"}), atLeast: 3, aim: 4.5},
	{name: "answered/s, Postgres, against Telegraf", round: ratio(perSecond, where{"crmbot-postgres", "sat"}, where{"telegraf", "sat"}), atLeast: 3, aim: 4.5},
	{name: "answered/s, Postgres, against pgbench", round: ratio(perSecond, where{"crmbot-postgres", "sat"}, where{"pgbench", ""}), atLeast: 0.5, aim: 0.9},
	{name: "answered/s, SQLite, against pgbench", round: ratio(perSecond, where{"crmbot-sqlite", "sat"}, where{"pgbench", ""}), atLeast: 0.5},
	{name: "answered/s, Postgres, against a bot that keeps nothing", round: ratio(perSecond, where{"crmbot-postgres", "sat"}, where{"null", "sat"}), atLeast: 0.35},
	{name: "answered/s, two processes against one", round: ratio(perSecond, where{"crmbot-two", "sat"}, where{"crmbot-postgres", "sat"}), atLeast: 0.9},
	{name: "CPU per message, Postgres, against grammY", round: ratio(cpu, where{"crmbot-postgres", "sat"}, where{"grammy", "sat"}), atMost: 1.0 / 3},
	{name: "CPU per message with its database, SQLite, against grammY", round: ratio(allCPU, where{"crmbot-sqlite", "sat"}, where{"grammy", "sat"}), atMost: 1.0 / 3},
	{name: "acknowledged p50, 50 ms platform, against grammY", round: ratio(ack, where{"crmbot-postgres", "slow"}, where{"grammy", "slow"}), atMost: 0.1},
	{name: "answered p50, 50 ms platform, against grammY", round: ratio(answer, where{"crmbot-postgres", "slow"}, where{"grammy", "slow"}), atMost: 1.1},
	{name: "peak memory, Postgres, against grammY", round: ratio(rss, where{"crmbot-postgres", "sat"}, where{"grammy", "sat"}), atMost: 0.5, aim: 1.0 / 3},
	{name: "peak memory, SQLite, against grammY", round: ratio(rss, where{"crmbot-sqlite", "sat"}, where{"grammy", "sat"}), atMost: 0.5, aim: 1.0 / 3},
	{name: "start to first answer, Postgres, against grammY", round: ratio(startup, where{"crmbot-postgres", "start"}, where{"grammy", "start"}), atMost: 1},
	{name: "start to first answer, SQLite, against grammY", round: ratio(startup, where{"crmbot-sqlite", "start"}, where{"grammy", "start"}), atMost: 1},
	{name: "start after kill -9, Postgres, against grammY", round: ratio(startup, where{"crmbot-postgres", "kill"}, where{"grammy", "kill"}), atMost: 1},
	{name: "start after kill -9, SQLite, against grammY", round: ratio(startup, where{"crmbot-sqlite", "kill"}, where{"grammy", "kill"}), atMost: 1},
	{name: "answered p50 of others while a chat hangs, Postgres", round: ratio(answer, where{"crmbot-postgres", "hang"}, where{"crmbot-postgres", "slow"}), atMost: 1.5},
	{name: "answered p50 of others while a chat hangs, SQLite", round: ratio(answer, where{"crmbot-sqlite", "hang"}, where{"crmbot-sqlite", "slow"}), atMost: 1.5},
	{name: "acknowledged and never answered", round: worst(func(f figure) int { return f.Lost }), never: true},
	{name: "acknowledged and not logged", round: worst(func(f figure) int { return f.Unlogged }), never: true},
	{name: "logged twice", round: worst(func(f figure) int { return f.Relogged }), never: true},
	{name: "out of order within a chat", round: worst(func(f figure) int { return f.Disorder }), never: true},
	{name: "answered twice, without a kill", round: worst(func(f figure) int { return f.Doubled }, "sat", "rate", "slow", "hang"), never: true},
	{name: "answered twice after kill -9", round: worst(func(f figure) int { return f.Doubled }, "kill", "slowkill"), never: true, atMost: slots},
}

// ratio of a value at two places.
func ratio(value func(figure) float64, of, to where) func(*report, int) (float64, bool) {
	return func(r *report, round int) (float64, bool) {
		a, b := r.mean(round, of, value), r.mean(round, to, value)
		return a / b, a > 0 && b > 0
	}
}

// worst is the most of a number that any crmbot had in one of some phases, all
// of them if none is named.
func worst(value func(figure) int, in ...string) func(*report, int) (float64, bool) {
	return func(r *report, round int) (most float64, any bool) {
		for _, f := range r.Figures {
			if f.Round == round && f.Sent > 0 && strings.HasPrefix(f.System, "crmbot-") && (len(in) == 0 || slices.Contains(in, f.Phase)) {
				most, any = max(most, float64(value(f))), true
			}
		}
		return most, any
	}
}

// verdict is a goal and what became of it.
type verdict struct {
	Goal   string    `json:"goal"`
	Wanted string    `json:"wanted"`
	Value  float64   `json:"value"` // the median of the rounds that count, or the worst
	Met    bool      `json:"met"`
	Rounds []float64 `json:"rounds"` // the void ones too
	Void   []bool    `json:"void"`
}

// judge compares what was measured with what is promised.
func (r *report) judge() {
	r.Verdicts, r.Void = nil, nil
	for round := range r.rounds() {
		if r.void(round + 1) {
			r.Void = append(r.Void, round+1)
		}
	}
	aims := r.aims
	if aims == nil {
		aims = goals
	}
	for _, g := range aims {
		v := verdict{Goal: g.name, Wanted: g.wanted()}
		var counts []float64
		for round := range r.rounds() {
			x, ok := g.round(r, round+1)
			if !ok {
				continue
			}
			v.Rounds, v.Void = append(v.Rounds, x), append(v.Void, r.void(round+1))
			if g.never || r.counts(round+1) {
				counts = append(counts, x)
			}
		}
		if len(counts) == 0 {
			continue
		}
		if v.Value = median(counts); g.never {
			v.Value = slices.Max(counts)
		}
		v.Met = v.Value <= g.atMost || g.atLeast > 0 && v.Value >= g.atLeast
		r.Verdicts = append(r.Verdicts, v)
	}
}

// wanted is what a goal asks for, in words.
func (g *goal) wanted() string {
	sign, bound := "≤", g.atMost
	if g.atLeast > 0 {
		sign, bound = "≥", g.atLeast
	}
	out := fmt.Sprintf("%s %.3g", sign, bound)
	if g.aim > 0 {
		out += fmt.Sprintf(" (aim %.3g)", g.aim)
	}
	return out
}
