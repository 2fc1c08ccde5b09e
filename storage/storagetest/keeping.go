package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

func jobs(t *testing.T, s bot.Store) {
	ctx := t.Context()
	once := func() *bot.Job { return &bot.Job{Kind: "k", Unique: "u", Payload: `{"a":1}`, RunAt: Clock()} }
	fine(t, s.AddJobs(ctx, once(), once(), &bot.Job{Kind: "k", RunAt: Clock()}, &bot.Job{Kind: "k", RunAt: Clock().Add(time.Hour)}))
	fine(t, s.AddJobs(ctx, once()))
	fine(t, s.AddJobs(ctx))
	claim := func(after time.Duration) []*bot.Job {
		return ok(s.ClaimJobs(ctx, Clock().Add(after), 10, time.Minute))(t)
	}
	all := claim(0)
	if len(all) != 2 {
		t.Fatalf("%d jobs, want 2", len(all))
	}
	j := all[0]
	if j.Unique == "" {
		j = all[1]
	}
	if j.Payload != `{"a":1}` || j.Attempts != 1 {
		t.Errorf("job %+v", j)
	}
	same(t, "under way", len(claim(time.Second)), 0)
	same(t, "its owner died", len(claim(2*time.Minute)), 2)
	j.RunAt, j.Attempts, j.Cause = Clock().Add(30*time.Minute), 5, "why"
	fine(t, s.RetryJob(ctx, j, false))
	for _, other := range all {
		if other.ID != j.ID {
			fine(t, s.FinishJob(ctx, other.ID))
		}
	}
	again := claim(30 * time.Minute)
	if len(again) != 1 || again[0].Attempts != 6 || again[0].Cause != "why" {
		t.Errorf("again %+v", again)
	}
	fine(t, s.RetryJob(ctx, again[0], true))
	fine(t, s.AddJobs(ctx, once())) // a parked one is no obstacle
	same(t, "after parking", len(claim(31*time.Minute)), 1)
}

func keptValues(t *testing.T, s bot.Store) {
	ctx := t.Context()
	same(t, "none", ok(s.Value(ctx, "k"))(t), "")
	fine(t, s.SetValue(ctx, "k", "one", 0))
	fine(t, s.SetValue(ctx, "k", "two", time.Hour))
	same(t, "the last", ok(s.Value(ctx, "k"))(t), "two")
	fine(t, s.SetValue(ctx, "k", "gone", time.Nanosecond)) // the clock stands still: not yet over, or just
	fine(t, s.SetValue(ctx, "other", "stays", 0))
	fine(t, s.SetValues(ctx, []bot.KeptValue{{Key: "z", Value: "first"}, {Key: "a", Value: "one"}, {Key: "z", Value: "last"}}))
	same(t, "of several", ok(s.Values(ctx, []string{"a", "k", "z", "none", "z"}))(t), map[string]string{"a": "one", "z": "last"})
	same(t, "over", ok(s.Value(ctx, "k"))(t), "")
	same(t, "another", ok(s.Value(ctx, "other"))(t), "stays")
	fine(t, s.Keep(ctx, "p", "i", "unreadable", []byte{0, 0xff, '\''}, Clock()))
	fine(t, s.Keep(ctx, "p", "i", "unreadable", nil, Clock()))
}

func sessions(t *testing.T, s bot.Store) {
	ctx := t.Context()
	one, two := bot.SessionKey{Conversation: 1, Sender: "a"}, bot.SessionKey{Conversation: 2, Sender: "b"}
	crossed := bot.SessionKey{Conversation: 1, Sender: "b"}
	keys := []bot.SessionKey{one, two, crossed}
	same(t, "none", len(ok(s.Sessions(ctx, keys))(t)), 0)
	a := &bot.Session{
		Conversation: 1, Sender: "a", V: 1, Burst: []string{"x"}, ChoicesUntil: at(1),
		Form:    &bot.FormState{Command: "lead", Values: map[string]string{"need": "20 t"}, Asking: "phone", Started: at(0)},
		Choices: []bot.Choice{{Label: "Yes", Action: "b:1"}},
	}
	b := &bot.Session{Conversation: 2, Sender: "b", V: 1}
	fine(t, s.SaveSessions(ctx, []*bot.Session{b, a}))
	same(t, "as they were", ok(s.Sessions(ctx, keys))(t), map[bot.SessionKey]*bot.Session{one: a, two: b})
	same(t, "no other", ok(s.Sessions(ctx, []bot.SessionKey{two, crossed}))(t), map[bot.SessionKey]*bot.Session{two: b})
	a.Form, a.Asked = nil, "why?"
	fine(t, s.SaveSessions(ctx, []*bot.Session{a}))
	same(t, "the last", ok(s.Sessions(ctx, keys[:1]))(t), map[bot.SessionKey]*bot.Session{one: a})
	fine(t, s.SaveSessions(ctx, nil))
}

