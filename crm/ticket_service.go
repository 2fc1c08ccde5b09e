package crm

import (
	"context"
	"time"
)

// TicketService answers for requests for help.
type TicketService struct{ *base }

// Create makes a ticket; a customer's is his own. The priority is normal, a
// complaint's is high; due by priority (urgent 4 h, high 24 h, normal 3 days,
// low 7 days). Without an owner it goes to the contact's owner if he serves,
// else in turn among service, else among sales, else to the actor. Returns
// CodeInvalid, CodeNotFound for a contact or account out of scope.
func (s *TicketService) Create(ctx context.Context, by Actor, t *Ticket) error {
	by, err := s.himself(ctx, by)
	if err != nil {
		return err
	}
	if by.Kind == AuthorContact {
		t.ContactID, t.OwnerID = by.Contact, 0
	} else if err := by.may(create, KindTicket, 0); err != nil {
		return err
	}
	return s.act(ctx, by, func(ctx context.Context, a *act) error {
		if err := t.check(a.now); err != nil {
			return err
		}
		owner, err := a.reporter(ctx, t)
		if err != nil {
			return err
		}
		var u *User
		if t.OwnerID != 0 {
			u, err = heir(ctx, a.store, t.OwnerID, KindTicket)
		} else {
			u, err = a.server(ctx, owner)
		}
		if err != nil {
			return err
		}
		possess(u, &t.OwnerID, &t.TeamID)
		if err := a.store.CreateTicket(ctx, t); err != nil {
			return err
		}
		return a.made(ctx, t)
	})
}

// reporter checks whom a new ticket is from and returns who owns that contact.
func (a *act) reporter(ctx context.Context, t *Ticket) (owner UserID, err error) {
	if t.ContactID != 0 {
		r, err := see(ctx, a.store, a.by, Ref{KindContact, int64(t.ContactID)})
		if err != nil {
			return 0, err
		}
		c := r.(*Contact)
		t.ContactID, owner = c.ID, c.OwnerID
		if a.by.Kind == AuthorContact {
			t.AccountID = c.AccountID
		}
		if t.AccountID == 0 {
			t.AccountID = c.AccountID
		}
	}
	if t.AccountID != 0 && a.by.Staff() {
		_, err = see(ctx, a.store, a.by, Ref{KindAccount, int64(t.AccountID)})
	}
	return owner, err
}

// Ticket returns one in scope; a customer sees his own. CodeNotFound.
func (s *TicketService) Ticket(ctx context.Context, by Actor, id TicketID) (*Ticket, error) {
	ref := Ref{KindTicket, int64(id)}
	by, err := s.himself(ctx, by)
	if err != nil {
		return nil, err
	}
	t, err := s.store.Ticket(ctx, id)
	if err != nil || by.Kind != AuthorContact {
		return seen(by, t, err, ref)
	}
	from, err := s.himself(ctx, Actor{Kind: AuthorContact, Contact: t.ContactID})
	if err != nil || from.Contact == 0 || from.Contact != by.Contact {
		return nil, absent(ref)
	}
	return t, nil
}

// List returns tickets in scope, and how many there are; a customer's are his
// own.
func (s *TicketService) List(ctx context.Context, by Actor, f TicketFilter) ([]*Ticket, int, error) {
	by, err := s.himself(ctx, by)
	if err != nil {
		return nil, 0, err
	}
	if by.Kind == AuthorContact && by.Contact != 0 {
		f.Scope, f.Contact = Everything(), by.Contact
		return s.store.Tickets(ctx, f)
	}
	if err := by.sees(KindTicket); err != nil {
		return nil, 0, err
	}
	f.Scope = by.Scope(KindTicket)
	return s.store.Tickets(ctx, f)
}

// Assign gives a ticket to a user. CodeInvalid for one who has left.
func (s *TicketService) Assign(ctx context.Context, by Actor, id TicketID, to UserID) (*Ticket, error) {
	return s.change(ctx, by, id, assign, "assigned", func(ctx context.Context, a *act, t *Ticket) error {
		u, err := heir(ctx, a.store, to, KindTicket)
		possess(u, &t.OwnerID, &t.TeamID)
		return err
	})
}

// Prioritise sets the priority, and with it the due time if that was not set
// by hand. Returns CodeInvalid.
func (s *TicketService) Prioritise(ctx context.Context, by Actor, id TicketID, p Priority) (*Ticket, error) {
	return s.change(ctx, by, id, modify, "priority", func(_ context.Context, _ *act, t *Ticket) error {
		return t.Prioritise(p)
	})
}

// Due sets the due time by hand. CodeInvalid for a time that is over.
func (s *TicketService) Due(ctx context.Context, by Actor, id TicketID, at time.Time) (*Ticket, error) {
	return s.change(ctx, by, id, modify, "due", func(_ context.Context, a *act, t *Ticket) error {
		if !at.After(a.now) {
			return Fail(CodeInvalid, "time.past").In("due")
		}
		t.DueAt = at.UTC().Truncate(time.Microsecond)
		return nil
	})
}

// Solve records the solution. From open or pending; else CodeConflict.
func (s *TicketService) Solve(ctx context.Context, by Actor, id TicketID, solution string) (*Ticket, error) {
	return s.change(ctx, by, id, modify, "solved", func(_ context.Context, a *act, t *Ticket) error {
		return t.Solve(solution, a.now)
	})
}

// Close ends a ticket. CodeConflict if it is closed.
func (s *TicketService) Close(ctx context.Context, by Actor, id TicketID) (*Ticket, error) {
	return s.change(ctx, by, id, modify, "closed", func(_ context.Context, a *act, t *Ticket) error {
		return t.Close(a.now)
	})
}

// Reopen takes a solved or closed ticket up again; else CodeConflict.
func (s *TicketService) Reopen(ctx context.Context, by Actor, id TicketID) (*Ticket, error) {
	return s.change(ctx, by, id, modify, "reopened", func(_ context.Context, _ *act, t *Ticket) error {
		return t.Reopen()
	})
}

func (s *TicketService) change(ctx context.Context, by Actor, id TicketID, d do, verb string, fn func(context.Context, *act, *Ticket) error) (t *Ticket, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		t, err = change(ctx, a, d, KindTicket, verb, a.store.UpdateTicket, id,
			func(t *Ticket) error { return fn(ctx, a, t) })
		return err
	})
	return t, err
}
