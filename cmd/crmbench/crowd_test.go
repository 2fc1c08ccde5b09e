//go:build linux

package main

import (
	"testing"
	"time"
)

func TestAnswersBelongToQuestions(t *testing.T) {
	t.Parallel()
	c := newCrowd()
	began := time.Now()
	ask := func(chat int64) *message {
		m := c.ask(func(int) (int64, string) { return chat, "?" }, began)
		c.bring(m, func(*message) int { return 200 })
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

// What was not taken is brought once more, and keeps the moment of its first
// journey: it may have arrived then.
func TestWhatWasRefusedIsBroughtAgain(t *testing.T) {
	t.Parallel()
	c := newCrowd()
	m := c.ask(func(int) (int64, string) { return 1, "?" }, time.Now())
	c.bring(m, func(*message) int { return 503 })
	sent := m.sent
	if refused := c.refused(); len(refused) != 1 || refused[0] != m || sent.IsZero() {
		t.Errorf("%v refused, sent %v", refused, sent)
	}
	c.bring(m, func(*message) int { return 200 })
	if len(c.refused()) != 0 || m.sent != sent || m.acked.Before(sent) {
		t.Errorf("%+v", m)
	}
}
