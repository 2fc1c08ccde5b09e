package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/crm"
)

// moq is an article as somebody writes it.
func moq(body string) *crm.Article {
	return &crm.Article{Slug: "moq", Language: "en", Title: "Smallest order?", Phrasings: []string{"moq"}, Body: body}
}

func wanting(a *crm.Article, s crm.ArticleStatus) *crm.Article {
	a.Status = s
	return a
}

// state is what an article is and what waits, in one line.
func state(a *crm.Article) string {
	out := fmt.Sprintf("%s %q", a.Status, a.Body)
	if a.Proposal != nil {
		out += fmt.Sprintf(" < %q", a.Proposal.Body)
	}
	return out
}

func TestEverybodyProposesAndFewLetOut(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		propose := func(who string, a *crm.Article, want string, published bool) *crm.Article {
			t.Helper()
			kept, live, err := w.Articles.Propose(ctx, w.as(who), a)
			if err != nil {
				t.Fatal(err)
			}
			if got := state(kept); got != want || live != published {
				t.Errorf("%s: %s, live %v; want %s, %v", who, got, live, want, published)
			}
			if now := must(w.Articles.Article(ctx, kept.ID))(t); state(now) != want {
				t.Errorf("%s: kept as %s", who, state(now))
			}
			return kept
		}
		for _, who := range []string{"wang.fang", "zhao.min"} {
			a := moq("One.")
			a.Slug += who
			made := propose(who, wanting(a, crm.ArticlePublished), `draft "One."`, false)
			if made.AuthorID != w.id(who) {
				t.Errorf("the author is %v", made.AuthorID)
			}
		}
		propose("wang.fang", moq("One."), `draft "One."`, false)
		propose("chen.jie", moq("Two."), `draft "Two."`, false) // a draft is everybody's
		propose("li.wei", moq("Three."), `draft "Three."`, false)
		id := propose("li.wei", wanting(moq("Three."), crm.ArticlePublished), `published "Three."`, true).ID

		propose("wang.fang", moq("Three."), `published "Three."`, true) // nothing new
		propose("wang.fang", wanting(moq("Four."), crm.ArticlePublished), `published "Three." < "Four."`, false)
		version := must(w.Articles.Article(ctx, id))(t).Version
		same := propose("chen.jie", moq("Four."), `published "Three." < "Four."`, false)
		if same.Version != version || same.Proposal.By != w.id("wang.fang") {
			t.Errorf("the same once more: version %d, by %v", same.Version, same.Proposal.By)
		}
		propose("chen.jie", moq("Five."), `published "Three." < "Five."`, false)
		propose("admin", moq("Six."), `published "Six." < "Five."`, true)
		propose("admin", moq("Five."), `published "Five."`, true)

		if got := state(must(w.Articles.Archive(ctx, w.as("li.wei"), id))(t)); got != `archived "Five."` {
			t.Errorf("archived: %s", got)
		}
		propose("wang.fang", &crm.Article{ID: id, Title: "t", Body: "Seven."}, `archived "Five." < "Seven."`, false)
		if got := state(must(w.Articles.Approve(ctx, w.as("li.wei"), id))(t)); got != `published "Seven."` {
			t.Errorf("approved: %s", got)
		}
		_, _, err := w.Articles.Propose(ctx, w.as("li.wei"), &crm.Article{ID: 999, Title: "t", Body: "x"})
		want(t, err, "not_found record.missing")
		_, _, err = w.Articles.Propose(ctx, w.as("li.wei"), &crm.Article{Slug: "x", Language: "en", Title: "t"})
		want(t, err, "invalid field.empty")
		_, _, err = w.Articles.Propose(ctx, customer(w.stranger(t, "Ana")), moq("x"))
		want(t, err, "forbidden forbidden.staff")
	})
}

