package telegram

import (
	"context"
	"crypto/subtle"
	"net/http"
	"time"

	"crmbot/bot"
)

// ackTime is how long a request may wait for the database. Telegram comes
// again with what was not acknowledged.
const ackTime = 5 * time.Second

// Webhook takes in one update per POST. It answers 401 without the secret
// token, 413 for more than a megabyte, 503 when the update could not be kept,
// and 200 for everything else that is authentic, readable or not.
func (a *Adapter) Webhook(inbox bot.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(a.hook(w, r, inbox))
	})
}

func (a *Adapter) hook(w http.ResponseWriter, r *http.Request, inbox bot.Inbox) int {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed
	}
	secret := r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
	if a.cfg.SecretToken == "" || subtle.ConstantTimeCompare([]byte(secret), []byte(a.cfg.SecretToken)) != 1 {
		a.host.Count(Platform, a.cfg.Install, reasonRefused, nil)
		return http.StatusUnauthorized
	}
	body, status := bot.ReadBody(w, r)
	if status != 0 {
		a.host.Count(Platform, a.cfg.Install, reasonRefused, nil)
		return status
	}
	in := a.read(body)
	if in == nil {
		return http.StatusOK
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	err := inbox.Receive(ctx, *in)
	if err != nil {
		a.host.Logger().ErrorContext(ctx, "cannot keep an update", "event", in.EventID, "error", err)
	}
	return bot.HTTPStatus(err)
}
