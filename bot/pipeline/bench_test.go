package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// databases runs a benchmark on both.
func databases(b *testing.B, fn func(b *testing.B, db *storage.DB)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, storagetest.Open(b, storagetest.SQLite(b), nil)) })
	b.Run("postgres", func(b *testing.B) { fn(b, storagetest.Open(b, storagetest.Postgres(b), nil)) })
}

func rate(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	b.ReportAllocs()
}

// BenchmarkInbox is Receive by 128 at once.
func BenchmarkInbox(b *testing.B) {
	databases(b, func(b *testing.B, db *storage.DB) {
		h := newHouse(b, db, echo)
		inbox := h.Inbox(pigeon, main)
		var next atomic.Int64
		var all sync.WaitGroup
		b.ResetTimer()
		for range 128 {
			all.Go(func() {
				for {
					n := next.Add(1)
					if n > int64(b.N) {
						return
					}
					in := says(pigeon, fmt.Sprint("chat", n%500), "hello, how much is a ton of maltose syrup?")
					if err := inbox.Receive(context.Background(), in); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		rate(b)
	})
}

// preload puts events of 500 chats into the inbox.
func preload(b *testing.B, db *storage.DB, n int) {
	b.Helper()
	var rows []*bot.InboxRow
	for i := range n {
		rows = append(rows, rowOf(says(pigeon, fmt.Sprint("chat", i%500), "hello, how much is a ton of maltose syrup?"), time.Now()))
	}
	for lot := range slices.Chunk(rows, 500) {
		if _, err := db.AddInbound(context.Background(), lot); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWorker is two workers at a backlog of 500 chats, with a handler that
// answers and writes nothing.
func BenchmarkWorker(b *testing.B) {
	databases(b, func(b *testing.B, db *storage.DB) {
		preload(b, db, b.N)
		h := newHouse(b, db, echo)
		b.ResetTimer()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if err := h.WorkOff(context.Background()); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
		rate(b)
	})
}

// BenchmarkSender is the outbox of 500 chats to a platform that answers at once.
func BenchmarkSender(b *testing.B) {
	databases(b, func(b *testing.B, db *storage.DB) {
		preload(b, db, b.N)
		h := newHouse(b, db, echo)
		if err := h.WorkOff(context.Background()); err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		var sent atomic.Int64
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if sent.Add(1) == int64(b.N) {
				stop()
			}
			return bot.Sent{ID: bot.MessageID(out.Key)}, nil
		}
		b.ResetTimer()
		if err := h.Run(ctx); err != nil {
			b.Fatal(err)
		}
		rate(b)
		if n := sent.Load(); n != int64(b.N) {
			b.Fatalf("sent %d of %d", n, b.N)
		}
	})
}

// BenchmarkWhole is the way from Receive to Send, 128 at once.
func BenchmarkWhole(b *testing.B) {
	databases(b, func(b *testing.B, db *storage.DB) {
		a := newAdapter(pigeon)
		p := pipeline.New(options(b, db, echo, a))
		ctx, stop := context.WithCancel(context.Background())
		var sent, next atomic.Int64
		finished := make(chan struct{})
		a.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if sent.Add(1) == int64(b.N) {
				close(finished)
			}
			return bot.Sent{ID: bot.MessageID(out.Key)}, nil
		}
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		b.ResetTimer()
		for range 128 {
			go func() {
				for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
					in := says(pigeon, fmt.Sprint("chat", n%500), "hello, how much is a ton of maltose syrup?")
					if err := p.Inbox(pigeon, main).Receive(ctx, in); err != nil {
						b.Error(err)
					}
				}
			}()
		}
		<-finished
		rate(b)
		b.StopTimer()
		stop()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkAsking is BenchmarkWorker with a handler that logs a question and
// answers it with three buttons.
func BenchmarkAsking(b *testing.B) {
	databases(b, func(b *testing.B, db *storage.DB) {
		preload(b, db, b.N)
		h := newHouse(b, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Ask(&crm.Question{
				Text: r.Inbound.Text, Language: "en", Probability: 0.7, Band: crm.BandAnswered, ArticleID: 3, ArticleVersion: 1,
				Top: []crm.Candidate{{Article: 3, Version: 1, Probability: 0.7}, {Article: 4, Version: 1, Probability: 0.1}},
			})
			return &bot.Reply{Text: "An answer.", Buttons: []bot.Button{
				{Label: "Solved", Action: "solved"}, {Label: "Not helpful", Action: "unhelpful"}, {Label: "Person", Action: "person"},
			}}, nil
		})
		b.ResetTimer()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if err := h.WorkOff(context.Background()); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
		rate(b)
	})
}
