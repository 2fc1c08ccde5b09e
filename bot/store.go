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
	ReplicaStore
	JobStore
	ValueStore
	QueueStore
	CreditStore
	IndexStore
}

// CreditStore keeps what may still be sent where a platform grants rights to
// write, and lets rows of the outbox wait for the person.
type CreditStore interface {
	// UpdateBalance reads, changes and keeps the Balance of a conversation in
	// one step; a fresh one is zero. An error of fn changes nothing and is
	// returned.
	UpdateBalance(ctx context.Context, id crm.ConversationID, fn func(*Balance) error) error
	// Balances returns what is known of the conversations; a missing one has
	// nothing.
	Balances(ctx context.Context, ids []crm.ConversationID) (map[crm.ConversationID]*Balance, error)
	// WakeOutbox makes rows of the conversations that wait for the person
	// (settled as queued with WindowClosed) due at a moment.
	WakeOutbox(ctx context.Context, ids []crm.ConversationID, due time.Time) error
	// TakeLine leases the waiting rows of a conversation to owner, oldest first
	// and at most limit, unless one of them is leased already: then none.
	TakeLine(ctx context.Context, owner string, id crm.ConversationID, limit int) ([]*OutboxRow, error)
	// Behind returns the waiting rows of a conversation behind a row that owner
	// holds, oldest first and at most limit. With take they are leased to owner.
	Behind(ctx context.Context, owner string, row *OutboxRow, limit int, take bool) ([]*OutboxRow, error)
	// LeaveLine ends the leases of owner on rows and leaves them as they are.
	LeaveLine(ctx context.Context, owner string, ids []int64) error
	// InboundState says where an event is: its conversation's address, and
	// whether it has been handled, with all that is due in its chat by soon.
	// CodeNotFound if it never came.
	InboundState(ctx context.Context, platform Platform, install Install, eventID string, soon time.Time) (at Address, done bool, err error)
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

// ShardsAtOnce is how many of them one transaction takes: enough that the cost of
// its statements is shared by many events when they are spread thin, and few
// enough that several workers find something to do.
const ShardsAtOnce = Shards / 4

// InboxRow is an Inbound in the inbox.
type InboxRow struct {
	ID       int64
	Inbound  Inbound
	Chat     string    // the address as one string: what is kept in order
	Shard    int       // hash of platform, install and chat, modulo Shards
	Received time.Time // on our clock
	DueAt    time.Time // its place in the line, and not to be handled before; zero is Received
	Attempts int
	Cause    string // of the last failure
	Logged   bool   // its message is in the log already
}

// Waits says whether an event of the kind waits for an earlier one of its
// conversation that is to be tried again. What is no word of a person goes on.
func (k Kind) Waits() bool {
	switch k {
	case KindReaction, KindEdit, KindDelete, KindHome:
		return false
	}
	return true
}

// InboxStore is the durable queue of what arrived.
type InboxStore interface {
	// AddInbound inserts the rows, all or none, and leaves out those whose
	// event is known. It returns how many were new. The workers of other processes
	// are not woken: who adds an event handles it, or who holds its shard does,
	// and looks again at the end. CodeUnavailable when the database is away.
	AddInbound(ctx context.Context, rows []*InboxRow) (int, error)
	// WorkShards takes some free shards, those whose rows due at now are oldest,
	// and runs fn in a transaction with up to limit of their due rows, oldest
	// first; rows of a conversation behind one that is to be tried again later
	// are left out. done is false when no shard had work. fn settles its rows
	// through the store it is given. An error of fn rolls everything back and is
	// returned.
	WorkShards(ctx context.Context, now time.Time, limit int, fn func(ctx context.Context, store Store, rows []*InboxRow) error) (done bool, err error)
	// FinishInbound marks rows done. It fails with CodeConflict unless every
	// one of them was still pending: the fence against a second worker.
	FinishInbound(ctx context.Context, ids []int64) error
	// Conclude writes what a batch of events led to and marks the events done, as
	// the methods of each kind do one by one: CreateMessages, AddOutbox,
	// CreateButtons, SaveSessions, CreateQuestions, Spoke, FinishInbound. Questions
	// need not get their IDs. CodeConflict, and nothing is written, unless every
	// event was still pending.
	Conclude(ctx context.Context, c *Conclusion) error
	// RetryInbound keeps a row for another try at its DueAt, with its Attempts
	// and Cause; dead true parks it instead. The row keeps its place in the line.
	RetryInbound(ctx context.Context, row *InboxRow, dead bool) error
	// Savepoint runs fn so that its writes alone are undone when it fails, and
	// says whether there were any. The savepoint is opened at the first write:
	// reading costs nothing.
	Savepoint(ctx context.Context, fn func(ctx context.Context, store Store) error) (wrote bool, err error)
	// Spoke records, in one statement each, when people last wrote in the
	// conversations and when we did.
	Spoke(ctx context.Context, in, out []crm.ConversationID, at time.Time) error
}

// Conclusion is what a batch of events led to, as it is written at its end.
type Conclusion struct {
	Messages  []*crm.Message // in their order
	Outbox    []*OutboxRow   // in their order; see AddOutbox for Owner
	Of        []int          // for each row of Outbox the place of its message in Messages, -1 for one of before or none
	Buttons   []*KeptButton
	Sessions  []*Session
	Questions []*crm.Question
	In, Out   []crm.ConversationID // where people wrote, and where we did
	At        time.Time            // when that was
	Done      []int64              // rows of the inbox
}

// OutboxRow is an Outgoing in the outbox.
type OutboxRow struct {
	ID           int64
	Conversation crm.ConversationID
	Message      crm.MessageID // 0 for operations that are no message
	Position     int           // of its part
	Audience     crm.Audience  // of the conversation
	Author       crm.AuthorKind
	ReleasedBy   crm.UserID // the staff act that released a person's words; the database insists on it
	Outgoing     Outgoing
	Attempts     int
	DueAt        time.Time // zero is Created
	Created      time.Time
	Plain        bool // sent once more as plain text after BadContent
	Waits        bool // for the person's next word
	// Owner is the replica that is to send the row from the start, "" for any:
	// see AddOutbox. It is not read back.
	Owner string
}

// Settlement is what became of a claimed row.
type Settlement struct {
	Row    *OutboxRow   // with its Attempts, Plain and address as they are now
	State  crm.Delivery // DeliveryQueued: try again at DueAt
	Native MessageID
	Topic  TopicID // that OpThread opened
	Class  Class
	Cause  string // for the log and the card
	Why    string // Failure.Why
	DueAt  time.Time
	At     time.Time
}

// Claim asks for rows to send.
type Claim struct {
	Owner    string // the replica
	Platform Platform
	Install  Install
	Now      time.Time
	Limit    int
	// Lost, after a claim whose answer was lost, frees what is leased to Owner
	// but for the rows of Held.
	Lost bool
	Held []int64
}

// OutboxStore is the durable queue of what goes out.
type OutboxStore interface {
	// AddOutbox adds rows in their order, with the parts of their messages. A
	// row with an Owner, at most the first of its conversation among rows, is
	// leased to it at once and gets its ID, if nothing of the conversation waits
	// before it and its install is not held; else its Owner is cleared.
	AddOutbox(ctx context.Context, rows []*OutboxRow) error
	// ClaimOutbox leases due rows of an install to the owner, at most the head
	// of each conversation; a row leased by a replica that is dead counts as
	// free. It returns none while the install is held.
	ClaimOutbox(ctx context.Context, c Claim) ([]*OutboxRow, error)
	// SettleOutbox writes the outcomes beside row and message part and ends the
	// leases. A row that owner holds no more is left alone. RecipientGone marks
	// the identity.
	SettleOutbox(ctx context.Context, owner string, s []Settlement) error
	// Hold lets nothing of an install be claimed until then, on any replica.
	Hold(ctx context.Context, platform Platform, install Install, until time.Time) error
	// Delivered marks the outgoing messages of a conversation up to an id as
	// delivered.
	Delivered(ctx context.Context, id crm.ConversationID, upTo crm.MessageID, at time.Time) error
	// ExpireOutbox fails rows whose words are stale and that nobody holds, such
	// as those of an install that is no more. It returns how many.
	ExpireOutbox(ctx context.Context, now time.Time) (int, error)
}

// ReplicaStore knows which processes are alive, by the database's clock, and
// carries wake-ups between them.
type ReplicaStore interface {
	// Beat says that owner is alive and returns how many replicas are. Where
	// the database belongs to one process, an owner's first beat ends the
	// leases of all others.
	Beat(ctx context.Context, owner string) (replicas int, err error)
	// ReleaseLeases frees what owner holds and forgets the owner.
	ReleaseLeases(ctx context.Context, owner string) error
	// TurnBack moves what waits in the queues back by as much as the clock was
	// set back, if it has a time after now: else it would wait until the clock is
	// where it was. by 0 finds out by the newest that is there, which must be two
	// seconds ahead or more. late true is for what was on its way when that was
	// done, with the time of before, and leaves alone what only looks like it. It
	// returns how much was moved.
	TurnBack(ctx context.Context, now time.Time, by time.Duration, late bool) (int, error)
	// Ring tells other processes of the topics once the transaction is through.
	// It is a hint and may be lost.
	Ring(ctx context.Context, topics ...string) error
	// Rings calls fn with the topics that other processes ring, until ctx ends.
	// It reconnects by itself.
	Rings(ctx context.Context, fn func(topic string)) error
	// Said returns where something was said after a message, for those who may
	// have missed a ring, and the newest message of all. With a message below
	// zero it returns the newest alone; where the database belongs to one process
	// nothing is missed, and both are empty.
	Said(ctx context.Context, after crm.MessageID) (at []crm.ConversationKey, newest crm.MessageID, err error)
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
	// ClaimJobs takes jobs due at now by pushing their RunAt into the future by
	// lease; a replica that dies gives them back by that. Attempts counts the
	// claims, this one too.
	ClaimJobs(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]*Job, error)
	FinishJob(ctx context.Context, id int64) error
	// RetryJob keeps a job for RunAt with its Attempts; dead true parks it.
	RetryJob(ctx context.Context, j *Job, dead bool) error
}

