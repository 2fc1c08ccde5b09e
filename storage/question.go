package storage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// questionRow gives crm.Question its table.
type questionRow struct {
	bun.BaseModel `bun:"table:questions,alias:q"`
	crm.Question
}

func (r *questionRow) head() head[crm.QuestionID] {
	return head[crm.QuestionID]{id: &r.ID, created: &r.Created, updated: &r.Updated}
}

func (r *questionRow) question() *crm.Question { return &r.Question }

// openMiss says in SQL what crm.Question.Missed says in Go, of a question that
// nobody has dealt with. An index has exactly these rows.
const (
	isMiss   = "(q.outcome = 'not_helpful' OR q.outcome = 'none' OR q.outcome = 'person' OR q.outcome NOT IN ('solved', 'picked') AND q.band = 'handed_off')"
	openMiss = "q.state = '' AND " + isMiss
	// fresh says of a question what the index of those says that the teaching looks
	// at next, word for word: SQLite finds it by that.
	fresh = "q.state = '' AND q.cluster_id IS NULL AND (q.outcome = 'not_helpful' OR q.outcome = 'none' OR q.outcome = 'person' OR q.band IN ('suggested', 'handed_off'))"
)

// CreateQuestions implements crm.QuestionStore.
func (d *DB) CreateQuestions(ctx context.Context, q []*crm.Question) error {
	if len(q) == 0 {
		return nil
	}
	now := d.now()
	rows := questionRows(q, now)
	made, err := insertNew(ctx, d, rows, "key")
	if err != nil {
		return err
	}
	numbers := map[string]crm.QuestionID{}
	for _, r := range made {
		numbers[r.Key] = r.ID
	}
	for _, x := range q {
		row := &questionRow{Question: *x}
		stamp(row.head(), now)
		*x = row.Question
		x.ID = numbers[x.Key]
		delete(numbers, x.Key) // a second one of the same key was not inserted
	}
	return nil
}

func questionRows(q []*crm.Question, now time.Time) []*questionRow {
	rows := make([]*questionRow, len(q))
	for i, x := range q {
		rows[i] = &questionRow{Question: *x}
		stamp(rows[i].head(), now)
	}
	slices.SortStableFunc(rows, func(a, b *questionRow) int { return cmp.Compare(a.Key, b.Key) }) // one order for everybody: no deadlocks
	return rows
}

// Question implements crm.QuestionStore.
func (d *DB) Question(ctx context.Context, id crm.QuestionID) (*crm.Question, error) {
	row, err := read[questionRow](ctx, d, crm.KindQuestion, id)
	return given(row, (*questionRow).question, err)
}

// QuestionByKey implements crm.QuestionStore.
func (d *DB) QuestionByKey(ctx context.Context, key string) (*crm.Question, error) {
	row := new(questionRow)
	err := d.db.NewSelect().Model(row).Where("q.key = ?", key).Scan(ctx)
	return given(row, (*questionRow).question, notFound(err, crm.KindQuestion, 0))
}

// Questions implements crm.QuestionStore: with those of contacts merged into the
// one that is asked for.
func (d *DB) Questions(ctx context.Context, f crm.QuestionFilter) ([]*crm.Question, int, error) {
	var rows []*questionRow
	q := ofContact(d.db.NewSelect().Model(&rows), "q.contact_id", f.Contact).OrderExpr("q.asked DESC, q.id DESC")
	if f.Conversation != 0 {
		q = q.Where("q.conversation_id = ?", f.Conversation)
	}
	if f.Cluster != 0 {
		q = q.Where("(q.cluster_id = ? OR q.id = ?)", f.Cluster, f.Cluster)
	}
	if f.Article != 0 {
		q = q.Where("q.article_id = ?", f.Article)
	}
	if f.Taught != 0 {
		q = q.Where("q.taught_id = ?", f.Taught)
	}
	if f.Band != "" {
		q = q.Where("q.band = ?", f.Band)
	}
	if f.Missed {
		q = q.Where(openMiss)
	}
	if f.Open {
		q = q.Where("q.state = ''")
	}
	if f.Unclustered {
		q = q.Where("q.cluster_id IS NULL")
		if f.Missed || f.Open && f.Band == crm.BandSuggested {
			q = q.Where(fresh)
		}
	}
	if f.Leading {
		q = q.Where("q.cluster_id = q.id")
	}
	if f.Unreplied {
		q = q.Where("q.reply_id IS NULL")
	}
	if !f.Since.IsZero() {
		q = q.Where("q.asked >= ?", f.Since)
	}
	if !f.Until.IsZero() {
		q = q.Where("q.asked < ?", f.Until)
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*questionRow).question), n, err
}

// UpdateQuestion implements crm.QuestionStore.
func (d *DB) UpdateQuestion(ctx context.Context, id crm.QuestionID, change func(*crm.Question) error) (*crm.Question, error) {
	row, err := update(ctx, d, crm.KindQuestion, id, func(r *questionRow) error { return change(&r.Question) })
	return given(row, (*questionRow).question, err)
}

// QuestionFigures implements crm.QuestionStore, in one statement.
func (d *DB) QuestionFigures(ctx context.Context, from, to time.Time) (crm.QuestionFigures, error) {
	var f crm.QuestionFigures
	q := d.db.NewSelect().Model((*questionRow)(nil)).ColumnExpr("count(*)")
	for _, band := range []crm.Band{crm.BandAnswered, crm.BandSuggested, crm.BandHandedOff} {
		q = q.ColumnExpr("count(*) FILTER (WHERE q.band = ?)", band)
	}
	for _, outcome := range []crm.Outcome{
		crm.OutcomeSolved, crm.OutcomePicked, crm.OutcomeNotHelpful, crm.OutcomeNone, crm.OutcomePerson, "",
	} {
		q = q.ColumnExpr("count(*) FILTER (WHERE q.outcome = ?)", outcome)
	}
	wrong := []crm.Outcome{crm.OutcomeNotHelpful, crm.OutcomeNone, crm.OutcomePerson, crm.OutcomePicked}
	err := q.ColumnExpr("count(*) FILTER (WHERE q.band = ? AND q.outcome IN (?))", crm.BandAnswered, bun.List(wrong)).
		ColumnExpr("count(*) FILTER (WHERE "+isMiss+")").
		ColumnExpr("count(*) FILTER (WHERE q.outcome = ? OR q.outcome = ? AND q.band <> ?)",
			crm.OutcomePicked, crm.OutcomeSolved, crm.BandAnswered).
		Where("q.asked >= ? AND q.asked < ?", from, to).
		Scan(ctx, &f.Asked, &f.Answered, &f.Suggested, &f.HandedOff,
			&f.Solved, &f.Picked, &f.NotHelpful, &f.None, &f.Person, &f.Quiet, &f.Wrong, &f.Missed, &f.Helped)
	return f, fault(err)
}
