package storage_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// A database that has no room for another page says that it is not available,
// keeps what it has, and goes on by itself when there is room.
func TestFull(t *testing.T) {
	db := storagetest.Open(t, filepath.Join(t.TempDir(), "small.db"), nil)
	pragma := func(statement string) (n int) {
		t.Helper()
		if err := db.Root().QueryRowContext(t.Context(), statement).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	kept := 0
	keep := func() error {
		n, err := db.AddInbound(t.Context(), []*bot.InboxRow{{
			Chat: "x", Inbound: bot.Inbound{EventID: fmt.Sprint(kept), Kind: bot.KindText, Text: strings.Repeat("y", 5000)},
		}})
		kept += n
		return err
	}
	for range 5 {
		if err := keep(); err != nil {
			t.Fatal(err)
		}
	}
	limit := pragma("PRAGMA max_page_count")
	pragma(fmt.Sprint("PRAGMA max_page_count = ", pragma("PRAGMA page_count")))
	var err error
	for range 100 {
		if err = keep(); err != nil {
			break
		}
	}
	if crm.CodeOf(err) != crm.CodeUnavailable {
		t.Fatalf("a full database says %v", err)
	}
	work := func(fn func(ctx context.Context, store bot.Store) error) error {
		_, err := db.WorkShards(t.Context(), time.Now(), 100, func(ctx context.Context, store bot.Store, rows []*bot.InboxRow) error {
			if len(rows) != kept {
				t.Errorf("%d of %d events wait", len(rows), kept)
			}
			return fn(ctx, store)
		})
		return err
	}
	err = work(func(ctx context.Context, store bot.Store) error {
		_, err := store.Savepoint(ctx, func(ctx context.Context, store bot.Store) error {
			for n := range 100 {
				if err := store.CreateLead(ctx, &crm.Lead{Name: fmt.Sprint(n), Need: strings.Repeat("x", 5000)}); err != nil {
					return err
				}
			}
			return nil
		})
		return err
	})
	if crm.CodeOf(err) != crm.CodeUnavailable {
		t.Errorf("a batch in a full database: %v", err)
	}
	pragma(fmt.Sprint("PRAGMA max_page_count = ", limit))
	if err := keep(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	err = work(func(ctx context.Context, store bot.Store) error { return store.CreateLead(ctx, &crm.Lead{Name: "Ana"}) })
	if _, n, lost := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()}); err != nil || lost != nil || n != 1 {
		t.Errorf("%d leads, %v, %v; want that of the batch that went through", n, err, lost)
	}
}
