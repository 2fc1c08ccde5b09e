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
//
// On the page of those who work here, Topic is the thread that message, action
// and seen are about, "" for the direct chat, and there are
//
//	message  As besides: "note", "customer" or "bot"
//	action   On 0 is the card
//	edit     ID, Mine (the ID of a message of his own), As, Text: what it says now
//	delete   ID, Mine
//	watch    Topic, After: show this thread, "" for none
type frame struct {
	Type   string      `json:"type"`
	Token  string      `json:"token"`
	Lang   string      `json:"lang"`
	Page   string      `json:"page"`
	After  int64       `json:"after"`
	ID     string      `json:"id"`
	Text   string      `json:"text"`
	Action string      `json:"action"`
	On     int64       `json:"on"`
	UpTo   int64       `json:"upTo"`
	Topic  bot.TopicID `json:"topic"`
	As     string      `json:"as"`
	Mine   string      `json:"mine"`
}

// answer is a frame to the browser. Type is:
//
//	welcome  Token, if it is to be kept
//	ready    everything that had been said was sent
//	ack      ID is safe
//	refused  ID was not taken; Why is a word of the page: web.<why>
//	entry    one line of the conversation
//	typing   somebody writes an answer
//
// and on the page of those who work here
//
//	stranger  we do not know who this is
//	threads   the list of Threads
//	card      the card of the thread Topic
//	entry     with Topic: one line of that thread
//	opened    everything that had been said in the thread Topic was sent
//	gone      there is no thread Topic for this reader
type answer struct {
	Type    string      `json:"type"`
	Token   string      `json:"token,omitempty"`
	ID      string      `json:"id,omitempty"`
	Why     string      `json:"why,omitempty"`
	Topic   bot.TopicID `json:"topic,omitempty"`
	Threads *[]thread   `json:"threads,omitempty"`
	*entry
}

// entry is a bot.Entry as the page draws it.
type entry struct {
	Entry   int64     `json:"entry"`
	From    string    `json:"from"`         // "me", "bot", "person" or, in a thread, "customer"
	As      string    `json:"as,omitempty"` // in a thread: to whom a person said it
	Private bool      `json:"private,omitempty"`
	Mine    string    `json:"mine,omitempty"`
	Name    string    `json:"name,omitempty"`
	At      time.Time `json:"at"`
	Deleted bool      `json:"deleted,omitempty"`
	Replace int64     `json:"replace,omitempty"` // stands in place of this entry
	Pressed bool      `json:"pressed,omitempty"` // because a button of it was pressed
	Text    []line    `json:"text,omitempty"`
	Cards   []card    `json:"cards,omitempty"`
	Table   *table    `json:"table,omitempty"`
	Buttons []button  `json:"buttons,omitempty"`
	Ask     string    `json:"ask,omitempty"`
	Asks    bool      `json:"asks,omitempty"` // it ends with a question

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
	Form   bool      `json:"form,omitempty"`  // the answer to it may be a question
	Write  bool      `json:"write,omitempty"` // it asks for words to the customer
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

// draw makes an entry of what was said to or by the visitor, or in a thread.
func (s *socket) draw(e bot.Entry, topic bot.TopicID) *entry {
	out := &entry{Entry: e.ID, From: "bot", At: e.At, Deleted: e.Deleted, Private: topic != "" && e.For != ""}
	if e.Direction == "in" {
		out.From = "me"
		out.Mine, _ = strings.CutPrefix(e.Event, string(s.sender.ID)+":")
		out.Text = plainLines(e.Text)
		out.Files = s.attach(e.Files, topic)
		return out
	}
	if e.Author == "user" {
		out.From, out.Name = "person", e.Name
	}
	if e.Op == bot.OpEdit || e.Op == bot.OpDelete {
		if out.Replace = e.Of; out.Replace == 0 {
			out.Replace, _ = strconv.ParseInt(string(e.Target), 10, 64)
			out.Pressed = out.Replace != 0
		}
		out.Deleted = out.Deleted || e.Op == bot.OpDelete
	}
	if e.Reply == nil {
		out.Text = plainLines(e.Text)
	} else {
		out.reply(e.Reply)
		out.Files = s.attach(e.Reply.Files, topic)
	}
	return out
}

// drawThread makes a frame of what was said in a thread: by the customer and
// others elsewhere, or here by a colleague. An edit of nothing that is in the
// transcript is the card.
func (s *socket) drawThread(topic bot.TopicID, e bot.Entry) answer {
	out := s.draw(e, topic)
	switch {
	case e.Direction == "in":
		out.As, e.Text = unsigned(e.Text)
		out.Text = plainLines(e.Text)
		if out.Mine == "" || !strings.HasPrefix(e.Event, string(s.sender.ID)+":") {
			out.From, out.Mine, out.Name = "person", "", e.Name
		}
	case e.Reply != nil && e.Reply.Voice != nil:
		out.voice(*e.Reply.Voice)
	}
	if e.Op == bot.OpEdit && out.Replace == 0 {
		out.Entry = 0
		return answer{Type: "card", Topic: topic, entry: out}
	}
	return answer{Type: "entry", Topic: topic, entry: out}
}

// voice says whose words are shown again.
func (out *entry) voice(v bot.Voice) {
	out.Name = v.Name
	switch v.Role {
	case bot.VoiceCustomer:
		out.From = "customer"
	case bot.VoiceBot:
		out.From, out.As = "bot", asReply
	case bot.VoiceNote:
		out.From, out.As = "person", asNote
	case bot.VoiceReply:
		out.From, out.As = "person", asReply
	}
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
	out.Ask, out.Asks = r.AskContact, r.Asks
}

func buttons(from []bot.Button) []button {
	var out []button
	for _, b := range from {
		if b.URL == "" || linkable(b.URL) {
			out = append(out, button{b.Label, b.Action, b.URL, b.Style, b.Once, b.Form, b.Write})
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
