package pipeline_test

import (
	"context"
	"errors"
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

// fails is an answer of a platform that fails by the rule, by the text.
func fails(rule func(text string, n int) error) func(bot.Outgoing) (bot.Sent, error) {
	var mu sync.Mutex
	tries := map[string]int{}
	return func(out bot.Outgoing) (bot.Sent, error) {
		mu.Lock()
		tries[out.Key]++
		n := tries[out.Key]
		mu.Unlock()
		if err := rule(out.Reply.Text, n); err != nil {
			return bot.Sent{}, err
		}
		return bot.Sent{ID: bot.MessageID("n" + out.Key)}, nil
	}
}

// delivery is what is known of the messages we sent in a chat.
func delivery(t testing.TB, h *house, chat string) []string {
	t.Helper()
	var out []string
	for _, m := range messages(t, h, chat) {
		if m.Direction != crm.Out {
			continue
		}
		parts, err := h.db.Parts(t.Context(), []crm.MessageID{m.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			out = append(out, string(p.State)+p.Error)
		}
	}
	return out
}

func TestWhatAPlatformAnswersDecidesWhatBecomesOfAMessage(t *testing.T) {
	always := func(err error) func(string, int) error { return func(string, int) error { return err } }
	once := func(err error) func(string, int) error {
		return func(_ string, n int) error {
			if n == 1 {
				return err
			}
			return nil
		}
	}
	cases := []struct {
		name     string
		rule     func(text string, n int) error
		texts    []string // what arrived, of "echo **one**" and "echo two"
		delivery []string
	}{
		{"takes it", always(nil), []string{"echo **one**", "echo two"}, []string{"accepted", "accepted"}},
		{
			"is too busy once", once(&bot.Failure{Class: bot.RateLimited, After: time.Second}),
			[]string{"echo **one**", "echo two"},
			[]string{"accepted", "accepted"},
		},
		{"fails once", once(errors.New("500")), []string{"echo **one**", "echo two"}, []string{"accepted", "accepted"}},
		{
			"leaves us in doubt once", once(&bot.Failure{Class: bot.Ambiguous}),
			[]string{"echo **one**", "echo two"},
			[]string{"accepted", "accepted"},
		},
		{"leaves us in doubt always", always(&bot.Failure{Class: bot.Ambiguous}), nil, []string{"unknownambiguous", "unknownambiguous"}},
		{
			"knows no such person", always(&bot.Failure{Class: bot.RecipientGone}), nil,
			[]string{"failedrecipient_gone", "failedrecipient_gone"},
		},
		{
			"has closed the window", always(&bot.Failure{Class: bot.WindowClosed}), nil,
			[]string{"failedwindow_closed", "failedwindow_closed"},
		},
		{
			"does not like the form", once(&bot.Failure{Class: bot.BadContent}),
			[]string{"echo one", "echo two"},
			[]string{"accepted", "accepted"},
		},
		{
			"does not like the words", always(&bot.Failure{Class: bot.BadContent}), nil,
			[]string{"failedbad_content", "failedbad_content"},
		},
		{"finds it too late", always(&bot.Failure{Class: bot.Stale}), nil, []string{"failedstale", "failedstale"}},
		{"panics once", func(_ string, n int) error {
			if n == 1 {
				panic("adapter")
			}
			return nil
		}, []string{"echo **one**", "echo two"}, []string{"accepted", "accepted"}},
	}
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		for i, c := range cases {
			h := newHouse(t, db, echo)
			h.pigeon.answer = fails(c.rule)
			who := fmt.Sprint("case", i)
			h.receive(t, says(pigeon, who, "**one**"))
			h.receive(t, says(pigeon, who, "two"))
			h.settle(t)
			if got := h.pigeon.texts(bot.ChatID(who)); !slices.Equal(got, c.texts) {
				t.Errorf("a platform that %s: arrived %q, want %q", c.name, got, c.texts)
			}
			if got := delivery(t, h, who); !slices.Equal(got, c.delivery) {
				t.Errorf("a platform that %s: %q, want %q", c.name, got, c.delivery)
			}
		}
	})
}

func TestWhoCannotBeReachedIsMarked(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.pigeon.answer = fails(func(string, int) error { return &bot.Failure{Class: bot.RecipientGone} })
		h.receive(t, says(pigeon, "ana", "hello"))
		h.settle(t)
		ids, err := db.Identities(t.Context(), []crm.IdentityKey{{Platform: string(pigeon), Install: string(main), Sender: "ana"}})
		if err != nil || len(ids) != 1 || ids[0].GoneAt.IsZero() {
			t.Errorf("identities %+v, %v", ids, err)
		}
	})
}

