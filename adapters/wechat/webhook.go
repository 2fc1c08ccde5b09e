package wechat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
)

// ackTime is how long a request may wait for the database. WeChat cuts the
// connection after five seconds and comes again, twice.
const ackTime = 4 * time.Second

// success says that there is nothing more to say within the request.
const success = "success"

// Webhook takes in one message or event per POST. It answers 403 to whoever
// does not prove to be WeChat or comes with an old proof, 413 to more than a
// megabyte, 503 when the message could not be kept, and "success" to everything
// else that is authentic; a passive account's answer takes its place. A GET is
// WeChat trying out the address.
func (a *Adapter) Webhook(inbox bot.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		a.door.Serve(w, r, func(err error) {
			a.host.Logger().DebugContext(r.Context(), "a request was refused", "error", err)
			a.count(bot.ReasonRefused, nil)
		}, func(message []byte) { a.take(w, r, inbox, message, started) })
	})
}

func (a *Adapter) take(w http.ResponseWriter, r *http.Request, inbox bot.Inbox, raw []byte, started time.Time) {
	if a.cfg.AESKey == "" && r.URL.Query().Get("encrypt_type") == "aes" {
		a.host.Logger().WarnContext(r.Context(), "messages come encrypted: encoding_aes_key is missing in the config")
	}
	in, m := a.read(raw)
	if in == nil {
		_, _ = io.WriteString(w, success)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	if err := inbox.Receive(ctx, *in); err != nil {
		a.host.Logger().ErrorContext(ctx, "cannot keep a message", "event", in.EventID, "error", err)
		if status := bot.HTTPStatus(err); status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
	} else if a.cfg.Passive && answerable(in.Kind) {
		if a.repeated(w, r, in.EventID, m) || a.answer(w, r, inbox, in.EventID, m, started.Add(holdTime)) {
			return
		}
	}
	_, _ = io.WriteString(w, success)
}

// answerable says whether the answer to an event can go out with its request.
func answerable(k bot.Kind) bool {
	return k != bot.KindUnfollow && k != bot.KindConsent && k != bot.KindVisit
}

// An answer is remembered for as long as its event may come again: that it does
// shows that the answer did not arrive.
const (
	answerName = "answer/"
	answerFor  = 15 * time.Second
)

// repeated gives an event that comes again the answer that it was given before.
// It is false where there was none.
func (a *Adapter) repeated(w http.ResponseWriter, r *http.Request, event string, m *envelope) bool {
	text, err := a.host.Value(r.Context(), answerName+event)
	if err == nil && text == "" {
		return false
	}
	if err == nil {
		var sealed []byte
		if sealed, err = a.door.Seal(passive(m, text, a.host.Now())); err == nil {
			err = hand(w, r, sealed)
		}
	}
	if err != nil {
		a.host.Logger().WarnContext(r.Context(), "an answer could not be given again", "event", event, "error", err)
	}
	return err == nil
}

// remember keeps an answer that was handed over.
func (a *Adapter) remember(ctx context.Context, event, text string) {
	if err := a.host.SetValue(context.WithoutCancel(ctx), answerName+event, text, answerFor); err != nil {
		a.host.Logger().WarnContext(ctx, "an answer could not be remembered", "event", event, "error", err)
	}
}

// answer waits until a moment for the answer to an event and hands it over
// within the request. It is false when there was none.
func (a *Adapter) answer(w http.ResponseWriter, r *http.Request, inbox bot.Inbox, event string, m *envelope, until time.Time) bool {
	ctx, cancel := context.WithDeadline(r.Context(), until)
	defer cancel()
	given, err := inbox.Await(ctx, event)
	if err != nil && ctx.Err() == nil {
		a.host.Logger().WarnContext(ctx, "cannot wait for an answer", "event", event, "error", err)
	}
	if given == nil {
		return false
	}
	text := ""
	if given.Outgoing.Reply != nil {
		text = shown(given.Outgoing.Reply)
	}
	if text == "" {
		given.Done(nil) // it says nothing on purpose
		return false
	}
	sealed, err := a.door.Seal(passive(m, text, a.host.Now()))
	if err == nil {
		err = hand(w, r, sealed)
	}
	if err != nil {
		a.host.Logger().WarnContext(ctx, "an answer could not be handed over", "event", event, "error", err)
	} else {
		a.remember(ctx, event, text)
	}
	given.Done(err)
	return true
}

// hand writes an answer out. An error says that WeChat did not wait for it.
func hand(w http.ResponseWriter, r *http.Request, answer []byte) error {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	if _, err := w.Write(answer); err != nil {
		return err
	}
	if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return r.Context().Err()
}

// passive is a text that answers a message within its request.
func passive(m *envelope, text string, now time.Time) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	for _, field := range [][2]string{{"ToUserName", m.From}, {"FromUserName", m.To}} {
		b.WriteString("<" + field[0] + ">" + cdata(field[1]) + "</" + field[0] + ">")
	}
	b.WriteString("<CreateTime>" + strconv.FormatInt(now.Unix(), 10) + "</CreateTime>")
	b.WriteString("<MsgType>" + cdata("text") + "</MsgType><Content>" + cdata(text) + "</Content></xml>")
	return b.Bytes()
}

// cdata is text that XML leaves as it is.
func cdata(text string) string {
	return "<![CDATA[" + strings.ReplaceAll(allowed.Replace(text), "]]>", "]]]]><![CDATA[>") + "]]>"
}
