package knowledge_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// trades are what the articles of a larger base are about, each with ways to
// ask that share no telling word.
var trades = []string{
	"delivery", "refund", "invoice", "warranty", "sample", "kosher", "halal", "viscosity", "packaging", "customs", "storage", "discount",
}

// stocked is a database with an article for each trade.
func stocked(t testing.TB) (*storage.DB, *crm.Services) {
	t.Helper()
	db := storagetest.New(t)
	s := crm.NewServices(db, storagetest.Clock, crm.Settings{Stages: crm.DefaultStages()})
	for _, trade := range trades {
		put(t, s, &crm.Article{
			Slug: trade, Language: "en", Title: fmt.Sprintf("How does %s work?", trade),
			Phrasings: []string{"tell me about the " + trade, "what must I know about your " + trade, trade + " rules", "who looks after " + trade},
			Body:      "All about " + trade + ".",
		})
	}
	return db, s
}

func put(t testing.TB, s *crm.Services, a *crm.Article) {
	t.Helper()
	a.Status = crm.ArticlePublished
	if _, _, err := s.Articles.Put(context.Background(), crm.System(), a); err != nil {
		t.Fatal(err)
	}
}

func words(t testing.TB) knowledge.Words {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return knowledge.WordsOf(c)
}

// fresh is a matcher as a process has it that has just started.
func fresh(t testing.TB, db *storage.DB, log *slog.Logger) *knowledge.Matcher {
	t.Helper()
	m := knowledge.New(knowledge.Options{
		Articles: db, Words: words(t), Index: db, Questions: db, Values: db, Now: ticking(), Log: log,
	})
	if err := m.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}

// ticking is a clock that moves by a millisecond whenever it is read.
func ticking() func() time.Time {
	var read atomic.Int64
	return func() time.Time { return storagetest.Clock().Add(time.Duration(read.Add(1)) * time.Millisecond) }
}

// TestStartLoads: what one process has learned, the next one loads, and both
// answer alike.
func TestStartLoads(t *testing.T) {
	t.Parallel()
	db, s := stocked(t)
	first, second := fresh(t, db, nil), fresh(t, db, nil)
	a, b := first.Health(), second.Health()
	if a.Built == 0 || a.Learned == 0 || b.Built != 0 || b.Learned != 0 {
		t.Fatalf("the first took %v and %v, the second %v and %v", a.Built, a.Learned, b.Built, b.Learned)
	}
	if !b.Calibrated || !b.Trusted || b.Asked != a.Asked || b.Answer != a.Answer || b.Suggest != a.Suggest {
		t.Fatalf("%+v\n%+v", a, b)
	}
	for _, text := range []string{"tell me about the invoice", "sample", "something about customs and halal", "the weather tomorrow", "refnud rules"} {
		one, two := ask(t, first, "en", text), ask(t, second, "en", text)
		if fmt.Sprint(one.Top, one.Band, one.Exact) != fmt.Sprint(two.Top, two.Band, two.Exact) {
			t.Errorf("%q: %+v and %+v", text, one, two)
		}
	}
	// A change is learned once more, by whoever comes first.
	put(t, s, &crm.Article{Slug: "pallets", Language: "en", Title: "Which pallets are there?", Phrasings: []string{"euro pallets"}, Body: "Wood."})
	for i, m := range []*knowledge.Matcher{first, second} {
		if err := m.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h := m.Health(); (h.Built > 0) != (i == 0) || !h.Calibrated {
			t.Errorf("%d: %+v", i, h)
		}
		if a := ask(t, m, "en", "euro pallets?").Article; a == nil || a.Slug != "pallets" {
			t.Errorf("%d: %v", i, a)
		}
	}
}

