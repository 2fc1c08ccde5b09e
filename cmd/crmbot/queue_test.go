package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"crmbot/bot"
)

// TestWhatIsDueLaterDoesNotWait keeps a reminder of tomorrow from looking like a
// line that is stuck.
func TestWhatIsDueLaterDoesNotWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crmbot.yaml")
	database := filepath.Join(filepath.Dir(path), "q.db")
	if err := os.WriteFile(path, []byte("database: "+database+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := build(t.Context(), cfg, discardLog())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	row := func(id string, due time.Time) *bot.InboxRow {
		return &bot.InboxRow{
			Inbound:  bot.Inbound{V: bot.InboundVersion, EventID: id, Kind: bot.KindText, Text: "x", Address: bot.Address{Platform: "p", Install: "i", Chat: "1"}},
			Received: h.now(), DueAt: due,
		}
	}
	if _, err := h.store.AddInbound(t.Context(), []*bot.InboxRow{row("a", h.now()), row("b", h.now().Add(time.Hour)), row("c", h.now().Add(time.Hour))}); err != nil {
		t.Fatal(err)
	}
	if err := h.store.AddJobs(t.Context(), &bot.Job{Kind: "k", RunAt: h.now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	code, out, errs := crmbot(t, "", "queue", "--config", path)
	if code != exitFine || !strings.Contains(out, "inbox\twaiting 1\tlater 2\t") || !strings.Contains(out, "jobs\twaiting 1\tlater 0\t") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&queueCollector{h})
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{`crmbot_waiting{queue="inbox"} 1`, `crmbot_later{queue="inbox"} 2`, `crmbot_waiting{queue="jobs"} 1`, `crmbot_later{queue="jobs"} 0`} {
		if !strings.Contains(w.Body.String(), want+"\n") {
			t.Errorf("/metrics does not say %s:\n%s", want, w.Body)
		}
	}
}
