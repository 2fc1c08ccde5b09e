package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"crmbot/bot/grammar"
)

// Bounds on what counts of a text, in bytes: nobody asks longer questions, and
// the work for one stays bounded.
const (
	longestPhrasing = 1500
	longestBody     = 60000
)

// Normal writes a text in the form in which phrasings are the same: one width,
// small letters, simplified characters, no punctuation, single spaces between
// words that need one. Links, addresses, mentions and order numbers (five
// digits and more) are left out: they say who asks and not what.
func Normal(text string) string { return string(appendNormal(nil, text, longestPhrasing)) }

// appendNormal appends Normal of the first bytes of a text.
func appendNormal(dst []byte, text string, longest int) []byte {
	text = cut(text, longest)
	if !norm.NFKC.IsNormalString(text) {
		text = cut(norm.NFKC.String(text), longest)
	}
	text = grammar.Simplified(text)
	w := writer{dst: dst, start: len(dst)}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			if n := skip(text[i:], i == 0 || !plain(text[i-1])); n > 0 {
				i, w.gap = i+n, true
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		w.write(r)
		i += n
	}
	return w.dst
}

// cut is the beginning of a text, at most n bytes of it.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// writer appends the normal form rune by rune.
type writer struct {
	dst   []byte
	start int
	gap   bool // something was left out since the last rune
	han   bool // the last rune was a Han character
}

func (w *writer) write(r rune) {
	switch {
	case r == '\'' || r == '’':
		return // haven't and havent are one word
	case r >= utf8.RuneSelf && isHan(r):
		w.dst, w.gap, w.han = utf8.AppendRune(w.dst, r), false, true
		return
	case r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r),
		r < utf8.RuneSelf && !plain(byte(r)):
		w.gap = true
		return
	}
	if w.gap && !w.han && len(w.dst) > w.start {
		w.dst = append(w.dst, ' ')
	}
	w.dst, w.gap, w.han = utf8.AppendRune(w.dst, unicode.ToLower(r)), false, false
}

func isHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3007 && unicode.Is(unicode.Han, r)
}

// plain says whether b is an ASCII letter or digit.
func plain(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// skip is how many bytes at the beginning of a text are a link, an address, a
// mention or a number of an order, 0 for none. fresh says that no word runs
// into them.
func skip(text string, fresh bool) int {
	if !fresh || !plain(text[0]) && text[0] != '@' && text[0] != '#' {
		return 0
	}
	if linked(text) {
		return run(text, func(b byte) bool { return b > ' ' && b < utf8.RuneSelf })
	}
	if text[0] == '@' {
		return mention(text)
	}
	n := run(text, func(b byte) bool { return plain(b) || strings.IndexByte("#@._-+", b) >= 0 })
	token := strings.TrimRight(text[:n], "#@._-+")
	if at := strings.IndexByte(token, '@'); at > 0 && strings.IndexByte(token[at:], '.') > 0 {
		return n
	}
	digits := 0
	for i := range len(token) {
		if token[i] >= '0' && token[i] <= '9' {
			digits++
		}
	}
	if digits >= 5 && 2*digits >= len(token) {
		return len(token)
	}
	return 0
}

// linked says whether a text begins with a link.
func linked(text string) bool {
	for _, p := range []string{"http://", "https://", "www."} {
		if len(text) >= len(p) && strings.EqualFold(text[:len(p)], p) {
			return true
		}
	}
	return false
}

// run is how many bytes at the beginning of a text are of a kind.
func run(text string, of func(byte) bool) int {
	n := 0
	for n < len(text) && of(text[n]) {
		n++
	}
	return n
}

// mention is how long the mention at the beginning of a text is: an ASCII name,
// or another one if white space ends it within 20 runes.
func mention(text string) int {
	if n := run(text[1:], func(b byte) bool { return plain(b) || b == '_' || b == '.' || b == '-' }); n > 0 {
		return n + 1
	}
	runes := 0
	for i, r := range text {
		if unicode.IsSpace(r) {
			return i
		}
		if runes++; runes > 20 {
			break
		}
	}
	return 1
}
