package bot

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"crmbot/bot/markup"
)

var update = flag.Bool("update", false, "write the golden files anew")

// platforms are features of four sorts.
var platforms = map[string]Features{
	"rich":       {Text: Limit{4000, Runes}, Label: Limit{30, Runes}, Buttons: 5, Cards: true, Tables: true, Contact: true, Files: true, Caption: Limit{1000, Runes}},
	"plain":      {Text: Limit{2000, UTF16}, Label: Limit{20, Runes}, Buttons: 8, Contact: true, Files: true},
	"short":      {Text: Limit{60, Bytes}, Label: Limit{12, Bytes}, Buttons: 2},
	"buttonless": {Text: Limit{600, Bytes}},
}

// replies are what handlers answer.
var replies = map[string]*Reply{
	"text":  {V: 1, Text: "**LEAD-1** is qualified.\n\n- called _twice_\n- see [the offer](https://shop.example.com/offer?id=1&x=2)", Quote: "m1", Replace: true},
	"empty": {},
	"toast": {Toast: "Done"},
	"question": {
		Text: "Which one?", Buttons: []Button{
			{Label: "LEAD-1 Zhang Wei of Rongshi Food", Action: "b:1", Style: StylePrimary},
			{Label: "LEAD-2 Zhang", Action: "b:2"},
			{Label: "Catalogue", URL: "https://shop.example.com/"},
			{Label: "None of *these*", Action: "b:3"},
		}, AskContact: "Share my number", Private: true,
	},
	"helped": {
		Text: "Within China 2 to 5 days.", Numbers: "_Reply 1 if that solved it, 2 if it did not._",
		Buttons: []Button{{Label: "Solved", Action: "b:1"}, {Label: "Not helpful", Action: "b:2"}},
	},
	"card": {
		Text: "已转为客户", Cards: []Card{{
			Title: "OPP-1 融氏食品*", Subtitle: "方案报价", Text: "下一步：**回访**",
			Fields:  []Field{{"金额", "28万"}, {"Owner", "li_wei"}},
			Buttons: []Button{{Label: "赢单", Action: "b:1"}, {Label: "输单", Action: "b:2"}},
		}},
		Buttons: []Button{{Label: "撤销", Action: "b:3"}},
	},
	"cards": {
		Cards: []Card{
			{Title: "LEAD-1 Ana", Buttons: []Button{{Label: "Open", Action: "b:1"}}},
			{Title: "LEAD-2 Bo", Buttons: []Button{{Label: "Open", Action: "b:2"}}},
		},
	},
	"table": {
		Text: "共5单 120万", Table: &Table{
			Header: []string{"Owner", "Count", "Amount"},
			Rows:   [][]string{{"李伟", "3", "86万"}, {"王芳", "2", "34万"}},
			Lines:  []string{"李伟 3单 86万(加权41万)", "王芳 2单 34万(加权12万)"},
		},
		Buttons: []Button{{Label: "本季度", Action: "b:9"}},
	},
	"files": {Text: "The offer", Files: []File{{Name: "offer_1.pdf", Hash: "abc"}, {Name: "list.xlsx"}}},
	"photo": {
		Text: "The **new** label", Files: []File{{Name: "label.png", Hash: "abc"}}, Buttons: []Button{{Label: "I like it", Action: "b:1"}},
		AskContact: "Share my number",
	},
	"long": {
		Text:    strings.Repeat("这是一句话。", 12) + "\n" + strings.Repeat("One more sentence, with words. ", 6) + "\n\n**" + strings.Repeat("bold text ", 12) + "**end [label](https://shop.example.com/" + strings.Repeat("x", 80) + ")",
		Buttons: []Button{{Label: "OK", Action: "b:1"}},
	},
}

func TestFitGolden(t *testing.T) {
	for reply, r := range replies {
		for platform, f := range platforms {
			name := reply + "." + platform
			t.Run(name, func(t *testing.T) {
				before, _ := json.Marshal(r)
				got := shown(t, Fit(r, f, nil))
				file := filepath.Join("testdata", "fit", name+".txt")
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if after, _ := json.Marshal(r); string(before) != string(after) {
					t.Errorf("Fit changed the reply it was given: %s", after)
				}
			})
		}
	}
}

// shown writes pieces for people to compare: the text, and the rest as JSON.
func shown(t *testing.T, pieces []*Reply) string {
	var b strings.Builder
	for i, p := range pieces {
		rest := *p
		rest.Text = ""
		data, err := json.Marshal(rest)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "--- %d %s\n%s\n", i+1, data, p.Text)
	}
	return b.String()
}

