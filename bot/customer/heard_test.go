package customer

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"crmbot/bot/grammar"
	"crmbot/bot/locale"
)

// plainly reads what is said in the longhand way: every text anew, and every word
// and pattern one after the other.
type plainly struct {
	*Phrases
	before, after []string // polite words
	asking        []string
}

func longhand(p *Phrases, c *locale.Catalog) plainly {
	out := plainly{Phrases: p}
	for key, list := range map[string]*[]string{"words.polite.before": &out.before, "words.polite.after": &out.after, "words.question": &out.asking} {
		for _, w := range c.Every(key) {
			*list = append(*list, Normal(w))
		}
	}
	return out
}

func (p plainly) around(text string) (start, end int) {
	low := folded(text)
	start, end = trim(low, 0, len(low))
	for range most {
		longest := 0
		for _, w := range p.before {
			if s := low[start:end]; len(w) > longest && strings.HasPrefix(s, w) && (isHan(w) || !wordAt(s[len(w):])) {
				longest = len(w)
			}
		}
		i, j := trim(low, start+longest, end)
		if longest == 0 || i >= j {
			break
		}
		start = i
	}
	for range most {
		longest := 0
		for _, w := range p.after {
			if s := low[start:end]; len(w) > longest && strings.HasSuffix(s, w) && (isHan(w) || !wordBefore(s[:len(s)-len(w)])) {
				longest = len(w)
			}
		}
		i, j := trim(low, start, end-longest)
		if longest == 0 || i >= j {
			break
		}
		end = j
	}
	return start, end
}

func (p plainly) core(text string) string {
	normal := grammar.Normal(spoken(text))
	i, j := p.around(normal)
	core := strings.Trim(Normal(normal[i:j]), "/ ")
	fields := strings.Fields(core)
	if len(fields) < 2 {
		return core
	}
	if !slices.ContainsFunc(fields, func(f string) bool { return f != fields[0] }) {
		return fields[0]
	}
	out := fields[0]
	for i, f := range fields[1:] {
		if !isHan(f) || !endsHan(fields[i]) {
			out += " "
		}
		out += f
	}
	return out
}

func (p plainly) courtesy(text string) Courtesy {
	words := spoken(text)
	normal := Normal(words)
	kind, whole := p.courtesies[normal]
	switch {
	case strings.TrimSpace(text) == "":
		return ""
	case whole:
		return kind
	case words == "" || isSmiley(grammar.Normal(words)):
		return Okay
	case normal == "":
		return Hello
	case len(normal) > longestCourtesy:
		return ""
	}
	said := map[Courtesy]bool{}
	for rest := normal; rest != ""; {
		longest := 0
		for w, k := range p.courtesies {
			if len(w) > longest && strings.HasPrefix(rest, w) && (isHan(rest) || !wordAt(rest[len(w):])) {
				longest, kind = len(w), k
			}
		}
		if longest == 0 {
			return ""
		}
		said[kind] = true
		rest = strings.TrimLeft(rest[longest:], between+"?")
	}
	for _, kind := range courtesies {
		if said[kind] {
			return kind
		}
	}
	return ""
}

func (p plainly) asks(text string) bool {
	normal := Normal(text)
	return strings.HasSuffix(strings.TrimRight(grammar.Normal(text), " "), "?") || slices.ContainsFunc(p.asking, func(w string) bool {
		return strings.HasPrefix(normal, w+" ") || isHan(w) && strings.Contains(normal, w)
	})
}

func (p plainly) question(text string) bool {
	normal := Normal(text)
	return p.asks(text) || slices.ContainsFunc(p.marks, func(m string) bool { return strings.HasSuffix(normal, m) })
}

func (p plainly) verdict(text string) string {
	text = strings.ReplaceAll(text, "’", "'")
	if v := p.verdicts[Normal(text)]; v != "" {
		return v
	}
	return p.verdicts[p.core(text)]
}

