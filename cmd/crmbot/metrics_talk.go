package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"crmbot/crm"
)

var (
	talksDesc   = prometheus.NewDesc("crmbot_conversations", "Customers' conversations with a person wanted or in charge, by status.", []string{"status"}, nil)
	longestDesc = prometheus.NewDesc("crmbot_conversation_waits_seconds", "How long the customer waits who has waited longest.", nil, nil)
	threadsDesc = prometheus.NewDesc("crmbot_threads", "Threads, by state.", []string{"state"}, nil)
)

// talkCollector counts who waits for a person when it is asked.
type talkCollector struct{ h *house }

// Describe implements prometheus.Collector.
func (c *talkCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{talksDesc, longestDesc, threadsDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. A database that is away leaves its
// figures out.
func (c *talkCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := c.collect(ctx, func(desc *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}); err != nil {
		c.h.log.WarnContext(ctx, "metrics: conversations", "error", err)
	}
}

func (c *talkCollector) collect(ctx context.Context, gauge func(desc *prometheus.Desc, v float64, labels ...string)) error {
	longest := 0.0
	for _, status := range []crm.ConversationStatus{crm.ConversationWaiting, crm.ConversationHandedOff} {
		first, n, err := c.h.store.ConversationList(ctx, crm.ConversationFilter{
			Scope: crm.Scope{Reach: crm.All}, Statuses: []crm.ConversationStatus{status}, Page: crm.Page{Limit: 1},
		})
		if err != nil {
			return err
		}
		gauge(talksDesc, float64(n), string(status))
		for _, one := range first { // the one that waits longest comes first
			if !one.WaitsSince.IsZero() {
				longest = max(longest, c.h.line.Now().Sub(one.WaitsSince).Seconds())
			}
		}
	}
	gauge(longestDesc, longest)
	for _, state := range []crm.ThreadState{crm.ThreadOpening, crm.ThreadOpen, crm.ThreadClosed, crm.ThreadLost} {
		_, n, err := c.h.store.Threads(ctx, crm.ThreadFilter{States: []crm.ThreadState{state}, Page: crm.Page{Limit: 1}})
		if err != nil {
			return err
		}
		gauge(threadsDesc, float64(n), string(state))
	}
	return nil
}
