package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// heard keeps the command lines that conversations were given.
type heard struct {
	scripted
	lines []string
}

func (x *heard) handle(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Inbound.Kind == bot.KindSystem {
		at := string(r.Inbound.Address.Chat)
		if topic := r.Inbound.Address.Topic; topic != "" {
			at += "/" + string(topic)
		}
		x.lines = append(x.lines, at+"> "+r.Inbound.Action)
	}
	return x.scripted.handle(ctx, r)
}

// opens is a thread that is asked for in the hub.
func opens(op bot.Op) scripted {
	return scripted{"open": posts(bot.Post{
		Op: op, Reply: bot.Text(strings.TrimSpace(strings.Repeat("a card ", 40))), Stays: true,
		Done: "thread.opened thread=5", Failed: "thread.lost thread=5",
	})}
}

func TestAConversationIsToldWhatBecameOfAnOperation(t *testing.T) {
	cases := []struct {
		name string
		op   bot.Op
		err  error
		want string
	}{
		{"a thread opened", bot.OpThread, nil, "[team> thread.opened thread=5 id=1700.1 topic=t7]"},
		{"a message taken", bot.OpPost, nil, "[team> thread.opened thread=5 id=1700.1]"},
		{"refused", bot.OpThread, &bot.Failure{Class: bot.BadContent}, "[team> thread.lost thread=5 why=bad_content]"},
		{"archived", bot.OpThread, &bot.Failure{Class: bot.RecipientGone, Why: bot.WhyArchived}, "[team> thread.lost thread=5 why=archived]"},
		{"in doubt", bot.OpThread, &bot.Failure{Class: bot.Ambiguous}, "[team> thread.lost thread=5 why=ambiguous]"},
		{"no such thing there", bot.OpNudge, nil, "[team> thread.opened thread=5 id=1700.1]"},
	}
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		for _, c := range cases {
			x := &heard{scripted: opens(c.op)}
			h := threaded(t, db, x.handle)
			h.office.features.Text = bot.Limit{Max: 100, Unit: bot.Runes}
			h.office.answer = func(out bot.Outgoing) (bot.Sent, error) {
				sent := bot.Sent{ID: "1700.1"}
				if out.Op == bot.OpThread {
					sent.Topic = "t7"
				}
				return sent, c.err
			}
			h.receive(t, inThread("li", "", "open"))
			h.settle(t)
			if got := fmt.Sprint(x.lines); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
			if c.op == bot.OpThread && c.err == nil && len(h.office.ops()) != 1 {
				t.Errorf("a thread has one head, not %d", len(h.office.ops()))
			}
		}
	})
}

func TestAPlatformWithoutThreadsSaysSo(t *testing.T) {
	x := &heard{scripted: opens(bot.OpThread)}
	h := threaded(t, storagetest.New(t), x.handle)
	h.office.features.Ops = []bot.Op{bot.OpPost}
	h.receive(t, inThread("li", "", "open"))
	h.settle(t)
	want(t, x.lines, "team> thread.lost thread=5 why=unsupported")
}

// failing is a store whose settlements break off for a while, in the middle of
// their transaction.
type failing struct {
	bot.Store
	inner *atomic.Int64 // how many more break off
}

func (f failing) Transact(ctx context.Context, fn func(context.Context, bot.Store) error) error {
	return f.Store.Transact(ctx, func(ctx context.Context, store bot.Store) error {
		return fn(ctx, failing{store, f.inner})
	})
}

func (f failing) AddInbound(ctx context.Context, rows []*bot.InboxRow) (int, error) {
	if strings.HasPrefix(rows[0].Inbound.EventID, "done:") && f.inner.Add(-1) >= 0 {
		return 0, crm.Fail(crm.CodeUnavailable, "error.unavailable")
	}
	return f.Store.AddInbound(ctx, rows)
}

// TestNothingIsLostBetweenAcceptanceAndTheNews is a process that dies after the
// platform took an operation and before that is written down.
func TestNothingIsLostBetweenAcceptanceAndTheNews(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		x, breaks := &heard{scripted: opens(bot.OpThread)}, new(atomic.Int64)
		breaks.Store(1 << 40)
		a := newAdapter(office)
		a.features.Ops = append(a.features.Ops, bot.OpThread)
		p := pipeline.New(options(t, failing{db, breaks}, x.handle, a))
		if err := p.Inbox(office, main).Receive(t.Context(), inThread("li", "", "open")); err != nil {
			t.Fatal(err)
		}
		if err := p.Settle(t.Context()); crm.CodeOf(err) != crm.CodeUnavailable || len(x.lines) != 0 || len(a.ops()) != 1 {
			t.Fatalf("before: %v, %v", err, x.lines)
		}
		if err := db.ReleaseLeases(t.Context(), p.Owner()); err != nil { // it is dead
			t.Fatal(err)
		}
		if err := pipeline.New(options(t, db, x.handle, a)).Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		sent := a.ops() // at least once, under the same key
		if len(sent) != 2 || sent[0].Key != sent[1].Key {
			t.Errorf("sent %+v", sent)
		}
		want(t, x.lines, "team> thread.opened thread=5 id=n"+sent[0].Key)
	})
}

