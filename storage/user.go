package storage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// userRow gives crm.User its table.
type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`
	crm.User
}

func (r *userRow) head() head[crm.UserID] {
	return head[crm.UserID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated, unique: true}
}

func (r *userRow) user() *crm.User { return &r.User }

func (r *userRow) entry() entry {
	return entry{
		ref: crm.Ref{Kind: crm.KindUser, ID: int64(r.ID)}, team: r.TeamID,
		title: r.Name, note: r.Handle, words: []string{r.Name, r.Handle},
	}
}

// CreateUser implements crm.UserStore.
func (d *DB) CreateUser(ctx context.Context, u *crm.User) error {
	row := &userRow{User: *u}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*u = row.User
	return nil
}

// User implements crm.UserStore.
func (d *DB) User(ctx context.Context, id crm.UserID) (*crm.User, error) {
	row, err := read[userRow](ctx, d, crm.KindUser, id)
	return given(row, (*userRow).user, err)
}

// UserByHandle implements crm.UserStore.
func (d *DB) UserByHandle(ctx context.Context, handle string) (*crm.User, error) {
	row := new(userRow)
	err := d.db.NewSelect().Model(row).Where("u.handle = ?", handle).Scan(ctx)
	return given(row, (*userRow).user, fault(err))
}

// Users implements crm.UserStore.
func (d *DB) Users(ctx context.Context, f crm.UserFilter) ([]*crm.User, error) {
	var rows []*userRow
	err := usersOf(d.db.NewSelect().Model(&rows), f).Scan(ctx)
	users := each(rows, (*userRow).user)
	slices.SortFunc(users, func(a, b *crm.User) int { // here and not in SQL: the databases sort differently
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return users, fault(err)
}

// UpdateUser implements crm.UserStore.
func (d *DB) UpdateUser(ctx context.Context, id crm.UserID, change func(*crm.User) error) (*crm.User, error) {
	row, err := update(ctx, d, crm.KindUser, id, func(r *userRow) error { return change(&r.User) })
	return given(row, (*userRow).user, err)
}

// NextUser implements crm.UserStore. All of them are locked, so that two calls
// at once take two users. The turn is no change of the record: its version
// stays.
func (d *DB) NextUser(ctx context.Context, f crm.UserFilter) (*crm.User, error) {
	var next *crm.User
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		var rows []*userRow
		q := usersOf(tx.db.NewSelect().Model(&rows), f).OrderExpr("u.id")
		if err := tx.lock(q).Scan(ctx); err != nil {
			return fault(err)
		}
		if len(rows) == 0 {
			return crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "")
		}
		turn, last := rows[0], time.Time{}
		for _, r := range rows {
			if r.TurnAt.Before(turn.TurnAt) {
				turn = r
			}
			if r.TurnAt.After(last) {
				last = r.TurnAt
			}
		}
		turn.TurnAt = tx.now()
		if !turn.TurnAt.After(last) { // behind everybody, even when the clock stands still
			turn.TurnAt = last.Add(time.Microsecond)
		}
		next = &turn.User
		_, err := tx.db.NewUpdate().Model(turn).Column("turn_at").WherePK().Exec(ctx)
		return fault(err)
	})
	if err != nil {
		return nil, err
	}
	return next, nil
}

func usersOf(q *bun.SelectQuery, f crm.UserFilter) *bun.SelectQuery {
	if len(f.Roles) > 0 {
		q = q.Where("u.role IN (?)", bun.List(f.Roles))
	}
	if f.Team != 0 {
		q = q.Where("u.team_id = ?", f.Team)
	}
	if f.Active {
		q = q.Where("u.active = ?", true)
	}
	if f.Present {
		q = q.Where("u.away_at IS NULL").
			Where(`(EXISTS (SELECT 1 FROM identities AS i WHERE i.user_id = u.id)
				OR NOT EXISTS (SELECT 1 FROM identities AS i WHERE i.user_id IS NOT NULL))`)
	}
	if f.Under > 0 {
		q = q.Where(`(SELECT count(*) FROM conversations AS v WHERE v.assignee_id = u.id
			AND v.status IN ('waiting', 'handed_off')) < ?`, f.Under)
	}
	if len(f.Except) > 0 {
		q = q.Where("u.id NOT IN (?)", bun.List(f.Except))
	}
	return q
}
