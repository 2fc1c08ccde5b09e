package crm

import "context"

// duplicates are the leads and contacts of everybody that have this phone, or
// come from this contact and are open.
func duplicates(ctx context.Context, s Store, phone string, contact ContactID) ([]Duplicate, error) {
	var out []Duplicate
	few := Page{Limit: 5}
	known := map[Ref]bool{}
	add := func(r Ref, owner UserID) {
		if !known[r] {
			known[r] = true
			out = append(out, Duplicate{Ref: r, Owner: owner})
		}
	}
	leads := []LeadFilter{}
	if phone != "" {
		leads = append(leads, LeadFilter{Scope: Everything(), Phone: phone, Page: few})
		contacts, _, err := s.Contacts(ctx, ContactFilter{Scope: Everything(), Phone: phone, Page: few})
		if err != nil {
			return nil, err
		}
		for _, c := range contacts {
			if c.ID != contact {
				add(c.Ref(), c.OwnerID)
			}
		}
	}
	if contact != 0 {
		leads = append(leads, LeadFilter{Scope: Everything(), Contact: contact, Open: true, Page: few})
	}
	for _, f := range leads {
		found, _, err := s.Leads(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			add(l.Ref(), l.OwnerID)
		}
	}
	return out, nil
}