// TestTheNewsComeOnceWhileTheDatabaseIsAway lets a sender find the database away
// when it wants to write down what the platform took.
func TestTheNewsComeOnceWhileTheDatabaseIsAway(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		breaks, told := new(atomic.Int64), new(atomic.Int64)
		breaks.Store(5)
		a := newAdapter(office)
		a.features.Ops = append(a.features.Ops, bot.OpThread)
		do := opens(bot.OpThread)
		do["thread.opened"] = func(context.Context, *bot.Request) error { told.Add(1); return nil }
		o := options(t, failing{db, breaks}, do.handle, a)
		o.Poll = time.Millisecond
		h := &house{Pipeline: pipeline.New(o), db: db, office: a}
		h.run(t)
		h.receive(t, inThread("li", "", "open"))
		eventually(t, "the news", func() bool { return told.Load() == 1 })
		h.receive(t, inThread("li", "", "later"))
		eventually(t, "rest", func() bool { idle, err := h.Idle(t.Context()); return idle && err == nil })
		if n := len(a.ops()); n != 1 || told.Load() != 1 {
			t.Errorf("sent %d times, told %d times", n, told.Load())
		}
	})
}

// release makes held words of a colleague with their thread.
func release(t testing.TB, h *house, id crm.ConversationID, topic string) (*crm.Release, *crm.Thread) {
	t.Helper()
	th := &crm.Thread{
		ConversationID: id, Platform: string(office), Install: string(main), Chat: string(hub), Topic: topic, State: crm.ThreadOpen,
	}
	if err := h.db.CreateThread(t.Context(), th); err != nil {
		t.Fatal(err)
	}
	r := &crm.Release{ConversationID: id, ThreadID: th.ID, UserID: 3, Body: "Hello", State: crm.ReleaseSent, Due: h.Now()}
	if err := h.db.CreateRelease(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return r, th
}

// lets is a script that lets a release go.
func lets(of func() *crm.Release, text string) scripted {
	return scripted{"send": func(_ context.Context, r *bot.Request) error {
		rel := of()
		r.Post(bot.Post{
			Reply: bot.Text(text), Label: fmt.Sprint("r:", rel.ID), Stays: true, Thread: rel.ThreadID,
			Release: &bot.Release{ID: rel.ID, By: rel.UserID, Name: "Li"},
		})
		return nil
	}}
}

func TestAReleaseLearnsWhatBecameOfItAndItsThreadIsTold(t *testing.T) {
	gone := func(class bot.Class, why string) func(int) error {
		return func(int) error { return &bot.Failure{Class: class, Why: why} }
	}
	cases := []struct {
		name      string
		text      string
		do        func(n int) error
		want, why string
		told      int
	}{
		{"taken", "Hello", nil, "accepted", "", 1},
		{"taken in parts", "Hello there", nil, "accepted", "", 1},
		{"tried again", "Hello", func(n int) error {
			if n == 1 {
				return &bot.Failure{Class: bot.Transient}
			}
			return nil
		}, "accepted", "", 1},
		{"in doubt", "Hello", gone(bot.Ambiguous, ""), "unknown", "ambiguous", 1},
		{"he blocked us", "Hello", gone(bot.RecipientGone, ""), "failed", "recipient_gone", 1},
		{"the session is over", "Hello", gone(bot.WindowClosed, bot.WhyEnded), "failed", "ended", 1},
		{"half of it", "Hello there", func(n int) error {
			if n == 1 {
				return &bot.Failure{Class: bot.BadContent, Why: "no"}
			}
			return nil
		}, "accepted", "", 1}, // as plain text
		{"the second part in doubt", "Hello there", func(n int) error {
			if n == 2 {
				return &bot.Failure{Class: bot.Ambiguous}
			}
			return nil
		}, "unknown", "ambiguous", 1},
		{"the first part in doubt", "Hello there", func(n int) error {
			if n == 1 {
				return &bot.Failure{Class: bot.Ambiguous}
			}
			return nil
		}, "unknown", "ambiguous", 1},
	}
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				who, topic := fmt.Sprint("ana", i), fmt.Sprint(i)
				var rel *crm.Release
				x := &heard{scripted: lets(func() *crm.Release { return rel }, c.text)}
				h := threaded(t, db, x.handle)
				h.pigeon.features.Text = bot.Limit{Max: 6, Unit: bot.Runes}
				h.receive(t, says(pigeon, who, "hi"))
				h.settle(t)
				rel, _ = release(t, h, conversationOf(t, db, pigeon, who).ID, topic)
				n := 0
				h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
					n++
					if out.Release != int64(rel.ID) || out.From != "Li" || !out.ExpiresAt.IsZero() {
						t.Errorf("sent %+v", out)
					}
					if c.do != nil {
						if err := c.do(n); err != nil {
							return bot.Sent{}, err
						}
					}
					return bot.Sent{ID: bot.MessageID(fmt.Sprint(n))}, nil
				}
				h.receive(t, says(pigeon, who, "send"))
				h.settle(t)
				got, err := db.Release(t.Context(), rel.ID)
				if err != nil {
					t.Fatal(err)
				}
				if string(got.Delivery) != c.want || got.Why != c.why {
					t.Errorf("%s (%s), want %s (%s)", got.Delivery, got.Why, c.want, c.why)
				}
				log := messages(t, h, who)
				m := log[len(log)-1]
				if got.MessageID != m.ID || m.AuthorKind != crm.AuthorUser || m.AuthorID != 3 || m.ThreadID != rel.ThreadID ||
					m.Label != fmt.Sprint("r:", rel.ID) || m.Audience != crm.AudienceCustomer {
					t.Errorf("message %+v of %+v", m, got)
				}
				told := 0
				for _, l := range x.lines {
					if l == fmt.Sprintf("team/%d> relay.state release=%d", i, rel.ID) {
						told++
					}
				}
				if told != c.told || len(x.lines) != told {
					t.Errorf("told %q", x.lines)
				}
			})
		}
	})
}

