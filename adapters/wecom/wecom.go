// Package wecom speaks with customers of a company's WeChat customer service
// (微信客服), the desk that WeCom opens to everybody on WeChat.
//
// WeCom's callback says no more than that an account has news. It is verified,
// the news is noted down for all replicas, and the answer goes back at once. One
// replica, under a lease, pulls the messages that are noted: page by page, and
// the place in the queue moves on only when all of a page is in the inbox, so
// that whoever is killed in between pulls it again.
//
// A session has a state. The API may write while it is new or the bot's; in the
// pool, with a person of WeCom's own desk or ended, it may not, and there is no
// way back from a person. So the bot takes a new session at its first answer and
// keeps it until somebody says that it goes to WeCom's desk. A chat that was
// found elsewhere refuses what is sent and says what still works.
//
// What people at WeCom's own desk write is no message of the customer and wants
// no answer from us. It comes in as KindDesk with the state "taken", its words in
// Text and its author in Values["by"], so that it can be shown and the bot keeps
// silent.
package wecom

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// Platform is the name of this platform in addresses.
const Platform bot.Platform = "wecom"

// standard is where the API is.
const standard = "https://qyapi.weixin.qq.com"

// Config is an install's block of the config file.
type Config struct {
	Install bot.Install `yaml:"-"`
	// PublicURL is where the program is reached from outside.
	PublicURL string `yaml:"-"`
	// CorpID is the company's.
	CorpID string `yaml:"corp_id"`
	// Secret is that of WeChat customer service, none of another application.
	Secret string `yaml:"secret"`
	// Token and AESKey prove that a callback comes from WeCom.
	Token  string `yaml:"token"`
	AESKey string `yaml:"encoding_aes_key"`
	// Accounts are the customer service accounts to speak for ("wk…"); all of
	// the company's if there are none.
	Accounts []string `yaml:"accounts"`

	bot.Remote `yaml:",inline"`
}

var (
	corpShape    = regexp.MustCompile(`^w[wxm][A-Za-z0-9_-]{8,40}$`)
	accountShape = regexp.MustCompile(`^[A-Za-z0-9_-]{3,64}$`)
)

// Validate checks the config. The error names the key at fault.
func (c Config) Validate() error {
	switch {
	case c.CorpID == "":
		return &bot.BadKey{Key: "corp_id", Rule: bot.RuleGiven}
	case !corpShape.MatchString(c.CorpID):
		return &bot.BadKey{Key: "corp_id", Rule: bot.RuleForm, Want: "ww1234567890abcdef"}
	case c.Secret == "":
		return &bot.BadKey{Key: "secret", Rule: bot.RuleGiven}
	}
	if err := c.door(nil).Validate(); err != nil {
		return err
	}
	for _, account := range c.Accounts {
		if !accountShape.MatchString(account) {
			return &bot.BadKey{Key: "accounts", Rule: bot.RuleForm, Want: "[wkAbC123]"}
		}
	}
	return c.Remote.Validate()
}

func (c Config) door(now func() time.Time) weixin.Door {
	return weixin.Door{Token: c.Token, AESKey: c.AESKey, Receiver: c.CorpID, Corp: true, Now: now}
}

// Adapter is the customer service of one company.
type Adapter struct {
	cfg      Config
	host     bot.Host
	door     weixin.Door
	api      *weixin.Account
	rates    bot.Rates
	bells    bells
	named    sync.Map // accounts that are remembered
	sessions sessions
	names    names
	inbox    atomic.Pointer[bot.Inbox] // since Run began
	pause    time.Duration             // before the first retry
	look     time.Duration             // how often notes of other replicas are looked for
}

var (
	_ bot.Webhook    = (*Adapter)(nil)
	_ bot.Downloader = (*Adapter)(nil)
	_ bot.Namer      = (*Adapter)(nil)
	_ bot.Examiner   = (*Adapter)(nil)
	_ bot.Inviter    = (*Adapter)(nil)
)

// New makes an adapter. It calls nobody yet.
func New(c Config, host bot.Host) (*Adapter, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	api, err := weixin.Open(weixin.Options{
		Host: host, APIURL: c.APIURL, Standard: standard, Proxy: c.Proxy,
		ID: c.CorpID, Secret: c.Secret, Fetch: weixin.Corp, Secrets: []string{c.Token, c.AESKey},
	})
	if err != nil {
		return nil, err
	}
	return &Adapter{
		cfg: c, host: host, door: c.door(host.Now), api: api, pause: time.Second, look: look,
		rates: c.Rate.Or(bot.Rates{PerSecond: 20, PerChat: 2}),
	}, nil
}

// Platform is "wecom".
func (a *Adapter) Platform() bot.Platform { return Platform }

// Rights to write that a customer's own message gives, and his arrival, to
// which one greeting may be said.
const (
	textMax     = 2048
	answers     = 5
	answersFor  = 48 * time.Hour
	greetingFor = 20 * time.Second
)

// Features is what customer service can do. There are no buttons: the person
// types a number, which counts as a message of his and gives the right to
// answer.
func (a *Adapter) Features() bot.Features {
	return bot.Features{
		Ops:   []bot.Op{bot.OpPost, bot.OpTransfer},
		Text:  bot.Limit{Max: textMax, Unit: bot.Bytes},
		Label: bot.Limit{Max: 64, Unit: bot.Runes},
		Files: true,
		Rates: a.rates,
		Credits: []bot.Credit{
			{On: bot.KindText, N: answers, For: answersFor},
			{On: bot.KindMedia, N: answers, For: answersFor},
			{On: bot.KindFollow, N: 1, For: greetingFor},
		},
		Names: map[string]string{"en": "WeChat customer service", "zh-CN": "微信客服"},
	}
}

// address is the chat of a customer with an account.
func (a *Adapter) address(account, customer string) bot.Address {
	return bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: bot.ChatID(account + "/" + customer)}
}

// parties are the account and the customer of a chat.
func parties(chat bot.ChatID) (account, customer string, ok bool) {
	account, customer, ok = strings.Cut(string(chat), "/")
	return account, customer, ok && account != "" && customer != ""
}

// ours says whether we speak for an account.
func (a *Adapter) ours(account string) bool {
	for _, id := range a.cfg.Accounts {
		if id == account {
			return true
		}
	}
	return len(a.cfg.Accounts) == 0 && accountShape.MatchString(account)
}
