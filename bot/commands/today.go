package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// today is what is waiting for the person: customers who asked for somebody,
// what is overdue and what is planned, tickets that are due, leads that nobody
// has called yet.
func today(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	d, err := dayOf(ctx, r)
	if err != nil {
		return nil, err
	}
	lines := section(r, d.lines, "today.tickets", d.due)
	lines = section(r, lines, "today.leads", d.leads)
	if len(lines) == 0 {
		return bot.Text(r.Words.T("today.none")), nil
	}
	return &bot.Reply{Text: strings.Join(lines, "\n"), Buttons: d.buttons}, nil
}

// day is what somebody's day is made of.
type day struct {
	lines   []string // who waits, what is overdue, what is planned
	due     []string // tickets that are due before midnight
	later   []string // other open tickets
	leads   []string // that are still new
	buttons []bot.Button
}

func dayOf(ctx context.Context, r *bot.Request) (*day, error) {
	plans, err := r.CRM.Activities.Today(ctx, r.Actor)
	if err != nil {
		return nil, err
	}
	var late, planned []string
	d := &day{}
	for i, a := range plans {
		x := entry(a.Ref(), r.Words.Moment(a.DueAt, r.Now), cut(a.Body, 80), aboutTitle(ctx, r, a.Subject()))
		if a.DueAt.Before(r.Now) {
			late = append(late, x)
		} else {
			planned = append(planned, x)
		}
		if i < 5 {
			d.buttons = append(d.buttons, bot.Button{
				Label:  r.Words.Label("today.done", "text", cut(a.Body, 20)),
				Action: "done " + a.Ref().String(), Once: true,
			})
		}
	}
	who, takes, seen, err := waiting(ctx, r)
	if err != nil {
		return nil, err
	}
	d.buttons = append(takes, d.buttons...)
	asked, err := d.tickets(ctx, r, seen)
	if err != nil {
		return nil, err
	}
	who = append(who, asked...)
	d.leads, err = freshLeads(ctx, r)
	d.lines = section(r, d.lines, "today.waiting", who)
	d.lines = section(r, d.lines, "today.late", late)
	d.lines = section(r, d.lines, "today.plans", planned)
	return d, err
}

// section adds a heading with its rows, at most eight, unless there are none.
func section(r *bot.Request, lines []string, key string, rows []string) []string {
	return sectionOf(r, lines, key, rows, len(rows))
}

// sectionOf is section of the first rows of more.
func sectionOf(r *bot.Request, lines []string, key string, rows []string, total int) []string {
	if len(rows) == 0 {
		return lines
	}
	rows = rows[:min(len(rows), shown)]
	lines = append(lines, r.Words.N(key, total))
	for _, x := range rows {
		lines = append(lines, "- "+x)
	}
	if total > len(rows) {
		lines = append(lines, r.Words.N("list.more", total-len(rows)))
	}
	return lines
}

// tickets sorts the person's open tickets: those of customers who wait in their
// chat and are not among those seen already, which it returns, those that are
// due before midnight, the others.
func (d *day) tickets(ctx context.Context, r *bot.Request, seen map[crm.ConversationID]bool) (waiting []string, err error) {
	found, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{
		Owner: r.Actor.User, Open: true, Page: crm.Page{Limit: 100},
	})
	if err != nil {
		return nil, err
	}
	for _, t := range found {
		waits, err := customerWaits(ctx, r, t)
		if err != nil {
			return nil, err
		}
		switch {
		case seen[t.ConversationID] && wishOnly(r, t):
		case waits && !seen[t.ConversationID]:
			waiting = append(waiting, entry(t.Ref(), contactName(ctx, r, t.ContactID), t.Title, r.Words.Moment(t.Created, r.Now)))
		case !t.DueAt.IsZero() && t.DueAt.Before(midnight(r.Now)):
			d.due = append(d.due, ticketRow(r, t))
		default:
			d.later = append(d.later, ticketRow(r, t))
		}
	}
	return waiting, nil
}

// wishOnly says whether a ticket keeps nothing but the wish for a person.
func wishOnly(r *bot.Request, t *crm.Ticket) bool {
	return slices.ContainsFunc(r.Words.Every("person.ticket"), func(w string) bool { return strings.HasPrefix(t.Title, w) })
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
			rows = append(rows, entry(l.Ref(), joined(leadNames(r, l)...), phone(r, l.Phone), cut(l.Need, 60), r.Words.Moment(l.Created, r.Now)))
		}
	}
	return rows, nil
}

// midnight is the end of a moment's day.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}
