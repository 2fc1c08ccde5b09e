package storagetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

func users(t *testing.T, s bot.Store) {
	ctx := t.Context()
	east, again := ok(s.EnsureTeam(ctx, "East"))(t), ok(s.EnsureTeam(ctx, "East"))(t)
	same(t, "a team is made once", again, east)
	west := ok(s.EnsureTeam(ctx, "华西"))(t)
	same(t, "teams by name", ok(s.Teams(ctx))(t), []*crm.Team{east, west})
	for _, u := range []*crm.User{
		{Handle: "wang", Name: "王芳", Role: crm.RoleSales, TeamID: east.ID, Active: true},
		{Handle: "ana", Name: "Ana", Role: crm.RoleAdmin, Active: true},
		{Handle: "bo", Name: "Bo", Role: crm.RoleSales, TeamID: west.ID},
	} {
		fine(t, s.CreateUser(ctx, u))
	}
	names := func(f crm.UserFilter) (out []string) {
		t.Helper()
		for _, u := range ok(s.Users(ctx, f))(t) {
			out = append(out, u.Handle)
		}
		return out
	}
	same(t, "by name", names(crm.UserFilter{}), []string{"ana", "bo", "wang"})
	same(t, "roles", names(crm.UserFilter{Roles: []crm.Role{crm.RoleSales, crm.RoleManager}}), []string{"bo", "wang"})
	same(t, "team", names(crm.UserFilter{Team: west.ID}), []string{"bo"})
	same(t, "active", names(crm.UserFilter{Active: true}), []string{"ana", "wang"})
	same(t, "except", names(crm.UserFilter{Except: []crm.UserID{1, 3}}), []string{"ana"})
	ok(s.UpdateUser(ctx, 2, func(u *crm.User) error { u.AwayAt = at(1); return nil }))(t)
	same(t, "present", names(crm.UserFilter{Present: true}), []string{"bo", "wang"})
	for i, status := range []crm.ConversationStatus{
		crm.ConversationWaiting, crm.ConversationHandedOff, crm.ConversationOpen, crm.ConversationClosed,
	} {
		fine(t, s.CreateConversations(ctx, []*crm.Conversation{{Chat: fmt.Sprint(i), AssigneeID: 1, Status: status}}))
	}
	same(t, "who has two", names(crm.UserFilter{Under: 3}), []string{"ana", "bo", "wang"})
	same(t, "who has fewer", names(crm.UserFilter{Under: 2}), []string{"ana", "bo"})
	same(t, "whose turn it is", ok(s.NextUser(ctx, crm.UserFilter{Under: 2, Present: true, Except: []crm.UserID{2}}))(t).Handle, "bo")
	same(t, "handle", ok(s.UserByHandle(ctx, "bo"))(t).Name, "Bo")
}

func turns(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for _, handle := range []string{"a", "b", "c"} {
		fine(t, s.CreateUser(ctx, &crm.User{Handle: handle, Role: crm.RoleSales, Active: true}))
	}
	fine(t, s.CreateUser(ctx, &crm.User{Handle: "gone", Role: crm.RoleSales}))
	f := crm.UserFilter{Roles: []crm.Role{crm.RoleSales}, Active: true}
	order := ""
	for range 7 { // the clock stands still
		order += ok(s.NextUser(ctx, f))(t).Handle
	}
	same(t, "turns", order, "abcabca")
	u := ok(s.UserByHandle(ctx, "a"))(t)
	same(t, "a turn is no change of the record", u.Version, int64(1))
	if u.TurnAt.Before(Clock()) {
		t.Errorf("turn at %v", u.TurnAt)
	}

	var lock sync.Mutex
	var all sync.WaitGroup
	got := map[string]int{}
	for range 6 {
		all.Go(func() {
			for range 5 {
				u, err := s.NextUser(ctx, f)
				lock.Lock()
				if err != nil {
					t.Errorf("turn: %v", err)
				} else {
					got[u.Handle]++
				}
				lock.Unlock()
			}
		})
	}
	all.Wait()
	same(t, "fair among six at once", got, map[string]int{"a": 10, "b": 10, "c": 10})
}

