package articles

import (
	"regexp"
	"slices"
	"strings"

	"crmbot/bot/grammar"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// columns are the fields of a row, in the order in which they are written. The
// locale knows what people call them: words.column.<field>.
var columns = []string{"slug", "language", "question", "phrasings", "tags", "answer", "status"}

// table makes articles of the rows of a spreadsheet.
type table struct {
	options Options
	batch   *Batch
	column  map[string]int // of each field that there is
	width   int            // of the header
	strict  bool           // a row may not be wider than the header
	quotes  bool           // a quote before a formula is the exporter's: see guarded
	odd     bool           // characters that could not be read are a fault of the file
}

// known counts the fields that a row would name as a header.
func (o Options) known(header []string) int {
	n := 0
	for _, cell := range header {
		if o.field(cell) != "" {
			n++
		}
	}
	return n
}

// field is the field that a column is called by, "" for none.
func (o Options) field(cell string) string {
	cell = strings.Trim(grammar.Bare(line(cell)), "*# ")
	if cell == "" {
		return ""
	}
	for _, field := range columns {
		if slices.ContainsFunc(o.Catalog.Every("words.column."+field), func(word string) bool { return grammar.Bare(word) == cell }) {
			return field
		}
	}
	return ""
}

// header takes the first row, and says whether rows can be read below it.
// Columns that mean nothing here are left aside and named: people keep remarks
// of their own in a sheet, and would have to cut them out each time.
func (t *table) header(cells []string, at Place) bool {
	t.column, t.width = map[string]int{}, len(cells)
	var others []string
	fine := true
	for i, cell := range cells {
		field := t.options.field(cell)
		if other, twice := t.column[field]; twice {
			t.batch.Wrong.Say(at, "import.column_twice", "one", line(cells[other]), "other", line(cell))
			fine = false
		} else if field != "" {
			t.column[field] = i
		} else if name := line(cell); name != "" {
			others = append(others, name)
		}
	}
	for _, field := range []string{"question", "answer"} {
		if _, ok := t.column[field]; !ok {
			t.batch.Wrong.Say(at, "import.no_column", "column", t.options.Catalog.Every("words.column."+field))
			fine = false
		}
	}
	if len(others) > 0 && fine {
		t.batch.Notes.Say(at, "import.columns", "names", Few(others))
	}
	return fine
}

// row takes a row. It says whether more may follow.
func (t *table) row(cells []string, at Place) bool {
	if blank(cells) {
		return true
	}
	wrong := &t.batch.Wrong
	if len(t.batch.Entries) == mostRows {
		wrong.Say(at, "import.rows", "max", mostRows)
		return false
	}
	if t.strict && len(cells) > t.width && !blank(cells[t.width:]) {
		wrong.Say(at, "import.cells", "cell", cut(line(strings.Join(cells[t.width:], " "))))
		return true
	}
	for i, cell := range cells {
		switch {
		case strings.IndexByte(cell, 0) >= 0:
			wrong.Say(at, "import.nul")
			return true
		case t.odd && strings.ContainsRune(cell, '\ufffd'):
			wrong.Say(at, "import.unreadable")
			return true
		case broken[strings.TrimSpace(cell)] && t.used(i):
			wrong.Say(at, "import.formula", "cell", strings.TrimSpace(cell))
			return true
		}
	}
	e, found := t.entry(cells, at)
	if found == nil {
		found = e.missing()
	}
	if found != nil {
		wrong.add(found)
		return true
	}
	if t.controls(cells) {
		t.batch.Notes.Say(at, "import.control")
	}
	t.batch.Entries = append(t.batch.Entries, e)
	return true
}

// controls says whether a cell that is read has control characters, which are
// left out.
func (t *table) controls(cells []string) bool {
	for i, cell := range cells {
		if controlIn(cell) >= 0 && t.used(i) {
			return true
		}
	}
	return false
}

// blank says whether nothing stands in a row.
func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// cut shortens a text that is only shown.
func cut(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

// broken are what a spreadsheet shows where a formula failed.
var broken = map[string]bool{
	"#REF!": true, "#N/A": true, "#NAME?": true, "#VALUE!": true, "#DIV/0!": true, "#NULL!": true, "#NUM!": true,
}

// used says whether a column is one of ours.
func (t *table) used(column int) bool {
	for _, i := range t.column {
		if i == column {
			return true
		}
	}
	return false
}

// entry is the article of a row.
func (t *table) entry(cells []string, at Place) (*Entry, *Finding) {
	cell := func(field string) (string, bool) {
		i, ok := t.column[field]
		if !ok || i >= len(cells) {
			return "", ok
		}
		if t.quotes {
			return bared(cells[i]), true
		}
		return cells[i], true
	}
	e := &Entry{At: at, Article: &crm.Article{}}
	a := e.Article
	a.Slug, _ = cell("slug")
	a.Title, _ = cell("question")
	a.Body, _ = cell("answer")
	phrasings, has := cell("phrasings")
	a.Phrasings, e.Has.Phrasings = split(phrasings, "|;；"), has
	tags, has := cell("tags")
	a.Tags, e.Has.Tags = split(tags, "|;；,，、"), has
	status, _ := cell("status")
	language, _ := cell("language")
	tidy(a)
	if a.Slug == "" && a.Title != "" {
		a.Slug, e.Unnamed = knowledge.Slug(a.Title), true
	}
	var ok bool
	if a.Status, ok = t.options.status(status); !ok {
		return nil, &Finding{At: at, Key: "import.status", Pairs: []any{"status", line(status)}}
	}
	e.Has.Status = a.Status != ""
	if a.Language, ok = t.options.language(line(language), a); !ok {
		return nil, &Finding{At: at, Key: "import.language", Pairs: []any{"language", line(language), "known", t.options.Catalog.Languages()}}
	}
	return e, nil
}

// split takes a list apart: an entry on each line, or between the marks if
// there is one line only.
func split(cell, marks string) []string {
	if strings.ContainsAny(cell, "\r\n") {
		return strings.FieldsFunc(cell, func(r rune) bool { return r == '\n' || r == '\r' })
	}
	return strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(marks, r) })
}

