package storage

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"
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
	m, err := migrator(d.root, d.dialect)
	if err != nil {
		return nil, err
	}
	all, err := m.MigrationsWithStatus(ctx)
	if noTable(err) { // never migrated
		steps, err := discover(d.root, d.dialect)
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
	m, err := migrator(db, d)
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

// discover lists the steps.
func discover(db *bun.DB, d dialect) (*migrate.Migrations, error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	all := migrate.NewMigrations()
	for _, file := range files {
		number, name, _ := strings.Cut(strings.TrimSuffix(file.Name(), ".tx.up.sql"), "_")
		all.Add(migrate.Migration{Name: number, Comment: name, Up: func(ctx context.Context, _ *migrate.Migrator, _ *migrate.Migration) error {
			return step(ctx, db, d, "migrations/"+file.Name())
		}})
	}
	return all, nil
}

// step takes one.
func step(ctx context.Context, db *bun.DB, d dialect, file string) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	said, err := d.words(ctx, db).say(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, said)
		return err
	})
}

func migrator(db *bun.DB, d dialect) (*migrate.Migrator, error) {
	all, err := discover(db, d)
	if err != nil {
		return nil, err
	}
	return migrate.NewMigrator(db, all, migrate.WithMarkAppliedOnSuccess(true)), nil
}

func names(steps migrate.MigrationSlice) []string {
	var out []string
	for _, step := range steps {
		out = append(out, step.Name+"_"+step.Comment)
	}
	return out
}
