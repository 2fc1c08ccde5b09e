package customer

import (
	"context"
	"strings"

	"crmbot/bot"
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
	body := r.Words.Label("photo.note")
	if names := fileNames(r); names != "" {
		body += ": " + names
	}
	if _, err := r.CRM.Activities.Note(ctx, crm.System(), newest.Ref(), body); err != nil {
		return nil, err
	}
	r.Tell(newest.OwnerID, "notice.ticket.photo "+newest.Ref().String())
	return bot.Text(r.Words.T("photo.kept", "ref", newest.Ref().String())), nil
}

// fileNames is what the files of an event are called, "" for none.
func fileNames(r *bot.Request) string {
	var names []string
	for _, f := range r.Inbound.Files {
		if f.Name != "" {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}
