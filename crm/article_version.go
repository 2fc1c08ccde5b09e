package crm

import (
	"context"
	"encoding/json"
)

// versionsMost is how many changes of an article are looked back.
const versionsMost = 500

// Versions are the article as it is and as it was before each of its latest 500
// changes, newest first. CodeForbidden for customers, CodeNotFound.
func (s *ArticleService) Versions(ctx context.Context, by Actor, id ArticleID) ([]ArticleVersion, error) {
	if err := by.sees(KindArticle); err != nil {
		return nil, err
	}
	return versions(ctx, s.store, id)
}

func versions(ctx context.Context, store Store, id ArticleID) ([]ArticleVersion, error) {
	ref := Ref{KindArticle, int64(id)}
	now, err := store.Article(ctx, id)
	if err != nil {
		return nil, missing(err, ref)
	}
	events, _, err := store.Events(ctx, EventFilter{Subject: ref, Page: Page{Limit: versionsMost, Uncounted: true}})
	if err != nil {
		return nil, err
	}
	out := []ArticleVersion{{Article: now, At: now.Created}}
	for _, e := range events { // newest first; each made the version that was found last
		if e.After == 0 {
			continue
		}
		if last := &out[len(out)-1]; last.Article.Version == e.After {
			last.At = e.At
			if e.ActorKind == AuthorUser {
				last.By = UserID(e.ActorID)
			}
		}
		if e.Before == "" {
			continue
		}
		var was Article
		if err := json.Unmarshal([]byte(e.Before), &was); err != nil {
			return nil, Fail(CodeInternal, "error.internal").Because(err)
		}
		out = append(out, ArticleVersion{Article: &was, At: was.Updated})
	}
	return out, nil
}

// Restore gives an article the content of an earlier version, as Propose would.
// CodeForbidden, CodeNotFound where the article or its version is not known.
func (s *ArticleService) Restore(ctx context.Context, by Actor, id ArticleID, version int64) (kept *Article, published bool, err error) {
	if err := by.may(create, KindArticle, 0); err != nil {
		return nil, false, err
	}
	all, err := versions(ctx, s.store, id)
	if err != nil {
		return nil, false, err
	}
	for _, v := range all {
		if v.Article.Version == version {
			return s.Propose(ctx, by, &Article{
				ID: id, Title: v.Article.Title, Body: v.Article.Body,
				Phrasings: tidyList(v.Article.Phrasings), Tags: tidyList(v.Article.Tags),
				Status: all[0].Article.Status,
			})
		}
	}
	return nil, false, Fail(CodeNotFound, "article.version.missing", "version", version)
}
