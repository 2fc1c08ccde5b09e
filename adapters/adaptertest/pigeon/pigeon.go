// Package pigeon speaks a platform that does not exist. It is the example of
// CONTRIBUTING.md: all that a new platform costs, and it passes the suite.
//
// Pigeons arrive at {public_url}/hook/pigeon/{install} with the secret of the
// loft in a header, and leave by a POST to its API.
package pigeon

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/markup"
)

// Platform is the name of this platform in configs and addresses.
const Platform bot.Platform = "pigeon"

// Config is an install in the config file.
type Config struct {
	Install    bot.Install `yaml:"-"`
	Secret     string      `yaml:"secret"`
	bot.Remote `yaml:",inline"`
}

// Adapter is one install.
type Adapter struct {
	cfg  Config
	host bot.Host
	http *http.Client
}

var _ bot.Webhook = (*Adapter)(nil)

// New makes the adapter. It fails when a key of the config cannot be used.
func New(c Config, host bot.Host) (*Adapter, error) {
	if c.Secret == "" {
		return nil, &bot.BadKey{Key: "secret", Rule: bot.RuleGiven}
	}
	if err := c.Remote.Validate(); err != nil {
		return nil, err
	}
	client, err := bot.NewClient(c.Proxy, 10*time.Second)
	return &Adapter{cfg: c, host: host, http: client}, err
}

// Platform is "pigeon".
func (a *Adapter) Platform() bot.Platform { return Platform }

// Features says that a pigeon carries 500 letters of plain text.
func (a *Adapter) Features() bot.Features {
	return bot.Features{
		Ops:   []bot.Op{bot.OpPost},
		Text:  bot.Limit{Max: 500, Unit: bot.Runes},
		Rates: a.cfg.Rate.Or(bot.Rates{PerSecond: 10, PerChat: 1}),
		Names: map[string]string{"en": "Pigeon", "zh-CN": "信鸽"},
	}
}

// Measure is the length of what Send writes.
func (a *Adapter) Measure(text string) int { return utf8.RuneCountInString(markup.Plain(text)) }

// Run has nothing to fetch: pigeons come by themselves.
func (a *Adapter) Run(ctx context.Context, _ bot.Inbox) error { <-ctx.Done(); return nil }

// Webhook verifies, then parses, then keeps, then answers.
func (a *Adapter) Webhook(inbox bot.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Loft")), []byte(a.cfg.Secret)) != 1 {
			a.host.Count(Platform, a.cfg.Install, "refused", nil)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, status := bot.ReadBody(w, r)
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		in, ok := a.inbound(body)
		if !ok {
			a.host.Count(Platform, a.cfg.Install, "unreadable", body)
			return
		}
		w.WriteHeader(bot.HTTPStatus(inbox.Receive(r.Context(), in)))
	})
}

// letter is what a pigeon brings.
type letter struct {
	Number int64  `json:"number"`
	From   string `json:"from"`
	Text   string `json:"text"`
	Sent   int64  `json:"sent"` // Unix seconds
}

// inbound translates a letter and decides nothing.
func (a *Adapter) inbound(body []byte) (bot.Inbound, bool) {
	var l letter
	if !utf8.Valid(body) || json.Unmarshal(body, &l) != nil || l.Number == 0 || l.From == "" || l.Text == "" {
		return bot.Inbound{}, false
	}
	return bot.Inbound{
		V: bot.InboundVersion, EventID: fmt.Sprint(l.Number), Seq: l.Number, Kind: bot.KindText, Text: bot.Clean(l.Text),
		Address: bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: bot.ChatID(l.From)}, Direct: true,
		Sender: bot.Sender{ID: bot.SenderID(l.From), Name: bot.Clean(l.From), Chat: bot.ChatID(l.From)},
		At:     time.Unix(l.Sent, 0).UTC(),
	}, true
}

// Send lets a pigeon fly and says what became of it.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	raw, err := json.Marshal(map[string]string{"to": string(out.To.Chat), "text": markup.Plain(out.Reply.Text)})
	if err != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(a.cfg.APIURL, "/")+"/fly", bytes.NewReader(raw))
	if err != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.Unauthorized, Err: errors.New("api_url cannot be used")}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+a.cfg.Secret)
	if ctx.Err() != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.Transient, Err: ctx.Err()} // nothing was written
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous, Err: errors.New("no answer")}
	}
	defer resp.Body.Close()
	var told struct{ ID string }
	switch {
	case resp.StatusCode == http.StatusOK && json.NewDecoder(resp.Body).Decode(&told) == nil:
		return bot.Sent{ID: bot.MessageID(told.ID)}, nil
	case resp.StatusCode == http.StatusTooManyRequests:
		return bot.Sent{}, &bot.Failure{Class: bot.RateLimited, After: time.Minute}
	case resp.StatusCode == http.StatusGone:
		return bot.Sent{}, &bot.Failure{Class: bot.RecipientGone}
	case resp.StatusCode == http.StatusUnauthorized:
		return bot.Sent{}, &bot.Failure{Class: bot.Unauthorized}
	}
	return bot.Sent{}, &bot.Failure{Class: bot.Transient, Err: fmt.Errorf("status %d", resp.StatusCode)}
}

// Setup is what a newcomer is asked for.
func Setup() bot.Setup {
	return bot.Setup{
		Name:   bot.Local{"en": "Pigeon", "zh-CN": "信鸽"},
		Intro:  bot.Local{"en": "In your loft, open Settings and give it this address: {hook}", "zh-CN": "在鸽舍的设置里填入这个地址：{hook}"},
		Public: true,
		Fields: []bot.SetupField{
			{Key: "secret", Env: "PIGEON_SECRET", Ask: bot.Local{"en": "The secret of the loft:", "zh-CN": "鸽舍的密钥："}},
			{Key: "api_url", Ask: bot.Local{"en": "The address of its API:", "zh-CN": "接口地址："}},
		},
	}
}
