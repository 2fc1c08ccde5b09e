package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"crmbot/adapters/telegram/telegramtest"
)

// TestCheckLooksAtThePlaces: a place of threads is tried where it is, one that
// can be none is named with its line, and without any somebody says so.
func TestCheckLooksAtThePlaces(t *testing.T) {
	api := fake(t)
	api.BotID = 111111
	fine := telegramtest.Group{ID: -1001, Title: "Team", Forum: true, Admin: true, Topics: true, Pins: true}
	api.AddGroup(fine)
	api.AddGroup(telegramtest.Group{ID: -1002, Title: "Flat", Admin: true, Topics: true})
	site := "adapters:\n  - {platform: webchat, install: site}\n"
	threads := func(place string) string { return "threads:\n  - place: " + place + "\n" }
	for name, c := range map[string]struct {
		language, rest string
		code           int
		want, never    []string
	}{
		"a group with topics": {"en", threads("telegram:a/-1001") + "adapters:\n" + telegramAt(api.Host, "a"), exitFine, []string{"✓ Customers' conversations open as topics in Team"}, []string{"Answering customers"}},
		"a flat group":        {"zh-CN", threads("telegram:a/-1002") + "adapters:\n" + telegramAt(api.Host, "a"), exitFailed, []string{"✗ Flat 没有开启话题", "→"}, nil},
		"no group":            {"en", threads("telegram:a/-1009") + "adapters:\n" + telegramAt(api.Host, "a"), exitFailed, []string{"✗ The bot is in no group -1009", "where"}, nil},
		"of another install":  {"en", threads("telegram:b/-1001") + "adapters:\n" + telegramAt(api.Host, "a") + telegramAt(api.Host, "b"), exitFine, []string{"(telegram/b)\n  ✓"}, nil},
		"no threads there":    {"en", threads("wechat:shop/x") + "adapters:\n  - {platform: wechat, install: shop, app_id: wx0123456789abcdef, app_secret: 0123456789abcdef0123456789abcdef, token: token, passive: true}\n", exitWrong, []string{"✗ threads.place: no threads can be opened at wechat:shop/x", "line 4"}, nil},
		"nowhere":             {"en", site, exitFine, []string{"Answering customers\n  · There is no place yet", "→ Name a channel"}, nil},
		"nobody to answer":    {"en", "adapters:\n  - {platform: webchat, install: office, audience: staff}\n", exitFine, []string{"Your colleagues answer customers at /chat/office", "Answering customers\n  ! No customer can write to you yet"}, []string{"Everything works"}},
		"nowhere, in Chinese": {"zh-CN", site, exitFine, []string{"人工接待\n  · 还没有地方", "→ 请在 threads"}, nil},
		"a page for staff":    {"en", site + "  - {platform: webchat, install: staff, audience: staff}\n", exitFine, nil, []string{"Answering customers"}},
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
			for _, never := range c.never {
				if strings.Contains(out+errs, never) {
					t.Errorf("somebody says %q in\n%s%s", never, out, errs)
				}
			}
		})
	}
}

// TestServeRefusesAPlaceThatIsNone: what check says, serve does not pass over.
func TestServeRefusesAPlaceThatIsNone(t *testing.T) {
	code, out, errs := crmbot(t, "", "serve", "--config", shop(t, "zh-CN", "threads:\n  - place: wechat:shop/x\nadapters:\n  - {platform: wechat, install: shop, app_id: wx0123456789abcdef, app_secret: 0123456789abcdef0123456789abcdef, token: token, passive: true}\n"))
	if code != exitWrong || !strings.Contains(errs, "第 4 行") || !strings.Contains(errs, "wechat:shop/x 那里开不了话题") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

// TestCheckTriesTheTranslation with endpoints that say yes, and no in many ways.
func TestCheckTriesTheTranslation(t *testing.T) {
	const secret = "sk-geheim"
	answers := map[string]func(w http.ResponseWriter){
		"yes": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"choices":[{"finish_reason":"stop","message":{"content":"Hello"}}]}`)
		},
		"locked": func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		"spent":  func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
		"model":  func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) },
		"odd":    func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") },
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers[strings.Split(r.URL.Path, "/")[1]](w)
	}))
	t.Cleanup(api.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct {
		language, url string
		code          int
		want          []string
	}{
		"it works":        {"en", api.URL + "/yes", exitFine, []string{"Translation\n  ✓ small translates."}},
		"a wrong key":     {"zh-CN", api.URL + "/locked", exitFailed, []string{"✗ 翻译服务不认您粘贴的密钥", "translate.key 的值在 shop.env 里，SHOP_TRANSLATE=… 那一行"}},
		"no money":        {"en", api.URL + "/spent", exitFailed, []string{"✗ The translation service takes no more", "→ Look at your account"}},
		"a wrong model":   {"en", api.URL + "/model", exitFailed, []string{"does not know small", "translate.model stands in shop.yaml, line 6"}},
		"something else":  {"en", api.URL + "/odd", exitFailed, []string{"✗ The translation service"}},
		"out of reach":    {"zh-CN", gone.URL, exitFailed, []string{"✗ 翻译服务没有响应", "proxy"}},
		"no address":      {"en", "api.openai.com", exitWrong, []string{"line 4", "translate.url"}},
		"in the open too": {"en", api.URL + "/locked", exitFailed, []string{"✗ The translation service does not accept"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := shop(t, c.language, "translate:\n  url: "+c.url+"\n  key: ${SHOP_TRANSLATE}\n  model: small\nadapters:\n  - {platform: webchat, install: staff, audience: staff}\n")
			t.Setenv("SHOP_TRANSLATE", "")
			os.Unsetenv("SHOP_TRANSLATE")
			if err := os.WriteFile(envFile(path), []byte("SHOP_TRANSLATE="+secret+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			code, out, errs := crmbot(t, "", "check", "--config", path)
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
