package crm

import "context"

// turn is the active user of the role whose turn it is: of the team if it has
// one of that role, else of the company. nil if there is nobody.
func turn(ctx context.Context, s Store, role Role, team TeamID) (*User, error) {
	filter := UserFilter{Roles: []Role{role}, Team: team, Active: true}
	u, err := s.NextUser(ctx, filter)
	if CodeOf(err) == CodeNotFound && team != 0 {
		filter.Team = 0
		u, err = s.NextUser(ctx, filter)
	}
	if CodeOf(err) == CodeNotFound {
		return nil, nil
	}
	return u, err
}

// worker is an active user, nil for 0 and for one who has left.
func worker(ctx context.Context, s Store, id UserID) (*User, error) {
	if id == 0 {
		return nil, nil
	}
	u, err := s.User(ctx, id)
	if CodeOf(err) == CodeNotFound || err == nil && !u.Active {
		return nil, nil
	}
	return u, err
}

// heir is an active user who may be given records of the kind. Returns
// CodeInvalid for somebody who has left or would not see them.
func heir(ctx context.Context, s Store, id UserID, kind Kind) (*User, error) {
	u, err := worker(ctx, s, id)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, Fail(CodeInvalid, "user.missing").In("to")
	}
	if u.Actor().Scope(kind).Reach == None {
		return nil, Fail(CodeInvalid, "user.unfit", "name", u.Name).In("to")
	}
	return u, nil
}

// seller is who gets a new lead: the owner of its contact if he sells, else
// the salesperson whose turn it is, else the actor. nil if there is nobody.
func (a *act) seller(ctx context.Context, owner UserID) (*User, error) {
	u, err := worker(ctx, a.store, owner)
	if err != nil || u != nil && u.Role != RoleService {
		return u, err
	}
	if u, err = turn(ctx, a.store, RoleSales, a.by.Team); err != nil || u != nil {
		return u, err
	}
	return worker(ctx, a.store, a.by.User)
}

// server is who gets a new ticket: the owner of its contact if he serves, else
// the one of service whose turn it is, else of sales, else the actor. nil if
// there is nobody.
func (a *act) server(ctx context.Context, owner UserID) (*User, error) {
	u, err := worker(ctx, a.store, owner)
	if err != nil || u != nil && u.Role == RoleService {
		return u, err
	}
	for _, role := range []Role{RoleService, RoleSales} {
		if u, err = turn(ctx, a.store, role, a.by.Team); err != nil || u != nil {
			return u, err
		}
	}
	return worker(ctx, a.store, a.by.User)
}

// possess gives a record to somebody; nil is nobody.
func possess(u *User, owner *UserID, team *TeamID) {
	if u != nil {
		*owner, *team = u.ID, u.TeamID
	}
}
