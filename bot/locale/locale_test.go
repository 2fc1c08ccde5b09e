package locale

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot/markup"
	"crmbot/crm"
)

func load(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// speak makes Words of a few sentences.
func speak(lang string, sentences map[string]entry) *Words {
	c := &Catalog{words: map[string]*Words{}, missed: map[string]bool{}, langs: []string{lang}}
	c.words[lang] = &Words{lang: lang, entries: sentences, catalog: c, currency: "CNY"}
	return c.words[lang]
}

func TestSentences(t *testing.T) {
	w := speak("en", map[string]entry{
		"won":        {forms: []string{"**{name}** is won by {user}."}},
		"leads":      {forms: []string{"{n} lead for {name}", "{n} leads for {name}"}, list: true},
		"noun.lead":  {forms: []string{"lead", "prospect"}, list: true},
		"brace":      {forms: []string{"a } b {x} c {"}},
		"list.comma": {forms: []string{", "}},
	})
	ref := crm.Ref{Kind: crm.KindOpportunity, ID: 7}
	for _, c := range []struct{ got, want string }{
		{w.T("won", "name", "a*b [c]", "user", "li_wei"), `**a\*b \[c\]** is won by li\_wei.`},
		{w.T("won", "name", markup.Code("x"), "user", ref), "**`x`** is won by OPP-7."},
		{w.T("won", "name", 3, "user", int64(4)), "**3** is won by 4."},
		{w.T("won", "name", crm.KindLead, "user", crm.RoleSales), "**lead** is won by sales."},
		{w.T("won", "name", crm.Money{Minor: 28_000_000, Currency: "CNY"}, "user", crm.LeadID(2)), "**¥280,000** is won by LEAD-2."},
		{w.T("won", "name", nil), "**** is won by {user}."},
		{w.T("won", "name", []string{"a", "b_"}, "user", true), `**a, b\_** is won by true.`},
		{w.T("won"), "**{name}** is won by {user}."},
		{w.T("won", "name", "{user}", "user", "x"), "**{user}** is won by x."},
		{w.T("brace", "x", 1), "a } b {x} c {"},
		{w.T("no.such"), "no.such"},
		{w.Label("won", "name", "a*b", "user", "c"), "a*b is won by c."},
		{w.N("leads", 1, "name", "Li"), "1 lead for Li"},
		{w.N("leads", 0, "name", "Li"), "0 leads for Li"},
		{w.N("leads", 12500, "name", "Li"), "12,500 leads for Li"},
		{w.Noun(crm.KindLead), "lead"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if diff := cmp.Diff([]string{"no.such"}, w.catalog.Missed()); diff != "" {
		t.Error(diff)
	}
}

func TestErrors(t *testing.T) {
	w := load(t).Words("en")
	fault := errors.New("disk on fire")
	for _, c := range []struct {
		err        error
		pairs      []any
		has, lacks string
	}{
		{crm.Fail(crm.CodeNotFound, "no.such.key"), nil, w.T("error.not_found"), ""},
		{fmt.Errorf("deep: %w", crm.Fail(crm.CodeForbidden, "no.such.key")), nil, w.T("error.forbidden"), ""},
		{fault, nil, FaultID(fault), "fire"},
		{fault, []any{"id", "E42"}, "E42", "fire"},
		{crm.Fail(crm.CodeInternal, "error.invalid"), nil, w.T("error.internal", "id", FaultID(crm.Fail(crm.CodeInternal, "error.invalid"))), ""},
	} {
		got := w.Error(c.err, c.pairs...)
		if !contains(got, c.has) || c.lacks != "" && contains(got, c.lacks) {
			t.Errorf("Error(%v) = %q", c.err, got)
		}
	}
	if got := w.Error(nil); got != "" {
		t.Errorf("no error says %q", got)
	}
	named := speak("en", map[string]entry{"role.unknown": {forms: []string{"There is no role {role}."}}})
	if got := named.Error(crm.Fail(crm.CodeInvalid, "role.unknown", "role", "b_ss")); got != `There is no role b\_ss.` {
		t.Errorf("got %q", got)
	}
}

func TestLanguages(t *testing.T) {
	c := load(t)
	for tag, want := range map[string]string{"en": "en", "zh-CN": "zh-CN", "zh": "zh-CN", "zh-Hant-TW": "zh-CN", "en_US": "en", "EN-gb": "en", "fr": "en", "": "en"} {
		if got := c.Words(tag).Lang(); got != want {
			t.Errorf("Words(%q) speaks %s, want %s", tag, got, want)
		}
	}
	if _, ok := c.Match("fr"); ok {
		t.Error("we speak no French")
	}
	for _, word := range []string{"lead", "线索"} {
		if !containsWord(c.Every("noun.lead"), word) {
			t.Errorf("Every lacks %s", word)
		}
	}
}

func TestMoney(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		minor  int64
		code   string
		en, zh string
	}{
		{28_000_000, "CNY", "¥280,000", "28万"},
		{12_000_000_000, "CNY", "¥120,000,000", "1.2亿"},
		{86_500_000, "CNY", "¥865,000", "86.5万"},
		{350_000, "CNY", "¥3,500", "¥3,500"},
		{1_250_000, "USD", "$12,500", "1.25万美元"},
		{350_050, "USD", "$3,500.50", "3,500.50美元"},
		{28_345_600, "CNY", "¥283,456", "¥283,456"},
		{0, "CNY", "¥0", "¥0"},
		{-28_000_000, "CNY", "-¥280,000", "-28万"},
		{5000, "JPY", "JPY 5,000", "5,000日元"},
		{50_000, "JPY", "JPY 50,000", "5万日元"},
		{1_000_000, "CNY", "¥10,000", "1万"},
		{999_999, "CNY", "¥9,999.99", "¥9,999.99"},
		{12_345_000_000, "CNY", "¥123,450,000", "1.2345亿"},
		{5, "CNY", "¥0.05", "¥0.05"},
		{2_000_000, "CHF", "CHF 20,000", "2万 CHF"},
		{100, "", "¥1", "¥1"},
	} {
		m := crm.Money{Minor: x.minor, Currency: x.code}
		if got := c.Words("en").Money(m); got != x.en {
			t.Errorf("en %v = %q, want %q", m, got, x.en)
		}
		if got := c.Words("zh-CN").Money(m); got != x.zh {
			t.Errorf("zh %v = %q, want %q", m, got, x.zh)
		}
	}
	c.SetCurrency("USD")
	if got := c.Words("zh-CN").Money(crm.Money{Minor: 28_000_000, Currency: "USD"}); got != "28万" {
		t.Errorf("the company's own dollars are %q", got)
	}
}

func TestSum(t *testing.T) {
	c := load(t)
	for minor, want := range map[int64][2]string{
		41_333_333: {"¥413,333", "41.33万"}, 28_000_000: {"¥280,000", "28万"}, 123_456_789_00: {"¥123,456,789", "1.235亿"}, 99_99: {"¥100", "¥100"}, 0: {"¥0", "¥0"}, -41_333_333: {"-¥413,333", "-41.33万"},
		9_999_950_00: {"¥9,999,950", "1000万"},
	} {
		m := crm.Money{Minor: minor, Currency: "CNY"}
		if got := [2]string{c.Words("en").Sum(m), c.Words("zh-CN").Sum(m)}; got != want {
			t.Errorf("Sum(%d) = %v, want %v", minor, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	c := load(t)
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 19, 10, 0, 0, 0, zone) // a Thursday
	for _, x := range []struct {
		at     time.Time
		en, zh string
	}{
		{now.Add(5 * time.Hour), "today 15:00", "今天15:00"},
		{now.Add(29 * time.Hour).UTC(), "tomorrow 15:00", "明天15:00"},
		{now.Add(-19 * time.Hour), "yesterday 15:00", "昨天15:00"},
		{now.AddDate(0, 0, 4), "Mon 10:00", "周一10:00"},
		{now.AddDate(0, 0, 6), "Wed 10:00", "周三10:00"},
		{now.AddDate(0, 0, 7), "Nov 26, 10:00", "11月26日10:00"},
		{now.AddDate(0, 0, -2), "Nov 17, 10:00", "11月17日10:00"},
		{time.Date(2027, 1, 5, 9, 5, 0, 0, zone), "Jan 5, 2027, 09:05", "2027年1月5日09:05"},
		{time.Date(2026, 11, 19, 23, 59, 0, 0, zone), "today 23:59", "今天23:59"},
		{time.Date(2026, 11, 20, 0, 0, 0, 0, zone), "tomorrow 00:00", "明天00:00"},
	} {
		if got := c.Words("en").Moment(x.at, now); got != x.en {
			t.Errorf("en %v = %q, want %q", x.at, got, x.en)
		}
		if got := c.Words("zh-CN").Moment(x.at, now); got != x.zh {
			t.Errorf("zh %v = %q, want %q", x.at, got, x.zh)
		}
	}
	en, zh := c.Words("en"), c.Words("zh-CN")
	for _, x := range []struct{ got, want string }{
		{en.Day("2026-12-20"), "Dec 20, 2026"},
		{zh.Day("2026-12-20"), "2026年12月20日"},
		{en.Day("2026-12-20", now), "Dec 20"},
		{zh.Day("2026-12-20", now), "12月20日"},
		{zh.Day("2027-01-05", now), "2027年1月5日"},
		{en.Day(""), ""},
		{en.Day("soon"), "soon"},
		{en.Month(now), "Nov 2026"},
		{zh.Month(now), "2026年11月"},
		{en.Clock(now), "10:00"},
		{zh.Weekday(now), "周四"},
		{en.Percent(41), "41%"},
		{en.Count(12500), "12,500"},
		{en.Count(-3), "-3"},
		{zh.Enum([]string{"甲", "乙"}), "甲、乙"},
		{zh.Time(now), "2026年11月19日10:00"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
}

func TestLanguageOfText(t *testing.T) {
	for text, want := range map[string]string{
		"你好": "zh-CN", "在吗？": "zh-CN", "我想要 maltose syrup 报价": "zh-CN", "OPP-1 赢单": "zh-CN", "hello": "en", "Do you sell maltose syrup?": "en", "What does 麦芽糖 cost per ton in your shop?": "en", "hi": "en",
		"13800000000": "", "👌": "", "LEAD-42": "", "https://example.com": "", "": "", "こんにちは 世界": "", "Привет": "", "안녕하세요": "", "k": "", "ana@example.com": "", "！？": "",
	} {
		if got, ok := Of(text); got != want || ok != (want != "") {
			t.Errorf("Of(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
}
