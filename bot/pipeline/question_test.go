package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// inquisitive is a handler that logs what it is asked, and fails at "bad".
func inquisitive(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	r.Ask(&crm.Question{
		Text: r.Inbound.Text, Probability: 0.5, Band: crm.BandHandedOff, Top: []crm.Candidate{{Article: 1}},
	})
	if r.Inbound.Text == "bad" {
		return nil, errors.New("after all not")
	}
	return bot.Text("asked " + r.Inbound.Text), nil
}

func asked(t *testing.T, db *storage.DB) []*crm.Question {
	t.Helper()
	list, _, err := db.Questions(t.Context(), crm.QuestionFilter{Page: crm.Page{Limit: 500}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestQuestionsAreKeptWithTheBatchAndThoseOfAFailedEventAreNot(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, inquisitive)
		for _, text := range []string{"one", "bad", "two"} {
			in := says(pigeon, text, text)
			in.Address.Chat = "group" // one batch
			h.receive(t, in)
		}
		h.settle(t)
		var texts []string
		keys := map[string]bool{}
		conversation := conversationOf(t, db, pigeon, "group")
		for _, q := range asked(t, db) {
			texts = append(texts, q.Text)
			keys[q.Key] = true
			if q.ConversationID != conversation.ID || q.ContactID == 0 || q.Asked.IsZero() || q.Key == "" || len(q.Top) != 1 {
				t.Errorf("kept %+v", q)
			}
		}
		want(t, texts, "two", "one")
		if len(keys) != 2 {
			t.Errorf("keys %v", keys)
		}
	})
}

func TestAQuestionIsKeptAsItCanBe(t *testing.T) {
	db := storagetest.New(t)
	h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		r.Ask(&crm.Question{
			ID: 7, Text: strings.Repeat("长", 600) + "\x00", Probability: math.NaN(), Band: crm.BandSuggested,
			Top: []crm.Candidate{{Probability: math.Inf(1)}, {Probability: -1}, {}, {Article: 4}}, Asked: r.Now,
		})
		return nil, nil
	})
	h.receive(t, says(pigeon, "ana", "hello"))
	h.settle(t)
	list := asked(t, db)
	if len(list) != 1 {
		t.Fatalf("%d questions", len(list))
	}
	q := list[0]
	if q.ID != 1 || q.Text != strings.Repeat("长", crm.QuestionMax) || q.Probability != 0 || len(q.Top) != 3 || q.Top[0].Probability != 1 {
		t.Errorf("kept %+v", q)
	}
}

func TestAnEventThatIsTriedAgainAsksOnce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		tries := 0
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if tries++; tries == 2 {
				return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable") // the whole batch again
			}
			return inquisitive(ctx, r)
		})
		for _, text := range []string{"one", "two"} {
			h.receive(t, says(pigeon, "ana", text))
		}
		for range 2 {
			if _, err := h.Step(t.Context()); err != nil && crm.CodeOf(err) != crm.CodeUnavailable {
				t.Fatal(err)
			}
		}
		h.settle(t)
		first := asked(t, db)
		if len(first) != 2 || tries != 4 {
			t.Fatalf("%d questions after %d tries", len(first), tries)
		}
		again := *first[0]
		again.ID = 0
		if err := db.CreateQuestions(t.Context(), []*crm.Question{&again}); err != nil || again.ID != 0 || len(asked(t, db)) != 2 {
			t.Errorf("at least once: %d, %v", again.ID, err)
		}
	})
}

// TestTheKeyOfAQuestionNamesItsInstall is two installs that number their events
// alike.
func TestTheKeyOfAQuestionNamesItsInstall(t *testing.T) {
	db := storagetest.New(t)
	h := newHouse(t, db, inquisitive)
	for _, platform := range []bot.Platform{pigeon, office} {
		in := says(platform, "ana", "hello")
		in.EventID = "1"
		h.receive(t, in)
	}
	h.settle(t)
	if n := len(asked(t, db)); n != 2 {
		t.Errorf("%d questions, want 2", n)
	}
}

