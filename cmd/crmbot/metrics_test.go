package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

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
			Send:    pipeline.Latency{Buckets: map[float64]uint64{0.1: 1, 1: 2}, Sum: 1.5, Count: 2},
			Answer:  pipeline.Latency{Buckets: map[float64]uint64{0.1: 0, 1: 1}, Sum: 0.5, Count: 1},
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

// TestMetricsOfTheCustomersWhoWait reads what the house says of them.
func TestMetricsOfTheCustomersWhoWait(t *testing.T) {
	cfg := defaults(t)
	cfg.Database = storagetest.SQLite(t)
	h, err := buildWith(t.Context(), cfg, discardLog(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	now := h.line.Now()
	for chat, status := range map[string]crm.ConversationStatus{"a": crm.ConversationOpen, "b": crm.ConversationWaiting, "c": crm.ConversationHandedOff, "d": crm.ConversationWaiting} {
		c := &crm.Conversation{Platform: "pigeon", Install: "loft", Chat: chat, Direct: true, Audience: crm.AudienceCustomers, Status: status, WaitsSince: now.Add(-time.Hour)}
		if err := h.store.CreateConversations(t.Context(), []*crm.Conversation{c}); err != nil {
			t.Fatal(err)
		}
		if status == crm.ConversationHandedOff {
			if err := h.store.CreateThread(t.Context(), &crm.Thread{ConversationID: c.ID, Platform: "pigeon", Install: "loft", Chat: "team", State: crm.ThreadOpening}); err != nil {
				t.Fatal(err)
			}
		}
	}
	have := map[string]float64{}
	if err := (&talkCollector{h}).collect(t.Context(), func(desc *prometheus.Desc, v float64, labels ...string) {
		_, rest, _ := strings.Cut(desc.String(), `fqName: "`)
		name, _, _ := strings.Cut(rest, `"`)
		have[name+strings.Join(labels, "")] = v
	}); err != nil {
		t.Fatal(err)
	}
	if waits := have["crmbot_conversation_waits_seconds"]; waits < 3600 || waits > 3700 {
		t.Errorf("the longest waits %v s, want an hour", waits)
	}
	delete(have, "crmbot_conversation_waits_seconds")
	if diff := cmp.Diff(map[string]float64{
		"crmbot_conversationswaiting": 2, "crmbot_conversationshanded_off": 1,
		"crmbot_threadsopening": 1, "crmbot_threadsopen": 0, "crmbot_threadsclosed": 0, "crmbot_threadslost": 0,
	}, have); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
}

// metricNames are all metrics of our own.
func metricNames() []string {
	descs := make(chan *prometheus.Desc, 100)
	(&installCollector{}).Describe(descs)
	(&queueCollector{}).Describe(descs)
	(&talkCollector{}).Describe(descs)
	close(descs)
	var names []string
	for d := range descs {
		_, rest, _ := strings.Cut(d.String(), `fqName: "`)
		name, _, _ := strings.Cut(rest, `"`)
		names = append(names, name)
	}
	return names
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