func (p plainly) intent(text string, goods Goods) (Intent, bool) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(spoken(text)), "\r", ""), "\n")
	for i := range lines {
		lines[i] = grammar.Normal(lines[i])
	}
	text = strings.Join(lines, "\n")
	start, end := p.around(strings.TrimRight(text, " .!?。~"))
	words, asks := text[start:end], p.asks(text)
	for _, x := range p.patterns {
		if len([]rune(words)) > longestWish && !x.list.free {
			continue
		}
		if asks && !x.list.intent.Price && !x.list.free && (len(x.slots) > 0 || strings.HasSuffix(text, "?")) {
			continue
		}
		if found, ok := p.match(x, words, folded(words), goods); ok {
			return found, true
		}
	}
	return Intent{}, false
}

// spokenWords are all words of the lists that people's texts are compared with.
func spokenWords(c *locale.Catalog) []string {
	var out []string
	for _, key := range []string{
		"words.polite.before", "words.polite.after", "words.question", "words.question.after", "words.feedback.solved", "words.feedback.unhelpful",
		"words.courtesy.hello", "words.courtesy.thanks", "words.courtesy.okay", "words.courtesy.bye", "words.courtesy.ahead",
		"words.trouble.report", "words.trouble.complaint", "words.trouble.damage", "words.trouble.return", "words.trouble.repair",
		"words.wish.price", "words.wish.buy", "words.wish.nothing", "words.yes", "words.no", "command.person", "command.progress", "command.stop",
	} {
		out = append(out, c.Every(key)...)
	}
	return out
}

// TestHeardAsInLonghand: what is taken apart once and looked up in maps says the
// same as reading every text anew and trying all words and patterns.
func TestHeardAsInLonghand(t *testing.T) {
	t.Parallel()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := Load(c)
	slow, words, r := longhand(p, c), spokenWords(c), rand.New(rand.NewPCG(1, 2))
	fill := strings.NewReplacer("{need}", "20 t maltose syrup", "{amount}", "20吨麦芽糖浆", "{quantity}", "3 bags", "{goods}", "麦芽糖浆", "{text}", "袋子 破了")
	between := []string{"", " ", ", ", "，", "!", "? ", "？", "\n", "\r\n", "。", "👍", "[微笑]", " ’ ", "\u200b", "\u3000", "麼", "甚麼", "ABC", "  ", ":", "/"}
	for i := range 3_000 {
		text := words[i%len(words)]
		for range r.IntN(3) {
			text += between[r.IntN(len(between))] + words[r.IntN(len(words))]
		}
		if r.IntN(2) == 0 {
			text = fill.Replace(text)
		}
		text += between[r.IntN(len(between))]
		if r.IntN(4) == 0 {
			text = strings.ToUpper(text)
		}
		said := p.Hear(text)
		if said.Normal != Normal(text) || said.Core != slow.core(text) {
			t.Fatalf("%q is %q and at its core %q, want %q and %q", text, said.Normal, said.Core, Normal(text), slow.core(text))
		}
		if got, want := said.Courtesy(), slow.courtesy(text); got != want {
			t.Fatalf("the courtesy of %q is %q, want %q", text, got, want)
		}
		if got, want := said.Question(), slow.question(text); got != want {
			t.Fatalf("%q is a question: %v, want %v", text, got, want)
		}
		if got, want := said.Verdict(), slow.verdict(text); got != want {
			t.Fatalf("the verdict of %q is %q, want %q", text, got, want)
		}
		got, ok := said.Intent(sold{})
		want, wanted := slow.intent(text, sold{})
		if ok != wanted || got.Command != want.Command || got.Doubt != want.Doubt || !maps.Equal(got.Values, want.Values) {
			t.Fatalf("%q is the wish %+v (%v), want %+v (%v)", text, got, ok, want, wanted)
		}
		for _, part := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(".!?。！？\n…,，;；", c) }) {
			if core := p.Core(part); !strings.Contains(said.Dense(), p.Hear(core).Dense()) {
				t.Fatalf("%q does not hold %q", said.Dense(), core)
			}
		}
	}
}
