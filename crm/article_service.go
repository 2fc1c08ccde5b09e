package crm

import (
	"context"
	"slices"
	"strings"
)

// ArticleService keeps the knowledge base.
type ArticleService struct{ *base }

// Put makes or changes the article of slug and language; unchanged content
// changes nothing. It says whether it was new or changed. Returns CodeInvalid,
// CodeForbidden.
func (s *ArticleService) Put(ctx context.Context, by Actor, article *Article) (created, changed bool, err error) {
	if err := by.may(create, KindArticle, 0); err != nil {
		return false, false, err
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		if err := article.check(); err != nil {
			return err
		}
		have, _, err := a.store.Articles(ctx, ArticleFilter{Slug: article.Slug, Language: article.Language, Page: Page{Limit: 1}})
		if err != nil {
			return err
		}
		if created = len(have) == 0; created {
			if err := a.store.CreateArticle(ctx, article); err != nil {
				return err
			}
			return a.made(ctx, article)
		}
		now, err := change(ctx, a, modify, KindArticle, "changed", a.store.UpdateArticle, have[0].ID, func(x *Article) error {
			x.take(article)
			return nil
		})
		if err != nil {
			return err
		}
		changed = now.Version != have[0].Version
		*article = *now
		return nil
	})
	if err != nil {
		return false, false, err
	}
	return created, changed, nil
}

// Article returns one. CodeNotFound.
func (s *ArticleService) Article(ctx context.Context, id ArticleID) (*Article, error) {
	a, err := s.store.Article(ctx, id)
	return a, missing(err, Ref{KindArticle, int64(id)})
}

// check tidies a new article.
func (a *Article) check() error {
	setters := map[string]setter{
		"slug": name("slug", &a.Slug), "language": name("language", &a.Language), "title": name("title", &a.Title),
		"body": func(v string) error {
			if strings.TrimSpace(v) == "" {
				return Fail(CodeInvalid, "field.empty").In("body")
			}
			return text("body", &a.Body, textMax)(v)
		},
	}
	a.Status = ArticleStatus(either(string(a.Status), string(ArticlePublished)))
	a.Phrasings, a.Tags = tidyList(a.Phrasings), tidyList(a.Tags)
	return set(setters, map[string]string{"slug": a.Slug, "language": a.Language, "title": a.Title, "body": a.Body})
}

// take copies the content of another.
func (a *Article) take(from *Article) {
	a.Title, a.Body, a.Status = from.Title, from.Body, from.Status
	if !slices.Equal(a.Phrasings, from.Phrasings) {
		a.Phrasings = from.Phrasings
	}
	if !slices.Equal(a.Tags, from.Tags) {
		a.Tags = from.Tags
	}
}

// tidyList trims the entries and leaves out empty and repeated ones.
func tidyList(list []string) []string {
	out := []string{}
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
