package crm

import (
	"strconv"
	"time"
)

// Role says what a User may do.
type Role string

// The roles, from the widest to the narrowest right.
const (
	RoleAdmin   Role = "admin"
	RoleManager Role = "manager"
	RoleSales   Role = "sales"
	RoleService Role = "service"
)

// ParseRole reads a role as it is stored. Returns CodeInvalid.
func ParseRole(s string) (Role, error) {
	switch r := Role(s); r {
	case RoleAdmin, RoleManager, RoleSales, RoleService:
		return r, nil
	}
	return "", Fail(CodeInvalid, "user.role.unknown", "role", s).In("role")
}

// User is somebody who works here.
type User struct {
	ID       UserID `bun:",pk,autoincrement,identity"`
	Handle   string // "li.wei": unique, lower case, what the terminal and the config call the person
	Name     string // "李伟"
	Role     Role
	TeamID   TeamID    `bun:",nullzero"`
	Language string    // "en", "zh-CN" or "" for not known yet
	Active   bool      // false once the person has left
	AwayAt   time.Time `bun:",nullzero"` // since when the person is away; zero is present
	TurnAt   time.Time `bun:",nullzero"` // when new work was last assigned in turn
	Version  int64
	Created  time.Time
	Updated  time.Time
}

// Ref is the user's reference.
func (u *User) Ref() Ref { return Ref{KindUser, int64(u.ID)} }

// Named says whether we know what the user is called. Somebody whose platform
// does not tell is called as his role until he says.
func (u *User) Named() bool {
	_, err := ParseRole(u.Name)
	return err != nil
}

// Actor is the User acting as himself.
func (u *User) Actor() Actor {
	return Actor{Kind: AuthorUser, User: u.ID, Role: u.Role, Team: u.TeamID}
}

// Team is a group of Users, such as a region.
type Team struct {
	ID      TeamID `bun:",pk,autoincrement,identity"`
	Name    string // unique
	Created time.Time
}

// UserFilter selects users. Zero fields do not filter.
type UserFilter struct {
	Roles  []Role
	Team   TeamID
	Active bool // only those who still work here
	// Present are those who are not away and can be told something: who never
	// signed in anywhere is not there yet, unless nobody ever did. Under are those who have fewer conversations
	// of customers than this, Except those who are not meant.
	Present bool
	Under   int
	Except  []UserID
}

// LinkCode is a one-time code that ties a chat identity to a User. Hash is the
// SHA-256 of the code; the code itself is never kept.
type LinkCode struct {
	ID      int64 `bun:",pk,autoincrement,identity"`
	Hash    string
	UserID  UserID `bun:",nullzero"` // zero: the first admin, created on use
	Expires time.Time
	Tries   int       // how often it was refused; five times and it ends
	Used    time.Time `bun:",nullzero"`
	Created time.Time
}

func (u *User) owned() (UserID, TeamID) { return u.ID, u.TeamID }
func (u *User) revision() *int64        { return &u.Version }
func (u *User) label() (string, string) { return u.Name, u.Handle }

func (u *User) fields() map[string]string {
	active := "yes"
	if !u.Active {
		active = "no"
	}
	return map[string]string{
		"name": u.Name, "handle": u.Handle, "role": string(u.Role), "language": u.Language, "active": active,
		"team": teamNumber(u.TeamID), "away": stamp(u.AwayAt),
	}
}

// teamNumber writes a team for the comparison of two states; the trail has its
// name.
func teamNumber(id TeamID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}