// letters are the visible characters of a text, whatever line they stand on.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestFitLosesNoTextAndKeepsTheLimit(t *testing.T) {
	word := rapid.SampledFrom([]string{
		"word", "很长的句子", "。", ", ", " ", "\n", "\n\n", "- item", "**bold words**", "_italic_", "`code`", "[label](https://x.cn/a)",
		"👩‍👩‍👧", "🇨🇳", "é", "e\u0301", "a*b", "12,500.00", "&", "<b>", "\\", "**bold [link](https://x.cn)**",
	})
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 1, 60).Draw(rt, "words"), "")
		unit := rapid.SampledFrom([]Unit{Runes, UTF16, Bytes}).Draw(rt, "unit")
		f := Features{Text: Limit{rapid.IntRange(24, 80).Draw(rt, "max"), unit}}
		// A platform that writes markup as tags and escapes them.
		measure := func(s string) int {
			return unit.Length(strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(markup.Plain(s)))
		}
		var got strings.Builder
		for _, p := range Fit(&Reply{Text: text}, f, measure) {
			if n := measure(p.Text); n > f.Text.Max {
				rt.Fatalf("%q is %d long, the limit is %d", p.Text, n, f.Text.Max)
			}
			if strings.TrimSpace(markup.Plain(p.Text)) == "" {
				rt.Fatalf("a piece of %q is empty", text)
			}
			got.WriteString(markup.Plain(p.Text))
		}
		if want := letters(markup.Plain(text)); letters(got.String()) != want {
			rt.Fatalf("%q became %q", want, letters(got.String()))
		}
	})
}

func TestFitCutsBetweenSentences(t *testing.T) {
	text := "This is the first sentence. This is the second, which is longer. And the third one ends it."
	var got []string
	for _, p := range Fit(Text(text), Features{Text: Limit{45, Runes}}, nil) {
		got = append(got, p.Text)
	}
	want := []string{"This is the first sentence.", "This is the second, which is longer.", "And the third one ends it."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFitKeepsEmojiWhole(t *testing.T) {
	family := "👩‍👩‍👧"
	for _, p := range Fit(Text(strings.Repeat(family, 20)), Features{Text: Limit{12, UTF16}}, nil) {
		if strings.Trim(strings.ReplaceAll(p.Text, family, ""), " ") != "" {
			t.Errorf("cut within an emoji: %q", p.Text)
		}
	}
}

func TestOptionsAreNumberedAsFitDoes(t *testing.T) {
	for name, r := range replies {
		pieces := Fit(r, platforms["buttonless"], nil)
		if r.Numbers != "" {
			if last := pieces[len(pieces)-1].Text; !strings.HasSuffix(last, r.Numbers) {
				t.Errorf("%s: does not end with its numbers: %q", name, last)
			}
			continue
		}
		for i, b := range Options(r) {
			line := fmt.Sprintf("\n%d. %s", i+1, b.Label)
			if !strings.Contains("\n"+markup.Plain(pieces[len(pieces)-1].Text), line) {
				t.Errorf("%s: no line %q", name, line)
			}
		}
	}
}

func TestCutLabel(t *testing.T) {
	for _, c := range []struct {
		limit Limit
		in    string
		want  string
	}{
		{Limit{5, Runes}, "short", "short"},
		{Limit{5, Runes}, "longer", "long…"},
		{Limit{8, Bytes}, "赢单了吗", "赢…"},
		{Limit{0, Runes}, "any length", "any length"},
		{Limit{4, UTF16}, "👍👍👍", "👍…"},
		{Limit{6, Runes}, "a bcd efg", "a bcd…"},
		{Limit{2, Bytes}, "赢单", ""},
		{Limit{3, Runes}, "x👩‍👩‍👧", "x…"},
	} {
		if got := c.limit.Cut(c.in); got != c.want {
			t.Errorf("%v.Cut(%q) = %q, want %q", c.limit, c.in, got, c.want)
		}
	}
}

func TestFitManyLines(t *testing.T) {
	pieces := Fit(Text(strings.Repeat("x\n", 10_000)), Features{Text: Limit{4096, UTF16}}, nil)
	if len(pieces) != 5 {
		t.Errorf("%d pieces", len(pieces))
	}
}

// TestFitAsks keeps the question with the words that ask it.
func TestFitAsks(t *testing.T) {
	f := Features{Text: Limit{Max: 20, Unit: Runes}, Files: true}
	pieces := Fit(&Reply{Text: "one two three four five. What?", Asks: true, Files: []File{{Name: "a.pdf"}}}, f, nil)
	asking := 0
	for _, p := range pieces {
		if p.Asks {
			asking++
		}
	}
	if asking != 1 || len(pieces) < 2 {
		t.Errorf("%d of %d pieces ask", asking, len(pieces))
	}
}

func TestWhatIsLeftWithoutItsNumbers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"question", "helped", "cards"} {
		r := replies[name]
		list := Numbered(r)
		if list == "" || len(Options(r)) < 2 {
			t.Fatalf("%s has no list", name)
		}
		shown := Fit(r, platforms["buttonless"], nil)
		left := Unnumbered(shown[len(shown)-1].Text, list)
		for _, o := range Options(r) {
			if strings.Contains(left, markup.Escape(o.Label)) {
				t.Errorf("%s: %q is still there: %q", name, o.Label, left)
			}
		}
		if r.Numbers != "" && strings.Contains(left, r.Numbers) {
			t.Errorf("%s: the numbers are still there: %q", name, left)
		}
		if name == "question" && !strings.Contains(left, "](https://shop.example.com/)") {
			t.Errorf("the link is gone: %q", left)
		}
	}
}
