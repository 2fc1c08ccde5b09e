package router

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/bot/assist"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// mostPending is for how many questions of one person a model is asked at once.
const mostPending = 3

// askModel has a model asked about the question of this event, where one may
// know more, and says whether to wait for it.
func (r *Router) askModel(ctx context.Context, t *turn) (bool, error) {
	pending := strings.Fields(t.value(customer.Pending))
	if t.key == "" || t.Conversation.Person() || t.Session.Form != nil || len(pending) >= mostPending {
		return false, nil
	}
	asked, err := assist.Ask(ctx, t.Request, assist.Asked{Key: t.key, Text: t.text, Language: t.language()})
	if !asked || err != nil {
		return false, err
	}
	t.setValue(customer.Pending, strings.Join(append(pending, t.key), " "))
	if t.Features.Can(bot.OpTyping) {
		t.Post(bot.Post{Op: bot.OpTyping, Reply: &bot.Reply{}})
	}
	return true, nil
}

// assisted is what comes of that: the answer of a model, or that it has none in
// time. The first of them answers, unless something else did meanwhile: a person
// was called, or a form is open.
func (r *Router) assisted(ctx context.Context, t *turn, found bool, line string) (*bot.Reply, error) {
	values := map[string]string{}
	for _, token := range grammar.Split(line) {
		values[token.Name] = token.Text
	}
	pending := strings.Fields(t.value(customer.Pending))
	i := slices.Index(pending, values["key"])
	if i < 0 || t.Contact == nil {
		return nil, nil
	}
	t.setValue(customer.Pending, strings.Join(slices.Delete(pending, i, i+1), " "))
	if t.handedOff() || t.Conversation.Person() || t.Session.Form != nil || !t.Contact.OptedOut.IsZero() {
		return nil, nil
	}
	t.key = values["key"]
	if found {
		if reply, err := r.modelled(ctx, t, values); reply != nil || err != nil {
			return reply, err
		}
	}
	return r.unassisted(ctx, t)
}

// modelled is the answer that a model found, nil if its article is gone.
func (r *Router) modelled(ctx context.Context, t *turn, values map[string]string) (*bot.Reply, error) {
	ref, ok := crm.ParseRef(values["article"])
	if !ok || ref.Kind != crm.KindArticle {
		return nil, nil
	}
	a, err := t.CRM.Articles.Article(ctx, crm.ArticleID(ref.ID))
	if err != nil || a.Status != crm.ArticlePublished {
		return nil, unseen(err)
	}
	p, err := strconv.ParseFloat(values["p"], 64)
	if err != nil {
		p = 0
	}
	if err := t.CRM.Questions.Found(ctx, t.key, a, p); err != nil {
		return nil, err
	}
	reply := customer.Article(a)
	if text := strings.TrimSpace(t.Inbound.Values["text"]); text != "" {
		reply.Text = markup.Escape(text) + "\n_" + t.Words.T("assist.from", "title", a.Title) + "_"
	}
	return customer.Feedback(t.Request, reply, t.key), nil
}

// published are the articles that are named and that customers may read.
func (t *turn) published(ctx context.Context, refs string) ([]*crm.Article, error) {
	var out []*crm.Article
	for _, name := range strings.Fields(refs) {
		ref, ok := crm.ParseRef(name)
		if !ok || ref.Kind != crm.KindArticle {
			continue
		}
		a, err := t.CRM.Articles.Article(ctx, crm.ArticleID(ref.ID))
		if unseen(err) != nil {
			return nil, err
		}
		if err == nil && a.Status == crm.ArticlePublished && len(out) < mostPending {
			out = append(out, a)
		}
	}
	return out, nil
}

// unassisted is what the bot knows by itself, as if no model had been asked, or
// what a model thinks comes near.
func (r *Router) unassisted(ctx context.Context, t *turn) (*bot.Reply, error) {
	if text := t.Inbound.Values["question"]; text != "" {
		t.say(text)
	} else {
		t.say(t.Session.Asked)
	}
	answer, err := r.find(ctx, t, t.text)
	if err != nil {
		return nil, err
	}
	if answer.Article != nil { // it was taught meanwhile
		if err := t.CRM.Questions.Found(ctx, t.key, answer.Article, answer.Top[0].Probability); err != nil {
			return nil, err
		}
		return t.answered(answer.Article), nil
	}
	offered, err := t.published(ctx, t.Inbound.Values["top"])
	if err != nil {
		return nil, err
	}
	if len(offered) > 0 {
		answer.Suggestions = offered
	}
	if reply, ok := r.near(t, answer); ok {
		return reply, nil
	}
	return r.offer(t, t.Words.T("handoff.offer")), nil
}
