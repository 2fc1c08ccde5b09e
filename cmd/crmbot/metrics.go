package main

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are the figures of /metrics: of the program and of the queues.
func (h *house) metrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&queueCollector{h: h},
	)
	return registry
}

var (
	waitingDesc = prometheus.NewDesc("crmbot_waiting", "Rows that wait, by queue.", []string{"queue"}, nil)
	deadDesc    = prometheus.NewDesc("crmbot_dead", "Rows that were given up, by queue.", []string{"queue"}, nil)
	oldestDesc  = prometheus.NewDesc("crmbot_inbox_oldest_seconds", "Age of the oldest event that waits.", nil, nil)
	countDesc   = prometheus.NewDesc("crmbot_events_total", "What happened to events, by install and outcome.",
		[]string{"platform", "install", "outcome"}, nil)
)

// queueCollector reads the queues when it is asked.
type queueCollector struct{ h *house }

// Describe implements prometheus.Collector.
func (q *queueCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(q, ch) }

// Collect implements prometheus.Collector. A database that is away leaves its
// figures out.
func (q *queueCollector) Collect(ch chan<- prometheus.Metric) {
	for name, n := range q.h.line.Counts() {
		platform, install := "", ""
		if parts := strings.SplitN(name, "/", 3); len(parts) == 3 {
			platform, install, name = parts[0], parts[1], parts[2]
		}
		ch <- prometheus.MustNewConstMetric(countDesc, prometheus.CounterValue, float64(n), platform, install, name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	now := q.h.line.Now()
	b, err := q.h.store.Backlog(ctx, now)
	if err != nil {
		q.h.log.WarnContext(ctx, "metrics: backlog", "error", err)
		return
	}
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	gauge(waitingDesc, float64(b.Inbox), "inbox")
	gauge(waitingDesc, float64(b.Outbox), "outbox")
	gauge(waitingDesc, float64(b.Jobs), "jobs")
	gauge(deadDesc, float64(b.DeadInbox), "inbox")
	gauge(deadDesc, float64(b.FailedOutbox), "outbox")
	gauge(deadDesc, float64(b.DeadJobs), "jobs")
	age := 0.0
	if !b.Oldest.IsZero() {
		age = now.Sub(b.Oldest).Seconds()
	}
	gauge(oldestDesc, age)
}
