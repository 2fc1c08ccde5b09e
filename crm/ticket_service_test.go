package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

func TestTicketOwner(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		contact string // who owns the contact
		gone    []string
		want    string
	}{
		{"to service", "", nil, "zhao.min"},
		{"to the contact's owner, if he serves", "zhao.min", nil, "zhao.min"},
		{"not to the contact's owner, if he sells", "zhou.na", nil, "zhao.min"},
		{"to sales, if nobody serves", "", []string{"zhao.min"}, "wang.fang"},
		{"to nobody, if nobody is there", "", []string{"zhao.min", "wang.fang", "chen.jie", "zhou.na"}, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.stranger(t, "Ana")
			if x.contact != "" {
				must(w.Contacts.Assign(t.Context(), crm.System(), c.ID, w.id(x.contact)))(t)
			}
			for _, handle := range x.gone {
				must(w.Users.Off(t.Context(), w.as("admin"), w.id(handle)))(t)
			}
			ticket := &crm.Ticket{Kind: crm.TicketComplaint, Body: "torn bags", OwnerID: 4711}
			if err := w.Tickets.Create(t.Context(), customer(c), ticket); err != nil {
				t.Fatal(err)
			}
			owner := crm.UserID(0)
			if x.want != "" {
				owner = w.id(x.want)
			}
			if ticket.OwnerID != owner || ticket.ContactID != c.ID {
				t.Errorf("owner %v, want %s", ticket.OwnerID, x.want)
			}
			if ticket.Priority != crm.PriorityHigh || !ticket.DueAt.Equal(w.now.Add(24*time.Hour)) || ticket.Status != crm.TicketOpen {
				t.Errorf("ticket %+v", ticket)
			}
		})
	}
}

// A customer sees his own tickets, and may do nothing but make them.
func TestTicketsOfCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana, bo := w.stranger(t, "Ana"), w.stranger(t, "Bo")
	ticket := &crm.Ticket{Body: "where is it?", ContactID: bo.ID}
	if err := w.Tickets.Create(t.Context(), customer(ana), ticket); err != nil {
		t.Fatal(err)
	}
	if ticket.ContactID != ana.ID {
		t.Errorf("Ana opened a ticket of %v", ticket.ContactID)
	}
	must(w.Tickets.Ticket(t.Context(), customer(ana), ticket.ID))(t)
	_, err := w.Tickets.Ticket(t.Context(), customer(bo), ticket.ID)
	want(t, err, "not_found")
	_, err = w.Tickets.Ticket(t.Context(), crm.Actor{Kind: crm.AuthorContact}, ticket.ID)
	want(t, err, "not_found")
	for _, c := range []struct {
		who *crm.Contact
		n   int
	}{{ana, 1}, {bo, 0}} {
		_, n, err := w.Tickets.List(t.Context(), customer(c.who), crm.TicketFilter{Scope: crm.Everything()})
		if err != nil || n != c.n {
			t.Errorf("%s sees %d tickets, %v", c.who.Name, n, err)
		}
	}
	_, _, err = w.Tickets.List(t.Context(), crm.Actor{Kind: crm.AuthorContact}, crm.TicketFilter{})
	want(t, err, "forbidden")
	_, err = w.Tickets.Close(t.Context(), customer(ana), ticket.ID)
	want(t, err, "forbidden forbidden.staff")
	_, err = w.Tickets.Close(t.Context(), customer(bo), ticket.ID)
	want(t, err, "not_found")
	_, err = w.Contacts.Set(t.Context(), customer(ana), ana.ID, map[string]string{"name": "Eve"})
	want(t, err, "forbidden forbidden.staff")
	_, err = w.Contacts.Contact(t.Context(), customer(ana), bo.ID)
	want(t, err, "not_found")
	_, err = w.Contacts.Timeline(t.Context(), customer(ana), ana.ID, 5)
	want(t, err, "forbidden")
	hits, err := w.Records.Find(t.Context(), customer(ana), "Bo", nil, 5)
	if err != nil || len(hits) != 0 {
		t.Errorf("Ana finds %v, %v", hits, err)
	}
}

func TestTicketLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zhao, wang := w.as("zhao.min"), w.as("wang.fang")
	ticket := &crm.Ticket{Body: "torn bags"}
	if err := w.Tickets.Create(t.Context(), wang, ticket); err != nil {
		t.Fatal(err)
	}
	must(w.Tickets.Prioritise(t.Context(), zhao, ticket.ID, crm.PriorityUrgent))(t)
	if got := must(w.Tickets.Ticket(t.Context(), zhao, ticket.ID))(t); !got.DueAt.Equal(w.now.Add(4 * time.Hour)) {
		t.Errorf("urgent, due %v", got.DueAt)
	}
	_, err := w.Tickets.Due(t.Context(), zhao, ticket.ID, w.now)
	want(t, err, "invalid time.past")
	must(w.Tickets.Due(t.Context(), zhao, ticket.ID, w.now.Add(time.Hour)))(t)
	must(w.Tickets.Prioritise(t.Context(), zhao, ticket.ID, crm.PriorityLow))(t)
	got := must(w.Tickets.Solve(t.Context(), zhao, ticket.ID, "resent"))(t)
	if !got.DueAt.Equal(w.now.Add(time.Hour)) || got.Solution != "resent" || got.Status != crm.TicketSolved {
		t.Errorf("ticket %+v", got)
	}
	_, err = w.Tickets.Solve(t.Context(), zhao, ticket.ID, "again")
	want(t, err, "conflict ticket.is.solved")
	must(w.Tickets.Close(t.Context(), zhao, ticket.ID))(t)
	must(w.Tickets.Reopen(t.Context(), zhao, ticket.ID))(t)
	if got := w.trail(t, ticket.Ref()); got != "created priority due priority solved closed reopened" {
		t.Errorf("trail %q", got)
	}
	_, err = w.Tickets.Close(t.Context(), w.as("zhou.na"), ticket.ID)
	want(t, err, "not_found") // of no team of hers
	must(w.Tickets.Assign(t.Context(), zhao, ticket.ID, w.id("chen.jie")))(t)
	_, err = w.Tickets.Close(t.Context(), wang, ticket.ID)
	want(t, err, "forbidden forbidden.service") // sees her team's, may close her own
	must(w.Tickets.Close(t.Context(), w.as("chen.jie"), ticket.ID))(t)
	_, err = w.Tickets.Prioritise(t.Context(), zhao, ticket.ID, "soon")
	want(t, err, "invalid ticket.priority.unknown")
}
