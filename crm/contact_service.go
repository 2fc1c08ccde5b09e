package crm

import (
	"context"
	"strings"
)

// ContactService keeps people outside.
type ContactService struct{ *base }

// Duplicate is a record that may be the same one. Staff see its reference and
// owner even out of their scope, and no more.
type Duplicate struct {
	Ref   Ref
	Owner UserID
}

// Create makes a contact by hand. The actor owns it. Duplicates by phone are
// returned beside it and are no error. Returns CodeInvalid, CodeForbidden.
func (s *ContactService) Create(ctx context.Context, by Actor, c *Contact) ([]Duplicate, error) {
	if err := by.may(create, KindContact, 0); err != nil {
		return nil, err
	}
	var doubles []Duplicate
	err := s.act(ctx, by, func(ctx context.Context, a *act) (err error) {
		if err := c.check(a.set); err != nil {
			return err
		}
		if c.First.At.IsZero() {
			c.First.At = a.now
			c.Latest = c.First
		}
		c.OwnerID, c.TeamID = by.User, by.Team
		if doubles, err = duplicates(ctx, a.store, c.Phone, 0); err != nil {
			return err
		}
		if err := a.store.CreateContacts(ctx, c); err != nil {
			return err
		}
		return a.made(ctx, c)
	})
	return doubles, err
}

// Contact returns one in scope; somebody outside sees himself. CodeNotFound.
func (s *ContactService) Contact(ctx context.Context, by Actor, id ContactID) (*Contact, error) {
	by, err := s.himself(ctx, by)
	if err != nil {
		return nil, err
	}
	c, err := s.store.Contact(ctx, id)
	return seen(by, c, err, Ref{KindContact, int64(id)})
}

// List returns contacts in scope, and how many there are.
func (s *ContactService) List(ctx context.Context, by Actor, f ContactFilter) ([]*Contact, int, error) {
	if err := by.sees(KindContact); err != nil {
		return nil, 0, err
	}
	f.Scope = by.Scope(KindContact)
	return s.store.Contacts(ctx, f)
}

// Set changes fields by name: name, phone, email, title, language, intent,
// account (a reference or an account's name). CodeInvalid names the field.
func (s *ContactService) Set(ctx context.Context, by Actor, id ContactID, fields map[string]string) (*Contact, error) {
	return s.change(ctx, by, id, modify, "changed", func(ctx context.Context, a *act, c *Contact) error {
		setters := c.setters(a.set)
		setters["account"] = func(v string) (err error) {
			c.AccountID, err = a.employer(ctx, v)
			return err
		}
		return set(setters, fields)
	})
}

// employer is the account that a reference or name means; "" is none. Returns
// CodeInvalid.
func (a *act) employer(ctx context.Context, v string) (AccountID, error) {
	if v = strings.TrimSpace(v); v == "" {
		return 0, nil
	}
	unknown := Fail(CodeInvalid, "account.unknown", "name", v).In("account")
	if ref, ok := ParseRef(v); ok && ref.Kind == KindAccount {
		if _, err := see(ctx, a.store, a.by, ref); CodeOf(err) == CodeNotFound {
			return 0, unknown
		} else if err != nil {
			return 0, err
		}
		return AccountID(ref.ID), nil
	}
	have, _, err := a.store.Accounts(ctx, AccountFilter{Scope: a.by.Scope(KindAccount), Name: v, Page: Page{Limit: 1}})
	if err != nil {
		return 0, err
	}
	if len(have) == 0 {
		return 0, unknown
	}
	return have[0].ID, nil
}

// Share records a number that the platform vouches for: the person's own.
// Claim records one that he typed: a hint for staff that links nothing. Both
// return CodeInvalid for what is no number.
func (s *ContactService) Share(ctx context.Context, id ContactID, phone string) (*Contact, error) {
	return s.own(ctx, id, "shared", func(a *act, c *Contact) error {
		return checked(&c.Phone, a.set.normalPhone)(phone)
	})
}