// joined is a list that split takes apart again, whatever is in it.
func joined(list []string, marks string) string {
	list = lines(list)
	if len(list) == 1 && strings.ContainsAny(list[0], marks) {
		return list[0] + "\n"
	}
	return strings.Join(list, "\n")
}

// status is what a cell says about it: "" is nothing.
func (o Options) status(cell string) (crm.ArticleStatus, bool) {
	cell = grammar.Bare(cell)
	if cell == "" {
		return "", true
	}
	for _, s := range statuses {
		if cell == string(s) || slices.ContainsFunc(o.Catalog.Every("status."+string(s)), func(word string) bool {
			return cell == grammar.Bare(word) || cell == "已"+word
		}) {
			return s, true
		}
	}
	return "", false
}

// language is the one that a cell names, as a tag or as people call it. Without
// a name it is that of the text, else the company's.
func (o Options) language(cell string, a *crm.Article) (string, bool) {
	if cell == "" {
		if lang, ok := locale.Of(a.Title + " " + a.Body); ok {
			return lang, true
		}
		return o.Language, true
	}
	for _, lang := range o.Catalog.Languages() {
		if slices.ContainsFunc(o.Catalog.Every("language."+lang), func(word string) bool { return grammar.Bare(word) == grammar.Bare(cell) }) {
			return lang, true
		}
	}
	return o.Catalog.Match(cell)
}

// formula begins what a spreadsheet takes for a formula when it opens a CSV
// file, behind any number of quotes.
var formula = regexp.MustCompile(`^'*[=+\-@\t]`)

// quotedFormula is the same as guarded writes it.
var quotedFormula = regexp.MustCompile(`^'+[=+\-@\t]`)

// guarded is a cell of a CSV file that no spreadsheet computes: what would be a
// formula gets a quote in front, as one types it there to mean text.
func guarded(s string) string {
	if formula.MatchString(s) {
		return "'" + s
	}
	return s
}

// bared takes the quote of guarded off again.
func bared(s string) string {
	if quotedFormula.MatchString(s) {
		return s[1:]
	}
	return s
}

// cells are the row of an article.
func cells(a *crm.Article) []string {
	return []string{
		line(a.Slug), a.Language, line(a.Title), joined(a.Phrasings, "|;；"), joined(a.Tags, "|;；,，、"),
		tidied(a.Body), string(a.Status),
	}
}

// titles are the header in a language.
func titles(words *locale.Words) []string {
	out := make([]string, len(columns))
	for i, field := range columns {
		out[i] = words.List("words.column." + field)[0]
	}
	return out
}
