package customer

import (
	"context"
	"fmt"
	"strings"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// photo puts what was sent without a word on the newest open ticket of its
// sender, and tells the owner. Without a ticket it says nothing.
func photo(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	open, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Contact: r.Contact.ID, Open: true, Page: crm.Page{Limit: 20}})
	if err != nil || len(open) == 0 {
		return nil, err
	}
	newest := open[0]
	for _, t := range open {
		if t.ID > newest.ID {
			newest = t
		}
	}
	n, ref := len(r.Inbound.Files), newest.Ref().String()
	if _, err := r.CRM.Activities.Note(ctx, crm.System(), newest.Ref(), sent(r)); err != nil {
		return nil, err
	}
	r.Tell(newest.OwnerID, fmt.Sprintf("notice.ticket.photo %s n=%d", ref, n))
	return bot.Text(r.Words.N("photo.kept", n, "ref", ref)), nil
}

// mostNamed bounds the files that a note names.
const mostNamed = 10

// sent is what a note says of the files of an event, "" for none.
func sent(r *bot.Request) string {
	var names []string
	for _, f := range r.Inbound.Files {
		if f.Name != "" && len(names) < mostNamed {
			names = append(names, f.Name)
		}
	}
	n := len(r.Inbound.Files)
	if n == 0 {
		return ""
	}
	note := markup.Plain(r.Words.N("photo.note", n))
	if len(names) > 0 {
		note += ": " + strings.Join(names, ", ")
	}
	return note
}
