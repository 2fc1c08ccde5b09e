package teach

import (
	"strconv"
	"testing"
	"time"

	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// asks keeps a question that was missed.
func asks(t *testing.T, db *storage.DB, in crm.ConversationID, text string, at time.Time) *crm.Question {
	t.Helper()
	q := &crm.Question{
		Key: text + at.String(), ConversationID: in, Text: text, Language: "en", Band: crm.BandHandedOff, Asked: at,
	}
	must(t, db.CreateQuestions(t.Context(), []*crm.Question{q}))
	return q
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func now(t *testing.T, db *storage.DB, id crm.QuestionID) *crm.Question {
	t.Helper()
	q, err := db.Question(t.Context(), id)
	must(t, err)
	return q
}

// run is one run of the job.
func run(t *testing.T, db *storage.DB, by *teacher, at time.Time) {
	t.Helper()
	services := crm.NewServices(db, func() time.Time { return at }, crm.Settings{})
	must(t, by.compare(t.Context(), db, at, mostFresh))
	must(t, by.listen(t.Context(), db, &services.Questions, at))
}

func TestCompare(t *testing.T) {
	t.Parallel()
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		by, at := &teacher{mind: newMind()}, moment
		old := asks(t, db, 1, "do you ship to the moon", at.Add(-compareFor-time.Hour))
		first := asks(t, db, 1, "do you ship to the moon", at.Add(-time.Hour))
		second := asks(t, db, 2, "do you ship to the moon then", at.Add(-time.Minute))
		other := asks(t, db, 3, "who is your boss", at)
		fine := asks(t, db, 3, "do you ship to the moon", at)
		_, err := db.UpdateQuestion(t.Context(), fine.ID, func(q *crm.Question) error { q.Outcome = crm.OutcomeSolved; return nil })
		must(t, err)
		for range 2 { // the second time changes nothing
			run(t, db, by, at)
			for id, want := range map[crm.QuestionID]crm.QuestionID{
				old.ID: 0, first.ID: first.ID, second.ID: first.ID, other.ID: other.ID, fine.ID: 0,
			} {
				if have := now(t, db, id).ClusterID; have != want {
					t.Errorf("question %d is in %d, want %d", id, have, want)
				}
			}
		}
		later := asks(t, db, 4, "do you ship to the moon at all", at.Add(time.Minute))
		run(t, db, &teacher{mind: newMind()}, at.Add(2*time.Minute)) // another process
		if have := now(t, db, later.ID).ClusterID; have != first.ID {
			t.Errorf("the next one is in %d, want %d", have, first.ID)
		}
	})
}

// What asks like one that was set aside is set aside; what asks like one that was
// taught stands for itself, because the bot should have known it.
func TestCompareWithWhatWasDealtWith(t *testing.T) {
	t.Parallel()
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		by := &teacher{mind: newMind()}
		moon := asks(t, db, 1, "do you ship to the moon", moment.Add(-time.Hour))
		boss := asks(t, db, 1, "who is your boss", moment.Add(-time.Hour))
		run(t, db, by, moment)
		for q, state := range map[*crm.Question]crm.QuestionState{moon: crm.QuestionIgnored, boss: crm.QuestionTaught} {
			_, err := db.SettleQuestions(t.Context(), []crm.QuestionID{q.ID}, crm.Lesson{}, crm.Lesson{State: state, By: 7})
			must(t, err)
		}
		moonAgain, bossAgain := asks(t, db, 2, "do you ship to the moon", moment), asks(t, db, 2, "who is your boss", moment)
		run(t, db, by, moment)
		if have := now(t, db, moonAgain.ID); have.ClusterID != moon.ID || have.State != crm.QuestionIgnored || have.TaughtBy != 7 {
			t.Errorf("asked again after it was set aside: in %d, %q by %d", have.ClusterID, have.State, have.TaughtBy)
		}
		if have := now(t, db, bossAgain.ID); have.ClusterID != bossAgain.ID || have.State != crm.QuestionOpen {
			t.Errorf("asked again after it was taught: in %d, %q", have.ClusterID, have.State)
		}
	})
}

