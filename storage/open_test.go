package storage_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func containsSecret(s string) bool { return strings.Contains(s, "secret") }

// TestMigrateTogether starts four processes' worth of pools on an empty
// database. Each step is taken once.
func TestMigrateTogether(t *testing.T) {
	steps, err := storage.Steps()
	if err != nil {
		t.Fatal(err)
	}
	dsn := storagetest.Postgres(t)
	var all sync.WaitGroup
	var lock sync.Mutex
	var dbs []*storage.DB
	for range 4 {
		all.Go(func() {
			db, err := storage.Open(t.Context(), dsn, storage.Options{Migrate: true})
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			lock.Lock()
			dbs = append(dbs, db)
			lock.Unlock()
		})
	}
	all.Wait()
	for i, db := range dbs {
		var taken int
		err := db.Root().NewSelect().Table("bun_migrations").ColumnExpr("count(*)").Scan(t.Context(), &taken)
		if err != nil || taken != len(steps) {
			t.Errorf("pool %d: %d steps taken, %d files, %v", i, taken, len(steps), err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestMigrate takes the steps once, whoever asks again.
func TestMigrate(t *testing.T) {
	steps, err := storage.Steps()
	if err != nil {
		t.Fatal(err)
	}
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db, err := storage.Open(t.Context(), dsn, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		pending, err := db.Pending(t.Context())
		if err != nil || len(pending) != len(steps) {
			t.Fatalf("pending %v, %v", pending, err)
		}
		taken, err := db.Migrate(t.Context())
		if err != nil || !slices.Equal(taken, pending) || taken[0] != "0001_people" {
			t.Fatalf("taken %v, %v", taken, err)
		}
		again, err := db.Migrate(t.Context())
		if err != nil || len(again) != 0 {
			t.Errorf("again %v, %v", again, err)
		}
		pending, err = db.Pending(t.Context())
		if err != nil || len(pending) != 0 {
			t.Errorf("still pending %v, %v", pending, err)
		}
	})
}

// TestMigrateAgain takes every step a second time, as after a crash between a
// step and its mark. Nothing is lost by that.
func TestMigrateAgain(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		if err := db.CreateLead(t.Context(), &crm.Lead{Name: "Ana"}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Root().ExecContext(t.Context(), "DELETE FROM bun_migrations"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if l, err := db.Lead(t.Context(), 1); err != nil || l.Name != "Ana" {
			t.Errorf("%v, %v", l, err)
		}
	})
}

// TestReady reads and writes, and says so when it cannot.
func TestReady(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		for range 2 {
			if err := db.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if db.Postgres() {
			return
		}
		if _, err := db.Root().ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
			t.Fatal(err)
		}
		if err := db.Ready(t.Context()); crm.CodeOf(err) != crm.CodeUnavailable {
			t.Errorf("a database that cannot be written: %v", err)
		}
	})
}

// TestMigrationNames keeps every step in a transaction, and none that goes back.
func TestMigrationNames(t *testing.T) {
	steps, err := storage.Steps()
	if err != nil || len(steps) == 0 {
		t.Fatal(steps, err)
	}
	for _, name := range steps {
		if !strings.HasSuffix(name, ".tx.up.sql") {
			t.Errorf("%s: a step is NNNN_name.tx.up.sql", name)
		}
	}
}

// TestDeadline looks at the context that a statement runs with.
func TestDeadline(t *testing.T) {
	db := storagetest.New(t)
	var spy deadlines
	var one int
	if err := db.Root().WithQueryHook(&spy).NewSelect().ColumnExpr("1").Scan(context.Background(), &one); err != nil {
		t.Fatal(err)
	}
	if len(spy.seen) != 1 || !spy.seen[0] {
		t.Errorf("a statement without a deadline: %v", spy.seen)
	}
	err := db.InTx(context.Background(), func(ctx context.Context, _ crm.Store) error {
		if _, ok := ctx.Deadline(); !ok {
			t.Error("a transaction without a deadline")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type deadlines struct{ seen []bool }

func (d *deadlines) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	_, ok := ctx.Deadline()
	d.seen = append(d.seen, ok)
	return ctx
}

func (d *deadlines) AfterQuery(context.Context, *bun.QueryEvent) {}

// TestSQLiteFile is private, in WAL mode, survives a power cut, and lets
// readers read while somebody writes.
func TestSQLiteFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "with space & 100% #1?.db")
	db := storagetest.Open(t, file, storagetest.Clock)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		if err := db.Root().QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, want %q, %v", pragma, got, want, err)
		}
	}
	err = db.InTx(t.Context(), func(ctx context.Context, store crm.Store) error {
		if err := store.CreateLead(ctx, &crm.Lead{Name: "Ana"}); err != nil {
			return err
		}
		_, n, err := db.Leads(ctx, crm.LeadFilter{Scope: crm.Everything()})
		if n != 0 {
			t.Errorf("a reader outside sees %d leads that are not committed", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, n, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()}); n != 1 || err != nil {
		t.Errorf("after the commit: %d, %v", n, err)
	}
}

func TestSQLiteMemory(t *testing.T) {
	db := storagetest.Open(t, ":memory:", storagetest.Clock)
	if err := db.CreateLead(t.Context(), &crm.Lead{}); err != nil {
		t.Fatal(err)
	}
	if _, n, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()}); n != 1 || err != nil {
		t.Errorf("%d leads, %v", n, err)
	}
}

// TestOuterStoreInside uses the outer store in a transaction, which is wrong:
// the one writer is taken, and the deadline ends the wait.
func TestOuterStoreInside(t *testing.T) {
	db := storagetest.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := db.InTx(ctx, func(ctx context.Context, _ crm.Store) error {
		return db.CreateLead(ctx, &crm.Lead{})
	})
	if crm.CodeOf(err) != crm.CodeUnavailable || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// TestServerMustProveItself listens in the place of a Postgres and expects the
// driver to ask for TLS, and to refuse a server without it.
func TestServerMustProveItself(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	asked := make(chan string, 8)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			request := make([]byte, 8)
			_, _ = conn.Read(request)
			asked <- string(request[4:])
			_, _ = conn.Write([]byte("N")) // no TLS here
			_ = conn.Close()
		}
	}()
	db, err := storage.Open(t.Context(), "postgres://u:secret@"+listener.Addr().String()+"/x", storage.Options{})
	if err == nil || db != nil {
		t.Fatal("a server without TLS was taken")
	}
	if got := <-asked; got != "\x04\xd2\x16\x2f" { // SSLRequest
		t.Errorf("the first word was %q", got)
	}
	if containsSecret(err.Error()) {
		t.Errorf("the password is in %v", err)
	}
}

// TestPostgresSession looks at what the server was told about time.
func TestPostgresSession(t *testing.T) {
	db := storagetest.Open(t, storagetest.Postgres(t), storagetest.Clock)
	for name, want := range map[string]string{
		"statement_timeout": "15s", "lock_timeout": "10s",
		"idle_in_transaction_session_timeout": "30s", "timezone": "UTC", "application_name": "crmbot",
	} {
		var got string
		if err := db.Root().QueryRowContext(t.Context(), "SHOW "+name).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, want %q, %v", name, got, want, err)
		}
	}
}

func TestAFileThatIsNoDatabaseIsTheCallersMistake(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(file, []byte("milk, eggs, and a good deal more than sixteen bytes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), file, storage.Options{Migrate: true})
	if err == nil {
		t.Fatal("it opens", db.Close())
	}
	if crm.CodeOf(err) != crm.CodeInvalid {
		t.Errorf("it says %v", err)
	}
}
