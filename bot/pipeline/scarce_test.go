package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// writer lets somebody who works here have a chat of his own in the office.
func writer(t testing.TB, h *house, db *storage.DB) crm.UserID {
	t.Helper()
	u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
	if err := db.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	h.receive(t, says(office, "li", "hi"))
	h.settle(t)
	link(t, db, office, "li", u.ID)
	return u.ID
}

// repeats answers with what was said, in words or by a line of ours.
func repeats(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	return bot.Text(r.Inbound.Text + r.Inbound.Action), nil
}

func TestANudgeThatIsRefusedForGoodEndsAtOnce(t *testing.T) {
	for _, c := range []struct {
		class bot.Class
		calls int // at least, of a day
		why   string
	}{
		{bot.Unauthorized, 1, bot.WhyNotNoticed},
		{bot.BadContent, 1, bot.WhyNotNoticed},
		{bot.Stale, 1, bot.WhyNotNoticed},
		{bot.RecipientGone, 1, bot.WhyNotNoticed},
		{bot.WindowClosed, 1, bot.WhyNotNoticed},
		{bot.Transient, 2, ""},
		{bot.RateLimited, 2, ""},
	} {
		storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
			h := scarceHouse(t, db, repeats)
			user := writer(t, h, db)
			h.says(t, "ana", "hello")
			consents(t, h, "ana")
			calls := 0
			h.pigeon.answer = func(o bot.Outgoing) (bot.Sent, error) {
				if o.Op != bot.OpNudge {
					return bot.Sent{ID: "x"}, nil
				}
				calls++
				return bot.Sent{}, &bot.Failure{Class: c.class, Err: errors.New("refused")}
			}
			h.Advance(49 * time.Hour)
			if err := words(t, h, "ana", crm.AuthorUser, user, "your goods are here"); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				h.settle(t)
				h.Advance(time.Hour)
			}
			if c.why == "" {
				if want(t, delivery(t, h, "ana"), "accepted", "queued"); calls < c.calls {
					t.Errorf("%s: nudged %d times", c.class, calls)
				}
				return
			}
			want(t, delivery(t, h, "ana"), "accepted", "failed"+c.why)
			ref := conversationOf(t, db, pigeon, "ana").ID.String()
			want(t, h.office.texts("li"), "hi", "notice.unsent "+ref+" "+c.why)
			if calls != 1 {
				t.Errorf("%s: nudged %d times", c.class, calls)
			}
		})
	}
}

func TestWhoWroteIsToldWhatThePlatformSaid(t *testing.T) {
	for name, c := range map[string]struct {
		ops  []bot.Op
		says *bot.Failure // of a message; nil for no right left
		why  string
	}{
		"no notices there":      {[]bot.Op{bot.OpPost}, nil, bot.WhyNoNotices},
		"no consent":            {[]bot.Op{bot.OpPost, bot.OpNudge}, nil, bot.WhyNoConsent},
		"the session is over":   {[]bot.Op{bot.OpPost}, &bot.Failure{Class: bot.WindowClosed, Why: bot.WhyEnded}, bot.WhyEnded},
		"too many customers":    {[]bot.Op{bot.OpPost}, &bot.Failure{Class: bot.WindowClosed, Why: bot.WhyLimit}, bot.WhyLimit},
		"the desk has the chat": {[]bot.Op{bot.OpPost}, &bot.Failure{Class: bot.WindowClosed, Why: bot.WhyDesk}, bot.WhyDesk},
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
				h := scarceHouse(t, db, repeats)
				h.pigeon.features.Ops = c.ops
				user := writer(t, h, db)
				h.says(t, "ana", "hello")
				if c.says == nil {
					h.Advance(49 * time.Hour)
				} else {
					h.pigeon.answer = func(bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, c.says }
				}
				if err := words(t, h, "ana", crm.AuthorUser, user, "your goods are here"); err != nil {
					t.Fatal(err)
				}
				h.settle(t)
				want(t, delivery(t, h, "ana"), "accepted", "failed"+c.why)
				ref := conversationOf(t, db, pigeon, "ana").ID.String()
				want(t, h.office.texts("li"), "hi", "notice.unsent "+ref+" "+c.why)
			})
		})
	}
}

// lists answers with two lists of options.
func lists(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Inbound.Kind == bot.KindSystem {
		return nil, nil
	}
	r.Post(bot.Post{Reply: &bot.Reply{Text: "two", Buttons: []bot.Button{{Label: "c", Action: "c"}, {Label: "d", Action: "d"}}}})
	return &bot.Reply{Text: "one", Buttons: []bot.Button{
		{Label: "a", Action: "a"}, {Label: "page", URL: "https://e.com"}, {Label: "b", Action: "b"},
	}}, nil
}

func TestANumberStandsOnceInAMessage(t *testing.T) {
	const whole = "one\n[page](https://e.com)\n\ntwo\n\n1. c\n2. d"
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, lists)
		h.says(t, "ana", "hello")
		want(t, h.pigeon.texts("ana"), whole)
	})
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := passiveHouse(t, db, lists)
		h.pigeon.features.Text = bot.Limit{Max: 120, Unit: bot.Runes}
		h.run(t)
		in := says(pigeon, "ana", "hello")
		h.receive(t, in)
		a := h.await(t, in.EventID, patient)
		if answerText(a) != whole {
			t.Errorf("answered %q", answerText(a))
		}
		a.Done(errors.New("nobody waits"))
	})
}

