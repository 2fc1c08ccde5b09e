package storage

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

const sqliteReaders = 4

// What each connection keeps in memory, in KiB with a minus sign before it. The
// machine keeps the file in memory as it is, once for all. With half of it the
// writer reads twice as much.
const (
	writerCache  = -1024
	readersCache = -256
)

// openSQLite opens one writer, so that transactions queue instead of failing,
// and a few readers that see the last commit and never wait for it. FULL makes
// a commit survive a power cut. What the writer has to remember for the time of a
// statement it keeps in memory, which spares it 64 KiB of that with each.
func (d *DB) openSQLite() error {
	d.dialect, d.inserts = sqlite, &inserts{}
	if d.dsn == "" {
		return badAddress(fmt.Errorf("no file name"))
	}
	memory := d.dsn == ":memory:"
	if !memory { // it holds what customers said: nobody else's business
		file, err := os.OpenFile(d.dsn, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return badAddress(err)
		}
		if err := file.Close(); err != nil {
			return badAddress(err)
		}
	}
	writer := sql.OpenDB(keeping{sqliteDSN(d.dsn, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(%d)", writerCache)},
	})})
	writer.SetMaxOpenConns(1)
	var opts []bun.DBOption
	if !memory {
		d.readers = sql.OpenDB(keeping{sqliteDSN(d.dsn, url.Values{
			"_pragma": {"busy_timeout(5000)", "query_only(1)", fmt.Sprintf("cache_size(%d)", readersCache)},
		})})
		d.readers.SetMaxOpenConns(sqliteReaders)
		d.readers.SetMaxIdleConns(sqliteReaders)
		d.views = bun.NewDB(d.readers, newEdge(sqlitedialect.New())).WithQueryHook(deadline{})
		opts = append(opts, bun.WithConnResolver(readElsewhere{d.readers}))
	}
	d.root = bun.NewDB(writer, newEdge(sqlitedialect.New()), opts...).WithQueryHook(deadline{})
	d.db = d.root
	return nil
}

func sqliteDSN(path string, q url.Values) string {
	file := "file:"
	if path == ":memory:" {
		file += path
	} else {
		file += (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	}
	return file + "?" + q.Encode()
}

// readElsewhere sends what is read outside a transaction to the readers. Raw
// statements stay with the writer, because they may write.
type readElsewhere struct{ readers *sql.DB }

func (r readElsewhere) ResolveConn(_ context.Context, q bun.Query) bun.IConn {
	if _, ok := q.(*bun.SelectQuery); ok {
		return r.readers
	}
	return nil
}

func (r readElsewhere) Close() error { return nil }
