package pipeline

import (
	"strings"

	"crmbot/bot"
	"crmbot/bot/markup"
)

func escape(s string) string { return markup.Escape(s) }

// wordless says whether a reply shows nothing but perhaps a toast.
func wordless(r *bot.Reply) bool {
	shown := *r
	shown.Toast = ""
	return shown.Empty()
}

// plainText is a reply as the log keeps it.
func plainText(r *bot.Reply) string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	add(markup.Plain(r.Text))
	for _, c := range r.Cards {
		add(c.Title)
		add(c.Subtitle)
		for _, f := range c.Fields {
			add(f.Name + ": " + f.Value)
		}
		add(markup.Plain(c.Text))
	}
	if r.Table != nil {
		lines = append(lines, r.Table.Lines...)
	}
	return strings.Join(lines, "\n")
}

// plainReply is a reply without anything a platform could refuse for its form.
func plainReply(r *bot.Reply) *bot.Reply {
	return &bot.Reply{V: r.V, Text: escape(plainText(r)), Toast: r.Toast, Quote: r.Quote, Asks: r.Asks, Voice: r.Voice}
}

// fit cuts a reply into what the platform can take.
func (p *Pipeline) fit(i *install, reply *bot.Reply) []*bot.Reply {
	if i.Adapter == nil {
		return []*bot.Reply{reply}
	}
	return bot.Fit(reply, i.Adapter.Features(), i.Adapter.Measure)
}
