package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// What lies on the way of every message is written and read in SQLite by
// statements whose text never changes, with a ? for each value, which their
// connection keeps (keeping.go). Rows are written one by one: that costs less
// than to read the text of many.

// run executes such a statement that writes.
func (d *DB) run(ctx context.Context, query string, args ...any) (res sql.Result, err error) {
	heard, all := d.statements.hear(ctx, query, args), (*values)(&args)
	switch at := d.db.(type) {
	case bun.Tx:
		res, err = at.Tx.ExecContext(ctx, query, all)
	case *lazyTx:
		if err = at.write(); err == nil {
			res, err = at.Tx.Tx.ExecContext(ctx, query, all)
		}
	default:
		ctx, cancel := context.WithTimeout(ctx, queryTimeout)
		defer cancel()
		res, err = d.root.DB.ExecContext(ctx, query, all)
	}
	heard(err)
	return res, err
}

// look asks by such a statement that reads.
func (d *DB) look(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	heard, all := d.statements.hear(ctx, query, args), (*values)(&args)
	switch at := d.db.(type) {
	case bun.Tx:
		rows, err = at.Tx.QueryContext(ctx, query, all)
	case *lazyTx:
		rows, err = at.Tx.Tx.QueryContext(ctx, query, all)
	default:
		from := d.root.DB
		if d.readers != nil {
			from = d.readers
		}
		rows, err = from.QueryContext(ctx, query, all)
	}
	heard(err)
	return rows, err
}

// put adds rows, pointers to a model without an ID of the database's making, on
// either database. on is what becomes of a CONFLICT, "" for an error.
func put[P any](ctx context.Context, d *DB, rows []P, on string) error {
	if d.dialect == sqlite {
		_, err := insert(ctx, d, rows, on)
		return err
	}
	q := d.db.NewInsert().Model(&rows)
	if on != "" {
		q = q.On(on)
	}
	_, err := q.Exec(ctx)
	return fault(err)
}

// insertNew adds those rows whose key, some columns, is not there yet, on either
// database, and returns them with ID and key.
func insertNew[R any, I ~int64, P record[R, I]](ctx context.Context, d *DB, rows []P, key string) (made []P, err error) {
	on := "CONFLICT (" + key + ") DO NOTHING"
	if d.dialect == postgres {
		err := d.db.NewInsert().Model(&rows).On(on).Returning("id, "+key).Scan(ctx, &made)
		return made, fault(err)
	}
	_, err = insert(ctx, d, rows, on)
	return slices.DeleteFunc(rows, func(row P) bool { return *row.head().id == 0 }), err
}

// insert adds rows, pointers to a model, to a table of SQLite and gives them their
// IDs, where it has such; those left out by a CONFLICT get 0. It returns how many
// were written. Outside a transaction it is all of them or none; an error must end
// the transaction around it.
func insert[P any](ctx context.Context, d *DB, rows []P, on string) (int, error) {
	if len(rows) > 1 && !d.inTx() {
		n := 0
		err := d.once(ctx, func(ctx context.Context, tx *DB) (err error) {
			n, err = insert(ctx, tx, rows, on)
			return err
		})
		return n, err
	}
	in, written := d.inserts.of(d.root, reflect.TypeFor[P]().Elem(), on), 0
	args := make([]any, len(in.fields))
	for _, row := range rows {
		v := reflect.ValueOf(row).Elem()
		in.bind(args, v)
		res, err := d.run(ctx, in.text, args...)
		n, err := affected(res, err)
		if err != nil {
			return 0, err
		}
		written += n
		if in.id == nil {
			continue
		}
		var id int64
		if n > 0 {
			if id, err = res.LastInsertId(); err != nil {
				return 0, fault(err)
			}
		}
		in.id.Value(v).SetInt(id)
	}
	return written, nil
}

// inserts are the statements by which rows are added.
type inserts struct {
	mu sync.Mutex
	by map[adding]*bound
}

type adding struct {
	row reflect.Type
	on  string
}

// bound is a statement with a ? for each of some fields of a model.
type bound struct {
	text   string
	id     *schema.Field // that the database gives, nil for none
	fields []*schema.Field
	gen    schema.QueryGen
}

func (s *inserts) of(db *bun.DB, row reflect.Type, on string) *bound {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := adding{row, on}
	if b := s.by[key]; b != nil {
		return b
	}
	table, b := db.Table(row), &bound{gen: db.QueryGen()}
	var names []string
	for _, f := range table.Fields {
		switch {
		case f.AutoIncrement:
			b.id = f
		case f.UserSQLType != "tsvector": // which only Postgres has
			b.fields, names = append(b.fields, f), append(names, string(f.SQLName))
		}
	}
	b.text = fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s)",
		table.SQLName, strings.Join(names, ", "), strings.Repeat(", ?", len(names)-1))
	if on != "" {
		b.text += " ON " + on
	}
	if s.by == nil {
		s.by = map[adding]*bound{}
	}
	s.by[key] = b
	return b
}

// bind puts the fields of a row into args: the very values that stand in the
// literals of bun.
func (b *bound) bind(args []any, row reflect.Value) {
	for i, f := range b.fields {
		if f.IsPtr {
			args[i] = spoken(f.AppendValue(b.gen, nil, row))
			continue
		}
		v := f.Value(row)
		switch {
		case f.NullZero && f.IsZero(v):
			args[i] = nil
		case v.Kind() == reflect.String:
			args[i] = clean(v.String())
		case v.CanInt():
			args[i] = v.Int()
		case v.Kind() == reflect.Bool:
			args[i] = v.Bool()
		case v.CanFloat():
			args[i] = v.Float()
		case v.Type() == reflect.TypeFor[[]byte]():
			args[i] = v.Bytes()
		case v.Type() == reflect.TypeFor[time.Time]():
			args[i] = instant(*v.Addr().Interface().(*time.Time))
		default: // JSON
			args[i] = spoken(f.Append(b.gen, nil, v))
		}
	}
}

// instant is a time as it stands in SQLite.
func instant(at time.Time) string {
	return at.UTC().Truncate(time.Microsecond).Format("2006-01-02 15:04:05.999999-07:00")
}

// spoken is the value of a literal: a text, or nil for NULL.
func spoken(literal []byte) any {
	if len(literal) == 0 || literal[0] != '\'' {
		return nil
	}
	return strings.ReplaceAll(string(literal[1:len(literal)-1]), "''", "'")
}

// array is values as one argument, for json_each: numbers, texts, or several of
// them as one key.
func array[V any](values []V) string {
	raw, _ := json.Marshal(values) // of such it does not fail
	return string(raw)
}

// mapped is an array of what of says of each key.
func mapped[K, V any](keys []K, of func(K) V) string {
	values := make([]V, len(keys))
	for i, k := range keys {
		values[i] = of(k)
	}
	return array(values)
}