// TestAQuestionIsKnownToTheNextEventOfItsBatch has somebody ask, and say at once
// that it did not help; and once more, where saying so fails.
func TestAQuestionIsKnownToTheNextEventOfItsBatch(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			what, who, _ := strings.Cut(r.Inbound.Text, " ")
			if what == "how?" {
				r.Ask(&crm.Question{Key: "of " + who, Text: what, Band: crm.BandAnswered})
				return nil, nil
			}
			if err := r.CRM.Questions.Became(ctx, "of "+who, crm.Outcome(what), 0); err != nil {
				return nil, err
			}
			if who == "bad" && what == "person" {
				return nil, errors.New("after all not")
			}
			return nil, nil
		})
		for _, text := range []string{"how? ana", "not_helpful ana", "how? bad", "person bad", "how? quiet"} {
			in := says(pigeon, "ana", text)
			in.Address.Chat = "group"
			h.receive(t, in)
		}
		h.settle(t)
		for key, outcome := range map[string]crm.Outcome{"of ana": crm.OutcomeNotHelpful, "of bad": "", "of quiet": ""} {
			q, err := db.QuestionByKey(t.Context(), key)
			if err != nil || q.Outcome != outcome || q.Text != "how?" {
				t.Errorf("%s: %+v, %v", key, q, err)
			}
		}
	})
}

func TestManyQuestionsOfABatchAreOneStatement(t *testing.T) {
	link := storagetest.NewLink(t, storagetest.Postgres(t))
	db := storagetest.Open(t, link.Address, nil)
	h := newHouse(t, db, inquisitive)
	took := func(text string, n int) int {
		for i := range n {
			in := says(pigeon, fmt.Sprint("who", i), text)
			in.Address.Chat, in.Direct = "group", false // one shard
			h.receive(t, in)
		}
		before := link.Queries()
		if done, err := h.Step(t.Context()); err != nil || !done {
			t.Fatal(done, err)
		}
		return link.Queries() - before
	}
	took("hello", 100) // strangers
	one, many := took("hello", 1), took("hello", 100)
	if one != many || many > 15 {
		t.Errorf("%d statements for one question, %d for a hundred", one, many)
	}
	t.Logf("%d statements", many)
	if n := len(asked(t, db)); n != 201 {
		t.Errorf("%d questions, want 201", n)
	}
}

func TestConsultingKeepsNoQuestion(t *testing.T) {
	db := storagetest.New(t)
	h := consulting(t, db, inquisitive)
	if _, err := h.Inbox(pigeon, main).Consult(t.Context(), says(pigeon, "ana", "hello")); err != nil {
		t.Fatal(err)
	}
	h.settle(t)
	if n := len(asked(t, db)); n != 0 {
		t.Errorf("%d questions", n)
	}
}

func TestOldQuestionsAreForgotten(t *testing.T) {
	db := storagetest.New(t)
	h := newHouse(t, db, inquisitive)
	h.receive(t, says(pigeon, "ana", "old"))
	h.settle(t)
	h.Advance(crm.QuestionKept - time.Hour)
	h.receive(t, says(pigeon, "ana", "new"))
	h.settle(t)
	if n := len(asked(t, db)); n != 2 {
		t.Errorf("%d questions while both are young enough", n)
	}
	h.Advance(3 * time.Hour)
	h.settle(t)
	if list := asked(t, db); len(list) != 1 || list[0].Text != "new" {
		t.Errorf("kept %+v", list)
	}
}

func TestPeriodicJobsOfOthersComeBackByThemselves(t *testing.T) {
	db := storagetest.New(t)
	did := 0
	h := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
	o := options(t, db, echo, h.pigeon, h.office)
	o.Jobs = map[string]pipeline.JobFunc{"count": func(context.Context, *pipeline.Task) error {
		did++
		return errors.New("which does not matter")
	}}
	o.Periods = map[string]time.Duration{"count": time.Minute}
	h.Pipeline = pipeline.New(o)
	h.settle(t)
	for range 3 {
		h.Advance(time.Minute)
		h.settle(t)
	}
	if did != 4 {
		t.Errorf("done %d times, want 4", did)
	}
}
