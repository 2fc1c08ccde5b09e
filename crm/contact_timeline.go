package crm

import (
	"context"
	"slices"
)

// Timeline is what happened with a contact over all channels, newest first:
// messages, notes, plans, and changes of his records. The actor must see him,
// and of his records only those are told that the actor sees. CodeNotFound.
func (s *ContactService) Timeline(ctx context.Context, by Actor, id ContactID, limit int) ([]TimelineItem, error) {
	c, err := s.Contact(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if by.Kind == AuthorContact {
		return nil, Fail(CodeForbidden, "forbidden.staff")
	}
	if limit <= 0 {
		limit = 20
	}
	messages, err := s.store.Timeline(ctx, c.ID, limit)
	if err != nil {
		return nil, err
	}
	items := make([]TimelineItem, 0, 2*limit)
	for _, m := range messages {
		items = append(items, TimelineItem{At: m.Happened, Message: m})
	}
	records, err := recordsOf(ctx, s.store, by, c)
	if err != nil {
		return nil, err
	}
	if err := s.told(ctx, &items, c, records, limit); err != nil {
		return nil, err
	}
	slices.SortStableFunc(items, func(a, b TimelineItem) int { return b.At.Compare(a.At) })
	return items[:min(limit, len(items))], nil
}

// told adds the activities and events of the records.
func (s *ContactService) told(ctx context.Context, items *[]TimelineItem, c *Contact, records []Ref, limit int) error {
	page := Page{Limit: limit, Uncounted: true}
	acts, _, err := s.store.Activities(ctx, ActivityFilter{Scope: Everything(), Contact: c.ID, Page: page})
	if err != nil {
		return err
	}
	for _, a := range acts {
		if slices.Contains(records, a.Subject()) {
			*items = append(*items, TimelineItem{At: a.Created, Activity: a})
		}
	}
	for _, ref := range records {
		events, _, err := s.store.Events(ctx, EventFilter{Subject: ref, Page: page})
		if err != nil {
			return err
		}
		for _, e := range events {
			*items = append(*items, TimelineItem{At: e.At, Event: e})
		}
	}
	return nil
}

// recordsOf are the contact, those merged into him, and those of his leads, opportunities and tickets
// that the actor sees.
func recordsOf(ctx context.Context, s Store, by Actor, c *Contact) ([]Ref, error) {
	out := []Ref{c.Ref()}
	merged, err := s.MergedContacts(ctx, c.ID)
	if err := collect(&out, merged, err); err != nil {
		return nil, err
	}
	if scope := by.Scope(KindLead); scope.Reach != None {
		leads, _, err := s.Leads(ctx, LeadFilter{Scope: scope, Contact: c.ID})
		if err := collect(&out, leads, err); err != nil {
			return nil, err
		}
	}
	if scope := by.Scope(KindOpportunity); scope.Reach != None {
		deals, _, err := s.Opportunities(ctx, OpportunityFilter{Scope: scope, Contact: c.ID})
		if err := collect(&out, deals, err); err != nil {
			return nil, err
		}
	}
	tickets, _, err := s.Tickets(ctx, TicketFilter{Scope: by.Scope(KindTicket), Contact: c.ID})
	return out, collect(&out, tickets, err)
}
