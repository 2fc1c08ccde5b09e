package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// releaseRow gives crm.Release its table.
type releaseRow struct {
	bun.BaseModel `bun:"table:releases,alias:e"`
	crm.Release
}

func (r *releaseRow) head() head[crm.ReleaseID] {
	return head[crm.ReleaseID]{id: &r.ID, created: &r.Created, updated: &r.Updated}
}

func (r *releaseRow) release() *crm.Release { return &r.Release }

// CreateRelease implements crm.ReleaseStore.
func (d *DB) CreateRelease(ctx context.Context, r *crm.Release) error {
	row := &releaseRow{Release: *r}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*r = row.Release
	return nil
}

// Release implements crm.ReleaseStore.
func (d *DB) Release(ctx context.Context, id crm.ReleaseID) (*crm.Release, error) {
	row, err := read[releaseRow](ctx, d, "", id)
	return given(row, (*releaseRow).release, err)
}

// Releases implements crm.ReleaseStore.
func (d *DB) Releases(ctx context.Context, f crm.ReleaseFilter) ([]*crm.Release, int, error) {
	var rows []*releaseRow
	q := d.db.NewSelect().Model(&rows).OrderExpr("e.id DESC")
	if f.Conversation != 0 {
		q = q.Where("e.conversation_id = ?", f.Conversation)
	}
	if f.Thread != 0 {
		q = q.Where("e.thread_id = ?", f.Thread)
	}
	if f.Source != "" {
		q = q.Where("e.source = ? AND e.source <> ''", f.Source)
	}
	if f.Message != 0 {
		q = q.Where("e.message_id = ?", f.Message)
	}
	if len(f.States) > 0 {
		q = q.Where("e.state IN (?)", bun.List(f.States))
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*releaseRow).release), n, err
}

// UpdateRelease implements crm.ReleaseStore.
func (d *DB) UpdateRelease(ctx context.Context, id crm.ReleaseID, change func(*crm.Release) error) (*crm.Release, error) {
	row, err := update(ctx, d, "", id, func(r *releaseRow) error { return change(&r.Release) })
	return given(row, (*releaseRow).release, err)
}
