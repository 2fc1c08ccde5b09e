package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/crm"
)

// asks has a customer ask something.
func (w *world) asks(t *testing.T, q crm.Question) *crm.Question {
	t.Helper()
	w.chats++
	q.Key, q.Language = fmt.Sprint("q", w.chats), "en"
	if q.Asked.IsZero() {
		q.Asked = w.now
	}
	if err := w.db.CreateQuestions(t.Context(), []*crm.Question{&q}); err != nil {
		t.Fatal(err)
	}
	return &q
}

// missed has several customers ask alike, and nobody answer.
func (w *world) missed(t *testing.T, texts ...string) []*crm.Question {
	t.Helper()
	var all []*crm.Question
	of := map[crm.QuestionID]crm.QuestionID{}
	for _, text := range texts {
		q := w.asks(t, crm.Question{Text: text, Band: crm.BandHandedOff})
		all = append(all, q)
		of[q.ID] = all[0].ID
	}
	if err := w.Questions.Cluster(t.Context(), of); err != nil {
		t.Fatal(err)
	}
	return all
}

// lessons are the states of questions, "taught" or "open".
func (w *world) lessons(t *testing.T, all []*crm.Question) string {
	t.Helper()
	var out []string
	for _, q := range all {
		now := must(w.db.Question(t.Context(), q.ID))(t)
		word := string(now.State)
		if now.State == crm.QuestionOpen {
			word = "open"
		}
		if (now.TaughtID != 0) != (word == "taught" || word == "drafted") || (now.TaughtBy != 0) != (word != "open") {
			t.Errorf("%s: %+v", word, now)
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

func TestBecame(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, _, err := w.Articles.Put(ctx, crm.System(), moq("One."))
		want(t, err, "")
		must(w.Articles.Phrase(ctx, crm.System(), 1, "x"))(t)
		for _, c := range []struct {
			band     crm.Band
			outcomes string
			want     crm.Outcome
			missed   bool
		}{
			{crm.BandAnswered, "", "", false},
			{crm.BandHandedOff, "", "", true},
			{crm.BandAnswered, "solved", crm.OutcomeSolved, false},
			{crm.BandAnswered, "solved person", crm.OutcomeSolved, false},
			{crm.BandAnswered, "solved not_helpful", crm.OutcomeNotHelpful, true},
			{crm.BandAnswered, "person solved", crm.OutcomeSolved, false},
			{crm.BandAnswered, "not_helpful person", crm.OutcomePerson, true},
			{crm.BandSuggested, "none", crm.OutcomeNone, true},
			{crm.BandSuggested, "picked", crm.OutcomePicked, false},
			{crm.BandSuggested, "picked picked solved", crm.OutcomeSolved, false},
			{crm.BandSuggested, "picked not_helpful", crm.OutcomeNotHelpful, true},
		} {
			q := w.asks(t, crm.Question{Band: c.band})
			for _, outcome := range strings.Fields(c.outcomes) {
				var article crm.ArticleID
				if outcome == "picked" {
					article = 1
				}
				want(t, w.Questions.Became(ctx, q.Key, crm.Outcome(outcome), article), "")
			}
			q = must(w.db.Question(ctx, q.ID))(t)
			picked := strings.HasPrefix(c.outcomes, "picked")
			if q.Outcome != c.want || q.Missed() != c.missed || (q.ArticleID == 1) != picked || (q.ArticleVersion == 2) != picked {
				t.Errorf("%s %s: %+v", c.band, c.outcomes, q)
			}
		}
		want(t, w.Questions.Became(ctx, "unheard of", crm.OutcomeSolved, 0), "")
		want(t, w.Questions.Became(ctx, "q1", "pleased", 0), "invalid")
		want(t, w.Questions.Became(ctx, "q1", crm.OutcomePicked, 99), "") // gone since

		q := w.asks(t, crm.Question{Band: crm.BandSuggested})
		a := must(w.Articles.Article(ctx, 1))(t)
		want(t, w.Questions.Found(ctx, q.Key, a, 1.5), "")
		want(t, w.Questions.Found(ctx, "unheard of", a, 1), "")
		q = must(w.db.Question(ctx, q.ID))(t)
		if q.Band != crm.BandAnswered || q.ArticleID != 1 || q.ArticleVersion != 2 || q.Probability != 1 {
			t.Errorf("found %+v", q)
		}
		use := must(w.Questions.Use(ctx, w.as("wang.fang"), w.now))(t)
		if use[1] != 4 {
			t.Errorf("used %v", use)
		}
	})
}

func TestTeaching(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), w.as("zhao.min")
		_, _, err := w.Articles.Put(ctx, crm.System(), moq("One."))
		want(t, err, "")
		all := w.missed(t, "how few?", "at least how many?", "How  FEW?", "smallest order?", "moq")
		other := w.missed(t, "where are you?")
		ignored := must(w.db.UpdateQuestion(ctx, all[4].ID, func(q *crm.Question) error {
			q.State, q.TaughtBy = crm.QuestionIgnored, 1
			return nil
		}))(t)
		knowledge := must(w.db.KnowledgeVersion(ctx))(t)

		_, err = w.Questions.Teach(ctx, w.as("wang.fang"), all[1].ID, 1)
		want(t, err, "forbidden forbidden.service")
		_, err = w.Questions.Teach(ctx, customer(w.stranger(t, "Ana")), all[1].ID, 1)
		want(t, err, "forbidden forbidden.staff")
		_, err = w.Questions.Teach(ctx, by, 999, 1)
		want(t, err, "not_found record.missing")
		_, err = w.Questions.Teach(ctx, by, all[1].ID, 999)
		want(t, err, "not_found record.missing")
		_, err = w.Questions.Teach(ctx, by, ignored.ID, 1)
		want(t, err, "conflict question.settled")

		a := must(w.Questions.Teach(ctx, by, all[1].ID, 1))(t)
		if !slices.Equal(a.Phrasings, []string{"moq", "at least how many?", "How FEW?"}) && !slices.Equal(a.Phrasings, []string{"moq", "at least how many?", "how few?"}) {
			t.Errorf("phrasings %q", a.Phrasings)
		}
		if got := w.lessons(t, append(all, other...)); got != "taught taught taught taught ignored open" {
			t.Errorf("taught: %s", got)
		}
		if now := must(w.db.KnowledgeVersion(ctx))(t); now == knowledge {
			t.Error("the knowledge base did not change")
		}
		again := must(w.Questions.Teach(ctx, by, all[0].ID, 1))(t)
		if again.Version != a.Version {
			t.Error("the same lesson changed the article twice")
		}
		// Somebody's click does not stand in the way of undo.
		want(t, w.Questions.Became(ctx, all[0].Key, crm.OutcomeNotHelpful, 0), "")
		events := must(w.Records.Undo(ctx, by))(t)
		if len(events) != 2 {
			t.Errorf("%d events taken back, want the article's and the questions'", len(events))
		}
		if got := w.lessons(t, append(all, other...)); got != "open open open open ignored open" {
			t.Errorf("taken back: %s", got)
		}
		back := must(w.Articles.Article(ctx, 1))(t)
		if !slices.Equal(back.Phrasings, []string{"moq"}) {
			t.Errorf("phrasings after undo %q", back.Phrasings)
		}
		if q := must(w.db.Question(ctx, all[0].ID))(t); q.Outcome != crm.OutcomeNotHelpful {
			t.Errorf("undo took back what the customer did: %+v", q)
		}
		_, err = w.Records.Undo(ctx, by)
		want(t, err, "not_found undo.none")

		must(w.Articles.Archive(ctx, w.as("li.wei"), 1))(t)
		_, err = w.Questions.Teach(ctx, by, all[1].ID, 1)
		want(t, err, "conflict article.archived")
	})
}

