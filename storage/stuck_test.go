package storage_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// given puts one row into each queue and gives it up: an event, words that a
// person released and that perhaps arrived, and a job.
func given(t *testing.T, db *storage.DB, n int) {
	t.Helper()
	ctx, now := t.Context(), storagetest.Clock()
	to := bot.Address{Platform: "p", Install: "i", Chat: bot.ChatID(fmt.Sprint("chat", n))}
	fine := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.AddInbound(ctx, []*bot.InboxRow{{
		Inbound: bot.Inbound{V: bot.InboundVersion, EventID: fmt.Sprint("e", n), Kind: bot.KindText, Text: "secret words", Address: to},
		Chat:    string(to.Chat), Received: now.Add(-time.Hour),
	}})
	fine(err)
	_, err = db.WorkShards(ctx, now, 1, func(ctx context.Context, store bot.Store, rows []*bot.InboxRow) error {
		dead := *rows[0]
		dead.Attempts, dead.Cause = 3, "panic: boom"
		return store.RetryInbound(ctx, &dead, true)
	})
	fine(err)
	c := &crm.Conversation{Platform: "p", Install: "i", Chat: string(to.Chat)}
	fine(db.CreateConversations(ctx, []*crm.Conversation{c}))
	m := &crm.Message{ConversationID: c.ID, Direction: crm.Out, Body: "secret words"}
	fine(db.CreateMessages(ctx, []*crm.Message{m}))
	fine(db.AddOutbox(ctx, []*bot.OutboxRow{{
		Conversation: c.ID, Message: m.ID, Audience: crm.AudienceStaff, Author: crm.AuthorBot, Created: now.Add(-time.Minute),
		Outgoing: bot.Outgoing{V: 1, Key: "k", Op: bot.OpPost, To: to, Event: fmt.Sprint("e", n), ExpiresAt: now.Add(-time.Second), Reply: bot.Text("secret words")},
	}}))
	rows, err := db.ClaimOutbox(ctx, bot.Claim{Owner: "o", Platform: "p", Install: "i", Now: now, Limit: 1})
	fine(err)
	fine(db.SettleOutbox(ctx, "o", []bot.Settlement{{Row: rows[0], State: crm.DeliveryUnknown, Class: bot.Ambiguous, Cause: "no answer", At: now}}))
	fine(db.AddJobs(ctx, &bot.Job{Kind: "k", Unique: "once", RunAt: now.Add(-time.Second)}))
	jobs, err := db.ClaimJobs(ctx, now, 1, time.Minute)
	fine(err)
	jobs[0].RunAt, jobs[0].Cause = now, "no"
	fine(db.RetryJob(ctx, jobs[0], true))
}

func TestStuck(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		ctx, now := t.Context(), storagetest.Clock()
		given(t, db, 1)
		given(t, db, 2)
		all := func(f storage.StuckFilter) []storage.Stuck {
			t.Helper()
			rows, err := db.Stuck(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		have := all(storage.StuckFilter{})
		if len(have) != 6 {
			t.Fatalf("%d rows were given up: %+v", len(have), have)
		}
		for i := range have {
			have[i].Payload = ""
		}
		here := storage.Place{Platform: "p", Install: "i"}
		if diff := cmp.Diff([]storage.Stuck{
			{Queue: "inbox", ID: have[0].ID, Kind: "text", Place: here, Chat: "chat1", Event: "e1", Attempts: 3, Cause: "panic: boom", At: now.Add(-time.Hour)},
			{Queue: "outbox", ID: have[2].ID, Kind: "post", State: "unknown", Place: here, Chat: "chat1", Event: "e1", Cause: "no answer", At: now.Add(-time.Minute)},
			{Queue: "jobs", ID: have[4].ID, Kind: "k", Attempts: 1, Cause: "no", At: now},
		}, []storage.Stuck{have[0], have[2], have[4]}); diff != "" {
			t.Errorf("(-want +have):\n%s", diff)
		}
		for name, c := range map[string]struct {
			f    storage.StuckFilter
			want int
		}{
			"a queue":         {storage.StuckFilter{Queues: []string{storage.QueueJobs}}, 2},
			"an install":      {storage.StuckFilter{Place: here}, 4},
			"another install": {storage.StuckFilter{Place: storage.Place{Platform: "p", Install: "other"}}, 0},
			"a kind":          {storage.StuckFilter{Kind: "post"}, 2},
			"old":             {storage.StuckFilter{Before: now.Add(-30 * time.Second)}, 4},
			"one of each":     {storage.StuckFilter{Limit: 1}, 3},
			"one of a kind":   {storage.StuckFilter{Kind: "post", Limit: 1}, 1},
			"named":           {storage.StuckFilter{IDs: map[string][]int64{storage.QueueOutbox: {have[2].ID}}}, 1},
		} {
			if rows := all(c.f); len(rows) != c.want {
				t.Errorf("%s: %d rows, want %d", name, len(rows), c.want)
			}
		}
		if n, err := db.Revive(ctx, []storage.Stuck{have[0], have[2], have[4]}, now); err != nil || n != 2 { // of two like jobs the later one is revived
			t.Errorf("%d are tried again, %v", n, err)
		}
		if n, err := db.Revive(ctx, []storage.Stuck{have[0], have[2]}, now); err != nil || n != 0 {
			t.Errorf("%d are tried again twice, %v", n, err)
		}
		if n, err := db.Revive(ctx, have[4:], now); err != nil || n != 1 {
			t.Errorf("of two like jobs %d are tried again, %v", n, err)
		}
		rows, err := db.ClaimOutbox(ctx, bot.Claim{Owner: "o", Platform: "p", Install: "i", Now: now, Limit: 9})
		if err != nil || len(rows) != 1 || rows[0].Attempts != 0 || !rows[0].Outgoing.ExpiresAt.After(now) || rows[0].Outgoing.Reply.Text != "secret words" {
			t.Errorf("to be sent are %+v, %v", rows, err)
		}
		parts, err := db.Parts(ctx, []crm.MessageID{rows[0].Message})
		if err != nil || len(parts) != 1 || parts[0].State != crm.DeliveryQueued {
			t.Errorf("the message is %+v, %v", parts, err)
		}
		if n, err := db.Drop(ctx, all(storage.StuckFilter{})); err != nil || n != 3 {
			t.Errorf("%d are dropped, %v", n, err)
		}
		if left := all(storage.StuckFilter{}); len(left) > 0 {
			t.Errorf("left are %+v", left)
		}
		again := &bot.InboxRow{Inbound: bot.Inbound{EventID: "e2", Kind: bot.KindText, Address: bot.Address{Platform: "p", Install: "i", Chat: "chat2"}}}
		if n, err := db.AddInbound(ctx, []*bot.InboxRow{again}); err != nil || n != 0 {
			t.Errorf("an event that was dropped is taken in once more: %d %v", n, err)
		}
	})
}
