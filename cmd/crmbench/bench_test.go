//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAnswersBelongToQuestions(t *testing.T) {
	t.Parallel()
	c := newCrowd()
	began := time.Now()
	ask := func(chat int64) *message {
		m := c.ask(func(int) (int64, string) { return chat, "?" }, began)
		c.acknowledged(m, 200)
		return m
	}
	first, second, other, lost := ask(1), ask(1), ask(2), ask(3)
	c.answer(1)
	c.answer(1)
	c.answer(1) // one too many
	c.answer(2)
	c.answer(9) // nobody asked
	if first.answers != 1 || second.answers != 2 || other.answers != 1 || lost.answers != 0 || c.left(0) != 1 || c.left(3) != 0 {
		t.Errorf("%d %d %d %d, %d left", first.answers, second.answers, other.answers, lost.answers, c.left(0))
	}
	f := sum(c.taken(), began)
	if f.Sent != 4 || f.Acked != 4 || f.Answered != 3 || f.Doubled != 1 || f.Lost != 1 {
		t.Errorf("%+v", f)
	}
	c.forget(lost)
	if c.left(0) != 0 || len(c.taken()) != 3 {
		t.Error("a message that was taken back is still waited for")
	}
}

func TestTheMixIsWhatIsSaid(t *testing.T) {
	t.Parallel()
	m, err := newMix(samples("../.."), 50)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for n := range 1000 {
		chat, text := m.words(n)
		kind := "article"
		if i := slices.Index(others, text); i >= 0 {
			kind = []string{"price", "trouble", "miss"}[i/2]
		}
		if kinds[kind]++; (kind == "article") != (chat < loneChat) {
			t.Errorf("%s %q in chat %d", kind, text, chat)
		}
	}
	if kinds["article"] != 700 || kinds["price"] != 100 || kinds["trouble"] != 100 || kinds["miss"] != 100 {
		t.Error(kinds)
	}
}

func TestRatiosAreOfOneRound(t *testing.T) {
	t.Parallel()
	r := &report{Figures: []figure{
		{Round: 1, System: "pgbench", Phase: "sat", PerSecond: 1000},
		{Round: 1, System: "crmbot-sqlite", Phase: "sat", PerSecond: 600},
		{Round: 2, System: "pgbench", Phase: "sat", PerSecond: 100},
		{Round: 2, System: "crmbot-sqlite", Phase: "sat", PerSecond: 90},
		{Round: 3, System: "crmbot-sqlite", Phase: "sat", PerSecond: 5},
	}}
	table := r.table()
	if !strings.Contains(table, "0.75 met") || !strings.Contains(table, "0.60 0.90") {
		t.Error(table)
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
