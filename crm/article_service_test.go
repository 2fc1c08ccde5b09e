package crm_test

import (
	"testing"

	"crmbot/crm"
)

func TestArticlePut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	article := func() *crm.Article {
		return &crm.Article{Slug: "moq", Language: "en", Title: "Smallest order?", Phrasings: []string{"moq", " moq ", ""}, Body: "One bag."}
	}
	by := w.as("li.wei")
	a := article()
	created, changed, err := w.Articles.Put(t.Context(), by, a)
	if err != nil || !created || changed || len(a.Phrasings) != 1 || a.Status != crm.ArticlePublished {
		t.Fatalf("put: %v %v %v %+v", created, changed, err, a)
	}
	version := must(w.db.KnowledgeVersion(t.Context()))(t)
	if created, changed, err := w.Articles.Put(t.Context(), by, article()); created || changed || err != nil {
		t.Errorf("put again: %v %v %v", created, changed, err)
	}
	if again := must(w.db.KnowledgeVersion(t.Context()))(t); again != version {
		t.Error("an unchanged article changed the knowledge base")
	}
	b := article()
	b.Body = "Two bags."
	if created, changed, err := w.Articles.Put(t.Context(), by, b); created || !changed || err != nil || b.ID != a.ID {
		t.Errorf("put changed: %v %v %v", created, changed, err)
	}
	_, _, err = w.Articles.Put(t.Context(), w.as("wang.fang"), article())
	want(t, err, "forbidden forbidden.manager")
	_, _, err = w.Articles.Put(t.Context(), by, &crm.Article{Slug: "x", Language: "en", Title: "x"})
	want(t, err, "invalid field.empty")
	_, err = w.Articles.Article(t.Context(), 99)
	want(t, err, "not_found")
}
