package crm

import (
	"context"
	"errors"
	"slices"
)

// Merge is what happens when a contact turns out to be another one. Nothing is
// rewritten: all that the first has is found from the second from then on, and
// every conversation keeps its own address.
type Merge struct {
	From, Into    *Contact        // Into is the one that stays
	Moves         map[Kind]int    // how many records of each kind are found from Into then
	Identities    []*Identity     // of From
	Conversations []*Conversation // of From
	Conflicts     []MergeConflict // signs that these are two people
}

// MergeConflict is a strong sign that two contacts are two people: each has
// another phone, or each is another sender at the same install.
type MergeConflict struct {
	Platform, Install string // of an identity; "" is the phone
	From, Into        string // as people read it
}

// PlanMerge says what Merge would do and changes nothing. CodeConflict if the two
// are one already, CodeNotFound for who is out of scope, CodeForbidden.
func (s *ContactService) PlanMerge(ctx context.Context, by Actor, from, into ContactID) (*Merge, error) {
	return planMerge(ctx, &act{store: s.store, set: *s.set, by: by, now: s.now()}, from, into)
}

// Merge makes one contact of two: into stays, or what that one was merged into.
// Undo parts them again. CodeConflict (key "merge.two") where Conflicts say that
// these are two people, unless a person is sure; the plan comes with it. Else as
// PlanMerge.
func (s *ContactService) Merge(ctx context.Context, by Actor, from, into ContactID, sure bool) (*Merge, error) {
	var m *Merge
	err := s.act(ctx, by, func(ctx context.Context, a *act) (err error) {
		if err := hold(ctx, a.store, from, into); err != nil {
			return err
		}
		if m, err = planMerge(ctx, a, from, into); err != nil {
			return err
		}
		if len(m.Conflicts) > 0 && !sure {
			return Fail(CodeConflict, "merge.two", "from", m.From.Name, "into", m.Into.Name)
		}
		m.From, err = change(ctx, a, modify, KindContact, "merged", a.store.UpdateContact, m.From.ID, func(c *Contact) error {
			c.MergedInto = m.Into.ID
			return nil
		})
		return err
	})
	return m, err
}

// hold keeps both contacts for this transaction, always in one order, so that
// two merges at once cannot make a circle.
func hold(ctx context.Context, store Store, ids ...ContactID) error {
	for i, id := range ids {
		c, err := store.Contact(ctx, id)
		if err != nil {
			return missing(err, Ref{KindContact, int64(id)})
		}
		ids[i] = c.ID
	}
	slices.Sort(ids)
	for _, id := range ids {
		_, err := store.UpdateContact(ctx, id, func(*Contact) error { return errSame })
		if !errors.Is(err, errSame) {
			return err
		}
	}
	return nil
}

func planMerge(ctx context.Context, a *act, from, into ContactID) (*Merge, error) {
	m := &Merge{}
	var err error
	if m.From, err = a.partner(ctx, from); err != nil {
		return nil, err
	}
	if m.Into, err = a.partner(ctx, into); err != nil {
		return nil, err
	}
	if m.From.ID == m.Into.ID {
		return nil, Fail(CodeConflict, "merge.same")
	}
	if m.Identities, err = a.store.IdentitiesOf(ctx, m.From.ID, 0); err != nil {
		return nil, err
	}
	if m.Conversations, err = a.store.ConversationsOf(ctx, m.From.ID, 0); err != nil {
		return nil, err
	}
	if m.Moves, err = countOf(ctx, a.store, m.From.ID); err != nil {
		return nil, err
	}
	m.Moves[KindIdentity], m.Moves[KindConversation] = len(m.Identities), len(m.Conversations)
	m.Conflicts, err = strong(ctx, a.store, m)
	return m, err
}

// partner is a contact, or what it was merged into, that the actor may change.
func (a *act) partner(ctx context.Context, id ContactID) (*Contact, error) {
	c, err := a.store.Contact(ctx, id)
	if err != nil {
		return nil, missing(err, Ref{KindContact, int64(id)})
	}
	return c, a.check(modify, c)
}

// countOf counts the records of a contact, those out of the actor's scope too:
// they move all the same.
func countOf(ctx context.Context, store Store, id ContactID) (map[Kind]int, error) {
	out, one, all := map[Kind]int{}, Page{Limit: 1}, Everything()
	var errs [4]error
	_, out[KindLead], errs[0] = store.Leads(ctx, LeadFilter{Scope: all, Contact: id, Page: one})
	_, out[KindOpportunity], errs[1] = store.Opportunities(ctx, OpportunityFilter{Scope: all, Contact: id, Page: one})
	_, out[KindTicket], errs[2] = store.Tickets(ctx, TicketFilter{Scope: all, Contact: id, Page: one})
	_, out[KindActivity], errs[3] = store.Activities(ctx, ActivityFilter{Scope: all, Contact: id, Page: one})
	return out, errors.Join(errs[:]...)
}

// strong are the signs that the two of a merge are two people.
func strong(ctx context.Context, store Store, m *Merge) ([]MergeConflict, error) {
	var out []MergeConflict
	if m.From.Phone != "" && m.Into.Phone != "" && m.From.Phone != m.Into.Phone {
		out = append(out, MergeConflict{From: m.From.Phone, Into: m.Into.Phone})
	}
	have, err := store.IdentitiesOf(ctx, m.Into.ID, 0)
	if err != nil {
		return nil, err
	}
	for _, i := range m.Identities {
		for _, j := range have {
			if i.Platform == j.Platform && i.Install == j.Install {
				out = append(out, MergeConflict{Platform: i.Platform, Install: i.Install, From: either(i.Name, i.Sender), Into: either(j.Name, j.Sender)})
			}
		}
	}
	return out, nil
}

// Doubles are contacts that may be the same person: they have the phone that
// this one has or says he has. Their owner and reference are shown out of scope
// too. CodeNotFound.
func (s *ContactService) Doubles(ctx context.Context, by Actor, id ContactID) ([]Duplicate, error) {
	r, err := see(ctx, s.store, by, Ref{KindContact, int64(id)})
	if err != nil {
		return nil, err
	}
	var out []Duplicate
	c := r.(*Contact)
	for _, phone := range []string{c.Phone, c.Claimed} {
		if phone == "" {
			continue
		}
		same, _, err := s.store.Contacts(ctx, ContactFilter{Scope: Everything(), Phone: phone, Page: Page{Limit: 5}})
		if err != nil {
			return nil, err
		}
		for _, other := range same {
			d := Duplicate{Ref: other.Ref(), Owner: other.OwnerID}
			if other.ID != c.ID && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out, nil
}
