package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/uptrace/bun"
)

// statements are those on the way of every message. They are written once, so
// that the database reads and plans them once for each connection: for a thin
// stream that was half of its work.
type statements struct {
	mu   sync.Mutex
	of   map[string]*sql.Stmt
	hook bun.QueryHook // hears them as it does bun's; nil is nobody

	spare sync.Pool // of *arguments that were written and can be written over
}

// arguments are what write adds to them.
func (s *statements) arguments(write func(*arguments)) []any {
	a, ok := s.spare.Get().(*arguments)
	if !ok {
		a = &arguments{}
	}
	write(a)
	all := a.all()
	a.buf, a.ends = a.buf[:0], a.ends[:0]
	s.spare.Put(a)
	return all
}

// ask runs a statement of the hot path. Its arguments are numbered $1, $2 … for
// Postgres and ?1, ?2 … for SQLite. It counts as reading: within a savepoint that
// is opened at the first write, use it for nothing else.
func (d *DB) ask(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if d.dialect == sqlite {
		return d.look(ctx, query, args...)
	}
	stmt, err := d.statements.get(ctx, d.root.DB, query)
	if err != nil {
		return nil, err
	}
	switch at := d.db.(type) {
	case bun.Tx:
		stmt = at.StmtContext(ctx, stmt) //nolint:sqlclosecheck // ends with the transaction
	case *lazyTx:
		stmt = at.Tx.StmtContext(ctx, stmt) //nolint:sqlclosecheck // ends with the transaction
	}
	heard := d.statements.hear(ctx, query, args)
	rows, err := stmt.QueryContext(ctx, args...)
	heard(err)
	return rows, err
}

// collect reads what ask returned into dest, as bun does, to the end: a
// statement outside a transaction is not committed before.
func (d *DB) collect(ctx context.Context, dest any, query string, args ...any) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, queryTimeout)
		defer cancel()
	}
	rows, err := d.ask(ctx, query, args...) //nolint:rowserrcheck // ScanRows does
	if err != nil {
		return fault(err)
	}
	return fault(d.root.ScanRows(ctx, rows, dest)) // which closes them
}

// prepare gets statements ready before a transaction begins: within it there may
// be no other connection to do so.
func (s *statements) prepare(ctx context.Context, db *sql.DB, queries ...string) error {
	for _, query := range queries {
		if _, err := s.get(ctx, db, query); err != nil { //nolint:sqlclosecheck // it is kept
			return err
		}
	}
	return nil
}

// get is the statement of a text.
func (s *statements) get(ctx context.Context, db *sql.DB, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.of[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := db.PrepareContext(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	if s.of == nil {
		s.of = map[string]*sql.Stmt{}
	}
	s.of[query] = stmt
	return stmt, nil
}

// hear tells the hook of a statement and returns how to tell it of the end.
func (s *statements) hear(ctx context.Context, query string, args []any) func(error) {
	if s.hook == nil {
		return func(error) {}
	}
	e := &bun.QueryEvent{Query: spelled(query, args)}
	ctx = s.hook.BeforeQuery(ctx, e)
	return func(err error) {
		e.Err = err
		s.hook.AfterQuery(ctx, e)
	}
}

// spelled is a statement with its arguments in it, for those who read along.
func spelled(query string, args []any) string {
	marks := strings.Split(query, "?") // SQLite's; Postgres numbers them
	for i := len(args) - 1; i >= 0; i-- {
		text := fmt.Sprint(args[i])
		switch v := args[i].(type) {
		case nil:
			text = "NULL"
		case string:
			text = "'" + strings.ReplaceAll(v, "'", "''") + "'"
		}
		if len(marks) > 1 {
			marks[i] += text
		}
		query = strings.ReplaceAll(query, fmt.Sprintf("$%d", i+1), text)
	}
	if len(marks) > 1 {
		return strings.Join(marks, "")
	}
	return query
}
