package crm

import (
	"slices"
	"strings"
	"time"
)

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

func (l *Lead) owned() (UserID, TeamID) { return l.OwnerID, l.TeamID }
func (l *Lead) revision() *int64        { return &l.Version }
func (l *Lead) label() (string, string) { return either(l.Name, l.Company), either(l.Company, l.Phone) }

func (l *Lead) fields() map[string]string {
	return map[string]string{
		"name": l.Name, "company": l.Company, "phone": l.Phone, "email": l.Email, "need": l.Need,
		"status": string(l.Status), "intent": string(l.Intent), "source": l.First.Name,
		"reason": l.LostReason, "owner": refer(KindUser, int64(l.OwnerID)),
		"contact": refer(KindContact, int64(l.ContactID)), "account": refer(KindAccount, int64(l.AccountID)),
		"opportunity": refer(KindOpportunity, int64(l.OpportunityID)),
	}
}

// leadMoves says from which states each verb may start.
var leadMoves = map[string][]LeadStatus{
	"qualify": {LeadNew, LeadWorking},
	"convert": {LeadNew, LeadWorking, LeadQualified},
	"lose":    {LeadNew, LeadWorking, LeadQualified},
	"reopen":  {LeadLost},
}

// Work says that somebody has begun: a new lead is worked on from now.
func (l *Lead) Work() {
	if l.Status == LeadNew {
		l.Status = LeadWorking
	}
}

// Qualify says that the need is real. From new or working; else CodeConflict.
func (l *Lead) Qualify() error { return l.move("qualify", LeadQualified) }

// Lose ends an open lead. CodeInvalid without a reason, CodeConflict if it is
// not open.
func (l *Lead) Lose(reason string) error {
	reason, err := lossReason(reason)
	if err != nil {
		return err
	}
	if err := l.move("lose", LeadLost); err != nil {
		return err
	}
	l.LostReason = reason
	return nil
}

// Reopen takes a lost lead up again; else CodeConflict.
func (l *Lead) Reopen() error {
	if err := l.move("reopen", LeadWorking); err != nil {
		return err
	}
	l.LostReason = ""
	return nil
}

// Convert marks an open lead as become what the references say. CodeConflict
// if it is not open.
func (l *Lead) Convert(account AccountID, contact ContactID, opportunity OpportunityID) error {
	if err := l.move("convert", LeadConverted); err != nil {
		return err
	}
	l.AccountID, l.ContactID, l.OpportunityID = account, contact, opportunity
	return nil
}

func (l *Lead) move(verb string, to LeadStatus) error {
	if !slices.Contains(leadMoves[verb], l.Status) {
		return l.stuck()
	}
	l.Status = to
	return nil
}

// stuck says in which state the lead is that does not allow the move.
func (l *Lead) stuck() error {
	ref := l.Ref().String()
	switch l.Status {
	case LeadConverted:
		return Fail(CodeConflict, "lead.is.converted", "ref", ref)
	case LeadLost:
		return Fail(CodeConflict, "lead.is.lost", "ref", ref)
	case LeadQualified:
		return Fail(CodeConflict, "lead.is.qualified", "ref", ref)
	}
	return Fail(CodeConflict, "lead.is.open", "ref", ref)
}

// join adds what a second wish says to the lead that is open already.
func (l *Lead) join(wish *Lead) {
	if !strings.Contains(l.Need, wish.Need) {
		l.Need = strings.TrimPrefix(l.Need+"; "+wish.Need, "; ")
	}
	l.Name = either(l.Name, wish.Name)
	l.Company = either(l.Company, wish.Company)
	l.Phone = either(l.Phone, wish.Phone)
	l.Email = either(l.Email, wish.Email)
	l.Intent = Intent(either(string(l.Intent), string(wish.Intent)))
	if wish.Latest.Name != "" {
		l.Latest = wish.Latest
	}
}

// setters are the fields that people may change.
func (l *Lead) setters(s Settings, now time.Time) map[string]setter {
	return map[string]setter{
		"name": name("name", &l.Name), "company": text("company", &l.Company, nameMax),
		"phone": checked(&l.Phone, s.normalPhone), "email": checked(&l.Email, normalEmail),
		"need": text("need", &l.Need, textMax), "intent": checked(&l.Intent, ParseIntent),
		"source": func(v string) error {
			if l.First.Name == v {
				return nil
			}
			l.First = Source{Name: v, At: now}
			l.Latest = l.First
			return nil
		},
	}
}

// check tidies a new lead. A company without a person stands for itself, and
// somebody who wrote to us need not have said his name.
func (l *Lead) check(s Settings, now time.Time) error {
	fields := map[string]string{
		"company": l.Company, "phone": l.Phone, "email": l.Email, "need": l.Need, "intent": string(l.Intent),
	}
	if l.Name = strings.TrimSpace(l.Name); l.ContactID == 0 {
		l.Name = either(l.Name, l.Company)
	}
	if l.Name != "" || l.ContactID == 0 {
		fields["name"] = l.Name
	}
	return set(l.setters(s, now), fields)
}

// arrived dates the sources of a new lead.
func (l *Lead) arrived(now time.Time) {
	if l.First.At.IsZero() {
		l.First.At = now
	}
	if l.Latest.At.IsZero() {
		l.Latest = l.First
	}
}