func TestTeachingTakesTenTextsAtMostAndAllQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.Articles.Put(t.Context(), crm.System(), moq("One."))
	want(t, err, "")
	var texts []string
	for i := range 600 {
		texts = append(texts, fmt.Sprint("way ", i/2))
	}
	all := w.missed(t, texts...)
	a := must(w.Questions.Teach(t.Context(), w.as("li.wei"), all[7].ID, 1))(t)
	if len(a.Phrasings) != 11 || a.Phrasings[1] != "way 3" {
		t.Errorf("phrasings %q", a.Phrasings)
	}
	if n := strings.Count(w.lessons(t, all), "taught"); n != 600 {
		t.Errorf("%d taught", n)
	}
}

func TestAQuestionBecomesADraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.as("wang.fang")
	all := w.missed(t, "do you ship\nabroad?", "shipping to Japan", "do you ship abroad?")
	_, err := w.Questions.Draft(ctx, by, all[0].ID, "")
	want(t, err, "invalid field.empty")
	want(t, w.Questions.Replied(ctx, all[0].ID, 3, "We do.", 0), "")
	want(t, w.Questions.Replied(ctx, 99, 3, "x", 0), "not_found")
	a := must(w.Questions.Draft(ctx, by, all[0].ID, ""))(t)
	if state(a) != `draft "We do."` || a.Title != "do you ship abroad?" || !slices.Equal(a.Phrasings, []string{"shipping to Japan"}) || a.AuthorID != w.id("wang.fang") {
		t.Errorf("draft %+v", a)
	}
	if got := w.lessons(t, all); got != "drafted drafted drafted" {
		t.Errorf("questions: %s", got)
	}
	_, err = w.Questions.Draft(ctx, by, all[1].ID, "x")
	want(t, err, "conflict question.settled")
	must(w.Records.Undo(ctx, by))(t)
	if got := w.lessons(t, all); got != "open open open" {
		t.Errorf("after undo: %s", got)
	}
	_, err = w.Articles.Article(ctx, a.ID)
	want(t, err, "not_found")

	a = must(w.Questions.Draft(ctx, by, all[1].ID, "Yes."))(t)
	if state(a) != `draft "Yes."` {
		t.Errorf("draft %+v", a)
	}
	more := w.missed(t, "is Japan too far?")
	taught := must(w.Questions.Teach(ctx, w.as("zhao.min"), more[0].ID, a.ID))(t)
	if got := w.lessons(t, more); got != "drafted" || len(taught.Phrasings) != 2 {
		t.Errorf("taught a draft: %s, %+v", got, taught)
	}
	rejected := must(w.Articles.Reject(ctx, w.as("li.wei"), a.ID))(t)
	if got := w.lessons(t, append(all, more...)); got != "open open open open" || rejected.Status != crm.ArticleArchived {
		t.Errorf("rejected: %s, %s", got, state(rejected))
	}
	must(w.Records.Undo(ctx, w.as("li.wei")))(t)
	if got := w.lessons(t, append(all, more...)); got != "drafted drafted drafted drafted" {
		t.Errorf("not rejected after all: %s", got)
	}
	must(w.Articles.Reject(ctx, w.as("li.wei"), a.ID))(t)
	second := must(w.Questions.Draft(ctx, by, all[1].ID, "No."))(t)
	if state(second) != `draft "No."` || second.ID == a.ID || second.Slug == a.Slug {
		t.Errorf("a second draft: %+v", second)
	}
	_, err = w.Questions.Draft(ctx, customer(w.stranger(t, "Ana")), all[0].ID, "x")
	want(t, err, "forbidden forbidden.staff")
}

func TestQuestionsAreIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.as("li.wei")
	all := w.missed(t, "asdf", "asdfg")
	want(t, w.Questions.Ignore(ctx, w.as("wang.fang"), all[0].ID), "forbidden forbidden.service")
	want(t, w.Questions.Ignore(ctx, by, all[1].ID), "")
	want(t, w.Questions.Ignore(ctx, by, all[0].ID), "") // once more
	if got := w.lessons(t, all); got != "ignored ignored" {
		t.Errorf("ignored: %s", got)
	}
	must(w.Records.Undo(ctx, by))(t)
	if got := w.lessons(t, all); got != "open open" {
		t.Errorf("after undo: %s", got)
	}
	want(t, w.Questions.Ignore(ctx, by, 99), "not_found")
}

func TestWhoSeesWhatWasMissed(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		who := w.stranger(t, "Ana")
		must(w.db.UpdateContact(ctx, who.ID, func(c *crm.Contact) error { c.OwnerID = w.id("wang.fang"); return nil }))(t)
		talk := &crm.Conversation{Platform: "p", Chat: "ana", Audience: crm.AudienceCustomers, ContactID: who.ID}
		want(t, w.db.CreateConversations(ctx, []*crm.Conversation{talk}), "")
		q := w.asks(t, crm.Question{Text: "how far?", Band: crm.BandHandedOff, ConversationID: talk.ID, ContactID: who.ID, ReplyID: 5, Reply: "far"})
		for handle, sees := range map[string]bool{"admin": true, "zhao.min": true, "wang.fang": true, "zhou.na": false, "": true} {
			list, n, err := w.Questions.Misses(ctx, w.as(handle), w.now.Add(-time.Hour), crm.Page{})
			if err != nil || n != 1 || list[0].Count != 1 || list[0].Question.Text != "how far?" || list[0].Reply != "far" {
				t.Fatalf("%s: %+v, %d, %v", handle, list, n, err)
			}
			one := must(w.Questions.Question(ctx, w.as(handle), q.ID))(t)
			some, _, err := w.Questions.Questions(ctx, w.as(handle), crm.QuestionFilter{Missed: true})
			if err != nil || len(some) != 1 {
				t.Fatal(err)
			}
			for _, x := range []*crm.Question{list[0].Question, one, some[0]} {
				if (x.ConversationID != 0) != sees || (x.ContactID != 0) != sees || (x.Key != "") != sees {
					t.Errorf("%s sees %+v", handle, x)
				}
			}
		}
		by := customer(who)
		_, _, err := w.Questions.Misses(ctx, by, w.now, crm.Page{})
		want(t, err, "forbidden forbidden.staff")
		_, _, err = w.Questions.Questions(ctx, by, crm.QuestionFilter{})
		want(t, err, "forbidden forbidden.staff")
		_, err = w.Questions.Question(ctx, by, q.ID)
		want(t, err, "forbidden forbidden.staff")
		_, err = w.Questions.Figures(ctx, by, w.now, w.now)
		want(t, err, "forbidden forbidden.staff")
		_, err = w.Questions.Use(ctx, by, w.now)
		want(t, err, "forbidden forbidden.staff")
		_, err = w.Questions.Question(ctx, w.as("admin"), 99)
		want(t, err, "not_found record.missing")
		f := must(w.Questions.Figures(ctx, w.as("zhou.na"), w.now, w.now.Add(time.Second)))(t)
		if f.Asked != 1 || f.HandedOff != 1 || f.Missed != 1 || f.Served() != 0 {
			t.Errorf("figures %+v", f)
		}
	})
}

