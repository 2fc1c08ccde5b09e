package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"crmbot/bot"
)

const (
	// wordTime is how long a person's language may take to find out.
	wordTime = time.Second
	// threadTime is how long we go on listening in a thread that we are part of
	// after something was said there.
	threadTime = 365 * 24 * time.Hour
	// threadRest is how long that goes without being noted.
	threadRest = 30 * 24 * time.Hour
)

// outcome is what a payload gets.
type outcome struct {
	status int                       // of HTTP; the socket acknowledges 200 alone
	body   []byte                    // of the answer, in JSON; may be empty
	after  func(ctx context.Context) // is to be done once it is answered; may be nil
}

var fine = outcome{status: http.StatusOK}

// write answers a request over HTTP.
func (o outcome) write(w http.ResponseWriter) {
	if len(o.body) > 0 {
		w.Header().Set("Content-Type", "application/json")
	}
	if o.after != nil {
		w.Header().Set("Connection", "close") // the next request on it would wait for what we do after the answer
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(o.body)))
	w.WriteHeader(o.status)
	_, _ = w.Write(o.body)
	if o.after != nil {
		_ = http.NewResponseController(w).Flush() // the answer counts; who does not wait for it has gone
	}
}

// with is an answer with a body.
func with(body any) outcome {
	raw, err := json.Marshal(body)
	if err != nil {
		return fine // our own types: cannot fail
	}
	return outcome{status: http.StatusOK, body: raw}
}

// take does what a payload asks for, or counts it.
func (a *Adapter) take(ctx context.Context, inbox bot.Inbox, kind string, payload []byte) outcome {
	in, reason := a.read(kind, payload)
	if in == nil {
		a.count(reason, payload)
		return fine
	}
	switch in.does {
	case open:
		return outcome{status: http.StatusOK, after: func(ctx context.Context) { a.open(ctx, inbox, in) }}
	case submit:
		return a.submit(ctx, inbox, in)
	case suggest:
		return a.suggest(ctx, inbox, in)
	}
	if in.overheard {
		switch joined, err := a.host.Value(ctx, threadKey(in.Address)); {
		case err != nil:
			a.host.Logger().ErrorContext(ctx, "cannot look up a thread", "event", in.EventID, "error", err)
			return outcome{status: http.StatusServiceUnavailable}
		case joined == "":
			a.count(bot.ReasonNotForUs, payload)
			return fine
		default:
			a.stay(ctx, in.Address, joined)
		}
	}
	return a.receive(ctx, inbox, in)
}

// receive brings an event into the inbox.
func (a *Adapter) receive(ctx context.Context, inbox bot.Inbox, in *arrival) outcome {
	err := inbox.Receive(ctx, in.Inbound)
	if err == nil && in.Mention && in.Message != "" {
		err = a.join(ctx, in.Address)
	}
	if err != nil {
		a.host.Logger().ErrorContext(ctx, "cannot keep an event", "event", in.EventID, "error", err)
	}
	status := bot.HTTPStatus(err)
	if status == http.StatusOK {
		return fine
	}
	return outcome{status: status, after: func(ctx context.Context) { a.sorry(ctx, in) }}
}

// join notes that we are part of a thread, and when.
func (a *Adapter) join(ctx context.Context, at bot.Address) error {
	return a.host.SetValue(ctx, threadKey(at), a.host.Now().UTC().Format(time.DateOnly), threadTime)
}

// stay notes it anew where the note is old.
func (a *Adapter) stay(ctx context.Context, at bot.Address, joined string) {
	since, err := time.Parse(time.DateOnly, joined)
	if err == nil && a.host.Now().Sub(since) < threadRest {
		return
	}
	if err := a.join(ctx, at); err != nil {
		a.host.Logger().WarnContext(ctx, "cannot note a thread", "error", err)
	}
}

// threadKey is under which the host keeps that we are part of a thread.
func threadKey(at bot.Address) string { return "thread " + string(at.Chat) + " " + string(at.Topic) }

// sorry tells a person that what he did was not kept, in the language of his
// Slack. For an event there is nothing to say: it comes again.
func (a *Adapter) sorry(ctx context.Context, lost *arrival) {
	t := parseTurn(lost.Turn)
	if !a.answers(t.URL) {
		return
	}
	_, err := a.respond(ctx, bot.Outgoing{
		Op: bot.OpPost, To: lost.Address, Reply: bot.Text(a.sentence(ctx, lost.Sender.ID, "error.unavailable")),
	}, t)
	if err != nil {
		a.host.Logger().WarnContext(ctx, "cannot tell a person that it failed", "error", err)
	}
}

// sentence is one of ours in the language of somebody's Slack, or in that of
// the house if it cannot be found out soon. It is markup.
func (a *Adapter) sentence(ctx context.Context, who bot.SenderID, key string) string {
	words, err := a.words()
	if err != nil {
		a.host.Logger().ErrorContext(ctx, "no words", "error", err)
		return key
	}
	ctx, cancel := context.WithTimeout(ctx, wordTime)
	defer cancel()
	person, err := a.Name(ctx, who)
	if err != nil {
		a.host.Logger().WarnContext(ctx, "cannot look up a language", "error", err)
	}
	return words.Words(person.Language).T(key)
}
