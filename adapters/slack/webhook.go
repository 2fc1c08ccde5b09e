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
// authentic, readable or not. Slack brings an event again after a 503; of a
// command or a pressed button it tells the person that it failed.
func (a *Adapter) Webhook(inbox bot.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, body := a.hook(w, r, inbox)
		if body != "" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func (a *Adapter) hook(w http.ResponseWriter, r *http.Request, inbox bot.Inbox) (status int, answer string) {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed, ""
	}
	body, status := bot.ReadBody(w, r)
	if status != 0 {
		a.count(reasonRefused, nil)
		return status, ""
	}
	if !a.authentic(r.Header, body) {
		a.count(reasonRefused, nil)
		return http.StatusUnauthorized, ""
	}
	kind, payload := sort(body)
	switch kind {
	case "":
		a.count(reasonUnreadable, body)
		return http.StatusOK, ""
	case kindCheck:
		return http.StatusOK, ""
	case kindEvent:
		var hello envelope
		if json.Unmarshal(payload, &hello) == nil && hello.Type == "url_verification" {
			return http.StatusOK, hello.Challenge
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	return a.take(ctx, inbox, kind, payload), ""
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

// take brings one payload into the inbox, or counts it, and returns the status
// to answer.
func (a *Adapter) take(ctx context.Context, inbox bot.Inbox, kind string, payload []byte) int {
	in, reason := a.inbound(kind, payload)
	if in == nil {
		a.count(reason, payload)
		return http.StatusOK
	}
	err := inbox.Receive(ctx, *in)
	if err != nil {
		a.host.Logger().ErrorContext(ctx, "cannot keep an event", "event", in.EventID, "error", err)
	}
	return bot.HTTPStatus(err)
}

func (a *Adapter) count(reason string, raw []byte) {
	a.host.Count(Platform, a.cfg.Install, reason, raw)
}
