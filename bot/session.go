package bot

import (
	"time"

	"crmbot/crm"
)

// Session is what the bot remembers of one person in one conversation. It is
// stored as JSON, so a restart does not forget a half-filled form. The zero
// Session is a fresh one.
type Session struct {
	Conversation crm.ConversationID `json:"-"`
	Sender       SenderID           `json:"-"`

	V    int        `json:"v,omitempty"`
	Form *FormState `json:"form,omitempty"`
	// Choices are the buttons of the last question where the person types a
	// number instead. They count until ChoicesUntil and never while a form
	// expects a number.
	Choices      []Choice  `json:"choices,omitempty"`
	ChoicesUntil time.Time `json:"choices_until,omitzero"`
	// Burst are lines that wait to be joined with what follows.
	Burst []string `json:"burst,omitempty"`
	// Files are the names of files without words that wait for what follows.
	Files []string `json:"files,omitempty"`
	// BurstSeq tells the wake-up after the last of them from older ones.
	BurstSeq int `json:"burst_seq,omitempty"`
	// Thanked is when the person last thanked us: the next courtesy needs no
	// answer.
	Thanked time.Time `json:"thanked,omitzero"`
	// Asked is the last question that was searched in the knowledge base.
	Asked string `json:"asked,omitempty"`
	// Question is the Key of the last crm.Question of this person, and QuestionAt
	// when it was asked.
	Question   string    `json:"question,omitempty"`
	QuestionAt time.Time `json:"question_at,omitzero"`
	// Values is room for handlers: small, and named after the command.
	Values map[string]string `json:"values,omitempty"`

	changed bool
}

// Changed marks the session for saving. A session that nobody marks is not
// written.
func (s *Session) Changed() { s.changed = true }

// IsChanged says whether the session must be saved.
func (s *Session) IsChanged() bool { return s.changed }

// FormState is a command that waits for its missing arguments.
type FormState struct {
	Command string            `json:"command"`
	Values  map[string]string `json:"values"`            // by argument, as typed
	Skipped []string          `json:"skipped,omitempty"` // arguments the person would not give
	Asking  string            `json:"asking"`            // the argument we asked for last
	Tries   int               `json:"tries,omitempty"`   // wrong answers to it
	Started time.Time         `json:"started"`
	Asked   time.Time         `json:"asked,omitzero"`    // when we asked last
	Numbers bool              `json:"numbers,omitempty"` // a number would be the answer, not a choice
	Meant   bool              `json:"meant,omitempty"`   // the wish was plain, or a question was answered
	Text    string            `json:"text,omitempty"`    // what followed the command's words
	Lang    string            `json:"lang,omitempty"`    // the language it is filled in
	Picks   []Pick            `json:"picks,omitempty"`   // what was offered for Asking, in order
}

// Pick is one of several values that a typed name may mean.
type Pick struct {
	Label string `json:"label"`
	Value string `json:"value"` // as it would be typed
}

// Choice is one numbered answer.
type Choice struct {
	Label  string `json:"label"`
	Action string `json:"action"` // "b:<id>"
}

// SessionKey names a session.
type SessionKey struct {
	Conversation crm.ConversationID
	Sender       SenderID
}

// KeptButton is the command line behind "b:<id>", kept until Expires.
type KeptButton struct {
	// ID is 16 letters and digits of randomness: it cannot be guessed. The
	// buttons of one message that are never used up may share them, with a full stop
	// and a number behind: they are kept together.
	ID           string
	Conversation crm.ConversationID
	For          SenderID // only this person may press; "" for anybody there
	Action       string
	Label        string
	Once         bool
	UsedBy       SenderID
	UsedAt       time.Time
	Expires      time.Time
}
