package router

import (
	"context"
	"slices"

	"crmbot/crm"
)

// current leaves out what is the same person a second time: the contact of a
// lead that is still worked, and the lead that a contact was made of.
func current(ctx context.Context, t *turn, hits []crm.Hit) []crm.Hit {
	drop := map[crm.Ref]bool{}
	for _, h := range hits {
		if h.Ref.Kind != crm.KindLead || len(hits) < 2 {
			continue
		}
		lead, err := t.CRM.Leads.Lead(ctx, t.Actor, crm.LeadID(h.Ref.ID))
		if err != nil || lead.ContactID == 0 {
			continue
		}
		contact := crm.Ref{Kind: crm.KindContact, ID: int64(lead.ContactID)}
		if !slices.ContainsFunc(hits, func(x crm.Hit) bool { return x.Ref == contact }) {
			continue
		}
		if lead.Open() {
			drop[contact] = true
		} else {
			drop[h.Ref] = true
		}
	}
	return slices.DeleteFunc(hits, func(h crm.Hit) bool { return drop[h.Ref] })
}
