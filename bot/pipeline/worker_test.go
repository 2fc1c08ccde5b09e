package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
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

// diary is a handler that writes down what it saw.
type diary struct {
	mu    sync.Mutex
	lines []string
	of    map[string][]string // by chat
	do    func(ctx context.Context, r *bot.Request) (*bot.Reply, error)
}

func (d *diary) handle(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	d.mu.Lock()
	if d.of == nil {
		d.of = map[string][]string{}
	}
	line := r.Inbound.Text
	if line == "" {
		line = r.Inbound.Action
	}
	d.lines = append(d.lines, line)
	d.of[r.Conversation.Chat] = append(d.of[r.Conversation.Chat], line)
	d.mu.Unlock()
	if d.do != nil {
		return d.do(ctx, r)
	}
	return nil, nil
}

func (d *diary) seen() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.lines)
}

func (d *diary) in(chat string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.of[chat])
}

func TestAnEventWhoseHandlerPanicsIsTriedAloneThreeTimesAndParkedWhileTheRestGoesOn(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{do: func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Text == "bomb" {
				panic("boom")
			}
			return bot.Text("ok " + r.Inbound.Text), nil
		}}
		h := newHouse(t, db, d.handle)
		h.receive(t, says(pigeon, "ana", "bomb"))
		h.receive(t, says(pigeon, "ana", "behind it"))
		for i := range 40 { // on every shard somebody
			h.receive(t, says(pigeon, fmt.Sprint("other", i), "hello"))
		}
		h.settle(t)
		if n := count(d.seen(), "bomb"); n != 3 {
			t.Errorf("tried %d times, want 3", n)
		}
		want(t, d.in("ana"), "bomb", "bomb", "bomb", "behind it")
		for i := range 40 {
			want(t, h.pigeon.texts(bot.ChatID(fmt.Sprint("other", i))), "ok hello")
		}
		if got := h.pigeon.texts("ana"); len(got) != 2 || got[1] != "ok behind it" {
			t.Errorf("told %q, want an apology and the next answer", got)
		}
		dead, err := db.DeadInbound(t.Context(), 10)
		if err != nil || len(dead) != 1 || dead[0].Attempts != 3 || dead[0].Inbound.Text != "bomb" || dead[0].Cause == "" {
			t.Errorf("parked: %+v, %v", dead, err)
		}
		if n := len(messages(t, h, "ana")); n != 4 {
			t.Errorf("%d messages in the log, want both lines and both answers", n)
		}
	})
}

func TestAFailedEventHoldsUpItsConversationButNotReactionsAndEdits(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var fail atomic.Bool
		fail.Store(true)
		d := &diary{do: func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Text == "first" && fail.Load() {
				return nil, errors.New("not now")
			}
			return nil, nil
		}}
		h := newHouse(t, db, d.handle)
		first := says(pigeon, "ana", "first")
		home, second := says(pigeon, "ana", "home"), says(pigeon, "ana", "second")
		home.Kind = bot.KindHome
		for _, in := range []bot.Inbound{first, home, second} {
			h.receive(t, in)
		}
		step := func() {
			if _, err := h.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		step()
		want(t, d.seen(), "first", "home")
		step() // nothing is due
		want(t, d.seen(), "first", "home")
		fail.Store(false)
		h.settle(t)
		want(t, d.seen(), "first", "home", "first", "second")
	})
}

func TestTheChangesOfAFailedEventAreUndoneAndThoseOfItsNeighboursAreNot(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if err := r.Store.CreateLead(ctx, &crm.Lead{Name: r.Inbound.Text, Status: crm.LeadNew}); err != nil {
				return nil, err
			}
			r.Tell(1, "notice.lead.new LEAD-1")
			r.Post(bot.Post{Reply: bot.Text("posted " + r.Inbound.Text)})
			r.Session.Asked = r.Inbound.Text
			r.Session.Changed()
			if r.Inbound.Text == "bad" {
				return nil, errors.New("after all not")
			}
			return bot.Text("made " + r.Inbound.Text), nil
		})
		for _, text := range []string{"one", "bad", "two"} {
			in := says(pigeon, text, text)
			in.Address.Chat = "group" // one batch
			h.receive(t, in)
		}
		h.settle(t)
		leads, _, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, l := range leads {
			names = append(names, l.Name)
		}
		slices.Sort(names)
		want(t, names, "one", "two")
		texts := h.pigeon.texts("group")
		if count(texts, "posted bad") != 0 || count(texts, "posted one") != 1 || count(texts, "made two") != 1 {
			t.Errorf("said %q", texts)
		}
		var asked []string
		conversation := conversationOf(t, db, pigeon, "group")
		for _, who := range []bot.SenderID{"one", "bad", "two"} {
			key := bot.SessionKey{Conversation: conversation.ID, Sender: who}
			sessions, err := db.Sessions(t.Context(), []bot.SessionKey{key})
			if err != nil {
				t.Fatal(err)
			}
			if s := sessions[key]; s != nil {
				asked = append(asked, s.Asked)
			}
		}
		want(t, asked, "one", "two")
	})
}

