package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// leadRow gives crm.Lead its table.
type leadRow struct {
	bun.BaseModel `bun:"table:leads,alias:l"`
	crm.Lead
}

func (r *leadRow) head() head[crm.LeadID] {
	return head[crm.LeadID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated}
}

func (r *leadRow) lead() *crm.Lead { return &r.Lead }

func (r *leadRow) entry() entry {
	title, note := r.Name, r.Company
	if title == "" {
		title, note = r.Company, ""
	}
	if note == "" {
		note = r.Phone
	}
	return entry{
		ref: r.Ref(), owner: r.OwnerID, team: r.TeamID, title: title, note: note,
		words: []string{r.Name, r.Company, r.Email}, phones: []string{r.Phone},
	}
}

// CreateLead implements crm.LeadStore.
func (d *DB) CreateLead(ctx context.Context, l *crm.Lead) error {
	row := &leadRow{Lead: *l}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*l = row.Lead
	return nil
}

// Lead implements crm.LeadStore.
func (d *DB) Lead(ctx context.Context, id crm.LeadID) (*crm.Lead, error) {
	row, err := read[leadRow](ctx, d, crm.KindLead, id)
	return given(row, (*leadRow).lead, err)
}

// openLead is what the index of those says, word for word: SQLite finds it by that.
const openLead = "l.status IN ('new', 'working', 'qualified')"

// Leads implements crm.LeadStore.
func (d *DB) Leads(ctx context.Context, f crm.LeadFilter) ([]*crm.Lead, int, error) {
	var rows []*leadRow
	q := scoped(d.db.NewSelect().Model(&rows), f.Scope).OrderExpr("l.id DESC")
	if f.Owner != 0 {
		q = q.Where("l.owner_id = ?", f.Owner)
	}
	q = ofContact(q, "l.contact_id", f.Contact)
	if f.Phone != "" {
		q = q.Where("l.phone = ?", f.Phone)
	}
	if f.Open {
		q = q.Where(openLead)
	}
	if !f.Since.IsZero() {
		q = q.Where("l.created >= ?", f.Since)
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*leadRow).lead), n, err
}

// UpdateLead implements crm.LeadStore.
func (d *DB) UpdateLead(ctx context.Context, id crm.LeadID, change func(*crm.Lead) error) (*crm.Lead, error) {
	row, err := update(ctx, d, crm.KindLead, id, func(r *leadRow) error { return change(&r.Lead) })
	return given(row, (*leadRow).lead, err)
}
