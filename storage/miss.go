package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// Misses implements crm.QuestionStore.
func (d *DB) Misses(ctx context.Context, since time.Time, page crm.Page) ([]*crm.Miss, int, error) {
	var sums []struct {
		Cluster crm.QuestionID
		Count   int
		Latest  crm.QuestionID
		Replied crm.QuestionID
	}
	page = page.Bound()
	q := d.db.NewSelect().Model((*questionRow)(nil)).
		ColumnExpr("coalesce(q.cluster_id, q.id) AS cluster").ColumnExpr("count(*) AS count").
		ColumnExpr("max(q.id) AS latest").
		ColumnExpr("coalesce(max(CASE WHEN q.reply_id IS NOT NULL THEN q.id END), 0) AS replied").
		Where(openMiss).Where("q.asked >= ?", since).GroupExpr("coalesce(q.cluster_id, q.id)")
	n, err := q.Count(ctx)
	if err != nil {
		return nil, 0, fault(err)
	}
	err = q.OrderExpr("count(*) DESC, max(q.id) DESC").Limit(int64(page.Limit)).Offset(int64(page.Offset)).Scan(ctx, &sums)
	if err != nil {
		return nil, 0, fault(err)
	}
	var ids []crm.QuestionID
	for _, s := range sums {
		ids = append(ids, s.Latest, s.Replied)
	}
	known, err := d.questionsByID(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	out := make([]*crm.Miss, 0, len(sums))
	for _, s := range sums {
		m := &crm.Miss{Cluster: s.Cluster, Count: s.Count, Question: known[s.Latest]}
		if m.Question == nil { // dealt with since it was counted
			continue
		}
		if r := known[s.Replied]; r != nil {
			m.Reply, m.ReplyID, m.ReplyOf = r.Reply, r.ReplyID, r.ReplyOfID
		}
		out = append(out, m)
	}
	return out, int(n), nil
}

func (d *DB) questionsByID(ctx context.Context, ids []crm.QuestionID) (map[crm.QuestionID]*crm.Question, error) {
	out := map[crm.QuestionID]*crm.Question{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []*questionRow
	err := d.db.NewSelect().Model(&rows).Where("q.id IN (?)", bun.List(ids)).Scan(ctx)
	for _, r := range rows {
		out[r.ID] = r.question()
	}
	return out, fault(err)
}

// SettleQuestions implements crm.QuestionStore.
func (d *DB) SettleQuestions(ctx context.Context, ids []crm.QuestionID, from, to crm.Lesson) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	q := d.db.NewUpdate().Model((*questionRow)(nil)).
		Set("state = ?", to.State).Set("taught_id = ?", nullID(to.Article)).Set("taught_by = ?", nullID(to.By)).
		Set("updated = ?", d.now()).
		Where("q.id IN (?)", bun.List(ids)).Where("q.state = ?", from.State)
	q = same(q, "q.taught_id", from.Article)
	q = same(q, "q.taught_by", from.By)
	res, err := q.Exec(ctx)
	return affected(res, err)
}

// same compares with an id whose zero is stored as NULL.
func same[I ~int64](q *bun.UpdateQuery, column string, id I) *bun.UpdateQuery {
	if id == 0 {
		return q.Where(column + " IS NULL")
	}
	return q.Where(column+" = ?", id)
}

// nullID is an id as it is stored: NULL for none.
func nullID[I ~int64](id I) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// clustered is what ClusterQuestions writes of a question.
type clustered struct {
	bun.BaseModel `bun:"table:questions"`

	ID        crm.QuestionID
	ClusterID crm.QuestionID
}

// ClusterQuestions implements crm.QuestionStore, in one statement.
func (d *DB) ClusterQuestions(ctx context.Context, of map[crm.QuestionID]crm.QuestionID) error {
	if len(of) == 0 {
		return nil
	}
	rows := make([]clustered, 0, len(of))
	for id, cluster := range of {
		rows = append(rows, clustered{ID: id, ClusterID: cluster})
	}
	_, err := d.db.NewUpdate().With("v", d.db.NewValues(&rows)).
		TableExpr("questions AS q").TableExpr("v").
		Set("cluster_id = v.cluster_id").Set("updated = ?", d.now()).
		Where("q.id = v.id").Exec(ctx)
	return fault(err)
}

// ArticleUse implements crm.QuestionStore.
func (d *DB) ArticleUse(ctx context.Context, since time.Time) (map[crm.ArticleID]int, error) {
	var rows []struct {
		ArticleID crm.ArticleID
		Count     int
	}
	err := d.db.NewSelect().Model((*questionRow)(nil)).ColumnExpr("q.article_id").ColumnExpr("count(*) AS count").
		Where("q.article_id IS NOT NULL").Where("q.asked >= ?", since).GroupExpr("q.article_id").Scan(ctx, &rows)
	out := map[crm.ArticleID]int{}
	for _, r := range rows {
		out[r.ArticleID] = r.Count
	}
	return out, fault(err)
}
