package articles

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/crm"
)

// has is an article of the knowledge base.
func has(slug, title string, phrasings ...string) *crm.Article {
	return &crm.Article{ID: 1, Slug: slug, Language: "en", Title: title, Phrasings: phrasings, Tags: []string{"t"}, Body: "B", Status: crm.ArticlePublished, Version: 3}
}

// row is one of an import at a line of f.csv.
func row(n int, has Has, a crm.Article) *Entry {
	a.Language = "en"
	return &Entry{Article: &a, At: Place{File: "f.csv", Line: n}, Has: has}
}

func unnamed(e *Entry) *Entry {
	e.Unnamed = true
	return e
}

func TestCompare(t *testing.T) {
	all, none := Has{true, true, true}, Has{}
	draft, gone, waits := has("draft", "Draft?"), has("gone", "Gone?"), has("waits", "Waits?")
	draft.Status, gone.Status, waits.Proposal = crm.ArticleDraft, crm.ArticleArchived, &crm.Proposal{Title: "W"}
	base := []*crm.Article{has("moq", "Smallest order?", "how little"), has("halal", "Is it halal?"), draft, gone, waits}
	published := crm.ArticlePublished
	for _, c := range []struct {
		name    string
		entries []*Entry
		archive bool
		drop    bool
		want    string // what is said and done, one line each
	}{
		{"the same", []*Entry{row(2, all, crm.Article{Slug: "moq", Title: "Smallest order?", Phrasings: []string{"how little"}, Tags: []string{"t"}, Body: "B", Status: published})}, false, false, "1 same"},
		{"what a file does not have is kept", []*Entry{row(2, none, crm.Article{Slug: "moq", Title: "Smallest order?", Body: "B"})}, false, false, "1 same"},
		{"an empty cell empties", []*Entry{row(2, Has{Tags: true}, crm.Article{Slug: "moq", Title: "Smallest order?", Body: "B"})}, false, false, "changed moq: tags"},
		{"no slug, but the title of an article", []*Entry{unnamed(row(2, none, crm.Article{Slug: "chat-1", Title: "smallest order", Body: "C"}))}, false, false, "changed moq: question, answer"},
		{"no slug, and the title of an archived article", []*Entry{unnamed(row(2, none, crm.Article{Slug: "chat-1", Title: "Gone?", Body: "C"}))}, false, false, "new chat-1 published"},
		{"what was taught meanwhile stays", []*Entry{row(2, all, crm.Article{Slug: "moq", Title: "Smallest order?", Tags: []string{"t"}, Body: "B", Status: published})}, false, false, "1 same; 1 kept"},
		{"unless it is to go", []*Entry{row(2, all, crm.Article{Slug: "moq", Title: "Smallest order?", Tags: []string{"t"}, Body: "B", Status: published})}, false, true, "changed moq: phrasings"},
		{"one more phrasing", []*Entry{row(2, Has{Phrasings: true}, crm.Article{Slug: "moq", Title: "Smallest order?", Phrasings: []string{"moq"}, Body: "B"})}, false, false, "changed moq: phrasings; 1 kept; moq asks how little, moq"},
		{"all fields", []*Entry{row(2, all, crm.Article{Slug: "moq", Title: "MOQ?", Phrasings: []string{"a"}, Tags: []string{"b"}, Body: "C", Status: crm.ArticleDraft})}, false, false, "changed moq: question, phrasings, tags, answer, status; 1 kept; moq asks how little, a"},
		{"new", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "X?", Body: "B"})}, false, false, "new x published"},
		{"a draft stays one", []*Entry{row(2, none, crm.Article{Slug: "draft", Title: "Draft?", Body: "C"})}, false, false, "changed draft: answer draft"},
		{"a draft is published when told so", []*Entry{row(2, all, crm.Article{Slug: "draft", Title: "Draft?", Tags: []string{"t"}, Body: "B", Status: published})}, false, false, "changed draft: status"},
		{"an archived one stays so", []*Entry{row(2, none, crm.Article{Slug: "gone", Title: "Gone?", Body: "B"})}, false, false, "1 same; 1 asleep"},
		{"a proposal", []*Entry{row(2, none, crm.Article{Slug: "waits", Title: "Waits?", Body: "C"})}, false, false, "changed waits: answer; 1 waiting"},
		{"what is missing is archived, but for drafts", []*Entry{row(2, none, crm.Article{Slug: "moq", Title: "Smallest order?", Body: "B"})}, true, false, "1 same; archived halal; archived waits"},
		{"twice", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "X?", Body: "B"}), row(5, none, crm.Article{Slug: "x", Title: "Y?", Body: "B"})}, false, false, "new x published; wrong f.csv line 5: x in en is there already: f.csv line 2"},
		{"a question for two", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "X?", Body: "B"}), row(5, none, crm.Article{Slug: "y", Title: "Y?", Phrasings: []string{" x "}, Body: "B"})}, false, false, `new x published; new y published; wrong f.csv line 5: " x " also asks for the article at f.csv line 2. One question can have one answer.`},
		{"a question of another article", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "How little!", Body: "B"})}, false, false, `new x published; note f.csv line 2: "How little!" also asks for Smallest order? (moq), which the knowledge base has already. Until one of the two gives it up, the bot does not know which one is meant.`},
		{"a question of an archived article", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "Gone?", Body: "B"})}, false, false, "new x published"},
		{"a question of one that is archived now", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "How little", Body: "B"})}, true, false, "new x published; archived halal; archived moq; archived waits"},
		{"a question that stays with one that is in the import too", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "How little", Body: "B"}), row(3, none, crm.Article{Slug: "moq", Title: "Smallest order?", Body: "B"})}, false, false, `1 same; new x published; note f.csv line 3: "how little" also asks for the article at f.csv line 2. One question can have one answer.`},
		{"a question of one that no longer asks it", []*Entry{row(2, none, crm.Article{Slug: "x", Title: "How little", Body: "B"}), row(3, all, crm.Article{Slug: "moq", Title: "Smallest order?", Tags: []string{"t"}, Body: "B", Status: published})}, false, false, "new x published; changed moq: phrasings"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := told(t, Compare(base, c.entries, Missing{Archive: c.archive, Drop: c.drop}))
			if diff := cmp.Diff(strings.Split(c.want, "; "), got); diff != "" {
				t.Error(diff)
			}
		})
	}
	shared := []*crm.Article{has("a", "A?", "same"), has("b", "B?", "same")}
	again := []*Entry{row(2, none, crm.Article{Slug: "a", Title: "A?", Body: "B"}), row(3, none, crm.Article{Slug: "b", Title: "B?", Body: "B"})}
	if p := Compare(shared, again, Missing{}); p.Wrong.Any() || len(p.Notes.All) != 1 {
		t.Errorf("what the knowledge base has already cannot be imported: %v", told(t, p))
	}
}

