package main

import (
	"maps"
	"time"

	"crmbot/bot"
	"crmbot/bot/assist"
	"crmbot/bot/knowledge"
	"crmbot/bot/pipeline"
	"crmbot/bot/relay"
	"crmbot/bot/teach"
)

// work is what is done outside of conversations, besides the pipeline's own.
type work struct {
	jobs    map[string]pipeline.JobFunc
	periods map[string]time.Duration // of those that come back by themselves
}

func (w *work) add(jobs map[string]pipeline.JobFunc, periods map[string]time.Duration) {
	maps.Copy(w.jobs, jobs)
	maps.Copy(w.periods, periods)
}

// learn builds the knowledge base, with the models of the config behind it, and
// names the work of both.
func (h *house) learn(company *bot.Company) (*work, error) {
	embedder, answerer, err := h.cfg.models()
	if err != nil {
		return nil, err
	}
	h.models = newModelCalls()
	if answerer != nil {
		answerer = watchedAnswerer{answerer, h.models}
	}
	o := knowledge.Options{
		Articles: h.store, Index: h.store, Questions: h.store, Values: h.store,
		Words: knowledge.WordsOf(h.catalog), Wrong: company.Knowledge.Wrong, Now: h.now, Log: h.log,
	}
	if embedder != nil {
		embedder = watchedEmbedder{embedder, h.models}
		o.Model = embedder.Model()
	}
	h.matcher = knowledge.New(o)
	w := &work{map[string]pipeline.JobFunc{}, map[string]time.Duration{}}
	help := assist.Options{Finder: h.matcher, Embedder: embedder, Answerer: answerer, Company: company, Logger: h.log}
	w.add(assist.Jobs(help), assist.Periods(help))
	w.add(teach.Jobs(h.matcher, company), teach.Periods())
	if h.cfg.Translate.URL != "" {
		translator, err := h.cfg.translate()
		if err != nil {
			return nil, badKey("translate", "config.mistake", "cause", err.Error())
		}
		w.add(map[string]pipeline.JobFunc{relay.TranslateJob: relay.Translate(watchedTranslator{translator, h.models})}, nil)
	}
	return w, nil
}
