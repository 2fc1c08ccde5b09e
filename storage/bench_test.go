package storage_test

import (
	"context"
	"fmt"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// BenchmarkBatch is what the worker does for 128 messages of 128 strangers: a
// statement or two for each noun, in one transaction.
func BenchmarkBatch(b *testing.B) {
	for name, open := range map[string]func() *storage.DB{
		"sqlite":   func() *storage.DB { return storagetest.New(b) },
		"postgres": func() *storage.DB { return storagetest.Open(b, storagetest.Postgres(b), storagetest.Clock) },
	} {
		b.Run(name, func(b *testing.B) {
			db, round := open(), 0
			b.ReportAllocs()
			for b.Loop() {
				round++
				err := db.InTx(b.Context(), func(ctx context.Context, store crm.Store) error {
					return batch(ctx, store, round)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(strangers*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

const strangers = 128

func batch(ctx context.Context, store crm.Store, round int) error {
	contacts, ids := make([]*crm.Contact, strangers), make([]*crm.Identity, strangers)
	chats, messages := make([]*crm.Conversation, strangers), make([]*crm.Message, strangers)
	keys, places := make([]crm.IdentityKey, strangers), make([]crm.ConversationKey, strangers)
	for i := range strangers {
		sender := fmt.Sprint(round, "-", i)
		contacts[i] = &crm.Contact{Name: "张伟 " + sender}
		ids[i] = &crm.Identity{Platform: "p", Sender: sender}
		chats[i] = &crm.Conversation{Platform: "p", Chat: sender}
		keys[i], places[i] = ids[i].Key(), crm.ConversationKey{Platform: "p", Chat: sender}
	}
	if _, err := store.Identities(ctx, keys); err != nil {
		return err
	}
	if _, err := store.Conversations(ctx, places); err != nil {
		return err
	}
	if err := store.CreateContacts(ctx, contacts...); err != nil {
		return err
	}
	for i := range strangers {
		ids[i].ContactID, chats[i].ContactID = contacts[i].ID, contacts[i].ID
	}
	if err := store.CreateIdentities(ctx, ids); err != nil {
		return err
	}
	if err := store.CreateConversations(ctx, chats); err != nil {
		return err
	}
	for i := range strangers {
		messages[i] = &crm.Message{ConversationID: chats[i].ID, Body: "你们的麦芽糖浆最小起订量是多少? 20 t?", Native: fmt.Sprint(i)}
	}
	return store.CreateMessages(ctx, messages)
}

// BenchmarkConclude writes what a batch of questions led to: each was answered by
// one message with two buttons.
func BenchmarkConclude(b *testing.B) {
	storages := map[string]func() *storage.DB{
		"sqlite":   func() *storage.DB { return storagetest.New(b) },
		"postgres": func() *storage.DB { return storagetest.Open(b, storagetest.Postgres(b), storagetest.Clock) },
	}
	for name, open := range storages {
		for _, n := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				db, round := open(), 0
				b.ReportAllocs()
				for b.Loop() {
					round++
					if err := db.Conclude(b.Context(), conclusion(round, n)); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(n*b.N), "µs/message")
			})
		}
	}
}

func conclusion(round, n int) *bot.Conclusion {
	c, now := &bot.Conclusion{At: storagetest.Clock()}, storagetest.Clock()
	for i := range n {
		id, letters := crm.ConversationID(round*n+i+1), fmt.Sprint(round, "-", i)
		c.Messages = append(c.Messages,
			&crm.Message{ConversationID: id, Direction: crm.In, Body: "你们的麦芽糖浆最小起订量是多少? 20 t?", Native: letters, Happened: now, Received: now},
			&crm.Message{ConversationID: id, Direction: crm.Out, Body: "最小起订量为 20 吨。", Happened: now, Received: now})
		c.Outbox = append(c.Outbox, &bot.OutboxRow{
			Conversation: id, Audience: crm.AudienceCustomers, Author: crm.AuthorBot, Created: now, Owner: "here",
			Outgoing: bot.Outgoing{Key: letters, To: bot.Address{Platform: "p", Chat: bot.ChatID(letters)}},
		})
		c.Of = append(c.Of, 2*i+1)
		c.Buttons = append(c.Buttons, &bot.KeptButton{ID: letters + ".1", Action: "/yes"}, &bot.KeptButton{ID: letters + ".2", Action: "/no"})
		c.Sessions = append(c.Sessions, &bot.Session{Conversation: id, Sender: bot.SenderID(letters)})
		c.Questions = append(c.Questions, &crm.Question{Key: letters, ConversationID: id, Band: crm.BandAnswered, Asked: now})
		c.In, c.Out = append(c.In, id), append(c.Out, id)
	}
	return c
}

// BenchmarkNew is what every test pays that needs a store.
func BenchmarkNew(b *testing.B) {
	storagetest.New(b) // makes the template
	for b.Loop() {
		storagetest.New(b)
	}
}
