package crm

import "time"

// Opportunity is a possible sale. Amount is Minor and Currency of the embedded
// Money; CloseOn is a calendar day in the company's zone, "2026-12-20" or "".
type Opportunity struct {
	ID          OpportunityID `bun:",pk,autoincrement,identity"`
	Name        string
	AccountID   AccountID `bun:",nullzero"`
	ContactID   ContactID `bun:",nullzero"`
	LeadID      LeadID    `bun:",nullzero"` // the lead it was converted from
	Stage       string    // key of a Stage
	Probability int       // percent, of its stage at the time it entered
	Amount      Money     `bun:"embed:amount_"`
	CloseOn     string
	ClosedAt    time.Time `bun:",nullzero"` // set when won or lost
	LostReason  string
	Source      string // name of the first source, copied from lead or contact
	Intent      Intent
	OwnerID     UserID `bun:",nullzero"`
	TeamID      TeamID `bun:",nullzero"`
	Version     int64
	Created     time.Time
	Updated     time.Time
}

// Ref is the opportunity's reference.
func (o *Opportunity) Ref() Ref { return Ref{KindOpportunity, int64(o.ID)} }

// OpportunityFilter selects opportunities in scope, newest first. Zero fields
// do not filter.
type OpportunityFilter struct {
	Scope   Scope
	Owner   UserID
	Account AccountID
	Contact ContactID
	Stage   string
	Open    bool
	Page    Page
}
