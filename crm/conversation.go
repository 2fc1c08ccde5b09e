package crm

import "time"

// Audience says who reads a conversation or a message.
type Audience string

// The audiences. A note never leaves the house.
const (
	AudienceCustomers Audience = "customers" // of a conversation: people outside write here
	AudienceStaff     Audience = "staff"     // of a conversation: people who work here
	AudienceCustomer  Audience = "customer"  // of a message: the person outside reads it
	AudienceNote      Audience = "note"      // of a message: only staff read it
)

// ConversationStatus is who is to speak next.
type ConversationStatus string

// The states of a conversation.
const (
	ConversationOpen      ConversationStatus = "open"       // the bot answers
	ConversationWaiting   ConversationStatus = "waiting"    // a person was asked for and has not come yet
	ConversationHandedOff ConversationStatus = "handed_off" // a person is in charge
	ConversationClosed    ConversationStatus = "closed"
)

// Conversation is one chat of one install of one platform, with its topic
// where the platform has topics or threads. Only its own shard writes it.
type Conversation struct {
	ID         ConversationID `bun:",pk,autoincrement,identity"`
	Platform   string         // opaque here, as are Install, Chat and Topic
	Install    string
	Chat       string
	Topic      string
	Direct     bool // one person and us
	Audience   Audience
	ContactID  ContactID `bun:",nullzero"` // of a direct chat with somebody outside
	UserID     UserID    `bun:",nullzero"` // of a direct chat with somebody who works here
	Language   string
	Status     ConversationStatus
	AssigneeID UserID    `bun:",nullzero"` // the person in charge
	LastInAt   time.Time `bun:",nullzero"`
	LastOutAt  time.Time `bun:",nullzero"`
	Created    time.Time
	Updated    time.Time
}

// Ref is the conversation's reference.
func (c *Conversation) Ref() Ref { return Ref{KindConversation, int64(c.ID)} }
