package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// threadRow gives crm.Thread its table.
type threadRow struct {
	bun.BaseModel `bun:"table:threads,alias:h"`
	crm.Thread
}

func (r *threadRow) head() head[crm.ThreadID] {
	return head[crm.ThreadID]{id: &r.ID, created: &r.Created, updated: &r.Updated, unique: true}
}

func (r *threadRow) thread() *crm.Thread { return &r.Thread }

// CreateThread implements crm.ThreadStore.
func (d *DB) CreateThread(ctx context.Context, t *crm.Thread) error {
	row := &threadRow{Thread: *t}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*t = row.Thread
	return nil
}

// Thread implements crm.ThreadStore.
func (d *DB) Thread(ctx context.Context, id crm.ThreadID) (*crm.Thread, error) {
	row, err := read[threadRow](ctx, d, "", id)
	return given(row, (*threadRow).thread, err)
}

// ThreadAt implements crm.ThreadStore. A place without a topic is a whole chat,
// never a thread.
func (d *DB) ThreadAt(ctx context.Context, place crm.ConversationKey) (*crm.Thread, error) {
	if place.Topic == "" {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "")
	}
	row := new(threadRow)
	err := d.db.NewSelect().Model(row).
		Where("h.platform = ? AND h.install = ? AND h.chat = ? AND h.topic = ? AND h.topic <> ''",
			place.Platform, place.Install, place.Chat, place.Topic).Scan(ctx)
	return given(row, (*threadRow).thread, fault(err))
}

// Threads implements crm.ThreadStore.
func (d *DB) Threads(ctx context.Context, f crm.ThreadFilter) ([]*crm.Thread, int, error) {
	var rows []*threadRow
	q := d.db.NewSelect().Model(&rows).OrderExpr("h.id DESC")
	if f.Conversation != 0 {
		q = q.Where("h.conversation_id = ?", f.Conversation)
	}
	if f.Platform != "" {
		q = q.Where("h.platform = ?", f.Platform)
	}
	if f.Install != "" {
		q = q.Where("h.install = ?", f.Install)
	}
	if len(f.States) > 0 {
		q = q.Where("h.state IN (?)", bun.List(f.States))
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*threadRow).thread), n, err
}

// UpdateThread implements crm.ThreadStore.
func (d *DB) UpdateThread(ctx context.Context, id crm.ThreadID, change func(*crm.Thread) error) (*crm.Thread, error) {
	row, err := update(ctx, d, "", id, func(r *threadRow) error { return change(&r.Thread) })
	return given(row, (*threadRow).thread, err)
}
