package storage

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// teamRow gives crm.Team its table.
type teamRow struct {
	bun.BaseModel `bun:"table:teams,alias:g"`
	crm.Team
}

func (r *teamRow) team() *crm.Team { return &r.Team }

// EnsureTeam implements crm.TeamStore.
func (d *DB) EnsureTeam(ctx context.Context, name string) (*crm.Team, error) {
	row := &teamRow{Team: crm.Team{Name: name, Created: d.now()}}
	_, err := d.db.NewInsert().Model(row).On("CONFLICT (name) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return nil, fault(err)
	}
	row = new(teamRow)
	err = d.db.NewSelect().Model(row).Where("g.name = ?", name).Scan(ctx)
	return given(row, (*teamRow).team, fault(err))
}

// Teams implements crm.TeamStore.
func (d *DB) Teams(ctx context.Context) ([]*crm.Team, error) {
	var rows []*teamRow
	err := d.db.NewSelect().Model(&rows).Scan(ctx)
	teams := each(rows, (*teamRow).team)
	slices.SortFunc(teams, func(a, b *crm.Team) int { return cmp.Compare(a.Name, b.Name) })
	return teams, fault(err)
}
