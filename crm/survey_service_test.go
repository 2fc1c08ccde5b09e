package crm_test

import (
	"strings"
	"testing"
	"time"

	"crmbot/crm"
)

// closed is a conversation that a person has closed.
func (w *world) closed(t *testing.T, owner, by string) *crm.Conversation {
	t.Helper()
	c := w.talk(t, owner)
	must(w.Conversations.Answered(t.Context(), w.as(by), c.ID))(t)
	return must(w.Conversations.Leave(t.Context(), w.as(by), c.ID, true))(t)
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.Surveys
		c := w.closed(t, "wang.fang", "wang.fang")
		x := must(s.Ask(ctx, c, c.LastUserID))(t)
		if x == nil || x.ContactID != c.ContactID || x.UserID != w.id("wang.fang") || x.ConversationID != c.ID {
			t.Fatalf("asked %+v", x)
		}
		him := crm.Actor{Kind: crm.AuthorContact, Contact: c.ContactID}
		for _, rating := range []int{0, 6, -1} {
			_, _, err := s.Rate(ctx, him, x.ID, rating, "2 of 5")
			want(t, err, "invalid survey.number")
		}
		_, _, err := s.Rate(ctx, customer(w.stranger(t, "other")), x.ID, 5, "")
		want(t, err, "not_found survey.missing")
		_, _, err = s.Rate(ctx, w.as("wang.fang"), x.ID, 5, "")
		want(t, err, "not_found survey.missing")
		_, _, err = s.Rate(ctx, him, 99, 5, "")
		want(t, err, "not_found survey.missing")

		x, ticket, err := s.Rate(ctx, him, x.ID, 2, "2 of 5")
		want(t, err, "")
		if x.Rating != 2 || !x.Answered.Equal(w.now) || ticket == nil || x.TicketID != ticket.ID {
			t.Fatalf("%+v, %+v", x, ticket)
		}
		if ticket.Kind != crm.TicketComplaint || ticket.Title != "2 of 5" || ticket.Priority != crm.PriorityHigh ||
			ticket.ConversationID != c.ID || ticket.ContactID != c.ContactID || w.handle(ticket.OwnerID) != "li.wei" {
			t.Errorf("complaint %+v of %s", ticket, w.handle(ticket.OwnerID))
		}
		if got := w.trail(t, ticket.Ref()); got != "created" {
			t.Errorf("trail %q", got)
		}
		_, _, err = s.Rate(ctx, him, x.ID, 5, "")
		want(t, err, "conflict survey.answered")
		must(s.Comment(ctx, him, x.ID, " 太慢了 "))(t)
		x = must(s.Comment(ctx, him, x.ID, "没有回电"))(t)
		ticket = must(w.db.Ticket(ctx, ticket.ID))(t)
		if x.Comment != "太慢了\n没有回电" || ticket.Body != x.Comment {
			t.Errorf("%q, %q", x.Comment, ticket.Body)
		}
		_, err = s.Comment(ctx, him, x.ID, strings.Repeat("慢", 10001))
		want(t, err, "invalid field.long")
		_, err = s.Comment(ctx, him, x.ID, " ")
		want(t, err, "invalid field.empty")
		if got := must(w.db.Ticket(ctx, ticket.ID))(t); got.Body != ticket.Body {
			t.Errorf("a refused comment: %q", got.Body)
		}
	})
}

// A content customer leaves no ticket; nor is anybody asked too often.
func TestSurveyEvery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, s := t.Context(), w.Surveys
	c := w.closed(t, "", "chen.jie")
	x := must(s.Ask(ctx, c, 0))(t)
	him := crm.Actor{Kind: crm.AuthorContact, Contact: c.ContactID}
	if _, ticket, err := s.Rate(ctx, him, x.ID, 3, "x"); err != nil || ticket != nil {
		t.Errorf("%+v, %v", ticket, err)
	}
	other := w.chat(t, c.ContactID)
	twin := w.talk(t, "") // whose contact turns out to be the same person
	must(w.Contacts.Merge(ctx, w.as("admin"), twin.ContactID, c.ContactID, true))(t)
	for _, same := range []*crm.Conversation{c, other, twin} {
		if x := must(s.Ask(ctx, same, 0))(t); x != nil {
			t.Errorf("asked again: %+v", x)
		}
	}
	w.now = w.now.Add(crm.SurveyEvery - time.Microsecond)
	if x := must(s.Ask(ctx, twin, 0))(t); x != nil {
		t.Errorf("asked too early: %+v", x)
	}
	w.now = w.now.Add(time.Microsecond)
	x = must(s.Ask(ctx, twin, 0))(t)
	if x == nil || x.ContactID != c.ContactID {
		t.Errorf("after thirty days: %+v", x)
	}
	if got := must(s.Comment(ctx, crm.Actor{Kind: crm.AuthorContact, Contact: twin.ContactID}, x.ID, "好"))(t); got.Comment != "好" {
		t.Errorf("his survey under either contact: %+v", got)
	}
	stopped := w.closed(t, "", "chen.jie")
	if err := w.Contacts.OptOut(ctx, stopped.ContactID, true); err != nil {
		t.Fatal(err)
	}
	if x := must(s.Ask(ctx, stopped, 0))(t); x != nil {
		t.Errorf("asked who wants no messages: %+v", x)
	}
	if x := must(s.Ask(ctx, &crm.Conversation{ID: 1}, 0))(t); x != nil {
		t.Errorf("asked nobody: %+v", x)
	}
}

func TestWhoAnswersForATeam(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name  string
		team  string // of this user
		about string // the complaint
		away  []string
		want  string
	}{
		{"its manager", "wang.fang", "wang.fang", nil, "li.wei"},
		{"any manager", "zhou.na", "zhou.na", nil, "li.wei"},
		{"an admin for one who is away", "wang.fang", "wang.fang", []string{"li.wei"}, "admin"},
		{"not the one it is about", "wang.fang", "li.wei", nil, "admin"},
		{"the manager when all are away", "wang.fang", "wang.fang", []string{"li.wei", "admin", "wang.fang", "chen.jie", "zhou.na", "zhao.min"}, "li.wei"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.away(t, x.away...)
			if x.about != "li.wei" {
				m := must(w.Users.Manager(t.Context(), w.users[x.team].TeamID))(t)
				if w.handle(m.ID) != x.want {
					t.Errorf("manager %s, want %s", m.Handle, x.want)
				}
			}
			c := w.talk(t, x.team)
			survey := must(w.Surveys.Ask(t.Context(), c, w.id(x.about)))(t)
			_, ticket, err := w.Surveys.Rate(t.Context(), crm.Actor{Kind: crm.AuthorContact, Contact: c.ContactID}, survey.ID, 1, "1")
			want(t, err, "")
			if w.handle(ticket.OwnerID) != x.want {
				t.Errorf("complaint of %s, want %s", w.handle(ticket.OwnerID), x.want)
			}
		})
	}
}

// Who alone leads has the complaint even if it is about him: no subordinate does.
func TestAComplaintAboutWhoAloneLeads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	must(w.Users.Off(ctx, w.as("admin"), w.id("li.wei")))(t)
	c := w.closed(t, "", "admin")
	x := must(w.Surveys.Ask(ctx, c, w.id("admin")))(t)
	_, ticket, err := w.Surveys.Rate(ctx, crm.Actor{Kind: crm.AuthorContact, Contact: c.ContactID}, x.ID, 1, "1 of 5")
	want(t, err, "")
	if w.handle(ticket.OwnerID) != "admin" {
		t.Errorf("it belongs to %s", w.handle(ticket.OwnerID))
	}
}
