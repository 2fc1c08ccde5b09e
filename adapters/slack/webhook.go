package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot"
)

const (
	// ackTime is how long a request may wait for the database: Slack waits for
	// three seconds.
	ackTime = 2500 * time.Millisecond
	// freshness is how far a request's time may be from ours.
	freshness = 5 * time.Minute
)

// Webhook takes in events, slash commands and interactions, all at one path.
// It answers 401 for a request that is unsigned or stale, 413 for more than a
// megabyte, 503 when it could not be kept, and 200 for everything else that is
// authentic, readable or not. Slack brings an event again after a 503. A command
// or a pressed button it does not: the person is told. What happens in a form
// is answered in the response.
func (a *Adapter) Webhook(inbox bot.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, payload, status := a.request(w, r)
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		if challenge, asked := challenged(kind, payload); asked {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = io.WriteString(w, challenge) //nolint:gosec // plain text, to Slack, which signed the request
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), ackTime)
		defer cancel()
		got := a.take(ctx, inbox, kind, payload)
		got.write(w)
		a.finish(ctx, got.after)
	})
}

// request reads and verifies a request. A status that is not 0 is all that is
// left to answer.
func (a *Adapter) request(w http.ResponseWriter, r *http.Request) (kind string, payload []byte, status int) {
	if r.Method != http.MethodPost {
		return "", nil, http.StatusMethodNotAllowed
	}
	body, status := bot.ReadBody(w, r)
	if status != 0 {
		a.count(bot.ReasonRefused, nil)
		return "", nil, status
	}
	if !a.authentic(r.Header, body) {
		a.count(bot.ReasonRefused, nil)
		return "", nil, http.StatusUnauthorized
	}
	kind, payload = sort(body)
	switch kind {
	case "":
		a.count(bot.ReasonUnreadable, body)
		return "", nil, http.StatusOK
	case kindCheck:
		return "", nil, http.StatusOK
	}
	return kind, payload, 0
}

// challenged says whether Slack asks if this address is ours, and what to say.
func challenged(kind string, payload []byte) (string, bool) {
	var hello envelope
	asked := kind == kindEvent && json.Unmarshal(payload, &hello) == nil && hello.Type == "url_verification"
	return hello.Challenge, asked
}

// authentic checks Slack's signature: a hash over the time and the body, with
// a secret that the two of us have, and not older than five minutes. The
// library has the same check on a clock of its own.
func (a *Adapter) authentic(h http.Header, body []byte) bool {
	at := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || a.cfg.SigningSecret == "" || a.host.Now().Sub(time.Unix(seconds, 0)).Abs() > freshness {
		return false
	}
	signature, ok := strings.CutPrefix(h.Get("X-Slack-Signature"), "v0=")
	given, err := hex.DecodeString(signature)
	if err != nil || !ok {
		return false
	}
	mac := hmac.New(sha256.New, []byte(a.cfg.SigningSecret))
	mac.Write([]byte("v0:" + at + ":"))
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}

// kindCheck is Slack looking whether the address answers.
const kindCheck = "ssl_check"

// sort finds out what a body is, and its payload in JSON. The kind is "" for
// what is nothing.
func sort(body []byte) (kind string, payload []byte) {
	if text := strings.TrimSpace(string(body)); strings.HasPrefix(text, "{") {
		return kindEvent, body
	}
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil:
		return "", nil
	case form.Get("ssl_check") == "1":
		return kindCheck, nil
	case form.Has("payload"):
		return kindInteraction, []byte(form.Get("payload"))
	case form.Has("command"):
		fields := map[string]string{}
		for name := range form {
			fields[name] = form.Get(name)
		}
		for _, value := range fields {
			if !utf8.ValidString(value) {
				return "", nil
			}
		}
		payload, err = json.Marshal(fields)
		if err != nil {
			return "", nil
		}
		return kindSlash, payload
	}
	return "", nil
}

func (a *Adapter) count(reason string, raw []byte) {
	a.host.Count(Platform, a.cfg.Install, reason, raw)
}