func buttons(t *testing.T, s bot.Store) {
	ctx := t.Context()
	a := &bot.KeptButton{ID: "A", Conversation: 3, For: "li", Action: "deal win OPP-1", Label: "Won", Once: true, Expires: Clock().Add(time.Hour)}
	b := &bot.KeptButton{ID: "B", Conversation: 3, Action: "help", Expires: Clock().Add(-time.Hour)}
	fine(t, s.CreateButtons(ctx, []*bot.KeptButton{a, b}))
	fine(t, s.CreateButtons(ctx, nil))
	same(t, "both", ok(s.Buttons(ctx, []string{"A", "B", "C"}))(t), map[string]*bot.KeptButton{"A": a, "B": b})
	one := &bot.KeptButton{ID: "D.0", Conversation: 3, Action: "solved key=1", Label: "Solved", Expires: Clock().Add(-time.Hour)}
	two := &bot.KeptButton{ID: "D.1", Conversation: 3, Action: "person", Expires: Clock().Add(-time.Hour)}
	fine(t, s.CreateButtons(ctx, []*bot.KeptButton{one, two}))
	same(t, "of one message", ok(s.Buttons(ctx, []string{"A", "A.0", "D", "D.0", "D.1", "D.2", "E.0"}))(t),
		map[string]*bot.KeptButton{"A": a, "D.0": one, "D.1": two})
	same(t, "the first press", ok(s.UseButton(ctx, "A", "li", Clock()))(t), true)
	same(t, "the second", ok(s.UseButton(ctx, "A", "bo", Clock()))(t), false)
	a.UsedBy, a.UsedAt = "li", Clock()
	same(t, "used", ok(s.Buttons(ctx, []string{"A"}))(t), map[string]*bot.KeptButton{"A": a})
	same(t, "pruned", ok(s.PruneButtons(ctx, Clock()))(t), 2)
	same(t, "left", len(ok(s.Buttons(ctx, []string{"A", "B", "D.0"}))(t)), 1)
}

func parkedEvents(t *testing.T, s bot.Store) {
	ctx := t.Context()
	add(t, s, arrived("a", "1", 0))
	_, err := s.WorkShards(ctx, Clock(), 1, func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
		r := *rows[0]
		r.Attempts, r.Cause = 3, "boom"
		return s.RetryInbound(ctx, &r, true)
	})
	fine(t, err)
	dead := ok(s.DeadInbound(ctx, 10))(t)
	if len(dead) != 1 || dead[0].Cause != "boom" || dead[0].Inbound.EventID != "a" {
		t.Fatalf("dead %+v", dead)
	}
	same(t, "no work", take(t, s, time.Hour, 1, leave), []string(nil))
	same(t, "revived", ok(s.ReviveInbound(ctx, []int64{dead[0].ID}, Clock()))(t), 1)
	same(t, "none is left", ok(s.ReviveInbound(ctx, []int64{dead[0].ID}, Clock()))(t), 0)
	same(t, "work again", take(t, s, 0, 1, finish), []string{"a"})
	same(t, "known still", ok(s.AddInbound(ctx, []*bot.InboxRow{arrived("a", "1", 0)}))(t), 0)
}

func pruning(t *testing.T, s bot.Store) {
	ctx := t.Context()
	old := func(name string) *bot.InboxRow { return arrived(name, "1", -1000*3600*24*8) }
	var many []*bot.InboxRow // more than one statement removes
	for i := range 2100 {
		many = append(many, old(fmt.Sprint("done ", i)))
	}
	add(t, s, append(many, arrived("fresh", "1", 0))...)
	take(t, s, 0, 3000, finish)
	add(t, s, old("waits"))
	fine(t, s.SetValue(ctx, "expires", "x", time.Minute))
	fine(t, s.SaveSessions(ctx, []*bot.Session{{Conversation: 1, Sender: "a"}}))
	fine(t, s.Keep(ctx, "p", "i", "unknown", []byte("x"), Clock().Add(-9*24*time.Hour)))
	same(t, "removed", ok(s.Prune(ctx, Clock().Add(-7*24*time.Hour)))(t), 2101)
	same(t, "nothing is left", ok(s.Prune(ctx, Clock().Add(-7*24*time.Hour)))(t), 0)
	same(t, "the fresh one is known", ok(s.AddInbound(ctx, []*bot.InboxRow{arrived("fresh", "1", 0)}))(t), 0)
	same(t, "what waits stays", take(t, s, 0, 10, leave), []string{"waits"})
}

func backlog(t *testing.T, s bot.Store) {
	ctx := t.Context()
	same(t, "empty", ok(s.Backlog(ctx, Clock()))(t), bot.Backlog{})
	later := arrived("later", "1", 0)
	later.DueAt = Clock().Add(3 * time.Second)
	add(t, s, arrived("a", "1", -500), later)
	spoken(t, s, "1", "x", "y")
	fine(t, s.AddJobs(ctx, &bot.Job{Kind: "k", RunAt: Clock().Add(time.Hour)}))
	fine(t, s.Hold(ctx, "p", "i", Clock().Add(time.Minute)))
	same(t, "some", ok(s.Backlog(ctx, Clock()))(t), bot.Backlog{
		Inbox: 2, Outbox: 2, Jobs: 1, DueInbox: 1, DueOutbox: 2, Holds: 1,
		Oldest: Clock().Add(-500 * time.Millisecond), NextInbox: later.DueAt, NextJob: Clock().Add(time.Hour),
	})
	fine(t, s.ReleaseLeases(ctx, "nobody"))
	same(t, "alone", ok(s.Beat(ctx, "one"))(t), 1)
	same(t, "still alone", ok(s.Beat(ctx, "one"))(t), 1)
	fine(t, s.Spoke(ctx, []crm.ConversationID{1}, []crm.ConversationID{1}, at(5)))
	c := ok(s.Conversation(ctx, 1))(t)
	same(t, "spoke", []time.Time{c.LastInAt, c.LastOutAt}, []time.Time{at(5), at(5)})
}
