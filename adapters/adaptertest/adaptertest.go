// Package adaptertest is what every adapter has to pass, and what the stand-ins
// of the platforms are made of. An adapter's test fills in a Harness and calls
// Run: what is in there is the contract of bot.Adapter and bot.Webhook as a
// platform sees it.
package adaptertest

import (
	"net/http"
	"testing"
	"time"

	"crmbot/bot"
)

// Harness is an adapter in front of a stand-in of its platform.
type Harness struct {
	// API is the stand-in.
	API *API
	// New makes the adapter as it takes in requests over HTTP.
	New func(t *testing.T, host bot.Host) bot.Webhook
	// Request makes an authentic request of the platform at a moment.
	Request func(body []byte, at time.Time) *http.Request
	// Forgeries spoil an authentic request so that it must be refused.
	Forgeries map[string]func(r *http.Request)
	// Ages says that a request of an hour ago must be refused.
	Ages bool
	// Text makes a new direct message, as a body for Request.
	Text func(text string) []byte
	// Inbound are bodies by the name of their golden file, testdata/in/<name>.
	Inbound map[string][]byte
	// NotForUs are authentic bodies that become nothing, with their reason.
	NotForUs map[string]string
	// Fixtures is the folder of payloads of the platform, and Wrap makes a body
	// of a file there.
	Fixtures string
	Wrap     func(file []byte) []byte
	// Glob is which files of the folder are payloads; "" is "*.json".
	Glob string
	// Strange is the pattern of the names of those files whose kind is none of
	// the platform's: they are counted as unknown.
	Strange string
	// Answered says of a payload that it is answered within the request and
	// becomes nothing: a question of the platform's.
	Answered func(file []byte) bool
	// Kept are the files that go out, by their hash.
	Kept map[string][]byte
	// Pull is for a platform whose requests say no more than that there is
	// something to be fetched: it fetches what a request has announced. A body is
	// acknowledged then before it is taken in. nil elsewhere.
	Pull func(t *testing.T, a bot.Webhook, inbox bot.Inbox)
	// Repeatable says that the platform knows a message by an id of ours: one
	// whose answer got lost is sent again, and never in doubt.
	Repeatable bool
	// To is the direct chat that the suite writes to, and Post the method of
	// the API that a new message takes.
	To   bot.Address
	Post string
	// Outgoing are operations by the name of their golden file,
	// testdata/out/<name>: the calls they make.
	Outgoing map[string]bot.Outgoing
	// Failures are answers of the API to a new message.
	Failures []Failure
	// Secrets must be in no error and no log.
	Secrets []string
	// Live says how the adapter takes in what comes by itself.
	Live []Live
}

// Failure is what the API may say to a new message, and what comes of it.
type Failure struct {
	Name   string
	Answer Answer
	Class  bot.Class
	After  time.Duration
	To     bot.ChatID // Migrated
}

// Live is one way in which Run takes updates in.
type Live struct {
	Name string
	New  func(t *testing.T, host bot.Host) bot.Adapter
	// Ready waits until Run is at work, and says whether it is.
	Ready func(limit time.Duration) bool
	// Deliver hands over a body of Text; nil where requests come to Webhook.
	Deliver func(body []byte)
	// Settled says whether the body was acknowledged; may be nil.
	Settled func(limit time.Duration) bool
}

// patience is how long the suite waits for what has to happen. Nothing is
// measured by it.
const patience = 20 * time.Second

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	s := &suite{Harness: h}
	t.Run("features", s.features)
	t.Run("inbound", s.inbound)
	t.Run("not_for_us", s.notForUs)
	t.Run("odd_text", s.oddText)
	t.Run("forged", s.forged)
	t.Run("oversized", s.oversized)
	t.Run("unreadable", s.unreadable)
	t.Run("redelivered", s.redelivered)
	t.Run("database_away", s.databaseAway)
	t.Run("fixtures", s.fixtures)
	t.Run("outgoing", s.outgoing)
	t.Run("long_text", s.longText)
	t.Run("failures", s.failures)
	t.Run("in_doubt", s.inDoubt)
	t.Run("live", s.live)
}
