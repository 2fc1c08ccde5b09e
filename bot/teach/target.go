package teach

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/crm"
)

// target is the article that a miss most likely belongs to: the one that says
// what a colleague answered, else the one that customers chose who asked alike,
// else the one that comes nearest by now. nil for none. known says that customers
// would get that one today.
func (t *teacher) target(ctx context.Context, r *bot.Request, m *crm.Miss, chosen crm.ArticleID) (target *crm.Article, known bool, err error) {
	found, err := t.mind.Find(ctx, knowledge.Question{Text: m.Question.Text, Language: m.Question.Language})
	if crm.CodeOf(err) != crm.CodeUnavailable && err != nil {
		return nil, false, err
	}
	ids := []crm.ArticleID{m.ReplyOf, chosen}
	for _, c := range found.Top {
		if c.Probability >= likely && c.Article != m.Question.ArticleID { // that one did not help
			ids = append(ids, c.Article)
		}
	}
	for _, id := range ids {
		if id == 0 {
			continue
		}
		a, err := r.Store.Article(ctx, id)
		if absent(err) != nil {
			return nil, false, err
		}
		if err == nil && a.Status == crm.ArticlePublished {
			if a, err = inLanguage(ctx, r.Store, a, m.Question.Language); err != nil {
				return nil, false, err
			}
			return a, found.Article != nil && found.Article.Slug == a.Slug, nil
		}
	}
	return nil, false, nil
}

// inLanguage is the article in a language, or as it is where it is not in that.
func inLanguage(ctx context.Context, store crm.ArticleStore, a *crm.Article, language string) (*crm.Article, error) {
	if a.Language == language {
		return a, nil
	}
	found, _, err := store.Articles(ctx, crm.ArticleFilter{
		Slug: a.Slug, Language: language, Status: crm.ArticlePublished, Page: crm.Page{Limit: 1},
	})
	if err != nil || len(found) == 0 {
		return a, err
	}
	return found[0], nil
}

// mostChosen is how many of the latest questions are searched for choices.
const mostChosen = 500

// chosen is, for each miss, the article that customers chose most often who asked
// alike.
func (t *teacher) chosen(ctx context.Context, r *bot.Request, misses []*crm.Miss) (map[*crm.Miss]crm.ArticleID, error) {
	asked, err := all(ctx, r.Store, crm.QuestionFilter{Since: r.Now.UTC().Add(-compareFor)}, mostChosen)
	if err != nil {
		return nil, err
	}
	alike := t.likeness()
	out, times := map[*crm.Miss]crm.ArticleID{}, map[*crm.Miss]map[crm.ArticleID]int{}
	for _, q := range asked {
		if q.Outcome != crm.OutcomePicked || q.ArticleID == 0 {
			continue
		}
		for _, m := range misses {
			if !same(alike(m.Question, q), m.Question, q) {
				continue
			}
			if times[m] == nil {
				times[m] = map[crm.ArticleID]int{}
			}
			if times[m][q.ArticleID]++; times[m][q.ArticleID] > times[m][out[m]] {
				out[m] = q.ArticleID
			}
		}
	}
	return out, nil
}
