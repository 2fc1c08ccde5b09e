// Package customer is what people outside can ask for: to buy, for help with
// trouble, for a person, how their matter stands, to be left alone.
//
// A customer never learns a command. What he types is compared as a whole with
// phrases of the locale files: courtesies, the few words that always work, and
// patterns of wishes ("I want to buy …"). A part of a sentence never counts:
// "is there artificial sweetener in it" is no call for a person, "refund
// policy?" no refund. Whatever is none of these is a question, for the
// knowledge base.
//
// The commands here are forms like those of the staff, but speak of "your
// request" and a day on which somebody will write, never of leads.
package customer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"crmbot/bot/grammar"
	"crmbot/bot/locale"
)

// Normal is a text in the form in which phrases are compared: one width, lower
// case, no punctuation around it.
func Normal(s string) string { return grammar.Bare(s) }

// Courtesy is what somebody says to be polite.
type Courtesy string

// The courtesies.
const (
	Hello  Courtesy = "hello"
	Thanks Courtesy = "thanks"
	Okay   Courtesy = "okay"
	Bye    Courtesy = "bye"
)

// Phrases knows what customers say, in all languages at once. It never changes
// after Load.
type Phrases struct {
	courtesies map[string]Courtesy
	patterns   []pattern
	asking     []string // words that make a text a question
	marks      []string // what a question ends with
}

// Intent is a wish: the command that takes it down and what the words said
// already.
type Intent struct {
	Command string
	Values  map[string]string
	Price   bool // asked what something costs
}

// pattern is one way to word a wish, of a whole message.
type pattern struct {
	expr   *regexp.Regexp
	holds  string // what a text must hold to be worth a closer look, squeezed
	intent Intent
	slots  []string
	never  []string // a slot that holds one of these is no wish
	whole  bool     // the message is the description itself
}

// wishes are the lists of patterns with the command they lead to, in the order
// in which they are tried.
var wishes = []struct {
	key    string
	intent Intent
	whole  bool
}{
	{"words.wish.price", Intent{Command: "wish", Price: true}, false},
	{"words.wish.buy", Intent{Command: "wish"}, false},
	{"words.trouble.complaint", trouble("complaint"), false},
	{"words.trouble.damage", trouble("complaint"), true},
	{"words.trouble.return", trouble("return"), false},
	{"words.trouble.repair", trouble("repair"), false},
}

func trouble(kind string) Intent {
	return Intent{Command: "trouble", Values: map[string]string{"kind": kind}}
}

// Load reads the phrases of all languages.
func Load(c *locale.Catalog) *Phrases {
	p := &Phrases{courtesies: map[string]Courtesy{}}
	for _, kind := range []Courtesy{Hello, Thanks, Okay, Bye} {
		for _, w := range c.Every("words.courtesy." + string(kind)) {
			p.courtesies[Normal(w)] = kind
		}
	}
	for _, w := range wishes {
		never := c.Every(w.key + ".not")
		texts := c.Every(w.key)
		slices.SortStableFunc(texts, func(a, b string) int { return open(a) - open(b) })
		for _, text := range texts {
			x := compile(text, w.intent, never)
			x.whole = w.whole
			p.patterns = append(p.patterns, x)
		}
	}
	p.asking = c.Every("words.question")
	p.marks = c.Every("words.question.after")
	return p
}

// open orders patterns: those that leave nothing open first, then the longest.
func open(text string) int {
	if strings.Contains(text, "{") {
		return 1000 - len(text)
	}
	return 0
}

var (
	slot   = regexp.MustCompile(`\\\{([a-z]+)\\\}`)
	braces = regexp.MustCompile(`\{[a-z]+\}`)
)

// squeeze leaves out what may stand between words or not.
func squeeze(s string) string { return gaps.Replace(strings.ToLower(s)) }

var gaps = strings.NewReplacer(" ", "", ",", "")

