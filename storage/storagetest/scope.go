package storagetest

import (
	"slices"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

// scopes asks every list of scoped records with every scope, and expects what
// crm.Scope.Sees says.
func scopes(t *testing.T, s bot.Store) {
	ctx := t.Context()
	type place struct {
		owner crm.UserID
		team  crm.TeamID
	}
	var places []place
	for owner := range crm.UserID(3) {
		for team := range crm.TeamID(3) {
			places = append(places, place{owner, team})
		}
	}
	for _, p := range places { // record n of every noun is at place n-1
		fine(t, s.CreateLead(ctx, &crm.Lead{OwnerID: p.owner, TeamID: p.team}))
		fine(t, s.CreateContacts(ctx, &crm.Contact{OwnerID: p.owner, TeamID: p.team}))
		fine(t, s.CreateAccount(ctx, &crm.Account{OwnerID: p.owner, TeamID: p.team}))
		fine(t, s.CreateOpportunity(ctx, &crm.Opportunity{OwnerID: p.owner, TeamID: p.team}))
		fine(t, s.CreateActivity(ctx, &crm.Activity{OwnerID: p.owner, TeamID: p.team}))
		fine(t, s.CreateTicket(ctx, &crm.Ticket{OwnerID: p.owner, TeamID: p.team}))
	}
	for reach := crm.None; reach <= crm.All; reach++ {
		for _, p := range places {
			scope := crm.Scope{Reach: reach, User: p.owner, Team: p.team}
			var want []int64
			for i, at := range places {
				if scope.Sees(at.owner, at.team) {
					want = append(want, int64(i+1))
				}
			}
			for name, got := range listed(t, s, scope) {
				if !slices.Equal(got, want) {
					t.Errorf("%s in %+v: %v, want %v", name, scope, got, want)
				}
			}
		}
	}
}

// listed are the ids of every noun in a scope, lowest first.
func listed(t *testing.T, s bot.Store, scope crm.Scope) map[string][]int64 {
	t.Helper()
	ctx := t.Context()
	leads, n, err := s.Leads(ctx, crm.LeadFilter{Scope: scope})
	fine(t, err)
	contacts, _, err := s.Contacts(ctx, crm.ContactFilter{Scope: scope})
	fine(t, err)
	accounts, _, err := s.Accounts(ctx, crm.AccountFilter{Scope: scope})
	fine(t, err)
	deals, _, err := s.Opportunities(ctx, crm.OpportunityFilter{Scope: scope})
	fine(t, err)
	activities, _, err := s.Activities(ctx, crm.ActivityFilter{Scope: scope})
	fine(t, err)
	tickets, _, err := s.Tickets(ctx, crm.TicketFilter{Scope: scope})
	fine(t, err)
	same(t, "total in scope", n, len(leads))
	return map[string][]int64{
		"leads": numbers(leads), "contacts": numbers(contacts), "accounts": numbers(accounts),
		"opportunities": numbers(deals), "activities": numbers(activities), "tickets": numbers(tickets),
	}
}

func numbers[T interface{ Ref() crm.Ref }](list []T) []int64 {
	var out []int64
	for _, x := range list {
		out = append(out, x.Ref().ID)
	}
	slices.Sort(out)
	return out
}
