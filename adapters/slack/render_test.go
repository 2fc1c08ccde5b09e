package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
	"crmbot/bot/markup"
)

// anything is a text as people and records have them.
func anything(most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		piece := rapid.SampledFrom([]string{"word ", "长句子没有空格", "<b>&amp;", "\n", "👨‍👩‍👧 ", "*_~`", "```", "**bold** ", "[a](https://e.com/?a=1&b=2)", "|", "x", "- item\n", "  "})
		text := strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces"), "")
		return strings.Repeat(text, rapid.IntRange(1, most).Draw(t, "times"))
	})
}

func anyButtons(most int) *rapid.Generator[[]bot.Button] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bot.Button {
		b := bot.Button{Label: anything(2).Draw(t, "label"), Style: rapid.SampledFrom([]bot.Style{"", "primary", "danger"}).Draw(t, "style")}
		if b.Action = "b:abcdefgh12345678"; rapid.Bool().Draw(t, "link") {
			b.Action, b.URL = "", "https://example.com/?a=1&b=2"
		}
		b.Form = rapid.Bool().Draw(t, "form")
		return b
	}), 0, most)
}

func anyReply(t *rapid.T) *bot.Reply {
	r := &bot.Reply{Text: anything(20).Draw(t, "text"), Buttons: anyButtons(12).Draw(t, "buttons")}
	r.Cards = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bot.Card {
		return bot.Card{
			Title: anything(2).Draw(t, "title"), Subtitle: anything(3).Draw(t, "subtitle"), Text: anything(4).Draw(t, "text"),
			Fields: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bot.Field {
				return bot.Field{Name: "Phone", Value: anything(5).Draw(t, "value")}
			}), 0, 14).Draw(t, "fields"),
			Buttons: anyButtons(3).Draw(t, "buttons"),
		}
	}), 0, 60).Draw(t, "cards")
	if rapid.Bool().Draw(t, "small cards") {
		r.Text, r.Cards = "", nil
		for i := range rapid.IntRange(20, 150).Draw(t, "cards") {
			r.Cards = append(r.Cards, bot.Card{Title: fmt.Sprintf("L-%d", i), Buttons: anyButtons(2).Draw(t, "buttons")})
		}
	}
	if rows := rapid.IntRange(0, 40).Draw(t, "rows"); rows > 0 {
		r.Table = &bot.Table{Header: []string{"Owner", "Amount"}}
		for range rows {
			r.Table.Rows = append(r.Table.Rows, []string{anything(3).Draw(t, "cell"), "86万"})
		}
	}
	return r
}

// TestEveryPieceFits checks that Slack takes whatever bot.Fit makes of a reply,
// and that no word of it is lost.
func TestEveryPieceFits(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	a := open(t, httpConfig(s), adaptertest.NewHouse())
	rapid.Check(t, func(t *rapid.T) {
		reply := anyReply(t)
		for i, piece := range bot.Fit(reply, a.Features(), a.Measure) {
			raw, text := slack.Rendered(piece, at("U1", ""))
			if wrong := slacktest.Refuses(text, raw); wrong != "" {
				t.Fatalf("piece %d: %s: %s", i, wrong, raw)
			}
			if total, n := weigh(t, raw); total > 10000 || n > 50 {
				t.Fatalf("piece %d has %d characters in %d blocks", i, total, n)
			}
			whole(t, piece, raw)
		}
	})
}

// TestHomeFits checks that Slack takes a home page of any reply.
func TestHomeFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := slack.HomePage(anyReply(t), at("U1", ""))
		if _, n := weigh(t, raw); n > 100 || len(raw) > 250_000 {
			t.Fatalf("%d blocks, %d bytes", n, len(raw))
		}
		if wrong := slacktest.RefusesView(`{"type":"home","blocks":`+raw+`}`, "home"); wrong != "" {
			t.Fatalf("%s: %s", wrong, raw)
		}
	})
}

// weigh counts the characters and the blocks.
func weigh(t *rapid.T, raw string) (total, n int) {
	var list []struct {
		Text   struct{ Text json.RawMessage }
		Fields []struct{ Text string }
	}
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		total += utf8.RuneCount(b.Text.Text)
		for _, f := range b.Fields {
			total += utf8.RuneCountInString(f.Text)
		}
	}
	return total, len(list)
}

// whole checks that every button, title and word of a piece is there.
func whole(t *rapid.T, piece *bot.Reply, raw string) {
	var list slackgo.Blocks
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		t.Fatal(err)
	}
	buttons := len(piece.Buttons)
	want := markup.Plain(piece.Text)
	for _, c := range piece.Cards {
		buttons += len(c.Buttons)
		want += c.Title + c.Subtitle + markup.Plain(c.Text)
		for _, f := range c.Fields {
			want += f.Name + f.Value
		}
	}
	if piece.Table != nil {
		want += fmt.Sprint(piece.Table.Header, piece.Table.Rows)
	}
	if n := strings.Count(raw, `"type":"button"`); n != buttons {
		t.Fatalf("%d buttons of %d: %s", n, buttons, raw)
	}
	if got := letters(raw); letters(want) != "" && !covers(got, letters(want)) {
		t.Fatalf("words are lost: %q of %q", got, letters(want))
	}
}

// letters are the words that the generators make, without what rendering may
// change.
func letters(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("长句子没有空格", r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func covers(got, want string) bool {
	return utf8.RuneCountInString(got) >= utf8.RuneCountInString(want)
}

// FuzzSplit splits any text: every piece is taken, and nothing is lost.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{"", "word", "**bold** 中**文**字 _it_ `x<y` <!channel> & [a|b <i>](https://e.com/?q=1|2&x=<>)\n- one\n- **two**", strings.Repeat("没有空格的长句子", 900), strings.Repeat("a\n", 3000), "*\u200b*", "item\n- ", "`" + strings.Repeat("&", 4000) + "`", "[" + strings.Repeat("x", 5000) + "](https://e.com)"} {
		f.Add(text)
	}
	s := slacktest.New()
	f.Cleanup(s.Close)
	a, err := slack.New(httpConfig(s), adaptertest.NewHouse())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("no reply holds that")
		}
		squeeze := func(text string) string { // without white space, and items of nothing
			return strings.ReplaceAll(strings.Join(strings.Fields(text), ""), "-", "")
		}
		var got strings.Builder
		for i, piece := range bot.Fit(bot.Text(text), a.Features(), a.Measure) {
			raw, notice := slack.Rendered(piece, at("U1", ""))
			if wrong := slacktest.Refuses(notice, raw); wrong != "" {
				t.Fatalf("piece %d: %s: %s", i, wrong, raw)
			}
			got.WriteString(markup.Plain(piece.Text))
		}
		if squeeze(got.String()) != squeeze(markup.Plain(text)) {
			t.Errorf("the pieces are not the whole: %q of %q", got.String(), markup.Plain(text))
		}
	})
}