// TestAnOldListGoesOutWithoutNumbers is for one that waited: the person's number
// means the newest list, in whichever message it comes.
func TestAnOldListGoesOutWithoutNumbers(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		n := 0
		h := passiveHouse(t, db, func(_ context.Context, _ *bot.Request) (*bot.Reply, error) {
			n++
			return &bot.Reply{Text: strings.Repeat("x", 50*n), Buttons: []bot.Button{{Label: "a", Action: "a"}}}, nil
		})
		h.pigeon.features.Text = bot.Limit{Max: 120, Unit: bot.Runes}
		h.run(t)
		for i, shown := range []string{strings.Repeat("x", 50) + "\n\n1. a", strings.Repeat("x", 50)} {
			in := says(pigeon, "ana", strings.Repeat("hello", i+1))
			h.receive(t, in)
			a := h.await(t, in.EventID, patient)
			if answerText(a) != shown {
				t.Errorf("answered %q, want %q", answerText(a), shown)
			}
			a.Done(errors.New("nobody waits"))
		}
	})
}

func TestOnceAPersonWasAskedForTheBotSaysItInOneMessage(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Conversation.Status = crm.ConversationWaiting
			return &bot.Reply{Text: strings.Repeat("word ", 30), Buttons: []bot.Button{{Label: "a", Action: "a"}}}, nil
		})
		h.says(t, "ana", "a person")
		got := h.pigeon.texts("ana")
		if len(got) != 1 || !strings.HasPrefix(got[0], "word word") || !strings.HasSuffix(got[0], "word…\n\n1. a") {
			t.Fatalf("said %q", got)
		}
		want(t, delivery(t, h, "ana"), "accepted")
	})
}

func TestWhatNamesSomethingAndCannotBeKeptIsRefused(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		for name, spoil := range map[string]func(in *bot.Inbound){
			"chat":        func(in *bot.Inbound) { in.Address.Chat = "a\x00b" },
			"topic":       func(in *bot.Inbound) { in.Address.Topic, in.Direct = "a\x00b", false },
			"sender":      func(in *bot.Inbound) { in.Sender.ID = "a\x00b" },
			"sender_chat": func(in *bot.Inbound) { in.Sender.Chat = "a\xffb" },
			"message":     func(in *bot.Inbound) { in.Message = "a\x00b" },
			"reply_to":    func(in *bot.Inbound) { in.ReplyTo = "a\x01b" },
			"target":      func(in *bot.Inbound) { in.Target = "a\x00b" },
		} {
			in := says(pigeon, "ana", "hello")
			spoil(&in)
			if err := h.Inbox(pigeon, main).Receive(t.Context(), in); crm.CodeOf(err) != crm.CodeInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		in := says(pigeon, "ana", "hello") // what names nothing is cleaned
		in.Turn, in.Sender.Language = "t\x00", "zh\x00-CN"
		in.Files = []bot.File{{Name: "a", Native: "na\x00tive", MIME: "x\x00/y"}}
		h.receive(t, in)
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "echo hello")
	})
}

func TestAPageThatWasOpenedIsKeptAndNotAnswered(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := scarceHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) { return nil, nil })
		in := says(pigeon, "ana", "")
		in.Kind, in.Values = bot.KindVisit, map[string]string{"url": "https://example.com"}
		h.receive(t, in)
		h.settle(t)
		if m := messages(t, h, "ana"); len(m) != 1 || m[0].Body != "https://example.com" || h.left(t, "ana") != 0 {
			t.Errorf("kept %+v, %d left", m, h.left(t, "ana"))
		}
	})
}

// TestWhatThePlatformsDeskDoesNotTakeIsUndone gives a chat away, in words that
// are in the log, and hears what became of it.
func TestWhatThePlatformsDeskDoesNotTakeIsUndone(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var lines []string
		h := scarceHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind == bot.KindSystem {
				lines = append(lines, r.Inbound.Action)
				return nil, nil
			}
			r.Post(bot.Post{Op: bot.OpTransfer, Reply: bot.Text("goodbye"), Failed: "it.failed by=3"})
			return nil, nil
		})
		h.pigeon.features.Ops = []bot.Op{bot.OpPost, bot.OpTransfer}
		h.says(t, "ana", "hello")
		want(t, lines)
		if ops := h.pigeon.ops(); len(ops) != 1 || ops[0].Op != bot.OpTransfer || ops[0].Reply.Text != "goodbye" {
			t.Errorf("did %+v", ops)
		}
		if n := h.left(t, "ana"); n != 3 {
			t.Errorf("%d are left: it is no message", n)
		}
		for _, f := range []*bot.Failure{{Class: bot.WindowClosed, Why: bot.WhyEnded}, {Class: bot.Stale}} {
			h.pigeon.answer = func(bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, f }
			h.says(t, "ana", "again")
		}
		h.pigeon.answer = func(bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, &bot.Failure{Class: bot.Transient} }
		h.says(t, "ana", "once more")
		h.Advance(time.Hour) // nobody waits as long
		h.settle(t)
		want(t, lines, "it.failed by=3 why=ended", "it.failed by=3 why=stale", "it.failed by=3 why=expired")
		want(t, delivery(t, h, "ana"), "accepted", "failedended", "failedstale", "failedexpired")
	})
}
