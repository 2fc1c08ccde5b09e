package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
)

// metrics are the figures of /metrics: of the program, of each install, of the
// queues and of the work. None of them costs more the more there is to do.
func (h *house) metrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&installCollector{h.line.Stats},
		&queueCollector{h},
		&workCollector{h},
		&knowledgeCollector{h},
		&databaseCollector{h},
		h.models,
	)
	return registry
}

// describe names a figure of an install.
func describe(name, help string, more ...string) *prometheus.Desc {
	return figure(name, help, append([]string{"platform", "install"}, more...)...)
}

// figure names one of our figures.
func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("crmbot_"+name, help, labels, nil)
}

var (
	receivedDesc  = describe("received_total", "Events that arrived and were new.")
	duplicateDesc = describe("duplicates_total", "Events that had arrived before.")
	droppedDesc   = describe("dropped_total", "What arrived and became no event, by reason.", "reason")
	handledDesc   = describe("handled_total", "Events that were handled.")
	parkedDesc    = describe("parked_total", "Events that were given up.")
	sentDesc      = describe("sent_total", "Operations that the platform took.")
	failedDesc    = describe("send_failed_total", "Operations that failed, by class of error.", "class")
	againDesc     = describe("retries_total", "Events (inbox) and operations (outbox) that failed and are tried again, by class of error.", "queue", "class")
	givenUpDesc   = describe("given_up_total", "Operations that are never tried again, by class of error.", "class")
	sendDesc      = describe("send_seconds", "How long the platform takes for one operation.")
	answerDesc    = describe("answer_seconds", "From an event's arrival until the platform has taken the answer.")
	readyDesc     = describe("install_ready", "1 where the install works, 0 where its connection to the platform has ended or nothing may be sent.")
)

// installCollector shows what became of events and answers, by install.
type installCollector struct{ stats func() []pipeline.Stats }

// Describe implements prometheus.Collector.
func (c *installCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		receivedDesc, duplicateDesc, droppedDesc, handledDesc, parkedDesc, sentDesc, failedDesc, againDesc, givenUpDesc, sendDesc, answerDesc,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *installCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.stats() {
		platform, install := string(s.Platform), string(s.Install)
		count := func(desc *prometheus.Desc, n int64, more ...string) {
			ch <- counter(desc, float64(n), append([]string{platform, install}, more...)...)
		}
		count(receivedDesc, s.Received)
		count(duplicateDesc, s.Duplicate)
		count(handledDesc, s.Handled)
		count(parkedDesc, s.Parked)
		count(sentDesc, s.Sent)
		for reason, n := range s.Dropped {
			count(droppedDesc, n, reason)
		}
		eachClass(s.Failed, func(class bot.Class, n int64) { count(failedDesc, n, string(class)) })
		eachClass(s.GivenUp, func(class bot.Class, n int64) { count(givenUpDesc, n, string(class)) })
		eachClass(s.Again, func(class bot.Class, n int64) { count(againDesc, n, "outbox", string(class)) })
		eachClass(s.Repeated, func(code crm.Code, n int64) { count(againDesc, n, "inbox", string(code)) })
		ch <- histogram(sendDesc, s.Send, platform, install)
		ch <- histogram(answerDesc, s.Answer, platform, install)
	}
}

func eachClass[K ~string](counts map[K]int64, fn func(K, int64)) {
	for class, n := range counts {
		fn(class, n)
	}
}

func counter(desc *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.CounterValue, v, labels...)
}

func gauge(desc *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
}

func histogram(desc *prometheus.Desc, l pipeline.Latency, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstHistogram(desc, l.Count, l.Sum, l.Buckets, labels...)
}

// truth is 1 for what is so.
func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
