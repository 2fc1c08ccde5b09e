package crm

import "context"

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
	return nil, "", errTodo
}

// Seed makes the user of the config if the handle is unknown, with his
// identities; otherwise the database wins and nothing is changed.
func (s *UserService) Seed(ctx context.Context, n NewUser, ids []IdentityKey) (*User, error) {
	return nil, errTodo
}

// List returns users by name. active leaves out those who left.
func (s *UserService) List(ctx context.Context, by Actor, active bool) ([]*User, error) {
	return nil, errTodo
}

// User returns one user. CodeNotFound.
func (s *UserService) User(ctx context.Context, id UserID) (*User, error) { return nil, errTodo }

// Named returns the active users that a typed name means: an exact handle or
// name first, else those whose handle or name contains it ("小陈" finds 陈杰 by
// the nickname rule: 小/老/阿 + family name, or a part of the name).
func (s *UserService) Named(ctx context.Context, name string) ([]*User, error) { return nil, errTodo }

// SetRole changes what a user may do. Admins only; the last admin stays one
// (CodeConflict).
func (s *UserService) SetRole(ctx context.Context, by Actor, id UserID, role Role) (*User, error) {
	return nil, errTodo
}

// SetTeam moves a user. Admins only.
func (s *UserService) SetTeam(ctx context.Context, by Actor, id UserID, team string) (*User, error) {
	return nil, errTodo
}

// Off ends a user's rights at once: his identities are unlinked. Admins only;
// never the last admin (CodeConflict).
func (s *UserService) Off(ctx context.Context, by Actor, id UserID) (*User, error) {
	return nil, errTodo
}

// SetLanguage is for the user himself.
func (s *UserService) SetLanguage(ctx context.Context, by Actor, language string) error {
	return errTodo
}

// NewCode makes a one-time code for an existing user: ten minutes, five tries,
// 40 bits at least, "7F3K-9QXA". An older unused one ends.
func (s *UserService) NewCode(ctx context.Context, by Actor, id UserID) (string, error) {
	return "", errTodo
}

// AdminCode makes the code of the first admin, "" if there is an admin.
func (s *UserService) AdminCode(ctx context.Context) (string, error) { return "", errTodo }

// Link ties the identity to the user of the code. The first admin is made here
// with the identity's name. Wrong, old and used codes are CodeInvalid alike.
func (s *UserService) Link(ctx context.Context, id *Identity, code string) (*User, error) {
	return nil, errTodo
}

// Grant lets an unknown sender in as a new user (a request for access that an
// admin accepted). Admins only.
func (s *UserService) Grant(ctx context.Context, by Actor, id IdentityID, role Role) (*User, error) {
	return nil, errTodo
}

// Admins returns the active admins.
func (s *UserService) Admins(ctx context.Context) ([]*User, error) { return nil, errTodo }

// Next is whose turn it is among the active users of a role, in the team if it
// has one of that role, else in the company; 0 if there is nobody.
func (s *UserService) Next(ctx context.Context, role Role, team TeamID) (UserID, error) {
	return 0, errTodo
}
