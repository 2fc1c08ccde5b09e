package main

import (
	"context"
	"slices"
	"unicode"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/crm"
)

// places tries the chats of an install where threads are to open.
func (r *report) places(ctx context.Context, cfg *Config, d door, adapter bot.Adapter) {
	if err := cfg.threadless(d, adapter.Features()); err != nil {
		r.wrong = true
		r.mistake(err, cfg.path)
		return
	}
	examiner, can := adapter.(bot.PlaceExaminer)
	for _, p := range cfg.places {
		if can && p.Platform == d.platform && p.Install == d.install {
			r.findings(cfg, d, examiner.ExaminePlace(ctx, p.Chat))
		}
	}
}

// unanswered says that customers can write and there is no place to answer them
// from, or the other way round.
func (r *report) unanswered(cfg *Config) {
	customers := slices.ContainsFunc(cfg.Adapters, func(a AdapterConfig) bool { return a.Audience == crm.AudienceCustomers })
	places := len(cfg.places) + len(desks(cfg.doors()))
	switch {
	case customers && places == 0:
		r.title(r.words.Label("check.threads"))
		r.say(bot.LevelNote, "check.threads.none", "check.threads.none.next")
	case !customers && places > 0:
		r.title(r.words.Label("check.threads"))
		r.say(bot.LevelWarning, "check.customers.none", "check.customers.none.next")
	}
}

// translation has one word translated, if translations are wanted.
func (r *report) translation(ctx context.Context, cfg *Config) {
	if cfg.Translate.URL == "" {
		return
	}
	r.title(r.words.Label("check.translate"))
	ctx, cancel := context.WithTimeout(ctx, examineFor)
	defer cancel()
	translator, err := cfg.translate()
	if err == nil {
		_, err = translator.Translate(ctx, "你好", "zh-CN", "en", nil)
	}
	if err == nil {
		r.say(bot.LevelFine, "check.translate.fine", "", "model", cfg.Translate.Model)
		return
	}
	key, at := "check.odd", ""
	failure := bot.FailureOf(err)
	switch failure.Class {
	case bot.Unauthorized:
		key, at = "check.locked", "key"
	case bot.RateLimited:
		key = "check.translate.spent"
	case bot.BadContent:
		key, at = "check.translate.unknown", "model"
	case bot.Transient:
		key = "check.away"
	}
	lang, name := r.words.Lang(), r.words.Label("check.translate.name")
	pairs := []any{"file", cfg.path, "model", cfg.Translate.Model}
	next := within(r.words, key+".next", name, pairs...)
	if at != "" {
		where := spotOf(cfg.path, "", cfg.translator, at)
		where.key = "translate." + at
		next += "\n" + where.in(r.words)
	}
	r.add(bot.Finding{
		Level: bot.LevelBroken, Err: failure.Err,
		Text: bot.Local{lang: begun(within(r.words, key, name, pairs...))}, Next: bot.Local{lang: begun(next)},
	})
}

// begun is a sentence that may begin with a name in small letters.
func begun(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}
