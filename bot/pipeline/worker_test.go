package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func TestAnEventWhoseHandlerPanicsIsTriedAloneThreeTimesAndParkedWhileTheRestGoesOn(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{do: func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Text == "bomb" {
				panic("boom")
			}
			return bot.Text("ok " + r.Inbound.Text), nil
		}}
		h := newHouse(t, db, d.handle)
		h.receive(t, says(pigeon, "ana", "bomb"))
		h.receive(t, says(pigeon, "ana", "behind it"))
		for i := range 40 { // on every shard somebody
			h.receive(t, says(pigeon, fmt.Sprint("other", i), "hello"))
		}
		h.settle(t)
		if n := count(d.seen(), "bomb"); n != 3 {
			t.Errorf("tried %d times, want 3", n)
		}
		want(t, d.in("ana"), "bomb", "bomb", "bomb", "behind it")
		for i := range 40 {
			want(t, h.pigeon.texts(bot.ChatID(fmt.Sprint("other", i))), "ok hello")
		}
		if got := h.pigeon.texts("ana"); len(got) != 2 || got[1] != "ok behind it" {
			t.Errorf("told %q, want an apology and the next answer", got)
		}
		dead, err := db.DeadInbound(t.Context(), 10)
		if err != nil || len(dead) != 1 || dead[0].Attempts != 3 || dead[0].Inbound.Text != "bomb" || dead[0].Cause == "" {
			t.Errorf("parked: %+v, %v", dead, err)
		}
		if n := len(messages(t, h, "ana")); n != 4 {
			t.Errorf("%d messages in the log, want both lines and both answers", n)
		}
	})
}

func TestAFailedEventHoldsUpItsConversationButNotReactionsAndEdits(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var fail atomic.Bool
		fail.Store(true)
		d := &diary{do: func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Text == "first" && fail.Load() {
				return nil, errors.New("not now")
			}
			return nil, nil
		}}
		h := newHouse(t, db, d.handle)
		first := says(pigeon, "ana", "first")
		home, second := says(pigeon, "ana", "home"), says(pigeon, "ana", "second")
		home.Kind = bot.KindHome
		for _, in := range []bot.Inbound{first, home, second} {
			h.receive(t, in)
		}
		step := func() {
			if _, err := h.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		step()
		want(t, d.seen(), "first", "home")
		step() // nothing is due
		want(t, d.seen(), "first", "home")
		fail.Store(false)
		h.settle(t)
		want(t, d.seen(), "first", "home", "first", "second")
	})
}

func TestTheChangesOfAFailedEventAreUndoneAndThoseOfItsNeighboursAreNot(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if err := r.Store.CreateLead(ctx, &crm.Lead{Name: r.Inbound.Text, Status: crm.LeadNew}); err != nil {
				return nil, err
			}
			r.Tell(1, "notice.lead.new LEAD-1")
			r.Post(bot.Post{Reply: bot.Text("posted " + r.Inbound.Text)})
			r.Session.Asked = r.Inbound.Text
			r.Session.Changed()
			if r.Inbound.Text == "bad" {
				return nil, errors.New("after all not")
			}
			return bot.Text("made " + r.Inbound.Text), nil
		})
		for _, text := range []string{"one", "bad", "two"} {
			in := says(pigeon, text, text)
			in.Address.Chat = "group" // one batch
			h.receive(t, in)
		}
		h.settle(t)
		leads, _, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, l := range leads {
			names = append(names, l.Name)
		}
		slices.Sort(names)
		want(t, names, "one", "two")
		texts := h.pigeon.texts("group")
		if count(texts, "posted bad") != 0 || count(texts, "posted one") != 1 || count(texts, "made two") != 1 {
			t.Errorf("said %q", texts)
		}
		var asked []string
		conversation := conversationOf(t, db, pigeon, "group")
		for _, who := range []bot.SenderID{"one", "bad", "two"} {
			key := bot.SessionKey{Conversation: conversation.ID, Sender: who}
			sessions, err := db.Sessions(t.Context(), []bot.SessionKey{key})
			if err != nil {
				t.Fatal(err)
			}
			if s := sessions[key]; s != nil {
				asked = append(asked, s.Asked)
			}
		}
		want(t, asked, "one", "two")
	})
}

func TestABatchThatTheDatabaseRefusesLeavesNothingBehindAndIsTriedInHalves(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var refused atomic.Int64
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if err := r.Store.CreateLead(ctx, &crm.Lead{Name: r.Inbound.Text, Status: crm.LeadNew}); err != nil {
				return nil, err
			}
			if r.Inbound.Text == "7" && refused.Add(1) <= 2 {
				return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable") // as a statement that timed out
			}
			return bot.Text("made"), nil
		})
		for i := range 10 {
			in := says(pigeon, "ana", strconv.Itoa(i))
			h.receive(t, in)
		}
		for idle := false; !idle; {
			done, err := h.Step(t.Context())
			if err != nil && crm.CodeOf(err) != crm.CodeUnavailable {
				t.Fatal(err)
			}
			idle = !done && err == nil
		}
		_, n, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()})
		if err != nil || n != 10 {
			t.Errorf("%d leads, %v; want 10", n, err)
		}
		if b, err := db.Backlog(t.Context(), h.Now()); err != nil || b.Inbox != 0 || b.DeadInbox != 0 {
			t.Errorf("backlog %+v, %v", b, err)
		}
	})
}

// A database that is full or away for long is nobody's fault. What takes so long
// that it is called off each time may well be the fault of its event.
func TestAnEventIsNotBlamedForADatabaseThatIsAwayButForTakingTooLong(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		failed := 0
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			switch {
			case r.Inbound.Text == "endless":
				return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(context.DeadlineExceeded)
			case failed < 12:
				failed++
				return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable")
			}
			return bot.Text("echo " + r.Inbound.Text), nil
		})
		work := func() {
			t.Helper()
			for idle := 0; idle < 20; idle++ {
				done, err := h.Step(t.Context())
				if err != nil && crm.CodeOf(err) != crm.CodeUnavailable {
					t.Fatal(err)
				}
				if !done && err == nil {
					return
				}
			}
		}
		h.receive(t, says(pigeon, "ana", "hello"))
		work()
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo hello")
		h.receive(t, says(pigeon, "ben", "endless"))
		for range 3 {
			work()
			h.Advance(5 * time.Second)
		}
		dead, err := db.DeadInbound(t.Context(), 10)
		if err != nil || len(dead) != 1 || dead[0].Inbound.Text != "endless" {
			t.Errorf("given up: %v, %v; want what takes too long alone", dead, err)
		}
	})
}
