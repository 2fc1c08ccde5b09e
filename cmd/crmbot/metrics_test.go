package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

func scrape(t *testing.T, stats ...pipeline.Stats) string {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(&installCollector{func() []pipeline.Stats { return stats }})
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}).
		ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestMetricsOfAnInstall(t *testing.T) {
	got := scrape(t,
		pipeline.Stats{
			Platform: "pigeon", Install: "loft", Received: 7, Duplicate: 2, Handled: 6, Parked: 1, Sent: 5,
			Dropped: map[string]int64{"refused": 3, "unknown": 4},
			Failed:  map[bot.Class]int64{bot.RateLimited: 8, bot.RecipientGone: 9},
			Again:   map[bot.Class]int64{bot.RateLimited: 8}, GivenUp: map[bot.Class]int64{bot.RecipientGone: 9},
			Repeated: map[crm.Code]int64{crm.CodeInternal: 2},
			Send:     pipeline.Latency{Buckets: map[float64]uint64{0.1: 1, 1: 2}, Sum: 1.5, Count: 2},
			Answer:   pipeline.Latency{Buckets: map[float64]uint64{0.1: 0, 1: 1}, Sum: 0.5, Count: 1},
		},
		pipeline.Stats{Platform: "pigeon", Install: "roof", Received: 1},
	)
	const loft = `{install="loft",platform="pigeon"`
	for _, want := range []string{
		"crmbot_received_total" + loft + "} 7",
		`crmbot_received_total{install="roof",platform="pigeon"} 1`,
		"crmbot_duplicates_total" + loft + "} 2",
		"crmbot_handled_total" + loft + "} 6",
		"crmbot_parked_total" + loft + "} 1",
		"crmbot_sent_total" + loft + "} 5",
		"crmbot_dropped_total" + loft + `,reason="refused"} 3`,
		"crmbot_dropped_total" + loft + `,reason="unknown"} 4`,
		`crmbot_send_failed_total{class="rate_limited",install="loft",platform="pigeon"} 8`,
		`crmbot_send_failed_total{class="recipient_gone",install="loft",platform="pigeon"} 9`,
		`crmbot_retries_total{class="rate_limited",install="loft",platform="pigeon",queue="outbox"} 8`,
		`crmbot_retries_total{class="internal",install="loft",platform="pigeon",queue="inbox"} 2`,
		`crmbot_given_up_total{class="recipient_gone",install="loft",platform="pigeon"} 9`,
		"crmbot_send_seconds_bucket" + loft + `,le="0.1"} 1`,
		"crmbot_send_seconds_bucket" + loft + `,le="+Inf"} 2`,
		"crmbot_send_seconds_sum" + loft + "} 1.5",
		"crmbot_answer_seconds_count" + loft + "} 1",
		"# TYPE crmbot_received_total counter",
		"# TYPE crmbot_send_seconds histogram",
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("/metrics does not say %s", want)
		}
	}
}