// TestDamaged: a kept index that cannot be read is told of, built again, and
// kept in its place.
func TestDamaged(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	fresh(t, db, nil)
	damaged := damage{db}
	var log bytes.Buffer
	m := knowledge.New(knowledge.Options{
		Articles: db, Words: words(t), Index: damaged, Now: ticking(), Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err := m.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "damaged") || m.Health().Built == 0 || !m.Trusted() {
		t.Errorf("%s %+v", log.String(), m.Health())
	}
	if again := fresh(t, db, nil); again.Health().Built != 0 {
		t.Error("what was built again was not kept")
	}
}

// damage spoils what is read.
type damage struct{ *storage.DB }

// Index implements knowledge.Indexes.
func (d damage) Index(ctx context.Context, name string) ([]byte, error) {
	data, err := d.DB.Index(ctx, name)
	if len(data) > 0 {
		data[len(data)/2] ^= 0x40
	}
	return data, err
}

// TestShare: how many questions went without an answer moves the bars, and few
// questions say nothing.
func TestShare(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	before := fresh(t, db, nil).Health()
	if before.Share != knowledge.DefaultShare {
		t.Errorf("share %v of no questions", before.Share)
	}
	log := func(from, to int, band crm.Band) {
		var rows []*crm.Question
		for i := from; i < to; i++ {
			rows = append(rows, &crm.Question{Key: fmt.Sprint("q", i), Text: "x", Band: band, Asked: storagetest.Clock().AddDate(0, 0, -3)})
		}
		if err := db.CreateQuestions(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
	}
	log(0, 40, crm.BandHandedOff)
	if h := fresh(t, db, nil).Health(); h.Share != before.Share {
		t.Errorf("share %v of 40 questions", h.Share)
	}
	log(40, 60, crm.BandAnswered)
	after := fresh(t, db, nil).Health()
	if after.Share < 0.649 || after.Share > 0.651 {
		t.Errorf("share %v, want 0.65: 40 of 60", after.Share)
	}
	if after.Answer < before.Answer {
		t.Errorf("with more unanswerable questions the bar went from %v to %v", before.Answer, after.Answer)
	}
}

// TestRun: a change by another process arrives while questions go on.
func TestRun(t *testing.T) {
	t.Parallel()
	db, s := stocked(t)
	m := fresh(t, db, nil)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = m.Run(ctx, time.Millisecond, slog.New(slog.DiscardHandler)) })
	defer running.Wait()
	defer stop()
	put(t, s, &crm.Article{Slug: "molasses", Language: "en", Title: "Do you sell molasses?", Body: "No."})
	deadline := time.Now().Add(30 * time.Second)
	for version := m.Version(); ; {
		a := ask(t, m, "en", "do you sell molasses")
		if a.Article != nil && a.Article.Slug == "molasses" && a.Version > version && m.Health().Calibrated {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after half a minute: %+v, %+v", a, m.Health())
		}
	}
}

// TestFirstQuestionWaits: many first questions make one index, and none is
// lost.
func TestFirstQuestionWaits(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	m := knowledge.New(knowledge.Options{Articles: db, Words: words(t), Index: db})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if a := ask(t, m, "en", "tell me about the warranty"); a.Article == nil || a.Article.Slug != "warranty" || !a.Exact {
				t.Errorf("%+v", a)
			}
		})
	}
	all.Wait()
}

// TestLoadLeavesLearning: what was read answers, and learns beside.
func TestLoadLeavesLearning(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	m := knowledge.New(knowledge.Options{Articles: db, Words: words(t), Index: db, Now: ticking()})
	if err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := m.Health(); h.Built == 0 || h.Calibrated {
		t.Fatalf("%+v", h)
	}
	if a := ask(t, m, "en", "tell me about the invoice").Article; a == nil || a.Slug != "invoice" {
		t.Fatalf("found %v", a)
	}
	fresh(t, db, nil) // somebody else learns and keeps it
	second := knowledge.New(knowledge.Options{Articles: db, Words: words(t), Index: db, Now: ticking()})
	if err := second.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := second.Health(); h.Built != 0 || !h.Calibrated {
		t.Fatalf("%+v", h)
	}
}
