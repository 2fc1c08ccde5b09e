package pipeline_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// colleague makes somebody who works here, with a chat of his own.
func colleague(t testing.TB, h *house) *crm.User {
	t.Helper()
	u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
	if err := h.db.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	h.receive(t, says(office, "li", "hi"))
	h.settle(t)
	link(t, h.db, office, "li", u.ID)
	return u
}

func TestAHomePageIsShownAnewAfterAChangeAndOnlyToWhoOpenedIt(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var shown atomic.Int64
		var user crm.UserID
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind == bot.KindHome {
				shown.Add(1)
				r.Post(bot.Post{Op: bot.OpHome, For: r.Inbound.Sender.ID, Reply: bot.Text("my day")})
				return nil, r.Store.CreateLead(ctx, &crm.Lead{Name: "even if it writes"})
			}
			switch r.Inbound.Text {
			case "write":
				return nil, r.Store.CreateLead(ctx, &crm.Lead{Name: "Ana"})
			case "tell":
				r.Tell(user, "notice.lead.new LEAD-1")
			}
			return nil, nil
		})
		h.office.features.Ops = append(h.office.features.Ops, bot.OpHome)
		user = colleague(t, h).ID
		does := func(in bot.Inbound) int64 {
			t.Helper()
			before := shown.Load()
			h.receive(t, in)
			h.settle(t)
			h.Advance(10 * time.Second)
			h.settle(t)
			return shown.Load() - before
		}
		if n := does(says(office, "li", "write")); n != 0 {
			t.Errorf("a page that was never opened was shown %d times", n)
		}
		open := says(office, "li", "")
		open.Kind = bot.KindHome
		for _, step := range []struct {
			what string
			in   bot.Inbound
			want int64
		}{
			{"opened", open, 1},
			{"a change", says(office, "li", "write"), 1},
			{"no change", says(office, "li", "look"), 0},
			{"a notice", says(pigeon, "ana", "tell"), 1},
			{"a customer's change", says(pigeon, "ana", "write"), 0},
		} {
			if n := does(step.in); n != step.want {
				t.Errorf("%s: shown %d times, want %d", step.what, n, step.want)
			}
		}
		before := shown.Load()
		for range 5 { // in one breath
			h.receive(t, says(office, "li", "write"))
		}
		h.settle(t)
		h.Advance(10 * time.Second)
		h.settle(t)
		if n := shown.Load() - before; n < 1 || n > 2 {
			t.Errorf("five changes at once: shown %d times", n)
		}
	})
}

func TestAnOlderHomePageGivesWayAndTypingToWords(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.receive(t, says(pigeon, "ana", "hello"))
		h.settle(t)
		c := conversationOf(t, db, pigeon, "ana")
		put := func(key string, op bot.Op, who bot.SenderID) {
			t.Helper()
			err := db.AddOutbox(t.Context(), []*bot.OutboxRow{{
				Conversation: c.ID, Audience: c.Audience, Author: crm.AuthorBot, Created: h.Now(),
				Outgoing: bot.Outgoing{
					Key: key, Op: op, For: who, To: bot.Address{Platform: pigeon, Install: main, Chat: "ana"}, Reply: bot.Text(key),
				},
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		put("old", bot.OpHome, "ana")
		put("another's", bot.OpHome, "bo")
		put("typing", bot.OpTyping, "")
		put("new", bot.OpHome, "ana")
		put("last typing", bot.OpTyping, "")
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo hello", "another's", "new", "last typing")
	})
}

func TestTypingIsNeverInTheWay(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Post(bot.Post{Op: bot.OpTyping, Reply: &bot.Reply{}})
			if r.Inbound.Text == "silence" {
				return nil, nil
			}
			r.Post(bot.Post{Reply: bot.Text("words")})
			return nil, nil
		})
		tries := map[bot.Op]int{}
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if tries[out.Op]++; out.Op == bot.OpTyping {
				return bot.Sent{}, &bot.Failure{Class: bot.Transient}
			}
			return bot.Sent{ID: "1"}, nil
		}
		h.receive(t, says(pigeon, "ana", "silence")) // the platform has no typing
		h.settle(t)
		h.pigeon.features.Ops = append(h.pigeon.features.Ops, bot.OpTyping)
		h.receive(t, says(pigeon, "ana", "speak"))
		h.settle(t)
		if tries[bot.OpTyping] != 0 {
			t.Errorf("typed %d times before words", tries[bot.OpTyping])
		}
		h.receive(t, says(pigeon, "ana", "silence"))
		h.settle(t)
		h.receive(t, says(pigeon, "ana", "speak"))
		h.settle(t)
		if tries[bot.OpTyping] != 1 {
			t.Errorf("typed %d times, want once", tries[bot.OpTyping])
		}
		want(t, h.pigeon.texts("ana"), "words", "words")
		if b, err := db.Backlog(t.Context(), h.Now()); err != nil || b.Outbox != 0 || b.FailedOutbox != 0 {
			t.Errorf("left behind: %+v, %v", b, err)
		}
	})
}

