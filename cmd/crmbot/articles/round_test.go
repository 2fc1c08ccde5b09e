package articles

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"crmbot/crm"
)

// odd are texts that files have trouble with.
var odd = []string{
	"=SUM(A1:A9)", "'=1+1", "''+1", "'tis", "+86 10", "-1 t", "- a\n- b", "@cmd|' /C calc'!A0", "\tindented", "a\tb",
	"\"quoted\"", "a \"b\" c", "comma, semi; pipe| full；，、", "one\ntwo\n\nthree", "cr\r\nlf\rcr", "---", "a\n---\nb", "# heading",
	"yes", "null", "~", "1.10", "0x1F", "2026-11-22", "TRUE", "#N/A?", "key: value", "[a, b]", "{a: b}", "*a", "&a", "!a", "%a", "`a`",
	"_x000D_ _x0041_ _x005F_", "_x005F_x005F_x0041_", "\\n \\u0041 \\", "emoji 👩‍👩‍👧 𠮷", "中文，问号？", "全角　空格", "e\u0301", "\u202eright to left", "\u2028line\u2029",
	"zero\u200bwidth", "<b>&amp;</b>", "]]>", "a  b", " around ", "\u00a0", "\ufeffmark", "\ufffd", "\x01\x7f\u0085", "|", ";", "，",
}

// phrase is a text that somebody may have typed.
func phrase() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(odd), rapid.StringOfN(rapid.Rune(), 1, 8, -1)), 1, 3).Draw(t, "parts")
		return strings.ReplaceAll(strings.Join(parts, rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "between")), "\x00", "")
	})
}

// base is a knowledge base as the services keep one: nothing stands around a
// text, nothing is empty.
func base() *rapid.Generator[[]*crm.Article] {
	slug := rapid.OneOf(rapid.SampledFrom([]string{"moq", "MOQ", "../../etc/passwd", "a/b", "con", "退货", "a.b", ".hidden", "1", "-1", "=1", "a~b", strings.Repeat("长", 60)}), phrase())
	return rapid.Custom(func(t *rapid.T) []*crm.Article {
		var all []*crm.Article
		taken := map[key]bool{}
		for i := range rapid.IntRange(1, 6).Draw(t, "articles") {
			kept := func(name string, g *rapid.Generator[string]) string {
				if s := strings.TrimSpace(g.Draw(t, name)); tidied(s) != "" {
					return s
				}
				return "x"
			}
			a := &crm.Article{
				ID: crm.ArticleID(i + 1), Version: 1, Slug: kept("slug", slug),
				Language:  rapid.SampledFrom([]string{"en", "zh-CN"}).Draw(t, "language"),
				Title:     fmt.Sprint(kept("title", phrase()), " ", i),
				Phrasings: rapid.SliceOfN(phrase(), 0, 4).Draw(t, "phrasings"), Tags: rapid.SliceOfN(phrase(), 0, 3).Draw(t, "tags"),
				Body: kept("body", phrase()), Status: rapid.SampledFrom(statuses).Draw(t, "status"),
			}
			probe := *a
			tidy(&probe)
			a.Slug = probe.Slug // an import makes slugs, and nobody else odd ones
			if a.Slug != "" && !taken[keyOf(a)] && a.Check() == nil {
				taken[keyOf(a)] = true
				all = append(all, a)
			}
		}
		return all
	})
}

