package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun/schema"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// TestBoundValuesAreThoseOfLiterals writes a row of every model once by bun's
// literals and once by a statement with bound values, and compares what SQLite
// has: times and keys are compared as text.
func TestBoundValuesAreThoseOfLiterals(t *testing.T) {
	db := storagetest.New(t)
	if _, err := db.Root().ExecContext(t.Context(), "PRAGMA foreign_keys = 0"); err != nil {
		t.Fatal(err)
	}
	odd := 0
	for _, model := range storage.Rows() {
		table := db.Root().Table(reflect.TypeOf(model).Elem())
		for _, full := range []bool{false, true} {
			row := reflect.New(table.Type)
			var without []string
			for _, f := range table.Fields {
				if f.AutoIncrement || f.UserSQLType == "tsvector" {
					without = append(without, f.Name)
				} else if full {
					odd += fill(f.Value(row.Elem()))
				}
			}
			literal := func() error {
				_, err := db.Root().NewInsert().Model(row.Interface()).ExcludeColumn(without...).Returning("NULL").Exec(t.Context())
				return err
			}
			bound := func() error { return db.Bound(t.Context(), row.Interface()) }
			want, got := kept(t, db, table, literal), kept(t, db, table, bound)
			if got != want {
				t.Errorf("%s, filled %v:\n got %s\nwant %s", table.Name, full, got, want)
			}
		}
	}
	if odd < 100 {
		t.Errorf("only %d odd values were written", odd)
	}
}

// fill puts something into a field that is easily written wrongly, and says
// whether it did.
func fill(v reflect.Value) int {
	switch {
	case v.Kind() == reflect.String:
		v.SetString("a\x00b\xff\xfec'd\"\\u0000 ?1 张伟")
	case v.CanInt():
		v.SetInt(-7)
	case v.CanFloat():
		v.SetFloat(0.1)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 24, 23, 59, 59, 123456789, time.FixedZone("", 3600))))
	case v.Type() == reflect.TypeFor[[]byte]():
		v.SetBytes([]byte("a\x00'\xff"))
	case v.Type() == reflect.TypeFor[[]string]():
		v.Set(reflect.ValueOf([]string{"a\x00'b", `\u0000`, ""}))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	default:
		return 0
	}
	return 1
}

// kept is what an empty table has after write, or the error.
func kept(t *testing.T, db *storage.DB, table *schema.Table, write func() error) string {
	t.Helper()
	if _, err := db.Root().ExecContext(t.Context(), "DELETE FROM "+string(table.SQLName)); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		return err.Error()
	}
	var values []string
	for _, f := range table.Fields {
		if f.UserSQLType != "tsvector" && !f.AutoIncrement {
			values = append(values, fmt.Sprintf("typeof(%[1]s) || ' ' || quote(%[1]s)", f.SQLName))
		}
	}
	var out string
	query := fmt.Sprintf("SELECT %s FROM %s", strings.Join(values, " || ', ' || "), table.SQLName)
	if err := db.Root().QueryRowContext(t.Context(), query).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// TestRowsComeTogetherOrNotAtAll is true outside a transaction, too.
func TestRowsComeTogetherOrNotAtAll(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		button := func(id string) *bot.KeptButton { return &bot.KeptButton{ID: id, Action: "/help"} }
		if err := db.CreateButtons(t.Context(), []*bot.KeptButton{button("old")}); err != nil {
			t.Fatal(err)
		}
		err := db.CreateButtons(t.Context(), []*bot.KeptButton{button("new"), button("old")})
		if crm.CodeOf(err) != crm.CodeConflict {
			t.Errorf("the same button again: %v", err)
		}
		if found, err := db.Buttons(t.Context(), []string{"new", "old"}); err != nil || len(found) != 1 || found["old"] == nil {
			t.Errorf("there are %v, %v", found, err)
		}
	})
}

// TestHotStatementsFollowIndexes asks SQLite how it would run what lies on the
// way of every message.
func TestHotStatementsFollowIndexes(t *testing.T) {
	db := storagetest.New(t)
	for _, query := range storage.HotSQLite() {
		searched := 0
		for step := range strings.Lines(explained(t, db, strings.ReplaceAll(query, "?", "NULL"))) {
			switch {
			case strings.HasPrefix(step, "SEARCH "), step == "SCAN i USING INDEX inbox_line\n":
				searched++
			case strings.HasPrefix(step, "SCAN k VIRTUAL TABLE"), strings.HasPrefix(step, "SCAN h"): // holds are few
			case strings.HasPrefix(step, "SCAN"), strings.Contains(step, "TEMP B-TREE"), strings.Contains(step, "LIST SUBQUERY"):
				t.Errorf("%s\n%s", step, query)
			}
		}
		if searched == 0 {
			t.Errorf("it searches nothing: %s", query)
		}
	}
}

// TestStatementsAreKept runs statements on one connection of SQLite.
func TestStatementsAreKept(t *testing.T) {
	ctx := t.Context()
	conn, err := storagetest.New(t).Root().DB.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const add, read, literal = "INSERT INTO x (a) VALUES (?)", "SELECT * FROM x WHERE a >= ? ORDER BY a", "CREATE TABLE x (a INTEGER PRIMARY KEY)"
	exec := func(query string, args ...any) error { _, err := conn.ExecContext(ctx, query, args...); return err }
	for _, err := range []error{exec(literal), exec(add, 1), exec(add, 2)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	has := func(want ...string) {
		t.Helper()
		if got := storage.Kept(conn); !slices.Equal(got, want) {
			t.Errorf("%q are kept, want %q", got, want)
		}
	}
	has(add)
	if err := exec(add, 1); err == nil {
		t.Error("the same key twice")
	}
	has() // who failed is not trusted again
	if err := exec(add, 3); err != nil {
		t.Error(err)
	}
	outer, inner := all(t, conn, read, 1), all(t, conn, read, 3)
	for range 2 { // one within the other
		outer.next("1")
		inner.next("3")
		inner.end()
		outer.next("2", "3")
		outer.end()
		has(add, read)
		outer, inner = all(t, conn, read, 1), all(t, conn, read, 3)
	}
	outer.end()
	inner.end()
	if err := exec("ALTER TABLE x ADD COLUMN b TEXT DEFAULT 'new'"); err != nil {
		t.Fatal(err)
	}
	last := all(t, conn, read, 2)
	last.next("2 new", "3 new")
	last.end()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := conn.ExecContext(gone, add, 9); err == nil {
		t.Error("it runs for somebody who is gone")
	}
}

// reading is a statement whose rows are read little by little.
type reading struct {
	t    *testing.T
	rows *sql.Rows
}

func all(t *testing.T, conn *sql.Conn, query string, arg int) reading {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query, arg) //nolint:rowserrcheck // end does
	if err != nil {
		t.Fatal(err)
	}
	return reading{t, rows}
}

// next reads the next rows, each as its values with a space between.
func (r reading) next(want ...string) {
	r.t.Helper()
	for _, w := range want {
		columns, err := r.rows.Columns()
		if err != nil {
			r.t.Fatal(err)
		}
		values := make([]string, len(columns))
		to := make([]any, len(columns))
		for i := range to {
			to[i] = &values[i]
		}
		if !r.rows.Next() {
			r.t.Errorf("no row %q", w)
		} else if err := r.rows.Scan(to...); err != nil || strings.Join(values, " ") != w {
			r.t.Errorf("row %q, %v, want %q", values, err, w)
		}
	}
}

func (r reading) end() {
	r.t.Helper()
	if err := errors.Join(r.rows.Err(), r.rows.Close()); err != nil {
		r.t.Error(err)
	}
}
