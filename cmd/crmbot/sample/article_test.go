package sample

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

func TestArticles(t *testing.T) {
	t.Parallel()
	all, err := knowledgeBase()
	if err != nil {
		t.Fatal(err)
	}
	languages := map[string]map[string]bool{"en": {}, "zh-CN": {}}
	asked := map[string]string{} // by the words alone
	for _, a := range all {
		at := a.Slug + "." + a.Language
		if languages[a.Language] == nil || languages[a.Language][a.Slug] {
			t.Errorf("%s: not a language, or there twice", at)
			continue
		}
		languages[a.Language][a.Slug] = true
		if a.Title == "" || len(a.Tags) == 0 || a.Status != crm.ArticlePublished {
			t.Errorf("%s: title %q, tags %v, status %s", at, a.Title, a.Tags, a.Status)
		}
		if n := len(a.Phrasings); n < 8 || n > 16 {
			t.Errorf("%s: %d phrasings", at, n)
		}
		for _, p := range append([]string{a.Title}, a.Phrasings...) {
			key := bare(p)
			if other, ok := asked[key]; ok {
				t.Errorf("%s and %s are both asked as %q", at, other, p)
			}
			asked[key] = at
		}
		if han := strings.IndexFunc(a.Title+a.Body, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0; han != (a.Language == "zh-CN") {
			t.Errorf("%s is in another language", at)
		}
		plain := markup.Parse(a.Body).Plain()
		if strings.Contains(plain, "**") || strings.Contains(plain, "](") || utf8.RuneCountInString(plain) > 420 {
			t.Errorf("%s reads %q", at, plain)
		}
	}
	if len(languages["en"]) != 40 || len(languages["zh-CN"]) != 40 {
		t.Errorf("%d articles in English, %d in Chinese", len(languages["en"]), len(languages["zh-CN"]))
	}
	for slug := range languages["en"] {
		if !languages["zh-CN"][slug] {
			t.Errorf("%s has no Chinese", slug)
		}
	}
}

// bare is a question without case, spaces and punctuation.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// The articles answer what they are for, and keep out of the way of whoever
// wants to buy, complains, or means something else.
func TestAnswers(t *testing.T) {
	t.Parallel()
	db, _ := load(t, moments()[0])
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	finder := knowledge.New(knowledge.Options{Articles: db, Words: knowledge.WordsOf(catalog)})
	ask := func(text, language string) string {
		answer, err := finder.Find(t.Context(), knowledge.Question{Text: text, Language: language})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Article == nil {
			return ""
		}
		return answer.Article.Slug + "." + answer.Article.Language
	}
	all, err := knowledgeBase()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		for _, p := range append([]string{a.Title}, a.Phrasings...) {
			if got := ask(p, a.Language); got != a.Slug+"."+a.Language {
				t.Errorf("%q is answered by %q, want %s.%s", p, got, a.Slug, a.Language)
			}
		}
	}
	for text, want := range map[string]string{
		"请问含人工甜味剂吗": "additives.zh-CN", "人工费多少": "toll-processing.zh-CN", "退货政策是什么?": "returns.zh-CN",
		"麦芽糖浆保质期多久": "shelf-life.zh-CN", "请问起订量是多少呢": "moq.zh-CN",
		"我要20吨麦芽糖浆，请报价": "", "麦芽糖浆多少钱": "", "报价": "", "转人工": "", "人工": "", "到货包装破了": "",
		"客户说下周付款": "", "我要退货": "", "投诉": "", "包装破了": "", "你好": "", "价格": "",
		// What is asked about goods counts, not their name: both are suggested.
		"麦芽糖浆可以放多久": "", "麦芽糖浆怎么运": "", "麦芽糖浆能寄样品吗": "samples.zh-CN",
	} {
		if got := ask(text, "zh-CN"); got != want {
			t.Errorf("%q is answered by %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"refund policy?": "returns.en", "Hello, what is your MOQ?": "moq.en", "is it halal?": "halal.en",
		"I am a travel agent": "", "I need a quote for 20 t of maltose syrup": "", "price": "", "how much is maltose syrup": "",
		"The bags arrived torn": "", "talk to a person": "", "I want to return my order": "", "hello": "", "quote": "",
		"my customer pays next week": "",
		"MOQ of IMO":                 "moq.en", "storage temperature of glucose syrup": "storage.en", "Can I get a sample of resistant dextrin": "samples.en",
	} {
		if got := ask(text, "en"); got != want {
			t.Errorf("%q is answered by %q, want %q", text, got, want)
		}
	}
}
