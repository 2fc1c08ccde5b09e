package storage_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// TestFaultPostgres has the server raise each state and looks at the code that
// it becomes.
func TestFaultPostgres(t *testing.T) {
	db := storagetest.Open(t, storagetest.Postgres(t), storagetest.Clock)
	for state, want := range map[string]crm.Code{
		"23505": crm.CodeConflict, "23503": crm.CodeConflict, "23P01": crm.CodeConflict,
		"40001": crm.CodeConflict, "40P01": crm.CodeConflict,
		"55P03": crm.CodeUnavailable, "57014": crm.CodeUnavailable, "57P01": crm.CodeUnavailable,
		"57P03": crm.CodeUnavailable, "25006": crm.CodeUnavailable, "53100": crm.CodeUnavailable,
		"53300": crm.CodeUnavailable, "08006": crm.CodeUnavailable, "28P01": crm.CodeUnavailable,
		"3D000": crm.CodeUnavailable,
		"23514": crm.CodeInternal, "23502": crm.CodeInternal, "42601": crm.CodeInternal, "22P02": crm.CodeInternal,
	} {
		_, err := db.Root().ExecContext(t.Context(), fmt.Sprintf("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '%s'; END $$", state))
		if got := crm.CodeOf(storage.Fault(err)); err == nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", state, got, want, err)
		}
		if got, want := storage.Retryable(err), state == "40001" || state == "40P01" || state == "55P03"; got != want {
			t.Errorf("%s: retryable %v, want %v", state, got, want)
		}
	}
}

// TestFaultSQLite provokes what SQLite can say.
func TestFaultSQLite(t *testing.T) {
	exec := func(db *storage.DB, statement string) error {
		_, err := db.Root().ExecContext(t.Context(), statement)
		return err
	}
	file := storagetest.SQLite(t)
	db, other := storagetest.Open(t, file, storagetest.Clock), storagetest.Open(t, file, storagetest.Clock)
	if err := errors.Join(exec(db, "INSERT INTO teams (name, created) VALUES ('East', '2026-01-01')"),
		exec(other, "PRAGMA busy_timeout = 1")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		try  func() error
		want crm.Code
	}{
		"unique":      {func() error { return exec(db, "INSERT INTO teams (name, created) VALUES ('East', '2026-01-01')") }, crm.CodeConflict},
		"primary key": {func() error { return exec(db, "INSERT INTO teams (id, name, created) VALUES (1, 'x', '2026-01-01')") }, crm.CodeConflict},
		"foreign key": {func() error {
			return exec(db, "INSERT INTO addresses VALUES ('', '', '', '', 99, '2026-01-01')")
		}, crm.CodeConflict},
		"not null": {func() error { return exec(db, "INSERT INTO teams (name) VALUES ('West')") }, crm.CodeInternal},
		"syntax":   {func() error { return exec(db, "SELEC") }, crm.CodeInternal},
		"busy": {func() error {
			var err error
			return errors.Join(db.InTx(t.Context(), func(context.Context, crm.Store) error {
				err = exec(other, "INSERT INTO teams (name, created) VALUES ('North', '2026-01-01')")
				return nil
			}), err)
		}, crm.CodeUnavailable},
		"read-only": {func() error {
			_, err := db.Readers().ExecContext(t.Context(), "DELETE FROM teams")
			return err
		}, crm.CodeUnavailable},
		"full": {func() error {
			if err := exec(other, "PRAGMA max_page_count = 1"); err != nil { // which sets the pages there are
				return err
			}
			return exec(other, "CREATE TABLE big AS SELECT zeroblob(1000000)")
		}, crm.CodeUnavailable},
	} {
		err := c.try()
		if got := crm.CodeOf(storage.Fault(err)); err == nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
		if got, want := storage.Retryable(err), name == "busy"; got != want {
			t.Errorf("%s: retryable %v, want %v", name, got, want)
		}
	}
}

