package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crmbot/bot/locale"
)

// TestMistakesAreToldInTheConfigsLanguage reads what the owner of a shop reads
// when something in the config is wrong.
func TestMistakesAreToldInTheConfigsLanguage(t *testing.T) {
	const chat = "adapters:\n  - platform: telegram\n    install: main\n    token: "
	for name, c := range map[string]struct {
		text, secrets, command string
		want                   []string
	}{
		"a value of the file of secrets": {
			"language: zh-CN\n" + chat + "${SHOP_TOKEN}\n", "SHOP_TOKEN=12345:ABC DEF\n", "check",
			[]string{"✗ token 的写法应该像 123456:ABC-def。", "→ token 的值在 crmbot.env 里，SHOP_TOKEN=… 那一行", "crmbot init", "修改已有的聊天"},
		},
		"the same at the start": {
			"language: zh-CN\n" + chat + "${SHOP_TOKEN}\n", "SHOP_TOKEN=12345:ABC DEF\n", "serve",
			[]string{"crmbot.yaml 第 5 行 (telegram/main)：token 的写法应该像", "crmbot.env"},
		},
		"a value of the config": {chat + "nonsense\n", "", "serve", []string{"crmbot.yaml line 4 (telegram/main): token must look like", "crmbot.yaml, line 4"}},
		"a key that nobody knows": {
			chat + "123456:ABC\n    mod: polling\n", "", "serve",
			[]string{"crmbot.yaml line 5 (telegram/main): There is no key mod here"},
		},
		"the same, checked":        {"language: zh-CN\n" + chat + "123456:ABC\n    mod: x\n", "", "check", []string{"✗ 这里没有 mod 这个键", "→ 请在", "第 6 行"}},
		"a wrong type":             {"language: zh-CN\nday_ends: soon\n", "", "check", []string{"crmbot.yaml 第 2 行：day_ends 应该是整数"}},
		"a variable nobody set":    {"language: zh-CN\n" + chat + "${SHOP_NOTHING}\n", "", "check", []string{"crmbot.yaml 第 5 行：变量 SHOP_NOTHING 没有值", "crmbot.env"}},
		"a country that is none":   {"language: zh-CN\ncountry: UK\n", "", "serve", []string{"crmbot.yaml 第 2 行", "是不是 GB？"}},
		"a country nobody knows":   {"country: XX\n", "", "serve", []string{"line 1", "“XX”", "CN, DE or US"}},
		"a currency nobody knows":  {"currency: ABC\n", "", "serve", []string{"line 1", "“ABC”"}},
		"a line that is no secret": {"language: zh-CN\n", "SHOP_TOKEN\n", "check", []string{"crmbot.env 第 1 行", "名称=值"}},
		"an address":               {"public_url: bot.example.com\n", "", "check", []string{"line 1", "https://bot.example.com"}},
		"a key that is missing": {
			"adapters:\n  - platform: telegram\n    install: main\n    mode: polling\n", "", "check",
			[]string{"✗ token is missing.", "Put token into the part of telegram/main in crmbot.yaml"},
		},
		"an address that is missing": {
			chat + "123456:ABC\n    mode: webhook\n    secret_token: 0123456789abcdef\n", "", "check",
			[]string{"public_url is missing: mode: webhook needs it.", "Put public_url into crmbot.yaml"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("SHOP_TOKEN", "") // to be as it was afterwards
			os.Unsetenv("SHOP_TOKEN")
			t.Chdir(t.TempDir())
			for file, text := range map[string]string{"crmbot.yaml": c.text, "crmbot.env": c.secrets} {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			code, out, errs := crmbot(t, "", c.command, "--config", "crmbot.yaml")
			if code != exitWrong {
				t.Errorf("exit %d", code)
			}
			for _, want := range c.want {
				if !strings.Contains(out+errs, want) {
					t.Errorf("nobody says %q in\n%s%s", want, out, errs)
				}
			}
			if strings.Contains(out+errs, "ABC DEF") {
				t.Errorf("a secret got out:\n%s%s", out, errs)
			}
		})
	}
}

func TestEveryMistakeHasASentence(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"en", "zh-CN"} {
		for rule, key := range rules {
			if !catalog.Words(language).Has(key) {
				t.Errorf("%s: %s has no sentence", language, rule)
			}
		}
	}
}

func TestWhereAValueStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.yaml")
	text := "adapters:\n  - platform: telegram\n    install: main\n    token: \"${SHOP_HERE}\"\n    mode: polling\n"
	if err := os.WriteFile(envFile(path), []byte("SHOP_HERE = abc \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	say := func(key string) string {
		return spotOf(path, "telegram/main", blockOf(text, "telegram", "main"), key).in(catalog.Words("en"))
	}
	for key, want := range map[string]string{"token": "shop.env, in the line SHOP_HERE=…", "mode": "shop.yaml, line 5", "proxy": "the part of telegram/main"} {
		if got := say(key); !strings.Contains(got, want) {
			t.Errorf("%s: %s", key, got)
		}
	}
	t.Setenv("SHOP_HERE", "")
	os.Unsetenv("SHOP_HERE")
	if err := loadEnv(path); err != nil || os.Getenv("SHOP_HERE") != "abc" {
		t.Errorf("spaces are part of a secret: %q %v", os.Getenv("SHOP_HERE"), err)
	}
	if got := say("token"); !strings.Contains(got, "shop.env") {
		t.Error(got)
	}
	t.Setenv("SHOP_HERE", "of the machine")
	if got := say("token"); !strings.Contains(got, "where crmbot is started") {
		t.Error(got)
	}
}
