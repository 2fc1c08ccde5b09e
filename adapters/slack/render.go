package slack

import (
	"fmt"
	"slices"
	"strings"

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
	urlLimit     = 3000
	lineLimit    = 160  // of a table's lines
	tableLimit   = 6000 // of all of them
)

// opens begins the id of a button that opens a form.
const opens = "form"

// page is a message, a home page or the upper part of a form being laid out.
type page struct {
	at     bot.Address
	blocks []slack.Block
	rows   int
	keys   int
	// dense pages put cards into sections, as many as one holds. said is what
	// waits for the section to be full.
	dense bool
	said  []string
	// head comes before the words: whom they call.
	head string
}

// blocks lays a reply out. at is where it goes: pressed buttons bring it back.
func blocks(r *bot.Reply, at bot.Address) []slack.Block {
	return layout(r, page{at: at}, blocksMax)
}

// blocksOf lays a message out, with those it calls by name at its head. What
// begins a thread has no name for it yet: its buttons bring back that it is
// their own message.
func blocksOf(out bot.Outgoing) []slack.Block {
	if out.Op == bot.OpThread {
		out.To.Topic = itself
	}
	return layout(out.Reply, page{at: out.To, head: calling(out.Notify)}, blocksMax)
}

// layout makes at most limit blocks of a reply. Cards stand apart where there
// is room for that and close together where there is not: whatever bot.Fit
// leaves in one message fits then.
func layout(r *bot.Reply, empty page, limit int) []slack.Block {
	p := empty
	p.reply(r)
	if len(p.blocks) > limit {
		p = empty
		p.dense = true
		p.reply(r)
	}
	return p.blocks[:min(len(p.blocks), limit)]
}

func (p *page) reply(r *bot.Reply) {
	p.text(strings.TrimSpace(p.head + " " + mrkdwn(r.Text)))
	if r.Text == "" {
		p.text(literal(r.Toast))
	}
	for _, c := range r.Cards {
		p.card(c)
	}
	if r.Table != nil {
		p.table(r.Table)
	}
	p.buttons(r.Buttons)
	p.flush()
}

// text adds words: a section, or more than one where they are too long.
func (p *page) text(text string) {
	if blank(text) {
		return
	}
	p.said = append(p.said, text)
	if !p.dense {
		p.flush()
	}
}

// flush makes sections of what was said, the last of them with a button if
// there is one for it.
func (p *page) flush(with ...slack.BlockElement) {
	parts := cut(strings.Join(p.said, "\n\n"), sectionLimit)
	p.said = nil
	for i, part := range parts {
		s := slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, part, false, false), nil, nil)
		if i == len(parts)-1 && len(with) > 0 {
			p.rows++
			s.BlockID, s.Accessory = blockID(p.at, p.rows), slack.NewAccessory(with[0])
		}
		p.blocks = append(p.blocks, s)
	}
}

func (p *page) card(c bot.Card) {
	title, subtitle := strings.Join(strings.Fields(c.Title), " "), strings.TrimSpace(c.Subtitle)
	if p.dense || length(title) > headerLimit || length(subtitle) > fieldLimit {
		p.lines(c, title, subtitle)
	} else {
		if title != "" {
			p.blocks = append(p.blocks, slack.NewHeaderBlock(plain(title, headerLimit)))
		}
		if subtitle != "" {
			p.blocks = append(p.blocks, slack.NewContextBlock("", plain(subtitle, fieldLimit)))
		}
		p.text(mrkdwn(c.Text))
		p.fields(c.Fields)
	}
	p.buttons(c.Buttons)
}

// lines adds a card as words.
func (p *page) lines(c bot.Card, title, subtitle string) {
	var lines []string
	if title != "" {
		lines = append(lines, "*"+inside(title, "*")+"*")
	}
	if subtitle != "" {
		lines = append(lines, literal(subtitle))
	}
	for _, f := range c.Fields {
		lines = append(lines, literal(f.Name+": "+f.Value))
	}
	if c.Text != "" {
		lines = append(lines, mrkdwn(c.Text))
	}
	p.text(strings.Join(lines, "\n"))
}

// fields adds the lines of a card in two columns, or one below the other where
// one is too long for that.
func (p *page) fields(list []bot.Field) {
	var texts []string
	long := false
	for _, f := range list {
		text := "*" + inside(f.Name, "*") + "*\n" + literal(f.Value)
		long = long || length(text) > fieldLimit
		texts = append(texts, text)
	}
	if long {
		p.text(strings.Join(texts, "\n"))
		return
	}
	for ; len(texts) > 0; texts = texts[min(len(texts), fieldsMax):] {
		var fields []*slack.TextBlockObject
		for _, text := range texts[:min(len(texts), fieldsMax)] {
			fields = append(fields, slack.NewTextBlockObject(slack.MarkdownType, text, false, false))
		}
		p.blocks = append(p.blocks, slack.NewSectionBlock(nil, fields, nil))
	}
}

// buttons adds rows of buttons. On a dense page a single one stands beside the
// words before it.
func (p *page) buttons(list []bot.Button) {
	if p.dense && len(list) == 1 && len(p.said) > 0 {
		p.flush(p.key(list[0]))
		return
	}
	if len(list) > 0 {
		p.flush()
	}
	for ; len(list) > 0; list = list[min(len(list), rowButtons):] {
		var keys []slack.BlockElement
		for _, b := range list[:min(len(list), rowButtons)] {
			keys = append(keys, p.key(b))
		}
		p.rows++
		p.blocks = append(p.blocks, slack.NewActionBlock(blockID(p.at, p.rows), keys...))
	}
}

// key is a button. Its id tells whether it opens a form.
func (p *page) key(b bot.Button) slack.BlockElement {
	p.keys++
	kind := "b"
	if b.Form {
		kind = opens
	}
	key := slack.NewButtonBlockElement(fmt.Sprintf("%s%d", kind, p.keys), b.Action, plain(b.Label, labelLimit))
	if len(b.URL) <= urlLimit {
		key.URL = b.URL
	}
	return key.WithStyle(slack.Style(b.Style))
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
	switch {
	case r.Table != nil && len(r.Table.Lines) > 0:
		lines = append(lines, r.Table.Lines...)
	case r.Table != nil:
		lines = append(lines, joined(r.Table)...)
	}
	kept := slices.DeleteFunc(lines, blank)
	if len(kept) == 0 {
		for _, b := range r.Buttons {
			kept = append(kept, b.Label)
		}
	}
	if blank(strings.Join(kept, "")) {
		kept = []string{"…"}
	}
	text := []rune(strings.Join(kept, "\n"))
	return escape.Replace(string(text[:min(len(text), noticeLimit)]))
}

// itself stands for the thread in the blockIDs of the message that begins it.
const itself = "self"

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

func blank(text string) bool { return strings.TrimSpace(text) == "" }
