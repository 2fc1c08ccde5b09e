package crm

import (
	"slices"
	"strings"
	"time"
)

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

func (t *Ticket) owned() (UserID, TeamID) { return t.OwnerID, t.TeamID }
func (t *Ticket) revision() *int64        { return &t.Version }
func (t *Ticket) label() (string, string) { return t.Title, string(t.Status) }

func (t *Ticket) fields() map[string]string {
	return map[string]string{
		"kind": string(t.Kind), "title": t.Title, "status": string(t.Status), "priority": string(t.Priority),
		"due": stamp(t.DueAt), "solution": t.Solution, "contact": refer(KindContact, int64(t.ContactID)),
		"account": refer(KindAccount, int64(t.AccountID)), "owner": refer(KindUser, int64(t.OwnerID)),
	}
}

// ticketMoves says from which states each verb may start.
var ticketMoves = map[string][]TicketStatus{
	"solve":  {TicketOpen, TicketPending},
	"close":  {TicketOpen, TicketPending, TicketSolved},
	"reopen": {TicketSolved, TicketClosed},
}

// deadlines is how long a ticket may take by its priority.
var deadlines = map[Priority]time.Duration{
	PriorityUrgent: 4 * time.Hour,
	PriorityHigh:   24 * time.Hour,
	PriorityNormal: 3 * 24 * time.Hour,
	PriorityLow:    7 * 24 * time.Hour,
}

// Allowed is how long a new ticket of the kind may take.
func (k TicketKind) Allowed() time.Duration {
	if k == TicketComplaint {
		return deadlines[PriorityHigh]
	}
	return deadlines[PriorityNormal]
}

// ParsePriority reads a priority as it is stored. Returns CodeInvalid.
func ParsePriority(s string) (Priority, error) {
	if _, ok := deadlines[Priority(s)]; !ok {
		return "", Fail(CodeInvalid, "ticket.priority.unknown").In("priority")
	}
	return Priority(s), nil
}

// Solve records the solution. From open or pending; else CodeConflict.
func (t *Ticket) Solve(solution string, at time.Time) error {
	solution, err := tidy("solution", solution, textMax)
	if err != nil {
		return err
	}
	if err := t.move("solve", TicketSolved); err != nil {
		return err
	}
	t.Solution, t.SolvedAt = solution, at
	return nil
}

// Close ends a ticket. CodeConflict if it is closed.
func (t *Ticket) Close(at time.Time) error {
	if err := t.move("close", TicketClosed); err != nil {
		return err
	}
	t.ClosedAt = at
	return nil
}

// Reopen takes a solved or closed ticket up again; else CodeConflict. Its
// solution stays to be read.
func (t *Ticket) Reopen() error {
	if err := t.move("reopen", TicketOpen); err != nil {
		return err
	}
	t.SolvedAt, t.ClosedAt = time.Time{}, time.Time{}
	return nil
}

// Prioritise sets the priority, and the due time with it unless that was set
// by hand. Returns CodeInvalid.
func (t *Ticket) Prioritise(p Priority) error {
	if _, err := ParsePriority(string(p)); err != nil {
		return err
	}
	if t.DueAt.IsZero() || t.DueAt.Equal(t.Created.Add(deadlines[t.Priority])) {
		t.DueAt = t.Created.Add(deadlines[p])
	}
	t.Priority = p
	return nil
}

func (t *Ticket) move(verb string, to TicketStatus) error {
	if !slices.Contains(ticketMoves[verb], t.Status) {
		return t.stuck()
	}
	t.Status = to
	return nil
}

func (t *Ticket) stuck() error {
	ref := t.Ref().String()
	switch t.Status {
	case TicketSolved:
		return Fail(CodeConflict, "ticket.is.solved", "ref", ref)
	case TicketClosed:
		return Fail(CodeConflict, "ticket.is.closed", "ref", ref)
	}
	return Fail(CodeConflict, "ticket.is.open", "ref", ref)
}

// check tidies a new ticket and fills in what follows from its kind.
func (t *Ticket) check(now time.Time) error {
	var err error
	if t.Body, err = tidy("body", t.Body, textMax); err != nil {
		return err
	}
	t.Title = either(strings.TrimSpace(t.Title), headline(t.Body))
	if t.Title, err = tidy("title", t.Title, nameMax); err != nil {
		return err
	}
	if t.Title == "" {
		return Fail(CodeInvalid, "field.empty").In("body")
	}
	t.Kind = TicketKind(either(string(t.Kind), string(TicketQuestion)))
	switch t.Kind {
	case TicketQuestion, TicketRepair, TicketReturn, TicketComplaint:
	default:
		return Fail(CodeInvalid, "ticket.kind.unknown").In("kind")
	}
	if t.Priority == "" {
		t.Priority = PriorityNormal
		if t.Kind == TicketComplaint {
			t.Priority = PriorityHigh
		}
	}
	t.Status, t.Created = TicketOpen, now
	due := t.DueAt
	if err := t.Prioritise(t.Priority); err != nil {
		return err
	}
	if !due.IsZero() {
		t.DueAt = due
	}
	return nil
}

// headline is the first line of a text, short enough for a list.
func headline(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if r := []rune(line); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return line
}
