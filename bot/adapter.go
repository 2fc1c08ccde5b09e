package bot

import (
	"context"
	"io"
	"net/http"
)

// Adapter speaks one install of one chat platform. It translates and decides
// nothing. The optional interfaces below say what more it can do.
//
// Its life: New(Config, Host); Run until ctx ends; Send from many goroutines
// at once, before, during and after Run. Run takes in what the platform brings
// by itself (polling, sockets) and returns nil when ctx ends; an error is
// logged and Run is called again after a pause. An adapter that only has a
// Webhook blocks in Run until ctx ends.
type Adapter interface {
	Platform() Platform
	Features() Features
	Run(ctx context.Context, inbox Inbox) error
	// Send performs one operation. Errors are a *Failure, or count as
	// Transient. A ctx that ends after the request was written is Ambiguous.
	Send(ctx context.Context, out Outgoing) (Sent, error)
	// Measure is the length of a rendered text in the unit of Features.Text.
	// It is pure: the markup is what the adapter would send.
	Measure(markup string) int
}

// Webhook is an Adapter that is called over HTTP. The handler is mounted at
// /hook/{platform}/{install} and below. It verifies before it parses, answers
// after inbox.Receive has returned, and maps errors as HTTPStatus does.
type Webhook interface {
	Adapter
	Webhook(inbox Inbox) http.Handler
}

// Pages is an Adapter that shows pages of its own, at the paths of its
// handler's patterns (http.ServeMux), outside /hook.
type Pages interface {
	Adapter
	Pages(inbox Inbox) map[string]http.Handler
}

// Downloader is an Adapter that can fetch a file somebody sent. The caller
// closes the reader and stops after crm.MediaMax bytes.
type Downloader interface {
	Adapter
	Download(ctx context.Context, f File) (io.ReadCloser, error)
}

// Namer is an Adapter that can look up what a sender is called.
type Namer interface {
	Adapter
	Name(ctx context.Context, id SenderID) (Sender, error)
}

// Inbox takes in what arrived. Receive returns nil once it is safely in the
// database, and nil as well for an event that was there already. Its errors:
// crm.CodeInvalid for an Inbound that cannot be kept (no event id, no chat),
// crm.CodeUnavailable when the database is away: the platform must redeliver.
type Inbox interface {
	Receive(ctx context.Context, in Inbound) error
	// Consult asks, without keeping anything, what to show within the very
	// request: the Form that an action opens, a form's errors (Form.Errors) or
	// the options of a field. nil is nothing to show: the event is to be
	// Received. It takes at most 1.5 s and fails with CodeUnavailable then.
	Consult(ctx context.Context, in Inbound) (*Reply, error)
	// Await returns the answer to an event that was Received, if it comes
	// before ctx ends and nobody else has sent it: all that waits for this
	// conversation, in order, as far as it fits into one message. nil is no
	// answer. Whoever gets an Answer calls its Done exactly once. Only rows of
	// an install with Features.Hold are kept back for it; the redelivered event
	// may be awaited again, on any replica.
	Await(ctx context.Context, eventID string) (*Answer, error)
}

// Answer is an operation that was taken from the outbox by Await.
type Answer struct {
	Outgoing Outgoing
	// Done says what became of it: nil when it was handed to the platform. With
	// an error it waits for the next message of the person.
	Done func(err error)
}

// Inviter is an Adapter that can make a way into the chat that says where
// somebody came from: a link, and where the platform draws it a QR code. scene
// is 1 to 64 of A-Z a-z 0-9 _ -. CodeInvalid for another scene,
// CodeUnsupported when the account has no right to it.
type Inviter interface {
	Adapter
	Invite(ctx context.Context, scene string) (Invitation, error)
}

// Invitation is a way into the chat.
type Invitation struct {
	URL   string // to be put behind a link or a QR code
	Image string // address of a drawn QR code, "" if the platform draws none
}

// The reasons for something that becomes no Inbound.
const (
	ReasonRefused    = "refused"    // it does not prove where it comes from, or is too large
	ReasonUnreadable = "unreadable" // it is not what the platform sends
	ReasonUnknown    = "unknown"    // the platform has learned something new
	ReasonNotForUs   = "not_for_us" // it means nothing here
)

// Counter counts what never became an Inbound, by reason. raw is kept for
// ReasonUnreadable and ReasonUnknown, at most 64 KiB of it.
type Counter interface {
	Count(platform Platform, install Install, reason string, raw []byte)
}
