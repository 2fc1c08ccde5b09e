//go:build linux

package main

import (
	"os"
	"testing"
	"time"
)

// TestSoak plays the faults that are over soon, shorter than "crmbench soak"
// does. It needs the programs of a Postgres server.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes most of a minute")
	}
	if _, err := serverBinaries(); err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	api, err := free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	y, err := newYard(t.Context(), options{chats: 500, connections: 40, api: api})
	if err != nil {
		t.Fatal(err)
	}
	defer y.clear()
	broken, err := y.soak(t.Context(), soakOptions{
		out: t.Output(), outage: 4 * time.Second, rate: 50,
		only: []string{"postgres-restart", "platform-500", "platform-429", "sigterm"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if broken > 0 {
		t.Errorf("%d faults broke a promise", broken)
	}
}

// TestReckon gives answers to the messages they belong to.
func TestReckon(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	ask := func(number int, chat int64, text string, due, acked int) *message {
		m := &message{number: number, chat: chat, text: text, due: at(due)}
		if acked > 0 {
			m.status, m.acked = 200, at(acked)
		}
		return m
	}
	messages := []*message{
		ask(1, 1, "a", 0, 1), ask(2, 1, "b", 2, 3), ask(3, 1, "c", 2, 3), // b and c at once: in either order
		ask(4, 2, "a", 0, 1), ask(5, 2, "b", 2, 3), // the wrong way round
		ask(6, 3, "a", 0, 1),              // lost
		ask(7, 4, "a", 0, 0),              // never taken, and answered nevertheless
		ask(9, 1, "a", 8, 0),              // after the answer that came twice
		ask(8, 5, "something else", 0, 1), // any answer will do
	}
	wants := map[string]string{"a": "A", "b": "B", "c": "C"}
	a := reckon(messages, []speech{
		{1, "A", at(4)},
		{1, "C", at(5)},
		{1, "B", at(6)},
		{1, "A", at(7)}, // A comes twice
		{2, "B", at(4)},
		{2, "A", at(5)},
		{4, "A", at(4)},
		{5, "?", at(4)},
		{5, "!", at(5)},
		{1, "Z", at(9)}, // nobody wants it
		{9, "A", at(9)}, // another time
	}, func(text string) string { return wants[text] })
	a.logged(messages, func(number int) int { return map[int]int{1: 1, 2: 2, 3: 1, 4: 1, 5: 1, 6: 0, 7: 0, 8: 1}[number] })
	got := [...]int{a.Sent, a.Acked, a.Answered, a.Lost, a.Doubled, a.Strange, a.Disorder, a.Relogged, a.Unlogged}
	if got != [...]int{9, 7, 7, 1, 2, 1, 1, 1, 1} {
		t.Errorf("%+v", a)
	}
	if all, first := a.recovery(messages, at(2)); all != 3*time.Second || first != 2*time.Second {
		t.Errorf("recovered after %s and %s", all, first)
	}
}