func TestWordsThatWaitForACustomerAreToldTwice(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var rel *crm.Release
		x := &heard{scripted: lets(func() *crm.Release { return rel }, "Hello")}
		h := threaded(t, db, x.handle)
		passive(h.pigeon)
		h.receive(t, says(pigeon, "ana", "hi"))
		h.settle(t)
		rel, _ = release(t, h, conversationOf(t, db, pigeon, "ana").ID, "7")
		h.receive(t, says(pigeon, "ana", "send"))
		h.settle(t)
		h.Advance(2 * time.Minute) // nobody asked for an answer in that time
		h.settle(t)
		state := func() string {
			got, err := db.Release(t.Context(), rel.ID)
			if err != nil {
				t.Fatal(err)
			}
			return string(got.Delivery) + " " + got.Why
		}
		line := fmt.Sprintf("team/7> relay.state release=%d", rel.ID)
		if state() != "queued waits" || fmt.Sprint(x.lines) != fmt.Sprint([]string{line}) {
			t.Fatalf("%s, told %q", state(), x.lines)
		}
		ask := says(pigeon, "ana", "are you there")
		h.receive(t, ask)
		h.settle(t)
		answer, err := h.Inbox(pigeon, main).Await(t.Context(), ask.EventID)
		if err != nil || answer == nil {
			t.Fatal(answer, err)
		}
		answer.Done(nil)
		h.settle(t)
		if state() != "accepted " || fmt.Sprint(x.lines) != fmt.Sprint([]string{line, line}) {
			t.Errorf("%s, told %q", state(), x.lines)
		}
	})
}

