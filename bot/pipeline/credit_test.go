package pipeline_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// scarce are the features of a platform that lets three messages follow what a
// person writes.
func scarce() bot.Features {
	return bot.Features{
		Ops: []bot.Op{bot.OpPost, bot.OpNudge}, Text: bot.Limit{Max: 60},
		Credits: []bot.Credit{{On: bot.KindText, N: 3, For: 48 * time.Hour}, {On: bot.KindMenu, N: 1, For: time.Minute}},
	}
}

func scarceHouse(t testing.TB, db *storage.DB, handle bot.Handler) *house {
	t.Helper()
	h := newHouse(t, db, handle)
	h.pigeon.features = scarce()
	return h
}

// says is a line written just now.
func (h *house) says(t testing.TB, who, text string) {
	t.Helper()
	in := says(pigeon, who, text)
	in.At = h.Now()
	h.receive(t, in)
	h.settle(t)
}

func (h *house) left(t testing.TB, chat string) int {
	t.Helper()
	n := 0
	err := h.db.UpdateBalance(t.Context(), conversationOf(t, h.db, pigeon, chat).ID, func(b *bot.Balance) error {
		n = b.Left(h.Now())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) relay(t testing.TB, chat, text string) {
	t.Helper()
	if err := words(t, h, chat, crm.AuthorUser, 7, text); err != nil {
		t.Fatal(err)
	}
}

func TestWhatOneAnswerHasToSayIsOneMessageWhereMessagesAreScarce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Post(bot.Post{Reply: bot.Text("and more")})
			r.Post(bot.Post{Reply: bot.Text(strings.Repeat("long ", 9) + "words")})
			return bot.Text("echo"), nil
		})
		h.says(t, "ana", "hello")
		want(t, h.pigeon.texts("ana"), "echo\n\nand more", strings.Repeat("long ", 9)+"words")
		want(t, delivery(t, h, "ana"), "accepted", "accepted", "accepted")
		if n := h.left(t, "ana"); n != 1 {
			t.Errorf("%d are left, want 1", n)
		}
	})
}

func TestTheLastMessageTakesEverythingThatFits(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, echo)
		h.says(t, "ana", "hello")
		h.relay(t, "ana", "first")
		h.settle(t)
		for _, text := range []string{"second", "third", strings.Repeat("x", 50)} {
			h.relay(t, "ana", text)
		}
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo hello", "first", "second\n\nthird")
		want(t, delivery(t, h, "ana"), "accepted", "accepted", "accepted", "accepted", "failedno_consent")
	})
}

func TestWhereAPersonIsInChargeTheBotLeavesHimTheRest(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind == bot.KindSystem {
				return bot.Text("one thing more"), nil
			}
			_, err := r.Store.UpdateConversation(ctx, r.Conversation.ID, func(c *crm.Conversation) error {
				c.Status = crm.ConversationWaiting
				return nil
			})
			in := *r.Inbound
			in.EventID, in.Kind, in.Action = "", bot.KindSystem, "later"
			r.Deliver(in, r.Now.Add(time.Second))
			return bot.Text("somebody comes"), err
		})
		h.says(t, "ana", "a person please")
		want(t, h.pigeon.texts("ana"), "somebody comes")
		want(t, delivery(t, h, "ana"), "accepted", "failedwindow_closed")
		for _, text := range []string{"here I am", "what is it"} {
			h.relay(t, "ana", text)
			h.settle(t)
		}
		want(t, h.pigeon.texts("ana"), "somebody comes", "here I am", "what is it")
	})
}

func TestWhatAPlatformSaysOfASendCorrectsTheBalance(t *testing.T) {
	for _, c := range []struct {
		class bot.Class
		left  int
	}{
		{bot.Stale, 3}, {bot.RecipientGone, 3}, {bot.WindowClosed, 0}, {bot.BadContent, 3}, {bot.Ambiguous, 1}, // tried twice
	} {
		storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
			h := scarceHouse(t, db, echo)
			h.pigeon.answer = func(bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, &bot.Failure{Class: c.class} }
			in := says(pigeon, "ana", "hello")
			in.At = h.Now().Add(-time.Second)
			h.receive(t, in)
			h.settle(t)
			if n := h.left(t, "ana"); n != c.left {
				t.Errorf("after %s %d are left, want %d", c.class, n, c.left)
			}
		})
	}
}

