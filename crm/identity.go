package crm

import "time"

// Identity is one sender on one install of one platform, linked to a Contact
// (someone outside) or to a User (someone who works here). Never to both: a
// linked User is a User everywhere.
type Identity struct {
	ID        IdentityID `bun:",pk,autoincrement,identity"`
	Platform  string     // opaque here
	Install   string
	Sender    string
	ContactID ContactID `bun:",nullzero"`
	UserID    UserID    `bun:",nullzero"`
	Name      string    // as the platform shows it
	Language  string    // as the platform says it
	Chat      string    // where this person can be written to directly, "" if unknown
	GoneAt    time.Time `bun:",nullzero"` // blocked us or left; zero while reachable
	// NoticesAt and NoticesOff are when the person last allowed and last forbade
	// notices outside the chat; both zero is never asked. See Notices.
	BlockedAt  time.Time `bun:",nullzero"` // we do not listen to this sender any more
	MutedUntil time.Time `bun:",nullzero"` // nor, for a while, to one who writes too much
	NoticesAt  time.Time `bun:",nullzero"`
	NoticesOff time.Time `bun:",nullzero"`
	Created    time.Time
	Updated    time.Time
}

// Notices says whether the person may be told outside the chat that a reply
// waits: the last word of his on it was yes.
func (i *Identity) Notices() bool { return i.NoticesAt.After(i.NoticesOff) }

// IdentityKey names an Identity by what the platform knows.
type IdentityKey struct{ Platform, Install, Sender string }

// Muted says whether what the sender writes is kept and shown to nobody.
func (i *Identity) Muted(now time.Time) bool {
	return !i.BlockedAt.IsZero() || now.Before(i.MutedUntil)
}

// Key is the identity's natural key.
func (i *Identity) Key() IdentityKey { return IdentityKey{i.Platform, i.Install, i.Sender} }
