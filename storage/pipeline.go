package storage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// pipelineGroup is one row as the database sums it. Whole numbers only: a sum
// is exact.
type pipelineGroup struct {
	Key      string
	Currency string
	Deals    int
	Minor    int64
	Hundreds int64 // amount times percent
	ClosedAt time.Time
}

// Pipeline implements crm.OpportunityStore. A deal is open until it has a
// closing time.
func (d *DB) Pipeline(ctx context.Context, f crm.PipelineFilter) ([]crm.PipelineRow, error) {
	var groups []pipelineGroup
	q := scoped(d.db.NewSelect().Model((*opportunityRow)(nil)), f.Scope).
		ColumnExpr("o.amount_currency AS currency, COUNT(*) AS deals").
		ColumnExpr("CAST(SUM(o.amount_minor) AS BIGINT) AS minor").
		ColumnExpr("CAST(SUM(o.amount_minor * o.probability) AS BIGINT) AS hundreds")
	q = inPeriod(q, f)
	switch key := pipelineKeys[f.By]; {
	case key == "":
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("by")
	case f.By == crm.ByMonth && f.Won: // months are the company's, not the server's: summed below
		q = q.ColumnExpr("o.closed_at AS closed_at").GroupExpr("o.closed_at, o.amount_currency")
	default:
		q = q.ColumnExpr(key + " AS key").GroupExpr(key + ", o.amount_currency")
	}
	if err := q.Scan(ctx, &groups); err != nil {
		return nil, fault(err)
	}
	return pipelineRows(groups, f), nil
}

var pipelineKeys = map[crm.PipelineBy]string{
	crm.ByStage:  "o.stage",
	crm.ByOwner:  "CAST(COALESCE(o.owner_id, 0) AS TEXT)",
	crm.BySource: "o.source",
	crm.ByTeam:   "CAST(COALESCE(o.team_id, 0) AS TEXT)",
	crm.ByMonth:  "SUBSTR(o.close_on, 1, 7)",
	crm.ByIntent: "o.intent",
}

// inPeriod keeps the deals that the filter counts.
func inPeriod(q *bun.SelectQuery, f crm.PipelineFilter) *bun.SelectQuery {
	if f.Won {
		q = q.Where("o.closed_at IS NOT NULL")
		if f.WonStage != "" {
			q = q.Where("o.stage = ?", f.WonStage)
		} else {
			q = q.Where("o.probability > 0")
		}
		if !f.FromAt.IsZero() {
			q = q.Where("o.closed_at >= ?", f.FromAt)
		}
		if !f.ToAt.IsZero() {
			q = q.Where("o.closed_at < ?", f.ToAt)
		}
		return q
	}
	q = q.Where("o.closed_at IS NULL")
	if f.From != "" || f.To != "" {
		q = q.Where("o.close_on <> ''")
	}
	if f.From != "" {
		q = q.Where("o.close_on >= ?", f.From)
	}
	if f.To != "" {
		q = q.Where("o.close_on <= ?", f.To)
	}
	return q
}

// pipelineRows adds up the groups of a key and currency, largest amount first.
func pipelineRows(groups []pipelineGroup, f crm.PipelineFilter) []crm.PipelineRow {
	type place struct{ key, currency string }
	sums := map[place]pipelineGroup{}
	for _, g := range groups {
		if f.By == crm.ByMonth && f.Won {
			g.Key = g.ClosedAt.In(f.FromAt.Location()).Format("2006-01")
		}
		at := place{g.Key, g.Currency}
		sum := sums[at]
		sum.Deals, sum.Minor, sum.Hundreds = sum.Deals+g.Deals, sum.Minor+g.Minor, sum.Hundreds+g.Hundreds
		sums[at] = sum
	}
	rows := make([]crm.PipelineRow, 0, len(sums))
	for at, sum := range sums {
		rows = append(rows, crm.PipelineRow{
			Key: at.key, Count: sum.Deals,
			Amount:   crm.Money{Minor: sum.Minor, Currency: at.currency},
			Weighted: crm.Money{Minor: sum.Hundreds / 100, Currency: at.currency},
		})
	}
	slices.SortFunc(rows, func(a, b crm.PipelineRow) int {
		return cmp.Or(cmp.Compare(b.Amount.Minor, a.Amount.Minor),
			strings.Compare(a.Key, b.Key), strings.Compare(a.Amount.Currency, b.Amount.Currency))
	})
	return rows
}
