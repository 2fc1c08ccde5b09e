// Package grammar reads what people type. It is pure: text and a clock in,
// values out, no store and no words of its own beyond numbers, dates and
// amounts.
//
// Everything works on both scripts at once, since people mix them: full-width
// letters, digits and punctuation count as their half-width twins, capitals as
// small letters. What is taken out of a line as it is (names, notes) keeps its
// original form, because all positions point into the line as it was typed.
//
// The parts: Normal and Bare fold a text; Split makes tokens; a Matcher knows
// commands and nouns and finds what a line begins with; Money, Moment, Day,
// Days and Phone read a whole text as one value, and their Find twins look for
// one in free text, where they are stricter: "2026" is an amount if one was
// asked for, and not if it merely occurs. Nothing here panics, and everything
// takes time in proportion to the length of the text.
package grammar

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a stretch of a text in bytes: text[Start:End].
type Span struct{ Start, End int }

// Of cuts the span out of its text.
func (s Span) Of(text string) string { return text[s.Start:s.End] }

// Normal writes a text in half-width letters, digits and punctuation, with one
// space where several or other kinds of white space were, without invisible
// characters, trimmed. Capitals stay.
func Normal(s string) string { return flat(s, false) }

// Bare is a text as it is compared as a whole: Normal, in small letters,
// without the punctuation around it. "谢谢！" and "谢谢" are the same.
func Bare(s string) string { return Trim(flat(s, true)) }

// Trim takes the punctuation and the spaces off that stand around a text.
func Trim(s string) string { return strings.TrimFunc(s, isTrim) }

func isTrim(r rune) bool {
	return r == ' ' || strings.ContainsRune(".,!?;:~。、…·\"'“”‘’", r)
}

// folded is a text in the form it is compared in, with the way back: runes[i]
// stands at byte at[i] of the source.
type folded struct {
	src   string
	runes []rune
	at    []int32
}

// fold folds width and white space, and case if lower is set.
func fold(s string, lower bool) folded {
	f := folded{src: s, runes: make([]rune, 0, len(s)), at: make([]int32, 0, len(s)+1)}
	space := true
	for i, r := range s {
		r = narrow(r)
		if r < 0 {
			continue
		}
		if r == ' ' && space {
			continue
		}
		space = r == ' '
		if lower {
			r = unicode.ToLower(r)
		}
		f.runes = append(f.runes, r)
		f.at = append(f.at, int32(i)) //nolint:gosec // no line is as long
	}
	if n := len(f.runes); n > 0 && f.runes[n-1] == ' ' {
		f.runes, f.at = f.runes[:n-1], f.at[:n-1]
	}
	f.at = append(f.at, int32(len(s))) //nolint:gosec // neither is this
	return f
}

// flat is the text of fold without the way back: of a text that is written so
// already, the text itself.
func flat(s string, lower bool) string {
	if isFlat(s, lower) {
		return s
	}
	b, space := make([]byte, 0, len(s)), true
	for _, r := range s {
		r = narrow(r)
		if r < 0 || r == ' ' && space {
			continue
		}
		space = r == ' '
		if lower {
			r = unicode.ToLower(r)
		}
		b = utf8.AppendRune(b, r)
	}
	return strings.TrimSuffix(string(b), " ")
}

// isFlat says whether a text is ASCII that folding leaves as it is.
func isFlat(s string, lower bool) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && space || lower && c >= 'A' && c <= 'Z' {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// narrow is the half-width twin of a character, ' ' for all white space, -1
// for what cannot be seen.
func narrow(r rune) rune {
	switch {
	case r > ' ' && r < 0x7f || r >= '一' && r <= '龥':
		return r
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '￥':
		return '¥'
	case r == '￡':
		return '£'
	case r == '—' || r == '–' || r == '‐' || r == '−' || r == '‑':
		return '-'
	case unicode.IsSpace(r) || r == '\u3000' || r == '\u00a0':
		return ' '
	case r < ' ' || r == 0x7f || r == utf8.RuneError:
		return ' '
	case r >= '\u200b' && r <= '\u200f' && r != '\u200d', r >= '\u202a' && r <= '\u202e',
		r >= '\u2060' && r <= '\u2069', r == '\ufeff':
		return -1
	}
	return r
}

// text is the folded text.
func (f folded) text() string { return string(f.runes) }

// bare is Bare of a text that was folded into small letters.
func (f folded) bare() []rune {
	i, j := 0, len(f.runes)
	for i < j && isTrim(f.runes[i]) {
		i++
	}
	for i < j && isTrim(f.runes[j-1]) {
		j--
	}
	return f.runes[i:j]
}

// from is the source from rune i on, trimmed.
func (f folded) from(i int) string {
	if i >= len(f.runes) {
		return ""
	}
	return strings.TrimSpace(f.src[f.at[i]:])
}

// rune is runes[i], or 0 outside.
func (f folded) rune(i int) rune {
	if i < 0 || i >= len(f.runes) {
		return 0
	}
	return f.runes[i]
}

// span is the source's span of runes from i up to j.
func (f folded) span(i, j int) Span {
	start := int(f.at[i])
	if j <= i {
		return Span{start, start}
	}
	last := int(f.at[j-1])
	_, size := utf8.DecodeRuneInString(f.src[last:])
	return Span{start, last + size}
}

// about are the words around a value that somebody was asked for: "大概28万吧",
// "by Friday".
var about = regexp.MustCompile(`^(?:(?:about|around|approx\.?|by|before|until|大概|大约|差不多|预计|约|~) *)*(.*?)(?:左右|上下|之前|以前|前|吧|的样子|[ .,;!。~])*$`)

// longestValue bounds a text that can be one value, in bytes.
const longestValue = 200

// asked is the answer to a question without the words around it.
func asked(s string) string {
	text := fold(s, true).text()
	if len(text) > longestValue {
		return text
	}
	if m := about.FindStringSubmatch(text); m != nil && m[1] != "" {
		return m[1]
	}
	return text
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// isWord says whether r can be part of a word that is set apart by spaces.
func isWord(r rune) bool {
	return !isHan(r) && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
