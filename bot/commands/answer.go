package commands

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// answers is the command that keeps somebody's words as an answer: of a thread,
// of a message, or typed.
func answers() []bot.Command {
	return staff(
		bot.Command{Name: "answer.save", Run: answerSave, Args: []bot.Arg{
			{Name: "question", Type: bot.ArgWord, Need: bot.Required},
			{Name: "answer", Type: bot.ArgText, Need: bot.Required},
			{Name: "status", Type: bot.ArgChoice, Keyed: true, Choices: []string{
				string(crm.ArticlePublished), string(crm.ArticleDraft),
			}},
			{Name: "release", Type: bot.ArgWord, Keyed: true}, // whose words are the answer: see the router
			{Name: "near", Type: bot.ArgWord, Keyed: true},    // the article that comes nearest
		}},
	)
}

// answerSave keeps a question with its answer, so that customers get it too.
// The same question again changes its answer.
func answerSave(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ctx = together(ctx, r)
	a := written(r, r.Args.String("question"), r.Args.String("answer"))
	near, err := nearArticle(ctx, r)
	if err != nil {
		return nil, err
	}
	if may := slices.Contains(phrasers, r.Actor.Role); r.Args.String("status") == string(crm.ArticleDraft) && may {
		same, err := takenFrom(ctx, r, a.Body)
		if err != nil {
			return nil, err
		}
		if same != nil && !asksFor(same, a.Title) {
			if same, err = r.CRM.Articles.Phrase(ctx, r.Actor, same.ID, a.Title); err != nil {
				return nil, err
			}
			return phrased(r, same, a.Title), nil
		}
	}
	a.Status = crm.ArticleStatus(either(r.Args.String("status"), string(crm.ArticlePublished)))
	return propose(ctx, r, a, func(kept *crm.Article) []bot.Button {
		if near == nil || near.Slug == kept.Slug || asksFor(near, kept.Title) || !slices.Contains(phrasers, r.Actor.Role) {
			return nil
		}
		return []bot.Button{{
			Label: cut(r.Words.Label("button.phrase", "title", near.Title), 60), Once: true,
			Action: "article.phrase " + near.Ref().String() + " " + pair("question", kept.Title) + " instead=" + kept.Ref().String(),
		}}
	})
}

// asksFor says whether a question is a way to ask for an article already.
func asksFor(a *crm.Article, question string) bool {
	return slices.ContainsFunc(append(slices.Clone(a.Phrasings), a.Title), func(p string) bool {
		return grammar.Bare(p) == grammar.Bare(question)
	})
}

// nearArticle is the published article that the line names as the nearest, nil
// for none.
func nearArticle(ctx context.Context, r *bot.Request) (*crm.Article, error) {
	ref, ok := crm.ParseRef(r.Args.String("near"))
	if !ok || ref.Kind != crm.KindArticle {
		return nil, nil
	}
	a, err := r.CRM.Articles.Article(ctx, crm.ArticleID(ref.ID))
	if err != nil || a.Status != crm.ArticlePublished {
		return nil, unseen(err)
	}
	return a, nil
}

// mostArticles bounds the articles that are read to find where an answer is from.
const mostArticles = 1000

// takenFrom is the published article that an answer was taken from, nil for none.
func takenFrom(ctx context.Context, r *bot.Request, answer string) (*crm.Article, error) {
	all, _, err := r.Store.Articles(ctx, crm.ArticleFilter{Status: crm.ArticlePublished, Page: crm.Page{Limit: mostArticles}})
	for _, a := range all {
		if sameWords(a.Body, answer) {
			return a, err
		}
	}
	return nil, err
}

// shortestSame is the shortest answer that can be told from an article's by its
// words, in characters.
const shortestSame = 8

// sameWords says whether an answer was taken from an article.
func sameWords(article, answer string) bool {
	a, b := grammar.Bare(markup.Plain(article)), grammar.Bare(answer)
	if len([]rune(b)) < shortestSame {
		return a == b
	}
	return strings.Contains(a, b)
}
