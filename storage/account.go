package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// accountRow gives crm.Account its table. NameKey is the name as it is
// compared.
type accountRow struct {
	bun.BaseModel `bun:"table:accounts,alias:a"`
	crm.Account
	NameKey string
}

func (r *accountRow) head() head[crm.AccountID] {
	return head[crm.AccountID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated}
}

func (r *accountRow) account() *crm.Account { return &r.Account }

func (r *accountRow) prepare() { r.NameKey = folded(clean(r.Name)) }

func (r *accountRow) entry() entry {
	note := r.City
	if note == "" {
		note = r.Phone
	}
	return entry{
		ref: r.Ref(), owner: r.OwnerID, team: r.TeamID, title: r.Name, note: note,
		words: []string{r.Name, r.City, r.Website}, phones: []string{r.Phone},
	}
}

// CreateAccount implements crm.AccountStore.
func (d *DB) CreateAccount(ctx context.Context, a *crm.Account) error {
	row := &accountRow{Account: *a}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*a = row.Account
	return nil
}

// Account implements crm.AccountStore.
func (d *DB) Account(ctx context.Context, id crm.AccountID) (*crm.Account, error) {
	row, err := read[accountRow](ctx, d, crm.KindAccount, id)
	return given(row, (*accountRow).account, err)
}

// Accounts implements crm.AccountStore. A name is compared without regard to
// case, width and spacing.
func (d *DB) Accounts(ctx context.Context, f crm.AccountFilter) ([]*crm.Account, int, error) {
	var rows []*accountRow
	q := scoped(d.db.NewSelect().Model(&rows), f.Scope).OrderExpr("a.id DESC")
	if f.Owner != 0 {
		q = q.Where("a.owner_id = ?", f.Owner)
	}
	if f.Name != "" {
		q = q.Where("a.name_key = ?", folded(clean(f.Name)))
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*accountRow).account), n, err
}

// UpdateAccount implements crm.AccountStore. Search entries that speak of the
// account follow a new name.
func (d *DB) UpdateAccount(ctx context.Context, id crm.AccountID, change func(*crm.Account) error) (*crm.Account, error) {
	var row *accountRow
	err := d.once(ctx, func(ctx context.Context, tx *DB) (err error) {
		var old string
		row, err = update(ctx, tx, crm.KindAccount, id, func(r *accountRow) error {
			old = r.Name
			return change(&r.Account)
		})
		if err != nil || row.Name == old {
			return err
		}
		return tx.reindexAccount(ctx, id)
	})
	return given(row, (*accountRow).account, err)
}

// reindexAccount writes the search entries of an account's contacts and
// opportunities again.
func (d *DB) reindexAccount(ctx context.Context, id crm.AccountID) error {
	var contacts []*contactRow
	if err := d.db.NewSelect().Model(&contacts).Where("c.account_id = ?", id).Scan(ctx); err != nil {
		return fault(err)
	}
	var deals []*opportunityRow
	if err := d.db.NewSelect().Model(&deals).Where("o.account_id = ?", id).Scan(ctx); err != nil {
		return fault(err)
	}
	var entries []entry
	for _, r := range contacts {
		entries = append(entries, r.entry())
	}
	for _, r := range deals {
		entries = append(entries, r.entry())
	}
	if err := d.index(ctx, entries...); err != nil {
		return err
	}
	for _, r := range contacts {
		if err := d.gather(ctx, &r.Contact, false); err != nil {
			return err
		}
	}
	return nil
}
