package teach

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/crm"
)

// What a colleague answered to a question that the bot had missed: his words
// that went to that customer within a day, before the customer asked something
// else.

// answeredWithin is how long after a question an answer still belongs to it.
const answeredWithin = 24 * time.Hour

// mostReplies is how many of a colleague's words are looked at.
const mostReplies = 50

// answered is what somebody answered, and the article that says the same.
type answered struct {
	release *crm.Release
	article *crm.Article // nil for none
}

// of is the number of that article, 0 for none.
func (a answered) of() crm.ArticleID {
	if a.article == nil {
		return 0
	}
	return a.article.ID
}

// answerTo looks up what a colleague answered to a question. The zero value is
// nothing yet.
func (t *teacher) answerTo(ctx context.Context, store crm.Store, q *crm.Question) (answered, error) {
	until, err := nextAsked(ctx, store, q)
	if err != nil {
		return answered{}, err
	}
	found, _, err := store.Releases(ctx, crm.ReleaseFilter{
		Conversation: q.ConversationID, States: []crm.ReleaseState{crm.ReleaseSent}, Page: crm.Page{Limit: mostReplies, Uncounted: true},
	})
	if err != nil {
		return answered{}, err
	}
	found = slices.DeleteFunc(slices.Clone(found), func(r *crm.Release) bool {
		return r.Created.Before(q.Asked) || !r.Created.Before(until) || strings.TrimSpace(r.Body) == ""
	})
	return t.telling(found), nil
}

// telling is the one that answers, among somebody's words: the one that an
// article says too, else the longest, for "hello" and "one moment" are short.
func (t *teacher) telling(said []*crm.Release) answered {
	slices.SortFunc(said, func(a, b *crm.Release) int {
		return cmp.Or(cmp.Compare(utf8.RuneCountInString(b.Body), utf8.RuneCountInString(a.Body)), cmp.Compare(a.ID, b.ID))
	})
	for _, r := range said {
		for _, text := range []string{r.Body, r.Original} { // the article may be in either language
			if text == "" {
				continue
			}
			if a := t.mind.Says(text); a != nil {
				return answered{r, a}
			}
		}
	}
	if len(said) == 0 {
		return answered{}
	}
	return answered{release: said[0]}
}

// nextAsked is until when what is said belongs to a question.
func nextAsked(ctx context.Context, store crm.Store, q *crm.Question) (time.Time, error) {
	until := q.Asked.Add(answeredWithin)
	found, _, err := store.Questions(ctx, crm.QuestionFilter{
		Conversation: q.ConversationID, Since: q.Asked, Until: until, Page: crm.Page{Limit: mostReplies, Uncounted: true},
	})
	for _, next := range found {
		if next.Asked.After(q.Asked) && next.Asked.Before(until) {
			until = next.Asked
		}
	}
	return until, err
}
