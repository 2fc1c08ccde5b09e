package markup

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func words(s string) Span             { return Span{Text: s} }
func strong(s ...Span) Span           { return Span{Kind: Strong, Spans: s} }
func slant(s ...Span) Span            { return Span{Kind: Slant, Spans: s} }
func mono(s string) Span              { return Span{Kind: Mono, Text: s} }
func anchor(u string, s ...Span) Span { return Span{Kind: Anchor, URL: u, Spans: s} }
func line(s ...Span) Doc              { return Doc{{Spans: s}} }

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Doc
	}{
		{"", Doc{{}}},
		{"plain", line(words("plain"))},
		{"**bold**", line(strong(words("bold")))},
		{"_italic_ words", line(slant(words("italic")), words(" words"))},
		{"`code`", line(mono("code"))},
		{"`a**b`", line(mono("a**b"))},
		{"`a\\_b`", line(mono("a_b"))},
		{"[shop](https://x.cn/a_b)", line(anchor("https://x.cn/a_b", words("shop")))},
		{"[**shop**](mailto:a@b.c)", line(anchor("mailto:a@b.c", strong(words("shop"))))},
		{"**a _b_ `c`**", line(strong(words("a "), slant(words("b")), words(" "), mono("c")))},
		{"这是_重要_的", line(words("这是"), slant(words("重要")), words("的"))},
		{"- one\n- two\nend", Doc{{Item: true, Spans: []Span{words("one")}}, {Item: true, Spans: []Span{words("two")}}, {Spans: []Span{words("end")}}}},
		{"\\- no list", line(words("- no list"))},
		{"a\n\nb", Doc{{Spans: []Span{words("a")}}, {}, {Spans: []Span{words("b")}}}},
		// What looks like a construct and is none.
		{"snake_case_name", line(words("snake_case_name"))},
		{"2 * 3 * 4", line(words("2 * 3 * 4"))},
		{"**open", line(words("**open"))},
		{"**open _a_", line(words("**open "), slant(words("a")))},
		{"****", line(words("****"))},
		{"`", line(words("`"))},
		{"``", line(words("``"))},
		{"_ a _", line(words("_ a _"))},
		{"[a](javascript:alert(1))", line(words("[a](javascript:alert(1))"))},
		{"[a](javascript:x) [b](https://e.com/)", line(words("[a](javascript:x) "), Span{Kind: Anchor, URL: "https://e.com/", Spans: []Span{words("b")}})},
		{"[a]", line(words("[a]"))},
		{"[a](https://x", line(words("[a](https://x"))},
		{"[](https://x.cn)", line(words("[](https://x.cn)"))},
		{"**over\nlines**", Doc{{Spans: []Span{words("**over")}}, {Spans: []Span{words("lines**")}}}},
		{"**a [b** c](https://x.cn)", line(strong(words("a [b")), words(" c](https://x.cn)"))},
		{"\\*\\*not\\*\\*", line(words("**not**"))},
		{"C:\\dir", line(words("C:\\dir"))},
	} {
		if diff := cmp.Diff(c.want, Parse(c.in)); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"**a** _b_ `c`":                "a b c",
		"- x\n- **y**":                 "- x\n- y",
		"see [shop](https://x.cn)":     "see shop https://x.cn",
		"[https://x.cn](https://x.cn)": "https://x.cn",
		"[](https://x.cn) **":          "[](https://x.cn) **",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBuilders(t *testing.T) {
	for _, c := range []struct{ got, want Text }{
		{Bold("a*b"), `**a\*b**`},
		{Bold(" "), " "},
		{Italic("x"), "_x_"},
		{Code("a`b"), "`a\\`b`"},
		{Link("a]b", "https://x.cn/(1)"), `[a\]b](https://x.cn/%281%29)`},
		{Link("bad", "javascript:x"), "bad"},
		{Join("a", "- b"), "a\n- b"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLongLinesTakeLinearTime(t *testing.T) {
	for _, part := range []string{"`", "**", "_a", "[", "](", "[a](", "\\*", "**_`[", "](http://"} {
		s := strings.Repeat(part, 100_000/len(part))
		if got := Parse(s).String(); Plain(got) == "" {
			t.Errorf("%q repeated is lost", part)
		}
	}
}

func FuzzMarkup(f *testing.F) {
	for _, s := range []string{"**a** _b_ `c` [d](https://e.f) \n- g", "_**_`](", "- - x", "\\", "\xff**\xff", "a_b_ _c_d", "[_a](tel:1)_", "**- a**", "`\\`"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := Plain(Escape(s)); got != s {
			t.Errorf("Plain(Escape(%q)) = %q", s, got)
		}
		doc := Parse(s)
		if diff := cmp.Diff(doc, Parse(doc.String())); diff != "" {
			t.Errorf("Parse(%q) is not stable over %q:\n%s", s, doc.String(), diff)
		}
	})
}
