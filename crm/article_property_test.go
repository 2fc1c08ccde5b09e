package crm_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"crmbot/crm"
)

// TestOnlyThoseWhoApproveChangeWhatTheBotAnswers lets everybody do everything to
// one article, in any order. Whatever the bot answers with was let out by
// somebody who approves, ways to ask are taught by who may teach, every state is
// among the versions, and undo takes back exactly one act.
func TestOnlyThoseWhoApproveChangeWhatTheBotAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	articles := 0
	rapid.Check(t, func(t *rapid.T) {
		articles++
		slug := fmt.Sprint("a", articles)
		handles := []string{"admin", "li.wei", "wang.fang", "chen.jie", "zhao.min"}
		propose := func(by crm.Actor, body string, status crm.ArticleStatus) error {
			_, _, err := w.Articles.Propose(ctx, by, &crm.Article{
				Slug: slug, Language: "en", Title: "t", Body: body, Status: status,
			})
			return err
		}
		if err := propose(w.as("wang.fang"), "0", ""); err != nil {
			t.Fatal(err)
		}
		list, _, err := w.Articles.Articles(ctx, crm.System(), crm.ArticleFilter{Slug: slug})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		was, id := list[0], list[0].ID
		seen := []string{state(was)}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			who := rapid.SampledFrom(handles).Draw(t, "who")
			by, body := w.as(who), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "body")
			acts := map[string]func() error{
				"propose":  func() error { return propose(by, body, "") },
				"publish":  func() error { return propose(by, body, crm.ArticlePublished) },
				"approve":  func() error { _, err := w.Articles.Approve(ctx, by, id); return err },
				"reject":   func() error { _, err := w.Articles.Reject(ctx, by, id); return err },
				"archive":  func() error { _, err := w.Articles.Archive(ctx, by, id); return err },
				"phrase":   func() error { _, err := w.Articles.Phrase(ctx, by, id, body); return err },
				"unphrase": func() error { _, err := w.Articles.Unphrase(ctx, by, id, body); return err },
				"restore":  func() error { _, _, err := w.Articles.Restore(ctx, by, id, was.Version); return err },
			}
			names := []string{"propose", "publish", "approve", "reject", "archive", "phrase", "unphrase", "restore"}
			name := rapid.SampledFrom(names).Draw(t, "act")
			err := acts[name]()
			now := article(t, ctx, w, id)
			if err != nil && (crm.CodeOf(err) != crm.CodeForbidden || now.Version != was.Version) {
				t.Fatalf("%s %s: %v, %s", who, name, err, state(now))
			}
			heard := answers(was) != answers(now)
			if heard && !by.Approves() {
				t.Fatalf("%s %s: from %s to %s", who, name, state(was), state(now))
			}
			taught := was.Status != crm.ArticleDraft && !slices.Equal(was.Phrasings, now.Phrasings)
			if taught && by.Role == crm.RoleSales {
				t.Fatalf("%s %s: phrasings %q", who, name, now.Phrasings)
			}
			if now.Version != was.Version && rapid.Bool().Draw(t, "undo") {
				if _, err := w.Records.Undo(ctx, by); err != nil {
					t.Fatal(err)
				}
				seen = append(seen, state(now))
				back := article(t, ctx, w, id)
				if state(back) != state(was) || !slices.Equal(back.Phrasings, was.Phrasings) {
					t.Fatalf("%s took %s back: %s, not %s", who, name, state(back), state(was))
				}
				now = back
			}
			if now.Version != was.Version {
				seen = append(seen, state(now))
			}
			was = now
		}
		all, err := w.Articles.Versions(ctx, crm.System(), id)
		if err != nil {
			t.Fatal(err)
		}
		var kept []string
		for i, v := range slices.Backward(all) {
			kept = append(kept, state(v.Article))
			if v.Article.Version != int64(len(all)-i) {
				t.Fatalf("version %d at place %d", v.Article.Version, len(all)-i)
			}
		}
		if !slices.Equal(kept, seen) {
			t.Fatalf("versions\n%q\nwere\n%q", kept, seen)
		}
	})
}

func article(t *rapid.T, ctx context.Context, w *world, id crm.ArticleID) *crm.Article {
	a, err := w.Articles.Article(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// answers is what the bot answers with, "" for nothing.
func answers(a *crm.Article) string {
	if a.Status != crm.ArticlePublished {
		return ""
	}
	return a.Title + "\n" + a.Body
}
