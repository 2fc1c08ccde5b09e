// Package markup is the little language of what the bot writes. It has five
// constructs and no more, so that every platform can show them in its own way:
//
//	**bold**   _italic_   `code`   [label](https://…)   and lines of "- "
//
// Parse makes a Doc of it: lines, and in a line spans, which may nest. None of
// them reaches over the end of its line. What looks like a construct and is
// none stays the text it is; Parse never fails. A backslash before one of the
// special characters makes it an ordinary one, in code and addresses too.
//
// Text is a string that is markup already. Whatever came from a person is a
// plain string and goes through Escape: a customer may well be called *_*.
package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is markup. Functions that take values escape strings and leave a Text
// as it is.
type Text string

// special are the characters that a backslash makes ordinary.
const special = "\\*_`[]()-"

// begins are those without which there is no construct, but for lists.
const begins = "\\*_`["

// Escape makes any text safe to stand in markup: Plain(Escape(s)) is s.
func Escape(s string) string {
	if !strings.ContainsAny(s, "\\*_`[]-") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\', '*', '_', '`', '[', ']':
			b.WriteByte('\\')
		case '-':
			if (i == 0 || s[i-1] == '\n') && strings.HasPrefix(s[i:], "- ") {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Bold is s, which is plain text, in bold.
func Bold(s string) Text { return wrap("**", s) }

// Italic is s, which is plain text, in italics.
func Italic(s string) Text { return wrap("_", s) }

// Code is s, which is plain text, in the type of what one types.
func Code(s string) Text { return wrap("`", s) }

// Link is a link with a plain label. An address of another scheme than http,
// https, mailto and tel gives the label alone.
func Link(label, url string) Text {
	if label == "" || !allowed(url) {
		return Text(Escape(label))
	}
	url = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "\n", "%0A", "\\", "%5C").Replace(url)
	return Text("[" + Escape(oneLine(label)) + "](" + url + ")")
}

// Join puts lines under each other.
func Join(lines ...Text) Text {
	parts := make([]string, len(lines))
	for i, l := range lines {
		parts[i] = string(l)
	}
	return Text(strings.Join(parts, "\n"))
}

// Plain is what is left of markup where only plain text can be shown: list
// lines keep their "- ", a link becomes its label and its address.
func Plain(s string) string {
	if !strings.ContainsAny(s, begins) {
		return s
	}
	return Parse(s).Plain()
}

func wrap(mark, s string) Text {
	s = oneLine(s)
	if strings.TrimSpace(s) == "" {
		return Text(s)
	}
	return Text(mark + Escape(strings.TrimSpace(s)) + mark)
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

// allowed says whether a link may lead to url.
func allowed(url string) bool {
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok || rest == "" {
		return false
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		return len(rest) > 2 && strings.HasPrefix(rest, "//")
	case "mailto", "tel":
		return true
	}
	return false
}

// wordBefore and wordAfter say whether the character beside i belongs to a
// word, so that snake_case is no italics. Chinese has no words in that sense.
func wordBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return i > 0 && inWord(r)
}

func wordAfter(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return i < len(s) && inWord(r)
}

func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}
