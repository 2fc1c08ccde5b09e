package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

// talk is a conversation of a customer whose contact has that owner ("" for
// nobody).
func (w *world) talk(t *testing.T, owner string) *crm.Conversation {
	t.Helper()
	contact := &crm.Contact{Name: "张伟"}
	if owner != "" {
		contact.OwnerID, contact.TeamID = w.id(owner), w.users[owner].TeamID
	}
	if err := w.db.CreateContacts(t.Context(), contact); err != nil {
		t.Fatal(err)
	}
	return w.chat(t, contact.ID)
}

func (w *world) chat(t *testing.T, of crm.ContactID) *crm.Conversation {
	t.Helper()
	w.chats++
	c := &crm.Conversation{
		Platform: "p", Install: "i", Chat: of.String() + "/" + crm.ConversationID(w.chats).String(), Direct: true,
		Audience: crm.AudienceCustomers, Status: crm.ConversationOpen, ContactID: of,
	}
	if err := w.db.CreateConversations(t.Context(), []*crm.Conversation{c}); err != nil {
		t.Fatal(err)
	}
	return c
}

// ask has a person called as the rules choose.
func (w *world) ask(t *testing.T, c *crm.Conversation) (*crm.Conversation, crm.Choice) {
	t.Helper()
	contact := must(w.db.Contact(t.Context(), c.ContactID))(t)
	choice := must(w.Conversations.Choose(t.Context(), contact, nil))(t)
	return must(w.Conversations.Ask(t.Context(), c.ID, choice))(t), choice
}

// away has people go.
func (w *world) away(t *testing.T, handles ...string) {
	t.Helper()
	for _, h := range handles {
		must(w.Users.Away(t.Context(), w.as(h), true))(t)
	}
}

// handle is what a user is called in these tests.
func (w *world) handle(id crm.UserID) string {
	for h, u := range w.users {
		if u.ID == id {
			return h
		}
	}
	return ""
}

// isAt checks who is responsible.
func (w *world) isAt(t *testing.T, c *crm.Conversation, status crm.ConversationStatus, assignee string) {
	t.Helper()
	if c.Status != status || w.handle(c.AssigneeID) != assignee {
		t.Errorf("%s with %q, want %s with %q", c.Status, w.handle(c.AssigneeID), status, assignee)
	}
}

// One conversation from the call to the end.
func TestConversation(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.Conversations
		c := w.called(t)
		_, err := s.Take(ctx, w.as("wang.fang"), c.ID, false)
		want(t, err, "conflict conversation.taken")
		w.answers(t, c)
		must(s.Waits(ctx, c.ID))(t)
		c = must(s.Assign(ctx, w.as("zhao.min"), c.ID, w.id("wang.fang")))(t)
		w.isAt(t, c, crm.ConversationWaiting, "wang.fang")
		c = must(s.Take(ctx, w.as("li.wei"), c.ID, true))(t)
		w.isAt(t, c, crm.ConversationHandedOff, "li.wei")
		w.ends(t, c)
		if got := w.trail(t, c.Ref()); got != "taken live assigned assigned taken closed taken" {
			t.Errorf("trail %q", got)
		}
		_, err = w.Records.Undo(ctx, w.as("li.wei"))
		want(t, err, "not_found undo.none")
	})
}

// called is one for which wang.fang was called, and chen.jie came.
func (w *world) called(t *testing.T) *crm.Conversation {
	t.Helper()
	ctx, s := t.Context(), w.Conversations
	c, _ := w.ask(t, w.talk(t, "wang.fang"))
	w.isAt(t, c, crm.ConversationWaiting, "wang.fang")
	if !c.WaitsSince.Equal(w.now) || len(c.Tried) != 1 || c.Step != crm.AskedOwner {
		t.Errorf("called: %+v", c)
	}
	again, err := s.Ask(ctx, c.ID, crm.Choice{User: w.id("chen.jie"), Step: crm.AskedTurn})
	want(t, err, "")
	w.isAt(t, again, crm.ConversationWaiting, "wang.fang")
	c = must(s.Take(ctx, w.as("chen.jie"), c.ID, false))(t) // who was not called may come
	w.isAt(t, c, crm.ConversationHandedOff, "chen.jie")
	if c.WaitsSince.IsZero() || c.AskedAt.IsZero() {
		t.Errorf("the customer waits still: %+v", c)
	}
	return c
}

