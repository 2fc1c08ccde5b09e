// Package customer is what people outside can ask for: to buy, for help with
// trouble, for a person, how their matter stands, to be left alone.
//
// A customer never learns a command. What he types is compared as a whole with
// phrases of the locale files: courtesies, the few words that always work, and
// patterns of wishes ("I want to buy …"). What is said around them to be polite
// is taken off first, and so are pictures. A part of a sentence never counts:
// "is there artificial sweetener in it" is no call for a person, "refund
// policy?" no refund. What a wish is about has to be something that is sold
// here, by the tags of the knowledge base, or a quantity in trade units: "I
// want to buy time" starts nothing. Whatever is none of these is a question,
// for the knowledge base.
//
// The commands here are forms like those of the staff, but speak of "your
// request" and a day on which somebody will write, never of leads.
package customer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/grammar"
	"crmbot/bot/locale"
)

// Phrases knows what customers say, in all languages at once. It never changes
// after Load.
type Phrases struct {
	manners    manners
	courtesies map[string]Courtesy
	polite     map[rune][]string // the courtesies by their first character, longest first
	patterns   []pattern
	fixed      *grammar.Needles  // what a text must hold for the pattern at the same place
	things     []string          // what is delivered, whatever is in it
	nothing    []string          // what stands for goods and names none: "it", "这个"
	asking     []string          // words that make a text a question, those of Latin letters with the space behind them
	verdicts   map[string]string // what says whether an answer helped, normal
	marks      []string          // what a question ends with
}

// Load reads the phrases of all languages.
func Load(c *locale.Catalog) *Phrases {
	p := &Phrases{manners: loadManners(c), courtesies: map[string]Courtesy{}, polite: map[rune][]string{}}
	for _, kind := range courtesies {
		for _, w := range c.Every("words.courtesy." + string(kind)) {
			p.courtesies[Normal(w)] = kind
		}
	}
	for w := range p.courtesies {
		if first, _ := utf8.DecodeRuneInString(w); w != "" {
			p.polite[first] = append(p.polite[first], w)
		}
	}
	for _, words := range p.polite {
		slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	}
	for _, w := range c.Every("words.wish.nothing") {
		p.nothing = append(p.nothing, Normal(w))
	}
	for _, w := range c.Every("words.trouble.things") {
		p.things = append(p.things, Normal(w))
	}
	for _, w := range c.Every("words.question") {
		if w = Normal(w); !isHan(w) {
			w += " "
		}
		p.asking = append(p.asking, w)
	}
	for _, w := range c.Every("words.question.after") {
		p.marks = append(p.marks, Normal(w))
	}
	p.verdicts = map[string]string{}
	for _, verdict := range []string{"solved", "unhelpful"} {
		for _, w := range c.Every("words.feedback." + verdict) {
			p.verdicts[Normal(w)] = verdict
		}
	}
	p.patterns = loadPatterns(c)
	p.fixed = fixed(p.patterns)
	return p
}

// Question says whether a text reads as a question.
func (p *Phrases) Question(text string) bool { return p.Hear(text).Question() }

// Question is that of Phrases for what was said.
func (s *Said) Question() bool {
	flat := s.flat
	if s.Normal != s.plain {
		flat = grammar.Normal(s.Text) // what ends with a picture ends with no mark
	}
	if s.phrases.asks(flat, s.Normal) {
		return true
	}
	for _, m := range s.phrases.marks {
		if strings.HasSuffix(s.Normal, m) {
			return true
		}
	}
	return false
}

// asks says whether a text has a question mark or a word that asks. It is given
// as grammar.Normal and as Normal make it.
func (p *Phrases) asks(flat, normal string) bool {
	if strings.HasSuffix(flat, "?") {
		return true
	}
	for _, w := range p.asking {
		if isHan(w) && strings.Contains(normal, w) || strings.HasPrefix(normal, w) && strings.HasSuffix(w, " ") {
			return true
		}
	}
	return false
}

// holds says whether a text has one of the words: a Chinese one anywhere, a
// Latin one as words of their own.
func holds(text string, words []string) bool {
	text = folded(text)
	latin := " " + strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	}), " ") + " "
	for _, w := range words {
		if isHan(w) && strings.Contains(text, w) || !isHan(w) && strings.Contains(latin, " "+w+" ") {
			return true
		}
	}
	return false
}
