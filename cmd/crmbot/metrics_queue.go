package main

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"crmbot/storage"
)

// countMost is how far a queue is counted: what is beyond shows in its age.
const countMost = 5000

// collectFor is how long a scrape waits for the database.
const collectFor = 2 * time.Second

var (
	waitingDesc  = figure("waiting", "Rows that wait and are due, by queue; a queue is counted up to some thousand rows.", "queue")
	laterDesc    = figure("later", "Rows whose time has not come, by queue; a queue is counted up to some thousand rows.", "queue")
	deadDesc     = figure("dead", "Rows that were given up, by queue; a queue is counted up to some thousand rows.", "queue")
	oldestDesc   = figure("inbox_oldest_seconds", "Age of the oldest event that waits.")
	lagDesc      = figure("shard_lag_seconds", "Age of the oldest event that waits in a shard of the inbox.", "shard")
	outboxDesc   = describe("outbox_waiting", "Operations of an install that wait and are due.")
	outAgeDesc   = describe("outbox_oldest_seconds", "Age of the oldest operation of an install that is due.")
	jobAgeDesc   = figure("jobs_oldest_seconds", "For how long the oldest job has been due.")
	heldDesc     = figure("held_installs", "Installs that may not be written to for now.")
	replicasDesc = figure("replicas", "Processes that share the database and are alive.")
	talksDesc    = figure("conversations", "Customers' conversations with a person wanted or in charge, by status.", "status")
	longestDesc  = figure("conversation_waits_seconds", "How long the customer waits who has waited longest.")
	threadsDesc  = figure("threads", "Threads, by state.", "state")
)

// queueCollector reads the queues when it is asked.
type queueCollector struct{ h *house }

// Describe implements prometheus.Collector.
func (q *queueCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		waitingDesc, laterDesc, deadDesc, oldestDesc, lagDesc, outboxDesc, outAgeDesc, jobAgeDesc, heldDesc, replicasDesc,
		talksDesc, longestDesc, threadsDesc, readyDesc,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. A database that is away leaves its
// figures out.
func (q *queueCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectFor)
	defer cancel()
	now, installs := q.h.line.Now(), make([]storage.Place, len(q.h.installs))
	for i, in := range q.h.installs {
		installs[i] = storage.Place{Platform: in.Platform, Install: in.Install}
	}
	g, err := q.h.store.Gauges(ctx, now, countMost, installs)
	if err != nil {
		q.h.log.WarnContext(ctx, "metrics: queues", "error", err)
		return
	}
	q.shards(ch, g, now)
	q.outbox(ch, g, now)
	ch <- gauge(waitingDesc, float64(g.Jobs.Due), "jobs")
	ch <- gauge(laterDesc, float64(g.Jobs.Later), "jobs")
	ch <- gauge(jobAgeDesc, age(now, g.Jobs.Oldest))
	ch <- gauge(deadDesc, float64(g.Dead.Inbox), "inbox")
	ch <- gauge(deadDesc, float64(g.Dead.Outbox), "outbox")
	ch <- gauge(deadDesc, float64(g.Dead.Jobs), "jobs")
	ch <- gauge(replicasDesc, float64(g.Replicas))
	ch <- gauge(longestDesc, age(now, g.Waits))
	for status, n := range g.Talks {
		ch <- gauge(talksDesc, float64(n), string(status))
	}
	for state, n := range g.Threads {
		ch <- gauge(threadsDesc, float64(n), string(state))
	}
}

func (q *queueCollector) shards(ch chan<- prometheus.Metric, g *storage.Gauges, now time.Time) {
	due, later, oldest := 0, 0, 0.0
	for i, shard := range g.Shards {
		lag := age(now, shard.Oldest)
		due, later, oldest = due+shard.Due, later+shard.Later, max(oldest, lag)
		ch <- gauge(lagDesc, lag, strconv.Itoa(i))
	}
	ch <- gauge(waitingDesc, float64(due), "inbox")
	ch <- gauge(laterDesc, float64(later), "inbox")
	ch <- gauge(oldestDesc, oldest)
}

func (q *queueCollector) outbox(ch chan<- prometheus.Metric, g *storage.Gauges, now time.Time) {
	due, later := 0, 0
	for place, depth := range g.Outbox {
		due, later = due+depth.Due, later+depth.Later
		platform, install := string(place.Platform), string(place.Install)
		ch <- gauge(outboxDesc, float64(depth.Due), platform, install)
		ch <- gauge(outAgeDesc, age(now, depth.Oldest), platform, install)
	}
	ch <- gauge(waitingDesc, float64(due), "outbox")
	ch <- gauge(laterDesc, float64(later), "outbox")
	ch <- gauge(heldDesc, float64(len(g.Held)))
	for _, life := range q.h.line.Lives() {
		_, held := g.Held[storage.Place{Platform: life.Platform, Install: life.Install}]
		ch <- gauge(readyDesc, truth(life.Running && !held), string(life.Platform), string(life.Install))
	}
}

// age is how long ago a moment was, 0 for none.
func age(now, at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return max(now.Sub(at).Seconds(), 0)
}
