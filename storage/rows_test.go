package storage_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// TestRows holds the row types against the schema of both databases: one
// primary key, and exactly the columns of the table.
func TestRows(t *testing.T) {
	natural := map[string]int{"addresses": 4, "media_chunks": 2, "sessions": 2, "knowledge_vectors": 2} // keys of several columns
	onlyPostgres := map[string]bool{"search.words": true}
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		for _, row := range storage.Rows() {
			table := db.Root().Table(reflect.TypeOf(row).Elem())
			if want := max(natural[table.Name], 1); len(table.PKs) != want {
				t.Errorf("%s has %d primary keys, want %d", table.Name, len(table.PKs), want)
			}
			rows, err := db.Root().QueryContext(t.Context(), "SELECT * FROM "+table.Name+" WHERE 1 = 0")
			if err != nil {
				t.Errorf("%s: %v", table.Name, err)
				continue
			}
			columns, err := rows.Columns()
			if err := errors.Join(err, rows.Err(), rows.Close()); err != nil { //nolint:sqlclosecheck // one after the other
				t.Error(err)
			}
			have := map[string]bool{}
			for _, c := range columns {
				have[c] = true
				if _, ok := table.FieldMap[c]; !ok {
					t.Errorf("%s.%s is in no row type", table.Name, c)
				}
			}
			for name := range table.FieldMap {
				if !have[name] && (db.Postgres() || !onlyPostgres[table.Name+"."+name]) {
					t.Errorf("%s.%s is in no migration", table.Name, name)
				}
			}
		}
	})
}

// TestRowsListed finds the row types in the sources, so that TestRows misses
// none. Types that write a few columns of another's table are not rows.
func TestRowsListed(t *testing.T) {
	partial := map[string]bool{"outcome": true, "clustered": true}
	listed := map[string]bool{}
	for _, row := range storage.Rows() {
		listed[reflect.TypeOf(row).Elem().Name()] = true
	}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !hasTable(spec) {
				return true
			}
			found++
			if !listed[spec.Name.Name] && !partial[spec.Name.Name] {
				t.Errorf("%s is not among the rows of export_test.go", spec.Name.Name)
			}
			return true
		})
	}
	if found < len(listed) {
		t.Errorf("found %d row types in the sources, %d are listed", found, len(listed))
	}
}

func hasTable(spec *ast.TypeSpec) bool {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return false
	}
	for _, f := range s.Fields.List {
		if f.Tag != nil && strings.Contains(f.Tag.Value, "table:") {
			return true
		}
	}
	return false
}
