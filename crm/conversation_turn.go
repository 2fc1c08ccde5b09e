package crm

import (
	"context"
	"slices"
)

// Escalation is who was asked, in the end.
type Escalation string

// The steps of a call that nobody answers.
const (
	AskedOwner   Escalation = "owner"   // the contact's owner
	AskedTurn    Escalation = "turn"    // whose turn it was
	AskedTeam    Escalation = "team"    // everybody of the team who is there; the assignee stays
	AskedManager Escalation = "manager" // the manager, or an admin
)

// askedAlone is how many are asked one by one before the whole team is.
const askedAlone = 2

// Choice is who should answer, and why he.
type Choice struct {
	User UserID // 0: nobody works here
	Step Escalation
	// Away says that nobody is there now: the person will find it when he is back.
	Away bool
}

// Choose finds who should answer a contact: the owner, else in turn among those
// who are there and have fewer than Rules.OpenEach conversations, else the
// manager, else an admin. It passes over tried. It changes only whose turn is
// next. Where everybody is away somebody is chosen all the same.
func (s *ConversationService) Choose(ctx context.Context, of *Contact, tried []UserID) (choice Choice, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context, store Store) error {
		choice, err = s.choose(ctx, store, of, 0, tried)
		return err
	})
	return choice, err
}

// Next passes a call on that nobody answered: to the next person, then the team
// (if somebody else of it is there), then the manager. CodeConflict if the
// customer waits no more, or nobody is left to ask: then it stays as it is.
func (s *ConversationService) Next(ctx context.Context, id ConversationID) (*Conversation, Choice, error) {
	var choice Choice
	c, err := s.change(ctx, System(), id, "", func(ctx context.Context, a *act, c *Conversation) (err error) {
		if !c.Person() || c.WaitsSince.IsZero() {
			return Fail(CodeConflict, "conversation.answered")
		}
		if choice, err = s.further(ctx, a.store, c); err != nil {
			return err
		}
		if choice.User == 0 {
			return Fail(CodeConflict, "conversation.last")
		}
		c.call(choice, a.now)
		return nil
	})
	return c, choice, err
}

// Relieve gives what somebody has who went away or left to another, as Choose
// would. It changes nothing if the conversation is not his, if he is there, or if
// he is away and so is everybody else; what nobody works for any more is the
// bot's again. The choice is who is in charge then.
func (s *ConversationService) Relieve(ctx context.Context, id ConversationID, of UserID) (*Conversation, Choice, error) {
	var choice Choice
	c, err := s.change(ctx, System(), id, "", func(ctx context.Context, a *act, c *Conversation) error {
		choice = Choice{User: c.AssigneeID, Step: c.Step}
		had, err := worker(ctx, a.store, c.AssigneeID)
		if err != nil || !c.Person() || c.AssigneeID != of || had != nil && had.AwayAt.IsZero() {
			return err
		}
		contact, err := customerOf(ctx, a.store, c)
		if err != nil {
			return err
		}
		lead, err := leadOf(ctx, a.store, c)
		if err != nil {
			return err
		}
		next, err := s.choose(ctx, a.store, contact, lead, append(slices.Clone(c.Tried), of))
		if err == nil && (next.User == 0 || next.Away) { // who was asked before is better than nobody
			next, err = s.choose(ctx, a.store, contact, lead, []UserID{of})
		}
		if err != nil || next.User == 0 && had != nil {
			return err
		}
		if had != nil { // it is no use to give it to another who is away
			if u, err := worker(ctx, a.store, next.User); err != nil || u == nil || !u.AwayAt.IsZero() {
				return err
			}
		}
		choice = next
		switch {
		case next.User == 0:
			c.Status, c.AssigneeID, c.ClosedAt, c.LastUserID = ConversationOpen, 0, a.now, of
			c.calm()
			c.quiet()
		case c.Status == ConversationHandedOff && c.WaitsSince.IsZero():
			c.lead(next.User, a.now)
		default:
			c.call(next, a.now)
		}
		return nil
	})
	return c, choice, err
}

// Present says whether somebody works here and is there: see UserFilter.Present.
func (s *ConversationService) Present(ctx context.Context, id UserID) (bool, error) {
	u, err := worker(ctx, s.store, id)
	if err != nil {
		return false, err
	}
	return there(ctx, s.store, u)
}

// Team are those who are there and whom a call to the team of a conversation
// reaches: sales and service of the contact's team or else the assignee's, or of
// the whole company where there is no team or nobody of it is there.
func (s *ConversationService) Team(ctx context.Context, c *Conversation) ([]*User, error) {
	of, err := customerOf(ctx, s.store, c)
	if err != nil {
		return nil, err
	}
	return s.team(ctx, s.store, of, c, nil)
}

func (s *ConversationService) team(ctx context.Context, store Store, of *Contact, c *Conversation, except []UserID) ([]*User, error) {
	team, err := teamOf(ctx, store, of, c.AssigneeID)
	if err != nil {
		return nil, err
	}
	f := UserFilter{Roles: answering, Team: team, Active: true, Present: true, Except: except}
	users, err := store.Users(ctx, f)
	if err == nil && len(users) == 0 && team != 0 {
		f.Team = 0
		users, err = store.Users(ctx, f)
	}
	return users, err
}

// answering are the roles that take turns with customers.
var answering = []Role{RoleSales, RoleService}