func consents(t testing.TB, h *house, who string) {
	t.Helper()
	ids, err := h.db.Identities(t.Context(), []crm.IdentityKey{{Platform: string(pigeon), Install: string(main), Sender: who}})
	if err != nil || len(ids) != 1 {
		t.Fatalf("identity: %v, %v", ids, err)
	}
	if _, err = h.db.UpdateIdentity(t.Context(), ids[0].ID, func(i *crm.Identity) error { i.NoticesAt = h.Now(); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestAPersonsWordsWaitAndComeFirstWhenTheCustomerConsented(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, echo)
		h.says(t, "ana", "hello")
		consents(t, h, "ana")
		h.Advance(49 * time.Hour)
		h.relay(t, "ana", "your goods are here")
		h.relay(t, "ana", "come and see")
		h.settle(t)
		h.settle(t)
		nudge := h.pigeon.ops()[1]
		if nudge.Op != bot.OpNudge || nudge.Key != "your goods are here-nudge" || nudge.Notice != "reply_waiting" || nudge.For != "ana" {
			t.Errorf("nudged with %+v", nudge)
		}
		if n := len(h.pigeon.ops()); n != 2 {
			t.Errorf("%d operations, want the answer and one nudge", n)
		}
		want(t, delivery(t, h, "ana"), "accepted", "queued", "queued")
		h.says(t, "ana", "and now")
		want(t, h.pigeon.texts("ana")[2:], "your goods are here", "come and see", "echo and now")
		want(t, delivery(t, h, "ana"), "accepted", "accepted", "accepted", "accepted")
	})
}

func TestTheBotsWordsWaitOnlyIfTheyBearANotice(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind != bot.KindSystem {
				in := *r.Inbound
				in.EventID, in.Kind, in.Action, in.Text = "", bot.KindSystem, in.Text, ""
				r.Deliver(in, r.Now.Add(49*time.Hour))
				return bot.Text("echo"), nil
			}
			post := bot.Post{Reply: bot.Text("solved")}
			if r.Inbound.Action == "ticket" {
				post.Notice = "ticket_update"
			}
			r.Post(post)
			return nil, nil
		})
		for _, who := range []string{"ticket", "plain"} {
			h.says(t, who, who)
			consents(t, h, who)
		}
		h.Advance(49*time.Hour + time.Minute)
		h.settle(t)
		want(t, delivery(t, h, "ticket"), "accepted", "queued")
		want(t, delivery(t, h, "plain"), "accepted", "failedwindow_closed")
		ops := h.pigeon.ops()
		if last := ops[len(ops)-1]; len(ops) != 3 || last.Op != bot.OpNudge || last.Notice != "ticket_update" || last.Reply.Text != "ticket_update" {
			t.Errorf("%d operations, the last %+v", len(ops), last)
		}
	})
}

func TestWhoWroteIsToldWhyHisWordsCannotBeSent(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		h := scarceHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			return bot.Text(r.Inbound.Text + r.Inbound.Action), nil
		})
		h.receive(t, says(office, "li", "hi"))
		h.settle(t)
		link(t, db, office, "li", u.ID)
		h.says(t, "ana", "hello")
		h.Advance(49 * time.Hour)
		if err := words(t, h, "ana", crm.AuthorUser, u.ID, "your goods are here"); err != nil {
			t.Fatal(err)
		}
		h.settle(t)
		want(t, delivery(t, h, "ana"), "accepted", "failedno_consent")
		ref := conversationOf(t, db, pigeon, "ana").ID.String()
		want(t, h.office.texts("li"), "hi", "notice.unsent "+ref+" no_consent")
		want(t, h.pigeon.texts("ana"), "hello")
	})
}

// TestKillingASenderNeverSpendsMoreThanThereIs kills a process again and again
// between paying and knowing.
func TestKillingASenderNeverSpendsMoreThanThereIs(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		h := scarceHouse(t, db, echo)
		h.says(t, "ana", "hello") // one is spent
		var keys atomic.Int64
		for range 5 {
			h.relay(t, "ana", fmt.Sprint("word", keys.Add(1)))
		}
		sent := filepath.Join(t.TempDir(), "sent")
		for range 2 {
			p := start(t, "pay", dsn, sent)
			p.here(t)
			p.kill()
		}
		last := start(t, "payall", dsn, sent)
		settled(t, db)
		last.kill()
		data, err := os.ReadFile(sent)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(strings.Fields(string(data))); n == 0 || n > 2 {
			t.Errorf("%d messages went out, 2 were left:\n%s", n, data)
		}
	})
}