func TestProofOfDeliveryReachesTheThreadOnce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var rel *crm.Release
		x := &heard{scripted: lets(func() *crm.Release { return rel }, "Hello there")}
		h := threaded(t, db, x.handle)
		h.pigeon.features.Text = bot.Limit{Max: 6, Unit: bot.Runes}
		h.receive(t, says(pigeon, "ana", "hi"))
		h.settle(t)
		rel, _ = release(t, h, conversationOf(t, db, pigeon, "ana").ID, "7")
		h.receive(t, says(pigeon, "ana", "send"))
		h.settle(t)
		x.lines = nil
		log := messages(t, h, "ana")
		host, at := h.Host(pigeon, main), bot.Address{Chat: "ana"}
		for _, upTo := range []crm.MessageID{log[0].ID, log[len(log)-1].ID, log[len(log)-1].ID} {
			if err := host.Delivered(t.Context(), at, int64(upTo)); err != nil {
				t.Fatal(err)
			}
			h.settle(t)
		}
		want(t, x.lines, fmt.Sprintf("team/7> relay.state release=%d", rel.ID))
		if got, err := db.Release(t.Context(), rel.ID); err != nil || got.Delivery != crm.DeliveryDelivered {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestWordsWithoutAThreadAreToldAsEver(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var li crm.UserID
		x := &heard{}
		var rel *crm.Release
		x.scripted = scripted{"send": func(_ context.Context, r *bot.Request) error {
			r.Post(bot.Post{Reply: bot.Text("Hello"), Release: &bot.Release{ID: rel.ID, By: li}})
			return nil
		}}
		h := threaded(t, db, x.handle)
		li = colleague(t, h).ID
		h.receive(t, says(pigeon, "ana", "hi"))
		h.settle(t)
		c := conversationOf(t, db, pigeon, "ana")
		var th *crm.Thread
		rel, th = release(t, h, c.ID, "7")
		if _, err := db.UpdateThread(t.Context(), th.ID, func(x *crm.Thread) error { x.State = crm.ThreadLost; return nil }); err != nil {
			t.Fatal(err)
		}
		h.pigeon.answer = func(bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, &bot.Failure{Class: bot.RecipientGone} }
		h.receive(t, says(pigeon, "ana", "send"))
		h.settle(t)
		slices.Sort(x.lines)
		want(t, x.lines, "li> notice.unsent "+c.ID.String()+" recipient_gone", fmt.Sprintf("team/7> relay.state release=%d", rel.ID))
	})
}

func TestAThreadWhosePlaceIsNoMoreIsToldOnce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		for _, c := range []struct{ why, want string }{{bot.WhyTopic, "topic"}, {"", "gone"}} {
			x := &heard{scripted: scripted{"say": posts(bot.Post{Reply: bot.Text("a line"), Stays: true})}}
			h := threaded(t, db, x.handle)
			h.receive(t, says(pigeon, "ana"+c.want, "hi"))
			h.settle(t)
			_, th := release(t, h, conversationOf(t, db, pigeon, "ana"+c.want).ID, c.want)
			h.office.answer = func(bot.Outgoing) (bot.Sent, error) {
				return bot.Sent{}, &bot.Failure{Class: bot.RecipientGone, Why: c.why, Err: errors.New("message_thread_not_found")}
			}
			for range 3 {
				h.receive(t, inThread("li", c.want, "say"))
			}
			h.receive(t, inThread("li", "elsewhere", "say"))
			h.settle(t)
			want(t, x.lines, fmt.Sprintf("team/%s> thread.lost thread=%d why=%s", c.want, th.ID, c.want))
		}
	})
}

// TestAThreadHearsOfACustomerThoughTheProcessEnds is a restart between the
// customer's message and the thread's event.
func TestAThreadHearsOfACustomerThoughTheProcessEnds(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		x := &heard{scripted: scripted{"hello": func(_ context.Context, r *bot.Request) error {
			r.Deliver(bot.Inbound{Kind: bot.KindSystem, Address: address("7"), Action: "thread.catch thread=5"}, time.Time{})
			return nil
		}}}
		x.scripted["thread.catch"] = posts(bot.Post{Reply: bot.Text("hello"), Label: "m:1", Stays: true})
		one := threaded(t, storagetest.Open(t, dsn, nil), x.handle)
		one.receive(t, says(pigeon, "ana", "hello"))
		if done, err := one.Step(t.Context()); !done || err != nil {
			t.Fatal(done, err)
		}
		two := threaded(t, storagetest.Open(t, dsn, nil), x.handle)
		two.settle(t)
		want(t, shown(two.office, address("7")), "hello")
		if len(x.lines) != 1 || len(one.office.ops()) != 0 {
			t.Errorf("heard %q", x.lines)
		}
	})
}

func TestALiveThreadEndsWithARestart(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		x := &heard{}
		h := threaded(t, db, x.handle)
		for _, who := range []string{"ana", "bao"} {
			h.receive(t, says(pigeon, who, "hi"))
		}
		h.settle(t)
		c := conversationOf(t, db, pigeon, "ana")
		since := h.Now().Add(-time.Minute)
		_, err := db.UpdateConversation(t.Context(), c.ID, func(c *crm.Conversation) error {
			c.Status, c.AssigneeID, c.LiveID, c.LiveSince = crm.ConversationHandedOff, 3, 3, since
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.settle(t)
		if len(x.lines) != 0 {
			t.Fatalf("without a restart: %q", x.lines)
		}
		line := fmt.Sprintf("ana> handoff.live.end since=%d why=restart", since.UnixMicro())
		for range 2 { // the second is another replica
			threaded(t, db, x.handle).settle(t)
		}
		want(t, x.lines, line)
		if !slices.Contains(x.lines, line) {
			t.Fatal()
		}
	})
}
