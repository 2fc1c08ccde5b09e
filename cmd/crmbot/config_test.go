package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"crmbot/adapters"
	"crmbot/adapters/adaptertest"
	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

func example(t *testing.T) string {
	t.Helper()
	return string(read(t, "../../config.example.yaml"))
}

func TestTheExampleStartsUnchanged(t *testing.T) {
	text := example(t)
	t.Chdir(t.TempDir())
	cfg, err := parseConfig([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	h, err := build(t.Context(), cfg, discardLog())
	if err != nil {
		t.Fatal(err)
	}
	h.close()
	if !strings.Contains(text, string(sources)) {
		t.Error("the sources of the example are not those that hold without it")
	}
	if len(cfg.Adapters) != 1 || len(cfg.stages) != 6 || len(cfg.Sources) == 0 {
		t.Errorf("the example says %+v", cfg)
	}
	if cfg.rules != (crm.Rules{}).Standard() || cfg.hold != defaults(t).hold || cfg.Survey != defaults(t).Survey || cfg.Flood != defaults(t).Flood {
		t.Errorf("the example says other rules than those that hold without it: %+v", cfg)
	}
	if diff := cmp.Diff(defaults(t).knowledge, cfg.knowledge, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the example says another knowledge base than there is without it:\n%s", diff)
	}
}

// defaults is what holds where a config says nothing.
func defaults(t *testing.T) *Config {
	t.Helper()
	cfg, err := parseConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestTheExampleOfThreadsStartsUncommented takes what the example shows of
// answering customers at its word.
func TestTheExampleOfThreadsStartsUncommented(t *testing.T) {
	t.Setenv("TRANSLATE_KEY", "sk-of-the-test")
	for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "TELEGRAM_TOKEN", "TELEGRAM_SECRET"} {
		t.Setenv(name, "x")
	}
	text := example(t)
	show := func(key string) {
		t.Helper()
		block := regexp.MustCompile(`(?m)^#   ` + key + `:\n(#     .*\n)+`).FindString(text)
		if block == "" {
			t.Fatalf("the example does not show %s", key)
		}
		text = strings.Replace(text, block, regexp.MustCompile(`(?m)^#   `).ReplaceAllString(block, ""), 1)
	}
	show("threads")
	show("translate")
	text = strings.Replace(text, "\nthreads: []\n", "\n", 1)
	head, _, _ := strings.Cut(text, "\nadapters:\n")
	cfg, err := parseConfig([]byte(head + `
adapters:
  - {platform: wechat, install: shop}
  - {platform: slack, install: team}
  - {platform: telegram, install: support}
  - {platform: webchat, install: staff, audience: staff}
`))
	if err != nil {
		t.Fatal(err)
	}
	company := cfg.company(cfg.doors())
	want := []bot.ThreadPlace{
		{Platform: "slack", Install: "team", Chat: "C0123ABCD", From: []string{"wechat:shop"}, Team: "East"},
		{Platform: "slack", Install: "team", Chat: "C0456EFGH"},
		{Platform: "telegram", Install: "support", Chat: "-1001234567890"},
		{Platform: "webchat", Install: "staff", Chat: "desk"},
	}
	if diff := cmp.Diff(want, company.Threads); diff != "" {
		t.Errorf("threads (-want +have):\n%s", diff)
	}
	if !company.Translates || cfg.Translate.Key != "sk-of-the-test" || company.Page != "http://localhost:8080/chat/staff" {
		t.Errorf("it says %+v", company)
	}
	if h := company.Hours; len(h.Days) != 5 || h.From != 9*time.Hour || h.To != 18*time.Hour || len(h.Holidays) != 2 || h.Zone != company.Zone {
		t.Errorf("hours %+v", h)
	}
	if terminal := cfg.company(nil); len(terminal.Threads) != 0 || terminal.Page != "" {
		t.Errorf("behind no open door it says %+v", terminal.Threads)
	}
	if have := cfg.settings(); have.Rules != company.Rules || have.Hours.To != company.Hours.To {
		t.Errorf("settings %+v", have)
	}
}

// TestRulesOfService: what may be left out, what zero means, and what is told
// about a mistake.
func TestRulesOfService(t *testing.T) {
	for text, hold := range map[string]time.Duration{"": 10 * time.Second, "hold: 0s\n": 0, "hold: 1m\n": time.Minute} {
		cfg, err := parseConfig([]byte(text))
		if err != nil || cfg.company(nil).Hold != hold {
			t.Errorf("%q holds %v, %v", text, cfg.hold, err)
		}
	}
	none := defaults(t).company(nil)
	if none.Page != "" || none.Translates || len(none.Threads) != 0 || len(none.Hours.Days) != 0 || !none.Survey || none.Flood.PerMinute != 20 {
		t.Errorf("without a word of the config: %+v", none)
	}
	cfg, err := parseConfig([]byte("public_url: https://bot.example.com/\nflood: {per_minute: 0}\nsurvey: false\nadapters:\n  - {platform: webchat, install: a, audience: staff}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c := cfg.company(cfg.doors()); c.Page != "https://bot.example.com/chat/a" || c.Survey || c.Flood.PerMinute != 0 {
		t.Errorf("it says %+v", c)
	}
}

// setups are the questions of every platform.
func setups() map[string]func() bot.Setup {
	all := map[string]func() bot.Setup{}
	for name, p := range adapters.Platforms {
		all[name] = p.Setup
	}
	return all
}

func TestEveryBlockOfTheExampleStartsUncommented(t *testing.T) {
	text := example(t)
	head, _, _ := strings.Cut(text, "\nadapters:\n")
	blocks := adaptertest.Shown(text, setups())
	for _, name := range slices.Sorted(maps.Keys(adapters.Platforms)) {
		block, taught := blocks[name]
		if !taught {
			t.Errorf("the example does not teach %s", name)
			continue
		}
		cfg, err := parseConfig([]byte(head + "\nadapters:\n" + block))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, block)
			continue
		}
		cfg.Database = storagetest.SQLite(t)
		h, err := build(t.Context(), cfg, discardLog())
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, block)
			continue
		}
		h.close()
	}
}

