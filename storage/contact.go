package storage

import (
	"context"
	"slices"

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

// CreateContacts implements crm.ContactStore, all at once.
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
	if d.dialect == postgres {
		err := d.collect(ctx, &rows, d.hot.contacts, integers(unique(ids)))
		return each(rows, (*contactRow).contact), err
	}
	err := d.collect(ctx, &rows, liteContacts, array(slices.Sorted(slices.Values(unique(ids)))))
	return each(rows, (*contactRow).contact), err
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
		q = q.Where("c.id IN ("+phoned+")", f.Phone)
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*contactRow).contact), n, err
}

// MergedContacts implements crm.ContactStore, lowest id first.
func (d *DB) MergedContacts(ctx context.Context, id crm.ContactID) ([]*crm.Contact, error) {
	var rows []*contactRow
	err := d.db.NewSelect().Model(&rows).Where("c.id IN ("+family+") AND c.id <> ?", id, id).OrderExpr("c.id").Scan(ctx)
	return each(rows, (*contactRow).contact), fault(err)
}

// UpdateContact implements crm.ContactStore. A contact is found by what those say
// who were merged into it.
func (d *DB) UpdateContact(ctx context.Context, id crm.ContactID, change func(*crm.Contact) error) (*crm.Contact, error) {
	var row *contactRow
	err := d.once(ctx, func(ctx context.Context, tx *DB) (err error) {
		var was crm.ContactID
		row, err = update(ctx, tx, crm.KindContact, id, func(r *contactRow) error {
			was = r.MergedInto
			return change(&r.Contact)
		})
		if err != nil {
			return err
		}
		if err := tx.gather(ctx, &row.Contact, false); err != nil || was == row.MergedInto {
			return err
		}
		for _, other := range []crm.ContactID{was, row.MergedInto} {
			if other == 0 {
				continue
			}
			root, err := tx.Contact(ctx, other)
			if err == nil {
				err = tx.gather(ctx, root, true)
			}
			if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &row.Contact, nil
}

// gather writes the search entry of a contact with the words of those that were
// merged into it; where there are none it is as it was, unless anew.
func (d *DB) gather(ctx context.Context, c *crm.Contact, anew bool) error {
	if c.MergedInto != 0 {
		return nil
	}
	merged, err := d.MergedContacts(ctx, c.ID)
	if err != nil || len(merged) == 0 && !anew {
		return err
	}
	e := (&contactRow{Contact: *c}).entry()
	for _, m := range merged {
		e.words = append(e.words, m.Name, m.Email)
		e.phones = append(e.phones, m.Phone, m.Claimed)
	}
	return d.index(ctx, e)
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

// phoned are the contacts of a phone, each as the one that it was merged into.
const phoned = `WITH RECURSIVE up (id, merged_into) AS (
	SELECT p.id, p.merged_into FROM contacts AS p WHERE p.phone = ? AND p.phone <> ''
	UNION SELECT p.id, p.merged_into FROM contacts AS p JOIN up ON p.id = up.merged_into
) SELECT up.id FROM up WHERE up.merged_into IS NULL`
