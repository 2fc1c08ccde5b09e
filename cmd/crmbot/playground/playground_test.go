package playground_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot/locale"
	"crmbot/cmd/crmbot/playground"
)

func open(t *testing.T) (*httptest.Server, *locale.Catalog) {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(playground.Handler([]playground.Seat{
		{Role: "customer", Path: "/chat/site"},
		{Role: "service", Path: "/chat/team", Token: "x.y"},
		{Role: "sales", Path: "/chat/team", Token: "a.b-_c"},
		{Role: "manager", Path: "/chat/team", Token: "d.e"},
	}, words))
	t.Cleanup(server.Close)
	return server, words
}

func get(t *testing.T, url, language string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", language)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestEverySeatHasItsChatAndItsWords(t *testing.T) {
	server, words := open(t)
	for _, test := range []struct{ path, accept, lang string }{
		{"/", "zh-CN,en;q=0.5", "zh-CN"},
		{"/", "en-GB", "en"},
		{"/", "", "en"},
		{"/?lang=zh-CN", "en", "zh-CN"},
	} {
		res, body := get(t, server.URL+test.path, test.accept)
		if res.StatusCode != http.StatusOK || !strings.Contains(body, `<html lang="`+test.lang+`">`) {
			t.Fatalf("%+v: %d\n%.300s", test, res.StatusCode, body)
		}
		for _, want := range []string{
			`src="/chat/site?lang=` + test.lang + `"`,
			`src="/chat/team?lang=` + test.lang + `#token=a.b-_c"`,
			`src="/chat/team?lang=` + test.lang + `#token=d.e"`,
			"<code>crmbot init</code>",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%+v: no %s", test, want)
			}
		}
		if strings.Contains(body, "{{") {
			t.Errorf("%+v: a place is not filled: %.60s", test, body[strings.Index(body, "{{"):])
		}
		prompts := len(regexp.MustCompile(`<button type="button"(?: data-as="[a-z]+")?>`).FindAllString(body, -1))
		if prompts < 14 {
			t.Errorf("%+v: %d prompts", test, prompts)
		}
		for _, as := range []string{"note", "customer", "bot"} {
			if !strings.Contains(body, ` data-as="`+as+`">`) {
				t.Errorf("%+v: nothing to say in the thread as %s", test, as)
			}
		}
		steps := regexp.MustCompile(`<li data-seat="(\d)"><b>`).FindAllStringSubmatch(body, -1)
		var seats []string
		for _, s := range steps {
			seats = append(seats, s[1])
		}
		if diff := cmp.Diff([]string{"0", "1", "1", "1", "1", "3"}, seats); diff != "" {
			t.Errorf("%+v: the steps: %s", test, diff)
		}
	}
	if missed := words.Missed(); len(missed) > 0 {
		t.Errorf("words are missing: %v", missed)
	}
}

func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	server, _ := open(t)
	res, body := get(t, server.URL+"/", "en")
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if res.Header.Get("Cache-Control") != "no-store" {
		t.Error("a page with tokens may be kept by a cache")
	}
	for _, m := range regexp.MustCompile(`(?:<script src|<link rel="stylesheet" href)="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		res, body := get(t, server.URL+m[1], "en")
		if res.StatusCode != http.StatusOK || len(body) == 0 || strings.Contains(body, "http") {
			t.Errorf("%s: %d", m[1], res.StatusCode)
		}
	}
	if res, _ := get(t, server.URL+"/nothing", "en"); res.StatusCode != http.StatusNotFound {
		t.Errorf("/nothing: %d", res.StatusCode)
	}
}
