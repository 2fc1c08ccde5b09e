package crm

// Scope bounds what a store returns: everything, a team's or one's own.
// Records without an owner and a team are visible in every scope but None.
type Scope struct {
	Reach Reach
	User  UserID
	Team  TeamID
}

// Reach is how far somebody sees.
type Reach int

// The reaches, from nothing to everything. The zero Scope sees nothing, so
// that a forgotten one shows up at once.
const (
	None Reach = iota
	Own
	OfTeam
	All
)

// Everything is the scope of the program itself.
func Everything() Scope { return Scope{Reach: All} }

// Sees says whether a record with this owner and team is in scope.
func (s Scope) Sees(owner UserID, team TeamID) bool {
	switch s.Reach {
	case All:
		return true
	case OfTeam:
		return owner == 0 && team == 0 || team == s.Team || owner == s.User
	case Own:
		return owner == 0 && team == 0 || owner == s.User
	}
	return false
}

// Talks says whether a conversation with a customer is in scope: those of
// somebody in reach, those of contacts in reach, those that are nobody's, and all
// that wait. lead is the team of the assignee; owner and team are the contact's.
func (s Scope) Talks(c *Conversation, lead TeamID, owner UserID, team TeamID) bool {
	if s.Reach == None || s.Reach == All {
		return s.Reach == All
	}
	switch {
	case c.Status == ConversationWaiting, c.AssigneeID == 0 && owner == 0 && team == 0:
		return true
	case s.User != 0 && (c.AssigneeID == s.User || owner == s.User):
		return true
	}
	return s.Reach == OfTeam && s.Team != 0 && (lead == s.Team || team == s.Team)
}

// reaches is the one table of who sees what. A role or noun that is not in it
// sees nothing.
var reaches = map[Role]map[Kind]Reach{
	RoleAdmin: {
		KindLead: All, KindContact: All, KindAccount: All, KindOpportunity: All,
		KindTicket: All, KindActivity: All, KindArticle: All, KindUser: All, KindConversation: All,
	},
	RoleManager: {
		KindLead: OfTeam, KindContact: OfTeam, KindAccount: All, KindOpportunity: OfTeam,
		KindTicket: All, KindActivity: OfTeam, KindArticle: All, KindUser: All, KindConversation: OfTeam,
	},
	RoleSales: {
		KindLead: Own, KindContact: Own, KindAccount: All, KindOpportunity: Own,
		KindTicket: OfTeam, KindActivity: Own, KindArticle: All, KindUser: All, KindConversation: Own,
	},
	RoleService: {
		KindLead: None, KindContact: All, KindAccount: All, KindOpportunity: None,
		KindTicket: All, KindActivity: OfTeam, KindArticle: All, KindUser: All, KindConversation: All,
	},
}

// Scope is how far the actor sees records of a kind. A manager without a team
// manages the whole company.
func (a Actor) Scope(kind Kind) Scope {
	if a.Kind == AuthorSystem {
		return Everything()
	}
	if a.Kind != AuthorUser {
		return Scope{}
	}
	reach := reaches[a.Role][kind]
	if reach == OfTeam && a.Team == 0 {
		if a.Role == RoleManager {
			reach = All
		} else {
			reach = Own
		}
	}
	return Scope{Reach: reach, User: a.User, Team: a.Team}
}
