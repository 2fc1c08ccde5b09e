package bot

import (
	"cmp"
	"time"
)

// The opaque names. Only the adapter that made one may look inside.
type (
	Platform  string
	Install   string
	ChatID    string
	TopicID   string
	SenderID  string
	MessageID string
)

// Address is where something is said: a chat of one install of one platform,
// with its topic where the platform has forum topics or channel threads. A
// direct chat has no topic.
type Address struct {
	Platform Platform `json:"platform"`
	Install  Install  `json:"install"`
	Chat     ChatID   `json:"chat"`
	Topic    TopicID  `json:"topic,omitempty"`
}

// Kind says what arrived.
type Kind string

// The kinds of Inbound. One that is not in this list is kept and counted.
const (
	KindText     Kind = "text"     // Text, perhaps with Files
	KindMedia    Kind = "media"    // Files, perhaps with Text as their caption
	KindAction   Kind = "action"   // a button: Action as the adapter was given it
	KindForm     Kind = "form"     // Action names the form, Values its fields
	KindEdit     Kind = "edit"     // Target now says Text
	KindDelete   Kind = "delete"   // Target is gone
	KindReaction Kind = "reaction" // Text is the emoji put on Target, "" when taken off
	KindFollow   Kind = "follow"   // the person opened the chat; Scene says from where
	KindUnfollow Kind = "unfollow" // the person left
	KindBlocked  Kind = "blocked"  // the person blocked us
	KindScan     Kind = "scan"     // a QR code: Scene
	KindContact  Kind = "contact"  // the person shared his own number: Values["phone"], ["name"]
	KindHome     Kind = "home"     // the person opened the bot's home page
	KindMenu     Kind = "menu"     // an entry of the platform's menu: Action is its command line, or Text what it says
	KindConsent  Kind = "consent"  // Values["notices"] is "yes" or "no": may we tell the person outside the chat that a reply waits
	KindDesk     Kind = "desk"     // the platform's own desk has the chat: Values["state"] is "taken" or "ended"
	KindVisit    Kind = "visit"    // the person opened a page by the platform's menu: Values["url"]
	KindMoved    Kind = "moved"    // the chat lives at Values["chat"] from now on
	KindNote     Kind = "note"     // from ourselves: what a colleague wrote about this conversation, in a thread of it. Values["by"] is the user, ["thread"] the thread
	KindSystem   Kind = "system"   // from ourselves: Action is a notice of the router
)

// InboundVersion is the V of what this program writes. Fields are only ever
// added.
const InboundVersion = 1

// Inbound is one thing that arrived. It is stored as JSON before anything is
// made of it.
type Inbound struct {
	V       int               `json:"v"`
	EventID string            `json:"event"`         // the platform's dedupe key, unique within the install; never a message id
	Seq     int64             `json:"seq,omitempty"` // the platform's own order within the chat; 0 if it has none
	Kind    Kind              `json:"kind"`
	Address Address           `json:"address"`
	Direct  bool              `json:"direct,omitempty"` // one person and us
	Sender  Sender            `json:"sender"`
	Message MessageID         `json:"message,omitempty"`
	ReplyTo MessageID         `json:"reply_to,omitempty"` // the message this one quotes
	Target  MessageID         `json:"target,omitempty"`   // what an edit, deletion or reaction is about
	Text    string            `json:"text,omitempty"`     // valid UTF-8 without NUL; our own name removed
	Action  string            `json:"action,omitempty"`
	Values  map[string]string `json:"values,omitempty"`
	Files   []File            `json:"files,omitempty"`
	Scene   string            `json:"scene,omitempty"`   // start payload, QR scene, page address
	Turn    string            `json:"turn,omitempty"`    // what the adapter needs to answer this very event
	Mention bool              `json:"mention,omitempty"` // in a group: addressed to us
	// Quoted says that Mention is for no more than ReplyTo: a message of ours is
	// quoted, and our name is not said.
	Quoted bool `json:"quoted,omitempty"`
	// Named are the others whom the message calls by name.
	Named []SenderID `json:"named,omitempty"`
	// Aside is said in private at a place where others read along: the answer
	// is for the asker, who may want to share it there.
	Aside bool      `json:"aside,omitempty"`
	At    time.Time `json:"at"` // on the platform's clock
	// Of is the EventID that an event of our own follows from, in logs: that of
	// what a person did. "" for one that follows from nothing.
	Of string `json:"of,omitempty"`
}

// Origin is the name by which the logs know an event, and all that follows from
// it.
func (in *Inbound) Origin() string { return cmp.Or(in.Of, in.EventID) }

// Sender is who it came from, as far as the platform says.
type Sender struct {
	ID       SenderID `json:"id"`
	Name     string   `json:"name,omitempty"`
	Language string   `json:"language,omitempty"` // BCP 47, "" if the platform does not say
	// Chat is where this person can be written to directly, if the platform
	// allows it. Empty when it is not known.
	Chat ChatID `json:"chat,omitempty"`
}

// File is something attached. Native is what the adapter's Downloader needs.
type File struct {
	Name   string `json:"name,omitempty"`
	MIME   string `json:"mime,omitempty"`
	Size   int64  `json:"size,omitempty"`
	Native string `json:"native,omitempty"`
	Hash   string `json:"hash,omitempty"` // of stored bytes, for files that go out
}
