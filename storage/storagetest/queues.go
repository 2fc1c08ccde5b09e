package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Queues is what every store of the queues must do. open makes a fresh, empty
// store whose clock is Clock; it is called once for each part of the suite.
func Queues(t *testing.T, open func(t *testing.T) bot.Store) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, s bot.Store)
	}{
		{"an event is kept once", inboxOnce},
		{"the line is in order and due", inboxLine},
		{"a line is taken in order of seq", inboxSeq},
		{"a failed event holds up its chat", inboxAgain},
		{"a shard has one worker", inboxLock},
		{"the fence", inboxFence},
		{"the savepoint", savepoint},
		{"the outbox is in order", outboxOrder},
		{"a row has one owner", outboxOwner},
		{"a row is lent", outboxLent},
		{"what a batch led to", conclude},
		{"outcomes", outboxOutcomes},
		{"the wall", outboxWall},
		{"holds", outboxHold},
		{"stale rows", outboxExpire},
		{"what waits for the person", outboxWaits},
		{"a line is taken as one", outboxLine},
		{"a line has one owner", outboxLineRace},
		{"balances", balances},
		{"how far an event is", inboundStates},
		{"views read only", views},
		{"jobs", jobs},
		{"leases", leases},
		{"kept values", keptValues},
		{"sessions", sessions},
		{"buttons", buttons},
		{"parked events", parkedEvents},
		{"pruning", pruning},
		{"the backlog", backlog},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open(t)) })
	}
}

// arrived is a row of the inbox: event and chat, so many milliseconds after Clock.
func arrived(event, chat string, ms int) *bot.InboxRow {
	return &bot.InboxRow{
		Chat: chat, Received: Clock().Add(time.Duration(ms) * time.Millisecond),
		Inbound: bot.Inbound{
			V: 1, EventID: event, Kind: bot.KindText, Text: "text of " + event,
			Address: bot.Address{Platform: "p", Install: "i", Chat: bot.ChatID(chat)},
		},
	}
}

func add(t *testing.T, s bot.Store, rows ...*bot.InboxRow) {
	t.Helper()
	ok(s.AddInbound(t.Context(), rows))(t)
}

// take works some shards at a moment after Clock and returns its events.
func take(t *testing.T, s bot.Store, after time.Duration, limit int, settle func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error) []string {
	t.Helper()
	var events []string
	_, err := s.WorkShards(t.Context(), Clock().Add(after), limit, func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
		for _, r := range rows {
			events = append(events, r.Inbound.EventID)
		}
		return settle(ctx, s, rows)
	})
	fine(t, err)
	return events
}

func finish(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return s.FinishInbound(ctx, ids)
}

func leave(context.Context, bot.Store, []*bot.InboxRow) error { return nil }

func inboxOnce(t *testing.T, s bot.Store) {
	a := arrived("a", "1", 0)
	other := arrived("a", "1", 0)
	other.Inbound.Address.Install = "j"
	same(t, "new", ok(s.AddInbound(t.Context(), []*bot.InboxRow{a, arrived("b", "1", 1), a}))(t), 2)
	same(t, "again", ok(s.AddInbound(t.Context(), []*bot.InboxRow{a, arrived("c", "1", 2), other}))(t), 2)
	same(t, "none", ok(s.AddInbound(t.Context(), nil))(t), 0)
	_, err := s.WorkShards(t.Context(), Clock().Add(time.Second), 1, func(_ context.Context, _ bot.Store, rows []*bot.InboxRow) error {
		same(t, "as it came", rows[0].Inbound, a.Inbound)
		same(t, "received", rows[0].Received, a.Received)
		return nil
	})
	fine(t, err)
}

func inboxLine(t *testing.T, s bot.Store) {
	later := arrived("later", "1", 0)
	later.DueAt = Clock().Add(3 * time.Second)
	elsewhere := arrived("elsewhere", "9", 5)
	elsewhere.Shard = 7
	add(t, s, later)
	add(t, s, arrived("c", "1", 30), arrived("a", "1", 10))
	add(t, s, arrived("b", "2", 20), elsewhere)
	same(t, "the oldest, of whatever shard", take(t, s, time.Second, 2, finish), []string{"elsewhere", "a"})
	same(t, "the rest", take(t, s, time.Second, 10, finish), []string{"b", "c"})
	same(t, "nothing", take(t, s, time.Second, 10, finish), []string(nil))
	same(t, "what was for later", take(t, s, 3*time.Second, 10, finish), []string{"later"})
}

