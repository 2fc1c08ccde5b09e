package sample

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"

	"crmbot/crm"
)

// files are the knowledge base: articles/<slug>.<language>.md.
//
//go:embed articles/*.md
var files embed.FS

// head is what stands above an article.
type head struct {
	Title string   `yaml:"title"`
	Ask   []string `yaml:"ask"`  // how people ask for it
	Tags  []string `yaml:"tags"` // words that it is about
}

// articles reads the knowledge base, in the order of the files' names.
func articles() ([]*crm.Article, error) {
	names, err := fs.Glob(files, "articles/*.md")
	if err != nil {
		return nil, err
	}
	all := make([]*crm.Article, 0, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		a, err := parse(strings.TrimPrefix(name, "articles/"), string(text))
		if err != nil {
			return nil, fmt.Errorf("sample: %s: %w", name, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// parse reads one article.
func parse(name, text string) (*crm.Article, error) {
	slug, language, ok := strings.Cut(strings.TrimSuffix(name, ".md"), ".")
	if !ok {
		return nil, fmt.Errorf("no language in the name, as in moq.en.md")
	}
	above, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok {
		return nil, fmt.Errorf("no --- above and below the head")
	}
	var h head
	if err := yaml.UnmarshalWithOptions([]byte(above), &h, yaml.Strict()); err != nil {
		return nil, err
	}
	return &crm.Article{
		Slug: slug, Language: language, Title: h.Title, Phrasings: h.Ask, Tags: h.Tags,
		Body: strings.TrimSpace(body), Status: crm.ArticlePublished,
	}, nil
}
