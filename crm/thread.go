package crm

import "time"

// ThreadState is what a thread is good for.
type ThreadState string

// The states of a thread.
const (
	ThreadOpening ThreadState = "opening" // its place was asked for and is not there yet
	ThreadOpen    ThreadState = "open"    // what is said in the conversation is shown there
	ThreadClosed  ThreadState = "closed"  // nobody is needed: it is taken up again by what comes within Rules.Reopen
	ThreadLost    ThreadState = "lost"    // the place is no more
)

// Thread shows a customer's conversation at a place where colleagues work: a
// channel's thread, a group's topic, a room of the staff page. A conversation
// has at most one at each install; they all show the same. The place is a
// conversation of its own, whose topic the platform names once it is opened.
type Thread struct {
	ID             ThreadID       `bun:",pk,autoincrement,identity"`
	ConversationID ConversationID // of the customer
	Platform       string         // of the place, opaque here, as are Install, Chat, Topic and Head
	Install        string
	Chat           string
	Topic          string // "" while it is being opened
	Head           string // the native id of the card on top
	State          ThreadState
	// Cursor is the last message of the customer's conversation that was shown.
	Cursor  MessageID
	Opened  time.Time
	Closed  time.Time `bun:",nullzero"`
	Created time.Time
	Updated time.Time
}

// Place is where the thread is.
func (t *Thread) Place() ConversationKey {
	return ConversationKey{Platform: t.Platform, Install: t.Install, Chat: t.Chat, Topic: t.Topic}
}

// ThreadFilter selects threads. Zero fields do not filter.
type ThreadFilter struct {
	Conversation      ConversationID
	Platform, Install string
	States            []ThreadState
	Page              Page // latest first
}
