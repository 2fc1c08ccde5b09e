package storagetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

func questions(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateQuestions(ctx, nil))
	a := &crm.Question{
		Key: "b", ConversationID: 1, ContactID: 2, Text: "多少钱？", Language: "zh-CN", Knowledge: 7, Probability: 0.25,
		Top: []crm.Candidate{{Article: 3, Version: 4, Probability: 0.25}}, Band: crm.BandSuggested, Asked: at(0),
	}
	b, twice := &crm.Question{Key: "a", Text: "one", Asked: at(1)}, &crm.Question{Key: "a", Text: "two", Asked: at(2)}
	fine(t, s.CreateQuestions(ctx, []*crm.Question{a, b, twice}))
	if a.ID == 0 || b.ID == 0 || a.ID == b.ID {
		t.Errorf("numbers %d and %d", a.ID, b.ID)
	}
	same(t, "a key that is there twice", twice.ID, crm.QuestionID(0))
	same(t, "made", a.Created, Clock())
	same(t, "kept", ok(s.Question(ctx, a.ID))(t), a)
	same(t, "by key", ok(s.QuestionByKey(ctx, "a"))(t), b)

	again, more := &crm.Question{Key: "a", Text: "three", Asked: at(3)}, &crm.Question{Key: "c", Asked: at(3)}
	fine(t, s.CreateQuestions(ctx, []*crm.Question{again, more}))
	same(t, "known already", again.ID, crm.QuestionID(0))
	same(t, "left alone", ok(s.QuestionByKey(ctx, "a"))(t).Text, "one")
	same(t, "beside it", ok(s.Question(ctx, more.ID))(t), more)

	got := ok(s.UpdateQuestion(ctx, a.ID, func(q *crm.Question) error {
		q.Outcome, q.ArticleID, q.ArticleVersion, q.ClusterID = crm.OutcomePicked, 3, 4, q.ID
		q.ID = 77
		return nil
	}))(t)
	same(t, "changed", ok(s.Question(ctx, a.ID))(t), got)
	same(t, "picked", got.Outcome, crm.OutcomePicked)
	_, err := s.UpdateQuestion(ctx, a.ID, func(q *crm.Question) error { q.Text = "x"; return errRefused })
	same(t, "refused", err, errRefused)
	same(t, "after a refused change", ok(s.Question(ctx, a.ID))(t), got)

	same(t, "removed", ok(s.PruneQuestions(ctx, at(1)))(t), 1)
	same(t, "those that stay", number(ok3(s.Questions(ctx, crm.QuestionFilter{}))(t)), 2)
}

// ok3 is ok for a list.
func ok3[T any](list []T, n int, err error) func(t *testing.T) ([]T, int) {
	return func(t *testing.T) ([]T, int) {
		t.Helper()
		fine(t, err)
		return list, n
	}
}

func questionFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateContacts(ctx, &crm.Contact{}, &crm.Contact{MergedInto: 1}))
	fine(t, s.CreateQuestions(ctx, []*crm.Question{
		{Key: "1", ConversationID: 1, ContactID: 1, Band: crm.BandHandedOff, Asked: at(10), ClusterID: 1},
		{Key: "2", ConversationID: 1, ContactID: 2, Band: crm.BandHandedOff, Asked: at(20), ClusterID: 1, State: crm.QuestionTaught, TaughtID: 8},
		{Key: "3", ConversationID: 2, ContactID: 9, Band: crm.BandAnswered, Asked: at(5), ArticleID: 4, ReplyID: 6},
		{Key: "4", ConversationID: 2, Band: crm.BandHandedOff, Asked: at(20), ReplyID: 6},
	}))
	for what, c := range map[string]struct {
		f    crm.QuestionFilter
		want []int
	}{
		"all":                  {crm.QuestionFilter{}, []int{4, 2, 1, 3}},
		"conversation":         {crm.QuestionFilter{Conversation: 1}, []int{2, 1}},
		"contact, with merged": {crm.QuestionFilter{Contact: 1}, []int{2, 1}},
		"the merged one alone": {crm.QuestionFilter{Contact: 2}, []int{2}},
		"cluster":              {crm.QuestionFilter{Cluster: 1}, []int{2, 1}},
		"cluster of one":       {crm.QuestionFilter{Cluster: 3}, []int{3}},
		"article":              {crm.QuestionFilter{Article: 4}, []int{3}},
		"taught":               {crm.QuestionFilter{Taught: 8}, []int{2}},
		"missed":               {crm.QuestionFilter{Missed: true}, []int{4, 1}},
		"open":                 {crm.QuestionFilter{Open: true}, []int{4, 1, 3}},
		"band":                 {crm.QuestionFilter{Band: crm.BandAnswered}, []int{3}},
		"not compared":         {crm.QuestionFilter{Unclustered: true}, []int{4, 3}},
		"leading":              {crm.QuestionFilter{Leading: true}, []int{1}},
		"not answered":         {crm.QuestionFilter{Unreplied: true}, []int{2, 1}},
		"since":                {crm.QuestionFilter{Since: at(10)}, []int{4, 2, 1}},
		"until":                {crm.QuestionFilter{Until: at(20)}, []int{1, 3}},
		"several at once":      {crm.QuestionFilter{Missed: true, Unreplied: true, Since: at(1), Cluster: 1}, []int{1}},
		"page":                 {crm.QuestionFilter{Page: crm.Page{Limit: 1, Offset: 1}}, []int{2}},
	} {
		list, n := ok3(s.Questions(ctx, c.f))(t)
		got := []int{}
		for _, q := range list {
			got = append(got, int(q.ID))
		}
		same(t, what, got, c.want)
		if c.f.Page == (crm.Page{}) {
			same(t, what+": total", n, len(c.want))
		}
	}
}

