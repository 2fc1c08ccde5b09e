package bot

import (
	"encoding/json"
	"strings"

	"crmbot/crm"
)

// Reply is what a handler answers. Text is the markup of package markup: five
// constructs that every adapter renders in its platform's way. A Reply with
// everything empty says nothing on purpose.
type Reply struct {
	V       int      `json:"v,omitempty"`
	Text    string   `json:"text,omitempty"`
	Cards   []Card   `json:"cards,omitempty"`
	Table   *Table   `json:"table,omitempty"`
	Buttons []Button `json:"buttons,omitempty"`
	// Numbers is a line that stands in place of the numbered list of the buttons
	// where there are none, and says itself which number is which. The Reply has
	// no cards with buttons then.
	Numbers string `json:"numbers,omitempty"`
	Files   []File `json:"files,omitempty"`
	// Form is of an answer of Inbox.Consult only.
	Form *Form `json:"form,omitempty"`
	// AskContact is the label of a button that shares the person's own phone
	// number, where the platform has one.
	AskContact string `json:"ask_contact,omitempty"`
	// Private shows the reply to the asker alone where others read along.
	Private bool `json:"private,omitempty"`
	// Share shows the reply to everybody in the place of the event, though it
	// answers something private.
	Share bool `json:"share,omitempty"`
	// Toast is a short notice at the pressed button rather than a message.
	Toast string `json:"toast,omitempty"`
	// Replace puts the reply in place of the message whose button was pressed.
	Replace bool `json:"replace,omitempty"`
	// Asks says that it ends with a question that is answered in words, where
	// several read along: where people quote what they answer, the platform may
	// begin that for them.
	Asks bool `json:"asks,omitempty"`
	// Quote is the message this one answers.
	Quote MessageID `json:"quote,omitempty"`
	// Voice is whose words these are, said elsewhere and shown again here. Text
	// names the person only where the platform does not: see Features.Authors.
	Voice *Voice `json:"voice,omitempty"`
	// Cites is the article that the words were taken from. It is not shown: the
	// log keeps it for colleagues.
	Cites *Cited `json:"cites,omitempty"`
}

// Cited is an article of the knowledge base as it was when it was shown.
type Cited struct {
	Article crm.ArticleID `json:"article"`
	Version int64         `json:"version"`
}

// CitedIn is what a reply cites that the log keeps as crm.Message.Detail, nil for
// nothing.
func CitedIn(detail string) *Cited {
	if !strings.Contains(detail, `"cites"`) {
		return nil
	}
	var reply struct {
		Cites *Cited `json:"cites"`
	}
	if json.Unmarshal([]byte(detail), &reply) != nil {
		return nil
	}
	return reply.Cites
}

// Voice is somebody whose words are shown in a thread.
type Voice struct {
	Name string    `json:"name,omitempty"` // as people call him, "" for the bot
	Role VoiceRole `json:"role"`
}

// VoiceRole is what somebody is in a customer's conversation.
type VoiceRole string

// The roles.
const (
	VoiceCustomer VoiceRole = "customer" // the customer
	VoiceBot      VoiceRole = "bot"      // the bot's answer to the customer
	VoiceNote     VoiceRole = "note"     // a colleague, to colleagues
	VoiceReply    VoiceRole = "reply"    // a colleague, to the customer
)

// Empty says whether there is nothing to show.
func (r *Reply) Empty() bool {
	return r == nil || r.Text == "" && len(r.Cards) == 0 && r.Table == nil &&
		len(r.Buttons) == 0 && len(r.Files) == 0 && r.Toast == ""
}

// Card is one record at a glance. Title and Fields are plain text, Text is
// markup.
type Card struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	Text     string   `json:"text,omitempty"`
	Fields   []Field  `json:"fields,omitempty"`
	Buttons  []Button `json:"buttons,omitempty"`
}

// Field is a line of a card.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Table is rows under a header, in plain text. Where a platform has no tables
// Lines are shown instead, one for each row, as a native would write them.
type Table struct {
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"`
	Lines  []string   `json:"lines"`
}

// Button is a command line behind a label: pressing equals typing. Handlers
// write the line into Action; before the reply leaves, the pipeline keeps the
// line in the database and puts "b:<id>" in its place. URL makes it a link.
type Button struct {
	Label  string `json:"label"`
	Action string `json:"action,omitempty"`
	URL    string `json:"url,omitempty"`
	Style  Style  `json:"style,omitempty"`
	// Once is false for buttons that may be pressed again, as in a menu.
	Once bool `json:"once,omitempty"`
	// Form says that pressing it opens a form where the platform has them: the
	// adapter asks Inbox.Consult for it instead of calling Receive.
	Form bool `json:"form,omitempty"`
	// Write says that it asks for words to the customer: an adapter that has a
	// place for them shows that instead.
	Write bool `json:"write,omitempty"`
}

// Style is how a button stands out.
type Style string

// The styles.
const (
	StylePlain   Style = ""
	StylePrimary Style = "primary"
	StyleDanger  Style = "danger"
)

// Text is a Reply of nothing but words.
func Text(markup string) *Reply { return &Reply{Text: markup} }
