package pipeline_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func TestATranscriptIsWhatWasSaidAtAnAddress(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Post(bot.Post{Reply: bot.Text("for the house alone"), Audience: crm.AudienceNote})
			return &bot.Reply{Text: "echo **" + r.Inbound.Text + "**", Buttons: []bot.Button{{Label: "Yes", Action: "yes"}}}, nil
		})
		host := h.Host(pigeon, main)
		at := bot.Address{Chat: "ana"}
		if all, err := host.Transcript(t.Context(), at, 0); err != nil || len(all) != 0 {
			t.Fatalf("before: %v, %v", all, err)
		}
		in := says(pigeon, "ana", "hello")
		h.receive(t, in)
		h.settle(t)
		all, err := host.Transcript(t.Context(), at, 0)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d entries, %v", len(all), err)
		}
		if e := all[0]; e.Direction != crm.In || e.Text != "hello" || e.Event != in.EventID || e.Author != crm.AuthorContact {
			t.Errorf("in: %+v", e)
		}
		if e := all[1]; e.Direction != crm.Out || e.Reply == nil || e.Reply.Text != "echo **hello**" ||
			len(e.Reply.Buttons) != 1 || e.Reply.Buttons[0].Action[:2] != "b:" || e.Author != crm.AuthorBot {
			t.Errorf("out: %+v", e)
		}
		if rest, err := host.Transcript(t.Context(), at, all[0].ID); err != nil || len(rest) != 1 {
			t.Errorf("after the first: %v, %v", rest, err)
		}
		want(t, delivery(t, h, "ana"), "accepted") // a note goes nowhere
		if err := host.Delivered(t.Context(), at, all[1].ID); err != nil {
			t.Fatal(err)
		}
		want(t, delivery(t, h, "ana"), "delivered")
		want(t, h.pigeon.texts("ana"), "echo **hello**")
	})
}

func TestWatchersHearOfWhatIsSaidOnAnotherReplica(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		here := newHouse(t, storagetest.Open(t, dsn, nil), echo)
		there := here
		if here.db.Postgres() {
			there = newHouse(t, storagetest.Open(t, dsn, nil), echo)
			there.run(t)
		}
		here.run(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		heard := there.Host(pigeon, main).Watch(ctx, bot.Address{Chat: "ana"})
		never := there.Host(pigeon, main).Watch(ctx, bot.Address{Chat: "bao"})
		var told atomic.Bool
		go func() {
			<-heard
			told.Store(true)
		}()
		// The replicas have to know of each other first: it is a hint.
		eventually(t, "a sign", func() bool {
			here.receive(t, says(pigeon, "ana", "hello"))
			return told.Load()
		})
		select {
		case <-never:
			t.Error("another chat was rung")
		default:
		}
	})
}

func TestALeaseHasOneHolderAndIsTakenOverWhenItIsGivenUp(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		one, two := newHouse(t, db, echo).Host(pigeon, main), newHouse(t, db, echo).Host(pigeon, main)
		held, release, err := one.Lease(t.Context(), "poll")
		if err != nil || held.Err() != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, _, err := two.Lease(short, "poll"); crm.CodeOf(err) != crm.CodeUnavailable {
			t.Errorf("a second holder: %v", err)
		}
		if _, other, err := two.Lease(t.Context(), "another"); err != nil {
			t.Error(err)
		} else {
			other()
		}
		got := make(chan error, 1)
		go func() {
			_, release, err := two.Lease(t.Context(), "poll")
			if err == nil {
				release()
			}
			got <- err
		}()
		release()
		if held.Err() == nil {
			t.Error("the lease was given back and its context goes on")
		}
		if err := <-got; err != nil {
			t.Errorf("the next holder: %v", err)
		}
	})
}

func TestValuesArePrivateToAnInstallAndExpire(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		mine, yours := h.Host(pigeon, main), h.Host(office, main)
		ctx := t.Context()
		if err := mine.SetValue(ctx, "offset", "42", 0); err != nil {
			t.Fatal(err)
		}
		if v, err := mine.Value(ctx, "offset"); v != "42" || err != nil {
			t.Errorf("%q, %v", v, err)
		}
		if v, err := yours.Value(ctx, "offset"); v != "" || err != nil {
			t.Errorf("another install reads %q, %v", v, err)
		}
	})
}

func TestWhatNeverBecameAnEventIsCountedAndTheUnreadableIsKept(t *testing.T) {
	h := newHouse(t, storagetest.New(t), echo)
	host := h.Host(pigeon, main)
	for _, reason := range []string{"refused", "unreadable", "unreadable"} {
		host.Count(pigeon, main, reason, []byte("{"))
	}
	if c := fmt.Sprint(h.Counts()); c != "map[pigeon/main/refused:1 pigeon/main/unreadable:2]" {
		t.Error(c)
	}
}

func TestWhoLosesALeaseIsTold(t *testing.T) {
	db := storagetest.New(t)
	h := newHouse(t, db, echo)
	held, release, err := h.Host(pigeon, main).Lease(t.Context(), "poll")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	const name = "pigeon/main/poll"
	if err := db.DropLease(t.Context(), name, h.Owner()); err != nil {
		t.Fatal(err)
	}
	if ok, err := db.TakeLease(t.Context(), name, "another", time.Hour); err != nil || !ok {
		t.Fatal(ok, err)
	}
	<-held.Done()
}
