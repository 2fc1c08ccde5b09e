package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/telegram/telegramtest"
	"crmbot/storage/storagetest"
)

// inside asks the admin address.
func (r *running) inside(path string) (code int, body string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.admin+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return fetch(r.t, req)
}

// until asks until the answer holds the words, and returns the last one.
func (r *running) until(path string, want ...string) (code int, body string) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		code, body = r.inside(path)
		missing := false
		for _, w := range want {
			missing = missing || !strings.Contains(body, w)
		}
		if !missing {
			return code, body
		}
	}
	r.t.Fatalf("%s never says %q, but %d %s", path, want, code, body)
	return code, body
}

func TestTheEngineerSeesHowItIs(t *testing.T) {
	r := runServe(t, storagetest.SQLite(t))
	code, body := r.until("/readyz", "ready\nok database\nok migrations\nok pipeline\nok knowledge: version ", "\nok telegram/support\nok slack/team\n")
	if code != http.StatusOK || strings.Contains(body, "not ready") {
		t.Errorf("/readyz: %d %q", code, body)
	}
	for path, want := range map[string]string{"/healthz": "ok", "/metrics": `crmbot_waiting{queue="inbox"}`} {
		if code, body := r.inside(path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %q", path, code, body)
		}
	}
	if code, _ := r.inside("/debug/pprof/"); code != http.StatusNotFound {
		t.Errorf("profiles are there without being asked for: %d", code)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/debug/pprof/"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.world+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if code, _ := fetch(t, req); code != http.StatusNotFound {
			t.Errorf("the world gets %d for %s", code, path)
		}
	}
}

func TestProfilesAreThereWhenTheyAreAskedFor(t *testing.T) {
	cfg := defaults(t)
	if cfg.Pprof {
		t.Error("they are on by default")
	}
	for _, on := range []bool{false, true} {
		cfg.Pprof = on
		h := open(t, cfg)
		for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/goroutine"} {
			w := httptest.NewRecorder()
			h.admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if have := w.Code == http.StatusOK; have != on {
				t.Errorf("pprof %v: %s answers %d", on, path, w.Code)
			}
			w = httptest.NewRecorder()
			h.public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != http.StatusNotFound {
				t.Errorf("the world gets %d for %s", w.Code, path)
			}
		}
	}
}

// TestWhatIsNotReadyIsNamed breaks one part after the other.
func TestWhatIsNotReadyIsNamed(t *testing.T) {
	asks := func(h *house) (int, string) {
		w := httptest.NewRecorder()
		h.admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Code, w.Body.String()
	}
	h := open(t, defaults(t))
	if code, body := asks(h); code != http.StatusServiceUnavailable || !strings.Contains(body, "not ready\n") || !strings.Contains(body, "-- knowledge: ") {
		t.Errorf("without knowledge: %d %s", code, body)
	}
	if err := h.matcher.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, body := asks(h); code != http.StatusOK || strings.Contains(body, "-- ") {
		t.Errorf("all is well: %d %s", code, body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.line.Run(ctx) }()
	for deadline := time.Now().Add(patience); len(h.line.JobsDone()) == 0 && time.Now().Before(deadline); {
		runtime.Gosched() // it does its first job once it runs
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if code, body := asks(h); code != http.StatusServiceUnavailable || !strings.Contains(body, "-- pipeline: ") {
		t.Errorf("after it has stopped: %d %s", code, body)
	}
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	if code, body := asks(h); code != http.StatusServiceUnavailable || !strings.Contains(body, "-- database: ") || strings.Contains(body, "-- migrations") {
		t.Errorf("without a database: %d %s", code, body)
	}
}

// TestOneInstallThatWorksIsEnough holds the rule behind the status.
func TestOneInstallThatWorksIsEnough(t *testing.T) {
	bad := context.Canceled
	for name, c := range map[string]struct {
		parts []part
		want  bool
	}{
		"nothing":            {nil, true},
		"a needed part":      {[]part{{err: bad}, {spare: true}}, false},
		"one of two":         {[]part{{}, {spare: true, err: bad}, {spare: true}}, true},
		"none of two":        {[]part{{}, {spare: true, err: bad}, {spare: true, err: bad}}, false},
		"no install at all":  {[]part{{}}, true},
		"all that there are": {[]part{{}, {spare: true}}, true},
	} {
		if have := ready(c.parts); have != c.want {
			t.Errorf("%s: ready is %v", name, have)
		}
	}
}

// TestReadyzKeepsSecrets has an install refused, and reads what is told of it.
func TestReadyzKeepsSecrets(t *testing.T) {
	r := runServe(t, storagetest.SQLite(t))
	if err := r.store.Hold(t.Context(), "telegram", "support", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	code, body := r.until("/readyz", "-- telegram/support: ", "ok slack/team")
	if code != http.StatusOK {
		t.Errorf("with one install of two: %d %s", code, body)
	}
	_, figures := r.until("/metrics", `crmbot_install_ready{install="support",platform="telegram"} 0`, `crmbot_install_ready{install="team",platform="slack"} 1`, "crmbot_held_installs 1\n")
	for _, secret := range []string{r.telegram.Token, r.telegram.Secret, r.slack.BotToken, r.slack.SigningSecret} {
		if strings.Contains(body+figures, secret) {
			t.Errorf("%q is shown", secret)
		}
	}
}

// TestTheHandlerIsTimedByCommand asks a question, sends a courtesy and obeys a
// command.
func TestTheHandlerIsTimedByCommand(t *testing.T) {
	r := runServe(t, storagetest.SQLite(t))
	ana := telegramtest.Person{ID: 777, Name: "Ana"}
	r.customer(r.telegram.Text(ana, "What is the minimum order?"), "One pallet")
	r.customer(r.telegram.Text(ana, "how much is maltose syrup?"), "how much do you need")
	r.customer(r.telegram.Text(ana, "20 t"), "number")
	r.staff("U0WANG", "today", "")
	_, body := r.until("/metrics", `crmbot_handler_seconds_count{command="article"} 1`, `crmbot_handler_seconds_count{command="form"} `,
		`crmbot_handler_seconds_count{command="today"} 1`, `crmbot_knowledge_articles 2`, `crmbot_jobs_total{kind="queue.prune",outcome="done"} 1`)
	if strings.Contains(body, `command=""`) {
		t.Error("something was done that has no name")
	}
}
