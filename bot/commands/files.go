package commands

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	mostFiles   = 10
	filesWithin = 300            // messages that are looked through
	filesBefore = 24 * time.Hour // what was sent so long before a ticket belongs to it
)

// files are the pictures and papers that customers sent about a record: of a
// ticket those of its conversation from a day before it was opened, else all
// of the person's.
func files(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	hit, err := r.CRM.Records.Show(ctx, r.Actor, r.Args.Subject)
	if err != nil {
		return nil, err
	}
	messages, err := messagesAbout(ctx, r, hit.Ref)
	if err != nil {
		return nil, err
	}
	var ids []crm.MessageID
	for _, m := range messages {
		if m.Direction == crm.In && m.Deleted.IsZero() {
			ids = append(ids, m.ID)
		}
	}
	media, err := r.Store.MediaOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return filesOf(r, titled(hit.Ref, cut(r.Words.Called(hit.Title), 60)), media), nil
}

// filesOf shows the latest files that are here, and says what is missing.
func filesOf(r *bot.Request, title string, media []*crm.Media) *bot.Reply {
	reply, waiting, failed := &bot.Reply{}, 0, 0
	for _, m := range media {
		switch m.State {
		case crm.MediaStored:
			reply.Files = append(reply.Files, bot.File{Name: m.Name, MIME: m.MIME, Size: m.Size, Hash: m.Hash})
		case crm.MediaFailed:
			failed++
		default:
			waiting++
		}
	}
	all := len(reply.Files)
	reply.Files = reply.Files[max(0, all-mostFiles):]
	switch {
	case all > mostFiles:
		reply.Text = r.Words.T("files.latest", "n", mostFiles, "all", all, "record", title)
	case all > 0:
		reply.Text = r.Words.N("files.title", all, "record", title)
	default:
		reply.Text = r.Words.T("files.none", "record", title)
	}
	if waiting > 0 {
		reply.Text += "\n" + r.Words.N("files.waiting", waiting)
	}
	if failed > 0 {
		reply.Text += "\n" + r.Words.N("files.failed", failed)
	}
	return reply
}

// messagesAbout is what was said about a record, oldest first.
func messagesAbout(ctx context.Context, r *bot.Request, ref crm.Ref) ([]*crm.Message, error) {
	contact := crm.ContactID(0)
	switch ref.Kind {
	case crm.KindTicket:
		t, err := r.CRM.Tickets.Ticket(ctx, r.Actor, crm.TicketID(ref.ID))
		if err != nil || t.ConversationID == 0 {
			return nil, err
		}
		all, err := r.Store.Messages(ctx, t.ConversationID, 0, -filesWithin)
		return between(all, t.Created.Add(-filesBefore), t.ClosedAt), err
	case crm.KindLead:
		l, err := r.CRM.Leads.Lead(ctx, r.Actor, crm.LeadID(ref.ID))
		if err != nil {
			return nil, err
		}
		contact = l.ContactID
	case crm.KindOpportunity:
		o, err := r.CRM.Opportunities.Opportunity(ctx, r.Actor, crm.OpportunityID(ref.ID))
		if err != nil {
			return nil, err
		}
		contact = o.ContactID
	case crm.KindContact:
		contact = crm.ContactID(ref.ID)
	}
	if contact == 0 {
		return nil, nil
	}
	return r.Store.Timeline(ctx, contact, filesWithin)
}

// between are the messages of a span; the zero time is no end.
func between(all []*crm.Message, from, to time.Time) []*crm.Message {
	var out []*crm.Message
	for _, m := range all {
		if !m.Received.Before(from) && (to.IsZero() || !m.Received.After(to)) {
			out = append(out, m)
		}
	}
	return out
}
