package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// passive makes the customers' platform one that is answered within requests
// alone. A message takes 40 characters.
func passive(a *adapter) {
	a.features = bot.Features{Ops: []bot.Op{bot.OpPost}, Text: bot.Limit{Max: 40}, Hold: time.Minute}
	a.answer = func(bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, &bot.Failure{Class: bot.WindowClosed} }
}

func passiveHouse(t testing.TB, db *storage.DB, h bot.Handler) *house {
	t.Helper()
	a := newAdapter(pigeon)
	passive(a)
	return &house{db: db, pigeon: a, office: newAdapter(office), Pipeline: pipeline.New(options(t, db, h, a))}
}

// await asks for the answer to an event. It is nil when there is none soon.
func (h *house) await(t testing.TB, event string, long time.Duration) *bot.Answer {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	a, err := h.Inbox(pigeon, main).Await(ctx, event)
	if err != nil {
		t.Fatalf("await: %v", err)
	}
	return a
}

const (
	patient = 30 * time.Second
	hasty   = 300 * time.Millisecond
)

func answerText(a *bot.Answer) string {
	if a == nil {
		return "none"
	}
	return a.Outgoing.Reply.Text
}

func TestARequestIsAnsweredWithWhatItsEventLedTo(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := passiveHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Post(bot.Post{Reply: bot.Text("and more")})
			r.Post(bot.Post{Reply: bot.Text("what does not fit into that message")})
			return bot.Text("echo " + r.Inbound.Text), nil
		})
		h.run(t)
		in := says(pigeon, "ana", "hello")
		h.receive(t, in)
		a := h.await(t, in.EventID, patient)
		want(t, []string{answerText(a)}, "echo hello\n\nand more")
		if again := h.await(t, in.EventID, hasty); again != nil {
			t.Errorf("a second request got %q", answerText(again))
		}
		a.Done(nil)
		a.Done(errors.New("twice")) // counts once
		want(t, delivery(t, h, "ana"), "accepted", "accepted", "queued")
		h.receive(t, in) // delivered again: the rest
		rest := h.await(t, in.EventID, patient)
		want(t, []string{answerText(rest)}, "what does not fit into that message")
		rest.Done(errors.New("nobody listened"))
		want(t, []string{answerText(h.await(t, in.EventID, patient))}, "what does not fit into that message")
	})
}

func TestARequestWithoutAnAnswerEndsAtOnceAndOneInABurstWaits(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := passiveHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			switch {
			case r.Inbound.Text == "burst":
				in := *r.Inbound
				in.EventID, in.Kind, in.Action, in.Text = "", bot.KindSystem, "burst", ""
				r.Deliver(in, r.Now.Add(500*time.Millisecond))
			case r.Inbound.Action == "burst":
				return bot.Text("both lines"), nil
			}
			return nil, nil
		})
		h.run(t)
		silent, burst := says(pigeon, "ana", "silence"), says(pigeon, "bo", "burst")
		h.receive(t, silent)
		if a := h.await(t, silent.EventID, patient); a != nil {
			t.Errorf("an answer: %q", answerText(a))
		}
		h.receive(t, burst)
		if a := h.await(t, burst.EventID, patient); answerText(a) != "both lines" {
			t.Errorf("the burst is answered with %q", answerText(a))
		}
		if _, err := h.Inbox(pigeon, main).Await(t.Context(), "never"); crm.CodeOf(err) != crm.CodeNotFound {
			t.Errorf("an event that never came: %v", err)
		}
		if a, err := h.Inbox(office, main).Await(t.Context(), "never"); a != nil || err != nil {
			t.Errorf("where nothing is kept back: %v, %v", a, err)
		}
	})
}

func TestAPersonsWordsComeFirstInTheNextAnswer(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := passiveHouse(t, db, echo)
		h.receive(t, says(pigeon, "ana", "one"))
		h.settle(t)
		if err := words(t, h, "ana", crm.AuthorUser, 7, "with pleasure"); err != nil {
			t.Fatal(err)
		}
		h.Advance(2 * time.Minute) // the sender has tried both
		h.settle(t)
		want(t, delivery(t, h, "ana"), "queued", "queued")
		next := says(pigeon, "ana", "two")
		h.receive(t, next)
		h.settle(t)
		a := h.await(t, next.EventID, patient)
		want(t, []string{answerText(a)}, "echo one\n\nwith pleasure\n\necho two")
		a.Done(nil)
		want(t, delivery(t, h, "ana"), "accepted", "accepted", "accepted")
	})
}

// TestTwoRequestsOnTwoReplicasNeverGetTheSame has requests of many events at
// two pipelines: every answer is handed over once.
func TestTwoRequestsOnTwoReplicasNeverGetTheSame(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		one := passiveHouse(t, storagetest.Open(t, dsn, nil), echo)
		two := one
		if one.db.Postgres() {
			two = passiveHouse(t, storagetest.Open(t, dsn, nil), echo)
			two.run(t)
		}
		one.run(t)
		const events = 12
		got := make(chan string, 4*events)
		for i := range events {
			in := says(pigeon, "ana", string(rune('a'+i)))
			one.receive(t, in)
			for _, h := range []*house{one, two, one} {
				go func() {
					ctx, stop := context.WithTimeout(context.Background(), patient)
					defer stop()
					a, err := h.Inbox(pigeon, main).Await(ctx, in.EventID)
					if err != nil {
						t.Errorf("await: %v", err)
					}
					if a == nil {
						got <- ""
						return
					}
					got <- a.Outgoing.Reply.Text
					a.Done(nil)
				}()
			}
		}
		var all []string
		for range 3 * events {
			if text := <-got; text != "" {
				all = append(all, strings.Split(text, "\n\n")...)
			}
		}
		times := map[string]int{}
		for _, line := range all {
			if times[line]++; times[line] > 1 {
				t.Errorf("%q was handed over %d times", line, times[line])
			}
		}
		for _, state := range delivery(t, one, "ana") {
			if state != "accepted" {
				t.Errorf("an answer is %s", state)
			}
		}
		if len(times) != events {
			t.Errorf("%d answers to %d events", len(times), events)
		}
	})
}

// TestAnAnswerOfAReplicaThatDiedIsHandedOverByAnother kills who holds it.
func TestAnAnswerOfAReplicaThatDiedIsHandedOverByAnother(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		first := start(t, "await", dsn, t.TempDir()+"/sent")
		first.here(t)
		first.kill()
		h := passiveHouse(t, db, echo)
		h.run(t)
		a := h.await(t, "awaited", patient)
		want(t, []string{answerText(a)}, "did awaited")
		a.Done(nil)
		want(t, delivery(t, h, "ana"), "accepted")
	})
}
