package articles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"

	"crmbot/crm"
)

// head is what stands above an article.
type head struct {
	Title  string   `yaml:"title"`
	Ask    []string `yaml:"ask,omitempty"`    // how people ask for it
	Tags   []string `yaml:"tags,omitempty"`   // words that it is about
	Status string   `yaml:"status,omitempty"` // published if missing
	Slug   string   `yaml:"slug,omitempty"`   // of which the file's name cannot be made
}

// Read returns the articles of all .md files of a folder, in the order of
// their names. Its error holds a line for each file that could not be read.
func Read(files fs.FS) ([]*crm.Article, error) {
	b := &Batch{}
	b.folder(files, "")
	all := make([]*crm.Article, 0, len(b.Entries))
	for _, e := range b.Entries {
		all = append(all, e.Article)
	}
	return all, b.Wrong.err()
}

// folder reads the .md files of a folder. What else is in it is left aside.
func (b *Batch) folder(files fs.FS, dir string) {
	list, err := fs.ReadDir(files, ".")
	if err != nil {
		b.Wrong.Say(Place{File: dir}, "import.open", "cause", cause(err))
		return
	}
	var others []string
	for _, f := range list {
		if strings.HasPrefix(f.Name(), ".") {
			continue
		}
		if path.Ext(f.Name()) != ".md" || f.IsDir() {
			others = append(others, f.Name())
			continue
		}
		if len(b.Entries) == mostRows {
			b.Wrong.Say(Place{File: dir}, "import.rows", "max", mostRows)
			return
		}
		if !b.markdown(files, f.Name(), Place{File: path.Join(dir, f.Name())}) {
			others = append(others, f.Name())
		}
	}
	if len(others) > 0 {
		b.Notes.Say(Place{File: dir}, "import.others", "names", Few(others))
	}
}

// Few are names for a sentence: the first of many.
func Few(names []string) []string {
	if len(names) > 10 {
		names = append(slices.Clone(names[:10]), "…")
	}
	return names
}

// markdown reads one file. It says whether that is an article, and not a
// README.md: neither by its name nor by what it begins with.
func (b *Batch) markdown(files fs.FS, name string, at Place) bool {
	text, found := readText(files, name, at)
	if found == nil {
		if !strings.Contains(strings.TrimSuffix(name, ".md"), ".") && !strings.HasPrefix(strings.TrimPrefix(text, "\ufeff"), "---") {
			return false
		}
		var e *Entry
		if e, found = parse(at, text); found == nil {
			if e.Odd > 0 {
				b.Notes.Say(Place{File: at.File, Line: e.Odd}, "import.control")
			}
			b.Entries = append(b.Entries, e)
			return true
		}
	}
	b.Wrong.add(found)
	return true
}

// readText is the text of a file, however it is written.
func readText(files fs.FS, name string, at Place) (string, *Finding) {
	fail := func(err error) (string, *Finding) {
		return "", &Finding{At: at, Key: "import.open", Pairs: []any{"cause", cause(err)}}
	}
	info, err := fs.Stat(files, name)
	if err != nil {
		return fail(err)
	}
	if !info.Mode().IsRegular() {
		return "", &Finding{At: at, Key: "import.irregular"}
	}
	f, err := files.Open(name)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	raw, err := io.ReadAll(io.LimitReader(f, mostText+1))
	if err != nil {
		return fail(err)
	}
	if len(raw) > mostText {
		return "", &Finding{At: at, Key: "import.text_long", Pairs: []any{"max", mostText >> 10}}
	}
	var wrong Findings
	spelt, err := spellingOf(bytes.NewReader(raw), at.File, &wrong)
	if err != nil {
		return fail(err)
	}
	if wrong.Any() {
		return "", wrong.All[0]
	}
	text, err := io.ReadAll(spelt.reader(bytes.NewReader(raw)))
	if err != nil {
		return fail(err)
	}
	return string(text), nil
}

// Parse reads one article. name is the file's: slug and language.
func Parse(name, text string) (*crm.Article, error) {
	e, found := parse(Place{File: name}, text)
	if found != nil {
		return nil, found
	}
	return e.Article, nil
}