func TestListen(t *testing.T) {
	t.Parallel()
	article := &crm.Article{Slug: "sundays", Language: "en", Title: "Sundays?", Body: "We do not ship on Sundays.", Status: crm.ArticlePublished}
	type words struct {
		in    crm.ConversationID
		after time.Duration
		body  string
		state crm.ReleaseState
	}
	for name, test := range map[string]struct {
		said    []words
		next    time.Duration // when the customer asks something else, 0 for never
		want    string
		article bool
	}{
		"nothing":               {},
		"one answer":            {said: []words{{1, time.Minute, "Never on the moon.", crm.ReleaseSent}}, want: "Never on the moon."},
		"not gone out":          {said: []words{{1, time.Minute, "Never on the moon.", crm.ReleaseHeld}, {1, time.Minute, "x", crm.ReleaseStopped}}},
		"to somebody else":      {said: []words{{2, time.Minute, "Never on the moon.", crm.ReleaseSent}}},
		"before it was asked":   {said: []words{{1, -time.Minute, "Never on the moon.", crm.ReleaseSent}}},
		"a day later":           {said: []words{{1, 25 * time.Hour, "Never on the moon.", crm.ReleaseSent}}},
		"to the next question":  {said: []words{{1, time.Hour, "Never on the moon.", crm.ReleaseSent}}, next: time.Minute},
		"before the next":       {said: []words{{1, time.Second, "Never.", crm.ReleaseSent}, {1, time.Hour, "Quite another matter.", crm.ReleaseSent}}, next: time.Minute, want: "Never."},
		"the one that tells":    {said: []words{{1, time.Second, "Hello!", crm.ReleaseSent}, {1, time.Minute, "Never on the moon.", crm.ReleaseSent}, {1, time.Hour, "Bye", crm.ReleaseSent}}, want: "Never on the moon."},
		"what an article says":  {said: []words{{1, time.Second, article.Body, crm.ReleaseSent}, {1, time.Minute, "And a long good-bye to all of you at home.", crm.ReleaseSent}}, want: article.Body, article: true},
		"nothing but a picture": {said: []words{{1, time.Second, " ", crm.ReleaseSent}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := moment
			db := storagetest.Open(t, storagetest.SQLite(t), func() time.Time { return clock })
			have := *article
			must(t, db.CreateArticle(t.Context(), &have))
			by := &teacher{mind: newMind(&have)}
			q := asks(t, db, 1, "do you ship to the moon", moment)
			if test.next > 0 {
				asks(t, db, 1, "who is your boss", moment.Add(test.next))
			}
			for i, w := range test.said {
				clock = moment.Add(w.after)
				must(t, db.CreateRelease(t.Context(), &crm.Release{
					ConversationID: w.in, UserID: 1, Source: strconv.Itoa(i), Body: w.body, State: w.state, Created: clock,
				}))
			}
			clock = moment.Add(26 * time.Hour)
			run(t, db, by, clock)
			got := now(t, db, q.ID)
			if got.Reply != test.want || (got.ReplyID != 0) != (test.want != "") {
				t.Errorf("%q by %d, want %q", got.Reply, got.ReplyID, test.want)
			}
			if (got.ReplyOfID == have.ID) != test.article {
				t.Errorf("it is of article %d", got.ReplyOfID)
			}
			run(t, db, by, clock.Add(time.Minute))
			if again := now(t, db, q.ID); !again.Updated.Equal(got.Updated) {
				t.Errorf("the second run changed it: %v, %v", got.Updated, again.Updated)
			}
		})
	}
}

// Somebody says "one moment" first: what he says then takes its place.
func TestListenAgain(t *testing.T) {
	t.Parallel()
	clock := moment
	db := storagetest.Open(t, storagetest.SQLite(t), func() time.Time { return clock })
	by := &teacher{mind: newMind()}
	q := asks(t, db, 1, "do you ship to the moon", moment)
	for i, body := range []string{"One moment.", "We ship to the moon twice a year."} {
		clock = clock.Add(10 * time.Minute)
		must(t, db.CreateRelease(t.Context(), &crm.Release{
			ConversationID: 1, UserID: 1, Source: strconv.Itoa(i), Body: body, State: crm.ReleaseSent, Created: clock,
		}))
		run(t, db, by, clock)
		if have := now(t, db, q.ID).Reply; have != body {
			t.Errorf("%q, want %q", have, body)
		}
	}
}

// What the customer got is kept, in his language; an article is known by what was
// written as well.
func TestListenToTranslations(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storagetest.SQLite(t), func() time.Time { return moment })
	a := &crm.Article{Slug: "moon", Language: "zh-CN", Title: "去月球", Body: "一年两次。", Status: crm.ArticlePublished}
	must(t, db.CreateArticle(t.Context(), a))
	q := asks(t, db, 1, "do you ship to the moon", moment)
	must(t, db.CreateRelease(t.Context(), &crm.Release{
		ConversationID: 1, UserID: 1, Source: "1", Body: "Twice a year.", Original: a.Body, State: crm.ReleaseSent, Created: moment,
	}))
	run(t, db, &teacher{mind: newMind(a)}, moment)
	if have := now(t, db, q.ID); have.Reply != "Twice a year." || have.ReplyOfID != a.ID {
		t.Errorf("%q, %d", have.Reply, have.ReplyOfID)
	}
}