// answers has the customer answered, live for a while, and given to zhao.min.
func (w *world) answers(t *testing.T, c *crm.Conversation) {
	t.Helper()
	ctx, s := t.Context(), w.Conversations
	c = must(s.Answered(ctx, w.as("wang.fang"), c.ID))(t)
	w.isAt(t, c, crm.ConversationHandedOff, "chen.jie")
	if !c.WaitsSince.IsZero() || !c.AskedAt.IsZero() || c.Tried != nil || c.Step != "" || !c.StaffAt.Equal(w.now) {
		t.Errorf("answered: %+v", c)
	}
	_, err := s.Live(ctx, w.as("wang.fang"), c.ID, true)
	want(t, err, "conflict conversation.not_yours")
	must(s.Live(ctx, w.as("chen.jie"), c.ID, true))(t)
	w.now = w.now.Add(time.Minute)
	c = must(s.Answered(ctx, w.as("chen.jie"), c.ID))(t)
	if c.LiveID != w.id("chen.jie") || !c.LiveAt.Equal(w.now) || c.LiveSince.Equal(w.now) {
		t.Errorf("live: %+v", c)
	}
	c = must(s.Assign(ctx, w.as("li.wei"), c.ID, w.id("zhao.min")))(t)
	w.isAt(t, c, crm.ConversationHandedOff, "zhao.min")
	if c.LiveID != 0 || !c.LiveAt.IsZero() {
		t.Errorf("a live thread of another: %+v", c)
	}
}

// ends has li.wei's close, begun again by wang.fang and left by itself.
func (w *world) ends(t *testing.T, c *crm.Conversation) {
	t.Helper()
	ctx, s := t.Context(), w.Conversations
	c = must(s.Leave(ctx, w.as("li.wei"), c.ID, true))(t)
	w.isAt(t, c, crm.ConversationClosed, "")
	if c.LastUserID != w.id("li.wei") || !c.ClosedAt.Equal(w.now) || !c.WaitsSince.IsZero() || c.Tried != nil {
		t.Errorf("closed: %+v", c)
	}
	_, err := s.Leave(ctx, w.as("li.wei"), c.ID, true)
	want(t, err, "conflict conversation.bot")
	c = must(s.Answered(ctx, w.as("wang.fang"), c.ID))(t)
	w.isAt(t, c, crm.ConversationHandedOff, "wang.fang")
	c = must(s.Leave(ctx, crm.System(), c.ID, false))(t)
	w.isAt(t, c, crm.ConversationOpen, "")
}

func TestConversationIsForStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, s, ctx := w.talk(t, ""), w.Conversations, t.Context()
	for _, by := range []crm.Actor{{Kind: crm.AuthorContact, Contact: c.ContactID}, {}} {
		_, err := s.Take(ctx, by, c.ID, true)
		want(t, err, "forbidden")
		_, err = s.Assign(ctx, by, c.ID, w.id("wang.fang"))
		want(t, err, "forbidden")
		_, err = s.Answered(ctx, by, c.ID)
		want(t, err, "forbidden")
		_, err = s.Live(ctx, by, c.ID, false)
		want(t, err, "forbidden")
		_, err = s.Conversation(ctx, by, c.ID)
		want(t, err, "not_found")
		_, _, err = s.List(ctx, by, crm.ConversationFilter{})
		want(t, err, "forbidden")
	}
	_, err := s.Take(ctx, crm.System(), c.ID, false)
	want(t, err, "forbidden")
	gone := w.as("chen.jie")
	must(w.Users.Off(ctx, w.as("admin"), w.id("chen.jie")))(t)
	_, err = s.Take(ctx, gone, c.ID, false)
	want(t, err, "invalid user.missing")
	_, err = s.Assign(ctx, w.as("li.wei"), c.ID, w.id("chen.jie"))
	want(t, err, "invalid user.missing")
	w.away(t, "wang.fang")
	_, err = s.Assign(ctx, w.as("li.wei"), c.ID, w.id("wang.fang"))
	want(t, err, "invalid conversation.away")
	w.isAt(t, must(s.Conversation(ctx, w.as("li.wei"), c.ID))(t), crm.ConversationOpen, "")
}

