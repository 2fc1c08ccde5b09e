package crm

import (
	"context"
	"slices"
	"strings"
	"time"
)

// UserService keeps who works here and ties chats to people.
type UserService struct{ *base }

// NewUser is what it takes to add somebody. Handle may be "": it is made from
// the name, or "user3" where the name has no letters.
type NewUser struct {
	Name, Handle string
	Role         Role
	Team         string // by name; made if missing; "" for none
}

// Add makes a user and a one-time code for his first chat. Admins only.
// Returns CodeForbidden, CodeInvalid, CodeConflict.
func (s *UserService) Add(ctx context.Context, by Actor, n NewUser) (*User, string, error) {
	if err := by.may(create, KindUser, 0); err != nil {
		return nil, "", err
	}
	var u *User
	var code string
	err := s.act(ctx, by, func(ctx context.Context, a *act) (err error) {
		if u, err = a.hire(ctx, n); err != nil {
			return err
		}
		code, err = a.code(ctx, u.ID)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return u, code, nil
}

// Seed makes the user of the config if the handle is unknown, with his
// identities; otherwise the database wins and nothing is changed.
func (s *UserService) Seed(ctx context.Context, n NewUser, ids []IdentityKey) (u *User, err error) {
	err = s.act(ctx, System(), func(ctx context.Context, a *act) error {
		handle, err := normalHandle(either(n.Handle, n.Name))
		if err != nil {
			return err
		}
		if u, err = a.store.UserByHandle(ctx, handle); err == nil || CodeOf(err) != CodeNotFound {
			return err
		}
		n.Handle = handle
		if u, err = a.hire(ctx, n); err != nil {
			return err
		}
		return a.introduce(ctx, u, ids)
	})
	return u, err
}

// introduce ties identities to a user. One that is a user's already stays his.
func (a *act) introduce(ctx context.Context, u *User, keys []IdentityKey) error {
	if len(keys) == 0 {
		return nil
	}
	fresh := make([]*Identity, 0, len(keys))
	for _, k := range keys {
		fresh = append(fresh, &Identity{Platform: k.Platform, Install: k.Install, Sender: k.Sender, UserID: u.ID, Name: u.Name})
	}
	if err := a.store.CreateIdentities(ctx, fresh); err != nil {
		return err
	}
	have, err := a.store.Identities(ctx, keys)
	if err != nil {
		return err
	}
	for _, i := range have {
		if i.UserID != 0 {
			continue
		}
		if err := a.tie(ctx, i.ID, u.ID); err != nil {
			return err
		}
	}
	return nil
}

// tie makes an identity a user's, and nobody else's.
func (a *act) tie(ctx context.Context, id IdentityID, user UserID) error {
	_, err := a.store.UpdateIdentity(ctx, id, func(i *Identity) error {
		i.UserID, i.ContactID = user, 0
		return nil
	})
	return err
}

// List returns users by name. active leaves out those who left. For staff:
// CodeForbidden.
func (s *UserService) List(ctx context.Context, by Actor, active bool) ([]*User, error) {
	if err := by.sees(KindUser); err != nil {
		return nil, err
	}
	return s.store.Users(ctx, UserFilter{Active: active})
}

// User returns one user. CodeNotFound.
func (s *UserService) User(ctx context.Context, id UserID) (*User, error) {
	u, err := s.store.User(ctx, id)
	return u, missing(err, Ref{KindUser, int64(id)})
}

// Named returns the active users that a typed name means: an exact handle or
// name first, else those whose handle or name contains it ("小陈" finds 陈杰 by
// the nickname rule: 小/老/阿 + family name, or a part of the name).
func (s *UserService) Named(ctx context.Context, name string) ([]*User, error) {
	users, err := s.store.Users(ctx, UserFilter{Active: true})
	if err != nil {
		return nil, err
	}
	return named(users, name), nil
}

// SetRole changes what a user may do. Admins only; the last admin stays one
// (CodeConflict). Returns CodeInvalid, CodeNotFound.
func (s *UserService) SetRole(ctx context.Context, by Actor, id UserID, role Role) (*User, error) {
	return s.change(ctx, by, id, "role", func(ctx context.Context, a *act, u *User) (err error) {
		if role, err = ParseRole(string(role)); err != nil {
			return err
		}
		if role != RoleAdmin {
			if err := a.spare(ctx, u); err != nil {
				return err
			}
		}
		u.Role = role
		return nil
	})
}

// SetTeam moves a user; "" is no team. Admins only.
func (s *UserService) SetTeam(ctx context.Context, by Actor, id UserID, team string) (*User, error) {
	return s.change(ctx, by, id, "team", func(ctx context.Context, a *act, u *User) (err error) {
		u.TeamID, err = a.team(ctx, team)
		return err
	})
}

// Off ends a user's rights at once: his identities are unlinked. Admins only;
// never the last admin (CodeConflict). The conversations that he has are to move:
// see ConversationService.Absent.
func (s *UserService) Off(ctx context.Context, by Actor, id UserID) (*User, error) {
	return s.change(ctx, by, id, "off", func(ctx context.Context, a *act, u *User) error {
		if err := a.spare(ctx, u); err != nil {
			return err
		}
		u.Active, u.AwayAt = false, time.Time{}
		ids, err := a.store.IdentitiesOf(ctx, 0, u.ID)
		if err != nil {
			return err
		}
		for _, i := range ids {
			if err := a.tie(ctx, i.ID, 0); err != nil {
				return err
			}
		}
		return a.store.EndLinkCodes(ctx, u.ID, a.now)
	})
}

// On lets somebody in again who has left, and makes a one-time code for his
// chat. Admins only. CodeConflict for one who works here.
func (s *UserService) On(ctx context.Context, by Actor, id UserID) (u *User, code string, err error) {
	u, err = s.change(ctx, by, id, "on", func(ctx context.Context, a *act, u *User) error {
		if u.Active {
			return Fail(CodeConflict, "user.here", "name", u.Name)
		}
		u.Active = true
		code, err = a.code(ctx, u.ID)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return u, code, nil
}

// SetLanguage is for the user himself. It is no change that undo would take
// back: what was done before it still is the last one. Returns CodeInvalid.
func (s *UserService) SetLanguage(ctx context.Context, by Actor, language string) error {
	if by.Kind != AuthorUser {
		return Fail(CodeForbidden, "forbidden.staff")
	}
	return s.act(ctx, by, func(ctx context.Context, a *act) error {
		a.free, a.id = true, ""
		_, err := change(ctx, a, modify, KindUser, "language", a.store.UpdateUser, by.User, func(u *User) error {
			return text("language", &u.Language, 16)(language)
		})
		return err
	})
}

// Rename is for the user himself: what he is called from now on. It is no
// change that undo would take back. Returns CodeInvalid.
func (s *UserService) Rename(ctx context.Context, by Actor, called string) error {
	if by.Kind != AuthorUser {
		return Fail(CodeForbidden, "forbidden.staff")
	}
	return s.act(ctx, by, func(ctx context.Context, a *act) error {
		a.free, a.id = true, ""
		_, err := change(ctx, a, modify, KindUser, "changed", a.store.UpdateUser, by.User, func(u *User) error {
			return name("name", &u.Name)(called)
		})
		return err
	})
}

// Away says that the actor is not there, or is back. Away he is asked for
// nothing; what he has is to move: see ConversationService.Absent. It is no
// change that undo would take back. CodeForbidden for who does not work here.
func (s *UserService) Away(ctx context.Context, by Actor, away bool) (u *User, err error) {
	if by.Kind != AuthorUser {
		return nil, Fail(CodeForbidden, "forbidden.staff")
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		if err := a.away(ctx, by.User, away); err != nil {
			return err
		}
		u, err = a.store.User(ctx, by.User)
		return err
	})
	return u, err
}

// away notes that somebody went away or is back, with its event.
func (a *act) away(ctx context.Context, id UserID, away bool) error {
	was, act := a.free, a.id
	defer func() { a.free, a.id = was, act }()
	a.free, a.id = true, ""
	verb := "back"
	if away {
		verb = "away"
	}
	_, err := change(ctx, a, modify, KindUser, verb, a.store.UpdateUser, id, func(u *User) error {
		switch {
		case !u.Active:
			return absent(u.Ref())
		case !away:
			u.AwayAt = time.Time{}
		case u.AwayAt.IsZero():
			u.AwayAt = a.now
		}
		return nil
	})
	return err
}

// Manager is who answers for a team: its manager, else one of the whole company,
// else an admin; one who is there if somebody is. nil if nobody works here.
func (s *UserService) Manager(ctx context.Context, team TeamID) (*User, error) {
	users, err := s.store.Users(ctx, UserFilter{Active: true})
	return leader(users, team), err
}

// Grant lets an unknown sender in as a new user (a request for access that an
// admin accepted). Admins only. CodeConflict if he is one already.
func (s *UserService) Grant(ctx context.Context, by Actor, id IdentityID, role Role) (u *User, err error) {
	if err := by.may(create, KindUser, 0); err != nil {
		return nil, err
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		who, err := a.store.UpdateIdentity(ctx, id, func(i *Identity) error {
			if i.UserID != 0 {
				return Fail(CodeConflict, "user.known", "name", i.Name)
			}
			i.ContactID = 0
			return nil
		})
		if err != nil {
			return err
		}
		if u, err = a.hire(ctx, NewUser{Name: who.called(role), Role: role}); err != nil {
			return err
		}
		return a.tie(ctx, id, u.ID)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// Admins returns the active admins.
func (s *UserService) Admins(ctx context.Context) ([]*User, error) {
	return s.store.Users(ctx, UserFilter{Roles: []Role{RoleAdmin}, Active: true})
}

// Next is whose turn it is among the active users of a role, in the team if it
// has one of that role, else in the company; 0 if there is nobody.
func (s *UserService) Next(ctx context.Context, role Role, team TeamID) (id UserID, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context, store Store) error {
		u, err := turn(ctx, store, role, team)
		if u != nil {
			id = u.ID
		}
		return err
	})
	return id, err
}

// change changes a user. Admins only.
func (s *UserService) change(ctx context.Context, by Actor, id UserID, verb string, fn func(context.Context, *act, *User) error) (u *User, err error) {
	// Everybody is "own" to himself; of users an admin alone changes anything.
	if err := by.may(modify, KindUser, 0); err != nil {
		return nil, err
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		u, err = change(ctx, a, modify, KindUser, verb, a.store.UpdateUser, id,
			func(u *User) error { return fn(ctx, a, u) })
		return err
	})
	return u, err
}

// spare refuses to take the last admin's rights away.
func (a *act) spare(ctx context.Context, u *User) error {
	if u.Role != RoleAdmin || !u.Active {
		return nil
	}
	admins, err := a.store.Users(ctx, UserFilter{Roles: []Role{RoleAdmin}, Active: true})
	if err == nil && len(admins) < 2 {
		return Fail(CodeConflict, "user.last_admin", "name", u.Name)
	}
	return err
}

// team is the team of that name, made if it is missing; "" is none.
func (a *act) team(ctx context.Context, name string) (TeamID, error) {
	name, err := tidy("team", name, nameMax)
	if err != nil || name == "" {
		return 0, err
	}
	t, err := a.store.EnsureTeam(ctx, name)
	if err != nil {
		return 0, err
	}
	return t.ID, nil
}

// hire makes a user.
func (a *act) hire(ctx context.Context, n NewUser) (*User, error) {
	role, err := ParseRole(string(n.Role))
	if err != nil {
		return nil, err
	}
	u := &User{Role: role, Active: true}
	if err := name("name", &u.Name)(n.Name); err != nil {
		return nil, err
	}
	if u.TeamID, err = a.team(ctx, n.Team); err != nil {
		return nil, err
	}
	if u.Handle, err = a.handle(ctx, n); err != nil {
		return nil, err
	}
	if err := a.store.CreateUser(ctx, u); err != nil {
		if CodeOf(err) == CodeConflict {
			return nil, Fail(CodeConflict, "user.handle.taken", "handle", u.Handle).In("handle").Because(err)
		}
		return nil, err
	}
	return u, a.made(ctx, u)
}

// handle is the given one, or the first free one made from the name.
func (a *act) handle(ctx context.Context, n NewUser) (string, error) {
	if n.Handle != "" {
		return normalHandle(n.Handle)
	}
	users, err := a.store.Users(ctx, UserFilter{})
	if err != nil {
		return "", err
	}
	taken := func(h string) bool {
		return slices.ContainsFunc(users, func(u *User) bool { return u.Handle == h })
	}
	return freeHandle(strings.ToLower(n.Name), len(users)+1, taken), nil
}
