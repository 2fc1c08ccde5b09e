package storage

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun/schema"
)

// bulk is a table as many rows of it are written at once by Postgres: one array
// for each column, in a statement whose text is the same for any number of rows.
type bulk struct {
	fields []*schema.Field
	gen    schema.QueryGen
}

// bulk is the table of a model, without some of its columns.
func (d *DB) bulk(model any, without ...string) bulk {
	b := bulk{gen: d.root.QueryGen()}
	for _, f := range d.root.Table(reflect.TypeOf(model)).Fields {
		skip := false
		for _, name := range without {
			skip = skip || f.Name == name
		}
		if !skip {
			b.fields = append(b.fields, f)
		}
	}
	return b
}

// names are the columns, behind prefix: "v.a, v.b".
func (b bulk) names(prefix string) string {
	all := make([]string, len(b.fields))
	for i, f := range b.fields {
		all[i] = prefix + string(f.SQLName)
	}
	return strings.Join(all, ", ")
}

// unnest is the rows of the arrays $from and following as a table named v, with
// their number n from 1.
func (b bulk) unnest(from int) string {
	all := make([]string, len(b.fields))
	for i, f := range b.fields {
		all[i] = fmt.Sprintf("$%d::%s[]", from+i, sqlType(f))
	}
	return "unnest(" + strings.Join(all, ", ") + ") WITH ORDINALITY AS v (" + b.names("") + ", n)"
}

func sqlType(f *schema.Field) string {
	if f.UserSQLType != "" {
		return f.UserSQLType
	}
	switch f.IndirectType.Kind() {
	case reflect.Int, reflect.Int64:
		return "bigint"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "double precision"
	case reflect.Struct:
		return "timestamptz"
	}
	return "text"
}

// arguments are the arguments of a statement, one after the other as one text.
type arguments struct {
	buf  []byte
	ends []int
}

// all are the arguments, for those that ask the database.
func (a *arguments) all() []any {
	text, from := string(a.buf), 0
	args := make([]any, len(a.ends))
	for i, end := range a.ends {
		args[i], from = text[from:end], end
	}
	return args
}

func (a *arguments) end() { a.ends = append(a.ends, len(a.buf)) }

// arrays adds rows, pointers to the model, as the arguments of unnest.
func arrays[R any](a *arguments, b bulk, rows []*R) {
	for _, f := range b.fields {
		a.buf = append(a.buf, '{')
		for n, row := range rows {
			if n > 0 {
				a.buf = append(a.buf, ',')
			}
			a.buf = b.element(a.buf, f, reflect.ValueOf(row).Elem())
		}
		a.buf = append(a.buf, '}')
		a.end()
	}
}

// texts adds strings, each as it is.
func (a *arguments) texts(all ...string) {
	for _, s := range all {
		a.buf = append(a.buf, s...)
		a.end()
	}
}

// element is a field of a row within an array.
func (b bulk) element(buf []byte, f *schema.Field, row reflect.Value) []byte {
	v := f.Value(row)
	switch {
	case f.NullZero && f.IsZero(v):
		return append(buf, "NULL"...)
	case v.Kind() == reflect.String:
		return quoted(buf, clean(v.String()))
	case v.CanInt():
		return strconv.AppendInt(buf, v.Int(), 10)
	case v.Kind() == reflect.Bool:
		return strconv.AppendBool(buf, v.Bool())
	case v.Kind() == reflect.Float64:
		return strconv.AppendFloat(buf, v.Float(), 'g', -1, 64)
	}
	if at, ok := v.Interface().(time.Time); ok {
		return append(append(append(buf, '"'), stamped(at)...), '"')
	}
	literal := string(f.AppendValue(b.gen, nil, row))
	if text, ok := strings.CutPrefix(literal, "'"); ok {
		return quoted(buf, strings.ReplaceAll(strings.TrimSuffix(text, "'"), "''", "'"))
	}
	return append(buf, literal...) // NULL
}

// stamped is a time as Postgres reads it.
func stamped(at time.Time) string {
	return at.UTC().Truncate(time.Microsecond).Format("2006-01-02 15:04:05.999999Z07:00")
}

// quoted is a text within an array.
func quoted(buf []byte, s string) []byte {
	buf = append(buf, '"')
	from := 0
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			buf = append(append(buf, s[from:i]...), '\\')
			from = i
		}
	}
	return append(append(buf, s[from:]...), '"')
}

// integers are numbers as one array.
func integers[I ~int | ~int64](all []I) string {
	buf := []byte{'{'}
	for i, n := range all {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = strconv.AppendInt(buf, int64(n), 10)
	}
	return string(append(buf, '}'))
}

// texts are what of says of each, as one array.
func texts[T any](all []T, of func(T) string) string {
	buf := []byte{'{'}
	for i, x := range all {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = quoted(buf, clean(of(x)))
	}
	return string(append(buf, '}'))
}

// unique are the keys to look for: each once, or its row would come twice.
func unique[K comparable](keys []K) []K {
	seen := make(map[K]bool, len(keys))
	out := make([]K, 0, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