func TestWhatWaitsIsApprovedOrRejected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	draft := func() crm.ArticleID {
		a := moq("One.")
		a.Slug = fmt.Sprint("a", w.chats)
		w.chats++
		kept, _, err := w.Articles.Propose(ctx, w.as("wang.fang"), a)
		return must(kept, err)(t).ID
	}
	waiting := func() crm.ArticleID {
		id := draft()
		must(w.Articles.Approve(ctx, w.as("li.wei"), id))(t)
		_, _, err := w.Articles.Propose(ctx, w.as("wang.fang"), &crm.Article{ID: id, Title: "t", Body: "Two."})
		want(t, err, "")
		return id
	}
	for _, c := range []struct {
		name string
		id   crm.ArticleID
		do   func(crm.Actor, crm.ArticleID) (*crm.Article, error)
		who  string
		want string
	}{
		{"a draft is approved", draft(), w.approve(t), "li.wei", `published "One."`},
		{"a change is approved", waiting(), w.approve(t), "admin", `published "Two."`},
		{"service approves nothing", draft(), w.approve(t), "zhao.min", "forbidden.manager"},
		{"sales approves nothing, not even his own", draft(), w.approve(t), "wang.fang", "forbidden.manager"},
		{"a draft is rejected", draft(), w.reject(t), "li.wei", `archived "One."`},
		{"a change is rejected", waiting(), w.reject(t), "li.wei", `published "One."`},
		{"one takes his own draft back", draft(), w.reject(t), "wang.fang", `archived "One."`},
		{"one takes his own change back", waiting(), w.reject(t), "wang.fang", `published "One."`},
		{"but not a colleague's", waiting(), w.reject(t), "chen.jie", "forbidden.manager"},
		{"service archives nothing", waiting(), w.archive(t), "zhao.min", "forbidden.manager"},
		{"what waits goes with the article", waiting(), w.archive(t), "li.wei", `archived "One."`},
	} {
		a, err := c.do(w.as(c.who), c.id)
		if strings.HasPrefix(c.want, "forbidden") {
			want(t, err, "forbidden "+c.want)
			continue
		}
		if err != nil || state(a) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, state(a), err, c.want)
		}
		version := a.Version
		if a, err = c.do(w.as("admin"), c.id); err != nil || a.Version != version {
			t.Errorf("%s, once more: version %d after %d, %v", c.name, a.Version, version, err)
		}
	}
	list, n, err := w.Articles.Articles(ctx, w.as("zhou.na"), crm.ArticleFilter{Waiting: true})
	if err != nil || n != 4 || len(list) != 4 {
		t.Errorf("%d wait, %v", n, err)
	}
	_, _, err = w.Articles.Articles(ctx, customer(w.stranger(t, "Ana")), crm.ArticleFilter{})
	want(t, err, "forbidden forbidden.staff")
}

type articleAct = func(crm.Actor, crm.ArticleID) (*crm.Article, error)

func (w *world) approve(t *testing.T) articleAct {
	return func(by crm.Actor, id crm.ArticleID) (*crm.Article, error) {
		return w.Articles.Approve(t.Context(), by, id)
	}
}

func (w *world) reject(t *testing.T) articleAct {
	return func(by crm.Actor, id crm.ArticleID) (*crm.Article, error) {
		return w.Articles.Reject(t.Context(), by, id)
	}
}

func (w *world) archive(t *testing.T) articleAct {
	return func(by crm.Actor, id crm.ArticleID) (*crm.Article, error) {
		return w.Articles.Archive(t.Context(), by, id)
	}
}

func TestPhrasings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.as("zhao.min")
	_, _, err := w.Articles.Put(ctx, crm.System(), moq("One."))
	want(t, err, "")
	a := must(w.Articles.Phrase(ctx, by, 1, "  How few\n can I buy? "))(t)
	if got := strings.Join(a.Phrasings, "|"); got != "moq|How few can I buy?" {
		t.Errorf("phrasings %q", got)
	}
	version, before := a.Version, must(w.db.KnowledgeVersion(ctx))(t)
	for _, again := range []string{"how few can i buy?", "SMALLEST  order?", "moq"} {
		a = must(w.Articles.Phrase(ctx, by, 1, again))(t)
	}
	if now := must(w.db.KnowledgeVersion(ctx))(t); a.Version != version || now != before || len(a.Phrasings) != 2 {
		t.Errorf("known ones changed it: %+v", a)
	}
	_, _, err = w.Articles.Propose(ctx, w.as("wang.fang"), &crm.Article{ID: 1, Title: "t", Phrasings: []string{"moq"}, Body: "Two."})
	want(t, err, "")
	must(w.Articles.Phrase(ctx, by, 1, "one bag?"))(t)
	a = must(w.Articles.Unphrase(ctx, by, 1, "MOQ"))(t)
	if a.Proposal == nil || !slices.Equal(a.Proposal.Phrasings, []string{"one bag?"}) {
		t.Errorf("what waits was left behind: %+v", a.Proposal)
	}
	a = must(w.Articles.Approve(ctx, w.as("li.wei"), 1))(t)
	if !slices.Equal(a.Phrasings, []string{"one bag?"}) || a.Title != "t" {
		t.Errorf("approved %+v", a)
	}
	a, _, err = w.Articles.Propose(ctx, w.as("li.wei"), &crm.Article{ID: 1, Title: "t", Tags: []string{"bag"}, Body: "Three."})
	if err != nil || !slices.Equal(a.Phrasings, []string{"one bag?"}) || a.Body != "Three." {
		t.Errorf("not said is not none: %+v, %v", a, err)
	}
	a, _, err = w.Articles.Propose(ctx, w.as("li.wei"), &crm.Article{ID: 1, Title: "t", Phrasings: []string{}, Body: "Three."})
	if err != nil || len(a.Phrasings) != 0 || !slices.Equal(a.Tags, []string{"bag"}) {
		t.Errorf("none is none: %+v, %v", a, err)
	}
	a = must(w.Articles.Unphrase(ctx, by, 1, "never heard of"))(t)
	want(t, func() error { _, err := w.Articles.Phrase(ctx, by, 1, " "); return err }(), "invalid field.empty")
	want(t, func() error { _, err := w.Articles.Phrase(ctx, by, 1, strings.Repeat("x", 501)); return err }(), "invalid field.long")
	want(t, func() error { _, err := w.Articles.Phrase(ctx, w.as("wang.fang"), 1, "x"); return err }(), "forbidden forbidden.service")
	want(t, func() error { _, err := w.Articles.Phrase(ctx, by, 9, "x"); return err }(), "not_found record.missing")
	for i := range 500 {
		a.Phrasings = append(a.Phrasings, fmt.Sprint("way ", i))
	}
	_, _, err = w.Articles.Put(ctx, crm.System(), a)
	want(t, err, "")
	want(t, func() error { _, err := w.Articles.Phrase(ctx, by, 1, "one more"); return err }(), "invalid field.many")
}

func TestVersions(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		start := w.now
		later := func() { w.now = w.now.Add(time.Minute) }
		_, _, err := w.Articles.Put(ctx, crm.System(), moq("One."))
		want(t, err, "")
		later()
		_, _, err = w.Articles.Propose(ctx, w.as("wang.fang"), moq("Two."))
		want(t, err, "")
		later()
		must(w.Articles.Approve(ctx, w.as("li.wei"), 1))(t)
		later()
		_, _, err = w.Articles.Propose(ctx, w.as("li.wei"), moq("Three."))
		want(t, err, "")
		later()
		must(w.Records.Undo(ctx, w.as("li.wei")))(t)

		check := func(wanted ...string) {
			t.Helper()
			var got []string
			for _, v := range must(w.Articles.Versions(ctx, w.as("wang.fang"), 1))(t) {
				got = append(got, fmt.Sprintf("%d %s by %d after %v", v.Article.Version, state(v.Article), v.By, v.At.Sub(start)))
			}
			if !slices.Equal(got, wanted) {
				t.Errorf("versions\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wanted, "\n"))
			}
		}
		li, wang := w.id("li.wei"), w.id("wang.fang")
		was := []string{
			fmt.Sprintf(`5 published "Two." by %d after 4m0s`, li),
			fmt.Sprintf(`4 published "Three." by %d after 3m0s`, li),
			fmt.Sprintf(`3 published "Two." by %d after 2m0s`, li),
			fmt.Sprintf(`2 published "One." < "Two." by %d after 1m0s`, wang),
			`1 published "One." by 0 after 0s`,
		}
		check(was...)
		later()
		kept, live, err := w.Articles.Restore(ctx, w.as("wang.fang"), 1, 1)
		if err != nil || live || state(kept) != `published "Two." < "One."` {
			t.Errorf("restored by sales: %s, %v, %v", state(kept), live, err)
		}
		kept, live, err = w.Articles.Restore(ctx, w.as("li.wei"), 1, 4)
		if err != nil || !live || state(kept) != `published "Three." < "One."` {
			t.Errorf("restored: %s, %v, %v", state(kept), live, err)
		}
		check(append([]string{
			fmt.Sprintf(`7 published "Three." < "One." by %d after 5m0s`, li),
			fmt.Sprintf(`6 published "Two." < "One." by %d after 5m0s`, wang),
		}, was...)...)
		_, _, err = w.Articles.Restore(ctx, w.as("li.wei"), 1, 99)
		want(t, err, "not_found article.version.missing")
		_, _, err = w.Articles.Restore(ctx, w.as("li.wei"), 9, 1)
		want(t, err, "not_found record.missing")
		_, err = w.Articles.Versions(ctx, customer(w.stranger(t, "Ana")), 1)
		want(t, err, "forbidden forbidden.staff")
	})
}

func TestWhatHappensToArticlesIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.as("li.wei")
	_, _, err := w.Articles.Put(ctx, crm.System(), wanting(moq("One."), crm.ArticleDraft))
	want(t, err, "")
	for name, do := range map[string]func() error{
		"propose":  func() error { _, _, err := w.Articles.Propose(ctx, by, moq("Two.")); return err },
		"approve":  func() error { _, err := w.Articles.Approve(ctx, by, 1); return err },
		"reject":   func() error { _, err := w.Articles.Reject(ctx, by, 1); return err },
		"archive":  func() error { _, err := w.Articles.Archive(ctx, by, 1); return err },
		"phrase":   func() error { _, err := w.Articles.Phrase(ctx, by, 1, "x"); return err },
		"unphrase": func() error { _, err := w.Articles.Unphrase(ctx, by, 1, "moq"); return err },
	} {
		knowledge := must(w.db.KnowledgeVersion(ctx))(t)
		want(t, do(), "")
		changed := must(w.db.KnowledgeVersion(ctx))(t)
		events, err := w.Records.Undo(ctx, by)
		a := must(w.Articles.Article(ctx, 1))(t)
		undone := must(w.db.KnowledgeVersion(ctx))(t)
		if err != nil || len(events) != 1 || state(a) != `draft "One."` || len(a.Phrasings) != 1 || changed == knowledge || undone == changed {
			t.Errorf("%s: %s, %v, versions %d %d %d", name, state(a), err, knowledge, changed, undone)
		}
	}
	kept, _, err := w.Articles.Propose(ctx, by, &crm.Article{Slug: "new", Language: "en", Title: "t", Body: "b"})
	want(t, err, "")
	must(w.Records.Undo(ctx, by))(t)
	_, err = w.Articles.Article(ctx, kept.ID)
	want(t, err, "not_found")
}
