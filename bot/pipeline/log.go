package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// log writes down what a person said, the customer or somebody of the company at
// the platform's own desk, once: an event that is tried again is in
// the log already.
func (b *batch) log(e *event) {
	body, worth := body(e, b.buttons)
	if !worth || e.conversation == nil {
		return
	}
	desk, muted := e.in.Kind == bot.KindDesk, b.muted(e)
	switch {
	case desk:
		b.out[e.conversation.ID] = true
	case !muted && e.in.Kind != bot.KindNote:
		b.in[e.conversation.ID] = true
	}
	e.logged = true
	if e.row.Logged {
		return
	}
	m := crm.Message{
		ConversationID: e.conversation.ID, Direction: crm.In, Audience: audience(e.conversation.Audience),
		Kind: string(e.in.Kind), Body: body, Native: string(e.in.Message), ReplyTo: string(e.in.ReplyTo),
		EventID: e.in.EventID, Happened: e.in.At, Received: e.row.Received, Muted: muted,
	}
	if e.in.Kind == bot.KindReaction {
		m.ReplyTo = string(e.in.Target)
	}
	m.AuthorKind, m.AuthorID, m.Language = b.author(e)
	if desk { // somebody of the company, whom we know by no more than what body tells
		m.Direction, m.AuthorKind, m.AuthorID = crm.Out, crm.AuthorUser, 0
	}
	if e.in.Kind == bot.KindNote {
		m.Audience, m.AuthorKind = crm.AudienceNote, crm.AuthorUser
		m.AuthorID, m.ThreadID = number(e.in.Values["by"]), crm.ThreadID(number(e.in.Values["thread"]))
	}
	b.said = append(b.said, &said{Message: m, files: e.in.Files, event: e})
}

// number reads an id, as a number or as a reference; 0 if it is none.
func number(s string) int64 {
	if ref, ok := crm.ParseRef(s); ok {
		return ref.ID
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (b *batch) author(e *event) (crm.AuthorKind, int64, string) {
	id := e.identity
	switch {
	case id == nil:
		return crm.AuthorContact, 0, e.conversation.Language
	case id.UserID != 0:
		lang := e.conversation.Language
		if u := b.users[id.UserID]; u != nil && u.Language != "" {
			lang = u.Language
		}
		return crm.AuthorUser, int64(id.UserID), lang
	}
	lang := e.conversation.Language
	if c := b.contacts[id.ContactID]; c != nil && c.Language != "" {
		lang = c.Language
	}
	return crm.AuthorContact, int64(id.ContactID), lang
}

// body is what an event says, and whether it belongs into the log.
func body(e *event, buttons map[string]*bot.KeptButton) (string, bool) {
	in := e.in
	switch in.Kind {
	case bot.KindText, bot.KindMedia, bot.KindReaction, bot.KindNote:
		return in.Text, true
	case bot.KindMenu:
		return in.Text, in.Text != ""
	case bot.KindVisit:
		return in.Values["url"], in.Values["url"] != ""
	case bot.KindAction:
		if b := buttons[pressed(in)]; b != nil {
			return b.Label, true
		}
		return in.Text, in.Text != ""
	case bot.KindForm:
		var lines []string
		for k, v := range in.Values {
			lines = append(lines, k+": "+v)
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n"), true
	case bot.KindDesk:
		if in.Text == "" && len(in.Files) == 0 {
			return "", false
		}
		return strings.TrimPrefix(in.Values["by"]+": "+in.Text, ": "), true
	case bot.KindContact:
		return strings.TrimSpace(in.Values["name"] + " " + in.Values["phone"]), true
	}
	return "", false
}

// audience is who reads a message, by who reads the conversation.
func audience(of crm.Audience) crm.Audience {
	if of == crm.AudienceCustomers {
		return crm.AudienceCustomer
	}
	return crm.AudienceNote
}
