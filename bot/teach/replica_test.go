package teach_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/teach"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// library is a knowledge base that is large enough to be trusted.
func library(t *testing.T, db *storage.DB) []*crm.Article {
	t.Helper()
	topics := []string{
		"invoice", "sample", "certificate", "warehouse", "discount", "pallet", "laboratory", "catalogue", "complaint", "holiday",
		"export", "insurance",
	}
	var out []*crm.Article
	for _, topic := range topics {
		a := &crm.Article{
			Slug: topic, Language: "en", Title: "Where do I find the " + topic + "?", Status: crm.ArticlePublished,
			Phrasings: []string{"tell me about your " + topic, "is there a " + topic + " for me", "I have a question about " + topic},
			Body:      "Everything about the " + topic + " is on page one.",
		}
		if err := db.CreateArticle(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

// TestEveryReplicaLearns: teaching one miss changes the next answer of every
// matcher over the same database.
func TestEveryReplicaLearns(t *testing.T) {
	t.Parallel()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		all := library(t, db)
		var replicas []*knowledge.Matcher
		for range 2 {
			replicas = append(replicas, knowledge.New(knowledge.Options{Articles: db, Words: knowledge.WordsOf(catalog), Index: db, Values: db}))
		}
		const text = "wo bleibt mein Prüfzeugnis"
		ask := func(want bool) {
			t.Helper()
			for i, m := range replicas {
				if err := m.Refresh(ctx); err != nil {
					t.Fatal(err)
				}
				found, err := m.Find(ctx, knowledge.Question{Text: text, Language: "en"})
				if err != nil {
					t.Fatal(err)
				}
				if have := found.Article != nil && found.Article.ID == all[2].ID; have != want {
					t.Errorf("replica %d answers with %v", i, found.Article)
				}
			}
		}
		ask(false)
		q := &crm.Question{Key: "1", ConversationID: 1, Text: text, Language: "en", Band: crm.BandHandedOff, Asked: storagetest.Clock()}
		if err := db.CreateQuestions(ctx, []*crm.Question{q}); err != nil {
			t.Fatal(err)
		}
		services := crm.NewServices(db, storagetest.Clock, crm.Settings{})
		keeper := crm.Actor{Kind: crm.AuthorUser, User: 1, Role: crm.RoleService}
		if _, err := services.Questions.Teach(ctx, keeper, q.ID, all[2].ID); err != nil {
			t.Fatal(err)
		}
		ask(true)
		if _, err := services.Records.Undo(ctx, keeper); err != nil {
			t.Fatal(err)
		}
		ask(false)
	})
}

// TestHealth: what a report says of a knowledge base, and what it says in words.
func TestHealth(t *testing.T) {
	t.Parallel()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	clock := storagetest.Clock().Add(-90 * 24 * time.Hour)
	db := storagetest.Open(t, storagetest.SQLite(t), func() time.Time { return clock })
	all := library(t, db)
	clock = storagetest.Clock()
	at := func(days int) time.Time { return clock.Add(-time.Duration(days)*24*time.Hour - time.Hour) }
	var log []*crm.Question
	add := func(days int, text string, band crm.Band, outcome crm.Outcome, article crm.ArticleID) {
		log = append(log, &crm.Question{
			Key: fmt.Sprint(len(log)), ConversationID: crm.ConversationID(len(log) + 1), Text: text, Language: "en",
			Band: band, Outcome: outcome, ArticleID: article, Asked: at(days),
		})
	}
	for _, a := range all[:10] {
		add(20, "x", crm.BandAnswered, "", a.ID)
	}
	add(70, "x", crm.BandAnswered, "", all[10].ID)
	add(1, "a", crm.BandAnswered, crm.OutcomeSolved, all[0].ID)
	add(1, "b", crm.BandAnswered, crm.OutcomeNotHelpful, all[0].ID)
	add(2, "do you rent cranes", crm.BandHandedOff, "", 0)
	add(3, "c", crm.BandSuggested, crm.OutcomePicked, all[1].ID)
	add(8, "d", crm.BandAnswered, "", all[1].ID)
	if err := db.CreateQuestions(t.Context(), log); err != nil {
		t.Fatal(err)
	}
	draft := &crm.Article{Slug: "new", Language: "en", Title: "New?", Body: "Yes.", Status: crm.ArticleDraft}
	if err := db.CreateArticle(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	services := crm.NewServices(db, func() time.Time { return clock }, crm.Settings{})
	m := knowledge.New(knowledge.Options{Articles: db, Words: knowledge.WordsOf(catalog), Index: db, Values: db, Questions: db})
	if err := m.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := teach.Health(t.Context(), services, db, m, crm.System(), clock)
	if err != nil {
		t.Fatal(err)
	}
	if r.Week.Asked != 4 || r.Before.Asked != 1 || r.Week.Wrong != 1 {
		t.Errorf("the weeks: %+v, %+v", r.Week, r.Before)
	}
	if r.Idle != 2 || len(r.Unused) != 2 || r.Unused[0].ID != all[10].ID || r.Unused[1].ID != all[11].ID {
		t.Errorf("not used: %d, %v", r.Idle, r.Unused)
	}
	if r.Drafts != 1 || r.Changes != 0 || r.Missed != 2 || len(r.Worst) != 2 {
		t.Errorf("drafts %d, changes %d, misses %d, %v", r.Drafts, r.Changes, r.Missed, r.Worst)
	}
	// nothing is said of what nobody used before the log is 60 days old
	for days, idle := range map[int]int{10: 2, 11: 0} {
		r, err := teach.Health(t.Context(), services, db, m, crm.System(), clock.Add(-time.Duration(days)*24*time.Hour))
		if err != nil || r.Idle != idle {
			t.Errorf("%d days ago: %d not used, want %d, %v", days, r.Idle, idle, err)
		}
	}
	for lang, want := range map[string][]string{
		"en":    {"12 articles", "**Last 7 days**: 4 questions", "settled without a person: 50% (week before 100%)", "do you rent cranes", "ART-11", "1 draft"},
		"zh-CN": {"12篇文章", "**最近7天**：4个问题", "不用人工就解决：50%（前一周 100%）", "do you rent cranes", "ART-11", "1篇草稿"},
	} {
		text := r.Text(catalog.Words(lang))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in:\n%s", lang, w, text)
			}
		}
	}
	if missed := catalog.Missed(); len(missed) > 0 {
		t.Errorf("words that are missing: %v", missed)
	}
}
