package storage

import (
	"context"
	"database/sql"
	"io/fs"
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
