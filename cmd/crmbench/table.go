//go:build linux

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// text is the report as people read it: the goals, then the figures.
func (r *report) text(markdown bool) string {
	draw := plain
	if markdown {
		draw = marked
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s.\n\n", r.Machine, r.Started.Format(time.DateOnly), r.Options)
	if len(r.Verdicts) > 0 {
		b.WriteString(draw(r.goalRows()) + "\n")
	}
	b.WriteString(draw(r.figureRows()) + "\n" + legend)
	b.WriteString(r.notes())
	return b.String()
}

// goalRows are the goals and what became of them, below their head.
func (r *report) goalRows() [][]string {
	rows := [][]string{{"goal", "wanted", "measured", "met", "rounds"}}
	for _, v := range r.Verdicts {
		met := "no"
		if v.Met {
			met = "yes"
		}
		var each []string
		for i, x := range v.Rounds {
			text := short(x)
			if v.Void[i] {
				text = "(" + text + ")"
			}
			each = append(each, text)
		}
		rows = append(rows, []string{v.Goal, v.Wanted, short(v.Value), met, strings.Join(each, " ")})
	}
	return rows
}

// column is one of the table of figures: values that belong together are
// written with a sign between them.
type column struct {
	head    string
	between string
	median  []func(figure) float64 // over the rounds that count
	worst   func(figure) int       // of all rounds, where median is nil
}

var columns = []column{
	{head: "answered/s", median: []func(figure) float64{perSecond}},
	{head: "ack ms", between: " / ", median: []func(figure) float64{ack, func(f figure) float64 { return f.Ack99 }}},
	{head: "answer ms", between: " / ", median: []func(figure) float64{answer, func(f figure) float64 { return f.Answer99 }}},
	{head: "CPU ms", between: " + ", median: []func(figure) float64{cpu, func(f figure) float64 { return f.DatabaseCPU }}},
	{head: "RSS MB", median: []func(figure) float64{rss}},
	{head: "start s", between: " / ", median: []func(figure) float64{startup, func(f figure) float64 { return f.Fresh }}},
	{head: "lost", worst: func(f figure) int { return f.Lost }},
	{head: "log", worst: func(f figure) int { return f.Unlogged + f.Relogged + f.Disorder }},
	{head: "twice", worst: func(f figure) int { return f.Doubled }},
}

// legend says what the columns hold.
const legend = `ack, answer: p50 / p99 until the platform heard that a message is taken, and until it had the answer. CPU: for each
message, of the system + of its Postgres. start: until the first answer / until the first to a message from after the
start. In the worst round: lost: acknowledged and never answered; log: not in the database, in there twice, or before an
older one of its chat; twice: answered twice.
`

// figureRows are the figures of systems and phases, below their head. What a
// phase does not measure is empty.
func (r *report) figureRows() [][]string {
	head := []string{"system", "phase"}
	for _, c := range columns {
		head = append(head, c.head)
	}
	rows := [][]string{head}
	for _, at := range r.places() {
		row := []string{at.system, at.phase}
		for _, c := range columns {
			row = append(row, r.cell(at, c))
		}
		rows = append(rows, row)
	}
	return rows
}

func (r *report) cell(at where, c column) string {
	if c.median == nil {
		if n := r.most(at, c.worst); n >= 0 {
			return strconv.Itoa(n)
		}
		return ""
	}
	var all []string
	for _, value := range c.median {
		if x := r.median(at, value); x > 0 {
			all = append(all, short(x))
		}
	}
	return strings.Join(all, c.between)
}

// short is a number with three digits that say something.
func short(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// notes say what one has to know beside the tables.
func (r *report) notes() string {
	var b strings.Builder
	if len(r.Void) > 0 {
		fmt.Fprintf(&b, "pgbench moved by more than %g within round %s: void", moved, strings.Trim(fmt.Sprint(r.Void), "[]"))
		if len(r.Void) == r.rounds() {
			b.WriteString(", but there is no other")
		}
		b.WriteString(".\n")
	}
	for _, remark := range r.Remarks {
		b.WriteString(remark + ".\n")
	}
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "round %d, %s: %s\n", f.Round, f.System, f.Error)
	}
	return b.String()
}

// plain draws rows for a terminal.
func plain(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush() // into memory
	return b.String()
}

// marked draws rows for a page in Markdown. Columns in which nothing stands are
// left out.
func marked(rows [][]string) string {
	var b strings.Builder
	line := func(row []string) {
		for i, cell := range row {
			if used := slices.ContainsFunc(rows[1:], func(r []string) bool { return r[i] != "" }); used {
				b.WriteString("| " + cell + " ")
			}
		}
		b.WriteString("|\n")
	}
	line(rows[0])
	rule := slices.Clone(rows[0])
	for i := range rule {
		rule[i] = "---"
	}
	line(rule)
	for _, row := range rows[1:] {
		line(row)
	}
	return b.String()
}
