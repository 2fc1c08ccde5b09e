package storage

import (
	"context"
	"database/sql"
	"embed"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/migrate"

	"crmbot/crm"
)

// The schema, one file a step: NNNN_name.tx.up.sql, each in a transaction.
// Steps only add, so that the last release runs beside this one.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrationTimeout is of all steps together: building an index takes its time.
const migrationTimeout = time.Hour

// Migrate brings the schema up to date and returns the names of the steps
// taken. Processes that start together take turns. A step that fails leaves
// nothing behind and is taken again next time.
func (d *DB) Migrate(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, migrationTimeout)
	defer cancel()
	if d.dialect == sqlite {
		return steps(ctx, d.root, d.dialect)
	}
	connector, err := postgresConnector(d.dsn, 0)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	db := bun.NewDB(pool, newEdge(pgdialect.New()))
	defer db.Close()
	conn, err := pool.Conn(ctx) // the lock belongs to this one connection
	if err != nil {
		return nil, fault(err)
	}
	defer conn.Close()
	const key = `hashtextextended('crmbot migrate ' || current_schema(), 0)`
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock("+key+")"); err != nil {
		return nil, fault(err)
	}
	taken, err := steps(ctx, db, d.dialect)
	if _, unlock := conn.ExecContext(ctx, "SELECT pg_advisory_unlock("+key+")"); err == nil {
		err = fault(unlock)
	}
	return taken, err
}

// Pending returns the steps that are still to be taken. It changes nothing.
func (d *DB) Pending(ctx context.Context) ([]string, error) {
	m, err := migrator(ctx, d.root, d.dialect)
	if err != nil {
		return nil, err
	}
	all, err := m.MigrationsWithStatus(ctx)
	if noTable(err) { // never migrated
		steps, err := discover()
		if err != nil {
			return nil, err
		}
		return names(steps.Sorted()), nil
	}
	if err != nil {
		return nil, fault(err)
	}
	return names(all.Unapplied()), nil
}

func steps(ctx context.Context, db *bun.DB, d dialect) ([]string, error) {
	m, err := migrator(ctx, db, d)
	if err != nil {
		return nil, err
	}
	if err := m.Init(ctx); err != nil {
		return nil, fault(err)
	}
	group, err := m.Migrate(ctx)
	if err != nil {
		return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	return names(group.Migrations), nil
}

func discover() (*migrate.Migrations, error) {
	all := migrate.NewMigrations()
	if err := all.Discover(migrations); err != nil {
		return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	return all, nil
}

func migrator(ctx context.Context, db *bun.DB, d dialect) (*migrate.Migrator, error) {
	all, err := discover()
	if err != nil {
		return nil, err
	}
	said := d.words()
	said.lacks = d.lacks(ctx, db)
	return migrate.NewMigrator(db, all,
		migrate.WithMarkAppliedOnSuccess(true), migrate.WithTemplateData(said)), nil
}

func names(steps migrate.MigrationSlice) []string {
	var out []string
	for _, step := range steps {
		out = append(out, step.Name+"_"+step.Comment)
	}
	return out
}
