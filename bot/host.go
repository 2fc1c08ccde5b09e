package bot

import (
	"context"
	"io"
	"log/slog"
	"time"

	"crmbot/crm"
)

// Host is what an adapter may ask of the house: durable state that all
// replicas share, without a database of its own. Keys are private to the
// install.
type Host interface {
	Counter
	// Value returns what SetValue kept, "" when there is nothing or it expired.
	Value(ctx context.Context, key string) (string, error)
	// SetValue keeps a value; ttl 0 keeps it for ever.
	SetValue(ctx context.Context, key, value string, ttl time.Duration) error
	// Lease blocks until this process alone holds name, and returns a context
	// that ends when the lease is lost. release gives it back.
	Lease(ctx context.Context, name string) (held context.Context, release func(), err error)
	// Transcript returns what was said at an address after an entry, oldest
	// first, at most 200 entries; notes and other people's private replies are
	// not among them.
	Transcript(ctx context.Context, at Address, after int64) ([]Entry, error)
	// Watch returns a channel that gets a value soon after something new was
	// said at the address, on whichever replica, until ctx ends. It is a hint:
	// read the Transcript at least every few seconds besides.
	Watch(ctx context.Context, at Address) <-chan struct{}
	// Delivered records the proof that the person's device has shown all
	// entries up to upTo.
	Delivered(ctx context.Context, at Address, upTo int64) error
	// File opens the stored bytes of a file that goes out, by its Hash. The
	// caller closes it. CodeNotFound when there is none.
	File(ctx context.Context, hash string) (io.ReadCloser, error)
	// Logger is the adapter's own, with platform and install set.
	Logger() *slog.Logger
	// Now is the clock.
	Now() time.Time
}

// Entry is one line of a Transcript.
type Entry struct {
	ID        int64
	Direction crm.Direction
	Author    crm.AuthorKind
	Name      string // of the User who wrote it, if one did
	Text      string // plain, of an incoming message
	Files     []File // of an incoming one, with their Hash once they are stored
	Reply     *Reply // of an outgoing one
	Event     string // of an incoming one: Inbound.EventID
	At        time.Time
	Deleted   bool
	// Op and Target are of an outgoing one: OpEdit and OpDelete are about the
	// message that Outgoing.Target named. Empty is a new message.
	Op     Op
	Target MessageID
}
