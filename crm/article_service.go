package crm

import (
	"context"
	"slices"
	"strings"
)

// ArticleService keeps the knowledge base. Everybody who works here may propose;
// what the bot answers with is let out by those who Approve.
type ArticleService struct{ *base }

// Put makes or changes the article of slug and language as it is given, with its
// status; unchanged content changes nothing. It is the door of imports. It says
// whether the article was new or changed. Returns CodeInvalid, CodeForbidden.
func (s *ArticleService) Put(ctx context.Context, by Actor, article *Article) (created, changed bool, err error) {
	if err := by.may(approve, KindArticle, 0); err != nil {
		return false, false, err
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		if err := article.check(); err != nil {
			return err
		}
		have, err := a.written(ctx, article)
		if err != nil {
			return err
		}
		if created = have == nil; created {
			if err := a.store.CreateArticle(ctx, article); err != nil {
				return err
			}
			return a.made(ctx, article)
		}
		now, err := change(ctx, a, approve, KindArticle, "changed", a.store.UpdateArticle, have.ID, func(x *Article) error {
			x.take(article)
			x.Status = article.Status
			return nil
		})
		if err != nil {
			return err
		}
		changed = now.Version != have.Version
		*article = *now
		return nil
	})
	if err != nil {
		return false, false, err
	}
	return created, changed, nil
}

// written is the article of the same slug and language, nil for none.
func (a *act) written(ctx context.Context, article *Article) (*Article, error) {
	have, _, err := a.store.Articles(ctx, ArticleFilter{Slug: article.Slug, Language: article.Language, Page: Page{Limit: 1}})
	if err != nil || len(have) == 0 {
		return nil, err
	}
	return have[0], nil
}

// Article returns one. CodeNotFound.
func (s *ArticleService) Article(ctx context.Context, id ArticleID) (*Article, error) {
	a, err := s.store.Article(ctx, id)
	return a, missing(err, Ref{KindArticle, int64(id)})
}

// Articles returns what the filter selects, with drafts and what is archived, and
// the total before paging. CodeForbidden for customers.
func (s *ArticleService) Articles(ctx context.Context, by Actor, f ArticleFilter) ([]*Article, int, error) {
	if err := by.sees(KindArticle); err != nil {
		return nil, 0, err
	}
	return s.store.Articles(ctx, f)
}

// Phrase adds a way to ask for an article; one that it has changes nothing. Where
// a change waits, that has it too. CodeInvalid, CodeForbidden, CodeNotFound.
func (s *ArticleService) Phrase(ctx context.Context, by Actor, id ArticleID, question string) (*Article, error) {
	question, err := tidy("phrasings", flat(question), QuestionMax)
	if err == nil && question == "" {
		err = Fail(CodeInvalid, "field.empty").In("phrasings")
	}
	if err != nil {
		return nil, err
	}
	return s.change(ctx, by, modify, "taught", id, func(a *Article) error {
		return a.phrase(question)
	})
}

// Unphrase takes a way to ask for an article away; one that it has not changes
// nothing. CodeForbidden, CodeNotFound.
func (s *ArticleService) Unphrase(ctx context.Context, by Actor, id ArticleID, question string) (*Article, error) {
	return s.change(ctx, by, modify, "changed", id, func(a *Article) error {
		a.Phrasings = without(a.Phrasings, question)
		if a.Proposal != nil {
			p := *a.Proposal
			p.Phrasings = without(p.Phrasings, question)
			a.Proposal = &p
		}
		return nil
	})
}

func (s *ArticleService) change(ctx context.Context, by Actor, d do, verb string, id ArticleID, fn func(*Article) error) (*Article, error) {
	var kept *Article
	err := s.act(ctx, by, func(ctx context.Context, a *act) (err error) {
		kept, err = change(ctx, a, d, KindArticle, verb, a.store.UpdateArticle, id, fn)
		return err
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// phrase adds ways to ask for an article, and for what is proposed in its place.
// Returns CodeInvalid where it has too many.
func (a *Article) phrase(questions ...string) error {
	a.Phrasings = with(a.Phrasings, a.Title, questions)
	if a.Proposal != nil {
		p := *a.Proposal
		p.Phrasings = with(p.Phrasings, p.Title, questions)
		a.Proposal = &p
	}
	return bounded("phrasings", a.Phrasings, phrasingsMost)
}

// with are phrasings with more of them, but for what is there or is the title.
func with(phrasings []string, title string, more []string) []string {
	out := slices.Clone(phrasings)
	for _, q := range more {
		if !alikeTo(q)(title) && !slices.ContainsFunc(out, alikeTo(q)) {
			out = append(out, q)
		}
	}
	return out
}

func without(phrasings []string, question string) []string {
	if !slices.ContainsFunc(phrasings, alikeTo(question)) {
		return phrasings
	}
	return slices.DeleteFunc(slices.Clone(phrasings), alikeTo(question))
}

// alikeTo says whether a text differs from another in case and spaces only.
func alikeTo(a string) func(b string) bool {
	a = strings.ToLower(flat(a))
	return func(b string) bool { return strings.ToLower(flat(b)) == a }
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
	if err := bounded("phrasings", a.Phrasings, phrasingsMost); err != nil {
		return err
	}
	if err := bounded("tags", a.Tags, tagsMost); err != nil {
		return err
	}
	return set(setters, map[string]string{"slug": a.Slug, "language": a.Language, "title": a.Title, "body": a.Body})
}

// How much of it an article may have. Each entry is at most QuestionMax runes.
const (
	phrasingsMost = 500
	tagsMost      = 100
)

// bounded checks a list. Returns CodeInvalid.
func bounded(field string, list []string, most int) error {
	if len(list) > most {
		return Fail(CodeInvalid, "field.many", "max", most).In(field)
	}
	for _, s := range list {
		if _, err := tidy(field, s, QuestionMax); err != nil {
			return err
		}
	}
	return nil
}

// take copies the content of another.
func (a *Article) take(from *Article) {
	a.Title, a.Body = from.Title, from.Body
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
