package telegram_test

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
)

const webhookBlock = "token: 123:abc\nmode: webhook\nsecret_token: s3cret\n"

func readConfig(t *testing.T, text string) (telegram.Config, error) {
	t.Helper()
	c := telegram.Config{PublicURL: "https://x.example"}
	err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict())
	return c, err
}

func TestConfig(t *testing.T) {
	for _, text := range []string{
		"token: 123:abc", webhookBlock, webhookBlock + "api_url: https://tg.example/x/\nproxy: socks5://u:p@127.0.0.1:1080\nrate: off",
		"token: 123:abc\nsecret_token: " + strings.Repeat("x", 256),
	} {
		c, err := readConfig(t, text)
		if err == nil {
			_, err = telegram.New(c, adaptertest.NewHouse())
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, key := range map[string]string{
		"mode: polling":                                             "token",
		"token: 123:a/../geheim":                                    "token",
		"token: 9999999999999999999:geheim":                         "token",
		"token: 123:abc\nmode: pull":                                "mode",
		"token: 123:abc\nmode: webhook":                             "secret_token",
		"token: 123:abc\nsecret_token: geheim with space":           "secret_token",
		"token: 123:abc\nsecret_token: " + strings.Repeat("x", 257): "secret_token",
		webhookBlock + "api_url: api.telegram.org":                  "api_url",
		webhookBlock + "api_url: https://u:geheim@tg.example":       "api_url",
		webhookBlock + "proxy: ftp://user:geheim@x":                 "proxy",
		webhookBlock + "proxy: geheim":                              "proxy",
	} {
		c, err := readConfig(t, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		_, err = telegram.New(c, adaptertest.NewHouse())
		if err == nil || !strings.HasPrefix(err.Error(), key+": ") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v does not name %s, or shows the value", text, err, key)
		}
	}
	c, err := readConfig(t, webhookBlock)
	if err != nil {
		t.Fatal(err)
	}
	c.PublicURL = ""
	if _, err := telegram.New(c, adaptertest.NewHouse()); err == nil || !strings.HasPrefix(err.Error(), "public_url: ") {
		t.Errorf("%v does not name public_url", err)
	}
}

// TestRates reads the limits: twenty messages a minute in a group hold unless
// the config says something of groups, or lifts all limits.
func TestRates(t *testing.T) {
	const group = 20.0 / 60
	for given, want := range map[string][3]float64{
		"":                                    {30, 1, group},
		"rate: off":                           {},
		"rate: {per_second: 5}":               {5, 0, 0},
		"rate: {per_second: 30, per_chat: 1}": {30, 1, group},
		"rate: {per_chat: 0.1}":               {0, 0.1, 0.1},
		"rate: {per_chat: 1, per_group: 0.2}": {0, 1, 0.2},
	} {
		c, err := readConfig(t, "token: 123:abc\n"+given)
		if err != nil {
			t.Fatal(err)
		}
		r := open(t, c, adaptertest.NewHouse()).Features().Rates
		if got := [3]float64{r.PerSecond, r.PerChat, r.PerGroup}; got != want {
			t.Errorf("%s: %v, want %v", given, got, want)
		}
		if given == "" && len(r.Ops) == 0 {
			t.Error("typing may take the place of messages")
		}
	}
}
