//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// figure is what one phase of one system measured. A field that the phase does
// not measure is zero.
type figure struct {
	Round  int    `json:"round"`
	System string `json:"system"`
	Phase  string `json:"phase"`

	Sent     int `json:"sent,omitempty"`
	Acked    int `json:"acked,omitempty"`    // the platform was told they are taken
	Answered int `json:"answered,omitempty"` // at least once
	Doubled  int `json:"doubled,omitempty"`  // answered twice or more
	Lost     int `json:"lost,omitempty"`     // acknowledged and never answered
	Unlogged int `json:"unlogged,omitempty"` // acknowledged and not in the database
	Relogged int `json:"relogged,omitempty"` // in the database twice
	Disorder int `json:"disorder,omitempty"` // before an older one of the same chat, see logbook

	PerSecond   float64 `json:"per_second,omitempty"` // until the last answer
	Ack50       float64 `json:"ack_p50_ms,omitempty"`
	Ack99       float64 `json:"ack_p99_ms,omitempty"`
	Answer50    float64 `json:"answer_p50_ms,omitempty"`
	Answer99    float64 `json:"answer_p99_ms,omitempty"`
	CPU         float64 `json:"cpu_ms_per_message,omitempty"`          // of the system's processes alone
	DatabaseCPU float64 `json:"database_cpu_ms_per_message,omitempty"` // of a Postgres server with its sessions
	RSS         float64 `json:"peak_rss_mb,omitempty"`
	Start       float64 `json:"start_s,omitempty"` // until the first answer, be it to a message from before
	Fresh       float64 `json:"fresh_s,omitempty"` // until the first answer to a message from after the start
}

// sum is the figure of the messages of a phase that began at start.
func sum(messages []*message, start time.Time) figure {
	var f figure
	var acks, answers []time.Duration
	last := start
	for _, m := range messages {
		f.Sent++
		if m.status == 200 {
			f.Acked++
			acks = append(acks, m.acked.Sub(m.due))
			if m.answers == 0 {
				f.Lost++
			}
		}
		if m.answers > 1 {
			f.Doubled++
		}
		if m.answers == 0 {
			continue
		}
		f.Answered++
		answers = append(answers, m.answered.Sub(m.due))
		if m.answered.After(last) {
			last = m.answered
		}
	}
	if seconds := last.Sub(start).Seconds(); seconds > 0 {
		f.PerSecond = float64(f.Answered) / seconds
	}
	f.Ack50, f.Ack99 = quantile(acks, 0.5), quantile(acks, 0.99)
	f.Answer50, f.Answer99 = quantile(answers, 0.5), quantile(answers, 0.99)
	return f
}

// wrong says in words what must not be, "" if all is well. After a kill some
// answers may have come twice.
func (f *figure) wrong() string {
	var out []string
	say := func(n int, what string) {
		if n > 0 {
			out = append(out, fmt.Sprint(n, " ", what))
		}
	}
	say(f.Sent-f.Acked, "not taken")
	say(f.Lost, "acknowledged and never answered")
	say(f.Unlogged, "acknowledged and not in the database")
	say(f.Relogged, "in the database twice")
	say(f.Disorder, "in the database before an older one of the chat")
	if !strings.HasSuffix(f.Phase, "kill") {
		say(f.Doubled, "answered twice")
	}
	return strings.Join(out, ", ")
}

// quantile of durations in milliseconds, 0 for none.
func quantile(d []time.Duration, q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return float64(d[min(int(q*float64(len(d))), len(d)-1)].Microseconds()) / 1000
}

// median of some numbers, 0 for none.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	if n := len(x); n%2 == 0 {
		return (x[n/2-1] + x[n/2]) / 2
	}
	return x[len(x)/2]
}
