package knowledge

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"crmbot/bot/locale"
	"crmbot/crm"
)

// Articles is what the matcher reads. crm.ArticleStore is one.
type Articles interface {
	Articles(ctx context.Context, f crm.ArticleFilter) ([]*crm.Article, int, error)
	KnowledgeVersion(ctx context.Context) (int64, error)
}

// Words are what people say around a question and what turns its meaning, in
// all languages: the locale lists words.question.before, .after, .not and
// .filler. Topics are what articles are about beside what is sold: the list
// words.question.topics.
type Words struct{ Before, After, Not, Filler, Topics []string }

// WordsOf are the Words of all languages of a catalog.
func WordsOf(c *locale.Catalog) Words {
	return Words{
		Before: c.Every("words.question.before"),
		After:  c.Every("words.question.after"),
		Not:    c.Every("words.question.not"),
		Filler: c.Every("words.question.filler"),
		Topics: c.Every("words.question.topics"),
	}
}

// Matcher is a Finder over an index in memory.
type Matcher struct {
	articles Articles
	speech   speech
	current  atomic.Pointer[index]
	building sync.Mutex
	version  int64
}

// New makes a Matcher. It reads nothing yet: Refresh does, or the first Find.
func New(articles Articles, words Words) *Matcher {
	s := speech{negations: map[string]bool{}, filler: map[string]bool{}, topics: map[string]bool{}}
	for _, w := range words.Topics {
		s.topics[named(w)] = true
	}
	for _, w := range words.Before {
		s.trim.before = append(s.trim.before, plain(w))
	}
	for _, w := range words.After {
		s.trim.after = append(s.trim.after, plain(w))
	}
	for _, w := range words.Not {
		s.negations[stem(plain(w))] = true
	}
	for _, w := range words.Filler {
		for _, t := range terms(plain(w)) {
			s.filler[t] = true
		}
	}
	return &Matcher{articles: articles, speech: s}
}

// speech is Words, ready to be used.
type speech struct {
	trim      trimmer
	negations map[string]bool
	filler    map[string]bool
	topics    map[string]bool
}

// Find answers from the index as it is. Only the first call may have to read.
func (m *Matcher) Find(ctx context.Context, q Question) (Answer, error) {
	x := m.current.Load()
	if x == nil {
		if err := m.Refresh(ctx); err != nil {
			return Answer{}, err
		}
		x = m.current.Load()
	}
	return x.find(q), nil
}

// Refresh builds a new index if the articles changed since the last one.
// Returns what the store returns.
func (m *Matcher) Refresh(ctx context.Context) error {
	m.building.Lock()
	defer m.building.Unlock()
	version, err := m.articles.KnowledgeVersion(ctx)
	if err != nil {
		return err
	}
	if m.current.Load() != nil && version == m.version {
		return nil
	}
	var all []*crm.Article
	for {
		page, total, err := m.articles.Articles(ctx, crm.ArticleFilter{
			Status: crm.ArticlePublished, Page: crm.Page{Limit: 500, Offset: len(all)},
		})
		if err != nil {
			return err
		}
		all = append(all, page...)
		if len(page) == 0 || len(all) >= total {
			break
		}
	}
	m.current.Store(build(all, m.speech))
	m.version = version
	return nil
}

// Run refreshes every interval until ctx ends: that is how a change made by
// any process arrives. Failures are logged and tried again.
func (m *Matcher) Run(ctx context.Context, interval time.Duration, log *slog.Logger) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := m.Refresh(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "knowledge: refresh", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
