package crm_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"crmbot/bot"
	"crmbot/crm"
)

// Whatever colleagues and customers do, a conversation has exactly one who is
// responsible: the bot, or one person who works here, and who is there if
// anybody is.
func TestOneIsResponsible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settings(func(s *crm.Settings) { s.Rules.OpenEach = 2 })
	talks := []crm.ConversationID{w.talk(t, "wang.fang").ID, w.talk(t, "").ID, w.talk(t, "li.wei").ID}
	rapid.Check(t, func(t *rapid.T) {
		// Each run is a transaction that is rolled back.
		err := w.db.Transact(context.Background(), func(ctx context.Context, store bot.Store) error {
			h := &house{db: store, now: w.now, t: t, talks: talks}
			h.Services = crm.NewServices(store, func() time.Time { return h.now }, w.Settings)
			t.Repeat(map[string]func(*rapid.T){
				"ask":      h.ask,
				"next":     h.next,
				"take":     h.take,
				"assign":   h.assign,
				"answered": h.answered,
				"waits":    h.waits,
				"live":     h.live,
				"leave":    h.leave,
				"away":     h.away,
				"off":      h.off,
				"":         h.one,
			})
			return errOver
		})
		if !errors.Is(err, errOver) {
			t.Fatal(err)
		}
	})
}

var errOver = errors.New("over")

// house is a company whose people do anything in any order.
type house struct {
	*crm.Services
	db    bot.Store
	now   time.Time
	t     *rapid.T
	talks []crm.ConversationID
}

// may accepts an error of these codes.
func (h *house) may(err error, codes ...crm.Code) {
	h.t.Helper()
	if err != nil && !slices.Contains(codes, crm.CodeOf(err)) {
		h.t.Fatal(err)
	}
}

func (h *house) talk(t *rapid.T) crm.ConversationID {
	return rapid.SampledFrom(h.talks).Draw(t, "talk")
}

func (h *house) who(t *rapid.T) *crm.User {
	u, err := h.db.UserByHandle(context.Background(), rapid.SampledFrom(handles).Draw(t, "who"))
	h.may(err)
	return u
}

var handles = []string{"admin", "li.wei", "wang.fang", "chen.jie", "zhou.na", "zhao.min"}

func (h *house) ask(t *rapid.T) {
	id := h.talk(t)
	c, err := h.db.Conversation(context.Background(), id)
	h.may(err)
	contact, err := h.db.Contact(context.Background(), c.ContactID)
	h.may(err)
	choice, err := h.Conversations.Choose(context.Background(), contact, nil)
	h.may(err)
	_, err = h.Conversations.Ask(context.Background(), id, choice)
	h.may(err)
}

// next passes a call on, once or until it ends.
func (h *house) next(t *rapid.T) {
	id, times := h.talk(t), rapid.IntRange(1, 9).Draw(t, "times")
	for n := range times {
		before, err := h.db.Conversation(context.Background(), id)
		h.may(err)
		c, choice, err := h.Conversations.Next(context.Background(), id)
		h.may(err, crm.CodeConflict)
		if err != nil {
			return
		}
		if n > 3 {
			t.Fatalf("the call goes round: %+v", c)
		}
		if choice.User != c.AssigneeID || choice.Step != crm.AskedTeam && slices.Contains(before.Tried, choice.User) {
			t.Fatalf("asked again: %+v after %v", choice, before.Tried)
		}
	}
}

func (h *house) take(t *rapid.T) {
	_, err := h.Conversations.Take(context.Background(), h.who(t).Actor(), h.talk(t), rapid.Bool().Draw(t, "over"))
	h.may(err, crm.CodeConflict, crm.CodeInvalid)
}

func (h *house) assign(t *rapid.T) {
	_, err := h.Conversations.Assign(context.Background(), h.who(t).Actor(), h.talk(t), h.who(t).ID)
	h.may(err, crm.CodeInvalid)
}

func (h *house) answered(t *rapid.T) {
	_, err := h.Conversations.Answered(context.Background(), h.who(t).Actor(), h.talk(t))
	h.may(err, crm.CodeInvalid)
}

func (h *house) waits(t *rapid.T) {
	_, err := h.Conversations.Waits(context.Background(), h.talk(t))
	h.may(err)
}

func (h *house) live(t *rapid.T) {
	_, err := h.Conversations.Live(context.Background(), h.who(t).Actor(), h.talk(t), rapid.Bool().Draw(t, "on"))
	h.may(err, crm.CodeConflict, crm.CodeInvalid)
}

func (h *house) leave(t *rapid.T) {
	_, err := h.Conversations.Leave(context.Background(), h.who(t).Actor(), h.talk(t), rapid.Bool().Draw(t, "closed"))
	h.may(err, crm.CodeConflict)
}

func (h *house) away(t *rapid.T) {
	u := h.who(t)
	_, err := h.Users.Away(context.Background(), u.Actor(), rapid.Bool().Draw(t, "away"))
	h.may(err, crm.CodeNotFound)
	h.relieve()
}

func (h *house) off(t *rapid.T) {
	u := h.who(t)
	if u.Active {
		_, err := h.Users.Off(context.Background(), crm.System(), u.ID)
		h.may(err, crm.CodeConflict) // the last admin
	} else {
		_, _, err := h.Users.On(context.Background(), crm.System(), u.ID)
		h.may(err)
	}
	h.relieve()
}

// relieve is what the conversations do whenever somebody came or went.
func (h *house) relieve() {
	left, err := h.Conversations.Absent(context.Background(), 0)
	h.may(err)
	for _, c := range left {
		_, _, err := h.Conversations.Relieve(context.Background(), c.ID, c.AssigneeID)
		h.may(err)
	}
}

// one checks every conversation.
func (h *house) one(t *rapid.T) {
	h.now = h.now.Add(time.Minute)
	h.relieve() // somebody may be back by what he did
	users, err := h.db.Users(context.Background(), crm.UserFilter{Active: true})
	h.may(err)
	there := slices.ContainsFunc(users, func(u *crm.User) bool { return u.AwayAt.IsZero() })
	for _, id := range h.talks {
		c, err := h.db.Conversation(context.Background(), id)
		h.may(err)
		if !c.Person() {
			if c.AssigneeID != 0 || c.LiveID != 0 || c.Step != "" || c.Tried != nil || !c.AskedAt.IsZero() || !c.WaitsSince.IsZero() {
				t.Fatalf("the bot's, and not: %+v", c)
			}
			continue
		}
		i := slices.IndexFunc(users, func(u *crm.User) bool { return u.ID == c.AssigneeID })
		switch {
		case i < 0:
			t.Fatalf("nobody who works here: %+v", c)
		case there && !users[i].AwayAt.IsZero():
			t.Fatalf("%s is away and others are there: %+v", users[i].Name, c)
		case c.LiveID != 0 && (c.LiveID != c.AssigneeID || c.Status != crm.ConversationHandedOff):
			t.Fatalf("another's live thread: %+v", c)
		case c.Status == crm.ConversationWaiting && (c.AskedAt.IsZero() || c.WaitsSince.IsZero() || !slices.Contains(c.Tried, c.AssigneeID)):
			t.Fatalf("waits for nobody: %+v", c)
		case c.WaitsSince.IsZero() && (c.Step != "" || c.Tried != nil):
			t.Fatalf("a call that nobody waits for: %+v", c)
		}
	}
}
