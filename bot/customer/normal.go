package customer

import (
	"regexp"
	"strings"
	"unicode"

	"crmbot/bot/grammar"
	"crmbot/bot/locale"
)

// Normal is a text in the form in which phrases are compared: one width, lower
// case, simplified characters, no punctuation around it.
func Normal(s string) string { return grammar.Simplified(grammar.Bare(s)) }

// manners are the polite words around what somebody wants.
type manners struct{ before, after []string }

func loadManners(c *locale.Catalog) manners {
	var m manners
	for _, w := range c.Every("words.polite.before") {
		m.before = append(m.before, Normal(w))
	}
	for _, w := range c.Every("words.polite.after") {
		m.after = append(m.after, Normal(w))
	}
	return m
}

// most is how many polite words are taken off one end.
const most = 6

// around is where the text without the polite words begins and ends. A text of
// nothing else stays whole.
func (m manners) around(text string) (start, end int) {
	low := folded(text)
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
	longest := 0
	for _, w := range m.before {
		if len(w) > longest && strings.HasPrefix(s, w) && (isHan(w) || !wordAt(s[len(w):])) {
			longest = len(w)
		}
	}
	return longest
}

// ends is the length of the longest polite word at the end.
func (m manners) ends(s string) int {
	longest := 0
	for _, w := range m.after {
		if len(w) > longest && strings.HasSuffix(s, w) && (isHan(w) || !wordBefore(s[:len(s)-len(w)])) {
			longest = len(w)
		}
	}
	return longest
}

// between are the characters that set words apart and mean nothing themselves.
const between = " ,.!;:~。、…·\"'“”‘’/"

func trim(s string, start, end int) (int, int) {
	part := s[start:end]
	left := strings.TrimLeft(part, between)
	start += len(part) - len(left)
	return start, start + len(strings.TrimRight(left, between))
}

func isHan(s string) bool {
	for _, r := range s {
		return unicode.Is(unicode.Han, r)
	}
	return false
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
	return grammar.Simplified(strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s))
}

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
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if isPicture(r) {
			return -1
		}
		return r
	}, face.ReplaceAllString(s, "")))
}

// face is a picture that a platform writes as a word in brackets: "[微笑]",
// "[ThumbsUp]".
var face = regexp.MustCompile(`\[(?:\p{Han}{1,6}|[A-Za-z]{2,12})\]`)

func isPicture(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r >= 0x2B00 && r <= 0x2BFF ||
		r == 0xFE0F || r == 0x200D || r == 0x20E3 || r >= 0xE0020 && r <= 0xE007F
}

// Core is what somebody says without what he says to be polite: "帮我转人工,谢谢"
// is "转人工", "please stop" is "stop". Spaces between Chinese characters are
// left out, and what is said several times counts once.
func (p *Phrases) Core(text string) string {
	normal := grammar.Normal(spoken(text))
	i, j := p.manners.around(normal)
	core := strings.Trim(Normal(normal[i:j]), "/ ")
	fields := strings.Fields(core)
	if len(fields) < 2 {
		return core
	}
	same := true
	for _, f := range fields[1:] {
		same = same && f == fields[0]
	}
	if same {
		return fields[0]
	}
	var b strings.Builder
	for i, f := range fields {
		if i > 0 && !(isHan(f) && endsHan(fields[i-1])) {
			b.WriteByte(' ')
		}
		b.WriteString(f)
	}
	return b.String()
}

func endsHan(s string) bool {
	r := []rune(s)
	return len(r) > 0 && unicode.Is(unicode.Han, r[len(r)-1])
}
