package storagetest

import (
	"slices"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

// scopesOf sees everything of the kinds.
func scopesOf(kinds ...crm.Kind) map[crm.Kind]crm.Scope {
	out := map[crm.Kind]crm.Scope{}
	for _, k := range kinds {
		out[k] = everything
	}
	return out
}

func searchWords(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateUser(ctx, &crm.User{Handle: "zhang.min", Name: "张敏"}))
	fine(t, s.CreateLead(ctx, &crm.Lead{Name: "张伟", Company: "融氏食品", Phone: "+8613800000000"}))
	fine(t, s.CreateAccount(ctx, &crm.Account{Name: "Rongshi Foods", City: "Shanghai", Phone: "+8602155501234"}))
	fine(t, s.CreateContacts(ctx,
		&crm.Contact{Name: "伟张", AccountID: 1, Email: "wei@rongshi.example"},
		&crm.Contact{Name: "Zoë Ｗｅｂｅｒ", Phone: "+41791234567", Email: "user21@example.com"},
		&crm.Contact{Name: "张伟强", Phone: "+8613900000001"}))
	fine(t, s.CreateOpportunity(ctx, &crm.Opportunity{Name: "麦芽糖浆 20 t", AccountID: 1}))
	fine(t, s.CreateTicket(ctx, &crm.Ticket{Title: "到货破袋"}))
	fine(t, s.CreateActivity(ctx, &crm.Activity{Body: "called 张伟, wants samples"}))
	fine(t, s.CreateArticle(ctx, &crm.Article{Title: "最小起订量", Slug: "moq", Phrasings: []string{"minimum order"}}))
	scopes := scopesOf(crm.KindLead, crm.KindContact, crm.KindAccount, crm.KindOpportunity,
		crm.KindTicket, crm.KindActivity, crm.KindArticle, crm.KindUser)
	for text, want := range map[string][]string{
		"张":               {"CON-1", "CON-3", "LEAD-1", "USER-1"},
		"张伟":              {"CON-3", "LEAD-1"},
		"张 伟":             {"CON-1", "CON-3", "LEAD-1"},
		"伟强":              {"CON-3"},
		"Rongshi":         {"ACC-1", "CON-1", "OPP-1"},
		"rong":            {"ACC-1", "CON-1", "OPP-1"},
		"FOODS rongshi":   {"ACC-1", "CON-1", "OPP-1"},
		"ong":             {},
		"ｒｏｎｇ　ｆｏｏ":        {"ACC-1", "CON-1", "OPP-1"},
		"zoë":             {"CON-2"},
		"weber":           {"CON-2"},
		"wei@rongshi":     {"CON-1"},
		"13800000000":     {"LEAD-1"},
		"+86 138-0000":    {"LEAD-1"},
		"0000":            {"CON-3", "LEAD-1"},
		"5501234":         {"ACC-1"},
		"糖浆":              {"OPP-1"},
		"麦芽糖浆 20":         {"OPP-1"},
		"融氏":              {"LEAD-1"},
		"破袋":              {"TIC-1"},
		"起订量":             {"ART-1"},
		"minimum":         {"ART-1"},
		"zhang.min":       {"USER-1"},
		"LEAD-1":          {"LEAD-1"},
		"opp1":            {"OPP-1"},
		"ACT-1":           {"ACT-1"},
		"lead-99":         {},
		"user2":           {"CON-2"},
		"samples":         {},
		"张伟 rongshi":      {},
		"' OR 1=1 --":     {},
		"\"":              {},
		"":                {},
		"  , ，":           {},
		"NEAR(rong foods": {},
	} {
		hits, err := s.Search(ctx, crm.Search{Text: text, Scopes: scopes, Limit: 20})
		if err != nil {
			t.Errorf("find %q: %v", text, err)
			continue
		}
		got := []string{}
		for _, h := range hits {
			got = append(got, h.Ref.String())
		}
		slices.Sort(got)
		same(t, "find "+text, got, want)
	}
	hits := ok(s.Search(ctx, crm.Search{Text: "rongshi foods", Scopes: scopes}))(t)
	same(t, "the exact name first", hits[0], crm.Hit{Ref: crm.Ref{Kind: crm.KindAccount, ID: 1}, Title: "Rongshi Foods", Note: "Shanghai"})
	hits = ok(s.Search(ctx, crm.Search{Text: "张伟", Scopes: scopes}))(t)
	same(t, "the exact Chinese name first", hits[0], crm.Hit{Ref: crm.Ref{Kind: crm.KindLead, ID: 1}, Title: "张伟", Note: "融氏食品"})
	hits = ok(s.Search(ctx, crm.Search{Text: "伟张", Scopes: scopes}))(t)
	same(t, "a contact's company tells him apart", hits[0].Note, "Rongshi Foods")
	same(t, "at most", len(ok(s.Search(ctx, crm.Search{Text: "张", Scopes: scopes, Limit: 2}))(t)), 2)
}