// TestWhatIsExportedIsImportedWithoutAChange is the promise to whoever exports,
// edits one cell and imports again: nothing else changes.
func TestWhatIsExportedIsImportedWithoutAChange(t *testing.T) {
	o := options(t)
	for _, name := range []string{"folder", "all.csv", "all.xlsx"} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				all := base().Draw(r, "base")
				if len(all) == 0 {
					r.Skip()
				}
				dir, err := os.MkdirTemp(t.TempDir(), "round")
				if err != nil {
					r.Fatal(err)
				}
				defer os.RemoveAll(dir)
				path := filepath.Join(dir, name)
				lang := rapid.SampledFrom(o.Catalog.Languages()).Draw(r, "header")
				if others, err := Save(path, all, o.Catalog.Words(lang)); err != nil || len(others) > 0 {
					r.Fatal(others, err)
				}
				b := Load([]string{path}, o)
				p := Compare(all, b.Entries, Missing{Archive: true, Drop: rapid.Bool().Draw(r, "drop")})
				if b.Wrong.Any() || p.Wrong.Any() || b.Notes.Any() {
					r.Fatal(said(t, b.Wrong), said(t, p.Wrong), said(t, b.Notes))
				}
				for _, c := range p.Changed {
					r.Errorf("%s changes %v: %#v", c.At.File, c.Fields, *c.Article)
				}
				if p.Same != len(all) || len(p.New) > 0 || len(p.Archived) > 0 {
					r.Errorf("of %d: %d the same, %d new, %d archived", len(all), p.Same, len(p.New), len(p.Archived))
				}
				for _, c := range p.New {
					r.Errorf("new: %#v", *c.Article)
				}
			})
		})
	}
}

// TestNoCellOfACSVIsAFormula: whoever opens an export in a spreadsheet computes
// nothing that a customer wrote.
func TestNoCellOfACSVIsAFormula(t *testing.T) {
	o := options(t)
	rapid.Check(t, func(r *rapid.T) {
		for _, cell := range cells(&crm.Article{Title: phrase().Draw(r, "title"), Body: phrase().Draw(r, "body"), Phrasings: []string{phrase().Draw(r, "phrasing")}}) {
			g := guarded(cell)
			if strings.HasPrefix(g, "=") || strings.HasPrefix(g, "+") || strings.HasPrefix(g, "-") || strings.HasPrefix(g, "@") || strings.HasPrefix(g, "\t") {
				r.Errorf("%q is a formula", g)
			}
			if bared(g) != cell {
				r.Errorf("%q comes back as %q", cell, bared(g))
			}
		}
	})
	var b bytes.Buffer
	if err := WriteCSV(&b, []*crm.Article{{Slug: "a", Language: "en", Title: "=cmd()", Body: "B", Status: "draft"}}, o.Catalog.Words("en")); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "\ufeffslug,language,question,phrasings,tags,answer,status\na,en,'=cmd(),,,B,draft\n"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestAFolderKeepsWhatIsNotOurs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"README.txt": "mine", "old.en.md": "---\ntitle: Old\n---\nOld.\n", ".hidden": "x", "moq.en.md": "stale"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := []*crm.Article{
		{Slug: "moq", Language: "en", Title: "A", Body: "B", Status: crm.ArticlePublished},
		{Slug: "MOQ", Language: "en", Title: "C", Body: "D", Status: crm.ArticlePublished},
		{Slug: "../../up", Language: "en", Title: "E", Body: "F", Status: crm.ArticlePublished},
	}
	others, err := Save(dir, all, options(t).Catalog.Words("en"))
	if err != nil || !slices.Equal(others, []string{"README.txt", "old.en.md"}) {
		t.Errorf("others %v, %v", others, err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "README.txt")); err != nil || string(raw) != "mine" {
		t.Errorf("README.txt is %q, %v", raw, err)
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 3+3 {
		t.Errorf("%v, %v", list, err)
	}
	low := map[string]bool{}
	for _, f := range list {
		if low[strings.ToLower(f.Name())] {
			t.Errorf("%s is one file with another where case does not count", f.Name())
		}
		low[strings.ToLower(f.Name())] = true
	}
}

func TestACellOfAWorkbookHasAnEnd(t *testing.T) {
	long := make([]string, 400)
	for i := range long {
		long[i] = fmt.Sprint(strings.Repeat("长", 100), i)
	}
	all := []*crm.Article{{Slug: "a", Language: "en", Title: "A", Body: "B", Phrasings: long, Status: crm.ArticlePublished}}
	words := options(t).Catalog.Words("en")
	dir := t.TempDir()
	if _, err := Save(filepath.Join(dir, "a.xlsx"), all, words); err == nil || !strings.Contains(err.Error(), "a.en") {
		t.Errorf("error %v, want one that names the article", err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Errorf("left behind: %v, %v", list, err)
	}
	if _, err := Save(filepath.Join(dir, "a.csv"), all, words); err != nil {
		t.Error(err)
	}
}
