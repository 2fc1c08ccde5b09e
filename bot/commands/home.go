package commands

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// homes is the page that somebody who works here has of his own, where a
// platform has such pages.
func homes() []bot.Command {
	return staff(bot.Command{Name: "home", Hidden: true, Run: home})
}

// home is somebody's day on one page: who waits, what is overdue and planned,
// his deals and tickets, and what he most often begins.
func home(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	d, err := dayOf(ctx, r)
	if err != nil {
		return nil, err
	}
	lines := append([]string{r.Words.T("home.title", "name", r.User.Name, "clock", r.Words.Clock(r.Now))}, d.lines...)
	if len(d.lines)+len(d.due)+len(d.leads) == 0 {
		lines = append(lines, r.Words.T("today.none"))
	}
	lines = section(r, lines, "today.tickets", d.due)
	lines = section(r, lines, "today.leads", d.leads)
	deals, total, err := ownDeals(ctx, r)
	if err != nil {
		return nil, err
	}
	lines = sectionOf(r, lines, "home.deals", deals, total)
	lines = sectionOf(r, lines, "home.tickets", d.later, len(d.later))
	return &bot.Reply{Text: strings.Join(lines, "\n"), Buttons: append(d.buttons, homeButtons(r)...)}, nil
}

// ownDeals are the first of the person's open deals, and how many there are.
func ownDeals(ctx context.Context, r *bot.Request) ([]string, int, error) {
	if r.Actor.Scope(crm.KindOpportunity).Reach == crm.None {
		return nil, 0, nil
	}
	found, total, err := r.CRM.Opportunities.List(ctx, r.Actor,
		crm.OpportunityFilter{Owner: r.Actor.User, Open: true, Page: crm.Page{Limit: shown}})
	var rows []string
	for _, o := range found {
		rows = append(rows, dealRow(r, o))
	}
	return rows, total, err
}

// homeButtons are what a page begins with one tap.
func homeButtons(r *bot.Request) []bot.Button {
	var out []bot.Button
	selling := r.Actor.Scope(crm.KindLead).Reach != crm.None
	if selling {
		out = append(out, press(r, "newlead", "lead.new"))
	}
	out = append(out, press(r, "newticket", "ticket.new"), press(r, "note", "note"))
	if selling {
		out = append(out, press(r, "pipeline", "pipeline"))
	}
	return append(out, press(r, "language", "language"))
}