func searchFollows(t *testing.T, s bot.Store) {
	ctx := t.Context()
	find := func(text string) []string {
		t.Helper()
		out := []string{}
		for _, h := range ok(s.Search(ctx, crm.Search{Text: text, Scopes: scopesOf(crm.KindContact, crm.KindAccount)}))(t) {
			out = append(out, h.Ref.String()+" "+h.Title+" "+h.Note)
		}
		slices.Sort(out)
		return out
	}
	fine(t, s.CreateAccount(ctx, &crm.Account{Name: "Alpha"}))
	fine(t, s.CreateContacts(ctx, &crm.Contact{Name: "Bo", AccountID: 1}, &crm.Contact{Name: "Bo"}))
	same(t, "before", find("alpha"), []string{"ACC-1 Alpha ", "CON-1 Bo Alpha"})
	ok(s.UpdateAccount(ctx, 1, func(a *crm.Account) error { a.Name = "Beta"; return nil }))(t)
	same(t, "the old name", find("alpha"), []string{})
	same(t, "the new name", find("beta"), []string{"ACC-1 Beta ", "CON-1 Bo Beta"})
	ok(s.UpdateContact(ctx, 2, func(c *crm.Contact) error { c.MergedInto = 1; return nil }))(t)
	same(t, "a merged one is gone", find("bo"), []string{"CON-1 Bo Beta"})
	ok(s.UpdateContact(ctx, 2, func(c *crm.Contact) error { c.MergedInto = 0; return nil }))(t)
	same(t, "and back", find("bo"), []string{"CON-1 Bo Beta", "CON-2 Bo "})
	searchMerged(t, s, find)
	same(t, "kinds", len(ok(s.Search(ctx, crm.Search{
		Text: "beta", Kinds: []crm.Kind{crm.KindAccount},
		Scopes: scopesOf(crm.KindContact, crm.KindAccount),
	}))(t)), 1)
	same(t, "no scopes", len(ok(s.Search(ctx, crm.Search{Text: "beta"}))(t)), 0)
}

// searchMerged finds a contact by what those are called who were merged into it,
// however it changes since, and each by his own words when they are apart.
func searchMerged(t *testing.T, s bot.Store, find func(string) []string) {
	t.Helper()
	ctx := t.Context()
	fine(t, s.CreateContacts(ctx, &crm.Contact{Name: "Zoe", Phone: "+8613911112222"}, &crm.Contact{Name: "Ivy", Claimed: "+8613933334444"}))
	into := func(id, into crm.ContactID) {
		t.Helper()
		ok(s.UpdateContact(ctx, id, func(c *crm.Contact) error { c.MergedInto = into; return nil }))(t)
	}
	phone := func() []string {
		list, n, err := s.Contacts(ctx, crm.ContactFilter{Scope: everything, Phone: "+8613911112222"})
		fine(t, err)
		same(t, "total", n, len(list))
		return refs(list)
	}
	into(3, 4) // Zoe is Ivy
	into(4, 1) // and Ivy is Bo
	one := []string{"CON-1 Bo Beta"}
	for range 2 {
		same(t, "by another name", find("zoe"), one)
		same(t, "by a number", find("13911112222"), one)
		same(t, "by another's claim", find("13933334444"), one)
		same(t, "by phone", phone(), []string{"CON-1"})
		ok(s.UpdateAccount(ctx, 1, func(a *crm.Account) error { a.Name = "Gamma"; return nil }))(t)
		one = []string{"CON-1 Bo Gamma"}
	}
	ok(s.UpdateContact(ctx, 1, func(c *crm.Contact) error { c.Email = "bo@example.com"; return nil }))(t)
	same(t, "after a change", find("zoe"), one)
	into(4, 0)
	same(t, "apart", find("zoe"), []string{"CON-4 Ivy "})
	same(t, "his own", find("bo"), []string{"CON-1 Bo Gamma", "CON-2 Bo "})
	same(t, "by phone of the other", phone(), []string{"CON-4"})
	ok(s.UpdateAccount(ctx, 1, func(a *crm.Account) error { a.Name = "Beta"; return nil }))(t)
}

func searchScopes(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for owner := range crm.UserID(3) {
		for team := range crm.TeamID(3) {
			fine(t, s.CreateLead(ctx, &crm.Lead{Name: "Ana", OwnerID: owner, TeamID: team}))
			fine(t, s.CreateTicket(ctx, &crm.Ticket{Title: "Ana", OwnerID: owner, TeamID: team}))
		}
	}
	for reach := crm.None; reach <= crm.All; reach++ {
		scope := crm.Scope{Reach: reach, User: 1, Team: 2}
		hits := ok(s.Search(ctx, crm.Search{
			Text: "ana", Limit: 50,
			Scopes: map[crm.Kind]crm.Scope{crm.KindLead: scope, crm.KindTicket: {}},
		}))(t)
		seen := 0
		for owner := range crm.UserID(3) {
			for team := range crm.TeamID(3) {
				if scope.Sees(owner, team) {
					seen++
				}
			}
		}
		same(t, "leads seen", len(hits), seen)
		for _, h := range hits {
			same(t, "kind", h.Ref.Kind, crm.KindLead)
		}
		byRef := ok(s.Search(ctx, crm.Search{
			Text:   "TIC-1",
			Scopes: map[crm.Kind]crm.Scope{crm.KindLead: everything, crm.KindTicket: {}},
		}))(t)
		same(t, "a reference out of scope", len(byRef), 0)
	}
}
