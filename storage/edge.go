package storage

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun/schema"
)

// edge is the last door on the way to the database and the first on the way
// back. Every string loses NUL and broken UTF-8, which Postgres refuses, and
// every time is cut to whole microseconds of UTC; so no store has to think of
// it.
type edge struct {
	schema.Dialect
	tables *schema.Tables
}

func newEdge(d schema.Dialect) *edge {
	e := &edge{Dialect: d}
	e.tables = schema.NewTables(e)
	return e
}

// Tables returns the tables that were read through this edge.
func (e *edge) Tables() *schema.Tables { return e.tables }

// OnTable makes times come back in UTC.
func (e *edge) OnTable(t *schema.Table) {
	e.Dialect.OnTable(t)
	for _, f := range t.FieldMap {
		if f.IndirectType != reflect.TypeFor[time.Time]() {
			continue
		}
		scan := f.Scan
		f.Scan = func(dest reflect.Value, src any) error {
			if err := scan(dest, src); err != nil {
				return err
			}
			if at, ok := dest.Addr().Interface().(*time.Time); ok {
				*at = at.UTC()
			}
			return nil
		}
	}
}

// AppendString writes a string literal without NUL and broken UTF-8: what lies
// between two quotes at once, where bun goes letter by letter. Nearly all that is
// written is text.
func (e *edge) AppendString(b []byte, s string) []byte {
	s = clean(s)
	b = append(slices.Grow(b, len(s)+2), '\'')
	for i := strings.IndexByte(s, '\''); i >= 0; i = strings.IndexByte(s, '\'') {
		b = append(append(b, s[:i+1]...), '\'')
		s = s[i+1:]
	}
	return append(append(b, s...), '\'')
}

// AppendTime writes a time of whole microseconds.
func (e *edge) AppendTime(b []byte, at time.Time) []byte {
	return e.Dialect.AppendTime(b, at.UTC().Truncate(time.Microsecond))
}

// AppendJSON writes JSON without the escape for NUL, which jsonb refuses. It is
// a string like any other: bun's own way would spoil an escaped backslash
// before the letters u0000.
func (e *edge) AppendJSON(b, doc []byte) []byte {
	return e.AppendString(b, cleanJSON(string(doc)))
}

// clean takes NUL and broken UTF-8 out of a string.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// cleanJSON takes the escape \u0000 out of JSON and leaves \\u0000, which is a
// backslash followed by text, alone.
func cleanJSON(s string) string {
	if !strings.Contains(s, `\u0000`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			out.WriteByte(s[i])
		case strings.HasPrefix(s[i:], `\u0000`):
			i += len(`\u0000`) - 1
		default:
			out.WriteString(s[i : i+2])
			i++
		}
	}
	return out.String()
}
