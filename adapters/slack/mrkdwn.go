package slack

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"crmbot/bot/markup"
)

// escape makes text safe: it can mention nobody and link nowhere.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// mrkdwn is markup in Slack's own.
func mrkdwn(text string) string {
	var b strings.Builder
	for i, line := range markup.Parse(text) {
		if i > 0 {
			b.WriteByte('\n')
		}
		if line.Item {
			b.WriteString("• ")
		}
		spans(&b, line.Spans)
	}
	return b.String()
}

func spans(b *strings.Builder, list []markup.Span) {
	for i, s := range list {
		switch s.Kind {
		case markup.Strong:
			styled(b, "*", s, list[i+1:])
		case markup.Slant:
			styled(b, "_", s, list[i+1:])
		case markup.Mono:
			styled(b, "`", s, list[i+1:])
		case markup.Anchor:
			b.WriteString("<" + address.Replace(s.URL) + "|")
			b.WriteString(strings.ReplaceAll(escape.Replace(inner(s)), "|", "¦"))
			b.WriteString(">")
		default:
			b.WriteString(literal(s.Text))
		}
	}
}

// address makes a link's address safe between < and |.
var address = strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C", "\n", "")

// inner is the label of a link: Slack styles nothing in there.
func inner(s markup.Span) string {
	text := s.Text
	for _, x := range s.Spans {
		text += inner(x)
	}
	return text
}

// joint is a space of no width. Slack takes a mark for a mark only beside a
// space or a sign, never beside a letter or 汉字.
const joint = "\u200b"

func styled(b *strings.Builder, mark string, s markup.Span, after []markup.Span) {
	if last, _ := utf8.DecodeLastRuneInString(b.String()); letter(last) {
		b.WriteString(joint)
	}
	b.WriteString(mark)
	b.WriteString(inside(s.Text, mark))
	for i, x := range s.Spans {
		if x.Kind == markup.Words {
			b.WriteString(inside(unmarked(x.Text), mark))
		} else {
			spans(b, s.Spans[i:i+1])
		}
	}
	b.WriteString(mark)
	if len(after) > 0 {
		if next, _ := utf8.DecodeRuneInString(after[0].Text); letter(next) {
			b.WriteString(joint)
		}
	}
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// plain is text without marks, never empty: Slack takes no label of nothing.
func plain(text string, limit int) *slack.TextBlockObject {
	r := []rune(first(strings.TrimSpace(text), "…"))
	if len(r) > limit {
		r = append(r[:limit-1], '…')
	}
	return slack.NewTextBlockObject(slack.PlainTextType, string(r), false, false)
}

// cut splits a text into pieces of at most limit characters, at the end of a
// line where there is one, and never within a link or an escaped sign. An empty
// text has no pieces.
func cut(text string, limit int) []string {
	var parts []string
	for r := []rune(text); len(r) > 0; {
		n := min(len(r), limit)
		if n < len(r) {
			n = seam(r, n)
		}
		if part := strings.Trim(string(r[:n]), "\n"); part != "" {
			parts = append(parts, part)
		}
		r = r[n:]
	}
	return parts
}

// seam is where the first n characters of a longer text are cut off.
func seam(r []rune, n int) int {
	for i := n - 1; i > n/2; i-- {
		if r[i] == '\n' {
			return i + 1
		}
	}
	end := n
	for i := n - 1; i > n/2; i-- {
		switch r[i] {
		case '&': // of an escaped sign, whole or not
			if !slices.Contains(r[i:n], ';') {
				end = i
			}
		case '<': // of a link that goes on
			return i
		case '>':
			return end
		}
	}
	return end
}

// length is how many characters a text has.
func length(text string) int { return utf8.RuneCountInString(text) }
