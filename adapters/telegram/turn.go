package telegram

import (
	"strings"

	"crmbot/bot"
)

// turn is what Inbound.Turn holds of a button pressed in a group: the press, and
// who pressed. Elsewhere it is the id of the press alone.
type turn struct {
	id  string
	who bot.Sender
}

// String is the turn as it is kept.
func (t turn) String() string { return t.id + " " + string(t.who.ID) + " " + t.who.Name }

func parseTurn(s string) turn {
	id, rest, _ := strings.Cut(s, " ")
	who, name, _ := strings.Cut(rest, " ")
	return turn{id: id, who: bot.Sender{ID: bot.SenderID(who), Name: name}}
}

// people are those whom a message is to call by name. Whoever pressed a button
// and is asked something then is among them: there is no message of his that the
// question could quote.
func people(out bot.Outgoing) []bot.Sender {
	all := out.Notify
	if t := parseTurn(out.Turn); out.Reply.Asks && !out.Direct && out.Reply.Quote == "" && t.who.ID != "" {
		all = append([]bot.Sender{t.who}, all...)
	}
	return all
}

// calling is the beginning of a message that calls people by name, in HTML.
func calling(people []bot.Sender) string {
	var b strings.Builder
	for _, who := range people {
		if strings.Trim(string(who.ID), "0123456789") != "" || who.ID == "" {
			continue
		}
		name := strings.TrimSpace(who.Name)
		if name == "" {
			name = "@"
		}
		b.WriteString(`<a href="tg://user?id=` + string(who.ID) + `">` + escape.Replace(name) + "</a> ")
	}
	return b.String()
}

// headed is a text with a beginning that calls people by name, or without it
// where it does not fit: the words come first.
func headed(head, text string, most int) string {
	if head != "" && bot.UTF16.Length(head)+bot.UTF16.Length(text) > most {
		return text
	}
	return strings.TrimRight(head+text, " ")
}
