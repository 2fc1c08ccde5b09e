package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// person makes somebody who works here and is known at the office.
func person(t testing.TB, h *house, name string, role crm.Role) *crm.User {
	t.Helper()
	u := &crm.User{Handle: name, Name: strings.ToUpper(name), Role: role, Active: true, Language: "en"}
	if err := h.db.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	h.receive(t, says(office, name, "hi"))
	h.settle(t)
	link(t, h.db, office, name, u.ID)
	return u
}

func TestTheListOfThreadsIsWhatAColleagueMaySee(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := threaded(t, db, scripted{"draw": func(_ context.Context, r *bot.Request) error {
			r.Post(bot.Post{Op: bot.OpEdit, Target: "head", Reply: bot.Text("a card")})
			r.Post(bot.Post{Op: bot.OpEphemeral, For: "sal", Reply: bot.Text("for Sal")})
			return nil
		}}.handle)
		boss, sal := person(t, h, "boss", crm.RoleAdmin), person(t, h, "sal", crm.RoleSales)
		away := person(t, h, "away", crm.RoleAdmin)
		if _, err := db.UpdateUser(t.Context(), away.ID, func(u *crm.User) error { u.Active = false; return nil }); err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"ana", "bao", "cyd"} {
			h.receive(t, says(pigeon, who, "hello from "+who))
		}
		h.settle(t)
		waits := h.Now().Add(-time.Hour)
		change := func(chat string, fn func(*crm.Conversation)) *crm.Conversation {
			t.Helper()
			c, err := db.UpdateConversation(t.Context(), conversationOf(t, db, pigeon, chat).ID, func(c *crm.Conversation) error { fn(c); return nil })
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		ana := change("ana", func(c *crm.Conversation) {
			c.Status, c.AssigneeID, c.WaitsSince = crm.ConversationHandedOff, boss.ID, waits
		})
		bao := change("bao", func(c *crm.Conversation) { c.Status, c.AssigneeID = crm.ConversationHandedOff, sal.ID })
		for _, c := range []*crm.Conversation{ana, bao} { // bao's contact has an owner, so that others do not see it
			owner := c.AssigneeID
			if _, err := db.UpdateContact(t.Context(), c.ContactID, func(x *crm.Contact) error { x.OwnerID = owner; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		release(t, h, ana.ID, "7")
		release(t, h, bao.ID, "8")
		h.receive(t, inThread("sal", "8", "a note"))
		h.settle(t)
		h.receive(t, inThread("sal", "8", "draw"))
		h.settle(t)
		host := h.Host(office, main)
		list := func(who bot.SenderID, limit int) []string {
			t.Helper()
			entries, err := host.Threads(t.Context(), who, limit)
			if err != nil {
				return []string{string(crm.CodeOf(err))}
			}
			var out []string
			for _, e := range entries {
				out = append(out, fmt.Sprintf("%s %s %q mine=%t %s %s waits=%t", e.Topic, e.Title, e.Last, e.Mine, e.Assignee, e.Status, !e.Waits.IsZero()))
			}
			return out
		}
		both := []string{
			`7 ana "hello from ana" mine=true BOSS handed_off waits=true`, `8 bao "hello from bao" mine=false SAL handed_off waits=false`,
		}
		want(t, list("boss", 10), both...)
		want(t, list("boss", 1), both[0])
		want(t, list("sal", 10), `8 bao "hello from bao" mine=true SAL handed_off waits=false`)
		want(t, list("away", 10), "forbidden")
		want(t, list("nobody", 10), "forbidden")
		for _, c := range []struct {
			who   bot.SenderID
			topic string
			sees  bool
		}{{"boss", "7", true}, {"boss", "8", true}, {"sal", "7", false}, {"sal", "8", true}, {"sal", "99", false}, {"boss", "", false}, {"nobody", "7", false}} {
			if sees, err := host.Sees(t.Context(), c.who, address(c.topic)); sees != c.sees || err != nil && crm.CodeOf(err) != crm.CodeForbidden {
				t.Errorf("%s sees %q: %t, %v", c.who, c.topic, sees, err)
			}
		}
		last := func(who bot.SenderID) string {
			entries, err := host.Threads(t.Context(), who, 10)
			if err != nil {
				t.Fatal(err)
			}
			log, err := host.Transcript(t.Context(), address("8"), 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range log {
				if e.ID == entries[len(entries)-1].LastID {
					if e.Reply != nil {
						return e.Reply.Text
					}
					return e.Text
				}
			}
			return "nothing"
		}
		want(t, []string{last("boss"), last("sal")}, "draw", "for Sal")
	})
}

func TestATranscriptOfAThreadTellsWhoWroteAndWhatChanged(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := threaded(t, db, scripted{
			"say":  posts(bot.Post{Label: "m:1", Reply: bot.Text("held")}, bot.Post{Op: bot.OpEphemeral, For: "sal", Reply: bot.Text("psst")}),
			"edit": posts(bot.Post{Op: bot.OpEdit, Label: "m:1", Reply: bot.Text("sent")}, bot.Post{Op: bot.OpEdit, Target: "head", Reply: bot.Text("card")}),
		}.handle)
		person(t, h, "sal", crm.RoleSales)
		for _, text := range []string{"say", "edit"} {
			h.receive(t, inThread("sal", "8", text))
			h.settle(t)
		}
		log, err := h.Host(office, main).Transcript(t.Context(), address("8"), 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		first := int64(0)
		for _, e := range log {
			text := e.Text
			if e.Reply != nil {
				text = e.Reply.Text
			}
			if text == "held" {
				first = e.ID
			}
			got = append(got, fmt.Sprintf("%s%s %s op=%s target=%s of=%t for=%s", e.Name, e.Author, text, e.Op, e.Target, e.Of == first && first != 0, e.For))
		}
		want(t, got,
			"SALuser say op= target= of=false for=", "bot held op= target= of=false for=", "bot psst op=ephemeral target= of=false for=sal",
			"SALuser edit op= target= of=false for=", "bot sent op=edit target= of=true for=", "bot card op=edit target=head of=false for=")
		// In somebody's own chat what is for him alone is not among the rest.
		h.receive(t, says(office, "sal", "say"))
		h.settle(t)
		own, err := h.Host(office, main).Transcript(t.Context(), bot.Address{Chat: "sal"}, 0)
		if err != nil || len(own) != 3 {
			t.Errorf("%d entries, %v", len(own), err)
		}
	})
}

func TestWhoWatchesAChatHearsOfItsTopics(t *testing.T) {
	h := threaded(t, storagetest.New(t), echo)
	heard := h.Host(office, main).Watch(t.Context(), bot.Address{Chat: hub})
	h.receive(t, inThread("li", "7", "hello"))
	h.settle(t)
	select {
	case <-heard:
	default:
		t.Error("not a word")
	}
}

// TestWordsCanWaitForWhatGoesWithThem has one right to write left for two lines.
func TestWordsCanWaitForWhatGoesWithThem(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
		h.pigeon.features = scarce()
		h.pigeon.features.Credits = []bot.Credit{{On: bot.KindText, N: 1, For: 48 * time.Hour}}
		by := &bot.Release{By: 3}
		h.Pipeline = pipeline.New(options(t, db, scripted{
			"hello": func(_ context.Context, r *bot.Request) error {
				next := *r.Inbound
				next.EventID, next.Kind, next.Text, next.Action = "next", bot.KindSystem, "", "next"
				r.Deliver(next, r.Now.Add(3*time.Second))
				r.Post(bot.Post{Reply: bot.Text("first"), Release: by, After: 4 * time.Second})
				return nil
			},
			"next": posts(bot.Post{Reply: bot.Text("second"), Release: by, After: 4 * time.Second}),
		}.handle, h.pigeon, h.office))
		h.receive(t, says(pigeon, "ana", "hello"))
		h.settle(t)
		want(t, h.pigeon.texts("ana"), "first\n\nsecond")
	})
}