func TestABadConfigSaysWhereAndWhat(t *testing.T) {
	t.Setenv("TOKEN", "111:very-secret")
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"an unknown key", "language: en\ncolour: red\n", []string{"line 2", "colour"}},
		{"a wrong type", "day_ends: soon\n", []string{"line 1"}},
		{"no YAML", "language: [en\n", []string{"line"}},
		{"an unknown language", "language: fr\n", []string{"language", "en or zh-CN"}},
		{"an unknown zone", "timezone: Mars/Base\n", []string{"timezone", "Asia/Shanghai"}},
		{"a missing variable", "adapters:\n  - platform: telegram\n    install: x\n    token: ${NO_SUCH_TOKEN}\n", []string{"line 4", "NO_SUCH_TOKEN"}},
		{"an unknown platform", "adapters:\n  - platform: smoke-signs\n    install: x\n", []string{"line 2", "smoke-signs", "telegram"}},
		{"no install", "adapters:\n  - platform: telegram\n", []string{"line 2", "install"}},
		{"a wrong audience", "adapters:\n  - platform: telegram\n    install: x\n    audience: all\n", []string{"customers or staff"}},
		{"the same install twice", "adapters:\n  - {platform: webchat, install: x}\n  - {platform: webchat, install: x}\n", []string{"webchat/x", "twice"}},
		{"a wrong role", "users:\n  - {handle: a, name: A, role: boss}\n", []string{"boss", "manager"}},
		{"a wrong identity", "users:\n  - {handle: a, name: A, role: sales, identities: [U1]}\n", []string{"platform:install/sender"}},
		{"two winning stages", "stages:\n  - {key: a, probability: 1}\n  - {key: b, probability: 1, won: true}\n  - {key: c, probability: 1, won: true}\n", []string{"stages", "exactly one"}},
		{"no database", "database: ''\n", []string{"database"}},
		{"a place that is none", "threads:\n  - place: C0123\n", []string{"line 2", "threads.place", "slack:team/C0123ABCD"}},
		{"a place of nobody", "threads:\n  - team: East\n    place: slack:team/C0123ABCD\n", []string{"line 3", "adapters has no slack:team"}},
		{"a place twice", "threads:\n  - place: slack:x/a\n  - place: slack:x/a\nadapters:\n  - {platform: slack, install: x}\n", []string{"line 3", "twice"}},
		{"from nobody", "threads:\n  - place: slack:x/a\n    from: [slack:x,\n      wechat:y]\nadapters:\n  - {platform: slack, install: x}\n", []string{"line 4", "threads.from", "wechat:y"}},
		{"an unknown key of a place", "threads:\n  - place: webchat:x/a\n    form: [a]\n", []string{"line 3", "form"}},
		{"a place without its key", "language: en\nthreads:\n  - slack:team/C0123ABCD\n", []string{"line 3", "threads", "- place: slack:team/C0123ABCD"}},
		{"a place on a web page", "threads:\n  - place: webchat:x/a\nadapters:\n  - {platform: webchat, install: x, audience: staff}\n", []string{"line 2", "webchat:x/a", "no entry"}},
		{"places that are none", "threads: slack\n", []string{"line 1", "threads"}},
		{"a wrong day", "hours:\n  days: [mon, someday]\n  from: \"09:00\"\n  to: \"18:00\"\n", []string{"line 2", "someday", "hours.days"}},
		{"hours without an end", "hours:\n  days: [mon]\n  from: 09:00\n", []string{"line 1", "hours.to is missing"}},
		{"a wrong hour", "hours:\n  days: [mon]\n  from: 9am\n  to: \"18:00\"\n", []string{"line 3", "9am"}},
		{"a day that ends before it begins", "hours:\n  days: [mon]\n  from: \"18:00\"\n  to: \"09:00\"\n", []string{"line 4", "later"}},
		{"a wrong holiday", "hours:\n  days: [mon]\n  from: \"09:00\"\n  to: \"18:00\"\n  holidays: [2026-13-01]\n", []string{"line 5", "2026-13-01"}},
		{"a wrong span", "handoff:\n  answer_within: 10m\n  idle: soon\n", []string{"line 3", "handoff.idle", "soon", "12h"}},
		{"no time to answer", "handoff: {answer_within: 0s}\n", []string{"line 1", "0s"}},
		{"a negative hold", "hold: -1s\n", []string{"line 1", "hold", "10s"}},
		{"an endless hold", "hold: 2h\n", []string{"line 1", "hour"}},
		{"less than nobody", "handoff:\n  open_each: -1\n", []string{"line 2", "open_each"}},
		{"a wrong flood", "flood: {per_minute: many}\n", []string{"line 1", "per_minute"}},
		{"no address to translate", "translate:\n  key: ${TOKEN}\n  model: m\n", []string{"line 1", "translate.url"}},
		{"a wrong address to translate", "translate:\n  url: api.openai.com\n  model: m\n", []string{"line 2", "https://api.openai.com/v1"}},
		{"nobody to translate", "translate:\n  url: https://api.openai.com/v1\n  key: ${TOKEN}\n", []string{"line 1", "translate.model"}},
		{"a wrong proxy to translate", "translate:\n  url: https://api.openai.com/v1\n  model: m\n  proxy: ${TOKEN}\n", []string{"line 4", "socks5://"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseConfig([]byte(c.text))
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "very-secret") {
				t.Errorf("%q tells a secret", err)
			}
		})
	}
}