func TestFaultClosed(t *testing.T) {
	db, err := storage.Open(t.Context(), storagetest.SQLite(t), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Lead(t.Context(), 1); crm.CodeOf(err) != crm.CodeUnavailable {
		t.Errorf("closed: %v", err)
	}
}

func TestFault(t *testing.T) {
	known := crm.Fail(crm.CodeForbidden, "user.role.unknown")
	for name, c := range map[string]struct {
		err  error
		want crm.Code
	}{
		"none":     {nil, ""},
		"known":    {fmt.Errorf("crm: %w", known), crm.CodeForbidden},
		"canceled": {context.Canceled, crm.CodeUnavailable},
		"deadline": {fmt.Errorf("x: %w", context.DeadlineExceeded), crm.CodeUnavailable},
		"network":  {&net.OpError{Op: "dial", Err: errors.New("refused")}, crm.CodeUnavailable},
		"other":    {errors.New("other"), crm.CodeInternal},
	} {
		got := storage.Fault(c.err)
		if crm.CodeOf(got) != c.want {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
		if c.err != nil && !errors.Is(got, c.err) {
			t.Errorf("%s: the cause is lost in %v", name, got)
		}
	}
}

// TestAgain has a transaction lose twice and expects the third try to be
// kept; one that always loses ends with its error.
func TestAgain(t *testing.T) {
	db := storagetest.Open(t, storagetest.Postgres(t), storagetest.Clock)
	lose := func(ctx context.Context, db bun.IDB) error {
		_, err := db.ExecContext(ctx, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
		return storage.Fault(err)
	}
	tries := 0
	err := db.Transactional(t.Context(), func(ctx context.Context, tx bun.IDB) error {
		if tries++; tries < 3 {
			return lose(ctx, tx)
		}
		return nil
	})
	if err != nil || tries != 3 {
		t.Errorf("%d tries, error %v", tries, err)
	}
	tries = 0
	err = db.Transactional(t.Context(), func(ctx context.Context, tx bun.IDB) error {
		tries++
		return lose(ctx, tx)
	})
	if crm.CodeOf(err) != crm.CodeConflict || tries != 4 {
		t.Errorf("%d tries, error %v", tries, err)
	}
	outer, inner := 0, 0
	err = db.InTx(t.Context(), func(ctx context.Context, store crm.Store) error {
		outer++
		return store.(*storage.DB).Transactional(ctx, func(ctx context.Context, tx bun.IDB) error {
			if inner++; inner == 1 {
				return lose(ctx, tx)
			}
			return nil
		})
	})
	if err != nil || outer != 2 || inner != 2 {
		t.Errorf("only the outermost tries again: outer %d, inner %d, error %v", outer, inner, err)
	}
}

// TestDeadlock has two transactions lock two leads crosswise. Both go through.
func TestDeadlock(t *testing.T) {
	db := storagetest.Open(t, storagetest.Postgres(t), storagetest.Clock)
	for range 2 {
		if err := db.CreateLead(t.Context(), &crm.Lead{}); err != nil {
			t.Fatal(err)
		}
	}
	more := func(l *crm.Lead) error { l.OwnerID++; return nil }
	failed := make(chan error, 2)
	var both sync.WaitGroup
	both.Add(2)
	cross := func(first, second crm.LeadID) {
		tries := 0
		failed <- db.InTx(t.Context(), func(ctx context.Context, store crm.Store) error {
			if _, err := store.UpdateLead(ctx, first, more); err != nil {
				return err
			}
			if tries++; tries == 1 {
				both.Done()
				both.Wait() // until the other one holds his first lead
			}
			_, err := store.UpdateLead(ctx, second, more)
			return err
		})
	}
	go cross(1, 2)
	go cross(2, 1)
	if err := errors.Join(<-failed, <-failed); err != nil {
		t.Fatal(err)
	}
	for id := range crm.LeadID(2) {
		if l, err := db.Lead(t.Context(), id+1); err != nil || l.OwnerID != 2 {
			t.Errorf("lead %v, %v", l, err)
		}
	}
}

// TestRecovers ends every connection on the server, as a restart does. At most
// one call for each may fail, with the word to try again.
func TestRecovers(t *testing.T) {
	const connections = 6
	name := "crmbot_recovers_" + rand.Text()
	db := storagetest.Open(t, storagetest.Postgres(t)+"&application_name="+name, storagetest.Clock)
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			if _, err := db.Root().ExecContext(t.Context(), "SELECT pg_sleep(0.05)"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	_, err := db.Root().ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"+
		" WHERE application_name = '"+name+"' AND pid <> pg_backend_pid()")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Root().ExecContext(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
	if got := crm.CodeOf(storage.Fault(err)); got != crm.CodeUnavailable {
		t.Errorf("terminated: %q (%v)", got, err)
	}
	for range connections {
		if err = db.CreateLead(t.Context(), &crm.Lead{}); err == nil {
			break
		}
		if got := crm.CodeOf(err); got != crm.CodeUnavailable {
			t.Errorf("on a dead connection: %q (%v)", got, err)
		}
	}
	if err != nil {
		t.Errorf("it did not recover: %v", err)
	}
}

// TestAway opens databases that are not there.
func TestAway(t *testing.T) {
	for dsn, want := range map[string]crm.Code{
		"postgres://u@127.0.0.1:1/x?sslmode=disable": crm.CodeUnavailable,
		"postgres://u:secret@h/x?sslmode=require":    crm.CodeInvalid,
		"postgres://u:secret@h/x?sslmode=prefer":     crm.CodeInvalid,
		"postgres://u:secret@%zz/x":                  crm.CodeInvalid,
		"":                                           crm.CodeInvalid,
		filepath.Join(t.TempDir(), "no", "such.db"):  crm.CodeInvalid,
		t.TempDir():                                  crm.CodeInvalid,
	} {
		db, err := storage.Open(t.Context(), dsn, storage.Options{})
		if crm.CodeOf(err) != want || db != nil {
			t.Errorf("%q: %v, want %q", dsn, err, want)
		}
		if err != nil && containsSecret(err.Error()) {
			t.Errorf("the password is in %v", err)
		}
	}
}
