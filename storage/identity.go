package storage

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// identityRow gives crm.Identity its table.
type identityRow struct {
	bun.BaseModel `bun:"table:identities,alias:i"`
	crm.Identity
}

func (r *identityRow) head() head[crm.IdentityID] {
	return head[crm.IdentityID]{id: &r.ID, created: &r.Created, updated: &r.Updated, unique: true}
}

func (r *identityRow) identity() *crm.Identity { return &r.Identity }

// Identities implements crm.IdentityStore.
func (d *DB) Identities(ctx context.Context, keys []crm.IdentityKey) ([]*crm.Identity, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var rows []*identityRow
	if d.dialect == postgres {
		keys := unique(keys)
		err := d.collect(ctx, &rows, d.hot.identities, texts(keys, func(k crm.IdentityKey) string { return k.Platform }),
			texts(keys, func(k crm.IdentityKey) string { return k.Install }),
			texts(keys, func(k crm.IdentityKey) string { return k.Sender }))
		return each(rows, (*identityRow).identity), err
	}
	err := d.collect(ctx, &rows, liteIdentities, mapped(unique(keys), func(k crm.IdentityKey) [3]string {
		return [3]string{clean(k.Platform), clean(k.Install), clean(k.Sender)}
	}))
	return each(rows, (*identityRow).identity), err
}

// CreateIdentities implements crm.IdentityStore, all at once.
func (d *DB) CreateIdentities(ctx context.Context, ids []*crm.Identity) error {
	if len(ids) == 0 {
		return nil
	}
	rows, now := make([]*identityRow, len(ids)), d.now()
	for i, id := range ids {
		rows[i] = &identityRow{Identity: *id}
		stamp(rows[i].head(), now)
	}
	slices.SortStableFunc(rows, func(a, b *identityRow) int { // one order for everybody: no deadlocks
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Install, b.Install), cmp.Compare(a.Sender, b.Sender))
	})
	made, err := insertNew(ctx, d, rows, "platform, install, sender")
	if err != nil {
		return err
	}
	numbers := map[crm.IdentityKey]crm.IdentityID{}
	for _, r := range made {
		numbers[r.Key()] = r.ID
	}
	for _, id := range ids {
		key, row := id.Key(), &identityRow{Identity: *id}
		stamp(row.head(), now)
		*id = row.Identity
		id.ID = numbers[key]
		delete(numbers, key) // a second one of the same key was not inserted
	}
	return nil
}

// IdentitiesOf implements crm.IdentityStore: those of the contact, with those
// of contacts merged into it, and those of the user.
func (d *DB) IdentitiesOf(ctx context.Context, contact crm.ContactID, user crm.UserID) ([]*crm.Identity, error) {
	var rows []*identityRow
	err := theirs(d.db.NewSelect().Model(&rows), contact, user).Scan(ctx)
	return each(rows, (*identityRow).identity), fault(err)
}

// theirs keeps what belongs to a contact or to a user, latest first. Each is a
// condition of its own where it can be: an OR would read the whole table.
func theirs(q *bun.SelectQuery, contact crm.ContactID, user crm.UserID) *bun.SelectQuery {
	q = q.OrderExpr("?TableAlias.updated DESC, ?TableAlias.id DESC")
	switch {
	case contact == 0 && user == 0:
		return q.Where("1 = 0")
	case user == 0:
		return ofContact(q, "?TableAlias.contact_id", contact)
	case contact == 0:
		return q.Where("?TableAlias.user_id = ?", user)
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return ofContact(q, "?TableAlias.contact_id", contact).WhereOr("?TableAlias.user_id = ?", user)
	})
}

// UpdateIdentity implements crm.IdentityStore.
func (d *DB) UpdateIdentity(ctx context.Context, id crm.IdentityID, change func(*crm.Identity) error) (*crm.Identity, error) {
	row, err := update(ctx, d, "", id, func(r *identityRow) error { return change(&r.Identity) })
	return given(row, (*identityRow).identity, err)
}
