package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
)

// jobRow is a bot.Job in its table.
type jobRow struct {
	bun.BaseModel `bun:"table:jobs,alias:j"`
	ID            int64 `bun:",pk,autoincrement,identity"`
	Kind          string
	UniqueKey     string `bun:",nullzero"`
	Payload       string
	RunAt         int64
	Status        int
	Attempts      int
	Cause         string
}

// AddJobs implements bot.JobStore.
func (d *DB) AddJobs(ctx context.Context, jobs ...*bot.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	rows := make([]*jobRow, len(jobs))
	for i, j := range jobs {
		at := j.RunAt
		if at.IsZero() {
			at = d.now()
		}
		rows[i] = &jobRow{Kind: j.Kind, UniqueKey: j.Unique, Payload: j.Payload, RunAt: millis(at)}
	}
	_, err := d.db.NewInsert().Model(&rows).ExcludeColumn("id").
		On("CONFLICT (kind, unique_key) WHERE status = 0 DO NOTHING").Returning("NULL").Exec(ctx)
	return fault(err)
}

// ClaimJobs implements bot.JobStore.
func (d *DB) ClaimJobs(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]*bot.Job, error) {
	due := func() *bun.SelectQuery {
		return d.db.NewSelect().TableExpr("jobs AS j").ColumnExpr("j.id").
			Where("j.status = 0").Where("j.run_at <= ?", millis(now)).OrderExpr("j.run_at, j.id").Limit(int64(limit))
	}
	if d.dialect == sqlite { // the only writer is not taken for nothing
		if n, err := due().Count(ctx); err != nil || n == 0 {
			return nil, fault(err)
		}
	}
	var rows []*jobRow
	err := d.db.NewUpdate().Model((*jobRow)(nil)).Set("run_at = ?", millis(now.Add(lease))).Set("attempts = attempts + 1").
		Where("j.id IN (?)", d.lockFree(due())).Returning("*").Scan(ctx, &rows)
	if err != nil {
		return nil, fault(err)
	}
	jobs := make([]*bot.Job, len(rows))
	for i, r := range rows {
		jobs[i] = &bot.Job{
			ID: r.ID, Kind: r.Kind, Unique: r.UniqueKey, Payload: r.Payload,
			RunAt: moment(r.RunAt), Attempts: r.Attempts, Cause: r.Cause,
		}
	}
	return jobs, nil
}

// FinishJob implements bot.JobStore.
func (d *DB) FinishJob(ctx context.Context, id int64) error {
	_, err := d.db.NewDelete().Table("jobs").Where("id = ?", id).Where("status = 0").Exec(ctx)
	return fault(err)
}

// RetryJob implements bot.JobStore.
func (d *DB) RetryJob(ctx context.Context, j *bot.Job, dead bool) error {
	status := waiting
	if dead {
		status = parked
	}
	_, err := d.db.NewUpdate().Table("jobs").Set("status = ?", status).Set("run_at = ?", millis(j.RunAt)).
		Set("attempts = ?", j.Attempts).Set("cause = ?", j.Cause).
		Where("id = ?", j.ID).Where("status = 0").Exec(ctx)
	return fault(err)
}
