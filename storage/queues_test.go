package storage_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func TestQueues(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		storagetest.Queues(t, func(t *testing.T) bot.Store { return storagetest.New(t) })
	})
	t.Run("postgres", func(t *testing.T) {
		storagetest.Queues(t, func(t *testing.T) bot.Store {
			return storagetest.Open(t, storagetest.Postgres(t), storagetest.Clock)
		})
	})
}

// TestRings holds the wake-ups between processes: they reach others and not
// oneself, after the commit only, and again after the connection was lost.
func TestRings(t *testing.T) {
	link := storagetest.NewLink(t, storagetest.Postgres(t))
	here := storagetest.Open(t, link.Address, nil)
	there := storagetest.Open(t, link.Address, nil)
	heard := make(chan string, 1000)
	listen := func(db *storage.DB, name string) {
		ctx, stop := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() { _ = db.Rings(ctx, func(topic string) { heard <- name + " " + topic }) })
		t.Cleanup(func() { stop(); done.Wait() })
	}
	listen(there, "there")
	listen(here, "here")
	until := func(want string, ring func() error) {
		t.Helper()
		for { // it may be lost, so ring until it is heard
			if err := ring(); err != nil {
				t.Logf("ring: %v", err)
			}
			for len(heard) > 0 {
				switch got := <-heard; got {
				case want:
					return
				case "there said:1":
				default:
					t.Fatalf("heard %q", got)
				}
			}
			if t.Context().Err() != nil {
				t.Fatal("never heard")
			}
		}
	}
	until("there said:1", func() error { return here.Ring(t.Context(), "said:1") })
	link.Cut()
	link.Mend()
	until("there said:1", func() error { return here.Ring(t.Context(), "said:1") })
}

// TestAStartOnSQLiteTakesOver starts a program anew whose last run was killed:
// what that held is free at once.
func TestAStartOnSQLiteTakesOver(t *testing.T) {
	db, ctx := storagetest.New(t), t.Context()
	for _, owner := range []string{"killed", "next", "next"} {
		if _, err := db.Beat(ctx, owner); err != nil {
			t.Fatal(err)
		}
		if got, err := db.TakeLease(ctx, "poll", owner, time.Hour); err != nil || !got {
			t.Errorf("%s does not get the lease: %v", owner, err)
		}
	}
	if got, err := db.TakeLease(ctx, "poll", "other", time.Hour); err != nil || got {
		t.Errorf("a lease of a living program is taken: %v, %v", got, err)
	}
}
