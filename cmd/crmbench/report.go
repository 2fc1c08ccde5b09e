//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report is everything a run measured.
type report struct {
	Machine string    `json:"machine"`
	Started time.Time `json:"started"`
	Options string    `json:"options"`
	Figures []figure  `json:"figures"`
}

func (r *report) write(file string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(raw, '\n'), 0o600)
}

// goal is a ratio that the bot is to reach, of one figure of two systems.
type goal struct {
	name      string
	of, to    string // systems
	phase     string
	value     func(figure) float64
	atMost    float64
	atLeast   float64
	withPhase string // of to, where that is another
}

var (
	perSecond = func(f figure) float64 { return f.PerSecond }
	cpu       = func(f figure) float64 { return f.CPU }
	rss       = func(f figure) float64 { return f.RSS }
	ack       = func(f figure) float64 { return f.Ack50 }
	answer    = func(f figure) float64 { return f.Answer50 }
	startup   = func(f figure) float64 { return f.Start }
)

// goals are what is promised, each as a ratio within a round.
var goals = []goal{
	{name: "answered/s against grammY", of: "crmbot-postgres", to: "grammy", phase: "sat", value: perSecond, atLeast: 3},
	{name: "answered/s against Telegraf", of: "crmbot-postgres", to: "telegraf", phase: "sat", value: perSecond, atLeast: 3},
	{name: "answered/s against pgbench, Postgres", of: "crmbot-postgres", to: "pgbench", phase: "sat", value: perSecond, atLeast: 0.5},
	{name: "answered/s against pgbench, SQLite", of: "crmbot-sqlite", to: "pgbench", phase: "sat", value: perSecond, atLeast: 0.5},
	{name: "two processes against one", of: "crmbot-two", to: "crmbot-postgres", phase: "sat", value: perSecond, atLeast: 0.9},
	{name: "CPU per message against grammY, Postgres", of: "crmbot-postgres", to: "grammy", phase: "sat", value: cpu, atMost: 1.0 / 3},
	{name: "CPU per message against grammY, SQLite", of: "crmbot-sqlite", to: "grammy", phase: "sat", value: cpu, atMost: 1.0 / 3},
	{name: "peak memory against grammY, Postgres", of: "crmbot-postgres", to: "grammy", phase: "sat", value: rss, atMost: 0.5},
	{name: "peak memory against grammY, SQLite", of: "crmbot-sqlite", to: "grammy", phase: "sat", value: rss, atMost: 0.5},
	{name: "acknowledged p50, slow platform, against grammY", of: "crmbot-postgres", to: "grammy", phase: "slow", value: ack, atMost: 0.1},
	{name: "answered p50, slow platform, against grammY", of: "crmbot-postgres", to: "grammy", phase: "slow", value: answer, atMost: 1.1},
	{name: "start to first answer against grammY", of: "crmbot-postgres", to: "grammy", phase: "start", value: startup, atMost: 1},
	{name: "start after a kill against grammY", of: "crmbot-postgres", to: "grammy", phase: "kill", value: startup, atMost: 1},
	{name: "answered p50 of the others while a chat hangs", of: "crmbot-postgres", to: "crmbot-postgres", phase: "hang", withPhase: "slow", value: answer, atMost: 1.5},
}

// table is the report as people read it: medians, then the goals.
func (r *report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s\n\n", r.Machine, r.Started.Format(time.DateOnly), r.Options)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "system\tphase\tanswered/s\tack p50\tp99 ms\tanswer p50\tp99 ms\tCPU ms\tRSS MB\tstart s\tlost\tunlogged\ttwice\ttwice logged\t")
	for _, key := range r.keys() {
		of := func(value func(figure) float64) string {
			if v := median(r.values(key.System, key.Phase, value)); v != 0 {
				return fmt.Sprintf("%.4g", v)
			}
			return ""
		}
		sumOf := func(value func(figure) int) string {
			n := 0
			for _, f := range r.of(key.System, key.Phase) {
				n += value(f)
			}
			return fmt.Sprint(n)
		}
		fmt.Fprintln(w, strings.Join([]string{
			key.System, key.Phase, of(perSecond), of(ack), of(func(f figure) float64 { return f.Ack99 }), of(answer),
			of(func(f figure) float64 { return f.Answer99 }), of(cpu), of(rss), of(startup),
			sumOf(func(f figure) int { return f.Lost }), sumOf(func(f figure) int { return f.Unlogged }),
			sumOf(func(f figure) int { return f.Doubled }), sumOf(func(f figure) int { return f.Relogged }),
		}, "\t")+"\t")
	}
	_ = w.Flush() // into memory
	b.WriteString("\n")
	r.goals(&b)
	return b.String()
}

// goals writes the ratios beside what is wanted of them.
func (r *report) goals(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "goal\twanted\tmedian\trounds\t")
	for _, g := range goals {
		ratios := r.ratios(g)
		if len(ratios) == 0 {
			continue
		}
		want, met := fmt.Sprintf("≥ %.2g", g.atLeast), median(ratios) >= g.atLeast
		if g.atMost > 0 {
			want, met = fmt.Sprintf("≤ %.2g", g.atMost), median(ratios) <= g.atMost
		}
		mark := "missed"
		if met {
			mark = "met"
		}
		var each []string
		for _, x := range ratios {
			each = append(each, fmt.Sprintf("%.2f", x))
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f %s\t%s\t\n", g.name, want, median(ratios), mark, strings.Join(each, " "))
	}
	_ = w.Flush() // into memory
}

// ratios of a goal, one for each round that has both figures.
func (r *report) ratios(g goal) []float64 {
	with := g.withPhase
	if with == "" {
		with = g.phase
	}
	var out []float64
	for _, f := range r.of(g.of, g.phase) {
		for _, other := range r.of(g.to, with) {
			if other.Round == f.Round && g.value(other) > 0 {
				out = append(out, g.value(f)/g.value(other))
			}
		}
	}
	return out
}

func (r *report) of(system, phase string) []figure {
	var out []figure
	for _, f := range r.Figures {
		if f.System == system && f.Phase == phase {
			out = append(out, f)
		}
	}
	return out
}

func (r *report) values(system, phase string, value func(figure) float64) []float64 {
	var out []float64
	for _, f := range r.of(system, phase) {
		out = append(out, value(f))
	}
	return out
}

// keys are the systems and phases there are figures of, in their order.
func (r *report) keys() []figure {
	var out []figure
	for _, f := range r.Figures {
		key := figure{System: f.System, Phase: f.Phase}
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}
