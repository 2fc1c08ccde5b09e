package sample

import (
	"embed"
	"fmt"
	"io/fs"

	"crmbot/cmd/crmbot/articles"
	"crmbot/crm"
)

// files are the knowledge base: articles/<slug>.<language>.md.
//
//go:embed articles/*.md
var files embed.FS

// knowledgeBase reads the knowledge base, in the order of the files' names.
func knowledgeBase() ([]*crm.Article, error) {
	folder, err := fs.Sub(files, "articles")
	if err != nil {
		return nil, err
	}
	all, err := articles.Read(folder)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	return all, nil
}
