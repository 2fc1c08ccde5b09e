package knowledge_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

var articles = []crm.Article{
	{Slug: "shelf", Language: "en", Title: "How long does maltose syrup keep?", Phrasings: []string{"shelf life of maltose syrup", "what is the shelf life of maltose syrup"}, Tags: []string{"storage"}},
	{Slug: "shelf", Language: "zh-CN", Title: "麦芽糖浆保质期多久？", Phrasings: []string{"麦芽糖浆能放多久"}},
	{Slug: "glucose", Language: "en", Title: "How long does glucose syrup keep?", Phrasings: []string{"shelf life of glucose syrup"}},
	{Slug: "sweet", Language: "zh-CN", Title: "含人工甜味剂吗？"},
	{Slug: "sweet", Language: "en", Title: "Is there artificial sweetener in it?"},
	{Slug: "return", Language: "zh-CN", Title: "可以退货吗？", Phrasings: []string{"退货政策是什么"}},
	{Slug: "noreturn", Language: "zh-CN", Title: "不可以退货的情况有哪些？"},
	{Slug: "pack", Language: "en", Title: "Which packaging is there?", Tags: []string{"drum", "ibc"}},
	{Slug: "only-en", Language: "en", Title: "Do you export to Kenya?"},
	{Slug: "draft", Language: "en", Title: "Secret recipe", Status: crm.ArticleDraft},
}

func matcher(t testing.TB) (*knowledge.Matcher, *crm.Services) {
	t.Helper()
	db := storagetest.New(t)
	s := crm.NewServices(db, storagetest.Clock, crm.Settings{Stages: crm.DefaultStages()})
	for _, a := range articles {
		if a.Status == "" {
			a.Status = crm.ArticlePublished
		}
		a.Body = "the answer"
		if _, _, err := s.Articles.Put(context.Background(), crm.System(), &a); err != nil {
			t.Fatal(err)
		}
	}
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return knowledge.New(knowledge.Options{Articles: db, Words: knowledge.WordsOf(c)}), s
}

func ask(t testing.TB, m *knowledge.Matcher, language, text string) knowledge.Answer {
	t.Helper()
	a, err := m.Find(context.Background(), knowledge.Question{Text: text, Language: language})
	if err != nil {
		t.Fatalf("Find(%q): %v", text, err)
	}
	return a
}

// TestSure is where the line runs between an answer and a guess.
func TestSure(t *testing.T) {
	t.Parallel()
	m, _ := matcher(t)
	for _, x := range []struct{ language, text, want string }{
		{"en", "How long does maltose syrup keep?", "shelf en"},
		{"en", "how long does maltose syrup keep", "shelf en"},
		{"en", "HOW LONG DOES MALTOSE SYRUP KEEP!!", "shelf en"},
		{"en", "Hello, how long does maltose syrup keep please", "shelf en"},
		{"en", "shelf life of maltose syrups", "shelf en"},
		{"zh-CN", "麦芽糖浆保质期多久", "shelf zh-CN"},
		{"zh-CN", "请问麦芽糖浆保质期多久呢？", "shelf zh-CN"},
		{"zh-CN", "麦芽糖浆，保质期多久", "shelf zh-CN"},
		{"zh-CN", "含人工甜味剂吗", "sweet zh-CN"},
		{"zh-CN", "退货政策是什么?", "return zh-CN"},
		{"zh-CN", "可以退货吗", "return zh-CN"},
		// Asked in one language, read in another: the twin if there is one.
		{"zh-CN", "How long does maltose syrup keep?", "shelf zh-CN"},
		{"zh-CN", "do you export to kenya", "only-en en"},
		// One word decides.
		{"en", "shelf life of glucose syrup", "glucose en"},
		{"en", "shelf life of fructose syrup", ""},
		{"en", "price of maltose syrup", ""},
		{"zh-CN", "不可以退货吗", ""},
		{"zh-CN", "人工费多少", ""},
		{"zh-CN", "麦芽糖浆", ""},
		{"en", "maltose syrup", ""},
		{"en", "secret recipe", ""},
		{"en", "", ""},
		{"en", "?!", ""},
		{"en", "😀", ""},
	} {
		have := ""
		if a := ask(t, m, x.language, x.text).Article; a != nil {
			have = a.Slug + " " + a.Language
		}
		if have != x.want {
			t.Errorf("%s %q: %q, want %q", x.language, x.text, have, x.want)
		}
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	m, _ := matcher(t)
	for _, x := range []struct {
		language, text string
		want           []string
	}{
		{"en", "syrup in drums", []string{"pack"}},
		{"en", "what about maltose", []string{"shelf"}},
		{"zh-CN", "麦芽糖浆", []string{"shelf"}},
		{"zh-CN", "退货", []string{"return", "noreturn"}},
		{"en", "I am a travel agent", nil},
		{"en", "what is it", nil},
		{"zh-CN", "客户说下周付款", nil},
		{"en", "recipe", nil},
	} {
		var have []string
		a := ask(t, m, x.language, x.text)
		for _, s := range a.Suggestions {
			have = append(have, s.Slug)
		}
		if a.Article != nil || len(have) > 3 {
			t.Errorf("%q: article %v, suggestions %v", x.text, a.Article, have)
		}
		for _, want := range x.want {
			if !strings.Contains(fmt.Sprint(have), want) {
				t.Errorf("%q: %v, want %s among them", x.text, have, want)
			}
		}
		if x.want == nil && len(have) > 0 {
			t.Errorf("%q: %v, want none", x.text, have)
		}
	}
}

// TestRefresh: what changes in the knowledge base arrives, unchanged versions
// build nothing, and finding goes on meanwhile.
func TestRefresh(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m, s := matcher(t)
	if a := ask(t, m, "en", "is it kosher"); a.Article != nil {
		t.Fatal("known too early")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				ask(t, m, "en", "shelf life of maltose syrup")
			}
		})
	}
	_, _, err := s.Articles.Put(ctx, crm.System(), &crm.Article{
		Slug: "kosher", Language: "en", Title: "Is it kosher?", Body: "Yes.", Status: crm.ArticlePublished,
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := m.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if a := ask(t, m, "en", "is it kosher").Article; a == nil || a.Slug != "kosher" {
		t.Fatalf("after Refresh: %v", a)
	}
}

// TestAway: while the articles cannot be read there is an error and no panic.
func TestAway(t *testing.T) {
	t.Parallel()
	db := storagetest.New(t)
	m := knowledge.New(knowledge.Options{Articles: db})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Find(context.Background(), knowledge.Question{Text: "x"}); err == nil {
		t.Fatal("no error from a closed database")
	}
}

func BenchmarkFind(b *testing.B) {
	m, s := matcher(b)
	for i := range 500 {
		a := crm.Article{Slug: fmt.Sprint("bulk", i), Language: "en", Title: fmt.Sprintf("Question number %d about product %d", i, i*7), Body: "x", Status: crm.ArticlePublished}
		if _, _, err := s.Articles.Put(context.Background(), crm.System(), &a); err != nil {
			b.Fatal(err)
		}
	}
	ask(b, m, "en", "the first one builds the index")
	for b.Loop() {
		ask(b, m, "en", "what is the shelf life of your glucose syrup in drums")
	}
}
