package storagetest

import (
	"fmt"
	"slices"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

// conversationList has who waits longest first, then who spoke last. Colleagues'
// own chats are not in it.
func conversationList(t *testing.T, s bot.Store) {
	ctx := t.Context()
	list := []*crm.Conversation{
		{Chat: "1", Audience: crm.AudienceCustomers, LastInAt: at(1), Status: crm.ConversationOpen},
		{Chat: "2", Audience: crm.AudienceCustomers, LastInAt: at(5), Status: crm.ConversationHandedOff, AssigneeID: 3, LiveID: 3},
		{Chat: "3", Audience: crm.AudienceCustomers, LastInAt: at(4), WaitsSince: at(4), Status: crm.ConversationWaiting, AssigneeID: 3},
		{Chat: "4", Audience: crm.AudienceCustomers, LastInAt: at(9), WaitsSince: at(2), Status: crm.ConversationHandedOff, AssigneeID: 4},
		{Chat: "5", Audience: crm.AudienceCustomers, Status: crm.ConversationClosed, AssigneeID: 3},
		{Chat: "6", Audience: crm.AudienceStaff, LastInAt: at(9), WaitsSince: at(0)},
		{Chat: "7", Audience: crm.AudienceCustomers, UserID: 2, LastInAt: at(9)},
	}
	fine(t, s.CreateConversations(ctx, list))
	for chat, state := range map[int]crm.ThreadState{0: crm.ThreadLost, 1: crm.ThreadClosed, 3: crm.ThreadOpen} {
		fine(t, s.CreateThread(ctx, &crm.Thread{ConversationID: list[chat].ID, Platform: "p", Install: "i", State: state}))
	}
	for what, c := range map[string]struct {
		f    crm.ConversationFilter
		want []string
	}{
		"all":      {crm.ConversationFilter{}, []string{"4", "3", "2", "1", "5"}},
		"statuses": {crm.ConversationFilter{Statuses: []crm.ConversationStatus{crm.ConversationWaiting, crm.ConversationHandedOff}}, []string{"4", "3", "2"}},
		"assignee": {crm.ConversationFilter{Assignee: 3}, []string{"3", "2"}},
		"live":     {crm.ConversationFilter{Live: true}, []string{"2"}},
		"threaded": {crm.ConversationFilter{Threaded: true}, []string{"4", "2"}},
		"ids":      {crm.ConversationFilter{IDs: []crm.ConversationID{2, 4, 99}}, []string{"4", "2"}},
		"page":     {crm.ConversationFilter{Page: crm.Page{Limit: 2, Offset: 1}}, []string{"3", "2"}},
	} {
		c.f.Scope = everything
		got, n, err := s.ConversationList(ctx, c.f)
		fine(t, err)
		chats := []string{}
		for _, x := range got {
			chats = append(chats, x.Chat)
		}
		same(t, what, chats, c.want)
		if c.f.Page == (crm.Page{}) {
			same(t, what+": total", n, len(c.want))
		}
	}
}

// conversationScopes asks for the list with every scope, and expects what
// crm.Scope.Talks says.
func conversationScopes(t *testing.T, s bot.Store) {
	ctx := t.Context()
	teams := []crm.TeamID{0, ok(s.EnsureTeam(ctx, "a"))(t).ID, ok(s.EnsureTeam(ctx, "b"))(t).ID}
	users := []*crm.User{{}, {Handle: "1", TeamID: teams[1]}, {Handle: "2", TeamID: teams[2]}, {Handle: "3"}}
	for _, u := range users[1:] {
		fine(t, s.CreateUser(ctx, u))
	}
	var all []*crm.Conversation
	owners := map[crm.ContactID]*crm.Contact{0: {}}
	for _, owner := range users {
		// Somebody whose first contact was merged into the one that is owned.
		c := &crm.Contact{OwnerID: owner.ID, TeamID: owner.TeamID}
		fine(t, s.CreateContacts(ctx, c))
		twin := &crm.Contact{MergedInto: c.ID, OwnerID: 99}
		fine(t, s.CreateContacts(ctx, twin))
		owners[c.ID], owners[twin.ID] = c, c
		for _, contact := range []crm.ContactID{c.ID, twin.ID} {
			for _, u := range users {
				for _, status := range []crm.ConversationStatus{crm.ConversationOpen, crm.ConversationWaiting, crm.ConversationHandedOff} {
					all = append(all, &crm.Conversation{
						Chat: fmt.Sprint(len(all)), Audience: crm.AudienceCustomers, ContactID: contact, AssigneeID: u.ID, Status: status,
					})
				}
			}
		}
	}
	all = append(all, &crm.Conversation{Chat: "nobody", Audience: crm.AudienceCustomers})
	fine(t, s.CreateConversations(ctx, all))
	team := map[crm.UserID]crm.TeamID{}
	for _, u := range users {
		team[u.ID] = u.TeamID
	}
	for reach := crm.None; reach <= crm.All; reach++ {
		for _, by := range users {
			scope := crm.Scope{Reach: reach, User: by.ID, Team: by.TeamID}
			var want, got []crm.ConversationID
			for _, c := range all {
				of := owners[c.ContactID]
				if scope.Talks(c, team[c.AssigneeID], of.OwnerID, of.TeamID) {
					want = append(want, c.ID)
				}
			}
			list, n, err := s.ConversationList(ctx, crm.ConversationFilter{Scope: scope, Page: crm.Page{Limit: 500}})
			fine(t, err)
			for _, c := range list {
				got = append(got, c.ID)
			}
			slices.Sort(want)
			slices.Sort(got)
			same(t, fmt.Sprintf("in %+v", scope), got, want)
			same(t, "total", n, len(want))
		}
	}
}
