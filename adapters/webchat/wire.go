package webchat

import (
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/markup"
)

// hello is the first frame of a browser, and frame every later one. Type is:
//
//	hello    Token, Lang, Page, After (the last entry it has)
//	open     the visitor opened the chat or begins to write
//	message  ID, Text
//	action   ID, Action, On (the entry whose button it is)
//	seen     UpTo: everything up to this entry was shown
type frame struct {
	Type   string `json:"type"`
	Token  string `json:"token"`
	Lang   string `json:"lang"`
	Page   string `json:"page"`
	After  int64  `json:"after"`
	ID     string `json:"id"`
	Text   string `json:"text"`
	Action string `json:"action"`
	On     int64  `json:"on"`
	UpTo   int64  `json:"upTo"`
}

// answer is a frame to the browser. Type is:
//
//	welcome  Token, if it is to be kept
//	ready    everything that had been said was sent
//	ack      ID is safe
//	refused  ID was not taken; Why is a word of the page: web.<why>
//	entry    one line of the conversation
//	typing   somebody writes an answer
type answer struct {
	Type  string `json:"type"`
	Token string `json:"token,omitempty"`
	ID    string `json:"id,omitempty"`
	Why   string `json:"why,omitempty"`
	*entry
}

// entry is a bot.Entry as the page draws it.
type entry struct {
	Entry   int64     `json:"entry"`
	From    string    `json:"from"` // "me", "bot" or "person"
	Mine    string    `json:"mine,omitempty"`
	Name    string    `json:"name,omitempty"`
	At      time.Time `json:"at"`
	Deleted bool      `json:"deleted,omitempty"`
	Replace int64     `json:"replace,omitempty"` // stands in place of this entry
	Text    []line    `json:"text,omitempty"`
	Cards   []card    `json:"cards,omitempty"`
	Table   *table    `json:"table,omitempty"`
	Buttons []button  `json:"buttons,omitempty"`
	Ask     string    `json:"ask,omitempty"`

	Files []attached `json:"files,omitempty"`
}

type card struct {
	Title    string      `json:"title"`
	Subtitle string      `json:"subtitle,omitempty"`
	Text     []line      `json:"text,omitempty"`
	Fields   []bot.Field `json:"fields,omitempty"`
	Buttons  []button    `json:"buttons,omitempty"`
}

type table struct {
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"`
}

type button struct {
	Label  string    `json:"label"`
	Action string    `json:"action,omitempty"`
	URL    string    `json:"url,omitempty"`
	Style  bot.Style `json:"style,omitempty"`
	Once   bool      `json:"once,omitempty"`
}

// line and span are markup for the page. Kind is the element: "", "strong",
// "em", "code" or "a".
type line struct {
	Item  bool   `json:"item,omitempty"`
	Spans []span `json:"spans,omitempty"`
}

type span struct {
	Kind  string `json:"kind,omitempty"`
	Text  string `json:"text,omitempty"`
	URL   string `json:"url,omitempty"`
	Spans []span `json:"spans,omitempty"`
}

// draw makes an entry of what was said to or by the visitor.
func (s *socket) draw(e bot.Entry) *entry {
	out := &entry{Entry: e.ID, From: "bot", At: e.At, Deleted: e.Deleted}
	if e.Direction == "in" {
		out.From = "me"
		out.Mine, _ = strings.CutPrefix(e.Event, string(s.sender.ID)+":")
		out.Text = plainLines(e.Text)
		out.Files = s.attach(e.Files)
		return out
	}
	if e.Author == "user" {
		out.From, out.Name = "person", e.Name
	}
	if e.Op == bot.OpEdit || e.Op == bot.OpDelete {
		out.Replace, _ = strconv.ParseInt(string(e.Target), 10, 64)
		out.Deleted = out.Deleted || e.Op == bot.OpDelete
	}
	if e.Reply == nil {
		out.Text = plainLines(e.Text)
	} else {
		out.reply(e.Reply)
		out.Files = s.attach(e.Reply.Files)
	}
	return out
}

func (out *entry) reply(r *bot.Reply) {
	out.Text = lines(r.Text)
	if r.Text == "" && r.Toast != "" {
		out.Text = lines(r.Toast)
	}
	for _, c := range r.Cards {
		out.Cards = append(out.Cards, card{c.Title, c.Subtitle, lines(c.Text), c.Fields, buttons(c.Buttons)})
	}
	if r.Table != nil {
		out.Table = &table{r.Table.Header, r.Table.Rows}
	}
	out.Buttons = buttons(r.Buttons)
	out.Ask = r.AskContact
}

func buttons(from []bot.Button) []button {
	var out []button
	for _, b := range from {
		if b.URL == "" || linkable(b.URL) {
			out = append(out, button{b.Label, b.Action, b.URL, b.Style, b.Once})
		}
	}
	return out
}

// linkable says whether markup would make a link of an address.
func linkable(url string) bool {
	return markup.Parse(string(markup.Link("x", url)))[0].Spans[0].Kind == markup.Anchor
}

// lines parses markup.
func lines(s string) []line {
	if s == "" {
		return nil
	}
	doc := markup.Parse(s)
	out := make([]line, len(doc))
	for i, l := range doc {
		out[i] = line{l.Item, spans(l.Spans)}
	}
	return out
}

// plainLines is what a person wrote, as it is.
func plainLines(s string) []line {
	if s == "" {
		return nil
	}
	var out []line
	for l := range strings.SplitSeq(s, "\n") {
		out = append(out, line{Spans: []span{{Text: l}}})
	}
	return out
}

var kinds = map[markup.SpanKind]string{
	markup.Strong: "strong", markup.Slant: "em", markup.Mono: "code", markup.Anchor: "a",
}

func spans(from []markup.Span) []span {
	var out []span
	for _, s := range from {
		out = append(out, span{kinds[s.Kind], s.Text, s.URL, spans(s.Spans)})
	}
	return out
}
