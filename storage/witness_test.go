package storage_test

import (
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// TestAfterAnOutageNobodyIsTakenForDeadAtOnce lets nobody beat for a while. Who
// is back first waits whether the others are too, before it takes what they hold.
func TestAfterAnOutageNobodyIsTakenForDeadAtOnce(t *testing.T) {
	ctx, dsn, now := t.Context(), storagetest.Postgres(t), time.Unix(1e9, 0)
	one, two := storagetest.Open(t, dsn, nil), storagetest.Open(t, dsn, nil)
	two.Watch(func() time.Time { return now })
	fine := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	beat := func(db *storage.DB, owner string) {
		t.Helper()
		_, err := db.Beat(ctx, owner)
		fine(err)
	}
	claim := func(db *storage.DB, owner string) int {
		t.Helper()
		rows, err := db.ClaimOutbox(ctx, bot.Claim{Owner: owner, Platform: "p", Install: "i", Now: storagetest.Clock(), Limit: 9})
		fine(err)
		return len(rows)
	}
	c := &crm.Conversation{Platform: "p", Install: "i", Chat: "c", Direct: true, Audience: crm.AudienceCustomers}
	fine(one.CreateConversations(ctx, []*crm.Conversation{c}))
	fine(one.AddOutbox(ctx, []*bot.OutboxRow{{
		Conversation: c.ID, Audience: crm.AudienceCustomers, Author: crm.AuthorBot, Created: storagetest.Clock(),
		Outgoing: bot.Outgoing{V: 1, Op: bot.OpPost, Reply: bot.Text("hello"), To: bot.Address{Platform: "p", Install: "i", Chat: "c"}},
	}}))
	beat(one, "one")
	if n := claim(one, "one"); n != 1 {
		t.Fatalf("%d rows, want the one there is", n)
	}
	if _, err := one.Root().ExecContext(ctx, "UPDATE replicas SET beat = beat - 60000"); err != nil { // the outage
		t.Fatal(err)
	}
	for range 6 {
		beat(two, "two")
		if n := claim(two, "two"); n != 0 {
			t.Fatal("what is on its way was taken by who was back first")
		}
		line, err := two.TakeLine(ctx, "two", c.ID, 9)
		if err != nil || len(line) != 0 {
			t.Fatalf("%d rows were taken as an answer, %v", len(line), err)
		}
		now = now.Add(time.Second)
	}
	now = now.Add(time.Second)
	beat(two, "two")
	if n := claim(two, "two"); n != 1 {
		t.Errorf("%d rows of a replica that is dead, want 1", n)
	}
}
