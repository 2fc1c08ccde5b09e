package customer

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// reportTrouble takes down what went wrong. The customer gets a number to ask by.
func reportTrouble(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	body := r.Args.String("text")
	if order := r.Args.String("order"); order != "" {
		body += "\n" + r.Words.Label("field.order") + ": " + order
	}
	ticket := &crm.Ticket{
		Kind: crm.TicketKind(r.Args.String("kind")), Title: title(r.Args.String("text")), Body: body,
		ContactID: r.Contact.ID, AccountID: r.Contact.AccountID, ConversationID: r.Conversation.ID,
	}
	if err := r.CRM.Tickets.Create(ctx, r.Actor, ticket); err != nil {
		return nil, err
	}
	r.Tell(ticket.OwnerID, "notice.ticket.new "+ticket.Ref().String())
	text := promised(ctx, r, "trouble.noted", ticket.OwnerID, "ref", ticket.Ref().String())
	if ticket.Kind != crm.TicketQuestion {
		text += "\n" + r.Words.T("trouble.photo")
	}
	return bot.Text(text), nil
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
