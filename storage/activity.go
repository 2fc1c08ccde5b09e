package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// activityRow gives crm.Activity its table.
type activityRow struct {
	bun.BaseModel `bun:"table:activities,alias:y"`
	crm.Activity
}

func (r *activityRow) head() head[crm.ActivityID] {
	return head[crm.ActivityID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated}
}

func (r *activityRow) activity() *crm.Activity { return &r.Activity }

// entry has no words: a note is found by its reference, else it would drown
// the people it speaks of.
func (r *activityRow) entry() entry {
	title := []rune(r.Body)
	return entry{
		ref: r.Ref(), owner: r.OwnerID, team: r.TeamID,
		title: string(title[:min(len(title), 80)]), note: r.Subject().String(),
	}
}

// CreateActivity implements crm.ActivityStore.
func (d *DB) CreateActivity(ctx context.Context, a *crm.Activity) error {
	row := &activityRow{Activity: *a}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*a = row.Activity
	return nil
}

// Activity implements crm.ActivityStore.
func (d *DB) Activity(ctx context.Context, id crm.ActivityID) (*crm.Activity, error) {
	row, err := read[activityRow](ctx, d, crm.KindActivity, id)
	return given(row, (*activityRow).activity, err)
}

// Activities implements crm.ActivityStore.
func (d *DB) Activities(ctx context.Context, f crm.ActivityFilter) ([]*crm.Activity, int, error) {
	var rows []*activityRow
	q := scoped(d.db.NewSelect().Model(&rows), f.Scope)
	if f.Owner != 0 {
		q = q.Where("y.owner_id = ?", f.Owner)
	}
	switch {
	case f.Subject.Kind == crm.KindContact:
		q = q.Where("y.subject_kind = ? AND y.subject_id IN ("+family+")", f.Subject.Kind, f.Subject.ID)
	case f.Subject != crm.Ref{}:
		q = q.Where("y.subject_kind = ? AND y.subject_id = ?", f.Subject.Kind, f.Subject.ID)
	}
	if f.Kind != "" {
		q = q.Where("y.kind = ?", f.Kind)
	}
	if f.Open {
		q = q.Where("y.kind = ? AND y.done_at IS NULL", crm.ActivityPlan)
	}
	if !f.DueBefore.IsZero() {
		q = q.Where("y.kind = ? AND y.due_at < ?", crm.ActivityPlan, f.DueBefore).OrderExpr("y.due_at, y.id")
	} else {
		q = q.OrderExpr("y.id DESC")
	}
	q = ofContact(q, "y.contact_id", f.Contact)
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*activityRow).activity), n, err
}

// UpdateActivity implements crm.ActivityStore.
func (d *DB) UpdateActivity(ctx context.Context, id crm.ActivityID, change func(*crm.Activity) error) (*crm.Activity, error) {
	row, err := update(ctx, d, crm.KindActivity, id, func(r *activityRow) error { return change(&r.Activity) })
	return given(row, (*activityRow).activity, err)
}

// DueActivities implements crm.ActivityStore.
func (d *DB) DueActivities(ctx context.Context, now time.Time, limit int) ([]*crm.Activity, error) {
	var rows []*activityRow
	err := d.db.NewSelect().Model(&rows).
		Where("y.kind = ? AND y.done_at IS NULL AND y.told_at IS NULL AND y.due_at <= ?", crm.ActivityPlan, now).
		OrderExpr("y.due_at, y.id").Limit(int64(limit)).Scan(ctx)
	return each(rows, (*activityRow).activity), fault(err)
}
