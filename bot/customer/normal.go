package customer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/grammar"
	"crmbot/bot/locale"
)

// Normal is a text in the form in which phrases are compared: one width, lower
// case, simplified characters, no punctuation around it.
func Normal(s string) string { return grammar.Simplified(grammar.Bare(s)) }

// manners are the polite words around what somebody wants, the longest first:
// those before it by their first byte, those after it by their last.
type manners struct{ before, after map[byte][]string }

func loadManners(c *locale.Catalog) manners {
	m := manners{before: map[byte][]string{}, after: map[byte][]string{}}
	for _, w := range c.Every("words.polite.before") {
		if w = Normal(w); w != "" {
			m.before[w[0]] = append(m.before[w[0]], w)
		}
	}
	for _, w := range c.Every("words.polite.after") {
		if w = Normal(w); w != "" {
			m.after[w[len(w)-1]] = append(m.after[w[len(w)-1]], w)
		}
	}
	for _, all := range []map[byte][]string{m.before, m.after} {
		for _, words := range all {
			slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
		}
	}
	return m
}

// most is how many polite words are taken off one end.
const most = 6

// around is where a folded text without the polite words begins and ends. A text
// of nothing else stays whole.
func (m manners) around(low string) (start, end int) {
	start, end = trim(low, 0, len(low))
	for range most {
		next := m.begins(low[start:end])
		if next == 0 {
			break
		}
		i, j := trim(low, start+next, end)
		if i >= j {
			break
		}
		start = i
	}
	for range most {
		next := m.ends(low[start:end])
		if next == 0 {
			break
		}
		i, j := trim(low, start, end-next)
		if i >= j {
			break
		}
		end = j
	}
	return start, end
}

// begins is the length of the longest polite word in front.
func (m manners) begins(s string) int {
	if s == "" {
		return 0
	}
	for _, w := range m.before[s[0]] {
		if strings.HasPrefix(s, w) && (isHan(w) || !wordAt(s[len(w):])) {
			return len(w)
		}
	}
	return 0
}

// ends is the length of the longest polite word at the end.
func (m manners) ends(s string) int {
	if s == "" {
		return 0
	}
	for _, w := range m.after[s[len(s)-1]] {
		if strings.HasSuffix(s, w) && (isHan(w) || !wordBefore(s[:len(s)-len(w)])) {
			return len(w)
		}
	}
	return 0
}

// between are the characters that set words apart and mean nothing themselves.
const between = " ,.!;:~。、…·\"'“”‘’/"

func trim(s string, start, end int) (int, int) {
	part := s[start:end]
	left := strings.TrimLeft(part, between)
	start += len(part) - len(left)
	return start, start + len(strings.TrimRight(left, between))
}

// isHan says whether a text begins with a Chinese character.
func isHan(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isHanRune(r)
}

func isHanRune(r rune) bool {
	return r >= '一' && r <= '龥' || r > unicode.MaxLatin1 && unicode.Is(unicode.Han, r)
}

func wordAt(s string) bool {
	return s != "" && (s[0] == '\'' || s[0] == '-' || s[0] >= '0' && s[0] <= '9' || s[0] >= 'a' && s[0] <= 'z')
}

func wordBefore(s string) bool {
	return s != "" && (s[len(s)-1] == '-' || wordAt(s[len(s)-1:]))
}

// folded is a normal text in small letters and simplified characters, each at
// the place where it stood.
func folded(s string) string {
	if strings.IndexFunc(s, isCapital) < 0 {
		return grammar.Simplified(s)
	}
	b := []byte(s)
	for i, c := range b {
		if isCapital(rune(c)) {
			b[i] = c + 'a' - 'A'
		}
	}
	return grammar.Simplified(string(b))
}

func isCapital(c rune) bool { return c >= 'A' && c <= 'Z' }

// Spoken is a text without the pictures in it, the text itself if it has nothing
// else.
func Spoken(text string) string {
	if words := spoken(text); words != "" {
		return words
	}
	return text
}

// spoken is a text without pictures: "谢谢🙏", "谢谢[抱拳]" and "谢谢" are the same.
func spoken(s string) string {
	if strings.IndexByte(s, '[') >= 0 {
		s = face.ReplaceAllString(s, "")
	}
	if strings.IndexFunc(s, isPicture) >= 0 {
		s = strings.Map(func(r rune) rune {
			if isPicture(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

// face is a picture that a platform writes as a word in brackets: "[微笑]",
// "[ThumbsUp]".
var face = regexp.MustCompile(`\[(?:\p{Han}{1,6}|[A-Za-z]{2,12})\]`)

func isPicture(r rune) bool {
	return r >= 0x200D && (r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r >= 0x2B00 && r <= 0x2BFF ||
		r == 0xFE0F || r == 0x200D || r == 0x20E3 || r >= 0xE0020 && r <= 0xE007F)
}

func endsHan(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return isHanRune(r)
}
