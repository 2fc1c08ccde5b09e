package telegram_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
	"crmbot/bot/markup"
)

// pieces are what texts are made of, marks of the markup and of HTML among
// them, whole and in halves.
var pieces = []string{
	"**", "_", "`", "[", "](https://e.com/?q=\"1\"&x=2)", "](", ")", "\n", "\n- ", "- ", `\`, " ", " ", ". ", "。", "，",
	"word", "麦芽糖浆", "👨‍👩‍👧", "🇨🇳", "e\u0301", "<b>", "</a>", "&amp;", "&", "\"", "𝒳", "https://example.com/a_b_c", "12,500.00",
	"**bold**", "_slant_", "`a<b`", "[label](https://e.com)", "**_both [link **b**](https://e.com) end_**",
	strings.Repeat("长句子没有空格", 30), strings.Repeat("x", 120),
}

// TestTextsAreCutBetweenEntities renders random texts and reads them back as
// Telegram does: every piece is HTML that it takes, no longer than it takes and
// as long as was measured, and together they say the same.
func TestTextsAreCutBetweenEntities(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 60).Draw(r, "text"), "")
		checkText(r, text, rapid.SampledFrom([]int{20, 50, 300, 1024, 4096}).Draw(r, "most"))
	})
}

// judge is a test that can fail.
type judge interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkText renders a text whole and cut at most units.
func checkText(t judge, text string, most int) {
	t.Helper()
	a, err := telegram.New(telegram.Config{Token: "1:x"}, adaptertest.NewHouse())
	if err != nil {
		t.Fatalf("%v", err)
	}
	shown := func(markup string) string {
		t.Helper()
		plain, wrong := telegramtest.Plain(telegram.HTML(markup))
		if wrong != "" {
			t.Fatalf("%q became %q: %s", markup, telegram.HTML(markup), wrong)
		}
		if n := a.Measure(markup); n != telegramtest.Units(plain) {
			t.Fatalf("%q measures %d, is %d", markup, n, telegramtest.Units(plain))
		}
		return plain
	}
	if got, want := bare(shown(text)), bare(label(markup.Parse(text))); got != want {
		t.Fatalf("%q shows %q, want %q", text, got, want)
	}
	f := a.Features()
	f.Text.Max = most
	together := ""
	for _, piece := range bot.Fit(bot.Text(text), f, a.Measure) {
		plain := shown(piece.Text)
		if n := telegramtest.Units(plain); n > most {
			t.Fatalf("a piece of %d units, at most %d: %q", n, most, plain)
		}
		together += plain
	}
	if !strings.Contains(text, "](") && bare(together) != bare(shown(text)) {
		t.Fatalf("%q in pieces says %q", text, together)
	}
}

// label is what people see of a text: links by their label.
func label(doc markup.Doc) string {
	var b strings.Builder
	var add func(spans []markup.Span)
	add = func(spans []markup.Span) {
		for _, s := range spans {
			b.WriteString(s.Text)
			add(s.Spans)
		}
	}
	for _, line := range doc {
		add(line.Spans)
	}
	return b.String()
}

// bare is a text without white space and the marks of lists.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '•' {
			return -1
		}
		return r
	}, text)
}