// Claim records a typed phone, see Share.
func (s *ContactService) Claim(ctx context.Context, id ContactID, phone string) (*Contact, error) {
	return s.own(ctx, id, "claimed", func(a *act, c *Contact) error {
		return checked(&c.Claimed, a.set.normalPhone)(phone)
	})
}

// Introduce records what somebody says he is called, where nobody knew it yet:
// a name that is there stays. CodeInvalid for none, or too long a one.
func (s *ContactService) Introduce(ctx context.Context, id ContactID, called string) (*Contact, error) {
	return s.own(ctx, id, "introduced", func(a *act, c *Contact) error {
		if c.Name != "" {
			return nil
		}
		return name("name", &c.Name)(called)
	})
}

// Arrive records where somebody came from: the latest source always, the
// first one once.
func (s *ContactService) Arrive(ctx context.Context, id ContactID, from Source) error {
	_, err := s.own(ctx, id, "arrived", func(a *act, c *Contact) error {
		if from.At.IsZero() {
			from.At = a.now
		}
		if c.First.Name == "" && c.First.Raw == "" {
			c.First = from
		}
		c.Latest = from
		return nil
	})
	return err
}

// OptOut records the wish for no more messages; out false takes it back.
func (s *ContactService) OptOut(ctx context.Context, id ContactID, out bool) error {
	_, err := s.own(ctx, id, "stopped", func(a *act, c *Contact) error {
		switch {
		case !out:
			c.OptedOut = Contact{}.OptedOut
		case c.OptedOut.IsZero():
			c.OptedOut = a.now
		}
		return nil
	})
	return err
}

// Assign gives a contact to a user. CodeInvalid for a user who has left.
func (s *ContactService) Assign(ctx context.Context, by Actor, id ContactID, to UserID) (*Contact, error) {
	return s.change(ctx, by, id, assign, "assigned", func(ctx context.Context, a *act, c *Contact) error {
		u, err := heir(ctx, a.store, to, KindContact)
		possess(u, &c.OwnerID, &c.TeamID)
		return err
	})
}

func (s *ContactService) change(ctx context.Context, by Actor, id ContactID, d do, verb string, fn func(context.Context, *act, *Contact) error) (contact *Contact, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		real, err := a.store.Contact(ctx, id) // what it was merged into
		if err != nil {
			return missing(err, Ref{KindContact, int64(id)})
		}
		contact, err = change(ctx, a, d, KindContact, verb, a.store.UpdateContact, real.ID,
			func(c *Contact) error { return fn(ctx, a, c) })
		if err != nil || real.Name != "" {
			return err
		}
		return a.nameLeads(ctx, contact)
	})
	return contact, err
}

// nameLeads gives the name of a contact, which nobody knew before, to the open
// leads that have none.
func (a *act) nameLeads(ctx context.Context, c *Contact) error {
	if c.Name == "" {
		return nil
	}
	open, _, err := a.store.Leads(ctx, LeadFilter{Scope: Everything(), Contact: c.ID, Open: true, Page: Page{Limit: 20, Uncounted: true}})
	if err != nil {
		return err
	}
	was := a.free
	defer func() { a.free = was }()
	a.free = true // whoever may name the person may name what he asks for
	for _, l := range open {
		if l.Name != "" {
			continue
		}
		_, err := change(ctx, a, modify, KindLead, "changed", a.store.UpdateLead, l.ID, func(l *Lead) error {
			l.Name = c.Name
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// own is a change that somebody outside makes about himself.
func (s *ContactService) own(ctx context.Context, id ContactID, verb string, fn func(*act, *Contact) error) (contact *Contact, err error) {
	c, err := s.store.Contact(ctx, id)
	if err != nil {
		return nil, missing(err, Ref{KindContact, int64(id)})
	}
	by := Actor{Kind: AuthorContact, Contact: c.ID}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		a.free = true
		contact, err = change(ctx, a, modify, KindContact, verb, a.store.UpdateContact, c.ID,
			func(c *Contact) error { return fn(a, c) })
		if err != nil || c.Name != "" {
			return err
		}
		return a.nameLeads(ctx, contact)
	})
	return contact, err
}
