package main

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

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
	r.service(outside{
		name: "check.translate.name", spent: "check.translate.spent.next", model: cfg.Translate.Model, key: "model",
		prefix: "translate.", block: cfg.translator,
	}, cfg.path, err)
}

// outside is a service that the config names, with the words for it.
type outside struct {
	name, spent string // keys of the locale: what it is called, what to do when it is used up
	model, key  string // the model, and the key of the block that names it
	prefix      string // of the keys of the block
	block       ast.Node
}

// service is why a service does not do what it is for, and where to correct that.
func (r *report) service(of outside, path string, err error) {
	key, at := "check.odd", ""
	failure := bot.FailureOf(err)
	switch failure.Class {
	case bot.Unauthorized:
		key, at = "check.locked", "key"
	case bot.RateLimited:
		key = "check.translate.spent"
	case bot.BadContent:
		key, at = "check.translate.unknown", of.key
	case bot.Transient:
		key = "check.away"
	}
	next := key + ".next"
	if failure.Class == bot.RateLimited {
		next = of.spent
	}
	lang, name := r.words.Lang(), r.words.Label(of.name)
	pairs := []any{"file", path, "model", of.model}
	said := within(r.words, next, name, pairs...)
	if at != "" {
		where := spotOf(path, "", of.block, at)
		where.key, where.install = of.prefix+at, strings.TrimSuffix(of.prefix, ".")
		said += "\n" + where.in(r.words)
	}
	r.add(bot.Finding{
		Level: bot.LevelBroken, Err: failure.Err,
		Text: bot.Local{lang: begun(within(r.words, key, name, pairs...))}, Next: bot.Local{lang: begun(said)},
	})
}

// begun is a sentence that may begin with a name in small letters.
func begun(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}
