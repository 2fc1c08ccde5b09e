package main

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"crmbot/bot"
	"crmbot/crm"
)

// modelCalls counts what models are asked: it stands between the jobs and the
// models.
type modelCalls struct {
	calls *prometheus.CounterVec
	took  *prometheus.HistogramVec
}

func newModelCalls() *modelCalls {
	return &modelCalls{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "crmbot_model_calls_total",
			Help: "Calls of models, by use (embed, answer, translate) and outcome: ok, nothing (no article answers), or the class of error.",
		}, []string{"use", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "crmbot_model_seconds", Help: "How long a model takes for one call, by use.",
			Buckets: []float64{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
		}, []string{"use"}),
	}
}

// Describe implements prometheus.Collector.
func (m *modelCalls) Describe(ch chan<- *prometheus.Desc) {
	m.calls.Describe(ch)
	m.took.Describe(ch)
}

// Collect implements prometheus.Collector.
func (m *modelCalls) Collect(ch chan<- prometheus.Metric) {
	m.calls.Collect(ch)
	m.took.Collect(ch)
}

// asked notes a call that began then and has ended now.
func (m *modelCalls) asked(use string, began time.Time, err error) {
	m.took.WithLabelValues(use).Observe(time.Since(began).Seconds())
	m.calls.WithLabelValues(use, outcomeOf(err)).Inc()
}

// outcomeOf is the class of a model's error, as it is counted.
func outcomeOf(err error) string {
	var failed *bot.Failure
	switch {
	case err == nil:
		return "ok"
	case crm.CodeOf(err) == crm.CodeNotFound:
		return "nothing"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.As(err, &failed):
		return string(failed.Class)
	}
	return string(bot.Transient)
}

// watchedEmbedder, watchedAnswerer and watchedTranslator are models whose calls
// are counted.
type (
	watchedEmbedder struct {
		bot.Embedder
		by *modelCalls
	}
	watchedAnswerer struct {
		bot.Answerer
		by *modelCalls
	}
	watchedTranslator struct {
		bot.Translator
		by *modelCalls
	}
)

// Embed implements bot.Embedder.
func (w watchedEmbedder) Embed(ctx context.Context, texts []string) (vectors [][]float32, err error) {
	defer func(began time.Time) { w.by.asked("embed", began, err) }(time.Now())
	return w.Embedder.Embed(ctx, texts)
}

// Compose implements bot.Answerer.
func (w watchedAnswerer) Compose(ctx context.Context, question, language string, sources []bot.Passage) (text string, source int, err error) {
	defer func(began time.Time) { w.by.asked("answer", began, err) }(time.Now())
	return w.Answerer.Compose(ctx, question, language, sources)
}

// Translate implements bot.Translator.
func (w watchedTranslator) Translate(ctx context.Context, text, from, to string, glossary []string) (out string, err error) {
	defer func(began time.Time) { w.by.asked("translate", began, err) }(time.Now())
	return w.Translator.Translate(ctx, text, from, to, glossary)
}
