package crm

import "context"

// Propose makes or changes an article: the one of its ID, or else of its slug and
// language. Phrasings and Tags that are nil stay as they are. Everybody who works
// here may. A new one is a draft, or published at
// once where Status asks for that and the actor Approves. A draft is changed by
// anybody. What is published is changed at once by who Approves; of anybody else
// the change waits as the article's Proposal. It returns the article as it is kept
// and whether the bot answers with this content now. The same once more changes
// nothing. CodeInvalid, CodeForbidden, CodeNotFound.
func (s *ArticleService) Propose(ctx context.Context, by Actor, article *Article) (kept *Article, published bool, err error) {
	if err := by.may(create, KindArticle, 0); err != nil {
		return nil, false, err
	}
	want := *article
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		have, err := a.meant(ctx, &want)
		if err != nil {
			return err
		}
		if have != nil && want.Phrasings == nil {
			want.Phrasings = have.Phrasings
		}
		if have != nil && want.Tags == nil {
			want.Tags = have.Tags
		}
		if want.Status != ArticlePublished || !by.Approves() {
			want.Status = ArticleDraft
		}
		if err := want.check(); err != nil {
			return err
		}
		if have != nil {
			kept, err = a.propose(ctx, have, &want)
			return err
		}
		want.AuthorID, want.Proposal = by.User, nil
		if err := a.store.CreateArticle(ctx, &want); err != nil {
			return err
		}
		kept = &want
		return a.made(ctx, kept)
	})
	if err != nil {
		return nil, false, err
	}
	return kept, kept.Status == ArticlePublished && kept.same(&want), nil
}

// meant is the article that somebody wants to change, nil for a new one.
func (a *act) meant(ctx context.Context, want *Article) (*Article, error) {
	if want.ID == 0 {
		return a.written(ctx, &Article{Slug: flat(want.Slug), Language: flat(want.Language)})
	}
	have, err := a.store.Article(ctx, want.ID)
	if err != nil {
		return nil, missing(err, Ref{KindArticle, int64(want.ID)})
	}
	want.Slug, want.Language = have.Slug, have.Language
	return have, nil
}

// propose changes an article that is there, as far as the actor may.
func (a *act) propose(ctx context.Context, have, want *Article) (*Article, error) {
	verb, direct := "proposed", a.by.Approves() || have.Status == ArticleDraft
	if direct {
		verb = "changed"
	}
	return change(ctx, a, create, KindArticle, verb, a.store.UpdateArticle, have.ID, func(x *Article) error {
		switch {
		case direct && (a.by.Approves() || x.Status == ArticleDraft):
			x.take(want)
			if want.Status == ArticlePublished {
				x.Status = ArticlePublished
			}
			if x.Proposal != nil && x.same(x.Proposal.Article(x)) {
				x.Proposal = nil
			}
		case x.same(want), x.Proposal != nil && want.same(x.Proposal.Article(x)):
		default:
			x.Proposal = want.proposal(a.by.User, a.now)
		}
		return nil
	})
}

// Approve lets the bot answer with a draft, or with the change that waits. Where
// neither is, nothing changes. CodeForbidden, CodeNotFound.
func (s *ArticleService) Approve(ctx context.Context, by Actor, id ArticleID) (*Article, error) {
	return s.change(ctx, by, approve, "approved", id, func(a *Article) error {
		if a.Proposal == nil && a.Status != ArticleDraft {
			return nil
		}
		a.take(a.Proposal.Article(a))
		a.Status, a.Proposal = ArticlePublished, nil
		return nil
	})
}

// Reject drops the change that waits, or archives a draft and opens the questions
// again that it was made of. Whoever proposed it may take it back himself. Where
// neither is, nothing changes. CodeForbidden, CodeNotFound.
func (s *ArticleService) Reject(ctx context.Context, by Actor, id ArticleID) (*Article, error) {
	var kept *Article
	err := s.act(ctx, by, func(ctx context.Context, a *act) (err error) {
		drafted := false
		kept, err = change(ctx, a, create, KindArticle, "rejected", a.store.UpdateArticle, id, func(x *Article) error {
			author := x.AuthorID
			if x.Proposal != nil {
				author = x.Proposal.By
			}
			if author == 0 || author != by.User {
				if err := by.may(approve, KindArticle, 0); err != nil {
					return err
				}
			}
			switch drafted = x.Proposal == nil && x.Status == ArticleDraft; {
			case x.Proposal != nil:
				x.Proposal = nil
			case drafted:
				x.Status = ArticleArchived
			}
			return nil
		})
		if err != nil || !drafted {
			return err
		}
		return a.reopen(ctx, id)
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// Archive has the bot not answer with an article any more, and drops what waits.
// CodeForbidden, CodeNotFound.
func (s *ArticleService) Archive(ctx context.Context, by Actor, id ArticleID) (*Article, error) {
	return s.change(ctx, by, approve, "archived", id, func(a *Article) error {
		a.Status, a.Proposal = ArticleArchived, nil
		return nil
	})
}
