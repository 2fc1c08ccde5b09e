package main

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// What the model is asked for a try: a question that the passage answers.
var (
	triedQuestion = map[string]string{"en": "When are you open?", "zh-CN": "你们几点开门？"}
	triedPassage  = map[string]bot.Passage{
		"en":    {Title: "Opening hours", Body: "Our office is open from 9:00 to 18:00, from Monday to Friday."},
		"zh-CN": {Title: "营业时间", Body: "我们的办公室周一到周五 9:00 开门，18:00 关门。"},
	}
)

// knowledge looks whether those who keep the knowledge base are there, and asks
// each of its models once.
func (r *report) knowledge(ctx context.Context, h *house) error {
	unknown, err := h.strangers(ctx)
	if err != nil {
		return err
	}
	m := h.cfg.Knowledge.Model
	if len(unknown) == 0 && m.URL == "" {
		return nil
	}
	r.title(r.words.Label("check.knowledge"))
	for _, i := range unknown {
		r.say(bot.LevelWarning, "check.keeper", "check.keeper.next", "handle", h.cfg.Knowledge.Keepers[i], "file", h.cfg.path, "line", h.cfg.keeperLines[i])
	}
	if m.URL == "" {
		return nil
	}
	embedder, answerer, err := h.cfg.models()
	if err != nil {
		return err
	}
	if embedder != nil {
		r.model(ctx, h.cfg, m.Embed, "embed", "check.model.embeds", func(ctx context.Context) error {
			_, err := embedder.Embed(ctx, []string{triedQuestion["en"], triedQuestion["zh-CN"]})
			return err
		})
	}
	if answerer != nil {
		lang := r.words.Lang()
		r.model(ctx, h.cfg, m.Answer, "answer", "check.model.answers", func(ctx context.Context) error {
			_, _, err := answerer.Compose(ctx, triedQuestion[lang], lang, []bot.Passage{triedPassage[lang]})
			return err
		})
	}
	if m.PerDay == 0 {
		r.say(bot.LevelWarning, "check.model.never", "")
	}
	return nil
}

// strangers are the keepers of the config who do not work here, by their place.
func (h *house) strangers(ctx context.Context) (all []int, err error) {
	for i, handle := range h.cfg.Knowledge.Keepers {
		u, err := h.store.UserByHandle(ctx, handle)
		if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
			return nil, err
		}
		if err != nil || !u.Active {
			all = append(all, i)
		}
	}
	return all, nil
}

// model tries one model, and says how long it took where customers would not
// wait for it.
func (r *report) model(ctx context.Context, cfg *Config, name, key, fine string, try func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, examineFor)
	defer cancel()
	begun := time.Now()
	err := try(ctx)
	switch took := time.Since(begun); {
	case err == nil && took > cfg.knowledge.Wait:
		r.say(bot.LevelWarning, "check.model.slow", "check.model.slow.next", "model", name, "seconds", int(took/time.Second), "wait", cfg.Knowledge.Model.Wait)
	case err == nil:
		r.say(bot.LevelFine, fine, "", "model", name)
	case crm.CodeOf(err) == crm.CodeNotFound:
		r.say(bot.LevelWarning, "check.model.strays", "check.model.strays.next", "model", name)
	default:
		r.service(outside{
			name: "check.model.name", spent: "check.model.spent.next", model: name, key: key,
			prefix: "knowledge.model.", block: cfg.model,
		}, cfg.path, err)
	}
}
