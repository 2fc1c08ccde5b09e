package storage

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// articleRow gives crm.Article its table.
type articleRow struct {
	bun.BaseModel `bun:"table:articles,alias:k"`
	crm.Article
}

func (r *articleRow) head() head[crm.ArticleID] {
	return head[crm.ArticleID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated}
}

func (r *articleRow) article() *crm.Article { return &r.Article }

func (r *articleRow) entry() entry {
	return entry{
		ref: r.Ref(), title: r.Title, note: r.Slug,
		words: slices.Concat([]string{r.Title, r.Slug}, r.Phrasings, r.Tags),
	}
}

// CreateArticle implements crm.ArticleStore.
func (d *DB) CreateArticle(ctx context.Context, a *crm.Article) error {
	row := &articleRow{Article: *a}
	err := d.again(ctx, func(ctx context.Context, tx *DB) error {
		if err := create(ctx, tx, row); err != nil {
			return err
		}
		return tx.bumpKnowledge(ctx)
	})
	if err != nil {
		return err
	}
	*a = row.Article
	return nil
}

// Article implements crm.ArticleStore.
func (d *DB) Article(ctx context.Context, id crm.ArticleID) (*crm.Article, error) {
	row, err := read[articleRow](ctx, d, crm.KindArticle, id)
	return given(row, (*articleRow).article, err)
}

// proposed says that a change waits for approval.
const proposed = "(k.proposal IS NOT NULL AND CAST(k.proposal AS TEXT) <> 'null')"

// Articles implements crm.ArticleStore.
func (d *DB) Articles(ctx context.Context, f crm.ArticleFilter) ([]*crm.Article, int, error) {
	var rows []*articleRow
	q := d.db.NewSelect().Model(&rows).OrderExpr("k.id DESC")
	if f.Status != "" {
		q = q.Where("k.status = ?", f.Status)
	}
	if f.Language != "" {
		q = q.Where("k.language = ?", f.Language)
	}
	if f.Slug != "" {
		q = q.Where("k.slug = ?", f.Slug)
	}
	if f.Author != 0 {
		q = q.Where("k.author_id = ?", f.Author)
	}
	if f.Waiting {
		q = q.Where("(k.status = ? OR "+proposed+")", crm.ArticleDraft)
	}
	if f.Proposed {
		q = q.Where(proposed)
	}
	if f.Text != "" {
		match := d.match(f.Text)
		if match == "" {
			return nil, 0, nil
		}
		words := d.matching(d.db.NewSelect().Model((*searchRow)(nil)).Column("s.record_id").Where("s.kind = ?", crm.KindArticle), match)
		q = q.Where("k.id IN (?)", words)
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*articleRow).article), n, err
}

// UpdateArticle implements crm.ArticleStore.
func (d *DB) UpdateArticle(ctx context.Context, id crm.ArticleID, change func(*crm.Article) error) (*crm.Article, error) {
	var row *articleRow
	err := d.again(ctx, func(ctx context.Context, tx *DB) (err error) {
		row, err = update(ctx, tx, crm.KindArticle, id, func(r *articleRow) error { return change(&r.Article) })
		if err != nil {
			return err
		}
		return tx.bumpKnowledge(ctx)
	})
	return given(row, (*articleRow).article, err)
}

// knowledgeRow counts the changes of articles. There is one row.
type knowledgeRow struct {
	bun.BaseModel `bun:"table:knowledge_version,alias:v"`
	ID            int64 `bun:",pk"`
	Version       int64
}

// KnowledgeVersion implements crm.ArticleStore.
func (d *DB) KnowledgeVersion(ctx context.Context) (int64, error) {
	var row knowledgeRow
	err := d.db.NewSelect().Model(&row).Where("v.id = 1").Scan(ctx)
	return row.Version, fault(err)
}

func (d *DB) bumpKnowledge(ctx context.Context) error {
	_, err := d.db.NewUpdate().Model((*knowledgeRow)(nil)).Set("version = v.version + 1").Where("v.id = 1").Exec(ctx)
	return fault(err)
}