func TestABatchThatTheDatabaseRefusesLeavesNothingBehindAndIsTriedInHalves(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var refused atomic.Int64
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if err := r.Store.CreateLead(ctx, &crm.Lead{Name: r.Inbound.Text, Status: crm.LeadNew}); err != nil {
				return nil, err
			}
			if r.Inbound.Text == "7" && refused.Add(1) <= 2 {
				return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable") // as a statement that timed out
			}
			return bot.Text("made"), nil
		})
		for i := range 10 {
			in := says(pigeon, "ana", strconv.Itoa(i))
			h.receive(t, in)
		}
		for idle := false; !idle; {
			done, err := h.Step(t.Context())
			if err != nil && crm.CodeOf(err) != crm.CodeUnavailable {
				t.Fatal(err)
			}
			idle = !done && err == nil
		}
		_, n, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()})
		if err != nil || n != 10 {
			t.Errorf("%d leads, %v; want 10", n, err)
		}
		if b, err := db.Backlog(t.Context(), h.Now()); err != nil || b.Inbox != 0 || b.DeadInbox != 0 {
			t.Errorf("backlog %+v, %v", b, err)
		}
	})
}

func TestAConversationIsHandledInItsOrderUnderSixteenWriters(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{do: echo}
		h := newHouse(t, db, d.handle)
		h.run(t)
		const writers, each = 16, 25
		var all sync.WaitGroup
		for w := range writers {
			who := fmt.Sprint("writer", w%4) // four to a conversation
			all.Go(func() {
				for i := range each {
					in := says(pigeon, who, fmt.Sprintf("%d:%d", w, i))
					h.receive(t, in)
				}
			})
		}
		all.Wait()
		eventually(t, "all handled", func() bool { return len(d.seen()) == writers*each })
		for w := range 4 {
			chat := fmt.Sprint("writer", w)
			next := map[int]int{} // of each writer, lines come in the order of their acknowledgement
			for _, line := range d.in(chat) {
				var writer, i int
				if _, err := fmt.Sscanf(line, "%d:%d", &writer, &i); err != nil {
					t.Fatal(err)
				}
				if i != next[writer] {
					t.Fatalf("%s: line %d of writer %d came when %d was next", chat, i, writer, next[writer])
				}
				next[writer]++
			}
			eventually(t, "all answered", func() bool { return len(h.pigeon.texts(bot.ChatID(chat))) == 4*each })
			for i, text := range h.pigeon.texts(bot.ChatID(chat)) {
				if text != "echo "+d.in(chat)[i] {
					t.Fatalf("%s: answer %d is %q, want the answer to %q", chat, i, text, d.in(chat)[i])
				}
			}
		}
	})
}

func TestWhatHadArrivedIsHandledInOrderOfSeqHoweverMuchItIs(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		h := newHouse(t, db, d.handle)
		const n = 300 // more than two batches, in the wrong order
		for i := range n {
			in := says(pigeon, "ana", strconv.Itoa(n-i))
			in.Seq = int64(n - i)
			h.receive(t, in)
		}
		h.settle(t)
		for i, line := range d.in("ana") {
			if line != strconv.Itoa(i+1) {
				t.Fatalf("line %d is %s", i+1, line)
			}
		}
		late := says(pigeon, "ana", "late")
		late.Seq = 5
		h.receive(t, late)
		h.settle(t)
		if got := d.in("ana"); got[len(got)-1] != "late" || len(got) != n+1 {
			t.Errorf("the late one: %d lines, last %q", len(got), got[len(got)-1])
		}
	})
}

func TestAnEditIsARevisionAndNeverRunsACommandAgain(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		h := newHouse(t, db, d.handle)
		first, second := says(pigeon, "ana", "deal new"), says(pigeon, "ana", "other")
		h.receive(t, first)
		edit := says(pigeon, "ana", "deal old")
		edit.Kind, edit.Target = bot.KindEdit, first.Message
		h.receive(t, edit) // in one batch with its message
		h.receive(t, second)
		h.settle(t)
		gone := says(pigeon, "ana", "")
		gone.Kind, gone.Target = bot.KindDelete, second.Message
		h.receive(t, gone)
		never := says(pigeon, "ana", "of something we never saw")
		never.Kind, never.Target = bot.KindEdit, "m-unknown"
		h.receive(t, never)
		h.settle(t)
		want(t, d.seen(), "deal new", "other")
		log := messages(t, h, "ana")
		if len(log) != 2 || log[0].Body != "deal old" || log[0].Edited.IsZero() || log[1].Deleted.IsZero() {
			t.Errorf("log %+v", log)
		}
	})
}

