// Package adapters lists every chat platform the program speaks, and does
// nothing else. To add one: write its package with a Config, Validate and
// New(Config, bot.Host), and add its line to Platforms.
package adapters

import (
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"crmbot/adapters/slack"
	"crmbot/adapters/telegram"
	"crmbot/adapters/webchat"
	"crmbot/adapters/wechat"
	"crmbot/adapters/wecom"
	"crmbot/bot"
)

// Platforms is every platform by the name that the config knows it by.
var Platforms = map[string]Platform{
	"slack": {Staff: true, Setup: slack.Setup, Open: open(slack.New, func(c *slack.Config, s Shared) {
		c.Install, c.PublicURL = s.Install, s.PublicURL
	})},
	"telegram": {Setup: telegram.Setup, Open: open(telegram.New, func(c *telegram.Config, s Shared) {
		c.Install, c.PublicURL, c.Staff, c.Language = s.Install, s.PublicURL, s.Staff, s.Language
	})},
	"webchat": {Setup: webchat.Setup, Open: open(webchat.New, func(c *webchat.Config, s Shared) {
		c.Install, c.Staff, c.PublicURL, c.Company = s.Install, s.Staff, s.PublicURL, s.Company
	})},
	"wechat": {Setup: wechat.Setup, Open: open(wechat.New, func(c *wechat.Config, s Shared) {
		c.Install, c.PublicURL = s.Install, s.PublicURL
	})},
	"wecom": {Setup: wecom.Setup, Open: open(wecom.New, func(c *wecom.Config, s Shared) {
		c.Install, c.PublicURL = s.Install, s.PublicURL
	})},
}

// Platform is one entry of the list.
type Platform struct {
	// Open makes an adapter of an install's block of the config file. Errors are
	// a bot.BadKey, or one of the YAML library with its line; their texts never
	// hold a secret.
	Open func(block ast.Node, shared Shared, host bot.Host) (bot.Adapter, error)
	// Staff says that the people who write here work for us, unless the block
	// says otherwise.
	Staff bool
	// Setup is what a newcomer is asked for.
	Setup func() bot.Setup
}

// Shared is what an install takes from outside its own keys.
type Shared struct {
	Install   bot.Install
	Staff     bool   // people who work here write in this install
	PublicURL string // where the program is reached from outside
	Company   string // what the company is called
	Language  string // "en" or "zh-CN": what is spoken to those whose language is not known
}

// common are the keys of a block that the house reads, not the platform.
var common = map[string]bool{"platform": true, "install": true, "audience": true}

// open fits the constructor of a platform into the list. Its Config is read
// from the block, where a key it does not have is an error, then takes what it
// wants of Shared and is checked.
func open[C any, A bot.Adapter](construct func(C, bot.Host) (A, error), take func(*C, Shared)) func(ast.Node, Shared, bot.Host) (bot.Adapter, error) {
	return func(block ast.Node, shared Shared, host bot.Host) (bot.Adapter, error) {
		var c C
		if own := ownKeys(block); own != nil {
			if err := yaml.NodeToValue(own, &c, yaml.Strict()); err != nil {
				return nil, unread{err}
			}
		}
		take(&c, shared)
		if v, ok := any(c).(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return nil, err
			}
		}
		a, err := construct(c, host)
		if err != nil {
			return nil, err
		}
		return a, nil
	}
}

// unread is a block that cannot be read. It is told without the lines around
// it: they may hold a secret.
type unread struct{ error }

// Error is position and message.
func (u unread) Error() string { return yaml.FormatError(u.error, false, false) }

// Unwrap returns what the YAML library says, which must not be shown as it is.
func (u unread) Unwrap() error { return u.error }

// ownKeys is the block without the common keys, nil if nothing is left.
func ownKeys(block ast.Node) ast.Node {
	m, ok := block.(*ast.MappingNode)
	if !ok {
		if v, single := block.(*ast.MappingValueNode); single && !common[v.Key.String()] {
			return v
		}
		return nil
	}
	own := *m
	own.Values = nil
	for _, v := range m.Values {
		if !common[v.Key.String()] {
			own.Values = append(own.Values, v)
		}
	}
	if len(own.Values) == 0 {
		return nil
	}
	return &own
}
