package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

// millis is a time of a queue; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is a queue's time as Go knows it; 0 is the zero time.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// fence checks that a statement changed exactly the rows that the caller
// believes to hold. CodeConflict.
func fence(res sql.Result, err error, want int) error {
	if err != nil {
		return fault(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fault(err)
	}
	return fenced(int(n), want)
}

// fenced is CodeConflict unless as many rows were changed as there were to be.
func fenced(n, want int) error {
	if n != want {
		return crm.Fail(crm.CodeConflict, "error.conflict")
	}
	return nil
}

// Backlog implements bot.QueueStore.
func (d *DB) Backlog(ctx context.Context, now time.Time) (bot.Backlog, error) {
	var b bot.Backlog
	var oldest, inbox, outbox, job int64
	at := millis(now)
	err := d.db.NewSelect().
		ColumnExpr("(SELECT count(*) FROM inbox WHERE status = 0)").
		ColumnExpr("(SELECT count(*) FROM outbox WHERE status = 0)").
		ColumnExpr("(SELECT count(*) FROM jobs WHERE status = 0)").
		ColumnExpr("(SELECT count(*) FROM inbox WHERE status = 0 AND due <= ?)", at).
		ColumnExpr("(SELECT count(*) FROM outbox WHERE status = 0 AND due <= ?)", at).
		ColumnExpr("(SELECT count(*) FROM jobs WHERE status = 0 AND run_at <= ?)", at).
		ColumnExpr("(SELECT count(*) FROM inbox WHERE status = 2)").
		ColumnExpr("(SELECT count(*) FROM jobs WHERE status = 2)").
		ColumnExpr("(SELECT count(*) FROM outbox WHERE status = 2)").
		ColumnExpr("(SELECT count(*) FROM holds WHERE until > ?)", at).
		ColumnExpr("(SELECT coalesce(min(place), 0) FROM inbox WHERE status = 0 AND due <= ?)", at).
		ColumnExpr("(SELECT coalesce(min(due), 0) FROM inbox WHERE status = 0 AND due > ?)", at).
		ColumnExpr("(SELECT coalesce(min(o.due), 0) FROM outbox AS o WHERE o.status = 0 AND o.due > ? AND "+headOfLine+")", at).
		ColumnExpr("(SELECT coalesce(min(run_at), 0) FROM jobs WHERE status = 0 AND run_at > ?)", at).
		Scan(ctx, &b.Inbox, &b.Outbox, &b.Jobs, &b.DueInbox, &b.DueOutbox, &b.DueJobs, &b.DeadInbox, &b.DeadJobs,
			&b.FailedOutbox, &b.Holds, &oldest, &inbox, &outbox, &job)
	b.Oldest, b.NextInbox, b.NextOutbox, b.NextJob = moment(oldest), moment(inbox), moment(outbox), moment(job)
	return b, fault(err)
}

// DeadInbound implements bot.QueueStore.
func (d *DB) DeadInbound(ctx context.Context, limit int) ([]*bot.InboxRow, error) {
	var models []*inboxRow
	err := d.db.NewSelect().Model(&models).Where("status = ?", parked).OrderExpr("id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fault(err)
	}
	return inboxRows(models)
}

// ReviveInbound implements bot.QueueStore.
func (d *DB) ReviveInbound(ctx context.Context, ids []int64, now time.Time) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	res, err := d.db.NewUpdate().Table("inbox").Set("status = ?", waiting).Set("attempts = 0").
		Set("due = ?", millis(now)).Set("place = ?", millis(now)).
		Where("id IN (?)", bun.List(ids)).Where("status = ?", parked).Exec(ctx)
	return affected(res, err)
}

func affected(res sql.Result, err error) (int, error) {
	if err != nil {
		return 0, fault(err)
	}
	n, err := res.RowsAffected()
	return int(n), fault(err)
}
