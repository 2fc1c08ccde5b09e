package crm

// AuthorKind says who speaks or acts.
type AuthorKind string

// The kinds of author.
const (
	AuthorContact AuthorKind = "contact"
	AuthorUser    AuthorKind = "user"
	AuthorBot     AuthorKind = "bot"
	AuthorSystem  AuthorKind = "system" // jobs, imports, the first admin
)

// Actor is who is asking. Services take it as a parameter, so that permission
// is part of every signature.
type Actor struct {
	Kind    AuthorKind
	User    UserID    // set for AuthorUser
	Contact ContactID // set for AuthorContact
	Role    Role      // set for AuthorUser
	Team    TeamID
	// Serves is the customer whom somebody who works here answers at this moment:
	// he knows that contact and what is open with it, whoever owns them. Set where
	// the place itself shows the customer's conversation.
	Serves ContactID
}

// System acts for the program itself and sees everything.
func System() Actor { return Actor{Kind: AuthorSystem} }

// Staff says whether the actor works here.
func (a Actor) Staff() bool { return a.Kind == AuthorUser || a.Kind == AuthorSystem }

// ID is the number of the user or contact, 0 for the bot and the system.
func (a Actor) ID() int64 {
	switch a.Kind {
	case AuthorUser:
		return int64(a.User)
	case AuthorContact:
		return int64(a.Contact)
	}
	return 0
}