// many are questions of every kind that there is, in one order.
func many() []*crm.Question {
	var out []*crm.Question
	for _, band := range []crm.Band{crm.BandAnswered, crm.BandSuggested, crm.BandHandedOff, ""} {
		for _, outcome := range []crm.Outcome{
			"", crm.OutcomeSolved, crm.OutcomePicked, crm.OutcomeNotHelpful, crm.OutcomeNone, crm.OutcomePerson, "unheard of",
		} {
			for _, state := range []crm.QuestionState{crm.QuestionOpen, crm.QuestionTaught, crm.QuestionDrafted, crm.QuestionIgnored} {
				for _, reply := range []crm.ReleaseID{0, 5} {
					n := len(out)
					out = append(out, &crm.Question{
						Key: fmt.Sprint(n), Band: band, Outcome: outcome, State: state, ReplyID: reply, Asked: at(n * 37 % 100),
					})
				}
			}
		}
	}
	return out
}

// missedQuestions holds what the filters select against what the questions say
// of themselves, for every kind of question.
func missedQuestions(t *testing.T, s bot.Store) {
	all := many()
	fine(t, s.CreateQuestions(t.Context(), all))
	for _, f := range []crm.QuestionFilter{
		{Missed: true}, {Unreplied: true}, {Open: true}, {Missed: true, Unreplied: true}, {Missed: true, Since: at(20), Until: at(60)},
	} {
		wanted := map[crm.QuestionID]bool{}
		for _, q := range all {
			wanted[q.ID] = (!f.Missed || q.Missed() && q.State == crm.QuestionOpen) && (!f.Unreplied || q.ReplyID == 0) &&
				(!f.Open || q.State == crm.QuestionOpen) &&
				(f.Since.IsZero() || !q.Asked.Before(f.Since)) && (f.Until.IsZero() || q.Asked.Before(f.Until))
		}
		for _, q := range all {
			if !wanted[q.ID] {
				delete(wanted, q.ID)
			}
		}
		f.Page.Limit = 500
		list, n := ok3(s.Questions(t.Context(), f))(t)
		for _, q := range list {
			if !wanted[q.ID] {
				t.Errorf("%+v selects %+v", f, q)
			}
		}
		if n != len(wanted) || n == 0 || n == len(all) {
			t.Errorf("%+v selects %d, want %d of %d", f, n, len(wanted), len(all))
		}
	}
}

// questionFigures holds the sums against those of the questions themselves.
func questionFigures(t *testing.T, s bot.Store) {
	ctx := t.Context()
	same(t, "of nothing", ok(s.QuestionFigures(ctx, at(0), at(1)))(t), crm.QuestionFigures{})
	all := many()
	fine(t, s.CreateQuestions(ctx, all))
	draw := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		from, to := at(draw.IntN(100)), at(draw.IntN(101))
		same(t, fmt.Sprint("from ", from, " to ", to), ok(s.QuestionFigures(ctx, from, to))(t), sums(all, from, to))
	}
	f := ok(s.QuestionFigures(ctx, at(0), at(100)))(t)
	if f.Asked != len(all) || f.Served() <= 0 || f.Served() >= 1 {
		t.Errorf("%+v of %d, served %v", f, len(all), f.Served())
	}
}

