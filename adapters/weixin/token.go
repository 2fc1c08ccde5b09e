package weixin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"crmbot/bot"
)

// Token is an access token as the platform gives it out.
type Token struct {
	Value string
	For   time.Duration // it is good
}

// Fetch gets an access token for an account. force asks for another one than
// the platform holds good.
type Fetch func(ctx context.Context, a *Account, force bool) (Token, error)

// answered is what both platforms say when asked for a token.
type answered struct {
	Token string `json:"access_token"`
	For   int64  `json:"expires_in"`
}

func (t answered) value() Token {
	return Token{Value: t.Token, For: time.Duration(t.For) * time.Second}
}

// Stable fetches the token of an Official Account that does not change while
// it is good, so that other programs of the same account are not locked out.
func Stable(ctx context.Context, a *Account, force bool) (Token, error) {
	var t answered
	err := a.Ask(ctx, http.MethodPost, "/cgi-bin/stable_token", map[string]any{
		"grant_type": "client_credential", "appid": a.id, "secret": a.secret, "force_refresh": force,
	}, &t)
	return t.value(), err
}

// Corp fetches the token of a company's application.
func Corp(ctx context.Context, a *Account, _ bool) (Token, error) {
	var t answered
	err := a.Ask(ctx, http.MethodGet, "/cgi-bin/gettoken", map[string]any{"corpid": a.id, "corpsecret": a.secret}, &t)
	return t.value(), err
}

// Prove asks for a token with the secret of the config, whatever token is kept:
// the platform repeats the one that is good, so it stays good for everybody. The
// error is an *Error.
func (a *Account) Prove(ctx context.Context) error {
	t, err := a.fetch(ctx, a, false)
	if err == nil && t.Value == "" {
		err = errNoToken
	}
	if err != nil {
		return a.failed(err)
	}
	return nil
}

// errNoToken is of an answer that is neither a token nor a code.
var errNoToken = errors.New("an answer without a token")

// tokenName is under which the token of an account is kept and leased. Another
// account, or another secret, has another name: a token that the config's secret
// did not get is never used.
func tokenName(id, secret string) string {
	sum := sha256.Sum256([]byte(id + "\x00" + secret))
	return tokenKey + "/" + hex.EncodeToString(sum[:8])
}

const (
	early = 5 * time.Minute
	// forceOnce is how long after asking for another token none is asked for
	// again: the platform allows twenty a day.
	forceOnce = 5 * time.Minute
)

// kept is the token as all replicas share it.
type kept struct {
	Token  string    `json:"token"`
	Until  time.Time `json:"until"`
	Forced time.Time `json:"forced,omitzero"`
}

// ring holds the key of an account: one token for all replicas, in the
// database, with a copy in memory.
type ring struct {
	host  bot.Host
	name  string
	fetch func(ctx context.Context, force bool) (Token, error)
	busy  chan struct{} // one refresh at a time in this process

	mu  sync.Mutex
	now kept
}

// token is the token to use.
func (r *ring) token(ctx context.Context) (string, error) {
	if k := r.copied(); r.good(k, "") {
		return k.Token, nil
	}
	return r.renewed(ctx, "")
}

// renewed is another token than bad. Only one replica asks the platform for
// it; the others find what that one kept.
func (r *ring) renewed(ctx context.Context, bad string) (string, error) {
	select {
	case r.busy <- struct{}{}:
		defer func() { <-r.busy }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if k, err := r.load(ctx); err != nil {
		return "", err
	} else if r.good(k, bad) {
		return k.Token, nil
	}
	held, release, err := r.host.Lease(ctx, r.name)
	if err != nil {
		return "", err
	}
	defer release()
	k, err := r.load(held)
	if err != nil {
		return "", err
	}
	if r.good(k, bad) {
		return k.Token, nil
	}
	return r.ask(held, k, bad)
}

// ask gets a token from the platform and keeps it for everybody.
func (r *ring) ask(ctx context.Context, old kept, bad string) (string, error) {
	now := r.host.Now()
	t, err := r.fetch(ctx, false)
	next := kept{Forced: old.Forced}
	if err == nil && t.Value == bad && now.Sub(old.Forced) > forceOnce {
		next.Forced = now
		t, err = r.fetch(ctx, true)
	}
	if err != nil {
		return "", err
	}
	if t.Value == "" {
		return "", errNoToken
	}
	life := max(t.For-early, t.For/2, time.Second)
	next.Token, next.Until = t.Value, now.Add(life)
	raw, err := json.Marshal(next)
	if err != nil {
		return "", err
	}
	r.copy(next)
	if err := r.host.SetValue(ctx, r.name, string(raw), life); err != nil {
		r.host.Logger().WarnContext(ctx, "the access token could not be kept for the others", "error", err)
	}
	return t.Value, nil
}

// load reads what a replica kept.
func (r *ring) load(ctx context.Context) (kept, error) {
	raw, err := r.host.Value(ctx, r.name)
	if err != nil || raw == "" {
		return kept{}, err
	}
	var k kept
	if json.Unmarshal([]byte(raw), &k) != nil {
		return kept{}, nil // written by nobody we know: as good as none
	}
	r.copy(k)
	return k, nil
}

func (r *ring) good(k kept, bad string) bool {
	return k.Token != "" && k.Token != bad && k.Until.After(r.host.Now())
}

func (r *ring) copied() kept {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *ring) copy(k kept) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = k
}
