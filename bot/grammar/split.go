package grammar

import (
	"strings"
	"unicode"
)

// Token is one word of a line, a quoted text, or name=value. Text is as it was
// typed, without the quotes; Start and End are its place in the line.
type Token struct {
	Text   string
	Name   string // of name=value, in small letters; else ""
	Quoted bool
	Start  int
	End    int
	// Mark is ',' or ':' if that stood right after it ("投诉:到货破袋" is two
	// tokens), else 0.
	Mark rune
}

// Split cuts a line into tokens. White space separates them, and so do commas
// and colons in either width unless they stand between digits (12,500 and
// 15:00 are whole) or inside a Latin word or address. A text in quotes is one
// token: "…" '…' “…” ‘…’ 「…」 『…』. A quote that is never closed is an ordinary
// character. name=value and name="a b" work in any script.
func Split(line string) []Token {
	s := &splitter{f: fold(line, false), line: line, unclosed: map[rune]bool{}}
	for s.i < len(s.f.runes) {
		s.token()
	}
	return s.tokens
}

type splitter struct {
	f        folded
	line     string
	i        int
	tokens   []Token
	unclosed map[rune]bool // quotes of which no closing one follows
}

// token reads one token, or passes what separates.
func (s *splitter) token() {
	switch r := s.f.runes[s.i]; {
	case r == ' ' || isComma(r) || r == ':':
		s.i++
		return
	}
	start := s.i
	name := s.name()
	if text, ok := s.quoted(); ok {
		s.add(Token{Text: text, Name: name, Quoted: true}, start)
		return
	}
	from := s.i
	for s.i < len(s.f.runes) && !s.ends(s.i, name != "") {
		s.i++
	}
	text := ""
	if s.i > from {
		text = s.f.span(from, s.i).Of(s.line)
	}
	s.add(Token{Text: text, Name: name}, start)
}

// add keeps a token that began at start and passes the mark after it.
func (s *splitter) add(t Token, start int) {
	span := s.f.span(start, s.i)
	t.Start, t.End = span.Start, span.End
	switch r := s.f.rune(s.i); {
	case isComma(r):
		t.Mark = ','
		s.i++
	case r == ':':
		t.Mark = ':'
		s.i++
	}
	s.tokens = append(s.tokens, t)
}

// ends says whether a token ends before rune i. A value after name= keeps its
// colons.
func (s *splitter) ends(i int, value bool) bool {
	r, before, after := s.f.rune(i), s.f.rune(i-1), s.f.rune(i+1)
	switch {
	case r == ' ':
		return true
	case isComma(r):
		if isDigit(before) && isDigit(after) {
			return false
		}
		return r != ',' || after == ' ' || after == 0 || isHan(before) || isHan(after)
	case r == ':' && !value:
		if isDigit(before) && isDigit(after) {
			return false
		}
		return after == ' ' || after == 0 || isHan(before) || isHan(after)
	}
	return false
}

// longestName bounds the name of name=value, in characters.
const longestName = 24

// name reads "name=" and returns the name in small letters.
func (s *splitter) name() string {
	for j := s.i; j < len(s.f.runes) && j-s.i <= longestName; j++ {
		switch r := s.f.runes[j]; {
		case r == '=' && j > s.i:
			name := strings.ToLower(string(s.f.runes[s.i:j]))
			s.i = j + 1
			return name
		case unicode.IsLetter(r) || unicode.IsDigit(r) && j > s.i || r == '_' || r == '-' && j > s.i:
		default:
			return ""
		}
	}
	return ""
}

var closing = map[rune]rune{'"': '"', '\'': '\'', '“': '”', '‘': '’', '「': '」', '『': '』', '„': '“', '«': '»'}

// quoted reads a quoted text whose closing quote ends the word.
func (s *splitter) quoted() (string, bool) {
	end, ok := closing[s.f.rune(s.i)]
	if !ok || s.unclosed[end] {
		return "", false
	}
	for j := s.i + 1; j < len(s.f.runes); j++ {
		if s.f.runes[j] != end || isWord(s.f.rune(j+1)) {
			continue
		}
		text := ""
		if j > s.i+1 {
			text = s.f.span(s.i+1, j).Of(s.line)
		}
		s.i = j + 1
		return text, true
	}
	s.unclosed[end] = true
	return "", false
}

func isComma(r rune) bool { return r == ',' || r == '、' || r == ';' }
