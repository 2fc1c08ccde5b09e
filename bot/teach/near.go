package teach

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/crm"
)

const (
	// mostNear is how many phrasings somebody is warned of at once.
	mostNear = 3
	// tooAlike is how alike phrasings of two articles may be, with the words that no
	// article has.
	tooAlike = 0.85
)

// near tells whoever changed an article which of its phrasings another article
// nearly has: customers may get either. It says nothing where all are apart.
func (t *teacher) near(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, crm.ArticleID(r.Args.Subject.ID))
	if err != nil || r.User == nil || a.Status == crm.ArticleArchived {
		return &bot.Reply{}, absent(err)
	}
	found, err := t.conflicts(ctx, r.Store, a.Proposal.Article(a))
	if err != nil || len(found) == 0 {
		return &bot.Reply{}, err
	}
	reply := &bot.Reply{}
	lines := []string{r.Words.T("notice.article.near", "title", a.Title)}
	for _, c := range found[:min(len(found), mostNear)] {
		key := "notice.article.near.line"
		if c.Same {
			key = "notice.article.near.same"
		}
		lines = append(lines, "- "+r.Words.T(key, "text", cut(c.Phrasing, 60), "other", cut(c.Other, 60), "article", named(c.Article)))
		if c.Phrasing != a.Title && may(r) {
			reply.Buttons = append(reply.Buttons, bot.Button{
				Label:  cut(r.Words.Label("button.phrase.away", "text", c.Phrasing), 40),
				Action: "article.unphrase " + a.Ref().String() + " " + pair("question", c.Phrasing), Once: true,
			})
		}
	}
	reply.Text = strings.Join(lines, "\n")
	reply.Buttons = append(reply.Buttons, bot.Button{
		Label: cut(named(found[0].Article), 40), Action: "article.show " + found[0].Article.Ref().String(),
	})
	return reply, nil
}

// conflicts are the phrasings of an article that another one has at this moment:
// the matcher may be seconds behind.
func (t *teacher) conflicts(ctx context.Context, store crm.ArticleStore, a *crm.Article) ([]knowledge.Conflict, error) {
	var out []knowledge.Conflict
	for _, c := range t.matcher.Conflicts(a) {
		if !c.Same && t.matcher.Alike(c.Phrasing, c.Other) < tooAlike {
			continue
		}
		other, err := store.Article(ctx, c.Article.ID)
		if absent(err) != nil {
			return nil, err
		}
		if err == nil && other.Status == crm.ArticlePublished && (other.Title == c.Other || slices.Contains(other.Phrasings, c.Other)) {
			out = append(out, c)
		}
	}
	return out, nil
}