func parse(at Place, text string) (*Entry, *Finding) {
	wrong := func(line int, key string, pairs ...any) (*Entry, *Finding) {
		at.Line = line
		return nil, &Finding{At: at, Key: key, Pairs: pairs}
	}
	name := strings.TrimSuffix(path.Base(at.File), ".md")
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || dot == len(name)-1 {
		return wrong(0, "import.file_name")
	}
	if n := strings.IndexByte(text, 0); n >= 0 {
		return wrong(1+strings.Count(text[:n], "\n"), "import.nul")
	}
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	rest, begins := strings.CutPrefix(text, "---\n")
	above, body, ends := strings.Cut(rest, "\n---\n")
	if !ends { // nothing below the second line of ---
		above, ends = strings.CutSuffix(rest, "\n---")
	}
	if !begins || !ends {
		return wrong(1, "import.head")
	}
	var h head
	if err := yaml.UnmarshalWithOptions([]byte(above), &h, yaml.Strict()); err != nil {
		line, message := whereInYAML(err)
		_, one := errors.AsType[*yaml.TypeError](err)
		if _, other := errors.AsType[*yaml.UnexpectedNodeTypeError](err); one || other {
			return wrong(1+line, "import.head_type")
		}
		return wrong(1+line, "import.head_broken", "cause", cause(errors.New(message)))
	}
	e := &Entry{At: at, Has: Has{true, true, true}, Article: &crm.Article{
		Slug: name[:dot], Language: name[dot+1:], Title: h.Title, Phrasings: h.Ask, Tags: h.Tags,
		Body: body, Status: crm.ArticleStatus(h.Status),
	}}
	if h.Slug != "" {
		e.Article.Slug = h.Slug
	}
	if e.Article.Status == "" {
		e.Article.Status = crm.ArticlePublished
	}
	if n := controlIn(text); n >= 0 {
		e.Odd = 1 + strings.Count(text[:n], "\n")
	} else if controlIn(h.Title+strings.Join(h.Ask, "")+strings.Join(h.Tags, "")+h.Slug) >= 0 { // YAML has names for them
		e.Odd = 1
	}
	tidy(e.Article)
	e.At.Line = 1
	return e, e.missing()
}

// whereInYAML is the line of a mistake, and what it is.
func whereInYAML(err error) (line int, message string) {
	y, is := errors.AsType[yaml.Error](err)
	if !is {
		return 0, err.Error()
	}
	if token := y.GetToken(); token != nil && token.Position != nil {
		line = token.Position.Line
	}
	return line, y.GetMessage()
}

// missing says which field an entry cannot do without.
func (e *Entry) missing() *Finding {
	a := e.Article
	switch {
	case a.Title == "":
		return &Finding{At: e.At, Key: "import.no_title"}
	case a.Body == "":
		return &Finding{At: e.At, Key: "import.no_answer"}
	case !slices.Contains(statuses, a.Status) && (e.Has.Status || a.Status != ""):
		return &Finding{At: e.At, Key: "import.status", Pairs: []any{"status", string(a.Status)}}
	}
	return nil
}

var statuses = []crm.ArticleStatus{crm.ArticleDraft, crm.ArticlePublished, crm.ArticleArchived}

// plainSlug is a slug that every file system takes as a name.
var plainSlug = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*$`)

// Name is the file's name of an article.
func Name(a *crm.Article) string {
	slug := line(a.Slug)
	if !plainSlug.MatchString(slug) || len(slug) > 100 {
		slug = oddName(slug)
	}
	return slug + "." + a.Language + ".md"
}

// oddName is a name for a slug that cannot be one, or is taken.
func oddName(slug string) string {
	sum := sha256.Sum256([]byte(slug))
	plain := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !plainSlug.MatchString(string(r)) {
			return -1
		}
		return r
	}, slug)
	return plain[:min(len(plain), 40)] + "~" + hex.EncodeToString(sum[:4])
}

// Format writes an article as Parse reads it from a file called Name.
func Format(a *crm.Article) string { return format(a, Name(a)) }

func format(a *crm.Article, name string) string {
	var b strings.Builder
	b.WriteString("---\n")
	if slug := line(a.Slug); slug+"."+a.Language+".md" != name {
		b.WriteString("slug: " + quoted(slug) + "\n")
	}
	b.WriteString("title: " + quoted(line(a.Title)) + "\n")
	list := func(key string, entries []string) {
		if entries = lines(entries); len(entries) > 0 {
			b.WriteString(key + ":\n")
		}
		for _, s := range entries {
			b.WriteString("  - " + quoted(s) + "\n")
		}
	}
	list("ask", a.Phrasings)
	if tags := lines(a.Tags); slices.ContainsFunc(tags, func(s string) bool { return quoted(s) != s || strings.ContainsAny(s, ",") }) {
		list("tags", tags)
	} else if len(tags) > 0 {
		b.WriteString("tags: [" + strings.Join(tags, ", ") + "]\n")
	}
	if a.Status != crm.ArticlePublished {
		b.WriteString("status: " + string(a.Status) + "\n")
	}
	return b.String() + "---\n" + tidied(a.Body) + "\n"
}

// bareYAML is a text that is itself in YAML. Whatever may be a number, a
// moment or a word of YAML's is not.
var bareYAML = regexp.MustCompile(`^(\p{L}|[0-9][0-9 .,-]*\p{Han})[\p{L}\p{N} ,.?!'’()/，。？！、（）-]*$`)

var wordsOfYAML = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"}

// quoted is a text of one line as YAML has it.
func quoted(s string) string {
	if bareYAML.MatchString(s) && !slices.Contains(wordsOfYAML, strings.ToLower(s)) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// cause is a fault of the machine in one line.
func cause(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}
