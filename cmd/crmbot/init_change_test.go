package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// broken is a config that init wrote, with a wrong token.
const broken = `company: "Mine"
language: "zh-CN"
adapters:
  - platform: webchat
    install: "site"
  - platform: telegram
    install: "main"   # the shop's
    audience: customers
    mode: "polling"
    token: ${TELEGRAM_TOKEN}
  # the second one
  - platform: slack
    install: "team"
    mode: "socket"
    bot_token: xoxb-in-the-open
    app_token: ${SLACK_APP_TOKEN}
users: []
`

func TestInitCorrectsAnInstall(t *testing.T) {
	const right = "111111:A-right_one-of-thirty-letters-and-more"
	for name, c := range map[string]struct {
		answers         []string
		config, secrets []string // what they say then
		out             string
	}{
		"the token": {
			[]string{"2", "2", "12345:ABCDEF", right},
			[]string{broken},
			[]string{"TELEGRAM_TOKEN=" + right + "\n", "SLACK_APP_TOKEN=xapp-old\n", "# mine\n"},
			"好像不对",
		},
		"nothing": {
			[]string{"2", "2", ""}, []string{broken}, []string{"TELEGRAM_TOKEN=12345:ABCDEF\n"}, "没有改动",
		},
		"one that stood in the config": {
			[]string{"2", "3", "", "xoxb-new", ""},
			[]string{strings.Replace(broken, "xoxb-in-the-open", "${SLACK_BOT_TOKEN_TEAM}", 1)},
			[]string{"SLACK_BOT_TOKEN_TEAM=xoxb-new\n", "SLACK_APP_TOKEN=xapp-old\n"},
			"team.txt",
		},
		"another mode": {
			[]string{"2", "3", "2", "https://bot.example.com", "", "0123456789abcdef0123456789abcdef"},
			[]string{
				"public_url: \"https://bot.example.com\"\n", "    mode: \"http\"\n    bot_token: xoxb-in-the-open\n",
				"    install: \"team\"\n    signing_secret: ${SLACK_SIGNING_SECRET_TEAM}\n", "  # the second one\n", "   # the shop's\n",
			},
			[]string{"SLACK_SIGNING_SECRET_TEAM=0123456789abcdef0123456789abcdef\n"},
			"/hook/slack/team",
		},
		"a page without questions": {[]string{"2", "1"}, []string{broken}, nil, "webchat/site"},
	} {
		path := filepath.Join(t.TempDir(), "crmbot.yaml")
		for file, text := range map[string]string{path: broken, envFile(path): "TELEGRAM_TOKEN=12345:ABCDEF\n# mine\nSLACK_APP_TOKEN=xapp-old\n"} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := answer(t, path, c.answers...)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
			continue
		}
		config, secrets := string(read(t, path)), string(read(t, envFile(path)))
		for _, want := range c.config {
			if !strings.Contains(config, want) {
				t.Errorf("%s: the config does not say\n%s\nbut\n%s", name, want, config)
			}
		}
		for _, want := range c.secrets {
			if !strings.Contains(secrets, want) {
				t.Errorf("%s: the secrets do not say %s but\n%s", name, want, secrets)
			}
		}
		if !strings.Contains(out, c.out) {
			t.Errorf("%s: nobody says %q in\n%s", name, c.out, out)
		}
	}
}

func TestAKeyIsChangedWhereItStands(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"in a line":   {"adapters:\n  - platform: a\n    install: x\n    k: 1 # one\n    l: 2\n", "adapters:\n  - platform: a\n    install: x\n    k: \"2\"   # one\n    l: 2\n"},
		"not yet":     {"adapters:\n- platform: a\n  install: x # mine\n", "adapters:\n- platform: a\n  install: x # mine\n  k: \"2\"\n"},
		"first":       {"adapters:\n- install: x\n  platform: a\n", "adapters:\n- install: x\n  k: \"2\"\n  platform: a\n"},
		"in one line": {"adapters: [{platform: a, install: x, k: 1}]\n", ""},
		"of another":  {"adapters:\n  - platform: a\n    install: y\n", ""},
	} {
		got, err := changeKeys(c.text, "a/x", []string{`k: "2"`})
		if c.want == "" && err == nil || c.want != "" && got != c.want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func TestInitAsksUntilItIsRight(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crmbot.yaml")
	answers := []string{"2", "", "Mine", "", "ABC", "cny", "UK", "xx", "de", "2", "9", "18:00-9:00", "8:30-17:00", "", "http://x", "https://bot.example.com"}
	out, err := answer(t, path, append(answers, wants("zh-CN", map[string][]string{"telegram": {"12345:ABCDEF", "123456:ABC-def-of-thirty-letters-and-more", "team", "-1001234567890"}})...)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"是不是 GB？", "https:// 开头", "要开通 Telegram（客户用）吗？", "要开通微信公众号"} {
		if !strings.Contains(out, want) {
			t.Errorf("nobody says %q in\n%s", want, out)
		}
	}
	if strings.Index(out, "微信公众号") > strings.Index(out, "Slack（同事用）") {
		t.Errorf("others are asked for before what everybody has:\n%s", out)
	}
	config := string(read(t, path))
	for _, want := range []string{
		`company: "Mine"`, `currency: "CNY"`, `country: "DE"`, `public_url: "https://bot.example.com"`,
		"hours:\n  days: [mon, tue, wed, thu, fri, sat]\n  from: \"8:30\"\n  to: \"17:00\"\n",
		"threads:\n  - place: \"telegram:main/-1001234567890\"\nadapters:\n",
	} {
		if !strings.Contains(config, want) {
			t.Errorf("the config does not say %s:\n%s", want, config)
		}
	}
}

func TestInitThatLeavesItIsFine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crmbot.yaml")
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := crmbot(t, "4\n", "init", "--config", path)
	if code != exitFine || !strings.Contains(out, "没有改动") || string(read(t, path)) != broken {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}
