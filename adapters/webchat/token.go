package webchat

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
)

// A token lives tokenFor and is renewed once it is older than renewAfter.
const (
	tokenFor   = 90 * 24 * time.Hour
	renewAfter = 24 * time.Hour
)

var errToken = errors.New("token refused")

var b64 = base64.RawURLEncoding.Strict()

// Token signs a sender in: whoever opens /chat/{install}#token=… is that
// sender for 90 days. It is how people who work here get a page of their own.
func (a *Adapter) Token(ctx context.Context, sender bot.SenderID) (string, error) {
	key, err := a.tokenKey(ctx)
	if err != nil {
		return "", err
	}
	return a.sign(key, sender, a.host.Now().Add(tokenFor)), nil
}

// sign is "<sender and end>.<code>", both in base64.
func (a *Adapter) sign(key []byte, sender bot.SenderID, end time.Time) string {
	payload := strconv.FormatInt(end.Unix(), 10) + " " + string(sender)
	return b64.EncodeToString([]byte(payload)) + "." + b64.EncodeToString(a.mac(key, payload))
}

// mac binds a token to this install.
func (a *Adapter) mac(key []byte, payload string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(string(a.cfg.Install) + "\n" + payload))
	return h.Sum(nil)
}

// verify returns who a token names, and whether it is time for a new one.
func (a *Adapter) verify(key []byte, token string) (sender bot.SenderID, renew bool, err error) {
	head, code, _ := strings.Cut(token, ".")
	payload, err := b64.DecodeString(head)
	if err != nil {
		return "", false, errToken
	}
	sum, err := b64.DecodeString(code)
	if err != nil || !hmac.Equal(sum, a.mac(key, string(payload))) {
		return "", false, errToken
	}
	end, name, _ := strings.Cut(string(payload), " ")
	unix, err := strconv.ParseInt(end, 10, 64)
	left := time.Unix(unix, 0).Sub(a.host.Now())
	if err != nil || name == "" || left <= 0 {
		return "", false, errToken
	}
	return bot.SenderID(name), left < tokenFor-renewAfter, nil
}

// tokenKey is the secret that all replicas share, made by the first of them.
func (a *Adapter) tokenKey(ctx context.Context) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.key != nil {
		return a.key, nil
	}
	const name = "token-key"
	kept, err := a.host.Value(ctx, name)
	if err != nil {
		return nil, err
	}
	if kept == "" {
		kept, err = a.makeKey(ctx, name)
	}
	if err != nil {
		return nil, err
	}
	a.key, err = hex.DecodeString(kept)
	return a.key, err
}

// makeKey makes the secret unless another replica was quicker.
func (a *Adapter) makeKey(ctx context.Context, name string) (string, error) {
	held, release, err := a.host.Lease(ctx, name)
	if err != nil {
		return "", err
	}
	defer release()
	kept, err := a.host.Value(held, name)
	if err != nil || kept != "" {
		return kept, err
	}
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails
	kept = hex.EncodeToString(secret)
	return kept, a.host.SetValue(held, name, kept, 0)
}

// newVisitor is a name that nobody can guess.
func newVisitor() bot.SenderID { return bot.SenderID("visitor-" + strings.ToLower(rand.Text())) }
