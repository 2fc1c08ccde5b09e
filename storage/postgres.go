package storage

import (
	"database/sql"
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
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	d.root = bun.NewDB(pool, newEdge(pgdialect.New())).WithQueryHook(deadline{})
	d.db = d.root
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
	})
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
