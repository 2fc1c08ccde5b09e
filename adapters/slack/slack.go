// Package slack speaks with people in a Slack workspace through an app.
//
// Events, slash commands, shortcuts, pressed buttons and forms come in over
// HTTP with Slack's signature, or through Socket Mode; either way the same
// small structs read them, so that a block type nobody has heard of never costs
// a message. What is kept is acknowledged then, and not before; what happens in
// a form is answered within the request.
//
// A direct message is kept under the person's user id, to which one may write
// first, while the native ids of messages carry the real channel. In a channel
// a mention begins a thread, and what follows there is heard without one. A
// slash command counts as said in the direct chat, wherever it was typed: its
// answer goes back there for the asker's eyes only, until he shares it.
//
// A thread that we open (OpThread) begins with a card, which carries the key of
// its operation unseen: another try finds it and posts no second one. All that
// is said under it is heard for good, and every button, form and whisper there
// belongs to it.
//
// The callback id of a shortcut is the command line that it means, so that
// manifest.yaml alone says which there are. A form stands open before anything
// slow is done, for what opens it lives three seconds, and carries what it is
// about where nobody can change it. What goes out is Block Kit with a text for
// the notification.
package slack

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"crmbot/bot"
	"crmbot/bot/locale"
)

// Platform is the name of this platform in addresses.
const Platform bot.Platform = "slack"

// The modes of an install.
const (
	modeSocket = "socket"
	modeHTTP   = "http"
)

// Config is an install's block of the config file.
type Config struct {
	Install bot.Install `yaml:"-"`
	// Mode is "socket" (the default) or "http".
	Mode string `yaml:"mode"`
	// BotToken begins with xoxb-, or with xoxe.xoxb- if it rotates; AppToken with xapp-, for Socket Mode.
	BotToken string `yaml:"bot_token"`
	AppToken string `yaml:"app_token"`
	// SigningSecret proves that an HTTP request comes from Slack.
	SigningSecret string `yaml:"signing_secret"`
	// PublicURL is where the program is reached from outside, for Check.
	PublicURL  string `yaml:"-"`
	bot.Remote `yaml:",inline"`
}

// botToken is how a bot's token begins.
var botToken = regexp.MustCompile(`^(xoxe\.)?xoxb-`)

// Validate checks the config. The error names the key at fault.
func (c Config) Validate() error {
	switch {
	case c.Mode != "" && c.Mode != modeSocket && c.Mode != modeHTTP:
		return &bot.BadKey{Key: "mode", Rule: bot.RuleOneOf, Want: "socket, http"}
	case c.BotToken == "":
		return &bot.BadKey{Key: "bot_token", Rule: bot.RuleGiven}
	case !botToken.MatchString(c.BotToken):
		return &bot.BadKey{Key: "bot_token", Rule: bot.RuleBegins, Want: "xoxb-"}
	case c.Mode != modeHTTP && c.AppToken == "":
		return &bot.BadKey{Key: "app_token", Rule: bot.RuleNeeded, Want: "mode: socket"}
	case c.Mode != modeHTTP && !strings.HasPrefix(c.AppToken, "xapp-"):
		return &bot.BadKey{Key: "app_token", Rule: bot.RuleBegins, Want: "xapp-"}
	case c.Mode == modeHTTP && c.SigningSecret == "":
		return &bot.BadKey{Key: "signing_secret", Rule: bot.RuleNeeded, Want: "mode: http"}
	}
	return c.Remote.Validate()
}

// Adapter is one app in one workspace.
type Adapter struct {
	cfg   Config
	host  bot.Host
	http  *http.Client
	base  string // of the API, with a slash at the end
	api   *slack.Client
	slow  *slack.Client // for files
	self  atomic.Pointer[identity]
	words func() (*locale.Catalog, error)
	rates bot.Rates
	pause time.Duration // before the first retry
}

// identity is who we are in the workspace.
type identity struct{ User, Bot, Team string }

