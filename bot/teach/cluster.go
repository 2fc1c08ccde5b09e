package teach

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"crmbot/bot/knowledge/index"
	"crmbot/crm"
)

const (
	// alikeFrom is how alike two questions are that ask the same, 0 to 1; short as
	// they are, Chinese ones are so with less in common. Measured on customers'
	// questions in both languages: of the pairs above, two in three ask the same.
	alikeFrom    = 0.6
	alikeFromHan = 0.45
	// nearlySame is how alike they are where what only one of them names is a slip of
	// the pen.
	nearlySame = 0.8
	// likely is how probable an article is that may well be meant, 0 to 1.
	likely = 0.2
	// sameTop is how much more alike they are for which the same article came first.
	sameTop = 0.1
	// compareFor is how old a question may be that others are compared with.
	compareFor = 60 * 24 * time.Hour
	// mostLeaders is with how many others a question is compared.
	mostLeaders = 1000
)

// likeness is how alike two questions are.
type likeness func(a, b *crm.Question) float64

// likeness compares by words, and by what the knowledge base took them for. What
// it has taken apart it keeps: every question is compared with many.
func (t *teacher) likeness() likeness {
	take, seen := t.mind.Sketcher(), map[crm.QuestionID]index.Sketch{}
	sketch := func(q *crm.Question) index.Sketch {
		s, ok := seen[q.ID]
		if !ok {
			s = take(q.Text)
			seen[q.ID] = s
		}
		return s
	}
	return func(a, b *crm.Question) float64 {
		x, y := sketch(a), sketch(b)
		alike := x.Alike(y)
		if alike < nearlySame && x.Apart(y) { // "do you rent castles", "do you rent cranes"
			return 0
		}
		if meant(a) != 0 && meant(a) == meant(b) {
			alike += sameTop
		}
		return alike
	}
}

// compare puts fresh questions that the bot missed, or was not sure of, with those
// that ask alike: at most most of each, the latest first. What asks just like one
// that was set aside is set aside too.
func (t *teacher) compare(ctx context.Context, store crm.QuestionStore, now time.Time, most int) error {
	f := crm.QuestionFilter{Missed: true, Unclustered: true, Since: now.Add(-compareFor)}
	fresh, err := all(ctx, store, f, most)
	if err != nil {
		return err
	}
	f.Missed, f.Open, f.Band = false, true, crm.BandSuggested
	unsure, err := all(ctx, store, f, most)
	if err != nil {
		return err
	}
	fresh = append(fresh, slices.DeleteFunc(unsure, (*crm.Question).Missed)...)
	if len(fresh) == 0 {
		return nil
	}
	leaders, err := all(ctx, store, crm.QuestionFilter{Leading: true, Since: f.Since}, mostLeaders)
	if err != nil {
		return err
	}
	of := gather(leaders, fresh, t.likeness())
	if err := store.ClusterQuestions(ctx, of); err != nil {
		return err
	}
	for _, l := range leaders {
		if l.State != crm.QuestionIgnored {
			continue
		}
		var ids []crm.QuestionID
		for _, q := range fresh {
			if of[q.ID] == l.ID {
				ids = append(ids, q.ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		if _, err := store.SettleQuestions(ctx, ids, crm.Lesson{}, crm.Lesson{State: crm.QuestionIgnored, By: l.TaughtBy}); err != nil {
			return err
		}
	}
	return nil
}

// gather is the cluster of each fresh question: that of the leader which is most
// like it, or its own (leader clustering in one pass, oldest first). The order of
// what it is given makes no difference.
func gather(leaders, fresh []*crm.Question, alike likeness) map[crm.QuestionID]crm.QuestionID {
	leaders, fresh = byAge(leaders), byAge(fresh)
	of := map[crm.QuestionID]crm.QuestionID{}
	for _, q := range fresh {
		leader := nearest(leaders, q, alike)
		if leader == nil {
			leader = q
			leaders = append(leaders, q)
		}
		of[q.ID] = leader.ID
	}
	return of
}

// nearest is the leader that asks like a question, nil for none. One that was set
// aside must ask nearly the same; one that was taught draws nothing to it, for the
// bot should have known.
func nearest(leaders []*crm.Question, q *crm.Question, alike likeness) *crm.Question {
	var found *crm.Question
	best := 0.0
	for _, l := range leaders {
		switch l.State {
		case crm.QuestionTaught, crm.QuestionDrafted:
			continue
		}
		if l.ID == q.ID || l.Text == q.Text {
			return l
		}
		p := alike(l, q)
		if p > best && same(p, l, q) && (l.State == crm.QuestionOpen || p >= nearlySame) {
			found, best = l, p
		}
	}
	return found
}

// meant is the article that the knowledge base took a question for with some
// reason, 0 for none.
func meant(q *crm.Question) crm.ArticleID {
	if len(q.Top) == 0 || q.Top[0].Probability < likely {
		return 0
	}
	return q.Top[0].Article
}

// same says whether two questions ask the same that are so alike.
func same(alike float64, a, b *crm.Question) bool {
	if hasHan(a.Text) && hasHan(b.Text) {
		return alike >= alikeFromHan
	}
	return alike >= alikeFrom
}

func hasHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// byAge are the questions, the oldest first.
func byAge(questions []*crm.Question) []*crm.Question {
	return slices.SortedFunc(slices.Values(questions), func(a, b *crm.Question) int {
		return cmp.Or(a.Asked.Compare(b.Asked), cmp.Compare(a.ID, b.ID))
	})
}

// all are the questions that a filter selects, the latest first and at most most.
func all(ctx context.Context, store crm.QuestionStore, f crm.QuestionFilter, most int) ([]*crm.Question, error) {
	var out []*crm.Question
	for len(out) < most {
		f.Page = crm.Page{Limit: min(500, most-len(out)), Offset: len(out)}
		found, total, err := store.Questions(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		if len(found) == 0 || len(out) >= total {
			break
		}
	}
	return out, nil
}
