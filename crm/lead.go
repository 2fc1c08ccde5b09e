package crm

import "time"

// LeadStatus is where a lead stands.
type LeadStatus string

// The states of a lead. Converted and lost are final; a lost lead may be
// reopened into working.
const (
	LeadNew       LeadStatus = "new"
	LeadWorking   LeadStatus = "working"
	LeadQualified LeadStatus = "qualified"
	LeadConverted LeadStatus = "converted"
	LeadLost      LeadStatus = "lost"
)

// Lead is a person or company that may become a customer.
type Lead struct {
	ID            LeadID `bun:",pk,autoincrement,identity"`
	Name          string
	Company       string
	Phone         string // as NormalPhone writes it
	Email         string
	Need          string // in the customer's words: "20 t maltose syrup"
	Status        LeadStatus
	Intent        Intent
	First         Source        `bun:"embed:source_"`
	Latest        Source        `bun:"embed:latest_source_"`
	ContactID     ContactID     `bun:",nullzero"` // set when it came from a chat; conversion reuses it
	AccountID     AccountID     `bun:",nullzero"` // set by conversion
	OpportunityID OpportunityID `bun:",nullzero"` // set by conversion
	LostReason    string
	OwnerID       UserID `bun:",nullzero"`
	TeamID        TeamID `bun:",nullzero"`
	Version       int64
	Created       time.Time
	Updated       time.Time
}

// Ref is the lead's reference.
func (l *Lead) Ref() Ref { return Ref{KindLead, int64(l.ID)} }

// Open says whether work on the lead goes on.
func (l *Lead) Open() bool {
	return l.Status == LeadNew || l.Status == LeadWorking || l.Status == LeadQualified
}

// LeadFilter selects leads in scope, newest first. Zero fields do not filter.
type LeadFilter struct {
	Scope   Scope
	Owner   UserID
	Contact ContactID
	Phone   string
	Open    bool
	Since   time.Time // created at or after
	Page    Page
}
