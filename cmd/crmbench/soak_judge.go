//go:build linux

package main

import (
	"cmp"
	"slices"
	"time"
)

// account is what became of the messages of a soak.
type account struct {
	Sent, Acked, Answered int

	Lost     int // acknowledged and never answered
	Unlogged int // acknowledged and not in the database
	Doubled  int // answers too many
	Relogged int // in the database twice
	Disorder int // answered before one that was acknowledged before it was sent
	Strange  int // answers that belong to no message

	waiting map[int]*message // acknowledged and not answered, by number
	at      map[int]time.Time
}

// reckon says which message each answer belongs to, and counts. An answer is to
// the oldest message of its chat by then that wants these words and has none yet;
// wants knows the words, "" for any.
func reckon(messages []*message, said []speech, wants func(text string) string) *account {
	a := &account{waiting: map[int]*message{}, at: map[int]time.Time{}}
	chats := map[int64][]*message{}
	for _, m := range messages {
		a.Sent++
		chats[m.chat] = append(chats[m.chat], m)
		if m.status == 200 {
			a.Acked++
			a.waiting[m.number] = m
		}
	}
	for _, s := range said {
		line, known := chats[s.chat]
		if !known {
			continue // it is of another time
		}
		a.answer(line, s, wants)
	}
	a.Lost, a.Answered = len(a.waiting), len(a.at)
	for _, line := range chats {
		a.order(line)
	}
	return a
}

func (a *account) answer(line []*message, s speech, wants func(string) string) {
	again := false
	for _, m := range line {
		if want := wants(m.text); want != "" && want != s.text || m.due.After(s.at) {
			continue
		}
		if _, has := a.at[m.number]; has {
			again = true
			continue
		}
		a.at[m.number] = s.at
		delete(a.waiting, m.number)
		return
	}
	if again {
		a.Doubled++
	} else {
		a.Strange++
	}
}

// order counts the messages of a chat that were answered before one that was
// acknowledged before they were sent.
func (a *account) order(line []*message) {
	line = slices.SortedFunc(slices.Values(line), func(x, y *message) int { return cmp.Compare(x.number, y.number) })
	for i, m := range line {
		at, answered := a.at[m.number]
		if !answered {
			continue
		}
		for _, before := range line[:i] {
			earlier, has := a.at[before.number]
			if before.status == 200 && before.acked.Before(m.due) && has && at.Before(earlier) {
				a.Disorder++
				break
			}
		}
	}
}

// logged counts what is in the database.
func (a *account) logged(messages []*message, times func(number int) int) {
	for _, m := range messages {
		switch n := times(m.number); {
		case n > 1:
			a.Relogged++
		case n == 0 && m.status == 200:
			a.Unlogged++
		}
	}
}

// recovery is how long after a moment everything was answered that was sent
// before it, and how long until the first of what was sent after it was.
func (a *account) recovery(messages []*message, over time.Time) (all, first time.Duration) {
	for _, m := range messages {
		at, answered := a.at[m.number]
		switch {
		case !answered:
		case m.due.Before(over):
			all = max(all, at.Sub(over))
		case first == 0 || at.Sub(over) < first:
			first = at.Sub(over)
		}
	}
	return all, first
}

// answer50 is the median answer in milliseconds of messages that were due in a
// span of time, but for those of one chat.
func (a *account) answer50(messages []*message, from, to time.Time, but int64) float64 {
	var all []time.Duration
	for _, m := range messages {
		if at, ok := a.at[m.number]; ok && m.chat != but && !m.due.Before(from) && m.due.Before(to) {
			all = append(all, at.Sub(m.due))
		}
	}
	return quantile(all, 0.5)
}
