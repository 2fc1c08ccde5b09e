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
	"strings"
	"unicode"

	"crmbot/bot/grammar"
	"crmbot/bot/locale"
)

// Phrases knows what customers say, in all languages at once. It never changes
// after Load.
type Phrases struct {
	manners         manners
	courtesies      map[string]Courtesy
	longestCourtesy int
	patterns        []pattern
	things          []string          // what is delivered, whatever is in it
	nothing         []string          // what stands for goods and names none: "it", "这个"
	asking          []string          // words that make a text a question
	verdicts        map[string]string // what says whether an answer helped, normal
	marks           []string          // what a question ends with
}

// Load reads the phrases of all languages.
func Load(c *locale.Catalog) *Phrases {
	p := &Phrases{manners: loadManners(c), courtesies: map[string]Courtesy{}}
	for _, kind := range courtesies {
		for _, w := range c.Every("words.courtesy." + string(kind)) {
			w = Normal(w)
			p.courtesies[w] = kind
			p.longestCourtesy = max(p.longestCourtesy, len(w))
		}
	}
	for _, w := range c.Every("words.wish.nothing") {
		p.nothing = append(p.nothing, Normal(w))
	}
	for _, w := range c.Every("words.trouble.things") {
		p.things = append(p.things, Normal(w))
	}
	for _, w := range c.Every("words.question") {
		p.asking = append(p.asking, Normal(w))
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
	return p
}

// Question says whether a text reads as a question.
func (p *Phrases) Question(text string) bool {
	if p.asks(text) {
		return true
	}
	normal := Normal(text)
	for _, m := range p.marks {
		if strings.HasSuffix(normal, m) {
			return true
		}
	}
	return false
}

// asks says whether a text has a question mark or a word that asks.
func (p *Phrases) asks(text string) bool {
	if strings.HasSuffix(strings.TrimRight(grammar.Normal(text), " "), "?") {
		return true
	}
	normal := Normal(text)
	for _, w := range p.asking {
		if rest, ok := strings.CutPrefix(normal, w+" "); ok && rest != "" {
			return true
		}
		if isHan(w) && strings.Contains(normal, w) {
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
