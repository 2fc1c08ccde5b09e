package crm

import (
	"context"
	"errors"
	"time"
)

// QuestionService keeps what people ask and what becomes of it.
type QuestionService struct{ *base }

// Became keeps what the asker did with an answer. Later outcomes replace
// earlier ones, but for a solved that is followed by a person. article is what
// he chose, 0 for none. A key that is not known changes nothing. CodeInvalid for
// an outcome that is none.
func (s *QuestionService) Became(ctx context.Context, key string, outcome Outcome, article ArticleID) error {
	switch outcome {
	case OutcomeSolved, OutcomePicked, OutcomeNotHelpful, OutcomeNone, OutcomePerson:
	default:
		return Fail(CodeInvalid, "error.invalid").In("outcome")
	}
	q, err := s.store.QuestionByKey(ctx, key)
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	version, err := s.shown(ctx, q, article)
	if err != nil {
		return err
	}
	_, err = s.store.UpdateQuestion(ctx, q.ID, func(q *Question) error {
		if q.Outcome == OutcomeSolved && outcome == OutcomePerson {
			return errSame
		}
		same := q.Outcome == outcome
		q.Outcome = outcome
		if article != 0 {
			same = same && q.ArticleID == article && q.ArticleVersion == version
			q.ArticleID, q.ArticleVersion = article, version
		}
		if same {
			return errSame
		}
		return nil
	})
	if errors.Is(err, errSame) || CodeOf(err) == CodeNotFound {
		return nil
	}
	return err
}

// Found keeps that a model found the article that answers a question after all,
// and how probable that is, 0 to 1. A key that is not known changes nothing.
func (s *QuestionService) Found(ctx context.Context, key string, article *Article, probability float64) error {
	q, err := s.store.QuestionByKey(ctx, key)
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.store.UpdateQuestion(ctx, q.ID, func(q *Question) error {
		q.Band, q.ArticleID, q.ArticleVersion = BandAnswered, article.ID, article.Version
		q.Probability = max(0, min(probability, 1))
		return nil
	})
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	return err
}

// shown is the version of an article that somebody was shown who chose it: the
// present one, 0 if it is gone.
func (s *QuestionService) shown(ctx context.Context, q *Question, article ArticleID) (int64, error) {
	if article == 0 {
		return 0, nil
	}
	a, err := s.store.Article(ctx, article)
	if CodeOf(err) == CodeNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return a.Version, nil
}

// Question returns one for somebody who works here. A conversation that is out
// of his sight is left out of it. CodeForbidden, CodeNotFound.
func (s *QuestionService) Question(ctx context.Context, by Actor, id QuestionID) (*Question, error) {
	if !by.Staff() {
		return nil, Fail(CodeForbidden, "forbidden.staff")
	}
	q, err := s.question(ctx, s.store, id)
	if err != nil {
		return nil, err
	}
	return q, s.veil(ctx, by, q)
}

// Questions returns what the filter selects, latest first, each as Question
// does. CodeForbidden for customers.
func (s *QuestionService) Questions(ctx context.Context, by Actor, f QuestionFilter) ([]*Question, int, error) {
	if !by.Staff() {
		return nil, 0, Fail(CodeForbidden, "forbidden.staff")
	}
	list, n, err := s.store.Questions(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	return list, n, s.veil(ctx, by, list...)
}

// Misses sums up what was asked at or after since, was missed and is still open:
// the most frequent first. A conversation that is out of the actor's sight is left
// out. CodeForbidden for customers.
func (s *QuestionService) Misses(ctx context.Context, by Actor, since time.Time, page Page) ([]*Miss, int, error) {
	if !by.Staff() {
		return nil, 0, Fail(CodeForbidden, "forbidden.staff")
	}
	list, n, err := s.store.Misses(ctx, since, page)
	if err != nil {
		return nil, 0, err
	}
	questions := make([]*Question, len(list))
	for i, m := range list {
		questions[i] = m.Question
	}
	return list, n, s.veil(ctx, by, questions...)
}

// Figures sums what was asked in [from, to). CodeForbidden for customers.
func (s *QuestionService) Figures(ctx context.Context, by Actor, from, to time.Time) (QuestionFigures, error) {
	if !by.Staff() {
		return QuestionFigures{}, Fail(CodeForbidden, "forbidden.staff")
	}
	return s.store.QuestionFigures(ctx, from, to)
}

// Use counts, by article, the questions asked at or after since that it was shown
// for. CodeForbidden for customers.
func (s *QuestionService) Use(ctx context.Context, by Actor, since time.Time) (map[ArticleID]int, error) {
	if !by.Staff() {
		return nil, Fail(CodeForbidden, "forbidden.staff")
	}
	return s.store.ArticleUse(ctx, since)
}

// Cluster keeps which questions ask alike: the ClusterID of each, by its ID. For
// the program, which compares them in a job.
func (s *QuestionService) Cluster(ctx context.Context, of map[QuestionID]QuestionID) error {
	return s.store.ClusterQuestions(ctx, of)
}

// Replied keeps what a person answered afterwards, and the article that says the
// same, 0 for none. For the program, which looks for it in a job. CodeNotFound.
func (s *QuestionService) Replied(ctx context.Context, id QuestionID, release ReleaseID, reply string, of ArticleID) error {
	_, err := s.store.UpdateQuestion(ctx, id, func(q *Question) error {
		q.ReplyID, q.Reply, q.ReplyOfID = release, cut(reply, textMax), of
		return nil
	})
	return missing(err, Ref{KindQuestion, int64(id)})
}

func (s *QuestionService) question(ctx context.Context, store Store, id QuestionID) (*Question, error) {
	q, err := store.Question(ctx, id)
	return q, missing(err, Ref{KindQuestion, int64(id)})
}

// veil leaves out of questions what the actor may not see: in which conversation
// and by whom they were asked. It takes one statement.
func (s *QuestionService) veil(ctx context.Context, by Actor, questions ...*Question) error {
	scope := by.Scope(KindConversation)
	if scope.Reach == All || len(questions) == 0 {
		return nil
	}
	f := ConversationFilter{Scope: scope, Page: Page{Limit: len(questions)}}
	for _, q := range questions {
		f.IDs = append(f.IDs, q.ConversationID)
	}
	seen, _, err := s.store.ConversationList(ctx, f)
	if err != nil {
		return err
	}
	known := map[ConversationID]bool{}
	for _, c := range seen {
		known[c.ID] = true
	}
	for _, q := range questions {
		if !known[q.ConversationID] {
			q.ConversationID, q.ContactID, q.ReplyID, q.Key = 0, 0, 0, ""
		}
	}
	return nil
}

// cut is the beginning of a text, of at most so many runes.
func cut(text string, most int) string {
	r := []rune(text)
	return string(r[:min(len(r), most)])
}