// TestManyEventsOfAThreadTakeNoMoreStatementsThanOne is a thread that is told
// again and again to look.
func TestManyEventsOfAThreadTakeNoMoreStatementsThanOne(t *testing.T) {
	link := storagetest.NewLink(t, storagetest.Postgres(t))
	db := storagetest.Open(t, link.Address, nil)
	h := threaded(t, db, scripted{"thread.catch": posts(bot.Post{Reply: bot.Text("a line"), Stays: true})}.handle)
	for _, c := range []struct {
		name string
		in   func() bot.Inbound
		most int
	}{
		{"a thread", func() bot.Inbound {
			return bot.Inbound{EventID: eventID(), Kind: bot.KindSystem, Address: address("7"), Action: "thread.catch thread=5"}
		}, 13},
		{"a customer's own", func() bot.Inbound {
			return bot.Inbound{
				EventID: eventID(), Kind: bot.KindSystem, Address: bot.Address{Platform: pigeon, Install: main, Chat: "ana"}, Direct: true,
				Action: "handoff.late since=5",
			}
		}, 13},
		{"what a customer writes", func() bot.Inbound { return says(pigeon, "ana", "hello") }, 14},
	} {
		took := func(n int) int {
			var rows []*bot.InboxRow
			for range n {
				rows = append(rows, rowOf(c.in(), h.Now()))
			}
			if _, err := db.AddInbound(t.Context(), rows); err != nil {
				t.Fatal(err)
			}
			before := link.Queries()
			if done, err := h.Step(t.Context()); err != nil || !done {
				t.Fatal(done, err)
			}
			return link.Queries() - before
		}
		h.receive(t, says(pigeon, "ana", "hi"))
		h.settle(t)
		took(1)
		one, many := took(1), took(100)
		if one != many || many > c.most {
			t.Errorf("%s: %d statements for one event, %d for a hundred", c.name, one, many)
		}
		t.Logf("%s: %d statements", c.name, many)
	}
}

