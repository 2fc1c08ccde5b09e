package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// linkCodeRow gives crm.LinkCode its table.
type linkCodeRow struct {
	bun.BaseModel `bun:"table:link_codes,alias:lc"`
	crm.LinkCode
}

func (r *linkCodeRow) head() head[int64] {
	return head[int64]{id: &r.ID, created: &r.Created, unique: true}
}

func (r *linkCodeRow) code() *crm.LinkCode { return &r.LinkCode }

// CreateLinkCode implements crm.LinkCodeStore.
func (d *DB) CreateLinkCode(ctx context.Context, c *crm.LinkCode) error {
	row := &linkCodeRow{LinkCode: *c}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*c = row.LinkCode
	return nil
}

// LinkCodeByHash implements crm.LinkCodeStore.
func (d *DB) LinkCodeByHash(ctx context.Context, hash string) (*crm.LinkCode, error) {
	row := new(linkCodeRow)
	err := d.db.NewSelect().Model(row).Where("lc.hash = ?", hash).Scan(ctx)
	return given(row, (*linkCodeRow).code, fault(err))
}

// UpdateLinkCode implements crm.LinkCodeStore.
func (d *DB) UpdateLinkCode(ctx context.Context, id int64, change func(*crm.LinkCode) error) (*crm.LinkCode, error) {
	row, err := update(ctx, d, "", id, func(r *linkCodeRow) error { return change(&r.LinkCode) })
	return given(row, (*linkCodeRow).code, err)
}

// EndLinkCodes implements crm.LinkCodeStore.
func (d *DB) EndLinkCodes(ctx context.Context, user crm.UserID, at time.Time) error {
	q := d.db.NewUpdate().Model((*linkCodeRow)(nil)).Set("used = ?", at).Where("used IS NULL")
	if user == 0 {
		q = q.Where("user_id IS NULL")
	} else {
		q = q.Where("user_id = ?", user)
	}
	_, err := q.Exec(ctx)
	return fault(err)
}
