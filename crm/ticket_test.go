package crm

import (
	"strings"
	"testing"
	"time"
)

func TestTicketMoves(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	verbs := map[string]func(*Ticket) error{
		"solve":  func(x *Ticket) error { return x.Solve("replaced", at) },
		"close":  func(x *Ticket) error { return x.Close(at) },
		"reopen": (*Ticket).Reopen,
	}
	for _, x := range []struct {
		have TicketStatus
		do   string
		want TicketStatus
		key  string
	}{
		{TicketOpen, "solve", TicketSolved, ""},
		{TicketOpen, "close", TicketClosed, ""},
		{TicketOpen, "reopen", TicketOpen, "ticket.is.open"},
		{TicketPending, "solve", TicketSolved, ""},
		{TicketPending, "close", TicketClosed, ""},
		{TicketPending, "reopen", TicketPending, "ticket.is.open"},
		{TicketSolved, "solve", TicketSolved, "ticket.is.solved"},
		{TicketSolved, "close", TicketClosed, ""},
		{TicketSolved, "reopen", TicketOpen, ""},
		{TicketClosed, "solve", TicketClosed, "ticket.is.closed"},
		{TicketClosed, "close", TicketClosed, "ticket.is.closed"},
		{TicketClosed, "reopen", TicketOpen, ""},
	} {
		t.Run(string(x.have)+" "+x.do, func(t *testing.T) {
			t.Parallel()
			ticket := &Ticket{ID: 1, Status: x.have, SolvedAt: at.Add(-time.Hour)}
			wantKey(t, verbs[x.do](ticket), CodeConflict, x.key)
			if ticket.Status != x.want {
				t.Errorf("%s %s: %s, want %s", x.have, x.do, ticket.Status, x.want)
			}
			if x.key == "" && ticket.Open() != (ticket.SolvedAt.IsZero() && ticket.ClosedAt.IsZero()) {
				t.Errorf("%s with times %v and %v", ticket.Status, ticket.SolvedAt, ticket.ClosedAt)
			}
		})
	}
}

func TestTicketCheck(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	by := now.Add(time.Hour)
	for _, x := range []struct {
		name     string
		have     Ticket
		kind     TicketKind
		priority Priority
		due      time.Time
		title    string
		field    string
	}{
		{"a question", Ticket{Body: "where is it?\nthanks"}, TicketQuestion, PriorityNormal, now.Add(72 * time.Hour), "where is it?", ""},
		{"a complaint", Ticket{Kind: TicketComplaint, Body: "torn"}, TicketComplaint, PriorityHigh, now.Add(24 * time.Hour), "torn", ""},
		{"an urgent one", Ticket{Priority: PriorityUrgent, Title: "help"}, TicketQuestion, PriorityUrgent, now.Add(4 * time.Hour), "help", ""},
		{"a low one", Ticket{Priority: PriorityLow, Title: "help"}, TicketQuestion, PriorityLow, now.Add(168 * time.Hour), "help", ""},
		{"due by hand", Ticket{Title: "help", DueAt: by}, TicketQuestion, PriorityNormal, by, "help", ""},
		{"a long one", Ticket{Body: strings.Repeat("长", 90)}, TicketQuestion, PriorityNormal, now.Add(72 * time.Hour), strings.Repeat("长", 59) + "…", ""},
		{"nothing said", Ticket{Body: " \n"}, "", "", by, "", "body"},
		{"no kind", Ticket{Kind: "party", Body: "x"}, "", "", by, "", "kind"},
		{"no priority", Ticket{Priority: "now", Body: "x"}, "", "", by, "", "priority"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			ticket := x.have
			err := ticket.check(now)
			if x.field != "" {
				wantField(t, err, x.field)
				return
			}
			if err != nil || ticket.Kind != x.kind || ticket.Priority != x.priority || !ticket.DueAt.Equal(x.due) || ticket.Title != x.title {
				t.Errorf("got %+v, %v", ticket, err)
			}
		})
	}
}

func TestPrioritiseKeepsWhatWasSetByHand(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	ticket := &Ticket{Body: "x"}
	if err := ticket.check(made); err != nil {
		t.Fatal(err)
	}
	if err := ticket.Prioritise(PriorityUrgent); err != nil || !ticket.DueAt.Equal(made.Add(4*time.Hour)) {
		t.Errorf("urgent: due %v, %v", ticket.DueAt, err)
	}
	ticket.DueAt = made.Add(time.Minute)
	if err := ticket.Prioritise(PriorityLow); err != nil || !ticket.DueAt.Equal(made.Add(time.Minute)) {
		t.Errorf("due by hand became %v, %v", ticket.DueAt, err)
	}
	wantKey(t, ticket.Prioritise("soon"), CodeInvalid, "ticket.priority.unknown")
}
