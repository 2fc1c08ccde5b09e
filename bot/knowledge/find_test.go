package knowledge_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"crmbot/bot/knowledge"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// outcome is what a question leads to, in short: the article, or the
// suggestions behind a question mark, or nothing.
func outcome(a knowledge.Answer) string {
	if a.Article != nil {
		return a.Article.Slug
	}
	var out []string
	for _, s := range a.Suggestions {
		out = append(out, s.Slug)
	}
	if len(out) == 0 {
		return ""
	}
	return "? " + strings.Join(out, " ")
}

// TestParts: people tell a story around their question, or ask two at once.
func TestParts(t *testing.T) {
	t.Parallel()
	db, s := stocked(t)
	put(t, s, &crm.Article{Slug: "kosher", Language: "zh-CN", Title: "有犹太认证吗", Phrasings: []string{"犹太认证怎么查", "产品有犹太洁食证书吗"}, Body: "有。"})
	put(t, s, &crm.Article{Slug: "letter", Language: "en", Title: "Which ways to pay are there?", Phrasings: []string{"terms of payment"}, Tags: []string{"L/C"}, Body: "Letters of credit."})
	m := fresh(t, db, nil)
	for _, x := range []struct{ language, text, want string }{
		{"en", "Hello! We are a bakery in Spain and love your syrup. Tell me about the viscosity. Thanks", "viscosity"},
		{"en", "We bake bread, what must I know about your packaging?", "packaging"},
		{"zh-CN", "你好，我们是做面包的，想问一下犹太认证怎么查，谢谢", "kosher"},
		{"en", "Tell me about the kosher. And tell me about the halal?", "? halal kosher"},
		// The rest of it is more than a story.
		{"en", "The bags arrived torn. Tell me about the refund", "? refund"},
		{"en", "I want to buy 20 t, tell me about the discount", "? discount"},
		// A tag alone.
		{"en", "L/C?", "? letter"},
		// Nothing that anybody would ask.
		{"en", "'; DROP TABLE leads; --", ""},
		{"en", "asdf qwer", ""},
		{"en", "!!! ... ???", ""},
		{"en", "what is it", ""},
		{"zh-CN", "今天天气怎么样", ""},
		{"en", strings.Repeat("and then he said so, ", 2000), ""},
		{"en", "\x00\xff\xfe", ""},
	} {
		a := ask(t, m, x.language, x.text)
		have := outcome(a)
		if strings.HasPrefix(x.want, "? ") && strings.HasPrefix(have, "? ") {
			for slug := range strings.FieldsSeq(x.want[2:]) {
				if !strings.Contains(have, slug) {
					t.Errorf("%.80q: %q, want %s among them", x.text, have, slug)
				}
			}
			continue
		}
		if have != x.want {
			t.Errorf("%.80q: %q, want %q (%+v)", x.text, have, x.want, a.Top)
		}
		if a.Exact && a.Article == nil {
			t.Errorf("%.80q: exact, and no answer", x.text)
		}
		if want := map[bool]crm.Band{true: crm.BandHandedOff}[x.want == ""]; want != "" && a.Band != want {
			t.Errorf("%.80q: band %s", x.text, a.Band)
		}
	}
}

// TestAnswerIsWhole: an answer says all that the log and the next step need.
func TestAnswerIsWhole(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	m := fresh(t, db, nil)
	for _, text := range []string{"tell me about the refund", "refund rules and the invoice", "how are customs and storage done", "the moon", "customs"} {
		a := ask(t, m, "en", text)
		if a.Version != m.Version() || len(a.Top) > 3 || len(a.Suggestions) > 3 {
			t.Errorf("%q: %+v", text, a)
		}
		last := 1.0
		for _, c := range a.Top {
			if c.Probability < 0 || c.Probability > last || c.Article == 0 || c.Version == 0 || math.IsNaN(c.Probability) {
				t.Errorf("%q: %+v", text, a.Top)
			}
			last = c.Probability
		}
		for _, s := range a.Suggestions {
			if a.Article != nil && s.Slug == a.Article.Slug {
				t.Errorf("%q: %s is suggested beside itself", text, s.Slug)
			}
		}
		want := crm.BandHandedOff
		if len(a.Suggestions) > 0 {
			want = crm.BandSuggested
		}
		if a.Article != nil {
			want = crm.BandAnswered
			if a.Top[0].Article != a.Article.ID || a.Top[0].Version != a.Article.Version {
				t.Errorf("%q: %+v is not %v", text, a.Top, a.Article.ID)
			}
		}
		if a.Band != want {
			t.Errorf("%q: band %s, want %s", text, a.Band, want)
		}
	}
}