func TestAChatThatMovedKeepsItsHistory(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if out.To.Chat == "group" {
				return bot.Sent{}, &bot.Failure{Class: bot.Migrated, To: bot.Address{Chat: "supergroup"}}
			}
			return bot.Sent{ID: "1"}, nil
		}
		in := says(pigeon, "ana", "hello")
		in.Address.Chat, in.Direct = "group", false
		h.receive(t, in)
		again := in
		again.EventID, again.Text = eventID(), "more"
		h.receive(t, again)
		h.settle(t)
		want(t, h.pigeon.texts("supergroup"), "echo hello", "echo more")
		moved := in
		moved.EventID, moved.Address.Chat, moved.Text = eventID(), "supergroup", "from there"
		h.receive(t, moved)
		h.settle(t)
		if a, b := conversationOf(t, db, pigeon, "group"), conversationOf(t, db, pigeon, "supergroup"); a.ID != b.ID {
			t.Errorf("conversations %d and %d", a.ID, b.ID)
		}
		if n := len(messages(t, h, "supergroup")); n != 6 {
			t.Errorf("%d messages, want 6", n)
		}
	})
}

func TestABadCredentialHoldsTheInstallAndNothingIsLost(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		var bad atomic.Bool
		bad.Store(true)
		var calls atomic.Int64
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			calls.Add(1)
			if bad.Load() {
				return bot.Sent{}, &bot.Failure{Class: bot.Unauthorized}
			}
			return bot.Sent{ID: "1"}, nil
		}
		for i := range 5 {
			h.receive(t, says(pigeon, fmt.Sprint("who", i), "hello"))
		}
		h.receive(t, says(office, "li", "hello"))
		h.settle(t)
		if n := calls.Load(); n != 1 {
			t.Errorf("%d calls with a bad credential, want 1", n)
		}
		want(t, h.office.texts("li"), "echo hello")
		bad.Store(false)
		h.Advance(2 * time.Minute)
		h.settle(t)
		for i := range 5 {
			want(t, h.pigeon.texts(bot.ChatID(fmt.Sprint("who", i))), "echo hello")
		}
	})
}

func TestTheBotsWordsGrowStale(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.pigeon.answer = fails(func(string, int) error { return errors.New("away") })
		h.receive(t, says(pigeon, "ana", "hello"))
		h.settle(t)
		want(t, delivery(t, h, "ana"), "queued")
		h.pigeon.answer = nil
		h.Advance(25 * time.Hour)
		h.settle(t)
		want(t, delivery(t, h, "ana"), "failedexpired")
		want(t, h.pigeon.texts("ana"))
	})
}

// words puts a person's words into the outbox, as a relay does.
func words(t testing.TB, h *house, chat string, author crm.AuthorKind, released crm.UserID, text string) error {
	t.Helper()
	c := conversationOf(t, h.db, pigeon, chat)
	m := &crm.Message{
		ConversationID: c.ID, Direction: crm.Out, AuthorKind: author, Audience: crm.AudienceCustomer,
		Kind: "text", Body: text, Happened: h.Now(), Received: h.Now(),
	}
	return h.db.Transact(t.Context(), func(ctx context.Context, store bot.Store) error {
		if err := store.CreateMessages(ctx, []*crm.Message{m}); err != nil {
			return err
		}
		return store.AddOutbox(ctx, []*bot.OutboxRow{{
			Conversation: c.ID, Message: m.ID, Audience: c.Audience, Author: author, ReleasedBy: released, Created: h.Now(),
			Outgoing: bot.Outgoing{
				Key: text, Op: bot.OpPost, To: bot.Address{Platform: pigeon, Install: main, Chat: bot.ChatID(chat)},
				Direct: true, Reply: bot.Text(text),
			},
		}})
	})
}

func TestAPersonsWordsReachACustomerOnlyIfSomebodyReleasedThem(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.receive(t, says(pigeon, "ana", "hello"))
		h.settle(t)
		if err := words(t, h, "ana", crm.AuthorUser, 0, "a note that must not leave"); err == nil {
			t.Error("the database took a person's words that nobody released")
		}
		if err := words(t, h, "ana", crm.AuthorUser, 7, "with pleasure"); err != nil {
			t.Errorf("released words: %v", err)
		}
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo hello", "with pleasure")
	})
}

func TestAPersonsWordsInDoubtAreLeftToAPerson(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.receive(t, says(pigeon, "ana", "hello"))
		h.settle(t)
		var calls atomic.Int64
		h.pigeon.answer = func(bot.Outgoing) (bot.Sent, error) {
			calls.Add(1)
			return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous}
		}
		if err := words(t, h, "ana", crm.AuthorUser, 7, "your price is 100"); err != nil {
			t.Fatal(err)
		}
		h.settle(t)
		if n := calls.Load(); n != 1 {
			t.Errorf("sent %d times", n)
		}
		want(t, delivery(t, h, "ana"), "accepted", "unknownambiguous")
	})
}