func inboxSeq(t *testing.T, s bot.Store) {
	var rows []*bot.InboxRow
	for i := range 12 {
		r := arrived(fmt.Sprint(i), "1", i)
		r.Inbound.Seq = int64(12 - i)
		rows = append(rows, r)
	}
	add(t, s, rows...)
	lowest := int64(0)
	for left := 12; left > 0; {
		_, err := s.WorkShards(t.Context(), Clock().Add(time.Second), 4, func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
			high := int64(0)
			for _, r := range rows {
				if r.Inbound.Seq <= lowest {
					t.Errorf("seq %d came after %d", r.Inbound.Seq, lowest)
				}
				high = max(high, r.Inbound.Seq)
			}
			if int(high-lowest) != len(rows) {
				t.Errorf("from %d to %d came %d rows", lowest, high, len(rows))
			}
			lowest, left = high, left-len(rows)
			return finish(ctx, s, rows)
		})
		fine(t, err)
	}
}

func inboxAgain(t *testing.T, s bot.Store) {
	edit := arrived("edit", "1", 30)
	edit.Inbound.Kind = bot.KindEdit
	add(t, s, arrived("bad", "1", 10), arrived("behind", "1", 20), edit, arrived("other", "2", 40))
	retry := func(dead bool) func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
		return func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
			r := *rows[0]
			r.Attempts, r.Cause, r.DueAt, r.Logged = r.Attempts+1, "it failed", Clock().Add(2*time.Second), true
			return s.RetryInbound(ctx, &r, dead)
		}
	}
	take(t, s, time.Second, 1, retry(false))
	add(t, s, arrived("new", "1", 50))
	same(t, "while it waits", take(t, s, time.Second, 10, leave), []string{"edit", "other"})
	same(t, "when it is due", take(t, s, 2*time.Second, 10, leave), []string{"bad", "behind", "edit", "other", "new"})
	_, err := s.WorkShards(t.Context(), Clock().Add(2*time.Second), 1, func(_ context.Context, _ bot.Store, rows []*bot.InboxRow) error {
		if r := rows[0]; r.Attempts != 1 || r.Cause != "it failed" || !r.Logged {
			t.Errorf("kept %+v", r)
		}
		return nil
	})
	fine(t, err)
	take(t, s, 2*time.Second, 1, retry(true))
	same(t, "when it is parked", take(t, s, time.Second, 10, finish), []string{"behind", "edit", "other", "new"})
}

func inboxLock(t *testing.T, s bot.Store) {
	var rows []*bot.InboxRow
	for i := range 200 {
		r := arrived(fmt.Sprint(i), fmt.Sprint("chat", i%10), i)
		r.Shard = i % 10
		rows = append(rows, r)
	}
	add(t, s, rows...)
	var mu sync.Mutex
	busy, seen := map[int]bool{}, map[string]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				more, err := s.WorkShards(t.Context(), Clock().Add(time.Second), 3, func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
					mu.Lock()
					if busy[rows[0].Shard] {
						t.Errorf("two workers at shard %d", rows[0].Shard)
					}
					busy[rows[0].Shard] = true
					for _, r := range rows {
						seen[r.Inbound.EventID]++
					}
					mu.Unlock()
					err := finish(ctx, s, rows)
					mu.Lock()
					defer mu.Unlock()
					busy[rows[0].Shard] = false
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if err != nil || !more {
					return
				}
			}
		})
	}
	all.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was taken %d times", id, n)
		}
	}
	if len(seen) != 200 {
		t.Errorf("%d were taken", len(seen))
	}
}

func inboxFence(t *testing.T, s bot.Store) {
	add(t, s, arrived("a", "1", 0), arrived("b", "1", 1))
	_, err := s.WorkShards(t.Context(), Clock().Add(time.Second), 10, func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
		if err := finish(ctx, s, rows[:1]); err != nil {
			return err
		}
		return finish(ctx, s, rows)
	})
	wantCode(t, "done twice", err, crm.CodeConflict)
	same(t, "all is as before", take(t, s, time.Second, 10, finish), []string{"a", "b"})
	stop := errors.New("stop")
	add(t, s, arrived("c", "1", 2))
	done, err := s.WorkShards(t.Context(), Clock().Add(time.Second), 10, func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
		return errors.Join(stop, finish(ctx, s, rows))
	})
	if !done || !errors.Is(err, stop) {
		t.Errorf("done %v, %v", done, err)
	}
	same(t, "rolled back", take(t, s, time.Second, 10, finish), []string{"c"})
}

