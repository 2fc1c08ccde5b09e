package storage

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// messageRow gives crm.Message its table.
type messageRow struct {
	bun.BaseModel `bun:"table:messages,alias:m"`
	crm.Message
}

func (r *messageRow) head() head[crm.MessageID] { return head[crm.MessageID]{id: &r.ID} }

func (r *messageRow) message() *crm.Message { return &r.Message }

// partRow gives crm.Part its table. The outbox writes it.
type partRow struct {
	bun.BaseModel `bun:"table:parts,alias:p"`
	crm.Part
}

func (r *partRow) part() *crm.Part { return &r.Part }

// revisionRow gives crm.Revision its table.
type revisionRow struct {
	bun.BaseModel `bun:"table:revisions,alias:r"`
	crm.Revision
}

// CreateMessages implements crm.MessageStore, all at once.
func (d *DB) CreateMessages(ctx context.Context, m []*crm.Message) error {
	rows := make([]*messageRow, len(m))
	for i := range m {
		rows[i] = &messageRow{Message: *m[i]}
	}
	if err := create(ctx, d, rows...); err != nil {
		return err
	}
	for i := range m {
		m[i].ID = rows[i].ID
	}
	return nil
}

// Messages implements crm.MessageStore.
func (d *DB) Messages(ctx context.Context, id crm.ConversationID, after crm.MessageID, limit int) ([]*crm.Message, error) {
	var rows []*messageRow
	q := d.db.NewSelect().Model(&rows).Where("m.conversation_id = ? AND m.id > ?", id, after)
	if limit < 0 {
		q = q.OrderExpr("m.id DESC").Limit(int64(-limit))
	} else {
		q = q.OrderExpr("m.id").Limit(int64(limit))
	}
	if limit == 0 {
		return nil, nil
	}
	err := q.Scan(ctx)
	if limit < 0 {
		slices.Reverse(rows)
	}
	return each(rows, (*messageRow).message), fault(err)
}

// LatestMessages implements crm.MessageStore.
func (d *DB) LatestMessages(ctx context.Context, ids []crm.ConversationID, n int) (map[crm.ConversationID][]*crm.Message, error) {
	found := map[crm.ConversationID][]*crm.Message{}
	if len(ids) == 0 || n <= 0 {
		return found, nil
	}
	var rows []*messageRow
	err := d.latest(&rows, d.db.NewSelect().Where("v.id IN (?)", bun.List(ids)).Limit(int64(len(ids))), n).
		OrderExpr("m.id").Scan(ctx)
	for _, r := range rows {
		found[r.ConversationID] = append(found[r.ConversationID], r.message())
	}
	return found, fault(err)
}

// latest selects the last n messages of each conversation that of selects. Where
// they begin is found first, in the index of messages: the limit of of keeps the
// database from mixing the two.
func (d *DB) latest(rows *[]*messageRow, of *bun.SelectQuery, n int) *bun.SelectQuery {
	begins := of.TableExpr("conversations AS v").ColumnExpr("v.id AS id").
		ColumnExpr("COALESCE((SELECT x.id FROM messages AS x WHERE x.conversation_id = v.id ORDER BY x.id DESC LIMIT 1 OFFSET ?), 0) AS first", n-1)
	return d.db.NewSelect().Model(rows).Join("JOIN (?) AS y ON y.id = m.conversation_id AND m.id >= y.first", begins)
}

// conversationsMost bounds the conversations of one contact in his timeline.
const conversationsMost = 1000

// Timeline implements crm.MessageStore: with the conversations of contacts
// merged into this one.
func (d *DB) Timeline(ctx context.Context, contact crm.ContactID, limit int) ([]*crm.Message, error) {
	if contact == 0 || limit <= 0 {
		return nil, nil
	}
	var rows []*messageRow
	theirs := ofContact(d.db.NewSelect(), "v.contact_id", contact).Limit(conversationsMost)
	err := d.latest(&rows, theirs, limit).OrderExpr("m.id DESC").Limit(int64(limit)).Scan(ctx)
	return each(rows, (*messageRow).message), fault(err)
}

// MessageByNative implements crm.MessageStore. The latest one wins where a
// platform uses an id twice.
func (d *DB) MessageByNative(ctx context.Context, id crm.ConversationID, native string) (*crm.Message, error) {
	if native == "" {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "")
	}
	row := new(messageRow)
	latest := d.db.NewSelect().TableExpr("messages AS x").ColumnExpr("max(x.id)").
		Where("x.conversation_id = ? AND x.native = ? AND x.native <> ''", id, native)
	part := d.db.NewSelect().TableExpr("parts AS p").Join("JOIN messages AS x ON x.id = p.message_id").ColumnExpr("max(x.id)").
		Where("p.native = ? AND p.native <> '' AND x.conversation_id = ?", native, id)
	err := d.db.NewSelect().Model(row).
		Where("m.id = (SELECT max(found.id) FROM (SELECT (?) AS id UNION ALL SELECT (?)) AS found)", latest, part).Scan(ctx)
	return given(row, (*messageRow).message, fault(err))
}

// MessageByLabel implements crm.MessageStore.
func (d *DB) MessageByLabel(ctx context.Context, id crm.ConversationID, label string) (*crm.Message, error) {
	if label == "" {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "")
	}
	row := new(messageRow)
	err := d.db.NewSelect().Model(row).
		Where("m.conversation_id = ? AND m.label = ? AND m.label <> '' AND m.direction = ?", id, label, crm.Out).
		OrderExpr("m.id DESC").Limit(1).Scan(ctx)
	return given(row, (*messageRow).message, fault(err))
}

// ReviseMessage implements crm.MessageStore.
func (d *DB) ReviseMessage(ctx context.Context, id crm.MessageID, body string, deleted bool, at time.Time) error {
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		old := ""
		_, err := update(ctx, tx, "", id, func(r *messageRow) error {
			old = r.Body
			r.Body = body
			if deleted {
				r.Deleted = at
			} else {
				r.Edited = at
			}
			return nil
		})
		if err != nil {
			return err
		}
		_, err = tx.db.NewInsert().Model(&revisionRow{Revision: crm.Revision{MessageID: id, Body: old, At: at}}).Exec(ctx)
		return fault(err)
	})
}

// Parts implements crm.MessageStore, in the order of messages and positions.
func (d *DB) Parts(ctx context.Context, ids []crm.MessageID) ([]*crm.Part, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []*partRow
	err := d.db.NewSelect().Model(&rows).Where("p.message_id IN (?)", bun.List(ids)).
		OrderExpr("p.message_id, p.position").Scan(ctx)
	return each(rows, (*partRow).part), fault(err)
}
