package storagetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun/driver/pgdriver"
)

// server is the address of a Postgres for this process, found or made once.
var server = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv("TEST_POSTGRES_DSN"); dsn != "" {
		return dsn, nil
	}
	return cluster()
})

// schema makes an empty schema that is dropped after the test.
func schema(t testing.TB, base string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	run := func(statement string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		db := sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(base), pgdriver.WithTimeout(time.Minute)))
		defer db.Close()
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	run("CREATE SCHEMA " + name)
	t.Cleanup(func() { run("DROP SCHEMA " + name + " CASCADE") })
	dsn, err := withSchema(base, name)
	if err != nil {
		t.Fatalf("TEST_POSTGRES_DSN: %v", err)
	}
	return dsn
}
