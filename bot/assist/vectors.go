package assist

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot/knowledge"
	"crmbot/bot/pipeline"
	"crmbot/crm"
)

const (
	vectorsAway  = "assist.vectors.away" // the model that could not be had a moment ago
	vectorsPause = time.Minute

	embedMost   = 128   // texts of one request
	embedRunes  = 20000 // and runes of all of them
	articlePage = 500
)

// vectors brings the vectors of all phrasings that have none, batch by batch;
// what could be had stays when a later batch fails. The stamp that tells the
// Matcher says "<model> <version of the knowledge base> <how many are missing>".
func (m *model) vectors(ctx context.Context, t *pipeline.Task) error {
	version, err := t.Store.KnowledgeVersion(ctx)
	if err != nil {
		return err
	}
	state, err := t.Store.Value(ctx, knowledge.VectorsStamp)
	if err != nil || state == m.state(version, 0) {
		return err
	}
	if away, err := t.Store.Value(ctx, vectorsAway); err != nil || away == m.Embedder.Model() {
		return err
	}
	articles, err := published(ctx, t.Store)
	if err != nil {
		return err
	}
	texts := knowledge.Phrasings(articles)
	known, err := t.Store.Vectors(ctx, m.Embedder.Model(), texts)
	if err != nil {
		return err
	}
	texts = slices.DeleteFunc(texts, func(s string) bool { return len(known[s]) > 0 || strings.TrimSpace(s) == "" })
	missing, failed := len(texts), error(nil)
	for batch := range batches(texts) {
		var found [][]float32
		if found, failed = m.Embedder.Embed(ctx, batch); failed != nil {
			break
		}
		fresh := make(map[string][]float32, len(batch))
		for i, text := range batch {
			fresh[text] = found[i]
		}
		if failed = t.Store.SaveVectors(ctx, m.Embedder.Model(), fresh); failed != nil {
			break
		}
		missing -= len(batch)
	}
	if next := m.state(version, missing); next != state && (missing == 0 || missing < len(texts)) {
		if err := t.Store.SetValue(ctx, knowledge.VectorsStamp, next, 0); err != nil {
			return err
		}
	}
	if failed != nil {
		return errors.Join(failed, t.Store.SetValue(ctx, vectorsAway, m.Embedder.Model(), vectorsPause))
	}
	return nil
}

func (m *model) state(version int64, missing int) string {
	return fmt.Sprintf("%s %d %d", m.Embedder.Model(), version, missing)
}

// published are the articles that customers get.
func published(ctx context.Context, store crm.ArticleStore) (all []*crm.Article, err error) {
	for {
		page, total, err := store.Articles(ctx, crm.ArticleFilter{
			Status: crm.ArticlePublished, Page: crm.Page{Limit: articlePage, Offset: len(all)},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(all) >= total || len(page) == 0 {
			return all, nil
		}
	}
}

// batches are the texts in portions that one request takes.
func batches(texts []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for len(texts) > 0 {
			n, runes := 0, 0
			for n < len(texts) && n < embedMost && (n == 0 || runes+utf8.RuneCountInString(texts[n]) <= embedRunes) {
				runes += utf8.RuneCountInString(texts[n])
				n++
			}
			if !yield(texts[:n]) {
				return
			}
			texts = texts[n:]
		}
	}
}