func TestDelayedEventsComeAtTheirTimeAndOnce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		d.do = func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind == bot.KindText {
				wake := *r.Inbound
				wake.EventID, wake.Kind, wake.Text, wake.Action = r.EventID+"/wake", bot.KindSystem, "", "wake "+r.Inbound.Text
				r.Deliver(wake, r.Now.Add(3*time.Second))
			}
			return nil, nil
		}
		h := newHouse(t, db, d.handle)
		start := h.Now()
		h.receive(t, says(pigeon, "ana", "a"))
		for done := true; done; {
			var err error
			if done, err = h.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want(t, d.seen(), "a")
		h.receive(t, says(pigeon, "ana", "b"))
		h.settle(t)
		want(t, d.seen(), "a", "b", "wake a", "wake b")
		if h.Now().Sub(start) < 3*time.Second {
			t.Error("the clock did not move")
		}
	})
}

func TestAHalfFilledFormGoesOnAfterARestart(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		form := func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			f := r.Session.Form
			if f == nil {
				f = &bot.FormState{Command: "lead", Values: map[string]string{}, Asking: "need"}
				r.Session.Form = f
			} else {
				f.Values[f.Asking] = r.Inbound.Text
				f.Asking = "phone"
			}
			r.Session.Changed()
			return bot.Text(f.Asking + " " + f.Values["need"] + f.Values["phone"]), nil
		}
		for i, text := range []string{"I want to buy", "20 t", "13800000000"} {
			db := storagetest.Open(t, dsn, nil)
			h := newHouse(t, db, form)
			h.receive(t, says(pigeon, "ana", text))
			h.settle(t)
			want(t, h.pigeon.texts("ana"), []string{"need ", "phone 20 t", "phone 20 t13800000000"}[i])
		}
	})
}

func TestNoShardStarvesWhenOneIsFlooded(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		h := newHouse(t, db, d.handle)
		const flood = 2000
		var rows []*bot.InboxRow
		for i := range flood {
			rows = append(rows, rowOf(says(pigeon, "loud", strconv.Itoa(i)), h.Now()))
		}
		for lot := range slices.Chunk(rows, 250) {
			if _, err := db.AddInbound(t.Context(), lot); err != nil {
				t.Fatal(err)
			}
		}
		quietOnes := []string{}
		for i := range 40 {
			who := fmt.Sprint("quiet", i)
			quietOnes = append(quietOnes, who)
			h.receive(t, says(pigeon, who, "hello"))
		}
		// A batch for every 128 loud ones that are older, and one for each shard
		// with a quiet one: then all must have been heard.
		steps := 0
		for heard := 0; heard < len(quietOnes); steps++ {
			if steps > flood/128+32+4 {
				t.Fatalf("after %d batches only %d of %d were heard", steps, heard, len(quietOnes))
			}
			if _, err := h.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			heard = 0
			for _, who := range quietOnes {
				heard += len(d.in(who))
			}
		}
		h.settle(t)
		if n := len(d.in("loud")); n != flood {
			t.Errorf("%d loud ones, want %d", n, flood)
		}
	})
}

func TestStrangersBecomeContactsWhereCustomersWriteAndNobodyWhereStaffWork(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var mu sync.Mutex
		met := map[string]string{}
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			mu.Lock()
			defer mu.Unlock()
			who := "nobody"
			switch {
			case r.User != nil:
				who = "user " + r.User.Name
			case r.Contact != nil:
				who = "contact " + r.Contact.Name + " " + r.Words.Lang()
			}
			met[r.Conversation.Chat] = who
			return nil, nil
		})
		h.receive(t, says(pigeon, "ana", "hello there"))
		h.receive(t, says(pigeon, "bao", "你好"))
		h.receive(t, says(office, "li", "hello"))
		h.settle(t)
		u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		link(t, db, office, "li", u.ID)
		h.receive(t, says(office, "li", "again"))
		h.settle(t)
		wantMap := map[string]string{"ana": "contact ana en", "bao": "contact bao zh-CN", "li": "user Li"}
		if !maps.Equal(met, wantMap) {
			t.Errorf("met %v, want %v", met, wantMap)
		}
		if c := conversationOf(t, db, office, "li"); c.UserID != u.ID || c.Audience != crm.AudienceStaff {
			t.Errorf("conversation %+v", c)
		}
	})
}

