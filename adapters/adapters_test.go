package adapters_test

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"crmbot/adapters"
	"crmbot/adapters/adaptertest"
	"crmbot/bot"
)

// block is the part of a config file that belongs to one install.
func block(t *testing.T, text string) ast.Node {
	t.Helper()
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	return file.Docs[0].Body
}

const (
	telegramBlock = "platform: telegram\ninstall: support\naudience: customers\ntoken: 123:geheim\n"
	slackBlock    = "platform: slack\ninstall: team\nbot_token: xoxb-geheim\napp_token: xapp-geheim\n"
	webchatBlock  = "platform: webchat\ninstall: site\n"
	wechatBlock   = "platform: wechat\ninstall: shop\napp_id: wx0123456789abcdef\napp_secret: geheim\ntoken: geheim\n"
	wecomBlock    = "platform: wecom\ninstall: kf\ncorp_id: ww0123456789abcdef\nsecret: geheim\ntoken: geheim\nencoding_aes_key: " +
		"jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C\n"
)

func open(t *testing.T, platform, text string) (bot.Adapter, error) {
	t.Helper()
	shared := adapters.Shared{Install: "here", PublicURL: "https://bot.example.com"}
	return adapters.Platforms[platform].Open(block(t, text), shared, adaptertest.NewHouse())
}

// taught are the blocks of the example config, by platform.
func taught(t *testing.T) map[string]string {
	t.Helper()
	example, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	setups := map[string]func() bot.Setup{}
	for name, p := range adapters.Platforms {
		setups[name] = p.Setup
	}
	blocks := adaptertest.Shown(string(example), setups)
	for name, text := range blocks { // an entry of a list becomes a block of its own
		blocks[name] = strings.Replace(text, "  - ", "    ", 1)
	}
	return blocks
}

func TestEveryPlatformOpens(t *testing.T) {
	blocks := taught(t)
	for name := range adapters.Platforms {
		a, err := open(t, name, blocks[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(a.Platform()) != name {
			t.Errorf("%s opens %s", name, a.Platform())
		}
		if f := a.Features(); f.Names["en"] == "" || f.Names["zh-CN"] == "" {
			t.Errorf("%s has no name for people", name)
		}
	}
}

func TestBadBlocks(t *testing.T) {
	for _, c := range []struct{ platform, text, want string }{
		{"telegram", telegramBlock + "tokn: x\n", "[5:1]"},
		{"telegram", telegramBlock + "tokn: x\n", `"tokn"`},
		{"telegram", "platform: telegram\n", "token: missing"},
		{"telegram", "", "token: missing"},
		{"telegram", telegramBlock + "rate: {per_secnd: 3}\n", `"per_secnd"`},
		{"telegram", telegramBlock + "rate: -3\n", "rate"},
		{"telegram", telegramBlock + "rate: {per_second: -3}\n", "rate"},
		{"telegram", telegramBlock + "mode: webhook\n", "secret_token"},
		{"slack", slackBlock + "mode: http\n", "signing_secret"},
		{"slack", "platform: slack\nbot_token: geheim\napp_token: xapp-geheim\n", "bot_token: must begin with xoxb-"},
		{"slack", "platform: slack\nbot_token: xoxb-geheim\napp_token: geheim\n", "app_token: must begin with xapp-"},
		{"wecom", "platform: wecom\ncorp_id: geheim\n", "corp_id"},
		{"wecom", "platform: wecom\ncorp_id: ww0123456789abcdef\n", "secret: missing"},
		{"wechat", wechatBlock + "encoding_aes_key: geheim\n", "encoding_aes_key"},
		{"wechat", wechatBlock + "menu: [{label: x, say: a, url: 'https://geheim'}]\n", "menu"},
		{"wechat", wechatBlock + "passive: true\ntemplates: {reply_waiting: geheim}\n", "passive"},
		{"wechat", wechatBlock + "templates: {reply: x}\n", `"reply"`},
		{"wechat", wechatBlock + "proxy: gopher://geheim@x\n", "proxy"},
		{"wecom", wecomBlock + "accounts: [\"a b\"]\n", "accounts"},
		{"wecom", wecomBlock + "api_url: qyapi.weixin.qq.com\n", "api_url"},
		{"wecom", wecomBlock + "encoding: x\n", `"encoding"`},
		{"slack", slackBlock + "signing_secret: [geheim]\n", "[5:17]"},
		{"slack", slackBlock + "proxy: gopher://geheim@x\n", "proxy"},
	} {
		_, err := open(t, c.platform, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s %q: %v; want it to say %s and no secret", c.platform, c.text, err, c.want)
		}
	}
}

func TestRates(t *testing.T) {
	for text, want := range map[string]bot.Rates{
		"": {PerSecond: 30, PerChat: 1}, "rate: off": {}, "rate: \"off\"": {}, "rate: {per_second: 5}": {PerSecond: 5},
		"rate: {per_second: 5, per_chat: 0.5}": {PerSecond: 5, PerChat: 0.5},
	} {
		a, err := open(t, "telegram", telegramBlock+text+"\n")
		if err != nil || a.Features().Rates.PerSecond != want.PerSecond || a.Features().Rates.PerChat != want.PerChat {
			t.Errorf("%q: %v, %v; want %v", text, a, err, want)
		}
	}
	var strict struct {
		Rate bot.RateConfig `yaml:"rate"`
	}
	if err := yaml.UnmarshalWithOptions([]byte("rate: sometimes"), &strict, yaml.Strict()); err == nil {
		t.Error("any word is a rate")
	}
}
