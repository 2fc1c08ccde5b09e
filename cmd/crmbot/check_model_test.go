package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// TestCheckTriesTheModels: one vector, one answer; and what goes wrong is named
// with its place and without the secret.
func TestCheckTriesTheModels(t *testing.T) {
	const secret = "sk-geheim"
	// an environment that is for other programs
	t.Setenv("OPENAI_API_KEY", "sk-of-somebody-else")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
	t.Setenv("OPENAI_ORG_ID", "org-of-somebody-else")
	t.Setenv("OPENAI_CUSTOM_HEADERS", "X-Evil: yes")
	m := newModel(t, secret)
	status := func(code int) string {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		t.Cleanup(api.Close)
		return api.URL
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	fine := func(order, text string) string {
		if strings.Contains(order, "Chinese") {
			return "[1] 周一到周五 9:00 开门。"
		}
		return "[1] The office is open from 9:00 to 18:00, Monday to Friday."
	}
	for name, c := range map[string]struct {
		language, url, more string
		answer              func(order, text string) string
		code                int
		want, never         []string
	}{
		"it works":            {"en", "", "", fine, exitFine, []string{"Knowledge base\n  ✓ small compares what questions mean.\n  ✓ large answers from an article."}, nil},
		"it works in Chinese": {"zh-CN", "", "", fine, exitFine, []string{"知识库\n  ✓ small 可以比较问题的意思。\n  ✓ large 可以根据文章作答。"}, nil},
		"it makes things up":  {"en", "", "", func(string, string) string { return "[1] We are open around the clock, 24 hours." }, exitFine, []string{"✓ small", "! large was asked what an article answers", "→ Take a more capable model"}, nil},
		"it has no answer":    {"zh-CN", "", "", func(string, string) string { return "NONE" }, exitFine, []string{"! 拿一篇文章里写着的问题问 large"}, nil},
		"a wrong key":         {"zh-CN", status(401), "", nil, exitFailed, []string{"✗ 模型服务不认您粘贴的密钥", "knowledge.model.key 的值在 shop.env 里，SHOP_MODEL=… 那一行"}, nil},
		"no money":            {"en", status(429), "", nil, exitFailed, []string{"✗ The model service takes no more", "→ Look at your account there. Until then the bot answers by itself."}, nil},
		"a wrong model":       {"en", status(404), "", nil, exitFailed, []string{"does not know small", "knowledge.model.embed stands in shop.yaml, line 7", "knowledge.model.answer stands in shop.yaml, line 8"}, nil},
		"out of reach":        {"zh-CN", gone.URL, "", nil, exitFailed, []string{"✗ 模型服务没有响应", "proxy"}, nil},
		"never":               {"en", "", "    per_day: 0\n", fine, exitFine, []string{"! per_day is 0"}, nil},
		"an unknown keeper":   {"en", "", "  keepers: [li.wei, nobody]\n", fine, exitFine, []string{"! knowledge.keepers: nobody here is called nobody.", "line 9 of"}, []string{"called li.wei"}},
	} {
		t.Run(name, func(t *testing.T) {
			m.answer = c.answer
			block := m.config()
			if c.url != "" {
				block = strings.Replace(block, m.URL, c.url, 1)
			}
			path := shop(t, c.language, block+c.more+"users:\n  - {handle: li.wei, name: Li, role: admin}\nadapters:\n  - {platform: webchat, install: staff, audience: staff}\n")
			t.Setenv("SHOP_MODEL", "")
			os.Unsetenv("SHOP_MODEL")
			if err := os.WriteFile(envFile(path), []byte("SHOP_MODEL="+secret+"\n"), 0o600); err != nil {
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
			for _, never := range append(c.never, "geheim", "somebody-else") {
				if strings.Contains(out+errs, never) {
					t.Errorf("somebody says %q in\n%s%s", never, out, errs)
				}
			}
		})
	}
	for _, h := range m.headers {
		if h.Get("Authorization") != "Bearer "+secret || h.Get("OpenAI-Organization") != "" || h.Get("X-Evil") != "" || h.Get("X-Stainless-OS") != "" {
			t.Errorf("it was asked with %v", h)
		}
	}
	if len(m.headers) == 0 {
		t.Error("nobody asked")
	}
}

// TestCheckOfAKnowledgeBaseWithoutAModel says nothing where there is nothing to
// say.
func TestCheckOfAKnowledgeBaseWithoutAModel(t *testing.T) {
	for rest, want := range map[string]string{
		"":                                    "",
		"knowledge: {keepers: [li.wei]}\n":    "",
		"knowledge: {keepers: [wang.fang]}\n": "Knowledge base\n  ! knowledge.keepers: nobody here is called wang.fang.",
	} {
		path := shop(t, "en", rest+"users:\n  - {handle: li.wei, name: Li, role: admin}\nadapters:\n  - {platform: webchat, install: staff, audience: staff}\n")
		_, out, errs := crmbot(t, "", "check", "--config", path)
		if has := strings.Contains(out, "Knowledge base"); has != (want != "") || !strings.Contains(out, want) {
			t.Errorf("%q says\n%s%s", rest, out, errs)
		}
	}
}
