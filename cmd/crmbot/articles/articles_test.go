package articles

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crmbot/crm"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, a := range []*crm.Article{
		{Slug: "moq", Language: "en", Title: "What is the minimum: order?", Phrasings: []string{"how little", "- a dash", "yes"}, Tags: []string{"order"}, Body: "One pallet.\n\n- 1 t", Status: crm.ArticlePublished},
		{Slug: "moq", Language: "zh-CN", Title: "起订量是多少？", Body: "1吨", Status: crm.ArticleDraft},
	} {
		text := Format(a)
		got, err := Parse(Name(a), text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

func TestABadFileIsNamedWithItsLine(t *testing.T) {
	good := "---\ntitle: A\n---\nB\n"
	for _, c := range []struct{ name, file, text, want string }{
		{"no language", "moq.md", good, "slug and language"},
		{"no head", "moq.en.md", "just text", "line 1"},
		{"an unknown key", "moq.en.md", "---\ntitle: A\ncolour: red\n---\nB\n", "line 3"},
		{"another type", "moq.en.md", "---\ntitle: A\nask:\n  a: b\n---\nB\n", "line 4: title and status"},
		{"a list for a title", "moq.en.md", "---\ntitle: [A]\n---\nB\n", "line 2: title and status"},
		{"a broken list", "moq.en.md", "---\ntitle: A\nask: [a\n---\nB\n", "line 3: the head"},
		{"no title", "moq.en.md", "---\nask: [a]\n---\nB\n", "title"},
		{"no answer", "moq.en.md", "---\ntitle: A\n---\n\n", "answer"},
		{"a wrong status", "moq.en.md", "---\ntitle: A\nstatus: secret\n---\nB\n", "published"},
		{"not UTF-8", "moq.en.md", "---\ntitle: \xff\n---\nB\n", "UTF-8"},
		{"enormous", "moq.en.md", "---\ntitle: A\n---\n" + strings.Repeat("B", mostText), "larger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, err := Read(fstest.MapFS{c.file: {Data: []byte(c.text)}, "fine.en.md": {Data: []byte(good)}})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("error %v, want %s and %q", err, c.file, c.want)
			}
			if len(all) != 1 {
				t.Errorf("%d articles beside the bad file, want the fine one", len(all))
			}
		})
	}
}

func TestAFolderHasOtherFilesToo(t *testing.T) {
	b := &Batch{}
	b.folder(fstest.MapFS{
		"README.md": {Data: []byte("# How to write articles\n")}, "logo.png": {Data: []byte("\x89PNG")}, ".git/config": {Data: []byte("x")},
		"moq.en.md": {Data: []byte("---\ntitle: A\n---\nB\n")}, "more/a.en.md": {Data: []byte("x")},
	}, "kb")
	if got := said(t, b.Notes); b.Wrong.Any() || len(b.Entries) != 1 || got != "kb: left aside, because they are not articles: README.md, logo.png, more\n" {
		t.Errorf("%d articles, told %q %q", len(b.Entries), got, said(t, b.Wrong))
	}
}
