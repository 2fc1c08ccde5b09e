package customer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Courtesy is what somebody says to be polite.
type Courtesy string

// The courtesies.
const (
	Hello  Courtesy = "hello"
	Thanks Courtesy = "thanks"
	Okay   Courtesy = "okay"
	Bye    Courtesy = "bye"
	Ahead  Courtesy = "ahead" // a question will follow
)

// courtesies in the order in which they are answered when somebody says
// several: a greeting waits for an answer, an okay does not.
var courtesies = []Courtesy{Ahead, Hello, Bye, Thanks, Okay}

// longestCourtesy bounds what is read as politeness, in bytes.
const longestCourtesy = 200

// Courtesy says which courtesy the whole text is, "" for none: courtesies one
// after the other, and nothing else. A text of nothing but pictures is an okay.
func (p *Phrases) Courtesy(text string) Courtesy { return p.Hear(text).Courtesy() }

// Courtesy is that of Phrases for what was said.
func (s *Said) Courtesy() Courtesy {
	if s.Text == "" {
		return ""
	}
	p := s.phrases
	if kind, ok := p.courtesies[s.plain]; ok {
		return kind
	}
	switch {
	case s.words == "" || isSmiley(s.flat):
		return Okay
	case s.plain == "":
		return Hello // "?" and "…" ask whether somebody is there
	case len(s.plain) > longestCourtesy:
		return ""
	}
	said := map[Courtesy]bool{}
	for rest := s.plain; rest != ""; {
		n, kind := p.courteous(rest)
		if n == 0 {
			return ""
		}
		said[kind] = true
		rest = strings.TrimLeft(rest[n:], between+"?")
	}
	for _, kind := range courtesies {
		if said[kind] {
			return kind
		}
	}
	return ""
}

// courteous is the longest courtesy that a text begins with.
func (p *Phrases) courteous(s string) (int, Courtesy) {
	first, _ := utf8.DecodeRuneInString(s)
	for _, w := range p.polite[first] {
		if strings.HasPrefix(s, w) && (isHanRune(first) || !wordAt(s[len(w):])) {
			return len(w), p.courtesies[w]
		}
	}
	return 0, ""
}

// isSmiley says whether a text is a face made of punctuation: ":)", "/::)".
func isSmiley(s string) bool {
	if s == "" || len(s) > 12 || !strings.ContainsAny(s, ")^") {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || !strings.ContainsRune(":;=-^_'~<>*()/ ", r)
	}) < 0
}
