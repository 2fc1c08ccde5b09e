package storage

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/uptrace/bun/driver/pgdriver"
	driver "modernc.org/sqlite"

	"crmbot/crm"
)

// fault gives an error of a driver its code: CodeNotFound for no rows,
// CodeConflict for a broken unique or foreign key, CodeUnavailable for a
// database that is busy, full, slow or away, CodeInternal for the rest. An
// error that has a code keeps it. The driver's error stays inside.
func fault(err error) error {
	if err == nil {
		return nil
	}
	var known *crm.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return crm.Fail(crm.CodeNotFound, "error.not_found").Because(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(err)
	}
	code := crm.CodeInternal
	switch state := sqlState(err); {
	case state == "57014": // it took longer than a statement may
		code, err = crm.CodeUnavailable, errors.Join(err, context.DeadlineExceeded)
	case state != "":
		code = postgresCode(state)
	case sqliteState(err) != 0:
		code = sqliteCode(sqliteState(err))
	case away(err):
		code = crm.CodeUnavailable
	}
	return crm.Fail(code, "error."+string(code)).Because(err)
}

// missing is the answer for a record that is not there.
func missing(r crm.Ref) error {
	return crm.Fail(crm.CodeNotFound, "error.not_found", "ref", r.String())
}

// noTable says whether a statement failed because its table does not exist.
func noTable(err error) bool {
	return sqlState(err) == "42P01" || sqliteState(err) == 1 && strings.Contains(err.Error(), "no such table")
}

// retryable says whether the transaction lost against another one and would
// have a fair chance now.
func retryable(err error) bool {
	switch sqlState(err) {
	case "40001", "40P01", "55P03": // serialization, deadlock, lock not available
		return true
	}
	switch sqliteState(err) & 0xff {
	case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
		return true
	}
	return false
}

// sqlState is the SQLSTATE of an error of Postgres, else "".
func sqlState(err error) string {
	var e pgdriver.Error
	if errors.As(err, &e) {
		return e.Field('C')
	}
	return ""
}

func postgresCode(state string) crm.Code {
	switch state {
	case "23505", "23503", "23P01", "40001", "40P01": // unique, foreign key, exclusion, lost a race
		return crm.CodeConflict
	case "55P03", "57P01", "57P02", "57P03", "25006": // lock timeout, shutting down, read-only
		return crm.CodeUnavailable
	}
	switch {
	case strings.HasPrefix(state, "08"), strings.HasPrefix(state, "53"): // connection, out of something
		return crm.CodeUnavailable
	case strings.HasPrefix(state, "28"), state == "3D000": // password, no such database
		return crm.CodeUnavailable
	}
	return crm.CodeInternal
}

// sqliteState is the extended result code of an error of SQLite, else 0.
func sqliteState(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func sqliteCode(state int) crm.Code {
	switch state {
	case 2067, 1555, 2579, 787: // unique, primary key, rowid, foreign key
		return crm.CodeConflict
	}
	switch state & 0xff {
	case 5, 6, 8, 9, 10, 13, 14: // busy, locked, read-only, interrupted, I/O, full, cannot open
		return crm.CodeUnavailable
	case 26: // not a database: the address names some other file
		return crm.CodeInvalid
	}
	return crm.CodeInternal
}

// away says whether the connection failed, or was closed by us.
func away(err error) bool {
	var network net.Error
	return strings.Contains(err.Error(), "sql: database is closed") || errors.As(err, &network) || errors.Is(err, sqldriver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
