package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	shut := crm.Hours{Days: []time.Weekday{time.Monday}, From: 9 * time.Hour, To: 10 * time.Hour, Zone: shanghai}
	for _, x := range []struct {
		name  string
		owner string
		away  []string
		gone  []string
		tried []string
		busy  []string // have as many as one may have
		known []string // have signed in somewhere; nobody ever did if there is none
		hours crm.Hours
		want  string
		step  crm.Escalation
		late  bool
	}{
		{name: "the owner", owner: "zhou.na", want: "zhou.na", step: crm.AskedOwner},
		{name: "the owner, however busy", owner: "zhou.na", busy: []string{"zhou.na"}, want: "zhou.na", step: crm.AskedOwner},
		{name: "the turn of the owner's team", owner: "wang.fang", away: []string{"wang.fang"}, want: "chen.jie", step: crm.AskedTurn},
		{name: "the turn of the company", owner: "zhou.na", away: []string{"zhou.na"}, want: "wang.fang", step: crm.AskedTurn},
		{name: "nobody's contact", want: "wang.fang", step: crm.AskedTurn},
		{name: "nobody who left", owner: "wang.fang", gone: []string{"wang.fang"}, want: "chen.jie", step: crm.AskedTurn},
		{name: "nobody who was asked", owner: "wang.fang", tried: []string{"wang.fang", "chen.jie"}, want: "zhou.na", step: crm.AskedTurn},
		{name: "nobody who has enough", busy: []string{"wang.fang", "chen.jie"}, want: "zhou.na", step: crm.AskedTurn},
		{name: "the manager when all have enough", busy: []string{"wang.fang", "chen.jie", "zhou.na", "zhao.min"}, want: "li.wei", step: crm.AskedManager},
		{name: "an admin when the manager is away", away: []string{"wang.fang", "chen.jie", "zhou.na", "zhao.min", "li.wei"}, want: "admin", step: crm.AskedManager},
		{
			name: "the manager when all are away", owner: "wang.fang", late: true,
			away: []string{"wang.fang", "chen.jie", "zhou.na", "zhao.min", "li.wei", "admin"}, want: "li.wei", step: crm.AskedManager,
		},
		{name: "nobody who never signed in", owner: "wang.fang", known: []string{"zhou.na", "li.wei"}, want: "zhou.na", step: crm.AskedTurn},
		{name: "the manager when only he signed in", known: []string{"li.wei"}, want: "li.wei", step: crm.AskedManager},
		{name: "the owner in the evening", owner: "zhou.na", hours: shut, want: "zhou.na", step: crm.AskedOwner, late: true},
		{name: "the next turn in the evening", hours: shut, want: "wang.fang", step: crm.AskedTurn, late: true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settings(func(s *crm.Settings) { s.Hours, s.Rules.OpenEach = x.hours, 2 })
			c := w.talk(t, x.owner)
			w.away(t, x.away...)
			for _, h := range x.gone {
				must(w.Users.Off(t.Context(), w.as("admin"), w.id(h)))(t)
			}
			for _, h := range x.busy {
				for range 2 {
					must(w.Conversations.Take(t.Context(), w.as(h), w.talk(t, "").ID, false))(t)
				}
			}
			for _, h := range x.known {
				id := &crm.Identity{Platform: "desk", Install: "team", Sender: h, UserID: w.id(h)}
				if err := w.db.CreateIdentities(t.Context(), []*crm.Identity{id}); err != nil {
					t.Fatal(err)
				}
			}
			var tried []crm.UserID
			for _, h := range x.tried {
				tried = append(tried, w.id(h))
			}
			got := must(w.Conversations.Choose(t.Context(), must(w.db.Contact(t.Context(), c.ContactID))(t), tried))(t)
			if w.handle(got.User) != x.want || got.Step != x.step || got.Away != x.late {
				t.Errorf("%q by %s, away %v; want %q by %s, away %v", w.handle(got.User), got.Step, got.Away, x.want, x.step, x.late)
			}
		})
	}
}

func TestTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	order := ""
	for range 5 {
		_, choice := w.ask(t, w.talk(t, ""))
		order += w.handle(choice.User) + " "
	}
	if order != "wang.fang chen.jie zhou.na zhao.min wang.fang " {
		t.Errorf("in turn %s", order)
	}
}