func TestWhoBlocksUsIsOutOfReachUntilHeWritesAgain(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		gone := func() bool {
			ids, err := db.Identities(t.Context(), []crm.IdentityKey{{Platform: string(pigeon), Install: string(main), Sender: "ana"}})
			if err != nil || len(ids) != 1 {
				t.Fatal(ids, err)
			}
			return !ids[0].GoneAt.IsZero()
		}
		for i, kind := range []bot.Kind{bot.KindText, bot.KindBlocked, bot.KindText, bot.KindUnfollow, bot.KindFollow} {
			in := says(pigeon, "ana", "x")
			in.Kind = kind
			h.receive(t, in)
			h.settle(t)
			if want := i == 1 || i == 3; gone() != want {
				t.Errorf("after %d, %s: gone %v", i, kind, gone())
			}
		}
	})
}

func TestANoticeReachesTheUserInHisOwnChat(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Text == "tell" {
				r.Tell(u.ID, "notice.lead.new LEAD-1")
			}
			if r.Inbound.Kind == bot.KindSystem && r.User != nil {
				return bot.Text(r.User.Name + ": " + r.Inbound.Action), nil
			}
			return nil, nil
		})
		h.receive(t, says(pigeon, "ana", "tell")) // nobody knows where
		h.settle(t)
		h.receive(t, says(pigeon, "li", "hi")) // he writes where customers do
		h.settle(t)
		link(t, db, pigeon, "li", u.ID)
		h.receive(t, says(pigeon, "ana", "tell"))
		h.settle(t)
		want(t, h.pigeon.texts("li"), "Li: notice.lead.new LEAD-1")
		h.receive(t, says(office, "li2", "hi"))
		h.settle(t)
		link(t, db, office, "li2", u.ID)
		h.receive(t, says(office, "li2", "hi"))
		h.settle(t)
		h.receive(t, says(pigeon, "ana", "tell"))
		h.settle(t)
		want(t, h.office.texts("li2"), "Li: notice.lead.new LEAD-1")
		want(t, h.pigeon.texts("li"), "Li: notice.lead.new LEAD-1")
	})
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func conversationOf(t testing.TB, db *storage.DB, p bot.Platform, chat string) *crm.Conversation {
	t.Helper()
	key := crm.ConversationKey{Platform: string(p), Install: string(main), Chat: chat}
	found, err := db.Conversations(t.Context(), []crm.ConversationKey{key})
	if err != nil || found[key] == nil {
		t.Fatalf("conversation %v: %v", key, err)
	}
	return found[key]
}

func messages(t testing.TB, h *house, chat string) []*crm.Message {
	t.Helper()
	all, err := h.db.Messages(t.Context(), conversationOf(t, h.db, pigeon, chat).ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func link(t testing.TB, db *storage.DB, p bot.Platform, sender string, user crm.UserID) {
	t.Helper()
	ids, err := db.Identities(t.Context(), []crm.IdentityKey{{Platform: string(p), Install: string(main), Sender: sender}})
	if err != nil || len(ids) != 1 {
		t.Fatalf("identity %s: %v, %v", sender, ids, err)
	}
	_, err = db.UpdateIdentity(t.Context(), ids[0].ID, func(i *crm.Identity) error {
		i.UserID, i.ContactID = user, 0
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rowOf is a row of the inbox, made as the pipeline makes it.
func rowOf(in bot.Inbound, now time.Time) *bot.InboxRow { return pipeline.RowForTest(in, now) }

func TestABatchTakesFewStatementsHoweverLargeItIs(t *testing.T) {
	link := storagetest.NewLink(t, storagetest.Postgres(t))
	db := storagetest.Open(t, link.Address, nil)
	h := newHouse(t, db, echo)
	took := func(n int) int {
		for i := range n {
			in := says(pigeon, fmt.Sprint("who", i), "hello")
			in.Address.Chat, in.Direct = "group", false // one shard
			in.Address.Topic = bot.TopicID(fmt.Sprint("topic", i))
			h.receive(t, in)
		}
		before := link.Queries()
		if done, err := h.Step(t.Context()); err != nil || !done {
			t.Fatal(done, err)
		}
		return link.Queries() - before
	}
	took(100) // strangers
	one, many := took(1), took(100)
	if many != one || many > 16 {
		t.Errorf("%d statements for one event, %d for a hundred", one, many)
	}
	t.Logf("%d statements", many)
}
