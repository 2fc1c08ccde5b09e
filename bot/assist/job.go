package assist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/bot/markup"
	"crmbot/bot/pipeline"
	"crmbot/crm"
)

// The kinds of jobs.
const (
	// JobKind asks a model about one question.
	JobKind = "assist"
	// VectorsKind brings the vectors of phrasings that have none.
	VectorsKind = "assist.vectors"
)

// vectorsEvery is how often phrasings without a vector are looked for.
const vectorsEvery = 15 * time.Second

// passagesMost is how many articles an Answerer reads.
const passagesMost = 5

// Finder is the knowledge base: what it would do with a question, and in which
// order it finds the articles, whatever it does. knowledge.Matcher is one.
type Finder interface {
	knowledge.Finder
	Rank(ctx context.Context, q knowledge.Question) ([]knowledge.Ranked, error)
}

// Options is what the jobs need.
type Options struct {
	Finder   Finder
	Embedder bot.Embedder // nil for none
	Answerer bot.Answerer // nil for none
	Company  *bot.Company
	Logger   *slog.Logger // nil is silence
}

// Jobs are the functions of the jobs of this package, by kind; none without a
// model.
func Jobs(o Options) map[string]pipeline.JobFunc {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	m := &model{o}
	jobs := map[string]pipeline.JobFunc{}
	if o.Embedder != nil || o.Answerer != nil {
		jobs[JobKind] = m.answer
	}
	if o.Embedder != nil {
		jobs[VectorsKind] = m.vectors
	}
	return jobs
}

// Periods are the kinds of Jobs that come back by themselves, and how often.
func Periods(o Options) map[string]time.Duration {
	if o.Embedder == nil {
		return nil
	}
	return map[string]time.Duration{VectorsKind: vectorsEvery}
}

type model struct{ Options }

// answer is the job of one question. A model that fails is not asked again: the
// customer does not wait for it.
func (m *model) answer(ctx context.Context, t *pipeline.Task) error {
	var a asked
	if err := json.Unmarshal([]byte(t.Job.Payload), &a); err != nil {
		return crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
	}
	left := a.Until.Sub(t.Now)
	if left <= 0 {
		return nil // he was answered already
	}
	in := a.event(line(lineLate, "key", a.Key), t.Now)
	if room, err := budgetOf(m.Company, t.Now).take(ctx, t.Store); err != nil {
		return err
	} else if room {
		found, err := m.ask(ctx, t, a, left)
		if err != nil {
			m.Logger.WarnContext(ctx, "assist: asking the model", "key", a.Key, "error", err)
		}
		switch {
		case found == nil:
		case found.article == nil:
			in.Values["top"] = strings.Join(found.top, " ")
		default:
			in.Action = line(lineFound, "key", a.Key, "article", found.article.Ref().String(), "p", strconv.FormatFloat(found.p, 'f', 2, 64))
			if found.text != "" {
				in.Values["text"] = found.text
			}
		}
	}
	in.EventID, in.Of = fmt.Sprintf("assist:%d", t.Job.ID), a.Event
	return t.Deliver(ctx, t.Store, in)
}

// finding is what a model helped to find: an article, or what may be meant.
type finding struct {
	top     []string // references
	article *crm.Article
	p       float64
	text    string // worded from the article, "" for the article as it is
}

// ask asks within the time that is left. Of an Embedder that fails an Answerer
// may still make up.
func (m *model) ask(ctx context.Context, t *pipeline.Task, a asked, left time.Duration) (*finding, error) {
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	q := knowledge.Question{Text: a.Text, Language: a.Language}
	var failed error
	if m.Embedder != nil {
		vectors, err := m.Embedder.Embed(ctx, []string{a.Text})
		if err == nil && len(vectors) == 1 {
			q.Vector = vectors[0]
		}
		if failed = err; err != nil && m.Answerer == nil {
			return nil, err
		}
	}
	answer, err := m.Finder.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	if answer.Article != nil {
		return &finding{article: answer.Article, p: probability(answer, answer.Article.ID)}, failed
	}
	if m.Answerer != nil {
		found, err := m.compose(ctx, t, q, answer)
		if found != nil {
			return found, failed
		}
		failed = errors.Join(failed, err)
	}
	if q.Vector == nil || len(answer.Suggestions) == 0 {
		return nil, failed
	}
	found := &finding{}
	for _, a := range answer.Suggestions {
		found.top = append(found.top, a.Ref().String())
	}
	return found, failed
}

// compose has an answer worded from the articles that may be meant.
func (m *model) compose(ctx context.Context, t *pipeline.Task, q knowledge.Question, answer knowledge.Answer) (*finding, error) {
	articles, p, err := m.candidates(ctx, t, q, answer)
	if err != nil || len(articles) == 0 {
		return nil, err
	}
	passages := make([]bot.Passage, len(articles))
	for i, article := range articles {
		passages[i] = bot.Passage{Title: article.Title, Body: markup.Plain(article.Body)}
	}
	text, source, err := m.Answerer.Compose(ctx, q.Text, q.Language, passages)
	switch {
	case crm.CodeOf(err) == crm.CodeNotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case source < 0 || source >= len(articles) || text == "":
		return nil, nil
	}
	return &finding{article: articles[source], p: p[articles[source].ID], text: text}, nil
}

// candidates are the published articles that may be meant, best first, each
// once, and how likely each is.
func (m *model) candidates(ctx context.Context, t *pipeline.Task, q knowledge.Question, answer knowledge.Answer) ([]*crm.Article, map[crm.ArticleID]float64, error) {
	p, slugs, found := map[crm.ArticleID]float64{}, map[string]bool{}, []*crm.Article(nil)
	for _, c := range answer.Top {
		p[c.Article] = c.Probability
	}
	add := func(a *crm.Article) {
		if a.Status == crm.ArticlePublished && !slugs[a.Slug] && len(found) < passagesMost {
			slugs[a.Slug] = true
			found = append(found, a)
		}
	}
	for _, suggested := range answer.Suggestions {
		a, err := t.Store.Article(ctx, suggested.ID) // as it is now
		if err == nil {
			add(a)
		} else if crm.CodeOf(err) != crm.CodeNotFound {
			return nil, nil, err
		}
	}
	ranked, err := m.Finder.Rank(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range ranked[:min(len(ranked), passagesMost)] {
		in, _, err := t.Store.Articles(ctx, crm.ArticleFilter{Status: crm.ArticlePublished, Slug: r.Slug})
		if err != nil {
			return nil, nil, err
		}
		if len(in) > 0 {
			a := in[max(0, slices.IndexFunc(in, func(a *crm.Article) bool { return a.Language == q.Language }))]
			add(a)
			p[a.ID] = max(p[a.ID], r.Probability)
		}
	}
	return found, p, nil
}

// probability is how likely an article was found to be the one.
func probability(answer knowledge.Answer, id crm.ArticleID) float64 {
	for _, c := range answer.Top {
		if c.Article == id {
			return c.Probability
		}
	}
	return 0
}
