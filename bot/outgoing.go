package bot

import "time"

// Op is one operation of a platform.
type Op string

// The operations. Features.Ops says which a platform has.
const (
	OpPost      Op = "post"      // a new message
	OpEdit      Op = "edit"      // Target becomes Reply
	OpDelete    Op = "delete"    // Target goes
	OpEphemeral Op = "ephemeral" // a message that For alone sees
	OpAnswer    Op = "answer"    // acknowledges the button press of Turn, with Reply.Toast
	OpHome      Op = "home"      // the home page of For
	OpView      Op = "view"      // has forms: see Inbox.Consult
	OpTyping    Op = "typing"    // shows for a few seconds that an answer is being written
	OpNudge     Op = "nudge"     // tells a person outside the chat that a reply waits for him there; Reply.Text is the name of the notice
	OpThread    Op = "thread"    // opens a thread or topic in the chat To, headed by Reply: Sent.Topic names it
	OpTransfer  Op = "transfer"  // gives the chat over to the platform's own desk: we cannot write there any more
)

// Outgoing is one operation with one native id. It is stored as JSON. Key is
// stable over retries: adapters pass it on as the platform's idempotency key
// where there is one.
type Outgoing struct {
	V      int      `json:"v"`
	Key    string   `json:"key"`
	Op     Op       `json:"op"`
	To     Address  `json:"to"`
	Direct bool     `json:"direct,omitempty"`
	For    SenderID `json:"for,omitempty"`
	// Staff says that the chat is that of somebody who works here, and of nobody
	// else.
	Staff bool `json:"staff,omitempty"`
	// Colleague says that it answers somebody who works here at a place of those
	// who do, where others may read along.
	Colleague bool      `json:"colleague,omitempty"`
	Target    MessageID `json:"target,omitempty"`
	Turn      string    `json:"turn,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // the bot's words grow stale, people's do not
	Language  string    `json:"language,omitempty"`
	Asked     time.Time `json:"asked,omitzero"` // when the person's event that this answers came in
	// Notice names what OpNudge says when this cannot be sent: "reply_waiting"
	// ("" is the same) or "ticket_update".
	Notice string `json:"notice,omitempty"`
	Reply  *Reply `json:"reply,omitempty"`
	// Failed is the command line that the conversation is given if this can never
	// be sent: see Post.Failed.
	Failed string `json:"failed,omitempty"`
	// Options is the numbered list that Reply.Text ends with where a platform has
	// no buttons. A number means an entry of the latest list alone.
	Options string `json:"options,omitempty"`
	// Done is the command line that the conversation is given once the platform
	// took this, with " id=… topic=…" behind it: see Post.Done.
	Done string `json:"done,omitempty"`
	// Of is our message that OpEdit and OpDelete are about; the sender puts its
	// native id into Target.
	Of int64 `json:"of,omitempty"`
	// Notify are the people whom the platform is to call by name, if it can.
	Notify []Sender `json:"notify,omitempty"`
	// Release is the act that let a person's words go, 0 for the bot's.
	Release int64 `json:"release,omitempty"`
	// From is the name of the person whose words these are, "" for the bot's.
	From string `json:"from,omitempty"`
	// Event names what this follows from, in logs: the EventID of what a person
	// did or, if nobody did anything, of our own event.
	Event string `json:"event,omitempty"`
}

// Sent is what the platform said.
type Sent struct {
	ID MessageID // native id of the message, "" where the operation makes none
	// Topic is the thread that OpThread opened; ID is then its card.
	Topic TopicID
}
