package grammar

import (
	"regexp"
	"strings"

	"crmbot/crm"
)

// Phone reads a whole text as a phone number of the country (ISO 3166) or with
// its own prefix, and writes it as crm.NormalPhone does. A label before it
// ("tel:", "电话") is passed over.
func Phone(s, country string) (string, bool) {
	s = strings.TrimSpace(Normal(s))
	for _, label := range []string{"电话", "手机号", "手机", "tel", "phone", "mobile"} {
		if rest, ok := cutFold(s, label); ok {
			s = strings.TrimLeft(rest, " :.")
			break
		}
	}
	return crm.NormalPhone(s, country)
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// phoneShape is what may be a phone number in free text.
var phoneShape = regexp.MustCompile(`\+?\(?[0-9][0-9 ()-]{5,22}[0-9]`)

// FindPhone looks for the first phone number in free text. A number without a
// prefix has to be a complete one of the country.
func FindPhone(text, country string) (string, Span, bool) {
	f := fold(text, true)
	folded, at := f.indexed()
	for _, loc := range phoneShape.FindAllStringIndex(folded, 50) {
		i, j := at[loc[0]], at[loc[1]]
		if before, after := f.rune(i-1), f.rune(j); isWord(before) || isWord(after) || before == '.' || before == '-' || strings.ContainsRune("-=¥$", before) && before != 0 {
			continue
		}
		if phone, ok := crm.NormalPhone(string(f.runes[i:j]), country); ok {
			return phone, f.span(i, j), true
		}
	}
	return "", Span{}, false
}

// indexed is the folded text and, for each of its bytes, the rune there.
func (f folded) indexed() (string, []int) {
	text := f.text()
	at := make([]int, len(text)+1)
	n := -1
	for i := range len(text) {
		if text[i]&0xC0 != 0x80 {
			n++
		}
		at[i] = n
	}
	at[len(text)] = len(f.runes)
	return text, at
}
