package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/bot/locale"
)

// answer plays the asker with a script, and returns what was printed.
func answer(t *testing.T, path string, answers ...string) (string, error) {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = newAsker(strings.NewReader(strings.Join(answers, "\n")+"\n"), &out, catalog).write(path)
	return out.String(), err
}

// company are the answers that every company gives.
func company(language string) []string {
	return []string{language, "Sweetroot: \"sweet\"", "", "", "", "", "", "", "https://bot.example.com"}
}

// wants are the answers to "open it?", in the order of the platforms in a
// language, with those to what is asked then.
func wants(language string, answers map[string][]string) []string {
	var all []string
	for _, name := range order(language) {
		if with, ok := answers[name]; ok {
			all = append(append(all, "y"), with...)
		} else {
			all = append(all, "n")
		}
	}
	return append(all, "n") // no page for those who work here
}

func private(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v", path, info.Mode())
	}
	return string(read(t, path))
}

func TestInitWritesAConfigThatIsRead(t *testing.T) {
	for language, tag := range map[string]string{"1": "en", "2": "zh-CN"} {
		path := filepath.Join(t.TempDir(), "shop.yaml")
		out, err := answer(t, path, append(company(language), wants(tag, map[string][]string{
			"slack":   {"1", "xoxp-wrong", "xoxb-right", "xapp-right", ""},
			"webchat": {},
			"wechat":  {"wx0123456789abcdef", "0123456789abcdef0123456789abcdef", "", "", "2"},
		})...)...)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		config, secrets := private(t, path), private(t, envFile(path))
		if strings.Contains(out+config, "xoxb-right") || strings.Contains(out+config, "0123456789abcdef0123456789abcdef") ||
			!strings.Contains(secrets, "SLACK_BOT_TOKEN=xoxb-right\n") {
			t.Errorf("the secrets stand elsewhere:\n%s\n%s\n%s", out, config, secrets)
		}
		made := regexp.MustCompile(`WECHAT_TOKEN=(\w{24})\n`).FindStringSubmatch(secrets)
		if made == nil || !strings.Contains(out, made[1]) {
			t.Errorf("a token to paste is not made, or not shown:\n%s\n%s", out, secrets)
		}
		if !strings.Contains(out, "https://bot.example.com/hook/wechat/shop") || !strings.Contains(out, "xoxb-") {
			t.Errorf("it does not say what to paste where:\n%s", out)
		}
		t.Setenv("SLACK_BOT_TOKEN", "") // of the file, not of the test before
		for _, name := range regexp.MustCompile(`(?m)^(\w+)=`).FindAllStringSubmatch(secrets, -1) {
			os.Unsetenv(name[1])
		}
		cfg, err := readConfig(path)
		if err != nil {
			t.Fatalf("%v\n%s", err, config)
		}
		if len(cfg.Adapters) != 3 || cfg.Company != `Sweetroot: "sweet"` || len(cfg.Sources) == 0 {
			t.Errorf("it reads %+v", cfg)
		}
		for _, name := range regexp.MustCompile(`(?m)^(\w+)=`).FindAllStringSubmatch(secrets, -1) {
			os.Unsetenv(name[1])
		}
	}
}

const mine = `# my config
company: Mine
language: zh-CN
adapters: # the chats
  - platform: webchat
    install: site
  # one day: a pigeon
  - platform: slack
    install: team   # ours
    bot_token: ${SLACK_BOT_TOKEN}
    app_token: ${SLACK_APP_TOKEN}

# who works here
users: []
`

func TestInitAddsToAConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crmbot.yaml")
	for file, text := range map[string]string{path: mine, envFile(path): "SLACK_BOT_TOKEN=xoxb-old\n# mine\nOTHER=1\n"} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := answer(t, path, append([]string{"1"}, wants("zh-CN", map[string][]string{
		"slack":  {"team", "second", "1", "xoxb-new", "xapp-new", "team", "C0123ABCD"},
		"wechat": {"https://bot.example.com", "wx0123456789abcdef", "0123456789abcdef0123456789abcdef", "", "", "1"},
	})...)...)
	if err != nil || !strings.Contains(out, "要开通") {
		t.Fatalf("%v\n%s", err, out)
	}
	config, secrets := private(t, path), private(t, envFile(path))
	for _, want := range []string{
		"# my config\n", "adapters: # the chats\n  - platform: webchat\n", "    install: team   # ours\n", "  # one day: a pigeon\n",
		"public_url: \"https://bot.example.com\"\n\nadapters:",
		"    app_token: ${SLACK_APP_TOKEN}\n  - platform: wechat\n", "  - platform: slack\n    install: \"second\"\n",
		"    bot_token: ${SLACK_BOT_TOKEN_SECOND}\n", "threads:\n  - place: \"slack:second/C0123ABCD\"\n", "\n# who works here\nusers: []\n",
	} {
		if !strings.Contains(config, want) {
			t.Errorf("the config does not say %q:\n%s", want, config)
		}
	}
	for _, want := range []string{"SLACK_BOT_TOKEN=xoxb-old\n# mine\nOTHER=1\n", "SLACK_BOT_TOKEN_SECOND=xoxb-new\n"} {
		if !strings.Contains(secrets, want) {
			t.Errorf("the secrets do not say %q:\n%s", want, secrets)
		}
	}
}

