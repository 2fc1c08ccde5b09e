package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

var here = storage.Place{Platform: "p", Install: "i"}

// BenchmarkGauges reads how full queues are that are very full.
func BenchmarkGauges(b *testing.B) {
	for name, open := range map[string]func() *storage.DB{
		"sqlite":   func() *storage.DB { return storagetest.New(b) },
		"postgres": func() *storage.DB { return storagetest.Open(b, storagetest.Postgres(b), storagetest.Clock) },
	} {
		b.Run(name, func(b *testing.B) {
			db := open()
			crowd(b, db, 100_000)
			for b.Loop() {
				if _, err := db.Gauges(b.Context(), storagetest.Clock(), 5000, []storage.Place{here}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestGaugesFollowIndexes reads full queues and asks the databases whether any
// of it meant reading a whole table.
func TestGaugesFollowIndexes(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		crowd(t, db, 5000)
		ear := &overheard{}
		db.Root().AddQueryHook(ear) //nolint:staticcheck // it listens to what db itself asks, not to what a copy does
		const most = 640
		g, err := db.Gauges(t.Context(), storagetest.Clock(), most, []storage.Place{here})
		if err != nil {
			t.Fatal(err)
		}
		for i, shard := range g.Shards {
			due, later := shard.Due, shard.Later
			if i%2 == 1 { // these are a second away
				due, later = later, due
			}
			if due < most/bot.Shards || due > 2*most/bot.Shards || later != 0 {
				t.Errorf("shard %d has %+v", i, shard)
			}
		}
		if got := g.Outbox[here]; got.Due != most/2 || got.Later != most/2 || !got.Oldest.Equal(storagetest.Clock().Add(-time.Second)) {
			t.Errorf("the outbox has %+v", got)
		}
		if g.Jobs.Due != most || g.Jobs.Later != most {
			t.Errorf("the jobs are %+v", g.Jobs)
		}
		if len(ear.queries) < 4 {
			t.Fatalf("only asked %q", ear.queries)
		}
		for _, q := range ear.queries {
			plan := explained(t, db, q)
			for _, table := range []string{"inbox", "outbox", "jobs", "i", "o"} {
				for _, scan := range []string{"Seq Scan on " + table + "\n", "Seq Scan on " + table + " ", "SCAN " + table + "\n"} {
					if strings.Contains(plan, scan) {
						t.Errorf("%s reads all of %s:\n%s", q, table, plan)
					}
				}
			}
		}
	})
}

// TestGaugesCountWhereTheyStand has a few rows everywhere.
func TestGaugesCountWhereTheyStand(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		ctx, now := t.Context(), storagetest.Clock()
		row := func(event string, shard int, due time.Time) *bot.InboxRow {
			return &bot.InboxRow{
				Inbound: bot.Inbound{V: bot.InboundVersion, EventID: event, Kind: bot.KindText, Address: bot.Address{Platform: "p", Install: "i", Chat: "1"}},
				Chat:    event, Shard: shard, Received: now.Add(-time.Minute), DueAt: due,
			}
		}
		if _, err := db.AddInbound(ctx, []*bot.InboxRow{row("a", 3, time.Time{}), row("b", 3, time.Time{}), row("c", 4, now.Add(time.Hour)), row("d", 9, time.Time{})}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.WorkShards(ctx, now, 1, func(ctx context.Context, store bot.Store, rows []*bot.InboxRow) error {
			dead := *rows[0]
			return store.RetryInbound(ctx, &dead, true)
		}); err != nil {
			t.Fatal(err)
		}
		out := bot.Outgoing{To: bot.Address{Platform: "p", Install: "i", Chat: "1"}}
		if err := db.AddOutbox(ctx, []*bot.OutboxRow{
			{Conversation: 1, Audience: crm.AudienceCustomers, Author: crm.AuthorBot, Outgoing: out, Created: now.Add(-time.Second)},
			{Conversation: 1, Audience: crm.AudienceCustomers, Author: crm.AuthorBot, Outgoing: out, Created: now.Add(-time.Second), DueAt: now.Add(time.Second)},
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.AddJobs(ctx, &bot.Job{Kind: "k", RunAt: now.Add(-time.Hour)}); err != nil {
			t.Fatal(err)
		}
		until := now.Add(time.Minute)
		if err := db.Hold(ctx, "p", "i", until); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Beat(ctx, "one"); err != nil {
			t.Fatal(err)
		}
		talk := func(chat string, status crm.ConversationStatus, since time.Time) *crm.Conversation {
			return &crm.Conversation{Platform: "p", Install: "i", Chat: chat, Direct: true, Audience: crm.AudienceCustomers, Status: status, WaitsSince: since}
		}
		wanted := talk("1", crm.ConversationWaiting, now.Add(-time.Hour))
		if err := db.CreateConversations(ctx, []*crm.Conversation{
			wanted, talk("2", crm.ConversationWaiting, now.Add(-2*time.Hour)),
			talk("3", crm.ConversationHandedOff, time.Time{}), talk("4", crm.ConversationOpen, now.Add(-9*time.Hour)),
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.CreateThread(ctx, &crm.Thread{ConversationID: wanted.ID, Platform: "p", Install: "i", Chat: "team", State: crm.ThreadOpening}); err != nil {
			t.Fatal(err)
		}
		g, err := db.Gauges(ctx, now, 100, []storage.Place{here, {Platform: "p", Install: "empty"}})
		if err != nil {
			t.Fatal(err)
		}
		minute := now.Add(-time.Minute)
		want := storage.Gauges{
			Outbox: map[storage.Place]storage.Depth{here: {Due: 1, Later: 1, Oldest: now.Add(-time.Second)}, {Platform: "p", Install: "empty"}: {}},
			Jobs:   storage.Depth{Due: 1, Oldest: now.Add(-time.Hour)},
			Dead:   storage.Dead{Inbox: 1}, Held: map[storage.Place]time.Time{here: until}, Replicas: 1,
			Talks:   map[crm.ConversationStatus]int{crm.ConversationWaiting: 2, crm.ConversationHandedOff: 1},
			Waits:   now.Add(-2 * time.Hour),
			Threads: map[crm.ThreadState]int{crm.ThreadOpening: 1, crm.ThreadOpen: 0, crm.ThreadClosed: 0, crm.ThreadLost: 0},
		}
		want.Shards[3], want.Shards[4], want.Shards[9] = storage.Depth{Due: 1, Oldest: minute}, storage.Depth{Later: 1}, storage.Depth{Due: 1, Oldest: minute}
		if diff := cmp.Diff(want, *g); diff != "" {
			t.Errorf("(-want +have):\n%s", diff)
		}
	})
}

func TestPoolsAreTold(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		pools := db.Pools()
		names := []string{"writer", "readers"}
		if db.Postgres() {
			names = []string{"all"}
		}
		if len(pools) != len(names) {
			t.Errorf("the pools are %v", pools)
		}
		for _, name := range names {
			if pools[name].MaxOpenConnections == 0 {
				t.Errorf("%s has no end: %+v", name, pools[name])
			}
		}
	})
}

// crowd puts n rows into each queue, half of them due, and as many into the
// inbox that are done.
func crowd(t testing.TB, db *storage.DB, n int) {
	t.Helper()
	series := fmt.Sprintf(" FROM (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s) AS s", n)
	filled := strings.NewReplacer("?pad", "'"+strings.Repeat("x", 400)+"'", "?at", fmt.Sprint(storagetest.Clock().UnixMilli()))
	for _, statement := range []string{
		`INSERT INTO inbox (event, chat, shard, kind, waits, payload, received, seq, place, due, status)
			SELECT 'd' || n, 'c' || n, n % 32, 'text', 1, ?pad, 0, 0, n, n, 1` + series,
		`INSERT INTO inbox (event, chat, shard, kind, waits, payload, received, seq, place, due)
			SELECT 'e' || n, 'c' || n, n % 32, 'text', 1, ?pad, 0, 0, ?at + (n % 2) * 1000, ?at + (n % 2) * 1000` + series,
		`INSERT INTO outbox (conversation_id, platform, install, audience, author, payload, created, due)
			SELECT n, 'p', 'i', 'customers', 'bot', ?pad, ?at - 1000, ?at + n % 2` + series,
		`INSERT INTO jobs (kind, payload, run_at) SELECT 'k', ?pad, ?at + n % 2` + series,
		"ANALYZE",
	} {
		if _, err := db.Root().DB.ExecContext(t.Context(), filled.Replace(statement)); err != nil {
			t.Fatal(err)
		}
	}
}
