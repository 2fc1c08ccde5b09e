package crm

import "context"

// Conversion is what a lead became.
type Conversion struct {
	Lead        *Lead
	Account     *Account
	Contact     *Contact
	Opportunity *Opportunity
}

// Convert makes account, contact and opportunity of an open lead in one
// transaction. The contact it came from is reused, an account of the same name
// and in scope too. CodeConflict if it was converted or lost.
func (s *LeadService) Convert(ctx context.Context, by Actor, id LeadID) (*Conversion, error) {
	c := &Conversion{}
	err := s.act(ctx, by, func(ctx context.Context, a *act) error {
		l, err := a.store.Lead(ctx, id)
		if err != nil {
			return missing(err, Ref{KindLead, int64(id)})
		}
		if err := a.check(modify, l); err != nil {
			return err
		}
		if !l.Open() {
			return l.stuck()
		}
		if l.OwnerID == 0 {
			l.OwnerID, l.TeamID = by.User, by.Team
		}
		a.free = true // who may convert the lead may make what it becomes
		return a.convert(ctx, l, c)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// convert makes what the lead becomes. The lead itself comes last, so that
// undo takes it back first.
func (a *act) convert(ctx context.Context, l *Lead, c *Conversion) (err error) {
	if c.Account, err = a.account(ctx, l); err != nil {
		return err
	}
	if c.Contact, err = a.contact(ctx, l, c.Account.ID); err != nil {
		return err
	}
	first := a.set.Stages.First()
	c.Opportunity = &Opportunity{
		Name: either(headline(l.Need), c.Account.Name), AccountID: c.Account.ID, ContactID: c.Contact.ID, LeadID: l.ID,
		Stage: first.Key, Probability: first.Probability, Amount: Money{Currency: a.set.Currency},
		Source: either(l.First.Name, c.Contact.First.Name), Intent: l.Intent, OwnerID: l.OwnerID, TeamID: l.TeamID, Created: a.now,
	}
	if err := a.store.CreateOpportunity(ctx, c.Opportunity); err != nil {
		return err
	}
	if err := a.made(ctx, c.Opportunity); err != nil {
		return err
	}
	owner, team := l.OwnerID, l.TeamID
	c.Lead, err = change(ctx, a, modify, KindLead, "converted", a.store.UpdateLead, l.ID, func(l *Lead) error {
		l.OwnerID, l.TeamID = owner, team
		return l.Convert(c.Account.ID, c.Contact.ID, c.Opportunity.ID)
	})
	return err
}

// account is the company of the lead, made if there is none of that name.
func (a *act) account(ctx context.Context, l *Lead) (*Account, error) {
	called := either(l.Company, l.Name)
	if called == "" { // somebody who has not said his name
		c, err := a.store.Contact(ctx, l.ContactID)
		if err != nil {
			return nil, err
		}
		called = either(c.Name, l.Phone, c.Phone, l.Ref().String())
	}
	if have, err := a.named(ctx, called); err != nil || have != nil {
		return have, err
	}
	account := &Account{Name: called, OwnerID: l.OwnerID, TeamID: l.TeamID, Created: a.now}
	return account, a.found(ctx, account)
}

// contact is the person of the lead: the one it came from, now at the account,
// or a new one.
func (a *act) contact(ctx context.Context, l *Lead, account AccountID) (*Contact, error) {
	if l.ContactID == 0 {
		c := &Contact{
			Name: l.Name, Phone: l.Phone, Email: l.Email, AccountID: account, Intent: l.Intent,
			First: l.First, Latest: l.Latest, OwnerID: l.OwnerID, TeamID: l.TeamID, Created: a.now,
		}
		if err := a.store.CreateContacts(ctx, c); err != nil {
			return nil, err
		}
		return c, a.made(ctx, c)
	}
	from, err := a.store.Contact(ctx, l.ContactID)
	if err != nil {
		return nil, err
	}
	return change(ctx, a, modify, KindContact, "changed", a.store.UpdateContact, from.ID, func(c *Contact) error {
		if c.AccountID == 0 {
			c.AccountID = account
		}
		if c.OwnerID == 0 {
			c.OwnerID, c.TeamID = l.OwnerID, l.TeamID
		}
		c.Name = either(c.Name, l.Name)
		c.Phone = either(c.Phone, l.Phone)
		c.Email = either(c.Email, l.Email)
		return nil
	})
}