// TestInitOpensThePageForThoseWhoAnswer once, beside the page of customers, and
// says how to get in.
func TestInitOpensThePageForThoseWhoAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crmbot.yaml")
	answers := append(company("2"), wants("zh-CN", map[string][]string{"webchat": {}})...)
	answers[len(answers)-1] = "y"
	out, err := answer(t, path, answers...)
	if err != nil || !strings.Contains(out, "接待页") {
		t.Fatalf("%v\n%s", err, out)
	}
	cfg, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := desks(cfg.doors()); len(got) != 1 || got[0].Install != "staff" || len(cfg.Adapters) != 2 || cfg.Hours.From != "09:00" || len(cfg.Hours.Days) != 5 {
		t.Errorf("it reads %+v", cfg)
	}
	again, err := answer(t, path, "1")
	if strings.Contains(again, "要开通这个页面吗") || err == nil {
		t.Errorf("it offers a second one: %v\n%s", err, again)
	}
	always := filepath.Join(t.TempDir(), "crmbot.yaml")
	answers = append([]string{"1", "Mine", "", "", "", "4", "", ""}, wants("en", nil)...)
	if out, err := answer(t, always, answers...); err != nil || strings.Contains(string(read(t, always)), "hours:") {
		t.Errorf("day and night: %v\n%s", err, out)
	}
}

func TestInitLeavesAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crmbot.yaml")
	for name, answers := range map[string][]string{
		"when told so":         {"4"},
		"when nothing is open": append([]string{"1"}, wants("zh-CN", nil)...),
		"when nobody answers":  {"1", "y"},
	} {
		if err := os.WriteFile(path, []byte(mine), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = answer(t, path, answers...)
		if got := string(read(t, path)); got != mine {
			t.Errorf("%s: %s", name, got)
		}
	}
	fresh := filepath.Join(t.TempDir(), "crmbot.yaml")
	if _, err := answer(t, fresh, "1", "Sweetroot"); err == nil {
		t.Error("answers that end are no error")
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("half of a config was written")
	}
}

func TestBlocksGoWhereTheyBelong(t *testing.T) {
	block := "  - platform: webchat\n    install: \"x\"\n    audience: customers\n"
	for name, c := range map[string]struct{ text, want string }{
		"no list":     {"company: A\n", "company: A\nadapters:\n" + block},
		"empty list":  {"adapters: []\ncompany: A\n", "adapters:\n" + block + "company: A\n"},
		"nothing yet": {"adapters:\n\n# people\nusers: []\n", "adapters:\n" + block + "\n# people\nusers: []\n"},
		"at the left": {"adapters:\n- platform: slack\n  install: a\n", "adapters:\n- platform: slack\n  install: a\n- platform: webchat\n  install: \"x\"\n  audience: customers\n"},
		"in one line": {"adapters: [{platform: slack, install: a}]\n", ""},
		"indented so": {"adapters:\n    - platform: slack\n      install: a\n", ""},
	} {
		got, err := insertBlocks(c.text, []string{block}, "")
		if c.want == "" && err == nil || c.want != "" && got != c.want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

// TestEverySetupSpeaksBothLanguages keeps the questions of the platforms whole.
func TestEverySetupSpeaksBothLanguages(t *testing.T) {
	for name, p := range adapters.Platforms {
		both := func(what string, text bot.Local, needed bool) {
			if (needed || text != nil) && (text["en"] == "" || text["zh-CN"] == "") {
				t.Errorf("%s: %s is said in one language only: %v", name, what, text)
			}
		}
		s := p.Setup()
		both("the name", s.Name, true)
		both("the page to open", s.Intro, true)
		both("what is left", s.Outro, false)
		keys := map[string]bool{}
		for _, f := range s.Fields {
			both(f.Key, f.Ask, true)
			both(f.Key, f.After, false)
			for _, c := range f.Choices {
				both(f.Key+" "+c.Value, c.Name, !isSwitch(f))
			}
			if _, err := regexp.Compile(f.Pattern); err != nil {
				t.Errorf("%s: %s: %v", name, f.Key, err)
			}
			if f.Make > 0 && !regexp.MustCompile(f.Pattern).MatchString(madeUp(f.Make)) {
				t.Errorf("%s: %s: what Enter makes up does not match %s", name, f.Key, f.Pattern)
			}
			for key := range f.When {
				if !keys[key] && s.Fixed[key] == "" {
					t.Errorf("%s: %s depends on %s, which was not asked for", name, f.Key, key)
				}
			}
			keys[f.Key] = true
		}
	}
}