// Who does something is there.
func TestWhoTakesIsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.away(t, "wang.fang")
	if there := must(w.Conversations.Present(t.Context(), w.id("wang.fang")))(t); there {
		t.Error("wang.fang is away")
	}
	must(w.Conversations.Take(t.Context(), w.as("wang.fang"), w.talk(t, "").ID, false))(t)
	if there := must(w.Conversations.Present(t.Context(), w.id("wang.fang")))(t); !there {
		t.Error("wang.fang is back")
	}
	u := w.users["wang.fang"]
	if got := w.trail(t, u.Ref()); got != "created away back" {
		t.Errorf("trail %q", got)
	}
}

// Words from before somebody went away go out, and he is not in charge by that.
func TestWordsFromBeforeHeWent(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.Conversations
		c, _ := w.ask(t, w.talk(t, "wang.fang"))
		says := func() {
			rel := &crm.Release{
				ConversationID: c.ID, UserID: w.id("wang.fang"), Body: "hello",
				State: crm.ReleaseSent, Created: w.now, Due: w.now,
			}
			if err := w.db.CreateRelease(ctx, rel); err != nil {
				t.Fatal(err)
			}
		}
		says()
		w.now = w.now.Add(5 * time.Second)
		w.away(t, "wang.fang")
		c, _, err := s.Relieve(ctx, c.ID, w.id("wang.fang"))
		want(t, err, "")
		w.isAt(t, c, crm.ConversationWaiting, "chen.jie")
		c = must(s.Answered(ctx, w.as("wang.fang"), c.ID))(t)
		w.isAt(t, c, crm.ConversationHandedOff, "chen.jie")
		if !c.WaitsSince.IsZero() || !c.StaffAt.Equal(w.now) {
			t.Errorf("answered: %+v", c)
		}
		if there := must(s.Present(ctx, w.id("wang.fang")))(t); there {
			t.Error("wang.fang is back")
		}
		c = must(s.Leave(ctx, w.as("chen.jie"), c.ID, true))(t)
		c = must(s.Answered(ctx, w.as("wang.fang"), c.ID))(t)
		w.isAt(t, c, crm.ConversationClosed, "")
		w.now = w.now.Add(time.Second)
		says() // she writes again
		c = must(s.Answered(ctx, w.as("wang.fang"), c.ID))(t)
		w.isAt(t, c, crm.ConversationHandedOff, "wang.fang")
		if there := must(s.Present(ctx, w.id("wang.fang")))(t); !there {
			t.Error("wang.fang is away")
		}
	})
}

// What somebody has who goes away or leaves goes to another at once.
func TestRelieve(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.Conversations
		called, _ := w.ask(t, w.talk(t, "wang.fang"))
		calm := must(s.Answered(ctx, w.as("wang.fang"), w.talk(t, "wang.fang").ID))(t)
		other := must(s.Take(ctx, w.as("chen.jie"), w.talk(t, "wang.fang").ID, false))(t)

		c, choice, err := s.Relieve(ctx, called.ID, w.id("wang.fang"))
		want(t, err, "")
		w.isAt(t, c, crm.ConversationWaiting, "wang.fang") // who is there keeps it
		if choice.User != w.id("wang.fang") {
			t.Errorf("choice %+v", choice)
		}
		w.away(t, "wang.fang")
		left := must(s.Absent(ctx, w.id("wang.fang")))(t)
		if len(left) != 2 || len(must(s.Absent(ctx, 0))(t)) != 2 {
			t.Errorf("to move: %+v", left)
		}
		c, choice, err = s.Relieve(ctx, called.ID, w.id("wang.fang"))
		want(t, err, "")
		w.isAt(t, c, crm.ConversationWaiting, "chen.jie")
		if choice.Step != crm.AskedTurn || c.AskedAt.IsZero() {
			t.Errorf("choice %+v, %+v", choice, c)
		}
		c, _, err = s.Relieve(ctx, calm.ID, w.id("wang.fang"))
		want(t, err, "")
		w.isAt(t, c, crm.ConversationHandedOff, "chen.jie")
		if !c.AskedAt.IsZero() || !c.WaitsSince.IsZero() {
			t.Errorf("nobody waits: %+v", c)
		}
		c, _, err = s.Relieve(ctx, other.ID, w.id("wang.fang"))
		want(t, err, "")
		w.isAt(t, c, crm.ConversationHandedOff, "chen.jie")

		must(w.Users.Off(ctx, w.as("admin"), w.id("chen.jie")))(t)
		w.away(t, "zhou.na", "zhao.min", "li.wei", "admin")
		c, choice, err = s.Relieve(ctx, called.ID, w.id("chen.jie"))
		want(t, err, "")
		w.isAt(t, c, crm.ConversationWaiting, "li.wei") // all are away: the manager
		if !choice.Away || choice.Step != crm.AskedManager {
			t.Errorf("choice %+v", choice)
		}
	})
}

