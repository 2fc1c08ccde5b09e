// Package wechat speaks with people through a WeChat Official Account.
//
// What they write comes as XML to a webhook, through the door of package
// weixin, is read with a struct of our own and kept before WeChat gets its
// "success". What goes out is plain text or a picture by the customer-service
// API, as often as what people do allows: five messages within two days of
// theirs, three within a minute of a tap on the menu, a scan or a follow. The
// Features say so; somebody else counts. Buttons are numbers to be typed: a tap
// on a menu message of WeChat's would count as a tap on the menu.
//
// An account without the right to that API is passive: it can answer within
// the request only, so the webhook waits a moment for the answer, and what
// comes later waits for the person's next message.
package wechat

import (
	"fmt"
	"regexp"
	"sync"
	"time"

	"crmbot/adapters/weixin"
	"crmbot/bot"
	"crmbot/bot/locale"
)

// Platform is the name of this platform in addresses.
const Platform bot.Platform = "wechat"

// Config is an install's block of the config file.
type Config struct {
	Install bot.Install `yaml:"-"`
	// PublicURL is where the program is reached from outside.
	PublicURL string `yaml:"-"`

	AppID     string `yaml:"app_id"`
	AppSecret string `yaml:"app_secret"`
	// Token and AESKey are those of the page where our address is entered.
	// Without AESKey messages come in the plain mode.
	Token  string `yaml:"token"`
	AESKey string `yaml:"encoding_aes_key"`
	// Passive is for an account that may only answer within the request.
	Passive bool `yaml:"passive"`
	// Menu is what stands under the chat; empty leaves it as it is.
	Menu []MenuEntry `yaml:"menu"`
	// Templates and Subscriptions tell a person that a reply waits when the
	// account may not write any more.
	Templates     Notices `yaml:"templates"`
	Subscriptions Notices `yaml:"subscriptions"`
	// PermanentCodes makes QR codes that do not end after thirty days. An
	// account has 100,000 of them.
	PermanentCodes bool `yaml:"permanent_codes"`
	bot.Remote     `yaml:",inline"`
}

// Notices are the templates of what a person is told outside the chat.
type Notices struct {
	ReplyWaiting string `yaml:"reply_waiting"`
	TicketUpdate string `yaml:"ticket_update"`
}

// id is the template of a notice; one that has none of its own is a reply that
// waits.
func (n Notices) id(notice string) string {
	if notice == noticeTicket && n.TicketUpdate != "" {
		return n.TicketUpdate
	}
	return n.ReplyWaiting
}

// noticeTicket is the notice about news of a ticket.
const noticeTicket = "ticket_update"

var appShape = regexp.MustCompile(`^wx[0-9a-zA-Z]{8,30}$`)

// Validate checks the config. The error names the key at fault.
func (c Config) Validate() error {
	switch {
	case c.AppID == "":
		return &bot.BadKey{Key: "app_id", Rule: bot.RuleGiven}
	case !appShape.MatchString(c.AppID):
		return &bot.BadKey{Key: "app_id", Rule: bot.RuleForm, Want: "wx0123456789abcdef"}
	case c.AppSecret == "":
		return &bot.BadKey{Key: "app_secret", Rule: bot.RuleGiven}
	}
	if err := c.door(nil).Validate(); err != nil {
		return err
	}
	if c.Passive && (c.Templates != Notices{} || c.Subscriptions != Notices{}) {
		return &bot.BadKey{Key: "passive", Rule: bot.RuleAlone, Want: "templates"}
	}
	if err := checkMenu(c.Menu); err != nil {
		return fmt.Errorf("menu: %w", err)
	}
	return c.Remote.Validate()
}

func (c Config) door(now func() time.Time) weixin.Door {
	return weixin.Door{Token: c.Token, AESKey: c.AESKey, Receiver: c.AppID, Now: now}
}

// Adapter is one Official Account.
type Adapter struct {
	cfg   Config
	host  bot.Host
	door  weixin.Door
	api   *weixin.Account
	rates bot.Rates
	words func() (*locale.Catalog, error)
	pause time.Duration // before the menu is tried again
}

var (
	_ bot.Webhook    = (*Adapter)(nil)
	_ bot.Downloader = (*Adapter)(nil)
	_ bot.Inviter    = (*Adapter)(nil)
	_ bot.Examiner   = (*Adapter)(nil)
)

// standard is the platform's own address.
const standard = "https://api.weixin.qq.com"

// New makes an adapter. It calls nobody yet.
func New(c Config, host bot.Host) (*Adapter, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	api, err := weixin.Open(weixin.Options{
		Host: host, APIURL: c.APIURL, Standard: standard, Proxy: c.Proxy,
		ID: c.AppID, Secret: c.AppSecret, Fetch: weixin.Stable, Secrets: []string{c.Token, c.AESKey},
	})
	if err != nil {
		return nil, err
	}
	return &Adapter{
		cfg: c, host: host, door: c.door(host.Now), api: api, pause: time.Minute,
		rates: c.Rate.Or(bot.Rates{PerSecond: 30, PerChat: 2}),
		words: sync.OnceValues(locale.Load),
	}, nil
}

// Platform is "wechat".
func (a *Adapter) Platform() bot.Platform { return Platform }

// The limits: of a message, and of how long a request may wait for its answer.
const (
	textLimit = 2048
	holdTime  = 4 * time.Second // of the five, for the way back takes some
)

// The rights to write that what people do gives.
const (
	afterWords = 48 * time.Hour
	afterTap   = time.Minute
)

// Features is what an Official Account can do.
func (a *Adapter) Features() bot.Features {
	f := bot.Features{
		Ops:   []bot.Op{bot.OpPost},
		Text:  bot.Limit{Max: textLimit, Unit: bot.Bytes},
		Rates: a.rates,
		Names: map[string]string{"en": "WeChat", "zh-CN": "微信"},
	}
	if a.cfg.Passive {
		f.Hold = holdTime
		return f
	}
	f.Ops = append(f.Ops, bot.OpTyping)
	if a.nudges() {
		f.Ops = append(f.Ops, bot.OpNudge)
	}
	f.Files = true
	f.Credits = []bot.Credit{
		{On: bot.KindText, N: 5, For: afterWords},
		{On: bot.KindMedia, N: 5, For: afterWords},
		{On: bot.KindMenu, N: 3, For: afterTap},
		{On: bot.KindScan, N: 3, For: afterTap},
		{On: bot.KindFollow, N: 3, For: afterTap},
	}
	return f
}

// Measure counts the bytes of the text as it is sent.
func (a *Adapter) Measure(markup string) int { return len(render(markup)) }

func (a *Adapter) address(person string) bot.Address {
	return bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: bot.ChatID(person)}
}