func sums(all []*crm.Question, from, to time.Time) crm.QuestionFigures {
	var f crm.QuestionFigures
	for _, q := range all {
		if q.Asked.Before(from) || !q.Asked.Before(to) {
			continue
		}
		f.Asked++
		by := map[crm.Band]*int{crm.BandAnswered: &f.Answered, crm.BandSuggested: &f.Suggested, crm.BandHandedOff: &f.HandedOff}
		what := map[crm.Outcome]*int{
			"": &f.Quiet, crm.OutcomeSolved: &f.Solved, crm.OutcomePicked: &f.Picked, crm.OutcomeNotHelpful: &f.NotHelpful,
			crm.OutcomeNone: &f.None, crm.OutcomePerson: &f.Person,
		}
		for _, n := range []*int{by[q.Band], what[q.Outcome]} {
			if n != nil {
				*n++
			}
		}
		if q.Missed() {
			f.Missed++
		}
		switch answered := q.Band == crm.BandAnswered; q.Outcome {
		case crm.OutcomePicked:
			f.Helped++
			if answered {
				f.Wrong++
			}
		case crm.OutcomeSolved:
			if !answered {
				f.Helped++
			}
		case crm.OutcomeNotHelpful, crm.OutcomeNone, crm.OutcomePerson:
			if answered {
				f.Wrong++
			}
		}
	}
	return f
}

func misses(t *testing.T, s bot.Store) {
	ctx := t.Context()
	off := crm.BandHandedOff
	fine(t, s.CreateQuestions(ctx, []*crm.Question{
		{Key: "1", Band: off, Asked: at(1), Text: "old"},
		{Key: "2", Band: off, Asked: at(11), Text: "how long", ReplyID: 8, Reply: "a week", ReplyOfID: 3},
		{Key: "3", Band: off, Asked: at(12), Text: "alone"},
		{Key: "4", Band: off, Asked: at(13), Text: "how long does it take"},
		{Key: "5", Band: off, Asked: at(14), Text: "how long?", State: crm.QuestionIgnored},
		{Key: "6", Band: crm.BandAnswered, Asked: at(15), Text: "helped"},
		{Key: "7", Band: crm.BandAnswered, Outcome: crm.OutcomeNotHelpful, Asked: at(16), Text: "not helped"},
		{Key: "8", Band: off, Outcome: crm.OutcomeSolved, Asked: at(17), Text: "how long then"},
	}))
	of := map[crm.QuestionID]crm.QuestionID{}
	for _, id := range []crm.QuestionID{1, 2, 4, 5, 8} {
		of[id] = 1
	}
	fine(t, s.ClusterQuestions(ctx, of))
	fine(t, s.ClusterQuestions(ctx, nil))
	same(t, "clustered", ok(s.Question(ctx, 4))(t).ClusterID, crm.QuestionID(1))
	same(t, "not clustered", ok(s.Question(ctx, 3))(t).ClusterID, crm.QuestionID(0))

	list, n := ok3(s.Misses(ctx, at(10), crm.Page{}))(t)
	same(t, "how many", n, 3)
	same(t, "what", list, []*crm.Miss{
		{Cluster: 1, Count: 2, Question: ok(s.Question(ctx, 4))(t), ReplyID: 8, Reply: "a week", ReplyOf: 3},
		{Cluster: 7, Count: 1, Question: ok(s.Question(ctx, 7))(t)},
		{Cluster: 3, Count: 1, Question: ok(s.Question(ctx, 3))(t)},
	})
	page, n := ok3(s.Misses(ctx, at(10), crm.Page{Limit: 1, Offset: 1}))(t)
	same(t, "page: how many", n, 3)
	same(t, "page", page, list[1:2])
	list, n = ok3(s.Misses(ctx, at(100), crm.Page{}))(t)
	if n != 0 || len(list) != 0 {
		t.Errorf("of the future: %d %v", n, list)
	}
}

