// Package storagetest lends real databases to tests, and holds the suite that
// every store must pass.
//
// New is the one to reach for: a fresh SQLite file with the whole schema.
// Databases runs a test on SQLite and on Postgres, so that nothing works by
// the grace of one of them. A Postgres is found at TEST_POSTGRES_DSN, or made
// from the server's binaries on this machine, one throw-away cluster for each
// test process; every test gets a schema of its own. Without either the
// Postgres half is skipped, and with CI=true that is a failure. With -short
// what runs on both databases runs on Postgres alone, where there is one: the
// race detector makes an SQLite inside the process many times slower, and has
// nothing to find in it.
package storagetest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"crmbot/storage"
)

// Clock is where the time of a test database stands still.
func Clock() time.Time { return time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC) }

// New is a fresh, migrated SQLite that ends with the test. Its clock is Clock.
func New(t testing.TB) *storage.DB {
	t.Helper()
	file := SQLite(t)
	if err := blank(file); err != nil {
		t.Fatalf("blank database: %v", err)
	}
	return Open(t, file, Clock)
}

// blank writes a migrated, empty database: the steps are taken once for each
// test process, and then copied.
func blank(file string) error {
	data, err := template()
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "crmbot-blank-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "blank.db")
	db, err := storage.Open(context.Background(), file, storage.Options{Now: Clock, Migrate: true})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // which brings everything into the one file
		return nil, err
	}
	return os.ReadFile(file)
})

// SQLite is the address of a database that does not exist yet.
func SQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "crmbot.db") }

// Postgres is the address of an empty schema that ends with the test. The test
// is skipped where there is no Postgres.
func Postgres(t testing.TB) string {
	t.Helper()
	base, err := server()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("no Postgres: %v", err)
	}
	if err != nil {
		t.Skipf("no Postgres (set TEST_POSTGRES_DSN): %v", err)
	}
	return schema(t, base)
}

// Open opens a database with the whole schema and closes it after the test.
func Open(t testing.TB, dsn string, now func() time.Time) *storage.DB {
	t.Helper()
	db, err := storage.Open(context.Background(), dsn, storage.Options{Now: now, Migrate: true})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// Databases runs fn on a fresh SQLite and on a fresh Postgres.
func Databases(t *testing.T, fn func(t *testing.T, db *storage.DB)) {
	t.Helper()
	if !postgresAlone() {
		t.Run("sqlite", func(t *testing.T) { fn(t, New(t)) })
	}
	t.Run("postgres", func(t *testing.T) { fn(t, Open(t, Postgres(t), Clock)) })
}

// postgresAlone says whether tests on both databases leave out SQLite.
func postgresAlone() bool {
	if !testing.Short() {
		return false
	}
	_, err := server()
	return err == nil
}

// Addresses runs fn with the address of an empty SQLite and of an empty
// Postgres, for those who open it several times.
func Addresses(t *testing.T, fn func(t *testing.T, dsn string)) {
	t.Helper()
	if !postgresAlone() {
		t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	}
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

// withSchema is the address of one schema of a server.
func withSchema(base, name string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), nil
}
