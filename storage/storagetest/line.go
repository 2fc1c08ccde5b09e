package storagetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

func balances(t *testing.T, s bot.Store) {
	ctx := t.Context()
	read := func(id crm.ConversationID) (got bot.Balance) {
		fine(t, s.UpdateBalance(ctx, id, func(b *bot.Balance) error { got = *b; return nil }))
		return got
	}
	same(t, "a fresh one", read(1), bot.Balance{})
	one := bot.Balance{Bot: 2, Nudged: at(1), Grants: []bot.Grant{{Left: 3, Of: 5, For: time.Hour, Until: at(60)}}}
	fine(t, s.UpdateBalance(ctx, 1, func(b *bot.Balance) error { *b = one; return nil }))
	same(t, "as it was left", read(1), one)
	err := s.UpdateBalance(ctx, 1, func(b *bot.Balance) error { b.Bot = 9; return errRefused })
	if !errors.Is(err, errRefused) {
		t.Errorf("the caller's error came back as %v", err)
	}
	same(t, "after an error", read(1), one)
	same(t, "of another", read(2), bot.Balance{})
	same(t, "what is known of several", ok(s.Balances(ctx, []crm.ConversationID{1, 2, 9}))(t),
		map[crm.ConversationID]*bot.Balance{1: &one, 2: {}})
	same(t, "of none", len(ok(s.Balances(ctx, nil))(t)), 0)
	const many = 40
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if err := s.UpdateBalance(ctx, 3, func(b *bot.Balance) error { b.Bot++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	same(t, "changed by many at once, the first too", read(3).Bot, many)
}

// waitsFor settles a row as waiting for the person.
func waitsFor(t *testing.T, s bot.Store, owner string, rows ...*bot.OutboxRow) {
	t.Helper()
	for _, r := range rows {
		fine(t, s.SettleOutbox(t.Context(), owner, []bot.Settlement{{
			Row: r, State: crm.DeliveryQueued, Class: bot.WindowClosed, Cause: "45015", DueAt: Clock().Add(24 * time.Hour), At: at(1),
		}}))
	}
}

func outboxWaits(t *testing.T, s bot.Store) {
	ctx := t.Context()
	ok(s.Beat(ctx, "one"))(t)
	id, _ := spoken(t, s, "1", "a", "b")
	other, _ := spoken(t, s, "2", "x")
	waitsFor(t, s, "one", claim(t, s, "one", 0)...)
	same(t, "nothing is due", keysOf(claim(t, s, "one", time.Hour)), []string{})
	fine(t, s.WakeOutbox(ctx, nil, Clock()))
	fine(t, s.WakeOutbox(ctx, []crm.ConversationID{id}, Clock().Add(time.Minute)))
	same(t, "not yet", keysOf(claim(t, s, "one", time.Second)), []string{})
	first := claim(t, s, "one", time.Minute)
	same(t, "the oldest comes first", keysOf(first), []string{"a"})
	same(t, "and waits no more", first[0].Waits, false)
	settleAll(t, s, "one", crm.DeliveryAccepted, first...)
	same(t, "then the next", keysOf(claim(t, s, "one", time.Minute)), []string{"b"})
	line := ok(s.TakeLine(ctx, "one", other, 9))(t)
	same(t, "another's is left alone", []any{len(line), line[0].Waits, line[0].Outgoing.Key}, []any{1, true, "x"})
}

func outboxLine(t *testing.T, s bot.Store) {
	ctx := t.Context()
	ok(s.Beat(ctx, "one"))(t)
	id, rows := spoken(t, s, "1", "a", "b", "c", "d")
	line := ok(s.TakeLine(ctx, "one", id, 3))(t)
	same(t, "the line", keysOf(line), []string{"a", "b", "c"})
	same(t, "as it was put in", line[0].Outgoing, rows[0].Outgoing)
	same(t, "for one at a time", len(ok(s.TakeLine(ctx, "two", id, 9))(t)), 0)
	same(t, "not twice for the same", len(ok(s.TakeLine(ctx, "one", id, 9))(t)), 0)
	same(t, "nor for a sender", keysOf(claim(t, s, "two", 0)), []string{})
	fine(t, s.LeaveLine(ctx, "two", []int64{line[0].ID, line[1].ID}))
	same(t, "only its owner leaves it", keysOf(claim(t, s, "two", 0)), []string{})
	fine(t, s.LeaveLine(ctx, "one", []int64{line[1].ID, line[2].ID}))
	settleAll(t, s, "one", crm.DeliveryAccepted, line[0])
	head := claim(t, s, "one", 0)
	same(t, "the rest", keysOf(head), []string{"b"})
	same(t, "behind it", keysOf(ok(s.Behind(ctx, "one", head[0], 9, false))(t)), []string{"c", "d"})
	same(t, "behind it, at most", keysOf(ok(s.Behind(ctx, "one", head[0], 1, true))(t)), []string{"c"})
	same(t, "while a head is sent", len(ok(s.TakeLine(ctx, "two", id, 9))(t)), 0)
	fine(t, s.ReleaseLeases(ctx, "one"))
	same(t, "all of it", keysOf(ok(s.TakeLine(ctx, "dead", id, 9))(t)), []string{"b", "c", "d"})
	same(t, "taken from the dead", keysOf(ok(s.TakeLine(ctx, "one", id, 9))(t)), []string{"b", "c", "d"})
	same(t, "of no conversation", len(ok(s.TakeLine(ctx, "one", 99, 9))(t)), 0)
	fine(t, s.LeaveLine(ctx, "one", nil))
}

// outboxLineRace has many requests and senders at one line: each row has one
// owner at a time, and they come in order.
func outboxLineRace(t *testing.T, s bot.Store) {
	ctx := t.Context()
	texts := []string{}
	for i := range 60 {
		texts = append(texts, string(rune('A'+i)))
	}
	owners := []string{"one", "two", "three", "four"}
	alive := 0
	for _, o := range owners {
		alive = ok(s.Beat(ctx, o))(t)
	}
	if alive == 1 { // where the database has one process, all are that
		owners = []string{"four", "four", "four", "four"}
	}
	id, _ := spoken(t, s, "1", texts...)
	var mu sync.Mutex
	var got []string
	var all sync.WaitGroup
	for i, owner := range owners {
		all.Go(func() {
			for {
				if _, err := s.Beat(ctx, owner); err != nil { // the machine may be slow
					t.Error(err)
				}
				take := func() ([]*bot.OutboxRow, error) { return s.TakeLine(ctx, owner, id, 3) }
				if i%2 == 1 {
					take = func() ([]*bot.OutboxRow, error) {
						return s.ClaimOutbox(ctx, bot.Claim{Owner: owner, Platform: "p", Install: "i", Now: Clock(), Limit: 5})
					}
				}
				rows, err := take()
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				got = append(got, keysOf(rows)...)
				finished := len(got) >= len(texts)
				mu.Unlock()
				var done []bot.Settlement
				for _, r := range rows {
					done = append(done, bot.Settlement{Row: r, State: crm.DeliveryAccepted, At: at(1)})
				}
				if err := s.SettleOutbox(ctx, owner, done); err != nil {
					t.Error(err)
				}
				if finished {
					return
				}
			}
		})
	}
	all.Wait()
	same(t, "each once and in order", got, texts)
}

func inboundStates(t *testing.T, s bot.Store) {
	ctx := t.Context()
	burst := arrived("burst", "1", 0)
	burst.DueAt = Clock().Add(3 * time.Second)
	add(t, s, arrived("a", "1", 0), arrived("b", "2", 0), burst)
	state := func(event string, soon time.Duration) (bot.ChatID, bool) {
		t.Helper()
		at, done, err := s.InboundState(ctx, "p", "i", event, Clock().Add(soon))
		fine(t, err)
		return at.Chat, done
	}
	check := func(what, event string, soon time.Duration, chat bot.ChatID, want bool) {
		t.Helper()
		at, done := state(event, soon)
		same(t, what, []any{at, done}, []any{chat, want})
	}
	check("before", "a", 0, "1", false)
	take(t, s, 0, 10, finish)
	check("handled", "a", 0, "1", true)
	check("but more is to come", "a", 5*time.Second, "1", false)
	check("elsewhere", "b", 5*time.Second, "2", true)
	_, _, err := s.InboundState(ctx, "p", "i", "none", Clock())
	wantCode(t, "one that never came", err, crm.CodeNotFound)
	_, _, err = s.InboundState(ctx, "p", "j", "a", Clock())
	wantCode(t, "of another install", err, crm.CodeNotFound)
}

func views(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateLead(ctx, &crm.Lead{Name: "Ana"}))
	err := s.View(ctx, func(ctx context.Context, s bot.Store) error {
		same(t, "read", ok(s.Lead(ctx, 1))(t).Name, "Ana")
		return errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("the caller's error came back as %v", err)
	}
	for what, write := range map[string]func(ctx context.Context, s bot.Store) error{
		"create": func(ctx context.Context, s bot.Store) error { return s.CreateLead(ctx, &crm.Lead{Name: "Bo"}) },
		"change": func(ctx context.Context, s bot.Store) error {
			_, err := s.UpdateLead(ctx, 1, func(l *crm.Lead) error { l.Name = "Bo"; return nil })
			return err
		},
		"keep": func(ctx context.Context, s bot.Store) error { return s.SetValue(ctx, "k", "v", 0) },
		"inside": func(ctx context.Context, s bot.Store) error {
			return s.InTx(ctx, func(ctx context.Context, s crm.Store) error { return s.CreateLead(ctx, &crm.Lead{Name: "Bo"}) })
		},
		"use": func(ctx context.Context, s bot.Store) error {
			_, err := s.UseButton(ctx, "b", "li", Clock())
			return err
		},
	} {
		if err := s.View(ctx, write); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	same(t, "leads", ok(total(s.Leads(ctx, crm.LeadFilter{Scope: everything})))(t), 1)
	same(t, "the lead", ok(s.Lead(ctx, 1))(t).Name, "Ana")
	same(t, "the value", ok(s.Value(ctx, "k"))(t), "")
}