// told is a plan in words.
func told(t *testing.T, p *Plan) []string {
	t.Helper()
	var out []string
	if p.Same > 0 {
		out = append(out, fmt.Sprint(p.Same, " same"))
	}
	for _, c := range p.New {
		out = append(out, "new "+c.Article.Slug+" "+string(c.Article.Status))
	}
	for _, c := range p.Changed {
		text := "changed " + c.Article.Slug + ": " + strings.Join(c.Fields, ", ")
		if c.Article.Status == crm.ArticleDraft && c.Fields[len(c.Fields)-1] != "status" {
			text += " draft"
		}
		out = append(out, text)
	}
	if p.Kept > 0 {
		out = append(out, fmt.Sprint(p.Kept, " kept"))
		for _, c := range p.Changed {
			out = append(out, c.Article.Slug+" asks "+strings.Join(c.Article.Phrasings, ", "))
		}
	}
	if p.Asleep > 0 {
		out = append(out, fmt.Sprint(p.Asleep, " asleep"))
	}
	if len(p.Waiting) > 0 {
		out = append(out, fmt.Sprint(len(p.Waiting), " waiting"))
	}
	for _, a := range p.Archived {
		out = append(out, "archived "+a.Slug)
	}
	for _, kind := range []struct {
		name  string
		found Findings
	}{{"wrong", p.Wrong}, {"note", p.Notes}} {
		for _, line := range strings.Split(strings.TrimSpace(said(t, kind.found)), "\n") {
			if line != "" {
				out = append(out, kind.name+" "+line)
			}
		}
	}
	return out
}
