// Package articles reads and writes the knowledge base as files that a shop
// owner can open: one Markdown file for each article and language, named
// slug.language.md, with the title and the ways of asking in its head.
//
//	---
//	title: What is the minimum order?
//	ask:
//	  - how little can I order
//	tags: [order]
//	---
//	One pallet, which is 1 t.
package articles

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"crmbot/crm"
)

// most is the largest file that is read, in bytes.
const most = 256 << 10

// head is what stands above an article.
type head struct {
	Title  string   `yaml:"title"`
	Ask    []string `yaml:"ask,omitempty"`    // how people ask for it
	Tags   []string `yaml:"tags,omitempty"`   // words that it is about
	Status string   `yaml:"status,omitempty"` // published if missing
}

// Read returns the articles of all .md files of a folder, in the order of
// their names. Its error holds a line for each file that could not be read.
func Read(files fs.FS) ([]*crm.Article, error) {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		return nil, err
	}
	var all []*crm.Article
	var bad []error
	for _, name := range names {
		a, err := readFile(files, name)
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", name, err))
			continue
		}
		all = append(all, a)
	}
	return all, errors.Join(bad...)
}

func readFile(files fs.FS, name string) (*crm.Article, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > most {
		return nil, fmt.Errorf("larger than %d KiB", most>>10)
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return Parse(name, string(text))
}

// Parse reads one article. name is the file's: slug and language.
func Parse(name, text string) (*crm.Article, error) {
	slug, language, ok := strings.Cut(strings.TrimSuffix(path.Base(name), ".md"), ".")
	if !ok || slug == "" || language == "" {
		return nil, errors.New("the name must hold slug and language, as in moq.en.md")
	}
	if !utf8.ValidString(text) {
		return nil, errors.New("not UTF-8")
	}
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	above, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok {
		return nil, errors.New("line 1: expected a head between two lines of ---")
	}
	var h head
	if err := yaml.UnmarshalWithOptions([]byte(above), &h, yaml.Strict()); err != nil {
		var y yaml.Error
		if errors.As(err, &y) {
			return nil, fmt.Errorf("line %d: %s", y.GetToken().Position.Line+1, y.GetMessage())
		}
		return nil, err
	}
	a := &crm.Article{
		Slug: slug, Language: language, Title: h.Title, Phrasings: h.Ask, Tags: h.Tags,
		Body: strings.TrimSpace(body), Status: crm.ArticleStatus(h.Status),
	}
	if a.Status == "" {
		a.Status = crm.ArticlePublished
	}
	return a, check(a)
}

func check(a *crm.Article) error {
	switch {
	case a.Title == "":
		return errors.New("title is missing")
	case a.Body == "":
		return errors.New("the answer is missing below the head")
	case !slices.Contains([]crm.ArticleStatus{crm.ArticleDraft, crm.ArticlePublished, crm.ArticleArchived}, a.Status):
		return fmt.Errorf("status %q; expected draft, published or archived", a.Status)
	}
	return nil
}

// Name is the file's name of an article.
func Name(a *crm.Article) string { return a.Slug + "." + a.Language + ".md" }

// Format writes an article as Parse reads it.
func Format(a *crm.Article) (string, error) {
	h := head{Title: a.Title, Ask: a.Phrasings, Tags: a.Tags}
	if a.Status != crm.ArticlePublished {
		h.Status = string(a.Status)
	}
	above, err := yaml.Marshal(h)
	if err != nil {
		return "", err
	}
	return "---\n" + string(above) + "---\n" + a.Body + "\n", nil
}
