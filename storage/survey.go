package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// surveyRow gives crm.Survey its table.
type surveyRow struct {
	bun.BaseModel `bun:"table:surveys,alias:s"`
	crm.Survey
}

func (r *surveyRow) head() head[crm.SurveyID] {
	return head[crm.SurveyID]{id: &r.ID, created: &r.Created, updated: &r.Updated}
}

func (r *surveyRow) survey() *crm.Survey { return &r.Survey }

// CreateSurvey implements crm.SurveyStore.
func (d *DB) CreateSurvey(ctx context.Context, s *crm.Survey) error {
	row := &surveyRow{Survey: *s}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*s = row.Survey
	return nil
}

// Survey implements crm.SurveyStore.
func (d *DB) Survey(ctx context.Context, id crm.SurveyID) (*crm.Survey, error) {
	row, err := read[surveyRow](ctx, d, "", id)
	return given(row, (*surveyRow).survey, err)
}

// Surveys implements crm.SurveyStore: with those of contacts merged into the
// one that is asked for.
func (d *DB) Surveys(ctx context.Context, f crm.SurveyFilter) ([]*crm.Survey, int, error) {
	var rows []*surveyRow
	q := ofContact(d.db.NewSelect().Model(&rows), "s.contact_id", f.Contact).OrderExpr("s.id DESC")
	if f.Conversation != 0 {
		q = q.Where("s.conversation_id = ?", f.Conversation)
	}
	if f.User != 0 {
		q = q.Where("s.user_id = ?", f.User)
	}
	if !f.Since.IsZero() {
		q = q.Where("s.created >= ?", f.Since)
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*surveyRow).survey), n, err
}

// UpdateSurvey implements crm.SurveyStore.
func (d *DB) UpdateSurvey(ctx context.Context, id crm.SurveyID, change func(*crm.Survey) error) (*crm.Survey, error) {
	row, err := update(ctx, d, "", id, func(r *surveyRow) error { return change(&r.Survey) })
	return given(row, (*surveyRow).survey, err)
}
