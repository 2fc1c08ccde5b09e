package storage

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

// Options are what Open needs beside the address.
type Options struct {
	Now     func() time.Time // the clock; nil is the machine's
	Logger  *slog.Logger     // nil is silence
	Migrate bool             // bring the schema up to date first
	Hook    bun.QueryHook    // hears every statement of Open's DB; nil is nobody
}

// DB is a bot.Store on SQLite or Postgres, bound to the database or to one
// transaction. It is safe for concurrent use outside a transaction.
type DB struct {
	db      bun.IDB // *bun.DB, or the bun.Tx this DB is bound to
	root    *bun.DB // the database itself: for what must outlive a transaction
	readers *sql.DB // SQLite's read-only pool, else nil
	views   *bun.DB // the same, for View
	dsn     string
	name    string // of this process among those that share the database
	dialect dialect
	clock   func() time.Time
	log     *slog.Logger
	witness *witness

	statements *statements
	inserts    *inserts // SQLite's
	hot        *hot     // Postgres only
}

// Open connects to "postgres://…" (or "postgresql://…") or to a SQLite file,
// made if it is missing. A Postgres server must prove who it is (sslmode
// verify-full, the default) unless sslmode=disable says otherwise. Returns
// CodeInvalid for an address that cannot be read, CodeUnavailable when the
// database is away.
func Open(ctx context.Context, dsn string, opt Options) (*DB, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	d := &DB{dsn: dsn, name: rand.Text(), clock: opt.Now, log: opt.Logger, witness: &witness{now: time.Now}, statements: &statements{}}
	open := d.openSQLite
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		open = d.openPostgres
	}
	if err := open(); err != nil {
		return nil, err
	}
	if opt.Hook != nil {
		d.hear(opt.Hook)
	}
	err := d.Ping(ctx)
	if err == nil && opt.Migrate {
		_, err = d.Migrate(ctx)
	}
	if crm.CodeOf(err) == crm.CodeInvalid {
		err = badAddress(err)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// hear has a hook called for every statement.
func (d *DB) hear(hook bun.QueryHook) {
	d.root = d.root.WithQueryHook(hook)
	d.db = d.root
	d.statements.hook = hook
	if d.views != nil {
		d.views = d.views.WithQueryHook(hook)
	}
}

// Close ends every connection. A DB of a transaction is not to be closed.
func (d *DB) Close() error {
	err := d.root.Close()
	if d.readers != nil {
		err = errors.Join(err, d.readers.Close())
	}
	return err
}

// Ping says whether the database answers. CodeUnavailable.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	err := d.db.NewSelect().ColumnExpr("1").Scan(ctx, &one)
	return fault(err)
}

// Ready says whether the database reads and writes: one that is full or
// read-only answers a Ping all the same. CodeUnavailable, with the cause.
func (d *DB) Ready(ctx context.Context) error {
	return d.SetValue(ctx, "storage.ready", d.now().Format(time.RFC3339), time.Hour)
}

// Postgres says whether several processes may share this database.
func (d *DB) Postgres() bool { return d.dialect == postgres }

// InTx runs fn on a store whose changes all happen or none do. Inside a
// transaction it is a savepoint. A transaction that loses against another one
// (deadlock, serialization, busy) is tried again, up to three times: fn must
// stand being called more than once.
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context, store crm.Store) error) error {
	return d.again(ctx, func(ctx context.Context, tx *DB) error { return fn(ctx, tx) })
}

// Transact is InTx for those who need the queues as well.
func (d *DB) Transact(ctx context.Context, fn func(ctx context.Context, store bot.Store) error) error {
	return d.again(ctx, func(ctx context.Context, tx *DB) error { return fn(ctx, tx) })
}

// View implements bot.QueueStore: a transaction that the database itself holds
// to reading. It is rolled back in any case.
func (d *DB) View(ctx context.Context, fn func(ctx context.Context, store bot.Store) error) error {
	db, opts := d.root, &sql.TxOptions{ReadOnly: d.dialect == postgres}
	if d.views != nil {
		db = d.views
	}
	tx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return fault(err)
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to keep
	return fn(ctx, d.bound(tx))
}

// now is the time for a record: UTC, whole microseconds.
func (d *DB) now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// inTx says whether this DB is bound to a transaction.
func (d *DB) inTx() bool {
	return d.db != bun.IDB(d.root)
}

// bound is this DB on another handle.
func (d *DB) bound(db bun.IDB) *DB {
	b := *d
	b.db = db
	return &b
}

// badAddress is the error for an address of the database. err names no secret.
func badAddress(err error) error {
	return crm.Fail(crm.CodeInvalid, "error.database_address").In("database").Because(fmt.Errorf("storage: %w", err))
}
