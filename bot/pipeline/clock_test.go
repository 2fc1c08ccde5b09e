package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// wall is a machine's clock that somebody can set.
type wall struct{ off atomic.Int64 }

func (w *wall) now() time.Time         { return time.Now().Add(time.Duration(w.off.Load())) }
func (w *wall) set(back time.Duration) { w.off.Add(-int64(back)) }

// newHouseAt is newHouse with a clock.
func newHouseAt(t testing.TB, db *storage.DB, w *wall, h bot.Handler) *house {
	t.Helper()
	x := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
	o := options(t, db, h, x.pigeon, x.office)
	o.Now = w.now
	x.Pipeline = pipeline.New(o)
	return x
}

// Every wait of the pipeline is under way when the clock is set back: a second
// try of an event and of an operation, and a chat and a platform that are too
// fast. Nothing waits for the hour to pass, and nothing is sent twice.
func TestAClockThatIsSetBackHoldsNothingUp(t *testing.T) {
	t.Parallel()
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		w := &wall{}
		var once sync.Map
		first := func(key string) bool {
			_, seen := once.LoadOrStore(key, true)
			return !seen
		}
		h := newHouseAt(t, db, w, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Text == "fails" && first("fails") {
				return nil, errors.New("not now")
			}
			return bot.Text("echo " + r.Inbound.Text), nil
		})
		ready := make(chan struct{}, 3)
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			class := map[bot.ChatID]bot.Class{"away": bot.Transient, "fast": bot.RateLimited, "faster": bot.RateLimited}[out.To.Chat]
			if class == "" || !first(string(out.To.Chat)) {
				return bot.Sent{ID: bot.MessageID("n" + out.Key)}, nil
			}
			ready <- struct{}{}
			return bot.Sent{}, &bot.Failure{Class: class, After: 3 * time.Second, Err: errors.New("not now")}
		}
		h.run(t)
		chats := []string{"away", "fast", "faster", "calm"}
		for _, chat := range chats {
			h.receive(t, says(pigeon, chat, "before"))
		}
		h.receive(t, says(pigeon, "calm", "fails"))
		for range 3 {
			<-ready
		}
		w.set(time.Hour)
		for _, chat := range chats {
			h.receive(t, says(pigeon, chat, "after"))
		}
		eventually(t, "everybody is answered", func() bool {
			return len(h.pigeon.texts("calm")) == 3 && len(h.pigeon.texts("away")) == 2 &&
				len(h.pigeon.texts("fast")) == 2 && len(h.pigeon.texts("faster")) == 2
		})
		for _, chat := range chats[:3] {
			want(t, h.pigeon.texts(bot.ChatID(chat)), "echo before", "echo after")
		}
		want(t, h.pigeon.texts("calm"), "echo before", "echo fails", "echo after")
		eventually(t, "the clock is followed", func() bool { return time.Since(h.Now()) > 50*time.Minute })
	})
}

// What waits is from before the clock was set back, and nobody saw that.
func TestAStartAfterTheClockWasSetBackHoldsNothingUp(t *testing.T) {
	t.Parallel()
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		w := &wall{}
		before := newHouseAt(t, db, w, echo)
		before.receive(t, says(pigeon, "ana", "first"))
		if _, err := before.Step(t.Context()); err != nil { // its answer waits
			t.Fatal(err)
		}
		before.receive(t, says(pigeon, "ana", "second"))
		if err := db.Hold(t.Context(), pigeon, main, before.Now()); err != nil {
			t.Fatal(err)
		}
		if err := db.AddJobs(t.Context(), &bot.Job{Kind: "work", RunAt: before.Now()}); err != nil {
			t.Fatal(err)
		}
		w.set(time.Hour)
		done := 0
		x := &house{db: db, pigeon: newAdapter(pigeon)}
		o := options(t, db, echo, x.pigeon)
		o.Now, o.Jobs = w.now, map[string]pipeline.JobFunc{"work": func(context.Context, *pipeline.Task) error { done++; return nil }}
		x.Pipeline = pipeline.New(o)
		x.settle(t)
		x.receive(t, says(pigeon, "ana", "third"))
		x.settle(t)
		want(t, x.pigeon.texts("ana"), "echo first", "echo second", "echo third")
		want(t, []string{fmt.Sprint(done)}, "1")
	})
}

// Two clocks are never quite the same: what another process has just taken in
// keeps its place in the line.
func TestAStartMovesNothingThatAnotherClockPutALittleAhead(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		ahead := &wall{}
		ahead.set(-time.Second)
		other := newHouseAt(t, db, ahead, echo)
		other.receive(t, says(pigeon, "ana", "first"))
		h := newHouseAt(t, db, &wall{}, echo)
		if n, err := db.TurnBack(t.Context(), h.Now(), 0, false); err != nil || n != 0 {
			t.Errorf("%d rows were moved, %v", n, err)
		}
	})
}
