package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"crmbot/bot/pipeline"
)

// metrics are the figures of /metrics: of the program, of each install and of
// the queues.
func (h *house) metrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&installCollector{h.line.Stats},
		&queueCollector{h},
		&talkCollector{h},
	)
	return registry
}

// describe names a figure of an install.
func describe(name, help string, more ...string) *prometheus.Desc {
	return prometheus.NewDesc("crmbot_"+name, help, append([]string{"platform", "install"}, more...), nil)
}

var (
	receivedDesc  = describe("received_total", "Events that arrived and were new.")
	duplicateDesc = describe("duplicates_total", "Events that had arrived before.")
	droppedDesc   = describe("dropped_total", "What arrived and became no event, by reason.", "reason")
	handledDesc   = describe("handled_total", "Events that were handled.")
	parkedDesc    = describe("parked_total", "Events that were given up.")
	sentDesc      = describe("sent_total", "Operations that the platform took.")
	failedDesc    = describe("send_failed_total", "Operations that failed, by class of error.", "class")
	sendDesc      = describe("send_seconds", "How long the platform takes for one operation.")
	answerDesc    = describe("answer_seconds", "From an event's arrival until the platform has taken the answer.")

	waitingDesc = prometheus.NewDesc("crmbot_waiting", "Rows that wait and are due, by queue.", []string{"queue"}, nil)
	laterDesc   = prometheus.NewDesc("crmbot_later", "Rows whose time has not come, by queue.", []string{"queue"}, nil)
	deadDesc    = prometheus.NewDesc("crmbot_dead", "Rows that were given up, by queue.", []string{"queue"}, nil)
	heldDesc    = prometheus.NewDesc("crmbot_held_installs", "Installs that may not be written to for now.", nil, nil)
	oldestDesc  = prometheus.NewDesc("crmbot_inbox_oldest_seconds", "Age of the oldest event that waits.", nil, nil)
)

// installCollector shows what became of events and answers, by install.
type installCollector struct{ stats func() []pipeline.Stats }

// Describe implements prometheus.Collector.
func (c *installCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		receivedDesc, duplicateDesc, droppedDesc, handledDesc, parkedDesc, sentDesc, failedDesc, sendDesc, answerDesc,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *installCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.stats() {
		platform, install := string(s.Platform), string(s.Install)
		count := func(desc *prometheus.Desc, n int64, more ...string) {
			labels := append([]string{platform, install}, more...)
			ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), labels...)
		}
		count(receivedDesc, s.Received)
		count(duplicateDesc, s.Duplicate)
		count(handledDesc, s.Handled)
		count(parkedDesc, s.Parked)
		count(sentDesc, s.Sent)
		for reason, n := range s.Dropped {
			count(droppedDesc, n, reason)
		}
		for class, n := range s.Failed {
			count(failedDesc, n, string(class))
		}
		for desc, l := range map[*prometheus.Desc]pipeline.Latency{sendDesc: s.Send, answerDesc: s.Answer} {
			ch <- prometheus.MustNewConstHistogram(desc, l.Count, l.Sum, l.Buckets, platform, install)
		}
	}
}

// queueCollector reads the queues when it is asked.
type queueCollector struct{ h *house }

// Describe implements prometheus.Collector.
func (q *queueCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{waitingDesc, laterDesc, deadDesc, heldDesc, oldestDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. A database that is away leaves its
// figures out.
func (q *queueCollector) Collect(ch chan<- prometheus.Metric) {
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
	for _, queue := range []struct {
		name     string
		all, due int
	}{{"inbox", b.Inbox, b.DueInbox}, {"outbox", b.Outbox, b.DueOutbox}, {"jobs", b.Jobs, b.DueJobs}} {
		gauge(waitingDesc, float64(queue.due), queue.name)
		gauge(laterDesc, float64(queue.all-queue.due), queue.name)
	}
	gauge(deadDesc, float64(b.DeadInbox), "inbox")
	gauge(deadDesc, float64(b.FailedOutbox), "outbox")
	gauge(deadDesc, float64(b.DeadJobs), "jobs")
	gauge(heldDesc, float64(b.Holds))
	age := 0.0
	if !b.Oldest.IsZero() {
		age = now.Sub(b.Oldest).Seconds()
	}
	gauge(oldestDesc, age)
}