func savepoint(t *testing.T, s bot.Store) {
	fine(t, s.Transact(t.Context(), func(ctx context.Context, s bot.Store) error {
		keep := &crm.Lead{Name: "kept", Status: crm.LeadNew}
		wrote, err := s.Savepoint(ctx, func(ctx context.Context, s bot.Store) error { return s.CreateLead(ctx, keep) })
		if !wrote || err != nil {
			t.Errorf("wrote %v, %v", wrote, err)
		}
		wrote, err = s.Savepoint(ctx, func(ctx context.Context, s bot.Store) error {
			_, err := s.Lead(ctx, keep.ID)
			return err
		})
		if wrote || err != nil {
			t.Errorf("reading wrote %v, %v", wrote, err)
		}
		undo := errors.New("undo")
		_, err = s.Savepoint(ctx, func(ctx context.Context, s bot.Store) error {
			fine(t, s.CreateLead(ctx, &crm.Lead{Name: "undone", Status: crm.LeadNew}))
			inner := s.InTx(ctx, func(ctx context.Context, s crm.Store) error {
				fine(t, s.CreateLead(ctx, &crm.Lead{Name: "undone too", Status: crm.LeadNew}))
				_, err := s.UpdateLead(ctx, keep.ID, func(l *crm.Lead) error { l.Name = "changed"; return nil })
				return err
			})
			return errors.Join(undo, inner)
		})
		if !errors.Is(err, undo) {
			t.Errorf("undone: %v", err)
		}
		_, err = s.Savepoint(ctx, func(ctx context.Context, s bot.Store) error { // a statement that the database refuses
			if err := s.CreateUser(ctx, &crm.User{Handle: "twice", Role: crm.RoleSales}); err != nil {
				return err
			}
			return s.CreateUser(ctx, &crm.User{Handle: "twice", Role: crm.RoleSales})
		})
		wantCode(t, "refused", err, crm.CodeConflict)
		return nil
	}))
	nestedSavepoints(t, s)
	leads, _, err := s.Leads(t.Context(), crm.LeadFilter{Scope: everything})
	fine(t, err)
	if len(leads) != 1 || leads[0].Name != "kept" {
		t.Errorf("leads %v", refs(leads))
	}
}

// nestedSavepoints writes in an inner savepoint, in the outer one, or in both,
// and undoes either: only the lead of a case that is called kept may stay.
func nestedSavepoints(t *testing.T, s bot.Store) {
	t.Helper()
	undo := errors.New("undo")
	write := func(ctx context.Context, s bot.Store, yes bool) error {
		if !yes {
			return nil
		}
		return s.CreateLead(ctx, &crm.Lead{Name: "nested", Status: crm.LeadNew})
	}
	for n := range 32 {
		first, inner, last, innerFails, outerFails := n&1 > 0, n&2 > 0, n&4 > 0, n&8 > 0, n&16 > 0
		before := len(ok2(s.Leads(t.Context(), crm.LeadFilter{Scope: everything}))(t))
		fine(t, s.Transact(t.Context(), func(ctx context.Context, s bot.Store) error {
			_, err := s.Savepoint(ctx, func(ctx context.Context, s bot.Store) error {
				fine(t, write(ctx, s, first))
				_, err := s.Savepoint(ctx, func(ctx context.Context, s bot.Store) error {
					fine(t, write(ctx, s, inner))
					if innerFails {
						return undo
					}
					return nil
				})
				if innerFails != errors.Is(err, undo) {
					t.Errorf("case %d, inner: %v", n, err)
				}
				fine(t, write(ctx, s, last))
				if outerFails {
					return undo
				}
				return nil
			})
			if outerFails != errors.Is(err, undo) {
				t.Errorf("case %d, outer: %v", n, err)
			}
			return nil
		}))
		want := 0
		for _, stays := range []bool{first && !outerFails, inner && !innerFails && !outerFails, last && !outerFails} {
			if stays {
				want++
			}
		}
		leads := ok2(s.Leads(t.Context(), crm.LeadFilter{Scope: everything}))(t)
		if got := len(leads) - before; got != want {
			t.Errorf("case %d: %d leads stay, want %d", n, got, want)
		}
		for _, l := range leads {
			if l.Name == "nested" {
				fine(t, s.Remove(t.Context(), l.Ref()))
			}
		}
	}
}

// ok2 is ok for a list with its total.
func ok2[T any](list []T, _ int, err error) func(t *testing.T) []T { return ok(list, err) }

func leases(t *testing.T, s bot.Store) {
	ctx := t.Context()
	held := func(name, owner string, ttl time.Duration, want bool) {
		t.Helper()
		same(t, owner+" takes "+name, ok(s.TakeLease(ctx, name, owner, ttl))(t), want)
	}
	held("poll", "one", time.Hour, true)
	held("poll", "one", time.Hour, true)
	held("poll", "two", time.Hour, false)
	held("other", "two", time.Hour, true)
	fine(t, s.DropLease(ctx, "poll", "two"))
	held("poll", "two", time.Hour, false)
	fine(t, s.DropLease(ctx, "poll", "one"))
	held("poll", "two", -time.Second, true) // runs out at once
	held("poll", "one", time.Hour, true)
}
