package crm

import (
	"context"
	"time"
)

// TicketService answers for requests for help.
type TicketService struct{ *base }

// Create makes a ticket. The priority is normal, a complaint's is high; due by
// priority (urgent 4 h, high 24 h, normal 3 days, low 7 days). Without an
// owner it goes to the contact's owner if he serves, else in turn among
// service, else among sales.
func (s *TicketService) Create(ctx context.Context, by Actor, t *Ticket) error { return errTodo }

// Ticket returns one in scope; a customer sees his own. CodeNotFound.
func (s *TicketService) Ticket(ctx context.Context, by Actor, id TicketID) (*Ticket, error) {
	return nil, errTodo
}

// List returns tickets in scope; a customer's are his own.
func (s *TicketService) List(ctx context.Context, by Actor, f TicketFilter) ([]*Ticket, int, error) {
	return nil, 0, errTodo
}

// Assign gives a ticket to a user.
func (s *TicketService) Assign(ctx context.Context, by Actor, id TicketID, to UserID) (*Ticket, error) {
	return nil, errTodo
}

// Prioritise sets the priority, and with it the due time if that was not set
// by hand.
func (s *TicketService) Prioritise(ctx context.Context, by Actor, id TicketID, p Priority) (*Ticket, error) {
	return nil, errTodo
}

// Due sets the due time by hand.
func (s *TicketService) Due(ctx context.Context, by Actor, id TicketID, at time.Time) (*Ticket, error) {
	return nil, errTodo
}

// Solve records the solution. From open or pending; else CodeConflict.
func (s *TicketService) Solve(ctx context.Context, by Actor, id TicketID, solution string) (*Ticket, error) {
	return nil, errTodo
}

// Close ends a ticket. CodeConflict if it is closed.
func (s *TicketService) Close(ctx context.Context, by Actor, id TicketID) (*Ticket, error) {
	return nil, errTodo
}

// Reopen takes a solved or closed ticket up again.
func (s *TicketService) Reopen(ctx context.Context, by Actor, id TicketID) (*Ticket, error) {
	return nil, errTodo
}
