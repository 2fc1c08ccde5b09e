// Package telegram speaks with people on Telegram through a bot account.
//
// An update comes in by long polling, with one poller per token over all
// replicas, or to a webhook that proves itself by a secret token. It is read
// with structs of our own, for the library's know the Bot API of 2021 only, and
// becomes one Inbound or is counted: nothing is dropped without a trace. An
// album is as many messages as it has pictures, the first with the caption. In
// a forum every topic is a conversation of its own; those that we open
// (OpThread) bear the name of their card, which is pinned on top. A question to
// one person among others opens his field to answer it.
//
// What goes out is rendered to HTML and sent as one raw request per operation;
// files are streamed, as photos where Telegram takes them for such. The library
// sits behind a client that carries a context, tells whether a request was
// written and never lets the token into an error. The list of commands that
// Telegram shows beside the text field is that of whoever looks at it: nobody
// from outside sees what colleagues can ask for.
package telegram

import (
	"errors"
	"fmt"
	"net/http"
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
	// Staff says that people who work here write in this install.
	Staff bool `yaml:"-"`
	// Language is spoken to those whose own is not known.
	Language string `yaml:"-"`
	// Token is what BotFather gave.
	Token string `yaml:"token"`
	// Mode is "polling" (the default) or "webhook".
	Mode string `yaml:"mode"`
	// SecretToken proves that a webhook request comes from Telegram.
	SecretToken string `yaml:"secret_token"`
	bot.Remote  `yaml:",inline"`
}

var (
	tokenShape  = regexp.MustCompile(`^[0-9]{1,19}:[A-Za-z0-9_-]{1,100}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// Validate checks the config. The error names the key at fault.
func (c Config) Validate() error {
	switch {
	case c.Token == "":
		return &bot.BadKey{Key: "token", Rule: bot.RuleGiven}
	case !tokenShape.MatchString(c.Token):
		return &bot.BadKey{Key: "token", Rule: bot.RuleForm, Want: "123456:ABC-def"}
	case c.Mode != "" && c.Mode != modePolling && c.Mode != modeWebhook:
		return &bot.BadKey{Key: "mode", Rule: bot.RuleOneOf, Want: "polling, webhook"}
	case c.SecretToken != "" && !secretShape.MatchString(c.SecretToken):
		return &bot.BadKey{Key: "secret_token", Rule: bot.RuleForm, Want: "A-Z a-z 0-9 _ - (1-256)"}
	case c.Mode == modeWebhook && c.SecretToken == "":
		return &bot.BadKey{Key: "secret_token", Rule: bot.RuleNeeded, Want: "mode: webhook"}
	case c.Mode == modeWebhook && c.PublicURL == "":
		return &bot.BadKey{Key: "public_url", Rule: bot.RuleNeeded, Want: "mode: webhook"}
	}
	return c.Remote.Validate()
}

// Adapter is one bot account.
type Adapter struct {
	cfg   Config
	host  bot.Host
	http  *http.Client
	base  string               // of the API, without a slash at the end
	botID int64                // the part of the token before the colon
	self  atomic.Pointer[self] // nil while it is not known
	can   bot.Features
	menu  bot.Menu
	calm  calm
	pause time.Duration // before the first retry
}

var (
	_ bot.Webhook    = (*Adapter)(nil)
	_ bot.Downloader = (*Adapter)(nil)
	_ bot.Examiner   = (*Adapter)(nil)
	_ bot.Inviter    = (*Adapter)(nil)
	_ bot.Guide      = (*Adapter)(nil)

	_ bot.PlaceExaminer = (*Adapter)(nil)
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
	client, err := bot.NewClient(c.Proxy, 0) // each call has its own time
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
	a.can = features(rates(c.Rate))
	return a, nil
}

// groupRate is how often a group may be written to: twenty times a minute.
const groupRate = 20.0 / 60

// rates are Telegram's figures, or those of the config: what that says of every
// chat holds for groups only as far as Telegram allows it.
func rates(c bot.RateConfig) bot.Rates {
	r := c.Or(bot.Rates{
		PerSecond: 30, PerChat: 1, PerGroup: groupRate,
		Ops: []bot.OpRate{{Op: bot.OpTyping, PerSecond: 5}}, // it must not take the messages' place
	})
	if r.PerGroup == 0 && r.PerChat > 0 {
		r.PerGroup = min(r.PerChat, groupRate)
	}
	return r
}

// Platform is "telegram".
func (a *Adapter) Platform() bot.Platform { return Platform }

// Features is what Telegram can do.
func (a *Adapter) Features() bot.Features { return a.can }

func features(r bot.Rates) bot.Features {
	return bot.Features{
		Ops:     []bot.Op{bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpAnswer, bot.OpTyping, bot.OpThread},
		Text:    bot.Limit{Max: textMax, Unit: bot.UTF16},
		Label:   bot.Limit{Max: 64, Unit: bot.Runes},
		Buttons: 24,
		Contact: true,
		Files:   true,
		Quotes:  true,
		Caption: bot.Limit{Max: captionMax, Unit: bot.UTF16},
		Rates:   r,
		Names:   map[string]string{"en": "Telegram", "zh-CN": "Telegram"},
	}
}

// Measure counts the UTF-16 units that Telegram counts: those of the text
// after its markup is gone.
func (a *Adapter) Measure(markup string) int { return measure(markup) }

func (a *Adapter) address(chat int64, topic string) bot.Address {
	return bot.Address{
		Platform: Platform, Install: a.cfg.Install,
		Chat: bot.ChatID(number(chat)), Topic: bot.TopicID(topic),
	}
}
