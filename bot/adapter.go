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

// Checker is an Adapter that can try its credentials. It returns what it found
// out as lines of plain text; an error says what is wrong in words without
// secrets.
type Checker interface {
	Adapter
	Check(ctx context.Context) ([]string, error)
}

// Inbox takes in what arrived. Receive returns nil once it is safely in the
// database, and nil as well for an event that was there already. Its errors:
// crm.CodeInvalid for an Inbound that cannot be kept (no event id, no chat),
// crm.CodeUnavailable when the database is away: the platform must redeliver.
type Inbox interface {
	Receive(ctx context.Context, in Inbound) error
}

// Counter counts what never became an Inbound, by reason: "refused",
// "unreadable", "unknown", "not_for_us". raw is kept for the reasons
// "unreadable" and "unknown", at most 64 KiB of it.
type Counter interface {
	Count(platform Platform, install Install, reason string, raw []byte)
}