// TestTwoWhoTeachAtOnce has two colleagues teach the same question different
// articles: one of them is told so, and nothing of his stays.
func TestTwoWhoTeachAtOnce(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for i := range 2 {
			a := moq("One.")
			a.Slug = fmt.Sprint("a", i)
			_, _, err := w.Articles.Put(ctx, crm.System(), a)
			want(t, err, "")
		}
		all := w.missed(t, "how few?", "how many?")
		errs := make(chan error)
		for i, who := range []string{"zhao.min", "li.wei"} {
			go func() {
				_, err := w.Questions.Teach(ctx, w.as(who), all[i].ID, crm.ArticleID(i+1))
				errs <- err
			}()
		}
		lost := 0
		for range 2 {
			if err := <-errs; err != nil {
				want(t, err, "conflict question.settled")
				lost++
			}
		}
		if got := w.lessons(t, all); lost != 1 || got != "taught taught" {
			t.Errorf("%d lost, %s", lost, got)
		}
		taught := must(w.db.Question(ctx, all[0].ID))(t).TaughtID
		for id := crm.ArticleID(1); id <= 2; id++ {
			if a := must(w.Articles.Article(ctx, id))(t); (len(a.Phrasings) == 3) != (id == taught) {
				t.Errorf("%v has %q, taught was %v", id, a.Phrasings, taught)
			}
		}
	})
}
