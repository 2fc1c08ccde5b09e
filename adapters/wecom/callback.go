package wecom

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"crmbot/bot"
)

// ackTime is how long a callback may wait for the database. WeCom cuts the
// connection after five seconds and comes again.
const ackTime = 4 * time.Second

// callback is what WeCom says: an account has news, and the token to fetch it
// with.
type callback struct {
	Event   string `xml:"Event"`
	Token   string `xml:"Token"`
	Account string `xml:"OpenKfId"`
}

// Webhook takes in callbacks. It answers 403 to whoever does not prove to be
// WeCom or comes with an old proof, 413 to more than a megabyte, 503 when the
// news could not be noted down, and "success" to everything else that is
// authentic. A GET is WeCom trying out the address: the answer is what it
// encrypted.
func (a *Adapter) Webhook(bot.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.door.Serve(w, r, func(err error) {
			a.host.Logger().DebugContext(r.Context(), "a request was refused", "error", err)
			a.host.Count(Platform, a.cfg.Install, bot.ReasonRefused, nil)
		}, func(message []byte) {
			ctx, cancel := context.WithTimeout(r.Context(), ackTime)
			defer cancel()
			if err := a.hear(ctx, message); err != nil {
				a.host.Logger().ErrorContext(ctx, "cannot note down that there is news", "error", err)
				w.WriteHeader(bot.HTTPStatus(err))
				return
			}
			_, _ = io.WriteString(w, "success")
		})
	})
}

// hear notes down what a callback says, for whichever replica pulls.
func (a *Adapter) hear(ctx context.Context, message []byte) error {
	var c callback
	switch err := xml.Unmarshal(message, &c); { //nolint:gosec // verified, and three flat strings
	case err != nil:
		a.host.Count(Platform, a.cfg.Install, bot.ReasonUnreadable, message)
		return nil
	case c.Event != "kf_msg_or_event" || !a.ours(c.Account):
		a.host.Count(Platform, a.cfg.Install, bot.ReasonNotForUs, message)
		return nil
	}
	if err := a.remember(ctx, c.Account); err != nil {
		return err
	}
	if err := a.note(ctx, c); err != nil {
		return err
	}
	a.bells.ring("")
	a.bells.ring(c.Account)
	return nil
}

// news is what was last noted down about an account. It is never taken off:
// what was pulled is told by keeping a copy beside it, so that news that comes
// in meanwhile is not lost.
type news struct {
	Token string    `json:"token"`
	At    time.Time `json:"at"`
}

// The life of what is noted: WeCom keeps messages for three days, and takes a
// token for ten minutes.
const (
	newsLife  = 72 * time.Hour
	tokenLife = 10 * time.Minute
)

func (a *Adapter) note(ctx context.Context, c callback) error {
	raw, err := json.Marshal(news{Token: c.Token, At: a.host.Now().UTC()})
	if err != nil {
		return err
	}
	return a.host.SetValue(ctx, "news/"+c.Account, string(raw), newsLife)
}

// remember keeps that there is an account. Should two replicas learn of two at
// the same moment one may be missing, until WeCom is asked for the list again.
func (a *Adapter) remember(ctx context.Context, account string) error {
	if _, known := a.named.Load(account); known {
		return nil
	}
	known, err := a.remembered(ctx)
	if err == nil && !slices.Contains(known, account) {
		err = a.host.SetValue(ctx, "accounts", strings.Join(append(known, account), " "), 0)
	}
	if err == nil {
		a.named.Store(account, true)
	}
	return err
}

func (a *Adapter) remembered(ctx context.Context) ([]string, error) {
	known, err := a.host.Value(ctx, "accounts")
	return strings.Fields(known), err
}

// bells wake those who wait for news, by account; "" is for new accounts.
type bells struct {
	mu    sync.Mutex
	bells map[string]chan struct{}
}

// of is the bell of an account.
func (b *bells) of(account string) chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bells == nil {
		b.bells = map[string]chan struct{}{}
	}
	if b.bells[account] == nil {
		b.bells[account] = make(chan struct{}, 1)
	}
	return b.bells[account]
}

func (b *bells) ring(account string) {
	select {
	case b.of(account) <- struct{}{}:
	default: // it rings already
	}
}
