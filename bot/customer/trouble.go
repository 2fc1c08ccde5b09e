package customer

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// reportTrouble takes down what went wrong. The customer gets a number to ask by.
func reportTrouble(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ticket := &crm.Ticket{
		Kind: crm.TicketKind(r.Args.String("kind")), Title: title(r.Args.String("text")), Body: account(r),
		ContactID: r.Contact.ID, AccountID: r.Contact.AccountID, ConversationID: r.Conversation.ID,
	}
	ticket.DueAt = due(r, ticket.Kind)
	if err := r.CRM.Tickets.Create(ctx, r.Actor, ticket); err != nil {
		return nil, err
	}
	r.Tell(ticket.OwnerID, "notice.ticket.new "+ticket.Ref().String())
	text := promised(ctx, r, "trouble.noted", ticket.OwnerID, "ref", ticket.Ref().String())
	if ticket.Kind != crm.TicketQuestion {
		text += "\n" + r.Words.T("trouble.photo")
	}
	return offerNotices(r, bot.Text(text)), nil
}

// account is what was said about the trouble, on one line.
func account(r *bot.Request) string {
	body := oneLine(r.Args.String("text"))
	for _, name := range []string{"order", "question"} {
		if text := r.Args.String(name); text != "" {
			body += "; " + r.Words.Label("field."+name) + ": " + oneLine(text)
		}
	}
	return body
}

// oneLine joins lines, since cards show the first.
func oneLine(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, " / ")
}

// title is the first line of a text, not too long.
func title(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// noOrder says that a question needs no order number.
func noOrder(r *bot.Request) string {
	if r.Args.String("kind") == string(crm.TicketQuestion) {
		return " "
	}
	return ""
}

// lastQuestion is what was asked last, for a message that is left about it.
func lastQuestion(r *bot.Request) string {
	if r.Args.Has("asked") {
		return r.Session.Asked
	}
	return ""
}
