package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

const (
	pigeon = bot.Platform("pigeon") // customers write here
	office = bot.Platform("office") // staff work here
	main   = bot.Install("main")
)

// adapter is a platform in memory.
type adapter struct {
	platform bot.Platform
	features bot.Features
	answer   func(out bot.Outgoing) (bot.Sent, error)      // nil: always fine
	run      func(ctx context.Context, in bot.Inbox) error // nil: waits for the end

	mu   sync.Mutex
	sent []bot.Outgoing
	seen chan struct{} // a value for every Send, as far as there is room
}

func newAdapter(p bot.Platform) *adapter {
	return &adapter{platform: p, seen: make(chan struct{}, 100_000), features: bot.Features{
		Ops: []bot.Op{bot.OpPost, bot.OpEdit, bot.OpEphemeral, bot.OpAnswer}, Buttons: 10, Cards: true,
	}}
}

func (a *adapter) Platform() bot.Platform { return a.platform }
func (a *adapter) Features() bot.Features { return a.features }
func (a *adapter) Run(ctx context.Context, in bot.Inbox) error {
	if a.run != nil {
		return a.run(ctx, in)
	}
	<-ctx.Done()
	return nil
}
func (a *adapter) Measure(markup string) int { return len([]rune(markup)) }

func (a *adapter) Send(_ context.Context, out bot.Outgoing) (bot.Sent, error) {
	sent, err := bot.Sent{ID: bot.MessageID("n" + out.Key)}, error(nil)
	if a.answer != nil {
		sent, err = a.answer(out)
	}
	if err == nil {
		a.mu.Lock()
		a.sent = append(a.sent, out)
		a.mu.Unlock()
	}
	select {
	case a.seen <- struct{}{}:
	default:
	}
	return sent, err
}

// texts are what was said in a chat, in order.
func (a *adapter) texts(chat bot.ChatID) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []string
	for _, o := range a.sent {
		if o.To.Chat == chat && o.Reply != nil && o.Op != bot.OpAnswer {
			out = append(out, o.Reply.Text)
		}
	}
	return out
}

func (a *adapter) ops() []bot.Outgoing {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]bot.Outgoing(nil), a.sent...)
}

// house is a pipeline with two platforms.
type house struct {
	*pipeline.Pipeline
	db     *storage.DB
	pigeon *adapter
	office *adapter
}

var quiet = slog.New(slog.DiscardHandler)

func options(t testing.TB, db bot.Store, h bot.Handler, adapters ...*adapter) pipeline.Options {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := pipeline.Options{
		Store: db, Handler: h, Catalog: catalog, Logger: quiet,
		Company:  &bot.Company{Name: "Test", Language: "en", Zone: time.UTC, Currency: "CNY", Stages: crm.DefaultStages()},
		Settings: crm.Settings{Stages: crm.DefaultStages(), Zone: time.UTC, Currency: "CNY"},
	}
	for _, a := range adapters {
		audience := crm.AudienceCustomers
		if a.platform == office {
			audience = crm.AudienceStaff
		}
		o.Adapters = append(o.Adapters, pipeline.Install{Adapter: a, Platform: a.platform, Install: main, Audience: audience})
	}
	return o
}

func newHouse(t testing.TB, db *storage.DB, h bot.Handler) *house {
	t.Helper()
	x := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
	x.Pipeline = pipeline.New(options(t, db, h, x.pigeon, x.office))
	return x
}

// run runs the pipeline until the test ends.
func (h *house) run(t testing.TB) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

func (h *house) receive(t testing.TB, in bot.Inbound) {
	t.Helper()
	if err := h.Inbox(in.Address.Platform, main).Receive(t.Context(), in); err != nil {
		t.Fatalf("receive: %v", err)
	}
}

func (h *house) settle(t testing.TB) {
	t.Helper()
	if err := h.Settle(t.Context()); err != nil {
		t.Fatalf("settle: %v", err)
	}
}

var events atomic.Int64

func eventID() string { return fmt.Sprintf("e%d", events.Add(1)) }

// says is a line of text in a direct chat named after its writer.
func says(p bot.Platform, who, text string) bot.Inbound {
	id := eventID()
	return bot.Inbound{
		EventID: id, Kind: bot.KindText, Direct: true, Text: text, Message: bot.MessageID("m" + id),
		Address: bot.Address{Platform: p, Install: main, Chat: bot.ChatID(who)},
		Sender:  bot.Sender{ID: bot.SenderID(who), Name: who, Chat: bot.ChatID(who)},
		At:      storagetest.Clock(),
	}
}

// eventually waits until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit := time.Now().Add(60 * time.Second)
	for !ok() {
		if time.Now().After(limit) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func echo(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	return bot.Text("echo " + r.Inbound.Text), nil
}

func TestALineIsAnsweredWithSettle(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.receive(t, says(pigeon, "ana", "hello"))
		h.receive(t, says(pigeon, "ana", "are you there"))
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo hello", "echo are you there")
	})
}

func TestALineIsAnsweredWithRun(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.run(t)
		h.receive(t, says(pigeon, "ana", "hello"))
		eventually(t, "an answer", func() bool { return len(h.pigeon.texts("ana")) == 1 })
	})
}

func want(t testing.TB, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