// compile makes an expression of "i want to buy {need}" or "i need {amount}". A
// slot is one to eighty characters without a question or a new sentence; the
// expression fits the whole text, and takes linear time.
func compile(text string, intent Intent, never []string) pattern {
	p := pattern{intent: intent}
	for _, w := range never {
		p.never = append(p.never, Normal(w))
	}
	for _, part := range braces.Split(Normal(text), -1) {
		if part = squeeze(part); len(part) > len(p.holds) {
			p.holds = part
		}
	}
	quoted := regexp.QuoteMeta(Normal(text))
	quoted = strings.ReplaceAll(quoted, " ", `[ ,]*`)
	expr := slot.ReplaceAllStringFunc(quoted, func(s string) string {
		name := slot.FindStringSubmatch(s)[1]
		if name == "amount" { // a need that begins with how much
			p.slots = append(p.slots, "need")
			return `(` + quantity + `[^?!\n]{0,80}?)`
		}
		p.slots = append(p.slots, name)
		return `([^?!\n]{1,80}?)`
	})
	p.expr = regexp.MustCompile(`(?i)^` + expr + `$`)
	return p
}

// Courtesy says which courtesy the whole text is, "" for none. A text of
// nothing but emoji is an okay.
func (p *Phrases) Courtesy(text string) Courtesy {
	normal := Normal(text)
	if c, ok := p.courtesies[normal]; ok {
		return c
	}
	switch {
	case normal == "" && text != "":
		return Hello // "?" and "…" ask whether somebody is there
	case onlySymbols(normal):
		return Okay
	}
	for _, w := range strings.FieldsFunc(normal, func(r rune) bool { return strings.ContainsRune(",!。，！ ", r) }) {
		if _, ok := p.courtesies[w]; !ok {
			return ""
		}
	}
	first, _, ok := strings.Cut(normal, ",")
	if !ok {
		return ""
	}
	return p.courtesies[Normal(first)]
}

// onlySymbols says whether there are pictures and no words, up to eight of
// them.
func onlySymbols(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return false
		case unicode.In(r, unicode.So, unicode.Sk, unicode.Sm):
			n++
		}
	}
	return n > 0 && n <= 8
}

// longestWish bounds what can be a wish as a whole.
const longestWish = 200

// Intent says which wish the whole text is. A question is none, but for one
// about the price.
func (p *Phrases) Intent(text string) (Intent, bool) {
	text = grammar.Normal(text)
	if len([]rune(text)) > longestWish {
		return Intent{}, false
	}
	words := strings.TrimRight(text, " .!?。~")
	question, squeezed := strings.Contains(text[len(words):], "?"), squeeze(words)
	for _, x := range p.patterns {
		if question && !x.intent.Price || !strings.Contains(squeezed, x.holds) {
			continue
		}
		if found, ok := x.match(words); ok {
			return found, true
		}
	}
	return Intent{}, false
}

func (x pattern) match(text string) (Intent, bool) {
	m := x.expr.FindStringSubmatch(text)
	if m == nil {
		return Intent{}, false
	}
	found := Intent{Command: x.intent.Command, Price: x.intent.Price, Values: map[string]string{}}
	for k, v := range x.intent.Values {
		found.Values[k] = v
	}
	if x.whole {
		found.Values["text"] = text
	}
	for i, name := range x.slots {
		value := strings.Trim(m[i+1], " ,.:;、")
		if x.refuses(value) {
			return Intent{}, false
		}
		if value != "" && !x.whole {
			found.Values[name] = value
		}
	}
	return found, true
}

// refuses says whether a slot holds what makes it no wish: a Chinese word
// anywhere, a Latin one as a word.
func (x pattern) refuses(value string) bool {
	value = strings.ToLower(value)
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	for _, w := range x.never {
		han := unicode.Is(unicode.Han, []rune(w)[0])
		if han && strings.Contains(value, w) || !han && slices.Contains(words, w) {
			return true
		}
	}
	return false
}

// Question says whether a text reads as a question.
func (p *Phrases) Question(text string) bool {
	if strings.HasSuffix(strings.TrimRight(grammar.Normal(text), " "), "?") {
		return true
	}
	normal := Normal(text)
	for _, m := range p.marks {
		if strings.HasSuffix(normal, Normal(m)) {
			return true
		}
	}
	for _, w := range p.asking {
		w = Normal(w)
		if rest, ok := strings.CutPrefix(normal, w+" "); ok && rest != "" {
			return true
		}
		if unicode.Is(unicode.Han, []rune(w)[0]) && strings.Contains(normal, w) {
			return true
		}
	}
	return false
}
