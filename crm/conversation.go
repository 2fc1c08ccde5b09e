package crm

import (
	"slices"
	"time"
)

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
	AssigneeID UserID `bun:",nullzero"` // the person in charge
	// A person was asked for at AskedAt; Tried are those who were, in order, and
	// Step how far that went. All are zero while the bot answers.
	AskedAt time.Time `bun:",nullzero"`
	Tried   []UserID  `bun:"type:jsonb"`
	Step    Escalation
	// WaitsSince is the first word of the customer that no person has answered.
	WaitsSince time.Time `bun:",nullzero"`
	StaffAt    time.Time `bun:",nullzero"` // when one of us last wrote to the customer
	// LiveID is whose lines in the threads go out as they are, since LiveSince;
	// LiveAt is when he last wrote one.
	LiveID     UserID    `bun:",nullzero"`
	LiveSince  time.Time `bun:",nullzero"`
	LiveAt     time.Time `bun:",nullzero"`
	ClosedAt   time.Time `bun:",nullzero"` // when a person's part last ended
	LastUserID UserID    `bun:",nullzero"` // who was in charge then
	LastInAt   time.Time `bun:",nullzero"`
	LastOutAt  time.Time `bun:",nullzero"`
	Created    time.Time
	Updated    time.Time
}

// Ref is the conversation's reference.
func (c *Conversation) Ref() Ref { return Ref{KindConversation, int64(c.ID)} }

// Person says whether a person is wanted or in charge.
func (c *Conversation) Person() bool {
	return c.Status == ConversationWaiting || c.Status == ConversationHandedOff
}

// since is when whoever is in charge last did something for the customer.
func (c *Conversation) since() time.Time {
	switch {
	case c.StaffAt.After(c.ClosedAt):
		return c.StaffAt
	case !c.AskedAt.IsZero():
		return c.AskedAt
	}
	return c.Updated
}

// Since is when whoever is in charge last did something for the customer.
func (c *Conversation) Since() time.Time { return c.since() }

// call has somebody asked, who is to come.
func (c *Conversation) call(who Choice, now time.Time) {
	if who.Step != AskedTeam {
		if !c.Person() {
			c.Tried = nil
		}
		c.Tried = append(slices.Clone(c.Tried), who.User)
	}
	c.Status, c.AssigneeID, c.Step, c.AskedAt = ConversationWaiting, who.User, who.Step, now
	if c.WaitsSince.IsZero() {
		c.WaitsSince = now
	}
	c.quiet()
}

// lead puts somebody in charge. If the customer waits, the call goes on from
// him.
func (c *Conversation) lead(user UserID, now time.Time) {
	if c.LiveID != user {
		c.quiet()
	}
	waits := c.WaitsSince
	c.calm()
	c.Status, c.AssigneeID = ConversationHandedOff, user
	if !waits.IsZero() {
		c.WaitsSince, c.AskedAt, c.Tried, c.Step = waits, now, []UserID{user}, AskedTurn
	}
}

// calm ends a call and the customer's waiting.
func (c *Conversation) calm() {
	c.AskedAt, c.Tried, c.Step, c.WaitsSince = time.Time{}, nil, "", time.Time{}
}

// quiet ends a live thread.
func (c *Conversation) quiet() {
	c.LiveID, c.LiveSince, c.LiveAt = 0, time.Time{}, time.Time{}
}

// fields are what people did to a conversation, for the audit trail.
func (c *Conversation) fields() map[string]string {
	return map[string]string{
		"status": string(c.Status), "owner": refer(KindUser, int64(c.AssigneeID)),
		"live": refer(KindUser, int64(c.LiveID)),
	}
}

// ConversationFilter selects conversations of customers. Zero fields do not
// filter. Latest first.
type ConversationFilter struct {
	Scope    Scope
	Statuses []ConversationStatus
	Assignee UserID
	Live     bool // only those with a live thread
	Threaded bool // only those that have a thread
	IDs      []ConversationID
	Page     Page
}
