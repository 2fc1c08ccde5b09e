package bot

import (
	"errors"
	"time"
)

// Class is why a platform did not take something. It decides what the sender
// does next; every adapter maps its platform's errors to one.
type Class string

// The classes.
const (
	RateLimited   Class = "rate_limited"   // hold the destination for After; not an attempt
	Transient     Class = "transient"      // back off and try again
	Ambiguous     Class = "ambiguous"      // it may have arrived: the state is unknown
	RecipientGone Class = "recipient_gone" // blocked us, left, deactivated: stop
	Migrated      Class = "migrated"       // the chat lives at To now: send there
	WindowClosed  Class = "window_closed"  // not before the person writes again
	BadContent    Class = "bad_content"    // refused as it is: once more as plain text
	Unauthorized  Class = "unauthorized"   // our credentials: every send will fail
	Stale         Class = "stale"          // the thing to answer or edit is over: drop
)

// Failure is an error of Adapter.Send with its class. An error that is no
// Failure counts as Transient.
type Failure struct {
	Class Class
	After time.Duration // RateLimited: how long
	To    Address       // Migrated: where
	Err   error         // for the log; must not hold a secret
	// Why says more than the Class to whoever sent the words: one of the Whys,
	// or "".
	Why string
}

// The reasons why words cannot be sent now, besides the Class.
const (
	WhyDesk       = "desk"        // the platform's own desk has the chat, and only there it can be answered
	WhyEnded      = "ended"       // there is no session: the customer's next message opens one
	WhyLimit      = "limit"       // the company may serve no more customers there
	WhyNobody     = "nobody"      // nobody is at the desk to take it
	WhyNoNotices  = "no_notices"  // nobody can be told outside the chat there
	WhyNoConsent  = "no_consent"  // the person did not agree to be told
	WhyNotNoticed = "not_noticed" // the notice itself was refused
	WhyTopic      = "topic"       // RecipientGone: the thread is no more, the chat is
	WhyArchived   = "archived"    // RecipientGone: the chat is closed to everybody, or we are no longer in it
	WhyRights     = "rights"      // RecipientGone: we are there, and not allowed to write or to open threads
)

// Error is for the log.
func (f *Failure) Error() string {
	if f.Err == nil {
		return string(f.Class)
	}
	return string(f.Class) + ": " + f.Err.Error()
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// FailureOf returns err as a Failure.
func FailureOf(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Class: Transient, Err: err}
}
