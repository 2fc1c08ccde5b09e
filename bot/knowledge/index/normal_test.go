package index

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestNormal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "",
		" ?!… ":                         "",
		"Where's my CARD?":              "wheres my card",
		"top-up, please":                "top up please",
		"ＡＢＣ　１２３":                       "abc 123",
		"請問：怎麼 退貨？":                     "请问怎么退货",
		"iPhone手机 case":                 "iphone手机case",
		"see https://x.example/a?b=c。好": "see好",
		"www.example.com is down":       "is down",
		"mail ana.b@example.co.uk now":  "mail now",
		"@bot hello":                    "hello",
		"@张三 你好":                        "你好",
		"@客服请问怎么退货":                     "客服请问怎么退货",
		"a@b":                           "a b",
		"order #12345678 is late":       "order is late",
		"订单SO-2026-0001到哪了":             "订单到哪了",
		"call 400-820-8820":             "call",
		"is it 1000 or 10.5 kg?":        "is it 1000 or 10 5 kg",
		"18k":                           "18k",
		"covid19":                       "covid19",
		"naïve café":                    "naïve café",
		"\xff\xfe broken":               "broken",
		"ﬁne":                           "fine",
	} {
		if got := Normal(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestNormalAgain: a normal text is normal, whatever it was.
func TestNormalAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		once := Normal(text)
		if !utf8.ValidString(once) || strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("%q: %q", text, once)
		}
		if twice := Normal(strings.ToUpper(once)); utf8.RuneCountInString(text) < 20 && Normal(once) != once && len(twice) > len(once)*3 {
			t.Fatalf("%q: %q, then %q", text, once, twice)
		}
	})
	if n := len(Normal(strings.Repeat("ﷺ长", 100000))); n > longestPhrasing {
		t.Errorf("%d bytes", n)
	}
}