// KeptValue is a Value to be kept under Key for TTL; 0 is for good.
type KeptValue struct {
	Key, Value string
	TTL        time.Duration
}

// ValueStore is small durable state with an expiry, and leases on names.
type ValueStore interface {
	Value(ctx context.Context, key string) (string, error) // "" when there is none
	// Values returns what there is of several.
	Values(ctx context.Context, keys []string) (map[string]string, error)
	SetValue(ctx context.Context, key, value string, ttl time.Duration) error
	// SetValues is SetValue for several at once; of one key the last counts.
	SetValues(ctx context.Context, values []KeptValue) error
	// TakeLease takes or keeps name for owner until ttl from now, by the
	// database's clock, and says whether owner holds it.
	TakeLease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error)
	DropLease(ctx context.Context, name, owner string) error
	// Keep stores a payload that never became an Inbound, for the engineer.
	Keep(ctx context.Context, platform Platform, install Install, reason string, raw []byte, at time.Time) error
}

// Backlog is how much is waiting in the queues.
type Backlog struct {
	Inbox, Outbox, Jobs   int // waiting, due or not
	DueInbox, DueOutbox   int // of these, due by now
	DueJobs               int
	DeadInbox, DeadJobs   int       // parked
	FailedOutbox          int       // given up
	Holds                 int       // installs that are held
	Oldest                time.Time // place in the line of the oldest inbox row that is due; zero if none
	NextInbox, NextOutbox time.Time // when the next one is due that is not due yet; zero if none
	NextJob               time.Time
}

