package crm

import "time"

// Event is one line of the audit trail: who changed what, when, from what to
// what. Events are written in the transaction of the change and never altered.
type Event struct {
	ID          EventID `bun:",pk,autoincrement,identity"`
	At          time.Time
	ActorKind   AuthorKind
	ActorID     int64
	SubjectKind Kind
	SubjectID   int64
	Verb        string            // "created", "stage", "assigned", "converted"
	Changes     map[string]Change `bun:"type:jsonb"`

	// What undo needs. Act is the same for all events of one action; Before is
	// the record as JSON before it, "" if the action made the record, and of
	// questions which they are and what they were before; After is the record's
	// version after it, 0 where it has none.
	Act    string
	Before string
	After  int64
	Undone time.Time `bun:",nullzero"`
}

// Change is one field before and after, as people read it.
type Change struct {
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// EventFilter selects events, newest first.
type EventFilter struct {
	Subject Ref
	Actor   UserID
	Since   time.Time
	Page    Page
}