var (
	_ bot.Webhook    = (*Adapter)(nil)
	_ bot.Downloader = (*Adapter)(nil)
	_ bot.Namer      = (*Adapter)(nil)
	_ bot.Examiner   = (*Adapter)(nil)

	_ bot.PlaceExaminer = (*Adapter)(nil)
)

// callTime is the longest that a call of the API takes.
const callTime = 15 * time.Second

// New makes an adapter. It calls nobody yet.
func New(c Config, host bot.Host) (*Adapter, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	client, err := bot.NewClient(c.Proxy, 2*callTime)
	if err != nil {
		return nil, err
	}
	a := &Adapter{cfg: c, host: host, http: client, words: sync.OnceValues(locale.Load), base: strings.TrimRight(c.APIURL, "/") + "/", pause: time.Second}
	if c.APIURL == "" {
		a.base = slack.APIURL
	}
	patient := *client
	patient.Timeout = fileTime
	a.api = slack.New(c.BotToken, slack.OptionAPIURL(a.base),
		slack.OptionAppLevelToken(c.AppToken), slack.OptionHTTPClient(client))
	a.slow = slack.New(c.BotToken, slack.OptionAPIURL(a.base), slack.OptionHTTPClient(&patient))
	a.rates = c.Rate.Or(rates())
	a.self.Store(&identity{})
	return a, nil
}

// Platform is "slack".
func (a *Adapter) Platform() bot.Platform { return Platform }

// rates are Slack's own: a message a second in a channel, and for the other
// methods so many in a minute.
func rates() bot.Rates {
	const tier3, tier4 = 50.0 / 60, 100.0 / 60
	return bot.Rates{PerSecond: 5, PerChat: 1, Ops: []bot.OpRate{
		{Op: bot.OpEdit, PerSecond: tier3},
		{Op: bot.OpDelete, PerSecond: tier3},
		{Op: bot.OpEphemeral, PerSecond: tier4},
		{Op: bot.OpHome, PerSecond: tier4},
	}}
}

// Features is what Slack can do.
func (a *Adapter) Features() bot.Features {
	return bot.Features{
		Ops:     []bot.Op{bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpEphemeral, bot.OpHome, bot.OpView, bot.OpThread},
		Text:    bot.Limit{Max: sectionLimit, Unit: bot.Runes},
		Label:   bot.Limit{Max: labelLimit, Unit: bot.Runes},
		Buttons: 25,
		Cards:   true,
		Tables:  true,
		Files:   true,
		Caption: bot.Limit{Max: sectionLimit, Unit: bot.Runes},
		Rates:   a.rates,
		Names:   map[string]string{"en": "Slack", "zh-CN": "Slack"},
	}
}

// Measure counts the characters of the text as it is sent.
func (a *Adapter) Measure(markup string) int { return len([]rune(mrkdwn(markup))) }

func (a *Adapter) address(chat, topic string) bot.Address {
	return bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: bot.ChatID(chat), Topic: bot.TopicID(topic)}
}

// person says whether a chat is somebody's user id: a direct chat.
func person(chat string) bool { return strings.HasPrefix(chat, "U") || strings.HasPrefix(chat, "W") }

// native is the id of a message: its channel and its time.
func native(channel, ts string) bot.MessageID {
	if channel == "" || ts == "" {
		return ""
	}
	return bot.MessageID(channel + "/" + ts)
}

// split takes a native id apart.
func split(id bot.MessageID) (channel, ts string) {
	channel, ts, _ = strings.Cut(string(id), "/")
	return channel, ts
}

// hide takes our secrets out of an error, and the address of a request, which
// may be one that only we should know.
func (a *Adapter) hide(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	text := err.Error()
	for _, secret := range []string{a.cfg.BotToken, a.cfg.AppToken, a.cfg.SigningSecret} {
		if secret != "" && strings.Contains(text, secret) {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	if text != err.Error() {
		return errors.New(text)
	}
	return err
}
