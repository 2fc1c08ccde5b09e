package crm

import "testing"

// The table of who sees what, once more and in another form: a slip in the
// first must not pass unseen. Columns are all, a colleague of the team,
// oneself, and nobody's.
func TestScope(t *testing.T) {
	t.Parallel()
	const me, mate, other, mine, theirs = 1, 2, 3, 10, 20
	sees := func(s Scope) string {
		out := ""
		for _, x := range []struct {
			owner UserID
			team  TeamID
			mark  string
		}{{other, theirs, "a"}, {mate, mine, "t"}, {me, mine, "o"}, {0, 0, "n"}} {
			if s.Sees(x.owner, x.team) {
				out += x.mark
			}
		}
		return out
	}
	const all, team, self, none = "aton", "ton", "on", ""
	want := map[Kind]map[Role]string{
		KindLead:         {RoleAdmin: all, RoleManager: team, RoleSales: self, RoleService: none},
		KindContact:      {RoleAdmin: all, RoleManager: team, RoleSales: self, RoleService: all},
		KindAccount:      {RoleAdmin: all, RoleManager: all, RoleSales: all, RoleService: all},
		KindOpportunity:  {RoleAdmin: all, RoleManager: team, RoleSales: self, RoleService: none},
		KindTicket:       {RoleAdmin: all, RoleManager: all, RoleSales: team, RoleService: all},
		KindActivity:     {RoleAdmin: all, RoleManager: team, RoleSales: self, RoleService: team},
		KindArticle:      {RoleAdmin: all, RoleManager: all, RoleSales: all, RoleService: all},
		KindUser:         {RoleAdmin: all, RoleManager: all, RoleSales: all, RoleService: all},
		KindConversation: {RoleAdmin: all, RoleManager: team, RoleSales: self, RoleService: all},
		KindIdentity:     {RoleAdmin: none, RoleManager: none, RoleSales: none, RoleService: none},
		KindQuestion:     {RoleAdmin: none, RoleManager: none, RoleSales: none, RoleService: none},
		"unheard of":     {RoleAdmin: none, RoleManager: none, RoleSales: none, RoleService: none},
	}
	for kind, row := range want {
		for role, marks := range row {
			a := Actor{Kind: AuthorUser, User: me, Role: role, Team: mine}
			if got := sees(a.Scope(kind)); got != marks {
				t.Errorf("%s sees %q of %s, want %q", role, got, kind, marks)
			}
		}
	}
	for kind := range reaches[RoleAdmin] {
		if want[kind] == nil {
			t.Errorf("%s has no row in this test", kind)
		}
	}
}

func TestScopeOfOthers(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		have Actor
		want Scope
	}{
		{"the program", System(), Everything()},
		{"nobody", Actor{}, Scope{}},
		{"a customer", Actor{Kind: AuthorContact, Contact: 1}, Scope{}},
		{"the bot", Actor{Kind: AuthorBot}, Scope{}},
		{"an unknown role", Actor{Kind: AuthorUser, User: 1, Role: "intern"}, Scope{User: 1}},
		{"a manager without team", Actor{Kind: AuthorUser, User: 1, Role: RoleManager}, Scope{Reach: All, User: 1}},
	} {
		if got := x.have.Scope(KindLead); got != x.want {
			t.Errorf("%s: Scope = %+v, want %+v", x.name, got, x.want)
		}
	}
	lonely := Actor{Kind: AuthorUser, User: 1, Role: RoleSales}
	if got := lonely.Scope(KindTicket).Reach; got != Own {
		t.Errorf("a salesperson without team reaches %v of tickets, want his own", got)
	}
	if (Scope{}).Sees(0, 0) {
		t.Error("the zero scope sees a record")
	}
}