// TestAThreadShowsWhatWasSaidLast makes random posts, edits and deletions, with
// and without the platform taking them meanwhile, and looks at what is left.
func TestAThreadShowsWhatWasSaidLast(t *testing.T) {
	db := storagetest.New(t)
	topic := 0
	rapid.Check(t, func(rt *rapid.T) {
		topic++
		do := scripted{}
		h := threaded(t, db, do.handle)
		h.office.features.Text = bot.Limit{Max: 12, Unit: bot.Runes}
		h.office.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if rapid.IntRange(0, 9).Draw(rt, "trouble") == 0 {
				return bot.Sent{}, &bot.Failure{Class: bot.Transient}
			}
			return bot.Sent{ID: bot.MessageID("n" + out.Key)}, nil
		}
		type line struct{ label, text string }
		var model []line
		at := func(label string) int {
			for i := len(model) - 1; i >= 0; i-- {
				if model[i].label == label {
					return i
				}
			}
			return -1
		}
		for n := range rapid.IntRange(1, 8).Draw(rt, "events") {
			var turn []bot.Post
			for range rapid.IntRange(1, 3).Draw(rt, "posts") {
				label := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "label")
				text := rapid.SampledFrom([]string{"x", "yy", "zzz"}).Draw(rt, "text") + fmt.Sprint(n)
				i := at(label)
				switch op := rapid.SampledFrom([]bot.Op{bot.OpPost, bot.OpEdit, bot.OpEdit, bot.OpDelete}).Draw(rt, "op"); op {
				case bot.OpPost:
					if i >= 0 {
						continue // one of each label
					}
					model = append(model, line{label, text})
					turn = append(turn, bot.Post{Label: label, Reply: bot.Text(text), Stays: true})
				case bot.OpEdit:
					if i < 0 {
						model = append(model, line{label, text})
					} else {
						model[i].text = text
					}
					turn = append(turn, bot.Post{Op: op, Label: label, Reply: bot.Text(text), Stays: true})
				case bot.OpDelete:
					if i >= 0 {
						model = append(model[:i:i], model[i+1:]...)
					}
					turn = append(turn, bot.Post{Op: op, Label: label})
				}
			}
			word := fmt.Sprint("turn", n)
			do[word] = posts(turn...)
			h.receive(t, inThread("li", fmt.Sprint("r", topic), word))
			switch rapid.IntRange(0, 2).Draw(rt, "meanwhile") {
			case 0:
				h.settle(t)
			case 1:
				if _, err := h.Step(t.Context()); err != nil {
					rt.Fatal(err)
				}
			}
		}
		for waits := 1; waits > 0; { // past every pause
			h.settle(t)
			b, err := db.Backlog(t.Context(), h.Now())
			if err != nil {
				rt.Fatal(err)
			}
			waits = b.Outbox
			h.Advance(10 * time.Minute)
		}
		var texts []string
		for _, l := range model {
			texts = append(texts, l.text)
		}
		if got := shown(h.office, address(fmt.Sprint("r", topic))); fmt.Sprint(got) != fmt.Sprint(texts) {
			rt.Fatalf("shown %q, want %q", got, texts)
		}
	})
}

// TestALongListOfThreadsTakesNoMoreStatementsThanAShortOne lists two threads and
// then thirty.
func TestALongListOfThreadsTakesNoMoreStatementsThanAShortOne(t *testing.T) {
	link := storagetest.NewLink(t, storagetest.Postgres(t))
	db := storagetest.Open(t, link.Address, nil)
	h := threaded(t, db, scripted{}.handle)
	person(t, h, "boss", crm.RoleAdmin)
	host := h.Host(office, main)
	took := func(threads int) int {
		t.Helper()
		before := link.Queries()
		entries, err := host.Threads(t.Context(), "boss", 100)
		if err != nil || len(entries) != threads {
			t.Fatal(len(entries), err)
		}
		for _, e := range entries {
			if e.Last == "" || e.Title == "" || e.LastID == 0 {
				t.Errorf("%+v", e)
			}
		}
		return link.Queries() - before
	}
	begin := func(from, to int) {
		t.Helper()
		for n := from; n < to; n++ {
			who, topic := fmt.Sprint("c", n), fmt.Sprint("t", n)
			h.receive(t, says(pigeon, who, "hello"))
			h.settle(t)
			release(t, h, conversationOf(t, db, pigeon, who).ID, topic)
			h.receive(t, inThread("boss", topic, "a note"))
		}
		h.settle(t)
	}
	begin(0, 2)
	few := took(2)
	begin(2, 30)
	if many := took(30); many != few || many > 9 {
		t.Errorf("%d statements for two, %d for thirty", few, many)
	}
}
