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
	// first, at most 200 entries. Private replies are among them only where
	// colleagues read along (Entry.For), and notes about a customer never in his
	// own.
	Transcript(ctx context.Context, at Address, after int64) ([]Entry, error)
	// Watch returns a channel that gets a value soon after something new was
	// said at the address, on whichever replica, until ctx ends: seconds later at
	// the most, if its sign was lost between replicas. Nobody needs to read the
	// Transcript without it, but again after an error.
	Watch(ctx context.Context, at Address) <-chan struct{}
	// Threads returns the threads of this install that a colleague may see, those
	// that wait first, at most limit. CodeForbidden for somebody who does not work
	// here.
	Threads(ctx context.Context, by SenderID, limit int) ([]ThreadEntry, error)
	// Sees says whether a colleague may see the thread at an address.
	Sees(ctx context.Context, by SenderID, at Address) (bool, error)
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
	Kind      Kind   // of an incoming one: KindAction is a press, Text the label
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
	// Of is the entry that an OpEdit or OpDelete of ours is about, in place of
	// Target.
	Of int64
	// For is the one person who may see it, "" for all there.
	For SenderID
}

// ThreadEntry is a line in a list of threads.
type ThreadEntry struct {
	Topic    TopicID
	Title    string // who the customer is, "" if we do not know his name
	Ref      string // of his contact, else of the conversation: "CON-15"
	Platform string // where he writes, as people call it in Language
	Last     string // the latest words, plain
	Mine     bool   // the asker is in charge
	Assignee string // who is, "" for nobody
	Status   crm.ConversationStatus
	Waits    time.Time // since when the customer waits; zero if he does not
	At       time.Time // of the latest words
	LastID   int64     // entry of the latest words in the thread
}

// Forbidden says whether an error of the house means that somebody may not, as
// Host.Threads does to whoever does not work here.
func Forbidden(err error) bool { return crm.CodeOf(err) == crm.CodeForbidden }
