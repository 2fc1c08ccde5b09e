package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

// The queues, by name.
const (
	QueueInbox  = "inbox"
	QueueOutbox = "outbox"
	QueueJobs   = "jobs"
)

// Stuck is a row of a queue that was given up.
type Stuck struct {
	Queue    string
	ID       int64  // within its queue
	Kind     string // of the event, the operation or the job
	State    string // of an operation: crm.DeliveryFailed or DeliveryUnknown, "" where nobody knows; else ""
	Place    Place  // none of a job
	Chat     string
	Event    string // as the logs know it
	Attempts int
	Cause    string
	At       time.Time // when it came, or was to be done
	Payload  string    // JSON: what was said is in it
}

// StuckFilter picks rows that were given up; what is empty does not matter.
type StuckFilter struct {
	Queues []string // of QueueInbox, QueueOutbox, QueueJobs
	IDs    map[string][]int64
	Place  Place
	Kind   string
	Before time.Time // came before that
	Limit  int       // of each queue; 0 for all
}

// Stuck returns the rows that were given up, those of each queue together and
// the oldest of each first. CodeUnavailable.
func (d *DB) Stuck(ctx context.Context, f StuckFilter) ([]Stuck, error) {
	var all []Stuck
	for _, q := range []struct {
		name string
		read func(context.Context, StuckFilter) ([]Stuck, error)
	}{{QueueInbox, d.stuckEvents}, {QueueOutbox, d.stuckOperations}, {QueueJobs, d.stuckJobs}} {
		if len(f.Queues) > 0 && !slices.Contains(f.Queues, q.name) || f.IDs != nil && len(f.IDs[q.name]) == 0 {
			continue
		}
		rows, err := q.read(ctx, f)
		if err != nil {
			return nil, fault(err)
		}
		all = append(all, rows...)
	}
	return all, nil
}

// picked adds what a filter says of every queue. id and at are columns.
func (f StuckFilter) picked(q *bun.SelectQuery, queue, id, at string) *bun.SelectQuery {
	if f.IDs != nil {
		q = q.Where("? IN (?)", bun.Ident(id), bun.List(f.IDs[queue]))
	}
	if !f.Before.IsZero() {
		q = q.Where("? < ?", bun.Ident(at), millis(f.Before))
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	return q
}

// fits is what only the payload tells.
func (f StuckFilter) fits(s Stuck) bool {
	return (f.Kind == "" || f.Kind == s.Kind) && (f.Place.Platform == "" || f.Place == s.Place)
}

func (d *DB) stuckEvents(ctx context.Context, f StuckFilter) ([]Stuck, error) {
	var rows []*inboxRow
	q := d.db.NewSelect().Model(&rows).Where("i.status = ?", parked).OrderExpr("i.id")
	if f.Kind != "" {
		q = q.Where("i.kind = ?", f.Kind)
	}
	if err := f.anywhere(q, QueueInbox, "i.id", "i.received").Scan(ctx); err != nil {
		return nil, err
	}
	var all []Stuck
	for _, m := range rows {
		s := Stuck{
			Queue: QueueInbox, ID: m.ID, Kind: m.Kind, Chat: m.Chat, Attempts: m.Attempts, Cause: m.Cause,
			At: moment(m.Received), Payload: m.Payload,
		}
		var in bot.Inbound
		if err := json.Unmarshal([]byte(m.Payload), &in); err == nil { // else it is shown all the same
			s.Place, s.Chat, s.Event = Place{in.Address.Platform, in.Address.Install}, string(in.Address.Chat), in.Origin()
		}
		if f.fits(s) {
			all = append(all, s)
		}
	}
	return f.first(all), nil
}

// anywhere is picked without a limit where only the payload tells what fits.
func (f StuckFilter) anywhere(q *bun.SelectQuery, queue, id, at string) *bun.SelectQuery {
	if f.Place.Platform != "" || f.Kind != "" {
		f.Limit = 0
	}
	return f.picked(q, queue, id, at)
}

func (f StuckFilter) first(all []Stuck) []Stuck {
	if f.Limit > 0 && len(all) > f.Limit {
		return all[:f.Limit]
	}
	return all
}

func (d *DB) stuckOperations(ctx context.Context, f StuckFilter) ([]Stuck, error) {
	var rows []struct {
		ID               int64
		Platform         bot.Platform
		Install          bot.Install
		Attempts         int
		Created          int64
		Cause            string
		Payload, Outcome string
	}
	q := d.db.NewSelect().TableExpr("outbox AS o").
		Column("o.id", "o.platform", "o.install", "o.attempts", "o.created", "o.cause", "o.payload").
		ColumnExpr("coalesce(p.state, '') AS outcome").
		Join("LEFT JOIN parts AS p ON p.message_id = o.message_id AND p.position = o.position").
		Where("o.status = ?", parked).OrderExpr("o.created, o.id")
	if f.Place.Platform != "" {
		q = q.Where("o.platform = ?", f.Place.Platform).Where("o.install = ?", f.Place.Install)
	}
	if err := f.anywhere(q, QueueOutbox, "o.id", "o.created").Scan(ctx, &rows); err != nil {
		return nil, err
	}
	var all []Stuck
	for _, m := range rows {
		s := Stuck{
			Queue: QueueOutbox, ID: m.ID, State: m.Outcome, Place: Place{m.Platform, m.Install}, Attempts: m.Attempts,
			Cause: m.Cause, At: moment(m.Created), Payload: m.Payload,
		}
		var out bot.Outgoing
		if err := json.Unmarshal([]byte(m.Payload), &out); err == nil { // else it is shown all the same
			s.Kind, s.Chat, s.Event = string(out.Op), string(out.To.Chat), out.Event
		}
		if f.fits(s) {
			all = append(all, s)
		}
	}
	return f.first(all), nil
}

func (d *DB) stuckJobs(ctx context.Context, f StuckFilter) ([]Stuck, error) {
	if f.Place.Platform != "" {
		return nil, nil
	}
	var rows []*jobRow
	q := d.db.NewSelect().Model(&rows).Where("j.status = ?", parked).OrderExpr("j.id")
	if f.Kind != "" {
		q = q.Where("j.kind = ?", f.Kind)
	}
	if err := f.picked(q, QueueJobs, "j.id", "j.run_at").Scan(ctx); err != nil {
		return nil, err
	}
	all := make([]Stuck, len(rows))
	for i, m := range rows {
		all[i] = Stuck{
			Queue: QueueJobs, ID: m.ID, Kind: m.Kind, Attempts: m.Attempts, Cause: m.Cause,
			At: moment(m.RunAt), Payload: m.Payload,
		}
	}
	return all, nil
}

// resendFor is how long words that were given up may be sent once somebody wants
// them sent after all.
const resendFor = time.Hour

// Revive lets rows that were given up be tried again as fresh ones, in one
// transaction, and returns how many: those that still are given up. A job whose
// like waits already stays. Words may be sent for an hour from now, however old
// they are.
func (d *DB) Revive(ctx context.Context, rows []Stuck, now time.Time) (int, error) {
	total := 0
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		total = 0
		ids := idsOf(rows)
		n, err := tx.ReviveInbound(ctx, ids[QueueInbox], now)
		if err != nil {
			return err
		}
		total += n
		for _, id := range ids[QueueOutbox] {
			sent, err := tx.resend(ctx, id, now)
			if err != nil {
				return err
			}
			total += sent
		}
		if len(ids[QueueJobs]) > 0 {
			n, err := affected(tx.db.NewUpdate().TableExpr("jobs AS j").Set("status = ?", waiting).Set("attempts = 0").Set("run_at = ?", millis(now)).
				Where("j.id IN (?)", bun.List(ids[QueueJobs])).Where("j.status = ?", parked).
				Where("NOT EXISTS (SELECT 1 FROM jobs AS w WHERE w.status = 0 AND w.kind = j.kind AND w.unique_key = j.unique_key)").
				Where("NOT EXISTS (SELECT 1 FROM jobs AS w WHERE w.status = 2 AND w.kind = j.kind AND w.unique_key = j.unique_key AND w.id > j.id)").Exec(ctx))
			if err != nil {
				return err
			}
			total += n
		}
		return tx.Ring(ctx, QueueInbox, QueueOutbox)
	})
	return total, err
}