// open builds the house of a config on a fresh database.
func open(t *testing.T, cfg *Config) *house {
	t.Helper()
	cfg.Database = storagetest.SQLite(t)
	h, err := buildWith(t.Context(), cfg, discardLog(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	return h
}

// figures are what /metrics says, a line each.
func figures(t *testing.T, h *house) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func says(t *testing.T, figures string, lines ...string) {
	t.Helper()
	for _, want := range lines {
		if !strings.Contains(figures, want+"\n") {
			t.Errorf("/metrics does not say %s", want)
		}
	}
}

// TestMetricsOfTheCustomersWhoWait reads what the house says of them.
func TestMetricsOfTheCustomersWhoWait(t *testing.T) {
	h := open(t, defaults(t))
	since := h.line.Now().Add(-time.Hour)
	for chat, status := range map[string]crm.ConversationStatus{"a": crm.ConversationOpen, "b": crm.ConversationWaiting, "c": crm.ConversationHandedOff, "d": crm.ConversationWaiting} {
		c := &crm.Conversation{Platform: "pigeon", Install: "loft", Chat: chat, Direct: true, Audience: crm.AudienceCustomers, Status: status, WaitsSince: since}
		if err := h.store.CreateConversations(t.Context(), []*crm.Conversation{c}); err != nil {
			t.Fatal(err)
		}
		if status == crm.ConversationHandedOff {
			if err := h.store.CreateThread(t.Context(), &crm.Thread{ConversationID: c.ID, Platform: "pigeon", Install: "loft", Chat: "team", State: crm.ThreadOpening}); err != nil {
				t.Fatal(err)
			}
		}
	}
	have := figures(t, h)
	says(t, have,
		`crmbot_conversations{status="waiting"} 2`, `crmbot_conversations{status="handed_off"} 1`,
		`crmbot_threads{state="opening"} 1`, `crmbot_threads{state="open"} 0`, `crmbot_threads{state="closed"} 0`, `crmbot_threads{state="lost"} 0`,
	)
	_, rest, _ := strings.Cut(have, "\ncrmbot_conversation_waits_seconds ")
	line, _, _ := strings.Cut(rest, "\n")
	if waits, err := strconv.ParseFloat(line, 64); err != nil || waits < 3600 || waits > 3700 {
		t.Errorf("the longest waits %q s, want an hour", line)
	}
}

// TestEveryFigureIsNamedWell asks the linter of Prometheus.
func TestEveryFigureIsNamedWell(t *testing.T) {
	h := open(t, defaults(t))
	h.models.asked("answer", now(), nil)
	families, err := h.metrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil || len(families) < 20 {
		t.Fatalf("%d families, %v", len(families), err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "crmbot_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// TestModelsAreCounted asks models through the watch that stands before them.
func TestModelsAreCounted(t *testing.T) {
	h := open(t, defaults(t))
	answers := []error{nil, bot.Unanswered(errors.New("no")), context.DeadlineExceeded, bot.Unavailable(&bot.Failure{Class: bot.RateLimited}), errors.New("odd")}
	model := watchedAnswerer{answererFunc(func() error {
		err := answers[0]
		answers = answers[1:]
		return err
	}), h.models}
	for range len(answers) {
		_, _, err := model.Compose(t.Context(), "what", "en", nil)
		_ = err // it is counted
	}
	says(t, figures(t, h),
		`crmbot_model_calls_total{outcome="ok",use="answer"} 1`, `crmbot_model_calls_total{outcome="nothing",use="answer"} 1`,
		`crmbot_model_calls_total{outcome="timeout",use="answer"} 1`, `crmbot_model_calls_total{outcome="rate_limited",use="answer"} 1`,
		`crmbot_model_calls_total{outcome="transient",use="answer"} 1`, `crmbot_model_seconds_count{use="answer"} 5`)
}

type answererFunc func() error

func (f answererFunc) Compose(context.Context, string, string, []bot.Passage) (string, int, error) {
	return "", 0, f()
}

// metricNames are all metrics of our own.
func metricNames() []string {
	descs := make(chan *prometheus.Desc, 200)
	for _, c := range []prometheus.Collector{
		&installCollector{}, &queueCollector{}, &workCollector{}, &knowledgeCollector{}, &databaseCollector{}, newModelCalls(),
	} {
		c.Describe(descs)
	}
	close(descs)
	var names []string
	for d := range descs {
		_, rest, _ := strings.Cut(d.String(), `fqName: "`)
		name, _, _ := strings.Cut(rest, `"`)
		names = append(names, name)
	}
	return names
}

// ofGo are the metrics of Go and of the process that a dashboard may show.
func ofGo(t *testing.T) []string {
	t.Helper()
	families, err := open(t, defaults(t)).metrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		if name := f.GetName(); !strings.HasPrefix(name, "crmbot_") {
			names = append(names, name)
		}
	}
	return names
}

// TestTheDashboardShowsEveryMetric holds the two together: a panel of a metric
// that is none stays empty, and a metric without a panel is seen by nobody.
func TestTheDashboardShowsEveryMetric(t *testing.T) {
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(read(t, "../crmbench/grafana.json"), &board); err != nil {
		t.Fatal(err)
	}
	names, process := metricNames(), ofGo(t)
	shown, word := map[string]bool{}, regexp.MustCompile(`\b(crmbot|go|process)_\w+`)
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			for _, metric := range word.FindAllString(target.Expr, -1) {
				plain := metric
				for _, part := range []string{"_bucket", "_count", "_sum"} {
					plain = strings.TrimSuffix(plain, part)
				}
				shown[plain] = true
				if !slices.Contains(names, plain) && !slices.Contains(process, metric) {
					t.Errorf("%s shows %s, which nobody exports", p.Title, metric)
				}
			}
		}
	}
	for _, name := range names {
		if !shown[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}

func TestTheReadmesListEveryMetric(t *testing.T) {
	names := metricNames()
	if len(names) < 10 {
		t.Fatalf("only %v", names)
	}
	for _, file := range []string{"../../README.md", "../../README.zh-CN.md"} {
		readme := string(read(t, file))
		for _, name := range names {
			if !strings.Contains(readme, "`"+name) {
				t.Errorf("%s does not list %s", file, name)
			}
		}
	}
}
