package storage

import (
	"context"
	"database/sql"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Fault, Retryable and Tokens are for the tests of this package.
var (
	Fault     = fault
	Retryable = retryable
	Tokens    = tokens
	Phone     = phoneTokens
	CleanJSON = cleanJSON
)

// Root is the handle behind a DB.
func (d *DB) Root() *bun.DB { return d.root }

// Readers is SQLite's read-only pool.
func (d *DB) Readers() *sql.DB { return d.readers }

// Transactional runs fn in a transaction with the bare handle.
func (d *DB) Transactional(ctx context.Context, fn func(ctx context.Context, db bun.IDB) error) error {
	return d.again(ctx, func(ctx context.Context, tx *DB) error { return fn(ctx, tx.db) })
}

// Steps are the names of the migration files.
func Steps() ([]string, error) { return fs.Glob(migrations, "migrations/*.sql") }

// Said is a migration file as a database understands it whose tables lack every
// column, or none, and what its types are called there.
func Said(file string, inPostgres, lacks bool) (said string, types map[string]string, err error) {
	d := sqlite
	if inPostgres {
		d = postgres
	}
	text, err := migrations.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	w := d.words(context.Background(), nil)
	w.lacks = func(string, string) (bool, error) { return lacks, nil }
	said, err = w.say(string(text))
	return said, w.types, err
}

// Rows are all row types of the package.
func Rows() []any {
	return []any{
		new(userRow), new(teamRow), new(linkCodeRow), new(identityRow), new(contactRow), new(accountRow),
		new(leadRow), new(opportunityRow), new(activityRow), new(ticketRow), new(articleRow), new(knowledgeRow),
		new(conversationRow), new(addressRow), new(messageRow), new(partRow), new(revisionRow), new(mediaRow),
		new(chunkRow), new(eventRow), new(searchRow), new(inboxRow), new(outboxRow), new(jobRow), new(sessionRow),
		new(buttonRow), new(valueRow), new(strayRow), new(balanceRow),
		new(threadRow), new(releaseRow), new(surveyRow),
		new(questionRow), new(indexRow), new(vectorRow),
	}
}

// Watch gives the machine's clock by which replicas watch each other.
func (d *DB) Watch(now func() time.Time) { d.witness.now = now }

// Bound adds a row of a model to its table of SQLite by a statement with bound
// values.
func (d *DB) Bound(ctx context.Context, row any) error {
	v := reflect.ValueOf(row).Elem()
	b := d.inserts.of(d.root, v.Type(), "")
	args := make([]any, len(b.fields))
	b.bind(args, v)
	_, err := d.run(ctx, b.text, args...)
	return err
}

// HotSQLite are the statements of SQLite on the way of every message.
func HotSQLite() []string {
	return []string{
		liteDue, liteLine, liteIdentities, liteAddresses, liteContacts, liteSessions, liteValues, liteObstacles,
		liteFinish, liteSend, liteTell, liteWords,
	}
}

// Kept are the statements that a connection of SQLite keeps.
func Kept(conn *sql.Conn) (texts []string) {
	_ = conn.Raw(func(c any) error {
		texts = slices.Sorted(maps.Keys(c.(*keepingConn).kept))
		return nil
	})
	return texts
}
