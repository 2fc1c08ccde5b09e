package articles

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"crmbot/crm"
)

// FuzzCSV reads anything. What is read without a complaint can be written and
// read again.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"question,answer\nA?,B\n", "问题;答案;问法\n甲;乙;丙|丁\n", "\ufeffquestion,answer\n\"A\n?\",\"\"\"B\"\"\"\n", "sep=\t\nquestion\tanswer\nA\tB\n",
		"\xce\xca\xcc\xe2,\xb4\xf0\xb0\xb8\n\xbc\xd7,\xd2\xd2\n", "\xff\xfeq\x00,\x00a\x00", "question,answer,slug,status,language,tags\nA,'=B,c,draft,en,\"x\n\"\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		o := options(t)
		read := func(raw []byte) *Batch {
			b := &Batch{}
			if err := b.csv(bytes.NewReader(raw), Place{File: "f.csv"}, o); err != nil {
				t.Fatal(err)
			}
			for _, e := range b.Entries {
				b.check(e, o)
			}
			return b
		}
		b := read(raw)
		if b.Wrong.Any() {
			for _, found := range b.Wrong.All {
				if text := found.In(o.Catalog.Words("zh-CN")); text == "" || strings.Contains(text, "{") && !strings.Contains(string(raw), "{") {
					t.Errorf("told %q", text)
				}
			}
			return
		}
		again(t, b.Entries, func(all []*crm.Article) *Batch {
			var out bytes.Buffer
			if err := WriteCSV(&out, all, o.Catalog.Words("en")); err != nil {
				t.Fatal(err)
			}
			return read(out.Bytes())
		})
	})
}

// FuzzMarkdown does the same with one file.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{
		"---\ntitle: A\nask: [b, \"c\"]\n---\nB\n", "---\ntitle: |\n  A\n  B\nask:\n- 'x'\nslug: ../y\nstatus: draft\n---\n---\nB", "\ufeff---\r\ntitle: \"\\u4e2d\"\r\n---\r\nB",
		"---\ntitle: &a b\ntags: [*a]\n---\nB\n", "---\ntitle: 1.10\n---\nB\n",
	} {
		f.Add("moq.en.md", s)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if !utf8.ValidString(name) || !utf8.ValidString(text) || strings.ContainsAny(name, "\x00/\\") {
			return
		}
		o := options(t)
		e, found := parse(Place{File: name}, text)
		if found != nil {
			if found.In(o.Catalog.Words("en")) == "" {
				t.Error("nothing is told")
			}
			return
		}
		b := &Batch{}
		if b.check(e, o); b.Wrong.Any() {
			return
		}
		again(t, []*Entry{e}, func(all []*crm.Article) *Batch {
			b := &Batch{}
			for _, a := range all {
				e, found := parse(Place{File: Name(a)}, Format(a))
				if found != nil {
					t.Fatalf("%s\n%s", found.Error(), Format(a))
				}
				b.Entries = append(b.Entries, e)
				b.check(e, o)
			}
			return b
		})
	})
}

// again writes and reads articles, and compares.
func again(t *testing.T, entries []*Entry, through func([]*crm.Article) *Batch) {
	t.Helper()
	var all []*crm.Article
	taken := map[key]bool{}
	for _, e := range entries {
		if k := keyOf(e.Article); !taken[k] {
			taken[k] = true
			if e.Article.Status == "" {
				e.Article.Status = crm.ArticlePublished
			}
			tidy(e.Article)
			all = append(all, e.Article)
		}
	}
	all = sorted(all)
	b := through(all)
	if b.Wrong.Any() {
		t.Fatal(said(t, b.Wrong))
	}
	got := make([]*crm.Article, len(b.Entries))
	for i, e := range b.Entries {
		got[i] = e.Article
		tidy(got[i])
	}
	if diff := cmp.Diff(all, sorted(got)); diff != "" && len(all) > 0 {
		t.Error(diff)
	}
}
