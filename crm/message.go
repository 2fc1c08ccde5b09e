package crm

import "time"

// Direction is whether a message came in or went out.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Delivery is what is known of an outgoing message, never better than known.
type Delivery string

// The delivery states.
const (
	DeliveryQueued    Delivery = "queued"    // 排队中
	DeliveryAccepted  Delivery = "accepted"  // 已发出: the platform took it
	DeliveryDelivered Delivery = "delivered" // 已送达: proof only
	DeliveryUnknown   Delivery = "unknown"   // 不确定: timed out after writing
	DeliveryFailed    Delivery = "failed"    // 未送达, with its reason
)

// Message is one line of a Conversation, in or out.
type Message struct {
	ID             MessageID `bun:",pk,autoincrement,identity"`
	ConversationID ConversationID
	Direction      Direction
	AuthorKind     AuthorKind
	AuthorID       int64
	Audience       Audience
	Kind           string // as the inbound kind: "text", "media", "form", "contact"; "desk" of what was written at the platform's own desk
	Body           string
	Detail         string // the reply as versioned JSON for those who render it again; "" for plain text
	Native         string // the platform's id of an incoming message; of outgoing ones see Part
	Language       string
	ReplyTo        string // native id of the message that this one answers
	// Label is what a message of ours is called within its conversation, so that
	// it can be changed later; "" if it never is.
	Label string
	// ThreadID is where a colleague wrote it; 0 is elsewhere.
	ThreadID ThreadID `bun:",nullzero"`
	// Muted was written by somebody who was blocked or flooding: it is kept and
	// shown to nobody.
	Muted    bool
	EventID  string    // of an outgoing message: the inbound event that it answers
	Happened time.Time // on the platform's clock
	Received time.Time // on ours
	Edited   time.Time `bun:",nullzero"`
	Deleted  time.Time `bun:",nullzero"`
}

// Part is one native message of an outgoing Message: a long text becomes
// several on the platform.
type Part struct {
	ID        int64 `bun:",pk,autoincrement,identity"`
	MessageID MessageID
	Position  int
	Native    string
	State     Delivery
	Error     string // the class of the failure
	Updated   time.Time
}

// Revision is what a Message said before an edit or a deletion.
type Revision struct {
	ID        int64 `bun:",pk,autoincrement,identity"`
	MessageID MessageID
	Body      string
	At        time.Time
}

// Media is a file of a message, kept by the hash of its bytes. State is
// "waiting" until a job has fetched it.
type Media struct {
	ID        int64 `bun:",pk,autoincrement,identity"`
	MessageID MessageID
	Position  int
	Name      string
	MIME      string
	Size      int64
	Hash      string // SHA-256 in hex; "" while waiting
	Native    string // what the adapter needs to fetch it
	State     MediaState
	Error     string
	Created   time.Time
}

// MediaState is whether we have the bytes.
type MediaState string

// The states of a file.
const (
	MediaWaiting MediaState = "waiting"
	MediaStored  MediaState = "stored"
	MediaFailed  MediaState = "failed"
)

// MediaMax is the largest file that is kept, in bytes.
const MediaMax = 20 << 20