func lessons(t *testing.T, s bot.Store) {
	ctx := t.Context()
	var all []*crm.Question
	for i := range 4 {
		all = append(all, &crm.Question{Key: fmt.Sprint(i), Asked: at(i), ArticleID: crm.ArticleID(i % 2)})
	}
	all[3].State = crm.QuestionIgnored
	fine(t, s.CreateQuestions(ctx, all))
	taught := crm.Lesson{State: crm.QuestionTaught, Article: 5, By: 6}
	same(t, "of nothing", ok(s.SettleQuestions(ctx, nil, crm.Lesson{}, taught))(t), 0)
	same(t, "those that are open", ok(s.SettleQuestions(ctx, []crm.QuestionID{1, 2, 4, 99}, crm.Lesson{}, taught))(t), 2)
	lesson := func(id crm.QuestionID) crm.Lesson {
		q := ok(s.Question(ctx, id))(t)
		return crm.Lesson{State: q.State, Article: q.TaughtID, By: q.TaughtBy}
	}
	same(t, "taught", []crm.Lesson{lesson(1), lesson(2), lesson(3), lesson(4)},
		[]crm.Lesson{taught, taught, {}, {State: crm.QuestionIgnored}})
	same(t, "by somebody else", ok(s.SettleQuestions(ctx, []crm.QuestionID{1}, crm.Lesson{State: crm.QuestionTaught, Article: 5, By: 7}, crm.Lesson{}))(t), 0)
	same(t, "back", ok(s.SettleQuestions(ctx, []crm.QuestionID{1, 2, 3}, taught, crm.Lesson{}))(t), 2)
	same(t, "open again", lesson(1), crm.Lesson{})

	same(t, "use", ok(s.ArticleUse(ctx, at(2)))(t), map[crm.ArticleID]int{1: 1})
	same(t, "use of none", ok(s.ArticleUse(ctx, at(9)))(t), map[crm.ArticleID]int{})
}

func index(t *testing.T, s bot.Store) {
	ctx := t.Context()
	draw := rand.NewChaCha8([32]byte{1})
	big := make([]byte, 600<<10) // three pieces
	_, _ = draw.Read(big)        // never fails
	read := func(name string) []byte { return ok(s.Index(ctx, name))(t) }
	fine(t, s.SaveIndex(ctx, "one", big))
	same(t, "a large one", read("one"), big)
	fine(t, s.SaveIndex(ctx, "empty", nil))
	same(t, "an empty one", len(read("empty")), 0)
	same(t, "the one before", read("one"), big)

	damaged := slices.Clone(big)
	damaged[300<<10]++
	fine(t, s.SaveIndex(ctx, "one", damaged))
	same(t, "once more", read("one"), damaged)
	fine(t, s.SaveIndex(ctx, "one", []byte("short")))
	same(t, "a shorter one", read("one"), []byte("short"))

	fine(t, s.SaveIndex(ctx, "three", []byte("3")))
	_, err := s.Index(ctx, "empty")
	wantCode(t, "the oldest of three", err, crm.CodeNotFound)
	same(t, "the second", read("one"), []byte("short"))
	same(t, "the third", read("three"), []byte("3"))
	wantCode(t, "too much", s.SaveIndex(ctx, "huge", make([]byte, 64<<20+1)), crm.CodeInvalid)
	same(t, "after too much", read("three"), []byte("3"))
}

// indexRace has eight of them keep the same index at once: it is there once.
func indexRace(t *testing.T, s bot.Store) {
	data := make([]byte, 300<<10)
	errs := make(chan error)
	for range 8 {
		go func() { errs <- s.SaveIndex(t.Context(), "one", data) }()
	}
	for range 8 {
		fine(t, <-errs)
	}
	same(t, "kept", ok(s.Index(t.Context(), "one"))(t), data)
}

func vectors(t *testing.T, s bot.Store) {
	ctx := t.Context()
	kept, texts := map[string][]float32{}, []string{"not known"}
	for i := range 450 {
		text := fmt.Sprintf("怎么 %d", i)
		kept[text], texts = []float32{float32(i), -0.25, 1e-20}, append(texts, text, text)
	}
	fine(t, s.SaveVectors(ctx, "m", kept))
	fine(t, s.SaveVectors(ctx, "m", nil))
	same(t, "kept", ok(s.Vectors(ctx, "m", texts))(t), kept)
	same(t, "of nothing", ok(s.Vectors(ctx, "m", nil))(t), map[string][]float32{})
	same(t, "of another model", len(ok(s.Vectors(ctx, "n", texts))(t)), 0)
	fine(t, s.SaveVectors(ctx, "m", map[string][]float32{"怎么 0": {2}, "new": {}}))
	same(t, "once more", ok(s.Vectors(ctx, "m", []string{"怎么 0", "怎么 1", "new"}))(t),
		map[string][]float32{"怎么 0": {2}, "怎么 1": kept["怎么 1"], "new": {}})
	fine(t, s.SaveVectors(ctx, "n", map[string][]float32{"x": {1}}))
	same(t, "of the model before", len(ok(s.Vectors(ctx, "m", texts))(t)), 0)
}

// number is the total of a list.
func number[T any](_ []T, n int) int { return n }
