package crm

import "time"

// ActivityKind is a note of what was done or a plan of what is to be done.
type ActivityKind string

// The kinds of activity.
const (
	ActivityNote ActivityKind = "note"
	ActivityPlan ActivityKind = "plan"
)

// Activity is something done or to do about a record. A plan has DueAt until
// DoneAt is set; its owner is told once at its due time, and again after it
// was moved.
type Activity struct {
	ID          ActivityID `bun:",pk,autoincrement,identity"`
	Kind        ActivityKind
	SubjectKind Kind // with SubjectID: the record it is about
	SubjectID   int64
	ContactID   ContactID `bun:",nullzero"` // the person concerned, for the timeline
	Body        string
	DueAt       time.Time `bun:",nullzero"`
	DoneAt      time.Time `bun:",nullzero"`
	ToldAt      time.Time `bun:",nullzero"` // when the owner was reminded
	OwnerID     UserID    `bun:",nullzero"`
	TeamID      TeamID    `bun:",nullzero"`
	Version     int64
	Created     time.Time
	Updated     time.Time
}

// Ref is the activity's reference.
func (a *Activity) Ref() Ref { return Ref{KindActivity, int64(a.ID)} }

// Subject is the record the activity is about.
func (a *Activity) Subject() Ref { return Ref{a.SubjectKind, a.SubjectID} }

// ActivityFilter selects activities in scope, newest first; with DueBefore,
// earliest due first. Zero fields do not filter.
type ActivityFilter struct {
	Scope     Scope
	Owner     UserID
	Subject   Ref
	Contact   ContactID
	Kind      ActivityKind
	Open      bool      // plans not done
	DueBefore time.Time // plans due before this moment
	Page      Page
}

func (a *Activity) owned() (UserID, TeamID) { return a.OwnerID, a.TeamID }
func (a *Activity) revision() *int64        { return &a.Version }
func (a *Activity) label() (string, string) { return a.Body, a.Subject().String() }

func (a *Activity) fields() map[string]string {
	return map[string]string{
		"kind": string(a.Kind), "about": a.Subject().String(), "body": a.Body, "due": stamp(a.DueAt),
		"done": stamp(a.DoneAt), "owner": refer(KindUser, int64(a.OwnerID)),
	}
}

// Done ends a plan. CodeInvalid for a note, CodeConflict if it is done.
func (a *Activity) Done(at time.Time) error {
	if err := a.pending(); err != nil {
		return err
	}
	a.DoneAt = at
	return nil
}

// Move gives a plan a new due time; its owner is told again then. CodeInvalid
// for a note or a time that is over, CodeConflict if it is done.
func (a *Activity) Move(due, now time.Time) error {
	if err := a.pending(); err != nil {
		return err
	}
	if !due.After(now) {
		return Fail(CodeInvalid, "time.past").In("due")
	}
	a.DueAt, a.ToldAt = due.UTC().Truncate(time.Microsecond), time.Time{}
	return nil
}

func (a *Activity) pending() error {
	if a.Kind != ActivityPlan {
		return Fail(CodeInvalid, "plan.is.note", "ref", a.Ref().String())
	}
	if !a.DoneAt.IsZero() {
		return Fail(CodeConflict, "plan.is.done", "ref", a.Ref().String())
	}
	return nil
}
