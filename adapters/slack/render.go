package slack

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"crmbot/bot"
	"crmbot/bot/markup"
)

// Slack's limits, in characters or pieces.
const (
	sectionLimit = 3000
	headerLimit  = 150
	labelLimit   = 75
	fieldLimit   = 2000
	fieldsMax    = 10
	rowButtons   = 5
	blocksMax    = 50
	noticeLimit  = 3000
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
			b.WriteString(escape.Replace(s.Text))
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
	b.WriteString(escape.Replace(s.Text))
	spans(b, s.Spans)
	b.WriteString(mark)
	if len(after) > 0 {
		if next, _ := utf8.DecodeRuneInString(after[0].Text); letter(next) {
			b.WriteString(joint)
		}
	}
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// page is a message being laid out.
type page struct {
	at     bot.Address
	blocks []slack.Block
	rows   int
	keys   int
}

// blocks lays a reply out. at is where it goes: pressed buttons bring it back.
func blocks(r *bot.Reply, at bot.Address) []slack.Block {
	p := &page{at: at}
	p.text(mrkdwn(r.Text))
	if r.Text == "" {
		p.text(escape.Replace(r.Toast))
	}
	for _, c := range r.Cards {
		p.card(c)
	}
	if r.Table != nil {
		p.table(r.Table)
	}
	p.buttons(r.Buttons)
	return p.blocks[:min(len(p.blocks), blocksMax)]
}

// text adds sections. What does not fit one goes on in the next.
func (p *page) text(text string) {
	for _, part := range cut(text, sectionLimit) {
		p.blocks = append(p.blocks, slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, part, false, false), nil, nil))
	}
}

func (p *page) card(c bot.Card) {
	if title := strings.TrimSpace(c.Title); title != "" {
		p.blocks = append(p.blocks, slack.NewHeaderBlock(plain(title, headerLimit)))
	}
	if c.Subtitle != "" {
		p.blocks = append(p.blocks, slack.NewContextBlock("", plain(c.Subtitle, fieldLimit)))
	}
	p.text(mrkdwn(c.Text))
	for rest := c.Fields; len(rest) > 0; rest = rest[min(len(rest), fieldsMax):] {
		var fields []*slack.TextBlockObject
		for _, f := range rest[:min(len(rest), fieldsMax)] {
			text := "*" + escape.Replace(f.Name) + "*\n" + escape.Replace(f.Value)
			fields = append(fields, slack.NewTextBlockObject(slack.MarkdownType, cut(text, fieldLimit)[0], false, false))
		}
		p.blocks = append(p.blocks, slack.NewSectionBlock(nil, fields, nil))
	}
	p.buttons(c.Buttons)
}

// table adds columns of text. A row is never cut in two.
func (p *page) table(t *bot.Table) {
	const fence = "```"
	var lines strings.Builder
	flush := func() {
		if lines.Len() > 0 {
			text := fence + "\n" + lines.String() + fence
			p.blocks = append(p.blocks, slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, true), nil, nil))
			lines.Reset()
		}
	}
	for _, line := range columns(t) {
		line = cut(strings.ReplaceAll(escape.Replace(line), fence, "'''"), sectionLimit-2*len(fence)-2)[0] + "\n"
		if utf8.RuneCountInString(lines.String()+line)+2*len(fence)+1 > sectionLimit {
			flush()
		}
		lines.WriteString(line)
	}
	flush()
}

func (p *page) buttons(list []bot.Button) {
	for ; len(list) > 0; list = list[min(len(list), rowButtons):] {
		p.rows++
		var keys []slack.BlockElement
		for _, b := range list[:min(len(list), rowButtons)] {
			p.keys++
			key := slack.NewButtonBlockElement(fmt.Sprintf("b%d", p.keys), b.Action, plain(b.Label, labelLimit))
			key.URL = b.URL
			keys = append(keys, key.WithStyle(slack.Style(b.Style)))
		}
		p.blocks = append(p.blocks, slack.NewActionBlock(blockID(p.at, p.rows), keys...))
	}
}

func plain(text string, limit int) *slack.TextBlockObject {
	r := []rune(strings.TrimSpace(text))
	if len(r) > limit {
		r = append(r[:limit-1], '…')
	}
	return slack.NewTextBlockObject(slack.PlainTextType, string(r), false, false)
}

// cut splits a text into pieces of at most limit characters, at the end of a
// line where there is one. An empty text has no pieces.
func cut(text string, limit int) []string {
	var parts []string
	for r := []rune(text); len(r) > 0; {
		n := min(len(r), limit)
		if n < len(r) {
			for i := n - 1; i > n/2; i-- {
				if r[i] == '\n' {
					n = i + 1
					break
				}
			}
		}
		if part := strings.Trim(string(r[:n]), "\n"); part != "" {
			parts = append(parts, part)
		}
		r = r[n:]
	}
	return parts
}

// notice is the text of a message for notifications and screen readers.
func notice(r *bot.Reply) string {
	lines := []string{markup.Plain(r.Text)}
	if r.Text == "" {
		lines[0] = r.Toast
	}
	for _, c := range r.Cards {
		lines = append(lines, c.Title, c.Subtitle, markup.Plain(c.Text))
		for _, f := range c.Fields {
			lines = append(lines, f.Name+": "+f.Value)
		}
	}
	if r.Table != nil {
		lines = append(lines, r.Table.Lines...)
	}
	var kept []string
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	if kept == nil {
		for _, b := range r.Buttons {
			kept = append(kept, b.Label)
		}
	}
	text := []rune(strings.Join(kept, "\n"))
	return escape.Replace(string(text[:min(len(text), noticeLimit)]))
}

// blockID names a row of buttons after the conversation it belongs to: a press
// on a message for one person's eyes says nothing else about that.
func blockID(at bot.Address, row int) string {
	return fmt.Sprintf("at|%s|%s|%d", at.Chat, at.Topic, row)
}

// place reads a blockID.
func place(id string) (chat, topic string, ok bool) {
	parts := strings.Split(id, "|")
	if len(parts) != 4 || parts[0] != "at" || parts[1] == "" {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// columns are the lines of a table in a type of even width.
func columns(t *bot.Table) []string {
	rows := t.Rows
	if len(t.Header) > 0 {
		rows = append([][]string{t.Header}, rows...)
	}
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells(cell))
		}
	}
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-cells(cell)+2))
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// cells is how wide a text is where 汉字 take two places.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0x2E7F {
			n++
		}
	}
	return n
}
