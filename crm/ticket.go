package crm

import "time"

// TicketKind is what sort of trouble it is.
type TicketKind string

// The kinds of ticket.
const (
	TicketQuestion  TicketKind = "question"
	TicketRepair    TicketKind = "repair"
	TicketReturn    TicketKind = "return"
	TicketComplaint TicketKind = "complaint"
)

// TicketStatus is where a ticket stands.
type TicketStatus string

// The states of a ticket. Closed is final but for reopening.
const (
	TicketOpen    TicketStatus = "open"
	TicketPending TicketStatus = "pending" // waits for the customer
	TicketSolved  TicketStatus = "solved"
	TicketClosed  TicketStatus = "closed"
)

// Priority orders tickets.
type Priority string

// The priorities.
const (
	PriorityLow    Priority = "low"
	PriorityNormal Priority = "normal"
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// Ticket is a request for help.
type Ticket struct {
	ID             TicketID `bun:",pk,autoincrement,identity"`
	Kind           TicketKind
	Title          string
	Body           string
	Status         TicketStatus
	Priority       Priority
	DueAt          time.Time      `bun:",nullzero"`
	ContactID      ContactID      `bun:",nullzero"`
	AccountID      AccountID      `bun:",nullzero"`
	ConversationID ConversationID `bun:",nullzero"` // where it was reported
	Solution       string
	SolvedAt       time.Time `bun:",nullzero"`
	ClosedAt       time.Time `bun:",nullzero"`
	OwnerID        UserID    `bun:",nullzero"`
	TeamID         TeamID    `bun:",nullzero"`
	Version        int64
	Created        time.Time
	Updated        time.Time
}

// Ref is the ticket's reference.
func (t *Ticket) Ref() Ref { return Ref{KindTicket, int64(t.ID)} }

// Open says whether somebody still has to act.
func (t *Ticket) Open() bool { return t.Status == TicketOpen || t.Status == TicketPending }

// TicketFilter selects tickets in scope, newest first. Zero fields do not
// filter.
type TicketFilter struct {
	Scope   Scope
	Owner   UserID
	Contact ContactID
	Account AccountID
	Open    bool
	Page    Page
}
