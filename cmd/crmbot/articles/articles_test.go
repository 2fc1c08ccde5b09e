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
		text, err := Format(a)
		if err != nil {
			t.Fatal(err)
		}
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
		{"no title", "moq.en.md", "---\nask: [a]\n---\nB\n", "title"},
		{"no answer", "moq.en.md", "---\ntitle: A\n---\n\n", "answer"},
		{"a wrong status", "moq.en.md", "---\ntitle: A\nstatus: secret\n---\nB\n", "published"},
		{"not UTF-8", "moq.en.md", "---\ntitle: \xff\n---\nB\n", "UTF-8"},
		{"enormous", "moq.en.md", "---\ntitle: A\n---\n" + strings.Repeat("B", most), "larger"},
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
