package bot

import "time"

// Features says what a platform can show and do, as data. Fit and the sender
// read it; nobody asks for a platform's name.
type Features struct {
	Ops     []Op
	Text    Limit // of one message
	Label   Limit // of a button
	Buttons int   // most buttons of a message; 0: the person types a number instead
	Cards   bool  // cards are drawn; else they become lines of text
	Tables  bool
	Contact bool  // has a button that shares one's own number
	Files   bool  // Reply.Files are sent, one message for each
	Authors bool  // shows by itself which person wrote something
	Quotes  bool  // people can answer a message of ours by quoting it: Inbound.ReplyTo
	Caption Limit // of the text that goes with a file; Max 0 is none
	Rates   Rates
	Credits []Credit
	// Hold is how long an answer may wait for Inbox.Await before it is sent in
	// the ordinary way; 0 where answers do not go out with the request. Where it
	// is set Send always fails with WindowClosed, and what waits goes out with
	// the answer to the person's next message.
	Hold time.Duration
	// Watched says that the adapter uses Host.Watch: what is said in a chat is told
	// to the other processes, where somebody may look at it.
	Watched bool
	// Names is what people call the platform, by language.
	Names map[string]string
}

// Can says whether the platform has the operation.
func (f Features) Can(op Op) bool {
	for _, o := range f.Ops {
		if o == op {
			return true
		}
	}
	return false
}

// Unit is what a platform counts length in.
type Unit string

// The units.
const (
	Runes Unit = "rune"
	UTF16 Unit = "utf16"
	Bytes Unit = "byte"
)

// Limit is the longest text in a unit. Max 0 is no limit.
type Limit struct {
	Max  int
	Unit Unit
}

// Rates is how fast a platform may be written to. Zero is no limit.
type Rates struct {
	PerSecond float64 // over all chats of the install
	PerChat   float64 // per second and chat
	PerGroup  float64 // per second and chat that is not Direct; 0 is PerChat
	Ops       []OpRate
}

// OpRate is the rate of one operation over all chats of the install, besides
// the others.
type OpRate struct {
	Op        Op
	PerSecond float64
}

// Credit is a right to write that a person's event grants: N messages within
// For. A platform without credits may always be written to.
type Credit struct {
	On  Kind
	N   int
	For time.Duration
}
