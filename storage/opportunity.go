package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// opportunityRow gives crm.Opportunity its table.
type opportunityRow struct {
	bun.BaseModel `bun:"table:opportunities,alias:o"`
	crm.Opportunity
}

func (r *opportunityRow) head() head[crm.OpportunityID] {
	return head[crm.OpportunityID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated}
}

func (r *opportunityRow) opportunity() *crm.Opportunity { return &r.Opportunity }

func (r *opportunityRow) entry() entry {
	return entry{
		ref: r.Ref(), owner: r.OwnerID, team: r.TeamID, title: r.Name,
		words: []string{r.Name}, account: r.AccountID,
	}
}

// CreateOpportunity implements crm.OpportunityStore.
func (d *DB) CreateOpportunity(ctx context.Context, o *crm.Opportunity) error {
	row := &opportunityRow{Opportunity: *o}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*o = row.Opportunity
	return nil
}

// Opportunity implements crm.OpportunityStore.
func (d *DB) Opportunity(ctx context.Context, id crm.OpportunityID) (*crm.Opportunity, error) {
	row, err := read[opportunityRow](ctx, d, crm.KindOpportunity, id)
	return given(row, (*opportunityRow).opportunity, err)
}

// Opportunities implements crm.OpportunityStore. One is open until it has a
// closing time.
func (d *DB) Opportunities(ctx context.Context, f crm.OpportunityFilter) ([]*crm.Opportunity, int, error) {
	var rows []*opportunityRow
	q := scoped(d.db.NewSelect().Model(&rows), f.Scope).OrderExpr("o.id DESC")
	if f.Owner != 0 {
		q = q.Where("o.owner_id = ?", f.Owner)
	}
	if f.Account != 0 {
		q = q.Where("o.account_id = ?", f.Account)
	}
	if f.Stage != "" {
		q = q.Where("o.stage = ?", f.Stage)
	}
	if f.Open {
		q = q.Where("o.closed_at IS NULL")
	}
	q = ofContact(q, "o.contact_id", f.Contact)
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*opportunityRow).opportunity), n, err
}

// UpdateOpportunity implements crm.OpportunityStore.
func (d *DB) UpdateOpportunity(ctx context.Context, id crm.OpportunityID, change func(*crm.Opportunity) error) (*crm.Opportunity, error) {
	row, err := update(ctx, d, crm.KindOpportunity, id, func(r *opportunityRow) error { return change(&r.Opportunity) })
	return given(row, (*opportunityRow).opportunity, err)
}