func TestAChatThatHangsHoldsUpNobodyElse(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		hang := make(chan struct{})
		a := newAdapter(pigeon)
		a.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if out.To.Chat == "slow" {
				<-hang
			}
			return bot.Sent{ID: "1"}, nil
		}
		o := options(t, db, echo, a)
		o.Slots = 2
		h := &house{db: db, pigeon: a, Pipeline: pipeline.New(o)}
		h.run(t)
		defer close(hang)
		for range 3 {
			h.receive(t, says(pigeon, "slow", "hello"))
		}
		for i := range 20 {
			h.receive(t, says(pigeon, fmt.Sprint("who", i), "hello"))
		}
		for i := range 20 {
			eventually(t, "everybody's answer", func() bool { return len(a.texts(bot.ChatID(fmt.Sprint("who", i)))) == 1 })
		}
		if n := len(a.texts("slow")); n != 0 {
			t.Errorf("the slow chat got %d", n)
		}
	})
}

func TestASendThatHangsForGoodIsGivenUpAndItsConversationGoesOn(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		hang := make(chan struct{})
		defer close(hang)
		a := newAdapter(pigeon)
		a.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if out.Reply.Text == "echo hang" {
				<-hang
			}
			return bot.Sent{ID: "1"}, nil
		}
		o := options(t, db, echo, a)
		o.SendFor = 20 * time.Millisecond
		h := &house{db: db, pigeon: a, Pipeline: pipeline.New(o)}
		h.run(t)
		h.receive(t, says(pigeon, "ana", "hang"))
		h.receive(t, says(pigeon, "ana", "next"))
		eventually(t, "the next answer", func() bool { return slices.Contains(a.texts("ana"), "echo next") })
		want(t, delivery(t, h, "ana")[:1], "unknownambiguous")
	})
}

func TestRatesAreKeptForTheInstallAndForEachChat(t *testing.T) {
	db := storagetest.New(t)
	a := newAdapter(pigeon)
	o := options(t, db, echo, a)
	o.Adapters[0].Rates = &bot.Rates{PerChat: 50}
	h := &house{db: db, pigeon: a, Pipeline: pipeline.New(o)}
	h.run(t)
	start := time.Now()
	for range 8 { // three at once, then one each 20 ms
		h.receive(t, says(pigeon, "ana", "hello"))
	}
	eventually(t, "all of them", func() bool { return len(a.texts("ana")) == 8 })
	if took := time.Since(start); took < 5*20*time.Millisecond {
		t.Errorf("eight messages took %v at 50 a second", took)
	}
}

func TestTwoChatsThatAreTooFastHoldTheInstallOnEveryReplica(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		var calls atomic.Int64
		h.pigeon.answer = func(bot.Outgoing) (bot.Sent, error) {
			calls.Add(1)
			return bot.Sent{}, &bot.Failure{Class: bot.RateLimited, After: time.Hour}
		}
		for i := range 6 {
			h.receive(t, says(pigeon, fmt.Sprint("who", i), "hello"))
		}
		h.settle(t)
		if n := calls.Load(); n != 2 {
			t.Errorf("%d calls, want 2", n)
		}
		other := newHouse(t, db, echo)
		other.settle(t)
		if n := len(other.pigeon.ops()); n != 0 {
			t.Errorf("another replica sent %d", n)
		}
		other.Advance(2 * time.Hour)
		other.settle(t)
		if n := len(other.pigeon.ops()); n != 6 {
			t.Errorf("after the hold %d were sent, want 6", n)
		}
	})
}

func TestButtonsAreKeptAndAnswered(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind != bot.KindAction {
				return &bot.Reply{Text: "sure?", Buttons: []bot.Button{{Label: "Yes", Action: "deal win OPP-1", Once: true}}}, nil
			}
			id := r.Inbound.Action[len("b:"):]
			kept, err := r.Store.Buttons(ctx, []string{id})
			if err != nil || kept[id] == nil {
				return nil, fmt.Errorf("button %q: %v, %w", id, kept, err)
			}
			first, err := r.Store.UseButton(ctx, id, r.Inbound.Sender.ID, r.Now)
			if err != nil {
				return nil, err
			}
			if !first {
				return &bot.Reply{Toast: "used"}, nil
			}
			return &bot.Reply{Text: "did " + kept[id].Action, Toast: "done", Replace: true}, nil
		})
		h.receive(t, says(pigeon, "ana", "win"))
		h.settle(t)
		asked := h.pigeon.ops()[0]
		press := says(pigeon, "ana", "")
		press.Kind, press.Action, press.Message, press.Turn = bot.KindAction, asked.Reply.Buttons[0].Action, "native", "turn"
		again := press
		again.EventID = eventID()
		h.receive(t, press)
		h.receive(t, again)
		h.settle(t)
		var got []string
		for _, o := range h.pigeon.ops()[1:] {
			got = append(got, fmt.Sprintf("%s %s%s %s%s", o.Op, o.Target, o.Turn, o.Reply.Text, o.Reply.Toast))
		}
		want(t, got, "answer turn done", "edit nativeturn did deal win OPP-1", "answer turn used")
		if log := messages(t, h, "ana"); log[2].Body != "Yes" {
			t.Errorf("the press is logged as %q", log[2].Body)
		}
	})
}
