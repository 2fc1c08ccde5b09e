package slack

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// marks are the signs that style text, and what looks like them and does not.
// Slack has no way to write the sign itself where it would count.
var marks = map[rune]rune{'*': '∗', '_': 'ˍ', '~': '∼', '`': 'ˋ'}

// bare are addresses: Slack styles nothing in there.
var bare = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://\S+`)

// literal is text as it was written: it mentions nobody, links nowhere, and
// nothing in it is a mark.
func literal(text string) string {
	var b strings.Builder
	done := 0
	for _, at := range bare.FindAllStringIndex(text, -1) {
		b.WriteString(unmarked(text[done:at[0]]))
		b.WriteString(text[at[0]:at[1]])
		done = at[1]
	}
	b.WriteString(unmarked(text[done:]))
	return escape.Replace(b.String())
}

// unmarked puts a look-alike in the place of each mark that would style what
// stands between it and the next one of its kind.
func unmarked(text string) string {
	if !strings.ContainsAny(text, "*_~`") {
		return text
	}
	was := []rune(text)
	out := slices.Clone(was)
	for i, r := range was {
		if marks[r] != 0 && begins(was, i) && ends(was[i+1:], r) {
			out[i] = marks[r]
		}
	}
	return string(out)
}

// begins says whether a mark may begin something: it stands at no letter's end
// and at something's beginning.
func begins(text []rune, i int) bool {
	before := i == 0 || !letter(text[i-1])
	return before && i+1 < len(text) && !unicode.IsSpace(text[i+1])
}

// ends says whether the line goes on to another such mark.
func ends(rest []rune, mark rune) bool {
	for _, r := range rest {
		if r == mark || r == '\n' {
			return r == mark
		}
	}
	return false
}

// inside is text between two marks of a kind: none stands there that could be
// taken for the end.
func inside(text, mark string) string {
	sign, _ := utf8.DecodeRuneInString(mark)
	was := []rune(text)
	out := slices.Clone(was)
	for i, r := range was {
		if r == sign && (i+1 == len(was) || !letter(was[i+1])) {
			out[i] = marks[r]
		}
	}
	return escape.Replace(string(out))
}
