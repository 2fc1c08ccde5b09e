package pipeline_test

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func TestAnEventDeliveredTenTimesAtOnceIsHandledOnce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var handled atomic.Int64
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			handled.Add(1)
			return bot.Text("once"), nil
		})
		h.run(t)
		in := says(pigeon, "ana", "hello")
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if err := h.Inbox(pigeon, main).Receive(t.Context(), in); err != nil {
					t.Errorf("receive: %v", err)
				}
			})
		}
		all.Wait()
		after := says(pigeon, "ana", "done")
		h.receive(t, after)
		eventually(t, "two answers", func() bool { return len(h.pigeon.texts("ana")) == 2 })
		if n := handled.Load(); n != 2 {
			t.Errorf("handled %d events, want 2", n)
		}
		if c := h.Counts(); c["received"] != 2 || c["received_again"] != 9 {
			t.Errorf("counts %v", c)
		}
	})
}

func TestTheSameEventIDOfTwoInstallsIsTwoEvents(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		a, b := says(pigeon, "ana", "one"), says(office, "li", "two")
		b.EventID = a.EventID
		h.receive(t, a)
		h.receive(t, b)
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo one")
		want(t, h.office.texts("li"), "echo two")
	})
}

func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	h := newHouse(t, storagetest.New(t), echo)
	for name, break1 := range map[string]func(*bot.Inbound){
		"no event id":      func(in *bot.Inbound) { in.EventID = "" },
		"no chat":          func(in *bot.Inbound) { in.Address.Chat = "" },
		"a notice of ours": func(in *bot.Inbound) { in.Kind, in.Action = bot.KindSystem, "notice.plan.due ACT-1" },
	} {
		in := says(pigeon, "ana", "hello")
		break1(&in)
		if err := h.Inbox(pigeon, main).Receive(t.Context(), in); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTextIsCleanedAtTheDoor(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var mu sync.Mutex
		var got []string
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, r.Inbound.Text)
			return nil, nil
		})
		for _, text := range []string{
			"a\x00b\x07c", "line\r\nline\ttab", "\xff\xfe", "👩‍👩‍👧 مرحبا", "'; DROP TABLE inbox; --", `\u0000 $1 ?`,
			strings.Repeat("字", 30_000),
		} {
			h.receive(t, says(pigeon, "ana", text))
		}
		h.settle(t)
		want(t, got, "abc", "line\nline\ttab", "\uFFFD", "👩‍👩‍👧 مرحبا", "'; DROP TABLE inbox; --", `\u0000 $1 ?`,
			strings.Repeat("字", 20_000))
	})
}

func TestAnUnknownKindIsKeptAndCounted(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(context.Context, *bot.Request) (*bot.Reply, error) {
			t.Error("the handler was asked")
			return nil, nil
		})
		in := says(pigeon, "ana", "")
		in.Kind = "telepathy"
		h.receive(t, in)
		h.settle(t)
		if n := h.Counts()["pigeon/main/unknown"]; n != 1 {
			t.Errorf("counted %d", n)
		}
		if b, err := db.Backlog(t.Context(), h.Now()); err != nil || b.Inbox != 0 || b.DeadInbox != 0 {
			t.Errorf("backlog %+v, %v", b, err)
		}
	})
}

func TestWhileTheDatabaseIsAwayNothingIsAcknowledgedAndThenItGoesOn(t *testing.T) {
	t.Run("postgres", func(t *testing.T) {
		link := storagetest.NewLink(t, storagetest.Postgres(t))
		h := newHouse(t, storagetest.Open(t, link.Address, nil), echo)
		h.run(t)
		h.receive(t, says(pigeon, "ana", "before"))
		eventually(t, "the first answer", func() bool { return len(h.pigeon.texts("ana")) == 1 })
		link.Cut()
		lost := says(pigeon, "ana", "after")
		if err := h.Inbox(pigeon, main).Receive(t.Context(), lost); crm.CodeOf(err) != crm.CodeUnavailable {
			t.Errorf("receive: %v", err)
		}
		eventually(t, "not ready", func() bool { return crm.CodeOf(h.Ready(t.Context())) == crm.CodeUnavailable })
		link.Mend()
		eventually(t, "ready again", func() bool { return h.Ready(t.Context()) == nil })
		h.receive(t, lost)
		eventually(t, "the second answer", func() bool { return len(h.pigeon.texts("ana")) == 2 })
	})
	t.Run("sqlite", func(t *testing.T) {
		path := storagetest.SQLite(t)
		h := newHouse(t, storagetest.Open(t, path, nil), echo)
		other, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		other.SetMaxOpenConns(1)
		if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil { // somebody holds the file
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		lost := says(pigeon, "ana", "hello")
		if err := h.Inbox(pigeon, main).Receive(ctx, lost); crm.CodeOf(err) != crm.CodeUnavailable {
			t.Errorf("receive: %v", err)
		}
		if _, err := other.Exec("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		h.receive(t, lost)
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo hello")
	})
}