// QueueStore looks after the queues.
type QueueStore interface {
	// Transact is InTx for those who need the queues as well.
	Transact(ctx context.Context, fn func(ctx context.Context, store Store) error) error
	// View runs fn on a store that reads one state of the database. Writing
	// through it fails and changes nothing.
	View(ctx context.Context, fn func(ctx context.Context, store Store) error) error
	Backlog(ctx context.Context, now time.Time) (Backlog, error)
	// DeadInbound returns parked rows, latest first.
	DeadInbound(ctx context.Context, limit int) ([]*InboxRow, error)
	// ReviveInbound lets parked rows be tried again, as fresh ones.
	ReviveInbound(ctx context.Context, ids []int64, now time.Time) (int, error)
	// Prune removes what is done, used up or expired and older than before.
	Prune(ctx context.Context, before time.Time) (int, error)
}

// IndexStore keeps what was computed from the knowledge base, so that a start
// need not compute it again. All of it can be lost without harm.
type IndexStore interface {
	// Index returns what SaveIndex kept under a name, CodeNotFound if nothing.
	Index(ctx context.Context, name string) ([]byte, error)
	// SaveIndex keeps data (at most 64 MiB) under a name, in place of what was
	// there. All but the latest few names are dropped.
	SaveIndex(ctx context.Context, name string, data []byte) error
	// Vectors returns those that SaveVectors kept of a model, by text.
	Vectors(ctx context.Context, model string, texts []string) (map[string][]float32, error)
	// SaveVectors keeps the vectors of texts; those of other models are dropped.
	SaveVectors(ctx context.Context, model string, vectors map[string][]float32) error
}
