package crm

// do is what somebody wants to do to a record that is in his scope.
type do string

const (
	create  do = "create"
	modify  do = "modify"
	assign  do = "assign"
	approve do = "approve"
)

// may is on whose records a role may do it.
type may int

const (
	never may = iota
	own       // on one's own and on those of nobody
	every
)

// permissions is the one table of who may do what, beyond the scope table of
// who sees what. What is not in it is not allowed.
var permissions = map[Kind]map[do]map[Role]may{
	KindLead: {
		create: {RoleAdmin: every, RoleManager: every, RoleSales: every},
		modify: {RoleAdmin: every, RoleManager: every, RoleSales: own},
		assign: {RoleAdmin: every, RoleManager: every, RoleSales: own},
	},
	KindOpportunity: {
		create: {RoleAdmin: every, RoleManager: every, RoleSales: every},
		modify: {RoleAdmin: every, RoleManager: every, RoleSales: own},
		assign: {RoleAdmin: every, RoleManager: every, RoleSales: own},
	},
	KindContact: {
		create: {RoleAdmin: every, RoleManager: every, RoleSales: every, RoleService: every},
		modify: {RoleAdmin: every, RoleManager: every, RoleSales: own, RoleService: every},
		assign: {RoleAdmin: every, RoleManager: every, RoleSales: own},
	},
	KindAccount: {
		create: {RoleAdmin: every, RoleManager: every, RoleSales: every, RoleService: every},
		modify: {RoleAdmin: every, RoleManager: every, RoleSales: own, RoleService: own},
		assign: {RoleAdmin: every, RoleManager: every, RoleSales: own},
	},
	KindTicket: {
		create: {RoleAdmin: every, RoleManager: every, RoleSales: every, RoleService: every},
		modify: {RoleAdmin: every, RoleManager: every, RoleSales: own, RoleService: every},
		assign: {RoleAdmin: every, RoleManager: every, RoleSales: own, RoleService: every},
	},
	KindActivity: {
		create: {RoleAdmin: every, RoleManager: every, RoleSales: every, RoleService: every},
		modify: {RoleAdmin: every, RoleManager: every, RoleSales: own, RoleService: own},
	},
	KindConversation: {
		modify: {RoleAdmin: every, RoleManager: every, RoleSales: every, RoleService: every},
	},
	KindArticle: { // modify: how people ask for it; create: a draft, or a change that waits
		create:  {RoleAdmin: every, RoleManager: every, RoleSales: every, RoleService: every},
		modify:  {RoleAdmin: every, RoleManager: every, RoleService: every},
		approve: {RoleAdmin: every, RoleManager: every},
	},
	KindUser: {
		create: {RoleAdmin: every},
		modify: {RoleAdmin: every},
	},
}

// ranks are the roles from the narrowest right to the widest: whoever lacks a
// right is told the first one that has it.
var ranks = []Role{RoleService, RoleSales, RoleManager, RoleAdmin}

// may says whether the actor may do it to a record of the owner. Returns
// CodeForbidden with the role that it takes.
func (a Actor) may(d do, kind Kind, owner UserID) error {
	if a.Kind == AuthorSystem {
		return nil
	}
	if a.Kind != AuthorUser {
		return Fail(CodeForbidden, "forbidden.staff")
	}
	table := permissions[kind][d]
	has := table[a.Role]
	if has == every || has == own && (owner == 0 || owner == a.User) {
		return nil
	}
	for _, role := range ranks {
		if table[role] > has {
			return forbidden(role)
		}
	}
	return forbidden(RoleAdmin)
}

// Approves says whether the actor may let the bot answer with an article.
func (a Actor) Approves() bool { return a.may(approve, KindArticle, 0) == nil }

// sees says that the actor has a view of the kind at all. Returns
// CodeForbidden with the role that has.
func (a Actor) sees(kind Kind) error {
	if a.Scope(kind).Reach != None {
		return nil
	}
	if !a.Staff() {
		return Fail(CodeForbidden, "forbidden.staff")
	}
	for _, role := range ranks {
		if reaches[role][kind] != None {
			return forbidden(role)
		}
	}
	return forbidden(RoleAdmin)
}

func forbidden(need Role) error {
	switch need {
	case RoleService:
		return Fail(CodeForbidden, "forbidden.service")
	case RoleSales:
		return Fail(CodeForbidden, "forbidden.sales")
	case RoleManager:
		return Fail(CodeForbidden, "forbidden.manager")
	}
	return Fail(CodeForbidden, "forbidden.admin")
}
