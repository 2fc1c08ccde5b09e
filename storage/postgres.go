package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/driver/pgdriver"
)

const postgresConns = 16

// openPostgres opens a pool whose statements, locks and forgotten transactions
// end by themselves on the server: the driver cannot call a statement back.
func (d *DB) openPostgres() error {
	d.dialect = postgres
	connector, err := postgresConnector(d.dsn, 15*time.Second)
	if err != nil {
		return err
	}
	pool := sql.OpenDB(careful{connector, d.witness.now})
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	d.root = bun.NewDB(pool, newEdge(pgdialect.New())).WithQueryHook(deadline{})
	d.db = d.root
	d.hot = newHot(d)
	return nil
}

// postgresConnector reads the address. statement is the longest that a
// statement may take; 0 is for ever. Parameters of the address win, so
// ?search_path=acme picks a schema.
func postgresConnector(dsn string, statement time.Duration) (*pgdriver.Connector, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, badAddress(fmt.Errorf("not a URL")) // url's error would print the password
	}
	q := u.Query()
	switch q.Get("sslmode") {
	case "disable", "verify-full":
	case "":
		if q.Get("host") == "" || q.Get("host")[0] != '/' { // a socket of this machine needs no TLS
			q.Set("sslmode", "verify-full")
		} else {
			q.Set("sslmode", "disable")
		}
	default:
		return nil, badAddress(fmt.Errorf("sslmode %q does not prove who the server is: use verify-full (with sslrootcert) or disable", q.Get("sslmode")))
	}
	u.RawQuery = q.Encode()
	read := time.Hour
	if statement > 0 {
		read = statement + 5*time.Second
	}
	return connector(u.String(), []pgdriver.Option{
		pgdriver.WithApplicationName("crmbot"),
		pgdriver.WithDialTimeout(5 * time.Second),
		pgdriver.WithReadTimeout(read),
		pgdriver.WithWriteTimeout(10 * time.Second),
	}, map[string]any{
		"statement_timeout":                   statement.Milliseconds(),
		"lock_timeout":                        min(statement.Milliseconds(), 10_000),
		"idle_in_transaction_session_timeout": 2 * statement.Milliseconds(),
		"timezone":                            "UTC",
		"plan_cache_mode":                     "force_generic_plan", // of prepared statements: they are planned once
		"jit":                                 "off",                // which takes longer than any statement of ours
	})
}

// careful makes connections on which prepared statements are safe.
type careful struct {
	*pgdriver.Connector
	now func() time.Time
}

// Connect implements driver.Connector.
func (c careful) Connect(ctx context.Context) (driver.Conn, error) {
	cn, err := c.Connector.Connect(ctx)
	if pg, ok := cn.(*pgdriver.Conn); ok {
		return &carefulConn{Conn: pg, now: c.now, planned: c.now()}, err
	}
	return cn, err
}

// carefulConn ends with a prepared statement whose answer was not read: the next
// one would read it instead of its own. The driver does so itself with other
// statements.
type carefulConn struct {
	*pgdriver.Conn
	now     func() time.Time
	planned time.Time
}

// planKept is how long a plan of a prepared statement is good. What was planned
// while a table was nearly empty is wrong a minute later.
const planKept = time.Second

// ResetSession implements driver.SessionResetter.
func (c *carefulConn) ResetSession(ctx context.Context) error {
	if err := c.Conn.ResetSession(ctx); err != nil {
		return err
	}
	now := c.now()
	if now.Sub(c.planned) < planKept {
		return nil
	}
	c.planned = now
	_, err := c.ExecContext(ctx, "DISCARD PLANS", nil)
	return err
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *carefulConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.Conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, c.end(err)
	}
	return carefulStmt{stmt, c}, nil
}

// end closes the connection unless the server said what was wrong.
func (c *carefulConn) end(err error) error {
	if answer := (pgdriver.Error{}); err != nil && !errors.As(err, &answer) {
		err = errors.Join(err, c.Close())
	}
	return err
}

type carefulStmt struct {
	driver.Stmt
	on *carefulConn
}

// QueryContext implements driver.StmtQueryContext.
func (s carefulStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	query, ok := s.Stmt.(driver.StmtQueryContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	rows, err := query.QueryContext(ctx, args)
	return rows, s.on.end(err)
}

// connector applies the defaults below what the address says. pgdriver panics
// at an address it cannot read.
func connector(dsn string, defaults []pgdriver.Option, params map[string]any) (c *pgdriver.Connector, err error) {
	defer func() {
		if r := recover(); r != nil {
			c, err = nil, badAddress(fmt.Errorf("%v", r))
		}
	}()
	return pgdriver.NewConnector(append(defaults, pgdriver.WithDSN(dsn), func(conf *pgdriver.Config) {
		for name, value := range conf.ConnParams {
			params[name] = value
		}
		conf.ConnParams = params
	})...), nil
}

// Close implements driver.Stmt. A statement lives as long as its connection, with
// which the server forgets it: there is nobody to wait for.
func (s carefulStmt) Close() error { return nil }
