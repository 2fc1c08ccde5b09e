package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// conclude writes what batches led to: several messages of several conversations,
// of which the first row of each may be sent at once.
func conclude(t *testing.T, s bot.Store) {
	ctx := t.Context()
	ok(s.Beat(ctx, "one"))(t)
	var chats []crm.ConversationID
	for i := range 3 {
		id, _ := spoken(t, s, fmt.Sprint(i))
		chats = append(chats, id)
	}
	waits, _ := spoken(t, s, "waits", "before")
	chats = append(chats, waits)
	c := conclusion(t, s, chats)
	fine(t, s.Transact(ctx, func(ctx context.Context, s bot.Store) error { return s.Conclude(ctx, c) }))

	for i, row := range c.Outbox {
		m := c.Messages[i+len(chats)]
		if row.Message != m.ID || m.ID == 0 || i > 0 && m.ID <= c.Messages[i+len(chats)-1].ID {
			t.Errorf("row %d is of message %d, its message is %d", i, row.Message, m.ID)
		}
	}
	var lent []*bot.OutboxRow
	var keys []string
	for _, row := range c.Outbox {
		if row.Owner != "" {
			lent, keys = append(lent, row), append(keys, row.Outgoing.Key)
		}
	}
	same(t, "lent", keys, []string{"0 first", "1 first", "2 first"})
	same(t, "what is lent is not free", keysOf(claim(t, s, "one", 0)), []string{"before"})
	settleAll(t, s, "one", crm.DeliveryAccepted, lent...)
	same(t, "the next of each", keysOf(claim(t, s, "one", 0)), []string{"0 \"second\", \\ 'ü 中", "1 \"second\", \\ 'ü 中", "2 \"second\", \\ 'ü 中"})
	for i, id := range chats[:3] {
		said := ok(s.Messages(ctx, id, 0, 10))(t)
		same(t, "said", []string{said[0].Body, said[1].Body, said[2].Body}, []string{"hello \\ \" ' {a,b} NULL \n中", "first", "\"second\", \\ 'ü 中"})
		same(t, "when", said[0].Happened, at(i))
		parts := ok(s.Parts(ctx, []crm.MessageID{said[1].ID, said[2].ID}))(t)
		same(t, "what became of them", []string{string(parts[0].State), parts[0].Native, string(parts[1].State), parts[1].Native},
			[]string{"accepted", fmt.Sprintf("n-%d first", i), "queued", ""})
		spoke := ok(s.Conversation(ctx, id))(t)
		same(t, "spoke", []time.Time{spoke.LastInAt, spoke.LastOutAt}, []time.Time{at(5), at(5)})
		session := ok(s.Sessions(ctx, []bot.SessionKey{{Conversation: id, Sender: "ana"}}))(t)
		same(t, "sessions", len(session), 1)
		q := ok(s.QuestionByKey(ctx, fmt.Sprint("q", i)))(t)
		same(t, "asked", []any{q.Text, q.Probability, q.Top[0].Probability, q.ArticleID}, []any{"why \\ \"?\"", 0.25, 0.125, crm.ArticleID(0)})
	}
	same(t, "buttons", len(ok(s.Buttons(ctx, []string{"x.1", "x.2", "y"}))(t)), 3)
	wantCode(t, "what was done already", s.Conclude(ctx, &bot.Conclusion{At: at(6), In: chats[:1], Done: c.Done[:1]}), crm.CodeConflict)
	same(t, "with all of it", ok(s.Conversation(ctx, chats[0]))(t).LastInAt, at(5))
	fine(t, s.Conclude(ctx, &bot.Conclusion{At: at(7)}))
}

// conclusion is what an event of each conversation led to.
func conclusion(t *testing.T, s bot.Store, chats []crm.ConversationID) *bot.Conclusion {
	t.Helper()
	c := &bot.Conclusion{At: at(5), In: chats, Out: chats[:3]}
	var rows []*bot.InboxRow
	for i, id := range chats {
		rows = append(rows, &bot.InboxRow{Chat: fmt.Sprint(i), Received: Clock(), Inbound: bot.Inbound{
			EventID: fmt.Sprint("conclude", i), Kind: bot.KindText, Address: bot.Address{Platform: "p", Install: "i", Chat: bot.ChatID(fmt.Sprint(i))},
		}})
		c.Messages = append(c.Messages, &crm.Message{
			ConversationID: id, Direction: crm.In, AuthorKind: crm.AuthorContact, Body: "hello \\ \" ' {a,b} NULL \n中\x00", Happened: at(i), Received: at(i),
		})
		c.Sessions = append(c.Sessions, &bot.Session{Conversation: id, Sender: "ana"})
		c.Questions = append(c.Questions, &crm.Question{
			Key: fmt.Sprint("q", i), ConversationID: id, Text: "why \\ \"?\"", Probability: 0.25, Asked: at(i), Top: []crm.Candidate{{Article: 1, Probability: 0.125}},
		})
	}
	for _, text := range []string{"first", "\"second\", \\ 'ü 中"} {
		for i, id := range chats {
			row := &bot.OutboxRow{
				Conversation: id, Audience: crm.AudienceCustomers, Author: crm.AuthorBot, Created: Clock(),
				Outgoing: bot.Outgoing{V: 1, Key: fmt.Sprint(i, " ", text), Op: bot.OpPost, Reply: bot.Text(text), To: bot.Address{Platform: "p", Install: "i"}},
			}
			if text == "first" {
				row.Owner = "one"
			}
			c.Outbox, c.Of = append(c.Outbox, row), append(c.Of, len(c.Messages))
			c.Messages = append(c.Messages, &crm.Message{ConversationID: id, Direction: crm.Out, AuthorKind: crm.AuthorBot, Body: text, Happened: at(9), Received: at(9)})
		}
	}
	c.Buttons = []*bot.KeptButton{{ID: "x.1", Action: "a"}, {ID: "x.2", Action: "b"}, {ID: "y", Action: "c", Once: true}}
	ok(s.AddInbound(t.Context(), rows))(t)
	_, err := s.WorkShards(t.Context(), Clock(), 100, func(_ context.Context, _ bot.Store, rows []*bot.InboxRow) error {
		for _, r := range rows {
			c.Done = append(c.Done, r.ID)
		}
		return nil
	})
	fine(t, err)
	same(t, "what waits", len(c.Done), len(chats))
	return c
}
