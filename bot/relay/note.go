package relay

import (
	"context"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// notedFor is where a session keeps the customer's message after which its
// person was last told that a note is one.
const notedFor = "thread.noted"

// Note keeps what a colleague wrote in r.Thread with the customer's record. If
// the customer waits, its author alone is told that it was a note, once for each
// of the customer's messages, and can send it.
func Note(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Thread == nil || r.Customer == nil {
		return nil, nil
	}
	of, err := customerOf(ctx, r, r.Customer)
	if err != nil {
		return nil, err
	}
	text, way := Spoken(r.Words, r.Inbound.Text)
	text = strings.TrimSpace(text)
	if text == "" && len(r.Inbound.Files) == 0 {
		return nil, nil
	}
	kept := text
	if r.User == nil && text != "" { // somebody whom we do not know
		kept = strings.TrimPrefix(r.Inbound.Sender.Name+": "+kept, ": ")
	}
	in := of.note(r, r.Actor.User, r.Thread.ID, kept)
	in.Message, in.Files = nativeOf(r.Thread.ID, r.Inbound.Message), r.Inbound.Files
	in.Values["platform"], in.Values["install"] = string(r.Inbound.Address.Platform), string(r.Inbound.Address.Install)
	r.Deliver(in, time.Time{})
	if r.User == nil {
		return nil, nil
	}
	meant := way == Inside && !quotes(text) && !r.Features.Authors // a page has a switch for it, which anybody may forget
	if meant || of.WaitsSince.IsZero() || of.atDesk(r) {
		return nil, nil
	}
	return remind(ctx, r, of, text)
}

// note is a note of a colleague as an event of the customer's conversation.
func (of *customer) note(r *bot.Request, by crm.UserID, thread crm.ThreadID, text string) bot.Inbound {
	in := of.event(r, bot.KindNote, "")
	in.Text, in.Values = text, map[string]string{}
	if by != 0 {
		in.Values["by"] = number(by)
	}
	if thread != 0 {
		in.Values["thread"] = number(thread)
	}
	return in
}

// nativeOf is what the note of a message in a thread is called in the customer's
// conversation, so that its change can be followed.
func nativeOf(thread crm.ThreadID, message bot.MessageID) bot.MessageID {
	if message == "" || thread == 0 {
		return ""
	}
	return bot.MessageID("note:"+number(thread)+":") + message
}

// remind tells the author of a note that the waiting customer has not seen it.
func remind(ctx context.Context, r *bot.Request, of *customer, text string) (*bot.Reply, error) {
	last, err := lastWord(ctx, r, of.Conversation)
	if err != nil {
		return nil, err
	}
	mark := number(last)
	if r.Session.Values[notedFor] == mark {
		return nil, nil
	}
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	r.Session.Values[notedFor] = mark
	r.Session.Changed()
	rel, err := begun(r, of.Conversation, text)
	if err != nil {
		return nil, err
	}
	rel.Live, rel.Why = false, whyNote
	return draft(ctx, r, of, rel, "relay.note.only")
}

// lastWord is the latest message of the customer himself.
func lastWord(ctx context.Context, r *bot.Request, c *crm.Conversation) (crm.MessageID, error) {
	last, err := r.Store.Messages(ctx, c.ID, 0, -mostLines)
	var id crm.MessageID
	for _, m := range last {
		if m.Direction == crm.In && m.AuthorKind == crm.AuthorContact && !m.Muted {
			id = m.ID
		}
	}
	return id, err
}
