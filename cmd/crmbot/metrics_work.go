package main

import (
	"github.com/prometheus/client_golang/prometheus"
)

var (
	handlerDesc  = figure("handler_seconds", "How long the handler takes for one event, by the command or step that answered.", "command")
	jobsDesc     = figure("jobs_total", "Tries of jobs, by kind and outcome: done, again or parked.", "kind", "outcome")
	jobAgainDesc = figure("job_retries_total", "Tries of jobs that failed and follow another, by kind and class of error.", "kind", "class")
	jobTimeDesc  = figure("job_seconds", "How long one try of a job takes.", "kind")

	infoDesc     = figure("info", "1, with the version of the program and the kind of its database.", "version", "database")
	versionDesc  = figure("knowledge_version", "The version of the knowledge base that answers; 0 before there is one.")
	articlesDesc = figure("knowledge_articles", "Published articles that answer.")
	phrasesDesc  = figure("knowledge_phrasings", "Ways to ask for them.")
	sinceDesc    = figure("knowledge_loaded_timestamp_seconds", "When this version began to answer here.")
	surelyDesc   = figure("knowledge_calibrated", "1 once it is known how far its answers can be believed.")
	builtDesc    = figure("knowledge_build_seconds", "How long its index took here, 0 if it was read from the database; with learning how far to believe it.", "part")

	connDesc     = figure("database_connections", "Connections to the database, by pool and state: in_use or idle.", "pool", "state")
	connMostDesc = figure("database_connections_limit", "The most connections of a pool.", "pool")
	waitsDesc    = figure("database_waits_total", "How often somebody had to wait for a connection.", "pool")
	waitedDesc   = figure("database_wait_seconds_total", "How long was waited for connections.", "pool")
)

// workCollector shows what the handler and the jobs did.
type workCollector struct{ h *house }

// Describe implements prometheus.Collector.
func (c *workCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{handlerDesc, jobsDesc, jobAgainDesc, jobTimeDesc, infoDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *workCollector) Collect(ch chan<- prometheus.Metric) {
	for _, handled := range c.h.line.Handled() {
		ch <- histogram(handlerDesc, handled.Latency, handled.Did)
	}
	for _, job := range c.h.line.JobsDone() {
		again := int64(0)
		for code, n := range job.Again {
			again += n
			ch <- counter(jobAgainDesc, float64(n), job.Kind, string(code))
		}
		ch <- counter(jobsDesc, float64(job.Ok), job.Kind, "done")
		ch <- counter(jobsDesc, float64(again), job.Kind, "again")
		ch <- counter(jobsDesc, float64(job.Parked), job.Kind, "parked")
		ch <- histogram(jobTimeDesc, job.Latency, job.Kind)
	}
	database := "sqlite"
	if c.h.store.Postgres() {
		database = "postgres"
	}
	ch <- gauge(infoDesc, 1, version, database)
}

// knowledgeCollector shows which knowledge base answers.
type knowledgeCollector struct{ h *house }

// Describe implements prometheus.Collector.
func (c *knowledgeCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{versionDesc, articlesDesc, phrasesDesc, sinceDesc, surelyDesc, builtDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *knowledgeCollector) Collect(ch chan<- prometheus.Metric) {
	s, ok := c.h.matcher.Status()
	ch <- gauge(versionDesc, float64(s.Version))
	if !ok {
		return
	}
	ch <- gauge(articlesDesc, float64(s.Articles))
	ch <- gauge(phrasesDesc, float64(s.Phrasings))
	ch <- gauge(sinceDesc, float64(s.Since.UnixMilli())/1000)
	ch <- gauge(surelyDesc, truth(s.Calibrated))
	ch <- gauge(builtDesc, s.Built.Seconds(), "index")
	ch <- gauge(builtDesc, s.Learned.Seconds(), "calibration")
}

// databaseCollector shows the connections to the database.
type databaseCollector struct{ h *house }

// Describe implements prometheus.Collector.
func (c *databaseCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{connDesc, connMostDesc, waitsDesc, waitedDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *databaseCollector) Collect(ch chan<- prometheus.Metric) {
	for pool, s := range c.h.store.Pools() {
		ch <- gauge(connDesc, float64(s.InUse), pool, "in_use")
		ch <- gauge(connDesc, float64(s.Idle), pool, "idle")
		ch <- gauge(connMostDesc, float64(s.MaxOpenConnections), pool)
		ch <- counter(waitsDesc, float64(s.WaitCount), pool)
		ch <- counter(waitedDesc, s.WaitDuration.Seconds(), pool)
	}
}
