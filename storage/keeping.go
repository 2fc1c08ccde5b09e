package storage

import (
	"context"
	"database/sql/driver"
	"errors"

	lite "modernc.org/sqlite"
)

// keeping opens connections of SQLite that keep, ready to be run again, each
// statement they were once given with arguments: reading its text costs several
// times what it does. The texts of such statements are constants of the program,
// so they are few. All others carry their values in their text, as bun writes it,
// and are forgotten.
type keeping struct{ dsn string }

// Driver implements driver.Connector.
func (keeping) Driver() driver.Driver { return new(lite.Driver) }

// Connect implements driver.Connector.
func (k keeping) Connect(context.Context) (driver.Conn, error) {
	cn, err := new(lite.Driver).Open(k.dsn)
	if err != nil {
		return nil, err
	}
	of, ok := cn.(liteConn)
	if !ok {
		return nil, errors.Join(errors.New("storage: not a connection of SQLite as it is expected"), cn.Close())
	}
	return &keepingConn{liteConn: of, kept: map[string]liteStmt{}}, nil
}

// liteConn and liteStmt are what the driver's own can do.
type (
	liteConn interface {
		driver.Conn
		driver.ConnBeginTx
		driver.ConnPrepareContext
		driver.ExecerContext
		driver.QueryerContext
		driver.Pinger
		driver.SessionResetter
		driver.Validator
	}
	liteStmt interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
)

type keepingConn struct {
	liteConn
	kept   map[string]liteStmt // by their text, but for those whose rows are being read
	spread []driver.NamedValue // of the last statement, to be used again
}

// values are all arguments of a statement as one, which spares database/sql to make
// a list of them for each row that is written.
type values []any

// CheckNamedValue implements driver.NamedValueChecker.
func (c *keepingConn) CheckNamedValue(v *driver.NamedValue) error {
	if _, ok := v.Value.(*values); ok {
		return nil
	}
	return driver.ErrSkip
}

// named are arguments one by one.
func (c *keepingConn) named(args []driver.NamedValue) ([]driver.NamedValue, error) {
	all, ok := args[0].Value.(*values)
	if !ok {
		return args, nil
	}
	c.spread = c.spread[:0]
	for i, v := range *all {
		v, err := driver.DefaultParameterConverter.ConvertValue(v)
		if err != nil {
			return nil, err
		}
		c.spread = append(c.spread, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return c.spread, nil
}

// ExecContext implements driver.ExecerContext.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.liteConn.ExecContext(ctx, query, args)
	}
	stmt, args, err := c.take(ctx, query, args)
	if err != nil {
		return nil, err
	}
	res, err := stmt.ExecContext(brief(ctx), args)
	return res, c.give(query, stmt, err)
}

// QueryContext implements driver.QueryerContext.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return c.liteConn.QueryContext(ctx, query, args)
	}
	stmt, args, err := c.take(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(brief(ctx), args)
	if err != nil {
		return nil, c.give(query, stmt, err)
	}
	return keepingRows{rows, func(err error) error { return c.give(query, stmt, err) }}, nil
}

// brief is the context of a statement that is kept. It is over too soon for
// somebody to stand by who would call it off.
func brief(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// take hands out the statement of a text, another one while that is in use, and
// its arguments.
func (c *keepingConn) take(ctx context.Context, query string, args []driver.NamedValue) (liteStmt, []driver.NamedValue, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	args, err := c.named(args)
	if err != nil {
		return nil, nil, err
	}
	if stmt := c.kept[query]; stmt != nil {
		delete(c.kept, query)
		return stmt, args, nil
	}
	stmt, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	of, ok := stmt.(liteStmt)
	if !ok {
		return nil, nil, errors.Join(errors.New("storage: not a statement of SQLite as it is expected"), stmt.Close())
	}
	return of, args, nil
}

// give keeps a statement that was run, unless it failed. It returns err.
func (c *keepingConn) give(query string, stmt liteStmt, err error) error {
	if err != nil || c.kept[query] != nil {
		return errors.Join(err, stmt.Close())
	}
	c.kept[query] = stmt
	return nil
}

// Close implements driver.Conn.
func (c *keepingConn) Close() error {
	var err error
	for _, stmt := range c.kept {
		err = errors.Join(err, stmt.Close())
	}
	clear(c.kept)
	return errors.Join(err, c.liteConn.Close())
}

// keepingRows give their statement back when they are read.
type keepingRows struct {
	driver.Rows
	give func(error) error
}

// Close implements driver.Rows.
func (r keepingRows) Close() error { return r.give(r.Rows.Close()) }