// TestThin: what is asked for in one way only is answered word for word and no
// other way, and does not keep the others from being answered.
func TestThin(t *testing.T) {
	t.Parallel()
	db, s := stocked(t)
	put(t, s, &crm.Article{Slug: "parking", Language: "en", Title: "Where can trucks park overnight?", Body: "In the yard."})
	m := fresh(t, db, nil)
	for text, want := range map[string]string{
		"where can trucks park overnight": "parking",
		"where do trucks park overnight":  "? parking",
		"what is your refund":             "refund",
	} {
		if have := outcome(ask(t, m, "en", text)); have != want {
			t.Errorf("%q: %q, want %q", text, have, want)
		}
	}
}

// TestVectors: what means the same is found without a word in common, once
// there are vectors, and their stamp brings them in.
func TestVectors(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	all, _, err := db.Articles(t.Context(), crm.ArticleFilter{Page: crm.Page{Limit: 100}})
	if err != nil {
		t.Fatal(err)
	}
	vectors := map[string][]float32{}
	for i, a := range all {
		for _, p := range append([]string{a.Title}, a.Phrasings...) {
			v := make([]float32, len(all))
			v[i] = 1
			vectors[p] = v
		}
	}
	if have := knowledge.Phrasings(all); len(have) != len(vectors) {
		t.Fatalf("%d phrasings, want %d", len(have), len(vectors))
	}
	m := knowledge.New(knowledge.Options{Articles: db, Words: words(t), Index: db, Values: db, Model: "small", Now: storagetest.Clock})
	first := func() string {
		if err := m.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		a, err := m.Find(context.Background(), knowledge.Question{Text: "Rückerstattung", Language: "en", Vector: vectors["refund rules"]})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Top {
			for _, article := range all {
				if article.ID == c.Article {
					return article.Slug
				}
			}
		}
		return ""
	}
	if have := first(); have == "refund" {
		t.Fatal("found before there were vectors")
	}
	if err := db.SaveVectors(t.Context(), "small", vectors); err != nil {
		t.Fatal(err)
	}
	if err := db.SetValue(t.Context(), knowledge.VectorsStamp, "small 1", 1e18); err != nil {
		t.Fatal(err)
	}
	if have := first(); have != "refund" {
		t.Errorf("found %q by a vector, want refund", have)
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	db, _ := stocked(t)
	m := fresh(t, db, nil)
	got := m.Conflicts(&crm.Article{
		Slug: "money-back", Language: "en", Title: "Refund rules!", Phrasings: []string{"What must I know about your refunds", "can a horse fly"},
	})
	if len(got) != 2 || got[0].Article.Slug != "refund" || !got[0].Same || got[0].Other != "refund rules" || got[1].Alike < 0.8 {
		t.Errorf("%+v", got)
	}
	if own := m.Conflicts(&crm.Article{Slug: "refund", Language: "en", Title: "refund rules"}); len(own) != 0 {
		t.Errorf("an article is in conflict with itself: %+v", own)
	}
	// Before anything is stored, too.
	alone := knowledge.Of([]*crm.Article{{Slug: "a", Language: "en", Title: "Do you ship to Chile?"}}, knowledge.Words{})
	if got := alone.Conflicts(&crm.Article{Slug: "b", Language: "en", Title: "do you ship to Chile"}); len(got) != 1 || !got[0].Same {
		t.Errorf("%+v", got)
	}
	phrasing, near, alike := m.Near("what must I know about the refund", "")
	if near == nil || near.Slug != "refund" || alike <= 0.5 || phrasing == "" {
		t.Errorf("near: %q %v %v", phrasing, near, alike)
	}
	if _, other, _ := m.Near("refund rules", "refund"); other != nil && other.Slug == "refund" {
		t.Error("near what it was not to be near")
	}
}

// TestNothing: every method is safe before anything was read, and over an empty
// knowledge base.
func TestNothing(t *testing.T) {
	t.Parallel()
	before := knowledge.New(knowledge.Options{})
	empty := knowledge.New(knowledge.Options{Articles: storagetest.New(t)})
	if err := empty.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*knowledge.Matcher{"before": before, "empty": empty} {
		_, near, _ := m.Near("x", "")
		if near != nil || m.Trusted() || m.Says("maltose syrup keeps 18 months unopened") != nil || m.Names("x") || m.Known() {
			t.Errorf("%s: it knows something", name)
		}
		if m.Conflicts(&crm.Article{Slug: "a", Title: "b"}) != nil || m.Health().Asked != 0 || m.Version() < 0 || m.Alike("a", "b") > 0 {
			t.Errorf("%s: %+v", name, m.Health())
		}
	}
	if a := ask(t, empty, "en", "what is your MOQ?"); a.Band != crm.BandHandedOff || a.Article != nil || len(a.Top) > 0 {
		t.Errorf("%+v", a)
	}
}
