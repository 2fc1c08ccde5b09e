package storage

import (
	"testing"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
	"pgregory.net/rapid"
)

// The edge's way to write a string is the dialect's own, only faster.
func TestAStringIsQuotedAsTheDialectDoes(t *testing.T) {
	for _, dialect := range []schema.Dialect{pgdialect.New(), sqlitedialect.New()} {
		e := newEdge(dialect)
		rapid.Check(t, func(t *rapid.T) {
			s := clean(rapid.OneOf(
				rapid.StringMatching(`['\\a客\n]{0,12}`), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			).Draw(t, "text"))
			if got, want := string(e.AppendString([]byte("x"), s)), string(dialect.AppendString([]byte("x"), s)); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
		})
	}
}
