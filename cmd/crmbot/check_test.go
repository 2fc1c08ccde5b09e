package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crmbot/adapters"
	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack/slacktest"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

const aToken = "111111:A-geheim_of-the-test"

// shop writes a config with adapters and returns its path.
func shop(t *testing.T, language, rest string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.yaml")
	text := "language: " + language + "\ndatabase: " + filepath.Join(filepath.Dir(path), "shop.db") + "\n" + rest
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fake is a stand-in of the platform that knows the token.
func fake(t *testing.T) *telegramtest.Server {
	t.Helper()
	s := telegramtest.New()
	s.Token = aToken
	t.Cleanup(s.Close)
	return s
}

func telegramAt(api, install string) string {
	return "  - platform: telegram\n    install: " + install + "\n    token: " + aToken + "\n    api_url: " + api + "\n"
}

func TestCheckSaysWhatWorksAndWhatToDo(t *testing.T) {
	good := fake(t)
	locked := fake(t)
	for range 4 {
		locked.Force("getMe", adaptertest.Answer{Status: http.StatusUnauthorized, Body: `{"ok":false,"error_code":401,"description":"Unauthorized"}`})
	}
	site := "adapters:\n  - platform: webchat\n    install: site\n"
	for name, c := range map[string]struct {
		language, rest string
		code           int
		want           []string
	}{
		"all is well":       {"en", "adapters:\n" + telegramAt(good.Host, "a"), exitFine, []string{"✓", "Telegram (telegram/a)", "crmbot serve --config"}},
		"in Chinese":        {"zh-CN", site, exitFine, []string{"网页聊天 (webchat/site)", "✓ 聊天页面", "public_url", "下一步"}},
		"a wrong token":     {"en", "adapters:\n" + telegramAt(locked.Host, "a"), exitFailed, []string{"✗", "→", "1 thing does not work"}},
		"in Chinese, wrong": {"zh-CN", "adapters:\n" + telegramAt(locked.Host, "a"), exitFailed, []string{"✗", "→", "还有 1 处"}},
		"out of reach":      {"en", "adapters:\n" + telegramAt("http://127.0.0.1:1", "a"), exitFailed, []string{"✗", "→", "proxy"}},
		"one of two":        {"en", "adapters:\n  - platform: telegram\n    install: a\n    token: nonsense\n" + telegramAt(good.Host, "b"), exitWrong, []string{"✗ token must look like", "→ token stands in shop.yaml, line 6", "(telegram/b)", "✓"}},
		"nothing open":      {"en", "", exitFailed, []string{"nobody can write to you"}},
		"no address":        {"en", site + "public_url: https://no-such-name.invalid\n", exitFine, []string{"! The internet does not know", "→ Where you bought"}},
		"no https":          {"en", site + "public_url: http://bot.example.com\n", exitFine, []string{"! Your address", "1 thing wants"}},
		"no public_url":     {"en", "adapters:\n  - platform: telegram\n    install: a\n    token: " + aToken + "\n    mode: webhook\n    secret_token: 0123456789abcdef\n", exitWrong, []string{"public_url"}},
		"a wrong key":       {"en", "colour: red\n", exitWrong, []string{"line 3", "colour"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := crmbot(t, "", "check", "--config", shop(t, c.language, c.rest))
			if code != c.code {
				t.Errorf("exit %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out+errs, want) {
					t.Errorf("nobody says %q in\n%s%s", want, out, errs)
				}
			}
			if strings.Contains(out+errs, "geheim") {
				t.Errorf("a secret got out:\n%s%s", out, errs)
			}
		})
	}
}

func TestCheckWithoutADatabase(t *testing.T) {
	for _, c := range []struct {
		database string
		code     int
	}{
		{"postgres://crmbot:geheim@127.0.0.1:1/crmbot?sslmode=disable", exitFailed},
		{filepath.Join(t.TempDir(), "no", "such", "folder.db"), exitWrong},
	} {
		path := filepath.Join(t.TempDir(), "shop.yaml")
		if err := os.WriteFile(path, []byte("language: zh-CN\ndatabase: "+c.database+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := crmbot(t, "", "check", "--config", path)
		if code != c.code || !strings.Contains(out, "✗ 数据库打不开") || !strings.Contains(out, "→") || strings.Contains(out+errs, "geheim") {
			t.Errorf("%s: exit %d\n%s%s", c.database, code, out, errs)
		}
	}
}

// TestCheckSaysWhereAWrongSecretStands has a platform refuse a token that
// stands in a variable.
func TestCheckSaysWhereAWrongSecretStands(t *testing.T) {
	locked := fake(t)
	for range 8 {
		locked.Force("getMe", adaptertest.Answer{Status: http.StatusUnauthorized, Body: `{"ok":false,"error_code":401,"description":"Unauthorized"}`})
	}
	path := shop(t, "zh-CN", "adapters:\n  - {platform: webchat, install: site}\n"+strings.Replace(telegramAt(locked.Host, "a"), aToken, "${SHOP_LOCKED}", 1)+
		"public_url: https://no-such-name.invalid\n")
	t.Setenv("SHOP_LOCKED", "")
	os.Unsetenv("SHOP_LOCKED")
	if err := os.WriteFile(envFile(path), []byte("SHOP_LOCKED="+aToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := crmbot(t, "", "check", "--config", path)
	for _, want := range []string{"token 的值在 shop.env 里，SHOP_LOCKED=… 那一行", "修改已有的聊天", "请把 origins 写在 shop.yaml 的 webchat/site 那一段"} {
		if code != exitFailed || !strings.Contains(out, want) {
			t.Errorf("exit %d, nobody says %s in\n%s%s", code, want, out, errs)
		}
	}
}

// TestCheckWritesWhatIsToBePasted asks for a text to paste: its file is named,
// and there.
func TestCheckWritesWhatIsToBePasted(t *testing.T) {
	path := shop(t, "en", "")
	cfg, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range adapters.Platforms {
		r, err := newReport(io.Discard, "en")
		if err != nil {
			t.Fatal(err)
		}
		asked := bot.Finding{Next: bot.Local{"en": "Paste {paste}.", "zh-CN": "粘贴 {paste}。"}}
		f, err := r.pasted(asked, cfg, door{platform: bot.Platform(name), install: "a"})
		file := filepath.Join(filepath.Dir(path), name+"-a.txt")
		if err != nil || f.Next.In("zh-CN") != "粘贴 "+file+"。" {
			t.Errorf("%s: %q %v", name, f.Next, err)
		}
		if paste := p.Setup().Paste; paste != "" && len(read(t, file)) < len(paste) {
			t.Errorf("%s: the file is not whole", name)
		}
	}
}

// tried is a report of one finding.
func tried(t *testing.T, language string, f bot.Finding) string {
	t.Helper()
	var out bytes.Buffer
	r, err := newReport(&out, language)
	if err != nil {
		t.Fatal(err)
	}
	if f.Text == nil {
		f = r.worded(f, door{platform: "telegram", install: "a"}, "shop.yaml")
	}
	r.add(f)
	return out.String()
}

func TestFindingsAsTheyAreRead(t *testing.T) {
	long := errors.New(strings.Repeat("lang ", 200))
	for name, c := range map[string]struct {
		language string
		finding  bot.Finding
		want     string
	}{
		"a note":           {"en", bot.Finding{Level: bot.LevelNote, Text: bot.Local{"en": "One line\nand another."}}, "  · One line\n    and another.\n"},
		"a step":           {"zh-CN", bot.Finding{Level: bot.LevelWarning, Text: bot.Local{"zh-CN": "没有菜单。"}, Next: bot.Local{"zh-CN": "请设置。"}}, "  ! 没有菜单。\n    → 请设置。\n"},
		"another language": {"zh-CN", bot.Finding{Level: bot.LevelFine, Text: bot.Local{"en": "Only English."}}, "  ✓ Only English.\n"},
		"credentials": {
			"zh-CN", bot.Broken(&bot.Failure{Class: bot.Unauthorized, Err: errors.New("401")}),
			"  ✗ Telegram 不认您粘贴的密钥。\n      (401)\n    → 请到 Telegram 的页面上重新复制。\n",
		},
		"too fast": {"en", bot.Broken(&bot.Failure{Class: bot.RateLimited}), "  ✗ Telegram asks us to slow down.\n      (rate_limited)\n    → Wait a few minutes and try again.\n"},
		"odd": {
			"en", bot.Broken(&bot.Failure{Class: bot.BadContent, Err: errors.New("a\nb")}),
			"  ✗ Telegram answers with something unexpected.\n      (a b)\n    → Try again in a few minutes. If it stays like this, send the line above to whoever looks after this machine.\n",
		},
		"no class": {"en", bot.Broken(long), "  ✗ Telegram does not answer.\n      (" + strings.Repeat("lang ", 60) + "…)\n" +
			"    → Is this machine on the internet? Where Telegram is blocked, put proxy: into its part of shop.yaml.\n"},
	} {
		if got := tried(t, c.language, c.finding); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestKnock(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // that we hang up is what we are here for
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	gone := httptest.NewTLSServer(http.NotFoundHandler())
	gone.Close()
	for address, want := range map[string]string{
		untrusted.URL: "is not trusted",
		gone.URL:      "Nobody answers",
		"":            "",
	} {
		var out bytes.Buffer
		r, err := newReport(&out, "en")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		r.knock(ctx, address)
		cancel()
		if !strings.Contains(out.String(), want) || want == "" && out.Len() > 0 {
			t.Errorf("%s: %s", address, out.String())
		}
	}
}

func TestInvitations(t *testing.T) {
	api := fake(t)
	sources := "sources:\n  - name: exhibition\n    words: [expo, 展会]\n"
	one := shop(t, "zh-CN", sources+"adapters:\n  - {platform: webchat, install: site}\n"+telegramAt(api.Host, "shop"))
	two := shop(t, "en", "adapters:\n"+telegramAt(api.Host, "a")+telegramAt(api.Host, "b"))
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"qr", "--scene", "expo-2026", "--config", one}, exitFine, []string{"telegram/shop", "https://t.me/", "expo-2026", "展会"}},
		{[]string{"telegram", "qr", "--scene", "poster", "--config", one}, exitFine, []string{"https://t.me/", "sources"}},
		{[]string{"telegram", "qr", "--scene", "poster", "--install", "b", "--config", two}, exitFine, []string{"telegram/b", "sources"}},
		{[]string{"qr", "--scene", "poster", "--config", two}, exitWrong, []string{"telegram/a, telegram/b", "--install"}},
		{[]string{"telegram", "qr", "--scene", "p", "--out", filepath.Join(t.TempDir(), "qr.png"), "--config", one}, exitFailed, []string{"https://t.me/", "没有写入"}},
		{[]string{"wechat", "qr", "--scene", "poster", "--config", one}, exitWrong, []string{"没有能做带场景值链接的"}},
		{[]string{"qr", "--scene", "a b!", "--config", one}, exitWrong, []string{"64"}},
		{[]string{"qr", "--config", one}, exitWrong, []string{"缺少 --scene"}},
	} {
		code, out, errs := crmbot(t, "", c.args...)
		if code != c.code {
			t.Errorf("%v: exit %d, want %d", c.args, code, c.code)
		}
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%v: nobody says %q in\n%s%s", c.args, want, out, errs)
			}
		}
	}
}

func TestADrawnCodeIsKept(t *testing.T) {
	const png = "\x89PNG\r\n\x1a\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/qr" {
			_, _ = w.Write([]byte(png))
		}
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "qr.png")
	if err := fetchImage(t.Context(), server.URL+"/qr", file); err != nil || string(read(t, file)) != png {
		t.Errorf("%v", err)
	}
	if err := fetchImage(t.Context(), server.URL+"/page", file+"2"); err == nil {
		t.Error("a page is taken for a picture")
	}
}

// TestCheckOfEveryPlatform reads what the owner of a shop reads with all chats
// open, in both languages.
func TestCheckOfEveryPlatform(t *testing.T) {
	telegram, slack, wechat, wecom := fake(t), slacktest.New(), wechattest.New(), wecomtest.New()
	t.Cleanup(slack.Close)
	t.Cleanup(wechat.Close)
	t.Cleanup(wecom.Close)
	rest := "public_url: https://no-such-name.invalid\nadapters:\n  - {platform: webchat, install: site}\n" + telegramAt(telegram.Host, "support") + fmt.Sprintf(`
  - platform: slack
    install: team
    mode: socket
    bot_token: %s
    app_token: %s
    api_url: %s
  - platform: wechat
    install: shop
    app_id: %s
    app_secret: %s
    token: %s
    encoding_aes_key: %s
    api_url: %s
  - platform: wecom
    install: kf
    corp_id: %s
    secret: %s
    token: %s
    encoding_aes_key: %s
    api_url: %s
`, slack.BotToken, slack.AppToken, slack.URL, wechat.AppID, wechat.Secret, wechat.Token, wechat.AESKey, wechat.URL,
		wecom.CorpID, wecom.Secret, wecom.Token, wecom.AESKey, wecom.URL)
	for _, language := range []string{"en", "zh-CN"} {
		code, out, errs := crmbot(t, "", "check", "--config", shop(t, language, rest))
		t.Logf("\n%s%s", out, errs)
		if code != exitFine || strings.Contains(out, "✗") {
			t.Errorf("%s: exit %d\n%s%s", language, code, out, errs)
		}
		for _, install := range []string{"webchat/site", "telegram/support", "slack/team", "wechat/shop", "wecom/kf"} {
			if !strings.Contains(out, install+")\n  ✓") {
				t.Errorf("%s: %s is not said to work:\n%s", language, install, out)
			}
		}
		for _, secret := range []string{aToken, slack.BotToken, slack.AppToken, wechat.Secret, wechat.AESKey, wecom.Secret, wecom.AESKey} {
			if strings.Contains(out+errs, secret) {
				t.Errorf("%s: a secret got out", language)
			}
		}
	}
}
