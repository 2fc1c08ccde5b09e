package crm

import "time"

// ReleaseState is where words that are meant for a customer stand.
type ReleaseState string

// The states of a release. Only from held can it become sent.
const (
	ReleaseDraft   ReleaseState = "draft"   // waits for a yes of its author
	ReleaseHeld    ReleaseState = "held"    // goes out at Due unless somebody stops it
	ReleaseStopped ReleaseState = "stopped" // never goes out
	ReleaseSent    ReleaseState = "sent"    // given to the platform's line: see Delivery
)

// Release is the act by which somebody who works here lets words go to a
// customer. Without one nothing that a person wrote leaves the house.
type Release struct {
	ID             ReleaseID      `bun:",pk,autoincrement,identity"`
	ConversationID ConversationID // of the customer: where it goes, whoever its contact is by then
	ThreadID       ThreadID       `bun:",nullzero"` // where it was written; 0 elsewhere
	UserID         UserID         // who lets it go
	Source         string         // native id of the message in the thread, "" if it is none
	SourceID       MessageID      `bun:",nullzero"` // that message as we keep it, for its files
	Body           string         // plain text
	Original       string         // what was written, where Body is its translation
	State          ReleaseState
	Due            time.Time
	MessageID      MessageID `bun:",nullzero"` // in the customer's conversation, once sent
	Delivery       Delivery  // of that message, "" before
	Why            string    // it failed or waits: as Failure.Why or Class
	Live           bool      // written in a live thread
	Created        time.Time
	Updated        time.Time
}

// ReleaseFilter selects releases. Zero fields do not filter.
type ReleaseFilter struct {
	Conversation ConversationID
	Thread       ThreadID
	Source       string
	Message      MessageID
	States       []ReleaseState
	Page         Page // latest first
}
