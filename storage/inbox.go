package storage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

// The states of a queue's row.
const (
	waiting = 0
	done    = 1
	parked  = 2
)

// inboxRow is a bot.InboxRow in its table. Place is where it stands in the
// line and never changes; Due moves when it is to be tried again.
type inboxRow struct {
	bun.BaseModel `bun:"table:inbox,alias:i"`
	ID            int64 `bun:",pk,autoincrement,identity"`
	Event         string
	Chat          string
	Shard         int
	Kind          string
	Waits         int
	Payload       string
	Received      int64
	Seq           int64
	Place         int64
	Due           int64
	Status        int
	Attempts      int
	Cause         string
	Logged        int
}

// AddInbound implements bot.InboxStore.
func (d *DB) AddInbound(ctx context.Context, rows []*bot.InboxRow) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	models := make([]*inboxRow, len(rows))
	for i, r := range rows {
		m, err := d.inboxModel(r)
		if err != nil {
			return 0, err
		}
		models[i] = m
	}
	// In one order everywhere, so that two processes cannot wait for each other.
	slices.SortStableFunc(models, func(a, b *inboxRow) int { return strings.Compare(a.Event, b.Event) })
	if d.dialect == postgres {
		var added []int
		err := d.collect(ctx, &added, d.hot.add, d.statements.arguments(func(a *arguments) { arrays(a, d.hot.inbox, models) })...)
		if err != nil || len(added) == 0 {
			return 0, err
		}
		return added[0], nil
	}
	return insert(ctx, d, models, "CONFLICT (event) DO NOTHING")
}

func (d *DB) inboxModel(r *bot.InboxRow) (*inboxRow, error) {
	payload, err := json.Marshal(r.Inbound)
	if err != nil {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
	}
	m := &inboxRow{
		Event: string(r.Inbound.Address.Platform) + "|" + string(r.Inbound.Address.Install) + "|" + r.Inbound.EventID,
		Chat:  r.Chat, Shard: r.Shard, Kind: string(r.Inbound.Kind), Payload: string(payload),
		Received: millis(r.Received), Seq: r.Inbound.Seq, Place: millis(r.DueAt),
	}
	if r.Inbound.Kind.Waits() {
		m.Waits = 1
	}
	if r.Received.IsZero() {
		m.Received = millis(d.now())
	}
	m.Place = max(m.Place, m.Received)
	m.Due = m.Place
	return m, nil
}

func (m *inboxRow) row() (*bot.InboxRow, error) {
	r := &bot.InboxRow{
		ID: m.ID, Chat: m.Chat, Shard: m.Shard, Received: moment(m.Received),
		DueAt: moment(m.Due), Attempts: m.Attempts, Cause: m.Cause, Logged: m.Logged == 1,
	}
	if err := json.Unmarshal([]byte(m.Payload), &r.Inbound); err != nil {
		return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	return r, nil
}

func inboxRows(models []*inboxRow) ([]*bot.InboxRow, error) {
	out := make([]*bot.InboxRow, len(models))
	for i, m := range models {
		r, err := m.row()
		if err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, nil
}

// FinishInbound implements bot.InboxStore.
func (d *DB) FinishInbound(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if d.dialect == sqlite {
		return d.finishEach(ctx, ids)
	}
	res, err := d.db.NewUpdate().Table("inbox").Set("status = ?", done).
		Where("id IN (?)", bun.List(ids)).Where("status = ?", waiting).Exec(ctx)
	return fence(res, err, len(ids))
}

// finishEach marks rows done one by one (bound.go).
func (d *DB) finishEach(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		res, err := d.run(ctx, liteFinish, id)
		if err := fence(res, err, 1); err != nil {
			return err
		}
	}
	return nil
}

// RetryInbound implements bot.InboxStore.
func (d *DB) RetryInbound(ctx context.Context, row *bot.InboxRow, dead bool) error {
	status, logged := waiting, 0
	if dead {
		status = parked
	}
	if row.Logged {
		logged = 1
	}
	res, err := d.db.NewUpdate().Table("inbox").Set("status = ?", status).
		Set("attempts = ?", row.Attempts).Set("due = ?", millis(row.DueAt)).Set("cause = ?", row.Cause).Set("logged = ?", logged).
		Where("id = ?", row.ID).Where("status = ?", waiting).Exec(ctx)
	return fence(res, err, 1)
}

// Spoke implements bot.InboxStore.
func (d *DB) Spoke(ctx context.Context, in, out []crm.ConversationID, at time.Time) error {
	var both, onlyIn, onlyOut []crm.ConversationID
	for _, id := range in {
		if slices.Contains(out, id) {
			both = append(both, id)
		} else {
			onlyIn = append(onlyIn, id)
		}
	}
	for _, id := range out {
		if !slices.Contains(in, id) {
			onlyOut = append(onlyOut, id)
		}
	}
	for _, x := range []struct {
		ids []crm.ConversationID
		set []string
	}{{both, []string{"last_in_at = ?", "last_out_at = ?"}}, {onlyIn, []string{"last_in_at = ?"}}, {onlyOut, []string{"last_out_at = ?"}}} {
		if len(x.ids) == 0 {
			continue
		}
		if err := d.spoke(ctx, x.ids, x.set, at); err != nil {
			return err
		}
	}
	return nil
}

// spoke writes a time into columns of conversations.
func (d *DB) spoke(ctx context.Context, ids []crm.ConversationID, set []string, at time.Time) error {
	if d.dialect == sqlite {
		query := "UPDATE conversations SET " + strings.Join(set, ", ") + " WHERE id = ?"
		args := append(slices.Repeat([]any{instant(at)}, len(set)), 0)
		for _, id := range ids {
			args[len(set)] = int64(id)
			if _, err := d.run(ctx, query, args...); err != nil {
				return fault(err)
			}
		}
		return nil
	}
	q := d.db.NewUpdate().Table("conversations").Where("id IN (?)", bun.List(ids))
	for _, column := range set {
		q = q.Set(column, at)
	}
	_, err := q.Exec(ctx)
	return fault(err)
}