// A call that nobody answers goes from one to the next, to the team and to the
// manager, and ends there.
func TestNext(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, owner string
		away        []string
		want        []string
	}{
		{"owner", "wang.fang", nil, []string{"wang.fang owner", "chen.jie turn", "chen.jie team", "li.wei manager"}},
		{"in turn", "", nil, []string{"wang.fang turn", "chen.jie turn", "chen.jie team", "li.wei manager"}},
		{"alone in the team", "zhou.na", []string{"wang.fang", "chen.jie", "zhao.min"}, []string{"zhou.na owner", "li.wei manager"}},
		{"two are there", "", []string{"wang.fang", "chen.jie"}, []string{"zhou.na turn", "zhao.min turn", "li.wei manager"}},
		{"the manager's own", "li.wei", []string{"chen.jie", "zhou.na", "zhao.min"}, []string{"li.wei owner", "wang.fang turn", "admin manager"}},
		{"nobody below the manager", "", []string{"wang.fang", "chen.jie", "zhou.na", "zhao.min"}, []string{"li.wei manager"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.away(t, x.away...)
			c, choice := w.ask(t, w.talk(t, x.owner))
			for i, want := range x.want {
				if i > 0 {
					w.now = w.now.Add(10 * time.Minute)
					var err error
					if c, choice, err = w.Conversations.Next(t.Context(), c.ID); err != nil {
						t.Fatalf("step %d: %v", i, err)
					}
				}
				got := w.handle(choice.User) + " " + string(choice.Step)
				if got != want || c.AssigneeID != choice.User || c.Step != choice.Step || !c.AskedAt.Equal(w.now) || c.Status != crm.ConversationWaiting {
					t.Errorf("step %d: %s, %+v; want %s", i, got, c, want)
				}
			}
			_, _, err := w.Conversations.Next(t.Context(), c.ID)
			want(t, err, "conflict conversation.last")
			if got := must(w.db.Conversation(t.Context(), c.ID))(t); got.AssigneeID != c.AssigneeID {
				t.Errorf("it left %s for %s", w.handle(c.AssigneeID), w.handle(got.AssigneeID))
			}
		})
	}
}

func TestNextIsForWhoWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, _ := w.ask(t, w.talk(t, "wang.fang"))
	must(w.Conversations.Answered(t.Context(), w.as("wang.fang"), c.ID))(t)
	_, _, err := w.Conversations.Next(t.Context(), c.ID)
	want(t, err, "conflict conversation.answered")
	_, _, err = w.Conversations.Next(t.Context(), w.talk(t, "").ID)
	want(t, err, "conflict conversation.answered")

	w.now = w.now.Add(time.Hour) // the one in charge is silent
	c = must(w.Conversations.Waits(t.Context(), c.ID))(t)
	if !c.WaitsSince.Equal(w.now) {
		t.Errorf("waits since %v", c.WaitsSince)
	}
	since := w.now
	w.now = w.now.Add(time.Hour)
	must(w.Conversations.Waits(t.Context(), c.ID))(t)
	c, choice, err := w.Conversations.Next(t.Context(), c.ID)
	want(t, err, "")
	w.isAt(t, c, crm.ConversationWaiting, "chen.jie")
	if choice.Step != crm.AskedTurn || !c.WaitsSince.Equal(since) {
		t.Errorf("%+v, waits since %v", choice, c.WaitsSince)
	}
}

func TestNobodyWorksHere(t *testing.T) {
	t.Parallel()
	w := newEmpty(t)
	c, choice := w.ask(t, w.talk(t, ""))
	if choice.User != 0 || c.Status != crm.ConversationOpen {
		t.Errorf("%+v, %+v", choice, c)
	}
	if m := must(w.Users.Manager(t.Context(), 0))(t); m != nil {
		t.Errorf("manager %+v", m)
	}
	_, err := w.Conversations.Ask(t.Context(), c.ID, crm.Choice{User: 7})
	want(t, err, "invalid")
	_, err = w.Conversations.Ask(t.Context(), 99, crm.Choice{})
	want(t, err, "not_found")
}
