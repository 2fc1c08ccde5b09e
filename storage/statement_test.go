package storage_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

func arrivals(n int, from string) []*bot.InboxRow {
	var rows []*bot.InboxRow
	for i := range n {
		rows = append(rows, &bot.InboxRow{Chat: from, Received: storagetest.Clock(), Inbound: bot.Inbound{
			EventID: fmt.Sprint(from, i), Kind: bot.KindText, Address: bot.Address{Platform: "p", Install: "i", Chat: bot.ChatID(from)},
		}})
	}
	return rows
}

// TestAnAnswerThatWasNotReadIsNobodyElses gives up statements of the hot path that
// wait for a lock: whoever gets their connections next reads what he asked.
func TestAnAnswerThatWasNotReadIsNobodyElses(t *testing.T) {
	db := storagetest.Open(t, storagetest.Postgres(t), nil)
	if n, err := db.AddInbound(t.Context(), arrivals(1, "first")); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for round := range 3 {
		lock, err := db.Root().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lock.ExecContext(t.Context(), "LOCK TABLE inbox"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err = db.AddInbound(ctx, arrivals(7, fmt.Sprint("given up", round)))
		cancel()
		if crm.CodeOf(err) != crm.CodeUnavailable {
			t.Errorf("given up: %v", err)
		}
		if err := lock.Rollback(); err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			if n, err := db.AddInbound(t.Context(), arrivals(i, fmt.Sprint("round", round, "-", i))); n != i || err != nil {
				t.Errorf("%d of %d were new, %v", n, i, err)
			}
		}
	}
}

// TestPostgresPlansOnce holds the settings that the statements of the hot path
// count on: a plan for any arguments, and none compiled.
func TestPostgresPlansOnce(t *testing.T) {
	db := storagetest.Open(t, storagetest.Postgres(t), nil)
	for name, want := range map[string]string{"plan_cache_mode": "force_generic_plan", "jit": "off"} {
		var have string
		if err := db.Root().QueryRowContext(t.Context(), "SHOW "+name).Scan(&have); err != nil || have != want {
			t.Errorf("%s is %q, want %q, %v", name, have, want, err)
		}
	}
	kept := func() (n int) {
		t.Helper()
		if err := db.Root().QueryRowContext(t.Context(), "SELECT coalesce(max(generic_plans), 0) FROM pg_prepared_statements").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	db.Root().SetMaxOpenConns(1)
	for i := range 3 {
		if _, err := db.AddInbound(t.Context(), arrivals(1, fmt.Sprint("once", i))); err != nil {
			t.Fatal(err)
		}
	}
	if n := kept(); n != 3 {
		t.Errorf("a statement was planned for any arguments %d times of 3", n)
	}
	_, err := db.WorkShards(t.Context(), storagetest.Clock(), 10, func(_ context.Context, _ bot.Store, rows []*bot.InboxRow) error {
		if len(rows) != 3 {
			t.Errorf("%d rows wait", len(rows))
		}
		return nil
	})
	if err != nil { // one connection is enough
		t.Error(err)
	}
}