// choose finds somebody who was not tried; lead is the team of who had it.
func (s *ConversationService) choose(ctx context.Context, store Store, of *Contact, lead TeamID, tried []UserID) (Choice, error) {
	shut := !s.set.Hours.Open(s.now())
	if !slices.Contains(tried, of.OwnerID) {
		u, err := worker(ctx, store, of.OwnerID)
		if err != nil {
			return Choice{}, err
		}
		if here, err := there(ctx, store, u); err != nil || here {
			return Choice{User: of.OwnerID, Step: AskedOwner, Away: shut}, err
		}
	}
	u, err := s.inTurn(ctx, store, either(of.TeamID, lead), tried)
	if err != nil {
		return Choice{}, err
	}
	if u != nil {
		return Choice{User: u.ID, Step: AskedTurn, Away: shut}, nil
	}
	return s.above(ctx, store, either(of.TeamID, lead), tried)
}

// there says whether somebody is present: see UserFilter.Present.
func there(ctx context.Context, store Store, u *User) (bool, error) {
	if u == nil || !u.AwayAt.IsZero() {
		return false, nil
	}
	users, err := store.Users(ctx, UserFilter{Active: true, Present: true})
	return slices.ContainsFunc(users, func(x *User) bool { return x.ID == u.ID }), err
}

// inTurn is whose turn it is of those who are there and have time, nil if
// nobody is.
func (s *ConversationService) inTurn(ctx context.Context, store Store, team TeamID, tried []UserID) (*User, error) {
	f := UserFilter{
		Roles: answering, Team: team, Active: true, Present: true,
		Under: s.set.Rules.Standard().OpenEach, Except: tried,
	}
	u, err := store.NextUser(ctx, f)
	if CodeOf(err) == CodeNotFound && team != 0 {
		f.Team = 0
		u, err = store.NextUser(ctx, f)
	}
	if CodeOf(err) == CodeNotFound {
		return nil, nil
	}
	return u, err
}

// above is the manager or an admin, else anybody, who was not tried: one who is
// there if somebody is.
func (s *ConversationService) above(ctx context.Context, store Store, team TeamID, tried []UserID) (Choice, error) {
	users, err := store.Users(ctx, UserFilter{Active: true, Except: tried})
	if err != nil {
		return Choice{}, err
	}
	u := leader(users, team)
	if u == nil {
		return Choice{}, nil
	}
	return Choice{User: u.ID, Step: AskedManager, Away: !u.AwayAt.IsZero() || !s.set.Hours.Open(s.now())}, nil
}

// leader is who answers for a team: its manager, one of the whole company, any
// manager, an admin, anybody; of each two the one who is there, and nobody who is
// away before somebody who is there.
func leader(users []*User, team TeamID) *User {
	var best *User
	rank := func(u *User) int {
		n := 4
		switch {
		case u.Role == RoleManager && u.TeamID == team:
			n = 0
		case u.Role == RoleManager && u.TeamID == 0:
			n = 1
		case u.Role == RoleManager:
			n = 2
		case u.Role == RoleAdmin:
			n = 3
		}
		if !u.AwayAt.IsZero() {
			n += 10
		}
		return n
	}
	for _, u := range users {
		if best == nil || rank(u) < rank(best) {
			best = u
		}
	}
	return best
}

// further is who is asked after those who were, User 0 if nobody is left.
func (s *ConversationService) further(ctx context.Context, store Store, c *Conversation) (Choice, error) {
	of, err := customerOf(ctx, store, c)
	if err != nil {
		return Choice{}, err
	}
	team, err := teamOf(ctx, store, of, c.AssigneeID)
	if err != nil || c.Step == AskedManager {
		return Choice{}, err
	}
	tried := append(slices.Clone(c.Tried), c.AssigneeID)
	if c.Step != AskedTeam {
		if len(c.Tried) < askedAlone {
			u, err := s.inTurn(ctx, store, team, tried)
			if err != nil {
				return Choice{}, err
			}
			if u != nil {
				return Choice{User: u.ID, Step: AskedTurn, Away: !s.set.Hours.Open(s.now())}, nil
			}
		}
		more, err := s.team(ctx, store, of, c, tried)
		if err != nil {
			return Choice{}, err
		}
		had, err := worker(ctx, store, c.AssigneeID)
		if err != nil {
			return Choice{}, err
		}
		if len(more) > 0 && had != nil {
			return Choice{User: c.AssigneeID, Step: AskedTeam, Away: !s.set.Hours.Open(s.now())}, nil
		}
	}
	return s.above(ctx, store, team, tried)
}

// customerOf is the contact of a conversation, an empty one if it has none.
func customerOf(ctx context.Context, store Store, c *Conversation) (*Contact, error) {
	if c.ContactID == 0 {
		return &Contact{}, nil
	}
	of, err := store.Contact(ctx, c.ContactID)
	if CodeOf(err) == CodeNotFound {
		return &Contact{}, nil
	}
	return of, err
}

// teamOf is the contact's team, else that of who has the conversation.
func teamOf(ctx context.Context, store Store, of *Contact, assignee UserID) (TeamID, error) {
	if of.TeamID != 0 {
		return of.TeamID, nil
	}
	u, err := worker(ctx, store, assignee)
	if err != nil || u == nil {
		return 0, err
	}
	return u.TeamID, nil
}
