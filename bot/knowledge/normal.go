package knowledge

import (
	"regexp"
	"strings"
	"unicode"

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
	last := []rune(word)[len([]rune(word))-1]
	return unicode.Is(unicode.Han, last) || rest == "" || rest[0] == ' '
}

// apart says whether word begins where rest ends.
func apart(rest, word string) bool {
	return unicode.Is(unicode.Han, []rune(word)[0]) || strings.HasSuffix(rest, " ")
}

// plain is NFKC, lower case, letters and digits, single spaces elsewhere. An
// apostrophe inside a word goes without leaving a space.
func plain(s string) string { return plainOf(s, longest) }

// plainOf is plain of the first runes of a text.
func plainOf(s string, most int) string {
	s = beginning(s, most)
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(grammar.Simplified(norm.NFKC.String(visible(s)))) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’':
		default:
			gap = true
		}
	}
	return b.String()
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
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if !strings.Contains(s, ".") {
		return s
	}
	return initials.ReplaceAllStringFunc(s, func(w string) string { return strings.ReplaceAll(w, ".", "") })
}

// initials are single letters with dots between them.
var initials = regexp.MustCompile(`\b[A-Za-z](\.[A-Za-z])+\b\.?`)

// terms splits a normal text into what is counted: Latin words, Han characters
// and pairs of Han characters. Each is named once.
func terms(s string) []string {
	seen, out := map[string]bool{}, []string{}
	add := func(t string) {
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	var word []rune
	var last rune
	flush := func() {
		if len(word) > 0 {
			add(stem(string(word)))
			word = word[:0]
		}
	}
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			add(string(r))
			if last != 0 {
				add(string([]rune{last, r}))
			}
			last = r
			continue
		case r == ' ':
			flush()
		default:
			word = append(word, r)
		}
		last = 0
	}
	flush()
	return out
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