func linkCodes(t *testing.T, s bot.Store) {
	ctx := t.Context()
	u := &crm.User{Handle: "a"}
	fine(t, s.CreateUser(ctx, u))
	for i, user := range []crm.UserID{u.ID, u.ID, 0} {
		fine(t, s.CreateLinkCode(ctx, &crm.LinkCode{Hash: fmt.Sprint(i), UserID: user, Expires: at(10)}))
	}
	got := ok(s.UpdateLinkCode(ctx, 1, func(c *crm.LinkCode) error { c.Tries++; c.Used = at(1); return nil }))(t)
	same(t, "read back", ok(s.LinkCodeByHash(ctx, "0"))(t), got)
	fine(t, s.EndLinkCodes(ctx, u.ID, at(2)))
	used := func() (out []time.Time) {
		for i := range 3 {
			out = append(out, ok(s.LinkCodeByHash(ctx, fmt.Sprint(i)))(t).Used)
		}
		return out
	}
	same(t, "ended", used(), []time.Time{at(1), at(2), {}})
	fine(t, s.EndLinkCodes(ctx, 0, at(3)))
	same(t, "the admin's too", used(), []time.Time{at(1), at(2), at(3)})
}

func identities(t *testing.T, s bot.Store) {
	ctx := t.Context()
	a := &crm.Identity{Platform: "p", Install: "i", Sender: "1", Name: "Ana", ContactID: 4}
	b := &crm.Identity{Platform: "p", Install: "i", Sender: "2", UserID: 5}
	twice := &crm.Identity{Platform: "p", Install: "i", Sender: "1", Name: "other"}
	fine(t, s.CreateIdentities(ctx, []*crm.Identity{b, a, twice}))
	if a.ID == 0 || b.ID == 0 || a.ID == b.ID || twice.ID != 0 {
		t.Errorf("ids %d %d %d", a.ID, b.ID, twice.ID)
	}
	late := &crm.Identity{Platform: "p", Install: "i", Sender: "1", Name: "late"}
	c := &crm.Identity{Platform: "p", Install: "other", Sender: "1"}
	fine(t, s.CreateIdentities(ctx, []*crm.Identity{late, c}))
	if late.ID != 0 || c.ID == 0 {
		t.Errorf("late %d, new %d", late.ID, c.ID)
	}
	found := ok(s.Identities(ctx, []crm.IdentityKey{a.Key(), c.Key(), {Platform: "p", Install: "i", Sender: "9"}}))(t)
	byKey := map[crm.IdentityKey]*crm.Identity{}
	for _, x := range found {
		byKey[x.Key()] = x
	}
	same(t, "found", byKey, map[crm.IdentityKey]*crm.Identity{a.Key(): a, c.Key(): c})
	same(t, "of the contact", ok(s.IdentitiesOf(ctx, 4, 0))(t), []*crm.Identity{a})
	same(t, "of the user", ok(s.IdentitiesOf(ctx, 0, 5))(t), []*crm.Identity{b})
	same(t, "of both", len(ok(s.IdentitiesOf(ctx, 4, 5))(t)), 2)
	same(t, "of nobody", len(ok(s.IdentitiesOf(ctx, 0, 0))(t)), 0)
	same(t, "of no key", len(ok(s.Identities(ctx, nil))(t)), 0)
	fine(t, s.CreateIdentities(ctx, nil))
	got := ok(s.UpdateIdentity(ctx, c.ID, func(x *crm.Identity) error { x.GoneAt, x.Chat = at(1), "77"; return nil }))(t)
	same(t, "changed", ok(first(s.Identities(ctx, []crm.IdentityKey{c.Key()})))(t), got)
}

// identityRace has eight processes insert the same hundred senders in eight
// orders. Each sender is one row, and exactly one of them made it.
func identityRace(t *testing.T, s bot.Store) {
	const processes, senders = 8, 100
	var lock sync.Mutex
	var all sync.WaitGroup
	made := map[string]int{}
	for p := range processes {
		all.Go(func() {
			var batch []*crm.Identity
			for i := range senders {
				batch = append(batch, &crm.Identity{Platform: "p", Sender: fmt.Sprint((i*7 + p*13) % senders)})
			}
			err := s.CreateIdentities(t.Context(), batch)
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				t.Errorf("create: %v", err)
			}
			for _, x := range batch {
				if x.ID != 0 {
					made[x.Sender]++
				}
			}
		})
	}
	all.Wait()
	same(t, "senders made", len(made), senders)
	for sender, n := range made {
		if n != 1 {
			t.Errorf("sender %s was made %d times", sender, n)
		}
	}
}