// Alone, one keeps what one has; when he leaves too, the bot has it.
func TestRelieveWhenNobodyIsLeft(t *testing.T) {
	t.Parallel()
	w := newEmpty(t)
	u := must(w.Users.Seed(t.Context(), crm.NewUser{Handle: "boss", Name: "Boss", Role: crm.RoleAdmin}, nil))(t)
	w.users["boss"] = u
	c, _ := w.ask(t, w.talk(t, ""))
	w.away(t, "boss")
	c, _, err := w.Conversations.Relieve(t.Context(), c.ID, u.ID)
	want(t, err, "")
	w.isAt(t, c, crm.ConversationWaiting, "boss")
	must(w.db.UpdateUser(t.Context(), u.ID, func(u *crm.User) error { u.Active = false; return nil }))(t)
	c, choice, err := w.Conversations.Relieve(t.Context(), c.ID, u.ID)
	want(t, err, "")
	w.isAt(t, c, crm.ConversationOpen, "")
	if choice.User != 0 || !c.WaitsSince.IsZero() {
		t.Errorf("%+v, %+v", choice, c)
	}
}

// A call that nobody took was nobody's, unless a person ends it.
func TestWhoNeverCameWasNotInCharge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, s := t.Context(), w.Conversations
	c, _ := w.ask(t, w.talk(t, "wang.fang"))
	c = must(s.Leave(ctx, crm.System(), c.ID, true))(t)
	if c.LastUserID != 0 {
		t.Errorf("%s was called and never came", w.handle(c.LastUserID))
	}
	c, _ = w.ask(t, c)
	c = must(s.Leave(ctx, w.as("chen.jie"), c.ID, true))(t)
	if w.handle(c.LastUserID) != "chen.jie" {
		t.Errorf("%s ended it, not %s", "chen.jie", w.handle(c.LastUserID))
	}
	must(s.Answered(ctx, w.as("zhou.na"), c.ID))(t)
	c = must(s.Leave(ctx, crm.System(), c.ID, true))(t)
	if w.handle(c.LastUserID) != "zhou.na" {
		t.Errorf("zhou.na was in charge, not %s", w.handle(c.LastUserID))
	}
}

// Where all are away, everybody keeps what he has until somebody comes.
func TestRelieveWhenAllAreAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, s := t.Context(), w.Conversations
	called, _ := w.ask(t, w.talk(t, "wang.fang"))
	calm := must(s.Answered(ctx, w.as("wang.fang"), w.talk(t, "").ID))(t)
	w.away(t, "chen.jie", "zhou.na", "zhao.min", "li.wei", "admin", "wang.fang")
	for _, c := range []*crm.Conversation{called, calm} {
		got, choice, err := s.Relieve(ctx, c.ID, w.id("wang.fang"))
		want(t, err, "")
		w.isAt(t, got, c.Status, "wang.fang")
		if w.handle(choice.User) != "wang.fang" {
			t.Errorf("choice %+v", choice)
		}
	}
	must(w.Users.Away(ctx, w.as("zhao.min"), false))(t)
	got, _, err := s.Relieve(ctx, called.ID, w.id("wang.fang"))
	want(t, err, "")
	w.isAt(t, got, crm.ConversationWaiting, "zhao.min")
}
