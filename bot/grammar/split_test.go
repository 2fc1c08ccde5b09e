package grammar

import (
	"fmt"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{
		`lead new Zhang Wei company=Rongshi phone=13800000000 need="20 t maltose syrup" source=baidu`: `lead|new|Zhang|Wei|company=Rongshi|phone=13800000000|need="20 t maltose syrup"|source=baidu`,
		"张伟　融氏　麦芽糖浆20吨":           "张伟|融氏|麦芽糖浆20吨",
		"张伟，融氏、百度":                "张伟,|融氏,|百度",
		"投诉:到货破袋":                 "投诉:|到货破袋",
		"投诉：到货破袋":                 "投诉:|到货破袋",
		"complaint: torn bags":    "complaint:|torn|bags",
		"明天 15:00 12,500 28万":     "明天|15:00|12,500|28万",
		"Zhang, Wei":              "Zhang,|Wei",
		"a,b http://x.cn:80/a=b":  "a,b|http://x.cn:80/a=b",
		"需求=20吨，电话＝１３８":           "需求=20吨,|电话=１３８",
		"名称=“融氏 食品” x":            `名称="融氏 食品"|x`,
		"「张 伟」 『b c』 ‘d e’ 'f g'": `"张 伟"|"b c"|"d e"|"f g"`,
		`say "unclosed text`:      `say|"unclosed|text`,
		"Zhang's bags":            "Zhang's|bags",
		"'it's fine'":             `"it's fine"`,
		`a="" b=`:                 `a=""|b=`,
		"time=15:00 Phone=1":      "time=15:00|phone=1",
		"":                        "",
		" ,，: ":                   "",
		"=x":                      "=x",
		"1=2":                     "1=2",
	} {
		var got []string
		for _, tok := range Split(in) {
			s := tok.Text
			if tok.Quoted {
				s = `"` + s + `"`
			}
			if tok.Name != "" {
				s = tok.Name + "=" + s
			}
			if tok.Mark != 0 {
				s += string(tok.Mark)
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("Split(%q)\n got %s\nwant %s", in, s, want)
		}
	}
}

func TestManyArguments(t *testing.T) {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, " name%d=\"value %d\"", i, i)
	}
	tokens := Split("lead new" + b.String())
	if len(tokens) != 502 || tokens[501].Name != "name499" || tokens[501].Text != "value 499" {
		t.Fatalf("%d tokens, last %+v", len(tokens), tokens[len(tokens)-1])
	}
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"13800000000": "+8613800000000", "138 0000 0000": "+8613800000000", "138-0000-0000": "+8613800000000", "+86 138 0000 0000": "+8613800000000", "１３８００００００００": "+8613800000000",
		"电话：13800000000": "+8613800000000", "Tel: +49 30 901820": "+4930901820", "021-61234567": "+862161234567",
		"12345": "", "20吨": "", "": "", "2026-12-20": "", "28万": "", "1380000000a": "",
	} {
		if got, ok := Phone(in, "CN"); got != want || ok != (want != "") {
			t.Errorf("Phone(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFindPhone(t *testing.T) {
	for _, c := range []struct{ in, span string }{
		{"我的电话13800000000，请联系", "13800000000"},
		{"call +1 415 555 2671 please", "+1 415 555 2671"},
		{"138 0000 0000", "138 0000 0000"},
		{"订单号20261120000001", ""},
		{"要20吨", ""},
		{"2026-12-20", ""},
		{"LEAD-13800000000", ""},
		{"¥13800000000", ""},
	} {
		_, span, ok := FindPhone(c.in, "CN")
		if got := span.Of(c.in); ok != (c.span != "") || got != c.span {
			t.Errorf("FindPhone(%q) at %q, want %q", c.in, got, c.span)
		}
	}
}

func TestSimplifiedKeepsItsLength(t *testing.T) {
	from, to := []rune(traditional), []rune(simplified)
	if len(from) != len(to) || len(from) < 2900 {
		t.Fatalf("%d characters in %d", len(from), len(to))
	}
	for i := range from {
		if len(string(from[i])) != len(string(to[i])) {
			t.Errorf("%c and %c take unequal room", from[i], to[i])
		}
		if Simplified(string(to[i])) != string(to[i]) {
			t.Errorf("%c is not simple: %s", to[i], Simplified(string(to[i])))
		}
	}
	for text, want := range map[string]string{
		"麥芽糖漿保質期多久": "麦芽糖浆保质期多久", "沒用，解決了嗎": "没用，解决了吗", "哈囉，妳好": "哈喽，你好", "abc é 你好": "abc é 你好", "": "",
	} {
		if have := Simplified(text); have != want {
			t.Errorf("%q is %q, want %q", text, have, want)
		}
	}
}