// resend puts an operation back into its line.
func (d *DB) resend(ctx context.Context, id int64, now time.Time) (int, error) {
	row := new(outboxRow)
	q := d.db.NewSelect().Model(row).Where("o.id = ?", id).Where("o.status = ?", parked)
	if d.dialect == postgres {
		q = q.For("UPDATE")
	}
	if err := q.Scan(ctx); err != nil {
		if crm.CodeOf(fault(err)) == crm.CodeNotFound {
			return 0, nil
		}
		return 0, fault(err)
	}
	var out bot.Outgoing
	if err := json.Unmarshal([]byte(row.Payload), &out); err != nil {
		return 0, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	if !out.ExpiresAt.IsZero() {
		out.ExpiresAt = now.Add(resendFor)
	}
	payload, err := json.Marshal(out)
	if err != nil {
		return 0, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	n, err := affected(d.db.NewUpdate().Table("outbox").Set("status = ?", waiting).Set("owner = ''").Set("attempts = 0").
		Set("cause = ''").Set("due = ?", millis(now)).Set("expires = ?", millis(out.ExpiresAt)).Set("payload = ?", string(payload)).
		Where("id = ?", id).Where("status = ?", parked).Exec(ctx))
	if err != nil || n == 0 {
		return n, err
	}
	return n, d.outcomes(ctx, []outcome{{MessageID: row.MessageID, Position: row.Position, State: crm.DeliveryQueued, Updated: now}})
}

// Drop forgets rows that were given up, and returns how many. An event stays
// known, so that it is not taken in once more; what was to be said stays in the
// log as not sent.
func (d *DB) Drop(ctx context.Context, rows []Stuck) (int, error) {
	total := 0
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		total = 0
		ids := idsOf(rows)
		for queue, of := range ids {
			var n int
			var err error
			if queue == QueueInbox {
				n, err = affected(tx.db.NewUpdate().Table("inbox").Set("status = ?", done).
					Where("id IN (?)", bun.List(of)).Where("status = ?", parked).Exec(ctx))
			} else {
				n, err = affected(tx.db.NewDelete().Table(queue).Where("id IN (?)", bun.List(of)).Where("status = ?", parked).Exec(ctx))
			}
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}

func idsOf(rows []Stuck) map[string][]int64 {
	ids := map[string][]int64{}
	for _, s := range rows {
		ids[s.Queue] = append(ids[s.Queue], s.ID)
	}
	for _, of := range ids {
		slices.SortFunc(of, cmp.Compare[int64]) // in one order everywhere
	}
	return ids
}
