package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// contactRow gives crm.Contact its table.
type contactRow struct {
	bun.BaseModel `bun:"table:contacts,alias:c"`
	crm.Contact
}

func (r *contactRow) head() head[crm.ContactID] {
	return head[crm.ContactID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated}
}

func (r *contactRow) contact() *crm.Contact { return &r.Contact }

func (r *contactRow) entry() entry {
	note := r.Phone
	if r.AccountID != 0 {
		note = "" // the account's name
	}
	return entry{
		ref: r.Ref(), owner: r.OwnerID, team: r.TeamID, title: r.Name, note: note,
		words: []string{r.Name, r.Email}, phones: []string{r.Phone, r.Claimed},
		account: r.AccountID, gone: r.MergedInto != 0,
	}
}

// CreateContacts implements crm.ContactStore, in one statement.
func (d *DB) CreateContacts(ctx context.Context, c ...*crm.Contact) error {
	rows := make([]*contactRow, len(c))
	for i := range c {
		rows[i] = &contactRow{Contact: *c[i]}
	}
	if err := create(ctx, d, rows...); err != nil {
		return err
	}
	for i := range c {
		*c[i] = rows[i].Contact
	}
	return nil
}

// Contact implements crm.ContactStore. It follows MergedInto.
func (d *DB) Contact(ctx context.Context, id crm.ContactID) (*crm.Contact, error) {
	row, err := read[contactRow](ctx, d, crm.KindContact, id)
	for hops := 0; err == nil && row.MergedInto != 0 && hops < 20; hops++ {
		row, err = read[contactRow](ctx, d, crm.KindContact, row.MergedInto)
	}
	return given(row, (*contactRow).contact, err)
}

// ContactsByID implements crm.ContactStore: those that exist, as they are,
// lowest id first. A merged one is not followed, so that the caller finds it
// under the id he asked for.
func (d *DB) ContactsByID(ctx context.Context, ids []crm.ContactID) ([]*crm.Contact, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []*contactRow
	err := d.db.NewSelect().Model(&rows).Where("c.id IN (?)", bun.List(ids)).OrderExpr("c.id").Scan(ctx)
	return each(rows, (*contactRow).contact), fault(err)
}

// Contacts implements crm.ContactStore. Merged contacts are not listed.
func (d *DB) Contacts(ctx context.Context, f crm.ContactFilter) ([]*crm.Contact, int, error) {
	var rows []*contactRow
	q := scoped(d.db.NewSelect().Model(&rows), f.Scope).
		Where("c.merged_into IS NULL").OrderExpr("c.id DESC")
	if f.Owner != 0 {
		q = q.Where("c.owner_id = ?", f.Owner)
	}
	if f.Account != 0 {
		q = q.Where("c.account_id = ?", f.Account)
	}
	if f.Phone != "" {
		q = q.Where("c.phone = ?", f.Phone)
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*contactRow).contact), n, err
}

// UpdateContact implements crm.ContactStore.
func (d *DB) UpdateContact(ctx context.Context, id crm.ContactID, change func(*crm.Contact) error) (*crm.Contact, error) {
	row, err := update(ctx, d, crm.KindContact, id, func(r *contactRow) error { return change(&r.Contact) })
	return given(row, (*contactRow).contact, err)
}

// ofContact keeps the rows of a contact and of those that were merged into it:
// a merge rewrites nothing. 0 does not filter.
func ofContact(q *bun.SelectQuery, column string, id crm.ContactID) *bun.SelectQuery {
	if id == 0 {
		return q
	}
	return q.Where(column+" IN ("+family+")", id)
}

const family = `WITH RECURSIVE family (id) AS (
	SELECT CAST(? AS BIGINT) UNION SELECT p.id FROM contacts AS p JOIN family AS f ON p.merged_into = f.id
) SELECT id FROM family`
