package bot

import (
	"context"
	"time"

	"crmbot/crm"
)

// Store is everything that is kept: the business and the queues. A Store that
// a function was given inside a transaction is bound to it.
type Store interface {
	crm.Store
	crm.Tx
	SessionStore
	ButtonStore
	InboxStore
	OutboxStore
	JobStore
	ValueStore
}

// SessionStore keeps sessions and buttons' command lines.
type SessionStore interface {
	Sessions(ctx context.Context, keys []SessionKey) (map[SessionKey]*Session, error)
	SaveSessions(ctx context.Context, s []*Session) error
}

// ButtonStore keeps the command lines behind buttons.
type ButtonStore interface {
	CreateButtons(ctx context.Context, b []*KeptButton) error
	// Buttons returns those of the ids that exist, expired or used ones too.
	Buttons(ctx context.Context, ids []string) (map[string]*KeptButton, error)
	// UseButton marks a Once button used and says whether this call was the first.
	UseButton(ctx context.Context, id string, by SenderID, at time.Time) (bool, error)
	PruneButtons(ctx context.Context, before time.Time) (int, error)
}

// Shards is the number of shards that conversations are spread over.
const Shards = 32

// InboxRow is an Inbound in the inbox.
type InboxRow struct {
	ID       int64
	Inbound  Inbound
	Chat     string    // the address as one string: what is kept in order
	Shard    int       // hash of platform, install and chat, modulo Shards
	DueAt    time.Time // not to be handled before; zero is at once
	Attempts int
	Cause    string // of the last failure
}

// InboxStore is the durable queue of what arrived.
type InboxStore interface {
	// AddInbound inserts the rows in one statement, leaves out those whose
	// event is known, and wakes the workers. It returns how many were new.
	AddInbound(ctx context.Context, rows []*InboxRow) (int, error)
	// WorkShard takes the free shard whose due row is oldest and runs fn in a
	// transaction with up to limit of its due rows, oldest first; rows of a
	// conversation behind one that is to be tried again later are left out.
	// done is false when no shard had work. fn settles its rows through the
	// store it is given. An error of fn rolls everything back and is returned.
	WorkShard(ctx context.Context, limit int, fn func(ctx context.Context, store Store, rows []*InboxRow) error) (done bool, err error)
	// FinishInbound marks rows done. It fails with CodeConflict unless every
	// one of them was still pending: the fence against a second worker.
	FinishInbound(ctx context.Context, ids []int64) error
	// RetryInbound keeps a row for another try; dead true parks it instead.
	RetryInbound(ctx context.Context, row *InboxRow, dead bool) error
	// Savepoint runs fn so that its writes alone are undone when it fails. The
	// savepoint is opened at the first write: reading costs nothing.
	Savepoint(ctx context.Context, fn func(ctx context.Context, store Store) error) error
}

// OutboxRow is an Outgoing in the outbox.
type OutboxRow struct {
	ID           int64
	Conversation crm.ConversationID
	Message      crm.MessageID // 0 for operations that are no message
	Position     int           // of its part
	Author       crm.AuthorKind
	ReleasedBy   crm.UserID // the staff act that released a person's words; the database insists on it
	Outgoing     Outgoing
	Attempts     int
	DueAt        time.Time
	Created      time.Time
	Plain        bool // sent once more as plain text after BadContent
}

// Settlement is what became of a claimed row.
type Settlement struct {
	Row      *OutboxRow
	State    crm.Delivery // DeliveryQueued: try again at DueAt
	Native   MessageID
	Class    Class
	Cause    string // for the log and the card
	DueAt    time.Time
	Uncount  bool // not an attempt: a rate limit
	HoldChat bool // with DueAt: hold every row of the install until then
}

// OutboxStore is the durable queue of what goes out.
type OutboxStore interface {
	AddOutbox(ctx context.Context, rows []*OutboxRow) error
	// ClaimOutbox leases up to limit due rows to owner, at most the head of
	// each conversation; a row leased by a replica that is dead counts as free.
	ClaimOutbox(ctx context.Context, owner string, limit int) ([]*OutboxRow, error)
	// SettleOutbox writes the outcome beside row and message part.
	SettleOutbox(ctx context.Context, s []Settlement) error
	// Beat says that owner is alive, by the database's clock, and how many
	// replicas are. ReleaseLeases frees what owner holds.
	Beat(ctx context.Context, owner string) (replicas int, err error)
	ReleaseLeases(ctx context.Context, owner string) error
}

// Job is work outside a conversation, done at least once.
type Job struct {
	ID       int64
	Kind     string
	Unique   string // a second waiting job of the same Kind and Unique is not added; "" for no such rule
	Payload  string // JSON
	RunAt    time.Time
	Attempts int
	Cause    string
}

// JobStore keeps jobs.
type JobStore interface {
	AddJobs(ctx context.Context, jobs ...*Job) error
	// ClaimJobs takes due jobs by pushing their RunAt into the future by
	// lease; a replica that dies gives them back by that.
	ClaimJobs(ctx context.Context, limit int, lease time.Duration) ([]*Job, error)
	FinishJob(ctx context.Context, id int64) error
	// RetryJob keeps a job for RunAt; dead true parks it.
	RetryJob(ctx context.Context, j *Job, dead bool) error
}

// ValueStore is small durable state with an expiry, and leases on names.
type ValueStore interface {
	Value(ctx context.Context, key string) (string, error) // "" when there is none
	SetValue(ctx context.Context, key, value string, ttl time.Duration) error
	// TakeLease takes or keeps name for owner until ttl from now, by the
	// database's clock, and says whether owner holds it.
	TakeLease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error)
	DropLease(ctx context.Context, name, owner string) error
	// Keep stores a payload that never became an Inbound, for the engineer.
	Keep(ctx context.Context, platform Platform, install Install, reason string, raw []byte, at time.Time) error
}
