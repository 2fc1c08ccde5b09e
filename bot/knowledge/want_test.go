package knowledge_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"crmbot/bot/knowledge"
	"crmbot/crm"
)

// TestWant: whoever wants less is told the same, as far as he wants it.
func TestWant(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	m := fresh(t, db, nil)
	all, _, err := db.Articles(t.Context(), crm.ArticleFilter{Status: crm.ArticlePublished, Page: crm.Page{Limit: 500}})
	if err != nil {
		t.Fatal(err)
	}
	pieces := []string{"please", "请问", "?", ". ", "，", "what is", "吗", " and ", "thanks", "I want to buy 20 t", "m.o.q.", "the", "不", "", "'s", "S"}
	for _, a := range all {
		pieces = append(append(pieces, a.Title), a.Phrasings...)
	}
	r, exact := rand.New(rand.NewPCG(1, 2)), 0
	for i := range 3_000 {
		q := knowledge.Question{Text: pieces[i%len(pieces)], Language: []string{"en", "zh-CN"}[r.IntN(2)]}
		for range r.IntN(4) {
			q.Text += pieces[r.IntN(len(pieces))]
		}
		whole := find(t, m, q)
		q.Want = knowledge.Alone
		alone := find(t, m, q)
		q.Want = knowledge.Verbatim
		verbatim := find(t, m, q)
		if whole.Article != alone.Article || whole.Exact != alone.Exact || whole.Band != alone.Band || whole.Version != alone.Version {
			t.Fatalf("%q alone: %+v, want %+v", q.Text, alone, whole)
		}
		if !whole.Exact && (!slices.Equal(whole.Top, alone.Top) || !slices.Equal(whole.Suggestions, alone.Suggestions)) {
			t.Fatalf("%q is not written down and finds %+v, want %+v", q.Text, alone, whole)
		}
		if whole.Exact {
			exact++
			if verbatim.Article != whole.Article || !verbatim.Exact || alone.Top[0] != whole.Top[0] || verbatim.Top[0] != whole.Top[0] {
				t.Fatalf("%q word for word: %+v and %+v, want %+v", q.Text, verbatim, alone, whole)
			}
		}
		if !whole.Exact && verbatim.Exact {
			t.Fatalf("%q is not written down and finds %+v word for word", q.Text, verbatim)
		}
	}
	if exact < 300 {
		t.Errorf("only %d of the texts are written down", exact)
	}
}

func find(t *testing.T, m *knowledge.Matcher, q knowledge.Question) knowledge.Answer {
	t.Helper()
	a, err := m.Find(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
