// Package telegram speaks with people on Telegram through a bot account.
//
// An update comes in by long polling, with one poller per token over all
// replicas, or to a webhook that proves itself by a secret token. It is read
// with structs of our own, for the library's know the Bot API of 2021 only, and
// becomes one Inbound or is counted: nothing is dropped without a trace. What
// goes out is rendered to HTML and sent as one raw request per operation. The
// library sits behind a client that carries a context, tells whether a request
// was written and never lets the token into an error.
package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"crmbot/bot"
)

// Platform is the name of this platform in addresses.
const Platform bot.Platform = "telegram"

// The modes of an install.
const (
	modePolling = "polling"
	modeWebhook = "webhook"
)

// Config is an install's block of the config file.
type Config struct {
	Install bot.Install `yaml:"-"`
	// PublicURL is where the program is reached from outside.
	PublicURL string `yaml:"-"`
	// Token is what BotFather gave.
	Token string `yaml:"token"`
	// Mode is "polling" (the default) or "webhook".
	Mode string `yaml:"mode"`
	// SecretToken proves that a webhook request comes from Telegram.
	SecretToken string         `yaml:"secret_token"`
	APIURL      string         `yaml:"api_url"`
	Proxy       string         `yaml:"proxy"`
	Rate        bot.RateConfig `yaml:"rate"`
}

var (
	tokenShape  = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{1,100}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{8,256}$`)
)

// Validate checks the config. The error names the key at fault.
func (c Config) Validate() error {
	switch {
	case c.Token == "":
		return errors.New("token: missing")
	case !tokenShape.MatchString(c.Token):
		return errors.New("token: want the form 123456:ABC-def")
	case c.Mode != "" && c.Mode != modePolling && c.Mode != modeWebhook:
		return fmt.Errorf("mode: %q is neither polling nor webhook", c.Mode)
	}
	if c.Mode == modeWebhook {
		if !secretShape.MatchString(c.SecretToken) {
			return errors.New("secret_token: mode webhook needs 8 to 256 letters, digits, - and _")
		}
		if c.PublicURL == "" {
			return errors.New("public_url: mode webhook needs it")
		}
	}
	if c.APIURL != "" {
		if u, err := url.Parse(c.APIURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return errors.New("api_url: want http(s)://host")
		}
	}
	if c.Proxy != "" {
		if _, err := bot.ProxyURL(c.Proxy); err != nil {
			return err
		}
	}
	return nil
}

// Adapter is one bot account.
type Adapter struct {
	cfg   Config
	host  bot.Host
	http  *http.Client
	base  string // of the API, without a slash at the end
	botID int64  // the part of the token before the colon
	name  atomic.Pointer[string]
	rates bot.Rates
	pause time.Duration // before the first retry
}

var (
	_ bot.Webhook    = (*Adapter)(nil)
	_ bot.Downloader = (*Adapter)(nil)
	_ bot.Checker    = (*Adapter)(nil)
)

// The longest waits: for an ordinary call, and for Telegram to have news.
const (
	callTime = 20 * time.Second
	pollTime = 25 * time.Second
)

// New makes an adapter. It calls nobody yet.
func New(c Config, host bot.Host) (*Adapter, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	client, err := bot.NewClient(c.Proxy, pollTime+callTime)
	if err != nil {
		return nil, err
	}
	a := &Adapter{cfg: c, host: host, http: client, base: strings.TrimRight(c.APIURL, "/"), pause: time.Second}
	if a.base == "" {
		a.base = "https://api.telegram.org"
	}
	if _, err := fmt.Sscanf(c.Token, "%d:", &a.botID); err != nil {
		return nil, errors.New("token: the number is too large")
	}
	a.rates = c.Rate.Or(bot.Rates{PerSecond: 30, PerChat: 1})
	return a, nil
}

// Platform is "telegram".
func (a *Adapter) Platform() bot.Platform { return Platform }

// Features is what Telegram can do.
func (a *Adapter) Features() bot.Features {
	return bot.Features{
		Ops:     []bot.Op{bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpAnswer},
		Text:    bot.Limit{Max: 4096, Unit: bot.UTF16},
		Label:   bot.Limit{Max: 64, Unit: bot.Runes},
		Buttons: 24,
		Contact: true,
		Rates:   a.rates,
		Names:   map[string]string{"en": "Telegram", "zh-CN": "Telegram"},
	}
}

// Measure counts the UTF-16 units that Telegram counts: those of the text
// after its markup is gone.
func (a *Adapter) Measure(markup string) int { return measure(markup) }

// username is the bot's own name without @, "" while it is not known.
func (a *Adapter) username() string {
	if p := a.name.Load(); p != nil {
		return *p
	}
	return ""
}

func (a *Adapter) address(chat int64, topic string) bot.Address {
	return bot.Address{
		Platform: Platform, Install: a.cfg.Install,
		Chat: bot.ChatID(number(chat)), Topic: bot.TopicID(topic),
	}
}
