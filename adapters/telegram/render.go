package telegram

import (
	"strings"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/markup"
)

// escape makes text safe in HTML, attributes included.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// bullet begins a line of a list.
const bullet = "• "

// html is markup in Telegram's HTML.
func html(text string) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/4)
	for i, line := range markup.Parse(text) {
		if i > 0 {
			b.WriteByte('\n')
		}
		if line.Item {
			b.WriteString(bullet)
		}
		spans(&b, line.Spans)
	}
	return b.String()
}

func spans(b *strings.Builder, list []markup.Span) {
	for _, s := range list {
		switch s.Kind {
		case markup.Strong:
			wrap(b, "<b>", s, "</b>")
		case markup.Slant:
			wrap(b, "<i>", s, "</i>")
		case markup.Mono:
			wrap(b, "<code>", s, "</code>")
		case markup.Anchor:
			wrap(b, `<a href="`+escape.Replace(s.URL)+`">`, s, "</a>")
		default:
			b.WriteString(escape.Replace(s.Text))
		}
	}
}

func wrap(b *strings.Builder, open string, s markup.Span, closing string) {
	b.WriteString(open)
	b.WriteString(escape.Replace(s.Text))
	spans(b, s.Spans)
	b.WriteString(closing)
}

// measure is the length of what remains of markup after Telegram has parsed
// the HTML, in UTF-16 units.
func measure(text string) int {
	n := 0
	for i, line := range markup.Parse(text) {
		if i > 0 {
			n++
		}
		if line.Item {
			n += utf8.RuneCountInString(bullet)
		}
		n += units(line.Spans)
	}
	return n
}

func units(list []markup.Span) int {
	n := 0
	for _, s := range list {
		n += bot.UTF16.Length(s.Text) + units(s.Spans)
	}
	return n
}

// The keyboards of the API.
type (
	inlineKeyboard struct {
		Rows [][]inlineButton `json:"inline_keyboard"`
	}
	inlineButton struct {
		Text  string `json:"text"`
		Data  string `json:"callback_data,omitempty"`
		URL   string `json:"url,omitempty"`
		Style string `json:"style,omitempty"`
	}
	replyKeyboard struct {
		Rows    [][]replyButton `json:"keyboard"`
		Resize  bool            `json:"resize_keyboard"`
		OneTime bool            `json:"one_time_keyboard"`
	}
	replyButton struct {
		Text    string `json:"text"`
		Contact bool   `json:"request_contact,omitempty"`
	}
	removal struct {
		Remove bool `json:"remove_keyboard"`
	}
	forceReply struct {
		Force     bool `json:"force_reply"`
		Selective bool `json:"selective"`
	}
)

// keyboard is what goes under a message, nil for nothing. A message has one
// keyboard only: where a phone number is asked for, the other buttons become
// words that are sent when they are pressed.
func keyboard(r *bot.Reply, direct bool) any {
	if r.AskContact != "" && direct {
		k := replyKeyboard{Rows: [][]replyButton{{{Text: r.AskContact, Contact: true}}}, Resize: true, OneTime: true}
		for _, row := range rows(r.Buttons) {
			var words []replyButton
			for _, b := range row {
				if b.URL == "" {
					words = append(words, replyButton{Text: b.Label})
				}
			}
			if words != nil {
				k.Rows = append(k.Rows, words)
			}
		}
		return k
	}
	if len(r.Buttons) == 0 {
		return nil
	}
	var k inlineKeyboard
	for _, row := range rows(r.Buttons) {
		keys := make([]inlineButton, 0, len(row))
		for _, b := range row {
			keys = append(keys, inlineButton{Text: b.Label, Data: b.Action, URL: b.URL, Style: string(b.Style)})
		}
		k.Rows = append(k.Rows, keys)
	}
	return k
}

// A row of buttons has room for so many, and for labels of so many cells in
// sum, on a telephone held upright.
const (
	rowButtons = 3
	rowCells   = 26
)

// rows lays buttons out.
func rows(buttons []bot.Button) [][]bot.Button {
	var out [][]bot.Button
	first, cells := 0, 0
	for i, b := range buttons {
		width := bot.Cells(b.Label) + 2
		if i > first && (i-first == rowButtons || cells+width > rowCells) {
			out, first, cells = append(out, buttons[first:i]), i, 0
		}
		cells += width
	}
	if first < len(buttons) {
		out = append(out, buttons[first:])
	}
	return out
}
