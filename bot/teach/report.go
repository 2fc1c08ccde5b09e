package teach

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// health is the report in the chat.
func (t *teacher) health(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	report, err := Health(ctx, r.CRM, r.Store, t.matcher, r.Actor, r.Now.UTC())
	if err != nil {
		return nil, err
	}
	reply := bot.Text(report.Text(r.Words))
	if n := report.Drafts + report.Changes; n > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: plain(r.Words.N("knowledge.button.waiting", n)), Action: "article.list status=waiting",
		})
	}
	if report.Missed > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: plain(r.Words.N("knowledge.button.misses", report.Missed)), Action: `misses since="60 days"`,
		})
	}
	return reply, nil
}

// Text is the report in the words of a language, in the markup of bot.Reply: a
// few short parts, each under a heading, and only those that say something.
func (r Report) Text(w *locale.Words) string {
	parts := []string{
		w.T("knowledge.title", "articles", w.Count(r.Test.Slugs), "phrasings", w.Count(r.Test.Phrasings)),
		r.test(w),
		figures(w, r.Week, r.Before),
		listed(w.T("knowledge.confused"), r.confused(w)),
		listed(w.T("knowledge.worst"), r.worst(w)),
		r.unused(w),
		r.waits(w),
	}
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n\n")
}

// test is what asking itself came to.
func (r Report) test(w *locale.Words) string {
	switch h := r.Test; {
	case h.Slugs == 0:
		return w.T("knowledge.empty")
	case !h.Calibrated:
		return w.T("knowledge.testing")
	case !h.Trusted:
		return w.T("knowledge.few")
	case h.Asked == 0:
		return ""
	default:
		return w.T("knowledge.test", "asked", w.Count(h.Asked), "right", w.Percent(100*h.Right/h.Asked),
			"among", w.Percent(100*h.Among3/h.Asked))
	}
}

// figures are a week's, with those of the week before where there are some.
func figures(w *locale.Words, now, before crm.QuestionFigures) string {
	if now.Asked == 0 {
		return w.T("knowledge.quiet")
	}
	lines := []string{w.N("knowledge.asked", now.Asked)}
	add := func(key string, now, before int, old bool) {
		value := w.Percent(now)
		if old && now != before {
			value = w.Label("knowledge.was", "now", w.Percent(now), "before", w.Percent(before))
		}
		lines = append(lines, "- "+w.T(key, "share", value))
	}
	old := before.Asked > 0
	add("knowledge.served", percent(now.Served()), percent(before.Served()), old)
	add("knowledge.handed", share(now.HandedOff+now.None, now.Asked), share(before.HandedOff+before.None, before.Asked), old)
	if now.Answered > 0 {
		add("knowledge.wrong", share(now.Wrong, now.Answered), share(before.Wrong, before.Answered), before.Answered > 0)
	}
	return strings.Join(lines, "\n")
}

// share is a part of a whole in hundredths, 0 of nothing.
func share(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return percent(float64(min(part, whole)) / float64(whole))
}

// listed is rows under a heading, "" without rows.
func listed(title string, rows []string) string {
	if len(rows) == 0 {
		return ""
	}
	return title + "\n- " + strings.Join(rows, "\n- ")
}

// confused are the articles that are taken for another.
func (r Report) confused(w *locale.Words) []string {
	var rows []string
	for _, c := range r.Test.Confused[:min(len(r.Test.Confused), mostConfused)] {
		rows = append(rows, w.T("knowledge.confusion", "asked", named(c.Asked), "found", named(c.Found), "text", cut(c.Example, 60)))
	}
	return rows
}

// worst are the questions without an answer.
func (r Report) worst(w *locale.Words) []string {
	var rows []string
	for _, m := range r.Worst {
		rows = append(rows, w.N("knowledge.miss", m.Count, "text", cut(m.Question.Text, 80)))
	}
	return rows
}

// unused are the articles that nobody needed.
func (r Report) unused(w *locale.Words) string {
	var rows []string
	for _, a := range r.Unused {
		rows = append(rows, markup.Escape(named(a)))
	}
	if rest := r.Idle - len(r.Unused); rest > 0 {
		rows = append(rows, w.N("list.more", rest))
	}
	return listed(w.T("knowledge.unused"), rows)
}

// waits is what an approver should look at.
func (r Report) waits(w *locale.Words) string {
	var parts []string
	if r.Drafts > 0 {
		parts = append(parts, w.N("knowledge.drafts", r.Drafts))
	}
	if r.Changes > 0 {
		parts = append(parts, w.N("knowledge.changes", r.Changes))
	}
	if len(parts) == 0 {
		return ""
	}
	return w.T("knowledge.waiting", "what", plain(w.Enum(parts)))
}

// named is an article as people speak of it.
func named(a *crm.Article) string { return a.Ref().String() + " " + cut(a.Title, 60) }