func TestAPlatformsOwnMistakeIsNamedWithoutItsSecret(t *testing.T) {
	t.Setenv("TOKEN", "111:very-secret")
	cfg, err := parseConfig([]byte("adapters:\n  - platform: telegram\n    install: x\n    token: ${TOKEN}\n    colour: red\n"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database = storagetest.SQLite(t)
	_, err = build(t.Context(), cfg, discardLog())
	if err == nil || !strings.Contains(err.Error(), "colour") || strings.Contains(err.Error(), "very-secret") {
		t.Errorf("it says %v", err)
	}
}

func TestSecretsStandBesideTheConfig(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "shop.yaml")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(config, "company: ${SHOP_NAME}\n")
	write(filepath.Join(dir, "shop.env"), "# secrets\n\nSHOP_NAME=from the file\n")
	t.Setenv("SHOP_NAME", "")
	os.Unsetenv("SHOP_NAME")
	if cfg, err := readConfig(config); err != nil || cfg.Company != "from the file" {
		t.Errorf("company %+v %v", cfg, err)
	}
	t.Setenv("SHOP_NAME", "from the environment")
	if cfg, err := readConfig(config); err != nil || cfg.Company != "from the environment" {
		t.Errorf("company %+v %v", cfg, err)
	}
	write(filepath.Join(dir, "shop.env"), "nonsense\n")
	if _, err := readConfig(config); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a bad line gives %v", err)
	}
}

// TestHoursWithoutDays: whoever says from when to when means the days that
// people work.
func TestHoursWithoutDays(t *testing.T) {
	cfg, err := parseConfig([]byte("hours:\n  from: \"09:00\"\n  to: \"18:00\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if days := cfg.hours.Days; len(days) != 5 || days[0] != time.Monday || days[4] != time.Friday {
		t.Errorf("open on %v", days)
	}
}