func TestTheFiguresOfAnInstall(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.pigeon.answer = fails(func(text string, _ int) error {
			if text == "echo bad" {
				return &bot.Failure{Class: bot.Stale}
			}
			return nil
		})
		in := says(pigeon, "ana", "hello")
		h.receive(t, in)
		h.receive(t, in)
		h.receive(t, says(pigeon, "ana", "bad"))
		h.receive(t, says(office, "li", "hi"))
		h.settle(t)
		h.Host(pigeon, main).Count(pigeon, main, "refused", nil)
		s := h.Stats()
		if len(s) != 2 || s[0].Platform != pigeon || s[1].Install != main {
			t.Fatalf("%+v", s)
		}
		p := s[0]
		if p.Received != 2 || p.Duplicate != 1 || p.Handled != 2 || p.Sent != 1 || p.Failed[bot.Stale] != 1 || p.Dropped["refused"] != 1 {
			t.Errorf("%+v", p)
		}
		if p.Send.Count != 2 || p.Answer.Count != 1 || p.Answer.Buckets[30] != 1 || p.Send.Sum <= 0 {
			t.Errorf("send %+v, answer %+v", p.Send, p.Answer)
		}
		if o := s[1]; o.Received != 1 || o.Sent != 1 || o.Duplicate != 0 || len(o.Failed) != 0 {
			t.Errorf("%+v", o)
		}
	})
}

// TestTheDesksWordsAreLogged: what somebody writes at the platform's own desk is
// in the log once, as something that went out, and nothing is sent for it.
func TestTheDesksWordsAreLogged(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, (&diary{}).handle)
		in := says(pigeon, "ana", "Good morning")
		in.Kind, in.Values = bot.KindDesk, map[string]string{"state": "taken", "by": "zhangsan"}
		h.receive(t, in)
		h.receive(t, in)
		h.settle(t)
		log := messages(t, h, "ana")
		if len(log) != 1 {
			t.Fatalf("%d lines in the log", len(log))
		}
		if m := log[0]; m.Direction != crm.Out || m.AuthorKind != crm.AuthorUser || m.AuthorID != 0 || m.Body != "zhangsan: Good morning" {
			t.Errorf("%+v", m)
		}
		want(t, h.pigeon.texts("ana"))
	})
}

func TestMenuConsentAndDeskReachTheHandler(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		h := newHouse(t, db, d.handle)
		for _, kind := range []bot.Kind{bot.KindMenu, bot.KindConsent, bot.KindDesk} {
			in := says(pigeon, "ana", "")
			in.Kind, in.Action = kind, string(kind)
			h.receive(t, in)
		}
		h.settle(t)
		want(t, d.seen(), "menu", "consent", "desk")
		if c := conversationOf(t, db, pigeon, "ana"); c.ContactID == 0 {
			t.Error("she became nobody")
		}
		if n := len(messages(t, h, "ana")); n != 0 {
			t.Errorf("%d lines in the log", n)
		}
	})
}
