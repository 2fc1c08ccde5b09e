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

func (o *Opportunity) owned() (UserID, TeamID) { return o.OwnerID, o.TeamID }
func (o *Opportunity) revision() *int64        { return &o.Version }
func (o *Opportunity) label() (string, string) { return o.Name, o.Amount.String() }

func (o *Opportunity) fields() map[string]string {
	return map[string]string{
		"name": o.Name, "stage": o.Stage, "amount": o.Amount.String(), "close": o.CloseOn,
		"reason": o.LostReason, "source": o.Source, "intent": string(o.Intent),
		"account": refer(KindAccount, int64(o.AccountID)), "contact": refer(KindContact, int64(o.ContactID)),
		"lead": refer(KindLead, int64(o.LeadID)), "owner": refer(KindUser, int64(o.OwnerID)),
	}
}

// Open says whether the sale is undecided.
func (o *Opportunity) Open() bool { return o.ClosedAt.IsZero() }

// Enter brings the opportunity to an open stage; one that was closed is open
// again. CodeInvalid for a closed stage.
func (o *Opportunity) Enter(stage Stage) error {
	if stage.Closed() {
		return Fail(CodeInvalid, "stage.closed").In("stage")
	}
	o.Stage, o.Probability = stage.Key, stage.Probability
	o.ClosedAt, o.LostReason = time.Time{}, ""
	return nil
}

// Win closes it as won. CodeConflict if it is closed.
func (o *Opportunity) Win(stages Stages, at time.Time) error {
	return o.close(stages, stages.Won(), at)
}

// Lose closes it as lost. CodeInvalid without a reason, CodeConflict if it is
// closed.
func (o *Opportunity) Lose(stages Stages, reason string, at time.Time) error {
	reason, err := lossReason(reason)
	if err != nil {
		return err
	}
	if err := o.close(stages, stages.Lost(), at); err != nil {
		return err
	}
	o.LostReason = reason
	return nil
}

func (o *Opportunity) close(stages Stages, to Stage, at time.Time) error {
	if !o.Open() {
		if o.Stage == stages.Won().Key {
			return Fail(CodeConflict, "opportunity.is.won", "ref", o.Ref().String())
		}
		return Fail(CodeConflict, "opportunity.is.lost", "ref", o.Ref().String())
	}
	o.Stage, o.Probability, o.ClosedAt = to.Key, to.Probability, at
	return nil
}

// Price sets the amount; one without currency takes the given one. CodeInvalid
// below zero.
func (o *Opportunity) Price(m Money, currency string) error {
	if m.Minor < 0 {
		return Fail(CodeInvalid, "amount.negative").In("amount")
	}
	m.Currency = either(m.Currency, currency)
	o.Amount = m
	return nil
}

// lossReason is why something was lost. CodeInvalid if nobody says.
func lossReason(s string) (string, error) {
	s, err := tidy("reason", s, nameMax)
	if err == nil && s == "" {
		return "", Fail(CodeInvalid, "reason.missing").In("reason")
	}
	return s, err
}

// setters are the fields that people may change.
func (o *Opportunity) setters() map[string]setter {
	return map[string]setter{
		"name": name("name", &o.Name), "close": checked(&o.CloseOn, ParseDay),
		"intent": checked(&o.Intent, ParseIntent),
	}
}
