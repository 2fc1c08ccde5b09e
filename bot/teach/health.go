package teach

import (
	"cmp"
	"context"
	"slices"
	"time"

	"crmbot/bot/knowledge"
	"crmbot/crm"
)

const (
	// unusedFor is how long nobody was shown an article that is never used.
	unusedFor = 60 * 24 * time.Hour
	// mostUnused and the like are how much of each a report holds.
	mostUnused   = 5
	mostConfused = 5
	mostWorst    = 5
	// mostArticles bounds the articles that are read.
	mostArticles = 5000
)

// Report is how well the knowledge base does.
type Report struct {
	Test    knowledge.Health    // of itself, without customers
	Week    crm.QuestionFigures // the seven days up to now
	Before  crm.QuestionFigures // the seven days before those
	Unused  []*crm.Article      // published, older than 60 days and not shown since, in no language; oldest first, at most five
	Idle    int                 // how many such articles there are; 0 as long as there is no record of 60 days
	Worst   []*crm.Miss         // of the last 60 days and open, what was asked most often first; at most five
	Missed  int                 // how many such questions there are
	Drafts  int                 // articles that nobody has approved
	Changes int                 // proposals for articles that are out
}

// Health sums up at a moment how well the knowledge base does: what the matcher
// found out about itself (nothing before it is calibrated), and what customers
// asked. It reads the published articles and a handful of sums. by is who asks:
// somebody who works here, or crm.System(). Returns CodeForbidden for others, and
// what the store returns.
func Health(ctx context.Context, services *crm.Services, store crm.Store, m *knowledge.Matcher, by crm.Actor, now time.Time) (Report, error) {
	report := Report{Test: m.Health()}
	var err error
	if report.Week, report.Before, err = weeks(ctx, services, by, now); err != nil {
		return report, err
	}
	if report.Worst, report.Missed, err = services.Questions.Misses(ctx, by, now.Add(-compareFor).UTC(), crm.Page{Limit: mostWorst}); err != nil {
		return report, err
	}
	if report.Unused, report.Idle, err = unused(ctx, services, store, by, now); err != nil {
		return report, err
	}
	report.Drafts, report.Changes, err = waiting(ctx, store)
	return report, err
}

// weeks are the figures of the seven days up to a moment, what is asked at that
// very moment too, and of those before.
func weeks(ctx context.Context, services *crm.Services, by crm.Actor, at time.Time) (now, before crm.QuestionFigures, err error) {
	at = at.UTC().Add(time.Microsecond)
	if now, err = services.Questions.Figures(ctx, by, at.Add(-week), at); err != nil {
		return now, before, err
	}
	before, err = services.Questions.Figures(ctx, by, at.Add(-2*week), at.Add(-week))
	return now, before, err
}

// unused are the articles that nobody was shown in any language for a while, but
// for new ones; none before the questions of that while are on record.
func unused(ctx context.Context, services *crm.Services, store crm.ArticleStore, by crm.Actor, now time.Time) ([]*crm.Article, int, error) {
	_, before, err := services.Questions.Questions(ctx, by, crm.QuestionFilter{Until: now.Add(-unusedFor).UTC(), Page: crm.Page{Limit: 1, Uncounted: true}})
	if err != nil || before == 0 {
		return nil, 0, err
	}
	use, err := services.Questions.Use(ctx, by, now.Add(-unusedFor).UTC())
	if err != nil {
		return nil, 0, err
	}
	all, err := published(ctx, store)
	if err != nil {
		return nil, 0, err
	}
	used := map[string]bool{}
	for _, a := range all {
		used[a.Slug] = used[a.Slug] || use[a.ID] > 0 || a.Created.After(now.Add(-unusedFor))
	}
	idle := slices.DeleteFunc(all, func(a *crm.Article) bool { return used[a.Slug] })
	slices.SortFunc(idle, func(a, b *crm.Article) int {
		return cmp.Or(a.Updated.Compare(b.Updated), cmp.Compare(a.ID, b.ID))
	})
	named := map[string]bool{}
	idle = slices.DeleteFunc(idle, func(a *crm.Article) bool {
		twin := named[a.Slug]
		named[a.Slug] = true
		return twin
	})
	return idle[:min(len(idle), mostUnused)], len(idle), nil
}

// published are the articles that customers get.
func published(ctx context.Context, store crm.ArticleStore) ([]*crm.Article, error) {
	var out []*crm.Article
	for len(out) < mostArticles {
		found, total, err := store.Articles(ctx, crm.ArticleFilter{
			Status: crm.ArticlePublished, Page: crm.Page{Limit: 500, Offset: len(out)},
		})
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		if len(found) == 0 || len(out) >= total {
			break
		}
	}
	return out, nil
}

// waiting is how many drafts and how many changes nobody has approved.
func waiting(ctx context.Context, store crm.ArticleStore) (drafts, changes int, err error) {
	one := crm.Page{Limit: 1}
	if _, drafts, err = store.Articles(ctx, crm.ArticleFilter{Status: crm.ArticleDraft, Page: one}); err != nil {
		return 0, 0, err
	}
	_, changes, err = store.Articles(ctx, crm.ArticleFilter{Status: crm.ArticlePublished, Proposed: true, Page: one})
	return drafts, changes, err
}
