package commands

import (
	"context"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// today is what is waiting for the person: customers who asked for somebody,
// what is overdue and what is planned, tickets that are due, leads that nobody
// has called yet.
func today(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	plans, err := r.CRM.Activities.Today(ctx, r.Actor)
	if err != nil {
		return nil, err
	}
	var late, planned []string
	reply := &bot.Reply{}
	for i, a := range plans {
		x := entry(a.Ref(), r.Words.Moment(a.DueAt, r.Now), cut(a.Body, 80), aboutTitle(ctx, r, a.Subject()))
		if a.DueAt.Before(r.Now) {
			late = append(late, x)
		} else {
			planned = append(planned, x)
		}
		if i < 5 {
			reply.Buttons = append(reply.Buttons, bot.Button{
				Label:  r.Words.Label("today.done", "text", cut(a.Body, 20)),
				Action: "done " + a.Ref().String(), Once: true,
			})
		}
	}
	waiting, due, err := askedTickets(ctx, r)
	if err != nil {
		return nil, err
	}
	fresh, err := freshLeads(ctx, r)
	if err != nil {
		return nil, err
	}
	var lines []string
	lines = section(r, lines, "today.waiting", waiting)
	lines = section(r, lines, "today.late", late)
	lines = section(r, lines, "today.plans", planned)
	lines = section(r, lines, "today.tickets", due)
	lines = section(r, lines, "today.leads", fresh)
	if len(lines) == 0 {
		return bot.Text(r.Words.T("today.none")), nil
	}
	reply.Text = strings.Join(lines, "\n")
	return reply, nil
}

// section adds a heading with its rows, at most eight, unless there are none.
func section(r *bot.Request, lines []string, key string, rows []string) []string {
	if len(rows) == 0 {
		return lines
	}
	lines = append(lines, r.Words.N(key, len(rows)))
	for i, x := range rows {
		if i == shown {
			return append(lines, r.Words.N("list.more", len(rows)-shown))
		}
		lines = append(lines, "- "+x)
	}
	return lines
}

// askedTickets are the person's open tickets that cannot wait: of customers
// who are waiting in their chat, and those that are due before midnight.
func askedTickets(ctx context.Context, r *bot.Request) (waiting, due []string, err error) {
	found, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{
		Owner: r.Actor.User, Open: true, Page: crm.Page{Limit: 100},
	})
	if err != nil {
		return nil, nil, err
	}
	for _, t := range found {
		waits, err := customerWaits(ctx, r, t)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case waits:
			waiting = append(waiting, entry(t.Ref(), contactName(ctx, r, t.ContactID), t.Title, r.Words.Moment(t.Created, r.Now)))
		case !t.DueAt.IsZero() && t.DueAt.Before(midnight(r.Now)):
			due = append(due, ticketRow(r, t))
		}
	}
	return waiting, due, nil
}

// customerWaits says whether the ticket's customer asked for a person and
// nobody has come yet.
func customerWaits(ctx context.Context, r *bot.Request, t *crm.Ticket) (bool, error) {
	if t.ConversationID == 0 {
		return false, nil
	}
	c, err := r.Store.Conversation(ctx, t.ConversationID)
	if err != nil {
		return false, err
	}
	return c.Status == crm.ConversationWaiting, nil
}

// freshLeads are the person's leads that are still new.
func freshLeads(ctx context.Context, r *bot.Request) ([]string, error) {
	if r.Actor.Scope(crm.KindLead).Reach == crm.None {
		return nil, nil
	}
	found, _, err := r.CRM.Leads.List(ctx, r.Actor, crm.LeadFilter{
		Owner: r.Actor.User, Open: true, Page: crm.Page{Limit: 100},
	})
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, l := range found {
		if l.Status == crm.LeadNew {
			rows = append(rows, entry(l.Ref(), l.Name, l.Company, phone(r, l.Phone), cut(l.Need, 60), r.Words.Moment(l.Created, r.Now)))
		}
	}
	return rows, nil
}

// midnight is the end of a moment's day.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}
