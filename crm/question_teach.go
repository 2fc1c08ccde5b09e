package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// alikeMost is how many phrasings an article gets from one lesson.
const alikeMost = 10

// Teach makes the question a phrasing of the article, with what others asked alike
// in other words, ten at most, and closes all of them that were open: as taught,
// or as drafted where the article is a draft. Undo takes both back. The same once
// more changes nothing. Returns CodeForbidden for who may not change articles,
// CodeNotFound, CodeConflict where somebody has dealt with the question
// ("question.settled") or the article is archived ("article.archived").
func (s *QuestionService) Teach(ctx context.Context, by Actor, id QuestionID, article ArticleID) (*Article, error) {
	if err := by.may(modify, KindArticle, 0); err != nil {
		return nil, err
	}
	var kept *Article
	err := s.act(ctx, by, func(ctx context.Context, a *act) error {
		q, err := s.question(ctx, a.store, id)
		if err != nil {
			return err
		}
		if kept, err = a.store.Article(ctx, article); err != nil {
			return missing(err, Ref{KindArticle, int64(article)})
		}
		if q.TaughtID == article && q.State != QuestionOpen {
			return nil
		}
		lesson := Lesson{State: QuestionTaught, Article: article, By: by.User}
		switch kept.Status {
		case ArticleArchived:
			return Fail(CodeConflict, "article.archived", "title", kept.Title)
		case ArticleDraft:
			lesson.State = QuestionDrafted
		}
		ids, texts, err := alike(ctx, a.store, q)
		if err != nil {
			return err
		}
		kept, err = change(ctx, a, modify, KindArticle, "taught", a.store.UpdateArticle, article, func(x *Article) error {
			return x.phrase(texts...)
		})
		if err != nil {
			return err
		}
		return a.settle(ctx, q, ids, Lesson{}, lesson)
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// Draft makes an article of the question that waits for approval, and closes all
// that were asked alike. Its text is body, or what a person answered where that is
// "". Undo takes both back. CodeInvalid without a text, CodeForbidden,
// CodeNotFound, CodeConflict ("question.settled").
func (s *QuestionService) Draft(ctx context.Context, by Actor, id QuestionID, body string) (*Article, error) {
	if err := by.may(create, KindArticle, 0); err != nil {
		return nil, err
	}
	var made *Article
	err := s.act(ctx, by, func(ctx context.Context, a *act) error {
		q, err := s.question(ctx, a.store, id)
		if err != nil {
			return err
		}
		ids, texts, err := alike(ctx, a.store, q)
		if err != nil {
			return err
		}
		made = &Article{
			Slug: fmt.Sprintf("question-%d", q.ID), Language: q.Language, Title: cut(flat(q.Text), nameMax),
			Body: either(body, q.Reply), Status: ArticleDraft, AuthorID: by.User,
		}
		if err := made.phrase(texts...); err != nil {
			return err
		}
		if err := made.check(); err != nil {
			return err
		}
		for n := 2; ; n++ { // a draft of it may have been rejected
			other, err := a.written(ctx, made)
			if err != nil {
				return err
			}
			if other == nil {
				break
			}
			made.Slug = fmt.Sprintf("question-%d-%d", q.ID, n)
		}
		if err := a.store.CreateArticle(ctx, made); err != nil {
			return err
		}
		if err := a.made(ctx, made); err != nil {
			return err
		}
		return a.settle(ctx, q, ids, Lesson{}, Lesson{State: QuestionDrafted, Article: made.ID, By: by.User})
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// Ignore sets a question and all that ask alike aside. Undo takes it back. The
// same once more changes nothing. CodeForbidden, CodeNotFound, CodeConflict
// ("question.settled").
func (s *QuestionService) Ignore(ctx context.Context, by Actor, id QuestionID) error {
	if err := by.may(modify, KindArticle, 0); err != nil {
		return err
	}
	return s.act(ctx, by, func(ctx context.Context, a *act) error {
		q, err := s.question(ctx, a.store, id)
		if err != nil || q.State == QuestionIgnored {
			return err
		}
		ids, _, err := alike(ctx, a.store, q)
		if err != nil {
			return err
		}
		return a.settle(ctx, q, ids, Lesson{}, Lesson{State: QuestionIgnored, By: by.User})
	})
}

// settled is the answer for a question that somebody has dealt with.
func settled(q *Question) *Error {
	return Fail(CodeConflict, "question.settled", "question", q.Text)
}

// settlement is what undo needs of a lesson.
type settlement struct {
	Questions []QuestionID `json:"questions"`
	From      Lesson       `json:"from"`
	To        Lesson       `json:"to"`
}

// alike are the question and the open ones of its cluster, and their texts without
// repetition, its own first. CodeConflict where it is not open itself.
func alike(ctx context.Context, store Store, q *Question) ([]QuestionID, []string, error) {
	if q.State != QuestionOpen {
		return nil, nil, settled(q)
	}
	ids, texts := []QuestionID{q.ID}, []string{q.Text}
	f := QuestionFilter{Cluster: q.ClusterID, Open: true, Page: Page{Limit: 500}}
	for q.ClusterID != 0 {
		some, n, err := store.Questions(ctx, f)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range some {
			if x.ID != q.ID {
				ids, texts = append(ids, x.ID), append(texts, x.Text)
			}
		}
		if f.Page.Offset += len(some); len(some) == 0 || f.Page.Offset >= n {
			break
		}
	}
	texts = distinct(texts)
	return ids, texts[:min(len(texts), alikeMost)], nil
}

// settle gives questions, which were asked like q, another lesson, and logs that.
// CodeConflict where somebody else was faster.
func (a *act) settle(ctx context.Context, q *Question, ids []QuestionID, from, to Lesson) error {
	n, err := a.store.SettleQuestions(ctx, ids, from, to)
	if err != nil {
		return err
	}
	if n != len(ids) {
		return settled(q)
	}
	before, err := json.Marshal(settlement{Questions: ids, From: from, To: to})
	if err != nil {
		return err
	}
	a.logs = append(a.logs, &Event{
		At: a.now, ActorKind: a.by.Kind, ActorID: a.by.ID(), SubjectKind: KindQuestion, SubjectID: int64(q.ID),
		Verb: either(string(to.State), "reopened"), Changes: map[string]Change{"asked": {To: q.Text}}, Act: a.id, Before: string(before),
	})
	return nil
}

// resettle takes a lesson back from the questions that still have it.
func (a *act) resettle(ctx context.Context, s *step) error {
	var was settlement
	if err := json.Unmarshal([]byte(s.before), &was); err != nil {
		return err
	}
	_, err := a.store.SettleQuestions(ctx, was.Questions, was.To, was.From)
	return err
}

// reopen opens the questions again that a draft was made of, because it is
// rejected.
func (a *act) reopen(ctx context.Context, id ArticleID) error {
	for {
		all, _, err := a.store.Questions(ctx, QuestionFilter{Taught: id, Page: Page{Limit: 500, Uncounted: true}})
		if err != nil || len(all) == 0 {
			return err
		}
		lesson := func(q *Question) Lesson { return Lesson{State: q.State, Article: q.TaughtID, By: q.TaughtBy} }
		first := lesson(all[0])
		var ids []QuestionID
		for _, q := range all {
			if lesson(q) == first {
				ids = append(ids, q.ID)
			}
		}
		if err := a.settle(ctx, all[0], ids, first, Lesson{}); err != nil {
			return err
		}
	}
}

// distinct are the texts without those that differ in case and spaces only.
func distinct(texts []string) []string {
	var out []string
	known := map[string]bool{}
	for _, t := range texts {
		t = flat(t)
		if key := strings.ToLower(t); t != "" && !known[key] {
			known[key] = true
			out = append(out, t)
		}
	}
	return out
}

// flat is a text in one line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }
