package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"crmbot/cmd/crmbot/articles"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// shelf is a company with a knowledge base of its own, and a folder to put
// files into.
type shelf struct {
	t                     *testing.T
	dir, config, database string
}

// shelves runs a test on every database.
func shelves(t *testing.T, language string, fn func(t *testing.T, s *shelf)) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		s := &shelf{t: t, dir: t.TempDir(), database: dsn}
		s.config = s.file("crmbot.yaml", fmt.Sprintf("language: %s\ndatabase: %s\n", language, quote(dsn)))
		fn(t, s)
	})
}

// file writes one into the folder.
func (s *shelf) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// knowledge runs crmbot knowledge and wants an exit code.
func (s *shelf) knowledge(code int, args ...string) string {
	s.t.Helper()
	got, out, errs := crmbot(s.t, "", append(append([]string{"knowledge"}, args...), "--config", s.config)...)
	if got != code {
		s.t.Fatalf("crmbot knowledge %v: exit %d, want %d\n%s%s", args, got, code, out, errs)
	}
	return out + errs
}

// kept is the whole knowledge base and its version.
func (s *shelf) kept() (all []*crm.Article, version int64) {
	s.t.Helper()
	s.store(func(ctx context.Context, db *storage.DB) error {
		var err error
		if all, err = readArticles(ctx, db); err == nil {
			version, err = db.KnowledgeVersion(ctx)
		}
		return err
	})
	return all, version
}

func (s *shelf) store(fn func(ctx context.Context, db *storage.DB) error) {
	s.t.Helper()
	db, err := storage.Open(s.t.Context(), s.database, storage.Options{Migrate: true})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err := fn(s.t.Context(), db); err != nil {
		s.t.Fatal(err)
	}
}

// wantSays looks for lines in what was printed; one that ends in … may go on.
func (s *shelf) wantSays(out string, want ...string) {
	s.t.Helper()
	for _, w := range want {
		begin, goesOn := strings.CutSuffix(w, "…")
		if !goesOn {
			begin += "\n"
		}
		if !strings.Contains(out, begin) {
			s.t.Errorf("nobody says %q in\n%s", w, out)
		}
	}
}

func TestASpreadsheetIsImported(t *testing.T) {
	shelves(t, "zh-CN", func(_ *testing.T, s *shelf) {
		text, err := simplifiedchinese.GBK.NewEncoder().String("编号,问题,答案,问法\nmoq,起订量是多少？,1吨,最少买多少|起订量\ntui,可以退货吗？,七天内可以,\n")
		if err != nil {
			s.t.Fatal(err)
		}
		path := s.file("常见问题.csv", text)
		out := s.knowledge(exitFine, "import", path, "--dry-run")
		s.wantSays(out, "+ 新增：起订量是多少？（moq，zh-CN）", "新增 2 篇，修改 0 篇，未变 0 篇，归档 0 篇")
		if all, _ := s.kept(); len(all) > 0 {
			s.t.Fatalf("a dry run wrote %d articles", len(all))
		}
		s.wantSays(s.knowledge(exitFine, "import", path), "新增 2 篇，修改 0 篇，未变 0 篇，归档 0 篇")
		first, version := s.kept()
		s.wantSays(s.knowledge(exitFine, "import", path, "--archive-missing"), "新增 0 篇，修改 0 篇，未变 2 篇，归档 0 篇")
		if again, now := s.kept(); now != version || cmp.Diff(first, again) != "" {
			s.t.Errorf("the same again made version %d of %d: %s", now, version, cmp.Diff(first, again))
		}
		s.file("常见问题.csv", "编号,问题,答案\nmoq,起订量是多少？,2吨\n")
		s.wantSays(s.knowledge(exitFine, "import", path, "--archive-missing"),
			"~ 修改：起订量是多少？（moq，zh-CN）：答案", "- 归档：可以退货吗？（tui，zh-CN）", "新增 0 篇，修改 1 篇，未变 0 篇，归档 1 篇")
		all, _ := s.kept()
		for _, a := range all {
			switch {
			case a.Slug == "moq" && a.Body == "2吨" && len(a.Phrasings) == 2 && a.Status == crm.ArticlePublished:
			case a.Slug == "tui" && a.Body == "七天内可以" && a.Status == crm.ArticleArchived:
			default:
				s.t.Errorf("kept %+v", a)
			}
		}
	})
}

// workbook writes one with a sheet.
func (s *shelf) workbook(name string, rows ...[]any) string {
	s.t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			s.t.Fatal(err)
		}
	}
	path := filepath.Join(s.dir, name)
	if err := f.SaveAs(path); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func TestOneMistakeAndTheKnowledgeBaseStaysAsItWas(t *testing.T) {
	shelves(t, "en", func(_ *testing.T, s *shelf) {
		good := "question,answer,slug\nWhat is the smallest order?,One bag.,moq\nIs it halal?,Yes.,halal\n"
		s.knowledge(exitFine, "import", s.file("good.csv", good))
		before, version := s.kept()
		changed := strings.ReplaceAll(good, "One bag.", "Two bags.")
		for _, c := range []struct {
			name  string
			paths []string
			want  []string
		}{
			{"a row without an answer", []string{s.file("row.csv", changed+"New?,\n")}, []string{"✗ row.csv line 4: the answer is missing"}},
			{"a file of several", []string{s.file("fine.csv", changed), s.file("b.csv", "question\nA?\n")}, []string{"✗ b.csv line 1: the first row names no column for this, as one of: answer, body, reply, 答案, 回答, 答复"}},
			{"a file of a folder", []string{filepath.Dir(s.file("folder/a.en.md", "---\ntitle: New?\n---\nYes.\n")), s.file("folder/b.en.md", "---\ntitle: [\n---\nB\n")}[:1], []string{"✗ folder/b.en.md line …"}},
			{"a workbook", []string{s.workbook("book.xlsx", []any{"slug", "question", "answer"}, []any{"moq", "What is the smallest order?", "Three bags."}, []any{"x", "X?", "#REF!"})}, []string{"✗ book.xlsx (Sheet1) line 3: a formula failed here: #REF!"}},
			{"the same twice", []string{s.file("one.csv", changed), s.file("two.csv", changed)}, []string{"✗ two.csv line 2: moq in en is there already: one.csv line 2", "✗ two.csv line 3: halal in en is there already: one.csv line 3"}},
			{"a question for two articles", []string{s.file("both.csv", "question,answer,slug,phrasings\nA?,A.,a,same thing?\nB?,B.,b,Same thing\n")}, []string{`✗ both.csv line 3: "Same thing" also asks for the article at both.csv line 2. One question can have one answer.`}},
			{"mixed encodings", []string{s.file("mixed.csv", "question,answer\n起订量,1吨\n\xcd\xcb\xbb\xf5,\xbf\xc9\xd2\xd4\n")}, []string{`✗ mixed.csv line 3: this line is GBK, the rest is UTF-8. Save all of it as "CSV UTF-8".`}},
			{"nothing in it", []string{s.file("empty.csv", "")}, []string{"✗ empty.csv: there is no article in it"}},
			{"a path that is not there", []string{filepath.Join(s.dir, "good.csv"), filepath.Join(s.dir, "no.csv")}, []string{"✗ " + filepath.Join(s.dir, "no.csv") + ": cannot be read: …"}},
		} {
			out := s.knowledge(exitWrong, append([]string{"import", "--archive-missing"}, c.paths...)...)
			s.wantSays(out, append(c.want, "Nothing was imported: the knowledge base is as it was.")...)
			if strings.Contains(out, "+ ") || strings.Contains(out, "~ ") {
				s.t.Errorf("%s: changes are told that did not happen:\n%s", c.name, out)
			}
			if after, now := s.kept(); now != version || cmp.Diff(before, after) != "" {
				s.t.Errorf("%s: version %d became %d: %s", c.name, version, now, cmp.Diff(before, after))
			}
		}
	})
}

// TestAnImportThatFailsHalfWay keeps nothing of its first half.
func TestAnImportThatFailsHalfWay(t *testing.T) {
	shelves(t, "en", func(_ *testing.T, s *shelf) {
		cfg, err := readConfig(s.config)
		if err != nil {
			s.t.Fatal(err)
		}
		h, err := build(s.t.Context(), cfg, discardLog())
		if err != nil {
			s.t.Fatal(err)
		}
		defer h.close()
		plan := &articles.Plan{New: []*articles.Change{
			{Article: &crm.Article{Slug: "a", Language: "en", Title: "A?", Body: "A."}},
			{Article: &crm.Article{Slug: "b", Language: "en", Title: "B?"}}, // without an answer
		}}
		err = h.store.InTx(s.t.Context(), func(ctx context.Context, store crm.Store) error {
			return h.apply(ctx, store.(crm.TxStore), plan)
		})
		if all, _ := s.kept(); crm.CodeOf(err) != crm.CodeInvalid || len(all) > 0 {
			s.t.Errorf("error %v, %d articles", err, len(all))
		}
	})
}

func TestWhatNeedsALookIsSaid(t *testing.T) {
	shelves(t, "en", func(_ *testing.T, s *shelf) {
		s.knowledge(exitFine, "import", s.file("base.csv", "slug,question,answer,status\nmoq,What is the smallest order?,One bag.,\ndraft,Do you deliver?,Yes.,draft\nold,Is it old?,Yes.,archived\nwaits,Does it wait?,Yes.,\n"))
		s.store(func(ctx context.Context, db *storage.DB) error {
			all, err := readArticles(ctx, db)
			for _, a := range all {
				if a.Slug == "waits" && err == nil {
					_, err = db.UpdateArticle(ctx, a.ID, func(a *crm.Article) error {
						a.Proposal = &crm.Proposal{Title: "Does it still wait?", Body: "No.", At: now()}
						return nil
					})
				}
			}
			return err
		})
		out := s.knowledge(exitFine, "import", s.file("more.csv", "slug,question,answer,owner\nnew,Can I see the plant?,Yes.,\nother,what is the smallest order,Two.,\ndraft,Do you deliver?,Yes indeed.,\nold,Is it old?,Yes.,\nwaits,Does it wait?,Yes.,me\n"))
		s.wantSays(out,
			"· more.csv line 1: columns that mean nothing here were left aside: owner",
			`! more.csv line 3: "what is the smallest order" also asks for What is the smallest order? (moq), which the knowledge base has already. Until one of the two gives it up, the bot does not know which one is meant.`,
			"! a change that somebody proposed for Does it wait? (waits, en) still waits for approval",
			"! 1 article of the import is archived and stays so, because its status is not given",
			"2 new, 1 changed, 2 as they were, 0 archived")
		all, _ := s.kept()
		for _, a := range all {
			if want := map[string]crm.ArticleStatus{"draft": crm.ArticleDraft, "old": crm.ArticleArchived}[a.Slug]; want != "" && a.Status != want {
				s.t.Errorf("%s is %s now", a.Slug, a.Status)
			}
			if (a.Slug == "waits") != (a.Proposal != nil) {
				s.t.Errorf("%s has the proposal %+v", a.Slug, a.Proposal)
			}
		}
	})
}

// TestWhatIsCloseIsSaid: two articles whose questions are nearly the same are
// told once, whichever of them is imported, and also when both are.
func TestWhatIsCloseIsSaid(t *testing.T) {
	shelves(t, "en", func(_ *testing.T, s *shelf) {
		s.knowledge(exitFine, "import", "sample/articles")
		out := s.knowledge(exitFine, "import", s.file("near.csv", "question,answer,slug\nWhat help is there after the sales?,None.,help\nDo you sell blue bicycles?,No.,blue\nDo you sell blue bicycle?,No.,bike\nWhere is the moon?,Up.,moon\n"))
		s.wantSays(out, `! near.csv line 2: "What help is there after the sales?" is close to "What help is there after the sale?", which asks for What help is there after the sale? (after-sales)`)
		if n := strings.Count(out, "is close to"); n != 2 || strings.Contains(out, "moon?\" is") {
			s.t.Errorf("%d are close:\n%s", n, out)
		}
	})
}

// TestWhatWasTaughtStays: a file of last month takes nothing away that people
// have taught the bot since, unless it is told to.
func TestWhatWasTaughtStays(t *testing.T) {
	shelves(t, "en", func(_ *testing.T, s *shelf) {
		path := s.file("faq.csv", "slug,question,answer,phrasings\nmoq,What is the smallest order?,One bag.,how little;what is your MOQ\n")
		s.knowledge(exitFine, "import", path)
		s.store(func(ctx context.Context, db *storage.DB) error {
			all, err := readArticles(ctx, db)
			if err == nil {
				_, err = db.UpdateArticle(ctx, all[0].ID, func(a *crm.Article) error {
					a.Phrasings = append([]string{"can I buy one bag"}, a.Phrasings...)
					return nil
				})
			}
			return err
		})
		for _, c := range []struct {
			flags []string
			want  []string
			asks  string
		}{
			{nil, []string{"· 1 way to ask that is not in the import stays…", "0 new, 0 changed, 1 as they were, 0 archived"}, "can I buy one bag;how little;what is your MOQ"},
			{[]string{"--drop-phrasings"}, []string{"~ changed: What is the smallest order? (moq, en): phrasings", "0 new, 1 changed, 0 as they were, 0 archived"}, "how little;what is your MOQ"},
		} {
			s.wantSays(s.knowledge(exitFine, append([]string{"import", path}, c.flags...)...), c.want...)
			if all, _ := s.kept(); strings.Join(all[0].Phrasings, ";") != c.asks {
				s.t.Errorf("%v: asked for by %q", c.flags, all[0].Phrasings)
			}
		}
	})
}

// TestARowWithoutASlugIsForTheArticleWithItsQuestion, and not for a second one.
func TestARowWithoutASlugIsForTheArticleWithItsQuestion(t *testing.T) {
	shelves(t, "zh-CN", func(_ *testing.T, s *shelf) {
		s.knowledge(exitFine, "import", "sample/articles")
		s.wantSays(s.knowledge(exitFine, "import", s.file("two.csv", "问题,答案\n起订量是多少,两吨。\n")),
			"~ 修改：起订量是多少（moq，zh-CN）：问题、答案", "新增 0 篇，修改 1 篇，未变 0 篇，归档 0 篇")
	})
}

func TestAnExportComesBackUnchanged(t *testing.T) {
	shelves(t, "zh-CN", func(_ *testing.T, s *shelf) {
		s.wantSays(s.knowledge(exitFine, "import", "sample/articles"), "新增 80 篇，修改 0 篇，未变 0 篇，归档 0 篇")
		before, version := s.kept()
		s.file("folder/notes.txt", "mine")
		for _, name := range []string{"folder", "all.csv", "all.xlsx"} {
			path := filepath.Join(s.dir, name)
			out := s.knowledge(exitFine, "export", path)
			s.wantSays(out, "80 篇文章已导出到 "+path)
			if strings.Contains(out, "notes.txt") != (name == "folder") {
				s.t.Errorf("%s: %s", name, out)
			}
			s.wantSays(s.knowledge(exitFine, "import", path, "--archive-missing"), "新增 0 篇，修改 0 篇，未变 80 篇，归档 0 篇")
		}
		if after, now := s.kept(); now != version || cmp.Diff(before, after) != "" {
			s.t.Errorf("version %d became %d: %s", version, now, cmp.Diff(before, after))
		}
		if code, _, errs := crmbot(s.t, "", "knowledge", "export", filepath.Join(s.dir, "no", "such", "a.csv"), "--config", s.config); code != exitFailed || errs == "" {
			s.t.Errorf("exit %d %s", code, errs)
		}
	})
}

func TestKnowledgeHealth(t *testing.T) {
	shelves(t, "en", func(_ *testing.T, s *shelf) {
		s.knowledge(exitFine, "health") // of nothing
		s.knowledge(exitFine, "import", "sample/articles")
		out := s.knowledge(exitFine, "health")
		if !strings.Contains(out, "40") || strings.Contains(out, "**") {
			s.t.Errorf("health says %s", out)
		}
		var report healthJSON
		if err := json.Unmarshal([]byte(s.knowledge(exitFine, "health", "--json")), &report); err != nil {
			s.t.Fatal(err)
		}
		if report.Articles != 40 || report.SelfTest == nil || report.SelfTest.Right <= 0.5 || report.SelfTest.Right > report.SelfTest.AmongThree || report.Week.Asked != 0 {
			s.t.Errorf("health is %+v", report)
		}
	})
}
