package customer

import (
	"strings"

	"crmbot/bot/grammar"
)

// Said is what somebody said, in the forms in which it is compared with phrases:
// taken apart once, asked by many. It never changes.
type Said struct {
	Text   string // without the space around it
	Normal string // the Normal of it
	Core   string // what is left without what is only polite: see Phrases.Core

	phrases *Phrases
	words   string // the text without pictures
	flat    string // grammar.Normal of the same
	plain   string // Normal of the same
	low     string // flat, in small letters and simplified characters
}

// Hear takes apart what somebody said.
func (p *Phrases) Hear(text string) *Said {
	s := &Said{Text: strings.TrimSpace(text), phrases: p}
	s.words = spoken(s.Text)
	s.flat = grammar.Normal(s.words)
	low := folded(s.flat)
	s.low = strings.ToLower(low)
	s.plain = grammar.Trim(s.low)
	s.Normal = s.plain
	if len(s.words) != len(s.Text) {
		s.Normal = Normal(s.Text)
	}
	i, j := p.manners.around(low)
	s.Core = core(grammar.Trim(strings.ToLower(low[i:j])))
	return s
}

// Core is what somebody says without what he says to be polite: "帮我转人工,谢谢"
// is "转人工", "please stop" is "stop". Spaces between Chinese characters are
// left out, and what is said several times counts once.
func (p *Phrases) Core(text string) string { return p.Hear(text).Core }

func core(normal string) string {
	core := strings.Trim(normal, "/ ")
	first, rest, several := strings.Cut(core, " ")
	if !several {
		return core
	}
	for next := ""; rest != ""; {
		if next, rest, _ = strings.Cut(rest, " "); next != first {
			return joined(core)
		}
	}
	return first
}

// joined is a text without the spaces between Chinese characters.
func joined(s string) string {
	if strings.IndexFunc(s, isHanRune) < 0 {
		return s
	}
	var b strings.Builder
	before := ""
	for f := range strings.FieldsSeq(s) {
		if before != "" && !(isHan(f) && endsHan(before)) {
			b.WriteByte(' ')
		}
		b.WriteString(f)
		before = f
	}
	return b.String()
}

// Dense is a text in small letters and simplified characters without spaces and
// commas, nor pictures. If the Core of any part of what was said is a phrase, the
// Dense of what was said holds that of the phrase.
func (s *Said) Dense() string { return dense(s.low) }

// dense leaves out what may stand between words or not.
func dense(s string) string {
	if !strings.ContainsAny(s, " ,") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != ' ' && s[i] != ',' {
			b = append(b, s[i])
		}
	}
	return string(b)
}
