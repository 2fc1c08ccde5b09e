package crm

import (
	"context"
	"time"
)

// LeadService works leads from the first word to the opportunity.
type LeadService struct{ *base }

// joinWithin is how long a second wish joins the open lead of the first.
const joinWithin = 7 * 24 * time.Hour

// Create makes a lead by hand; the actor owns it if he sells, else it goes to
// the salesperson whose turn it is. Duplicates by phone among leads and
// contacts are returned beside it and are no error. Returns CodeInvalid,
// CodeForbidden.
func (s *LeadService) Create(ctx context.Context, by Actor, l *Lead) ([]Duplicate, error) {
	if err := by.may(create, KindLead, 0); err != nil {
		return nil, err
	}
	var doubles []Duplicate
	err := s.act(ctx, by, func(ctx context.Context, a *act) error {
		if err := l.check(a.set, a.now); err != nil {
			return err
		}
		l.Status = LeadNew
		l.arrived(a.now)
		mine := UserID(0)
		if by.Role == RoleSales {
			mine = by.User
		}
		owner, err := a.seller(ctx, mine)
		if err != nil {
			return err
		}
		possess(owner, &l.OwnerID, &l.TeamID)
		if doubles, err = duplicates(ctx, a.store, l.Phone, l.ContactID); err != nil {
			return err
		}
		if err := a.store.CreateLead(ctx, l); err != nil {
			return err
		}
		return a.made(ctx, l)
	})
	return doubles, err
}

// Wish is a customer's wish to buy from a chat. Within seven days a second
// wish joins the open lead of the contact (joined true): its need is added.
// A new lead goes to the contact's owner, else in turn among sales, and the
// contact without an owner gets the same one. Who has not said his name has a
// lead without one. Returns CodeInvalid,
// CodeNotFound for the contact.
func (s *LeadService) Wish(ctx context.Context, contact ContactID, l *Lead) (lead *Lead, joined bool, err error) {
	by := Actor{Kind: AuthorContact, Contact: contact}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		a.free = true
		c, err := a.store.Contact(ctx, contact)
		if err != nil {
			return missing(err, Ref{KindContact, int64(contact)})
		}
		l.Name, l.ContactID = either(l.Name, c.Name), c.ID
		if err := l.check(a.set, a.now); err != nil {
			return err
		}
		open, _, err := a.store.Leads(ctx, LeadFilter{
			Scope: Everything(), Contact: c.ID, Open: true, Since: a.now.Add(-joinWithin), Page: Page{Limit: 1, Uncounted: true},
		})
		if err != nil {
			return err
		}
		if joined = len(open) > 0; joined {
			lead, err = change(ctx, a, modify, KindLead, "joined", a.store.UpdateLead, open[0].ID,
				func(have *Lead) error { have.join(l); return nil })
			return err
		}
		lead = l
		return a.wish(ctx, c, l)
	})
	return lead, joined, err
}

// wish makes the lead of a contact.
func (a *act) wish(ctx context.Context, c *Contact, l *Lead) error {
	l.Status = LeadNew
	l.Phone = either(l.Phone, c.Phone)
	if l.First.Name == "" {
		l.First, l.Latest = c.First, c.Latest
	}
	l.arrived(a.now)
	owner, err := a.seller(ctx, c.OwnerID)
	if err != nil {
		return err
	}
	possess(owner, &l.OwnerID, &l.TeamID)
	if err := a.store.CreateLead(ctx, l); err != nil {
		return err
	}
	if err := a.made(ctx, l); err != nil || c.OwnerID != 0 || owner == nil {
		return err
	}
	_, err = change(ctx, a, assign, KindContact, "assigned", a.store.UpdateContact, c.ID, func(c *Contact) error {
		possess(owner, &c.OwnerID, &c.TeamID)
		return nil
	})
	return err
}

// Lead returns one in scope. CodeNotFound.
func (s *LeadService) Lead(ctx context.Context, by Actor, id LeadID) (*Lead, error) {
	l, err := s.store.Lead(ctx, id)
	return seen(by, l, err, Ref{KindLead, int64(id)})
}

// List returns leads in scope, and how many there are. CodeForbidden for who
// sees no leads at all.
func (s *LeadService) List(ctx context.Context, by Actor, f LeadFilter) ([]*Lead, int, error) {
	if err := by.sees(KindLead); err != nil {
		return nil, 0, err
	}
	f.Scope = by.Scope(KindLead)
	return s.store.Leads(ctx, f)
}

// Set changes fields by name: name, company, phone, email, need, source,
// intent. CodeInvalid names the field.
func (s *LeadService) Set(ctx context.Context, by Actor, id LeadID, fields map[string]string) (*Lead, error) {
	return s.change(ctx, by, id, "changed", func(a *act, l *Lead) error {
		return set(l.setters(a.set, a.now), fields)
	})
}

// Qualify says that the need is real. From new or working; else CodeConflict.
func (s *LeadService) Qualify(ctx context.Context, by Actor, id LeadID) (*Lead, error) {
	return s.change(ctx, by, id, "qualified", func(_ *act, l *Lead) error { return l.Qualify() })
}

// Lose ends an open lead with a reason. CodeInvalid without one, CodeConflict
// if it is not open.
func (s *LeadService) Lose(ctx context.Context, by Actor, id LeadID, reason string) (*Lead, error) {
	return s.change(ctx, by, id, "lost", func(_ *act, l *Lead) error { return l.Lose(reason) })
}

// Reopen takes a lost lead up again; else CodeConflict.
func (s *LeadService) Reopen(ctx context.Context, by Actor, id LeadID) (*Lead, error) {
	return s.change(ctx, by, id, "reopened", func(_ *act, l *Lead) error { return l.Reopen() })
}

// Grade sets the intent level. Returns CodeInvalid.
func (s *LeadService) Grade(ctx context.Context, by Actor, id LeadID, intent Intent) (*Lead, error) {
	return s.change(ctx, by, id, "graded", func(_ *act, l *Lead) error {
		return checked(&l.Intent, ParseIntent)(string(intent))
	})
}

// Assign gives a lead to a user, and its contact with it if that had the same
// owner or none. CodeInvalid for a user who has left or sees no leads.
func (s *LeadService) Assign(ctx context.Context, by Actor, id LeadID, to UserID) (lead *Lead, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		var had UserID
		var u *User
		lead, err = change(ctx, a, assign, KindLead, "assigned", a.store.UpdateLead, id, func(l *Lead) error {
			if u, err = heir(ctx, a.store, to, KindLead); err != nil {
				return err
			}
			had = l.OwnerID
			possess(u, &l.OwnerID, &l.TeamID)
			return nil
		})
		if err != nil || lead.ContactID == 0 {
			return err
		}
		c, err := a.store.Contact(ctx, lead.ContactID)
		if err != nil || c.OwnerID != had && c.OwnerID != 0 {
			return err
		}
		a.free = true // whoever may give the lead gives its contact with it
		_, err = change(ctx, a, assign, KindContact, "assigned", a.store.UpdateContact, c.ID, func(c *Contact) error {
			possess(u, &c.OwnerID, &c.TeamID)
			return nil
		})
		return err
	})
	return lead, err
}

func (s *LeadService) change(ctx context.Context, by Actor, id LeadID, verb string, fn func(*act, *Lead) error) (lead *Lead, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		lead, err = change(ctx, a, modify, KindLead, verb, a.store.UpdateLead, id,
			func(l *Lead) error { return fn(a, l) })
		return err
	})
	return lead, err
}
