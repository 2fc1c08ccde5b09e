package customer

import (
	"strings"
	"unicode"

	"crmbot/bot/grammar"
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
func (p *Phrases) Courtesy(text string) Courtesy {
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	words := spoken(text)
	normal := Normal(words)
	if kind, ok := p.courtesies[normal]; ok {
		return kind
	}
	switch {
	case words == "" || isSmiley(grammar.Normal(words)):
		return Okay
	case normal == "":
		return Hello // "?" and "…" ask whether somebody is there
	case len(normal) > longestCourtesy:
		return ""
	}
	said := map[Courtesy]bool{}
	for rest := normal; rest != ""; {
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
	longest, found := 0, Courtesy("")
	end := 0
	for i := range s {
		if i > 0 {
			end = i
			p.longer(s, end, &longest, &found)
		}
		if i > p.longestCourtesy {
			return longest, found
		}
	}
	p.longer(s, len(s), &longest, &found)
	return longest, found
}

func (p *Phrases) longer(s string, end int, longest *int, found *Courtesy) {
	kind, ok := p.courtesies[s[:end]]
	if ok && (isHan(s) || !wordAt(s[end:])) {
		*longest, *found = end, kind
	}
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
