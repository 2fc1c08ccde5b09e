package telegram

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// settled is how often the webhook is looked after.
const settled = 10 * time.Minute

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
		a.host.Count(Platform, a.cfg.Install, bot.ReasonRefused, nil)
		return http.StatusUnauthorized
	}
	body, status := bot.ReadBody(w, r)
	if status != 0 {
		a.host.Count(Platform, a.cfg.Install, bot.ReasonRefused, nil)
		return status
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), ackTime) // what is here is kept, though nobody may wait for it
	defer cancel()
	if err := a.known(ctx); err != nil {
		a.host.Logger().WarnContext(ctx, "platform does not say who we are", "error", err)
		return http.StatusServiceUnavailable
	}
	in := a.read(body)
	if in == nil {
		return http.StatusOK
	}
	err := a.receive(ctx, inbox, *in)
	if err != nil {
		a.host.Logger().ErrorContext(ctx, "cannot keep an update", "event", in.EventID, "error", err)
	}
	return bot.HTTPStatus(err)
}

// keepWebhook sets the webhook unless it stands, and looks again now and then.
func (a *Adapter) keepWebhook(ctx context.Context) error {
	for {
		if err := a.retry(ctx, "setWebhook", a.setWebhook); err != nil {
			return err
		}
		timer := time.NewTimer(settled)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

func (a *Adapter) hookURL() string { return bot.HookURL(a.cfg.PublicURL, Platform, a.cfg.Install) }

// setWebhook sets the webhook, even one that stands: nobody can see whether it
// does with our secret. Then it looks whether it stands. A complaint of
// Telegram's about it goes to the log.
func (a *Adapter) setWebhook(ctx context.Context) error {
	before, err := a.webhookInfo(ctx)
	if err == nil && before.URL == a.hookURL() && before.LastError != "" {
		a.host.Logger().WarnContext(ctx, "platform cannot reach the webhook", "says", before.LastError, "pending", before.Pending)
	}
	allowed, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	if err := a.call(ctx, callTime, "setWebhook", tgbotapi.Params{
		"url": a.hookURL(), "secret_token": a.cfg.SecretToken,
		"allowed_updates": string(allowed), "drop_pending_updates": "false",
	}, nil); err != nil {
		return err
	}
	now, err := a.webhookInfo(ctx)
	switch {
	case err != nil:
		a.host.Logger().WarnContext(ctx, "cannot see whether the webhook stands", "error", err)
	case !now.ours(a.hookURL()):
		a.host.Logger().WarnContext(ctx, "the webhook does not stand: does another program use this token?", "updates", now.Allowed)
	}
	return nil
}

// webhookInfo is what Telegram says of where it brings updates.
type webhookInfo struct {
	URL       string   `json:"url"`
	Pending   int      `json:"pending_update_count"`
	LastError string   `json:"last_error_message"`
	LastDate  int64    `json:"last_error_date"`
	Allowed   []string `json:"allowed_updates"`
}

// ours says whether the webhook is set as we set it.
func (w *webhookInfo) ours(url string) bool {
	missing := slices.ContainsFunc(wanted, func(kind string) bool { return !slices.Contains(w.Allowed, kind) })
	return w.URL == url && !missing
}

func (a *Adapter) webhookInfo(ctx context.Context) (*webhookInfo, error) {
	info := &webhookInfo{}
	if err := a.call(ctx, callTime, "getWebhookInfo", nil, info); err != nil {
		return nil, err
	}
	return info, nil
}
