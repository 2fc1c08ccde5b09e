package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"crmbot/bot/grammar"
)

// longest is how many runes of a question count: nobody asks longer ones, and
// the work stays bounded.
const longest = 300

// trimmer takes away what people say around a question: "请问 …", "… 呢".
type trimmer struct{ before, after []string }

// normal writes a question so that two of the same kind are equal: one width,
// lower case, no punctuation, single spaces, nothing polite around it.
func (t trimmer) normal(s string) string {
	s = plain(s)
	for again := true; again; {
		again = false
		for _, w := range t.before {
			if rest, ok := strings.CutPrefix(s, w); ok && boundary(w, rest) && strings.TrimSpace(rest) != "" {
				s, again = strings.TrimSpace(rest), true
			}
		}
		for _, w := range t.after {
			if rest, ok := strings.CutSuffix(s, w); ok && apart(rest, w) && strings.TrimSpace(rest) != "" {
				s, again = strings.TrimSpace(rest), true
			}
		}
	}
	return s
}

// boundary says whether word ends where rest begins: Latin words need a space.
func boundary(word, rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(word)
	return isHan(last) || rest == "" || rest[0] == ' '
}

// apart says whether word begins where rest ends.
func apart(rest, word string) bool {
	return isHan(first(word)) || strings.HasSuffix(rest, " ")
}

// plain is NFKC, lower case, letters and digits, single spaces elsewhere. An
// apostrophe inside a word goes without leaving a space.
func plain(s string) string { return plainOf(s, longest) }

// plainOf is plain of the first runes of a text.
func plainOf(s string, most int) string {
	s = beginning(s, most)
	if isPlain(s) {
		return s
	}
	s = strings.ToLower(grammar.Simplified(norm.NFKC.String(visible(s))))
	b, gap := make([]byte, 0, len(s)), false
	for _, r := range s {
		switch {
		case isWritten(r):
			if gap && len(b) > 0 {
				b = append(b, ' ')
			}
			gap = false
			b = utf8.AppendRune(b, r)
		case r == '\'' || r == '’':
		default:
			gap = true
		}
	}
	return string(b)
}

// isWritten says whether a character is one of words.
func isWritten(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return isHan(r) || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// isPlain says whether a text is plain already: small ASCII letters and digits,
// with single spaces between them.
func isPlain(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c == ' ' && space || c != ' ' && !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// beginning is the first runes of a text.
func beginning(s string, most int) string {
	if len(s) > most {
		if r := []rune(s); len(r) > most {
			return string(r[:most])
		}
	}
	return s
}

// visible is a text without characters that nobody sees, such as those that
// join words or turn the direction of writing, and m.o.q. without its dots.
func visible(s string) string {
	if strings.IndexFunc(s, isHidden) >= 0 {
		s = strings.Map(func(r rune) rune {
			if isHidden(r) {
				return -1
			}
			return r
		}, s)
	}
	if !dotted(s) {
		return s
	}
	return initials.ReplaceAllStringFunc(s, func(w string) string { return strings.ReplaceAll(w, ".", "") })
}

func isHidden(r rune) bool {
	return r > unicode.MaxASCII && (r < '一' || r > '龥') && unicode.Is(unicode.Cf, r)
}

// dotted says whether a text may have initials: a full stop between letters.
func dotted(s string) bool {
	for at := 1; at+1 < len(s); at++ {
		if s[at] == '.' && isLetter(s[at-1]) && isLetter(s[at+1]) {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// initials are single letters with dots between them.
var initials = regexp.MustCompile(`\b[A-Za-z](\.[A-Za-z])+\b\.?`)

// terms splits a normal text into what is counted: Latin words, Han characters
// and pairs of Han characters. Each is named once.
func terms(s string) []string {
	var t termList
	word, last := -1, -1 // where the Latin word began, and the Han character before
	for i, r := range s {
		switch {
		case isHan(r):
			t.word(s, word, i)
			n := i + utf8.RuneLen(r)
			t.add(s[i:n])
			if last >= 0 {
				t.add(s[last:n])
			}
			word, last = -1, i
			continue
		case r == ' ':
			t.word(s, word, i)
			word = -1
		case word < 0:
			word = i
		}
		last = -1
	}
	t.word(s, word, len(s))
	return t.all
}

// termList is a list of terms, each once.
type termList struct {
	all  []string
	seen map[string]bool // where there are many
}

// few is how many terms are compared one by one.
const few = 24

func (t *termList) add(term string) {
	switch {
	case t.seen != nil:
		if t.seen[term] {
			return
		}
		t.seen[term] = true
	case slices.Contains(t.all, term):
		return
	case len(t.all) == few:
		t.seen = map[string]bool{term: true}
		for _, other := range t.all {
			t.seen[other] = true
		}
	}
	if t.all == nil {
		t.all = make([]string, 0, few)
	}
	t.all = append(t.all, term)
}

// word adds the word that began at from, none if that is -1.
func (t *termList) word(s string, from, to int) {
	if from >= 0 {
		t.add(stem(s[from:to]))
	}
}

// stem takes the plural off an English word; no more is needed for titles.
func stem(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
		return w[:len(w)-1]
	}
	return w
}
