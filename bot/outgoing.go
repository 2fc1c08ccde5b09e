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
	OpView      Op = "view"      // opens a form for Turn
)

// Outgoing is one operation with one native id. It is stored as JSON. Key is
// stable over retries: adapters pass it on as the platform's idempotency key
// where there is one.
type Outgoing struct {
	V         int       `json:"v"`
	Key       string    `json:"key"`
	Op        Op        `json:"op"`
	To        Address   `json:"to"`
	Direct    bool      `json:"direct,omitempty"`
	For       SenderID  `json:"for,omitempty"`
	Target    MessageID `json:"target,omitempty"`
	Turn      string    `json:"turn,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // the bot's words grow stale, people's do not
	Language  string    `json:"language,omitempty"`
	Reply     *Reply    `json:"reply,omitempty"`
}

// Sent is what the platform said.
type Sent struct {
	ID MessageID // native id of the message, "" where the operation makes none
}
