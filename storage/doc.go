// Package storage keeps what crm and bot know, in SQLite or in Postgres, and
// decides nothing.
//
// A DB is a Store bound to a handle: to the database itself, or to one
// transaction. InTx makes a DB for the transaction and passes it on, so every
// method works the same inside and outside, and a call inside a call is a
// savepoint. Whoever is given a store uses that one and no other.
//
// Each noun has its file, named as in crm. A row embeds the crm type and gives
// it a table; there is nothing to map. What several nouns share stands in
// row.go (create, read, change, list), scope.go and search.go. What differs
// between the two databases stands in dialect.go and nowhere else, but for the
// search index. Migrations are one set of SQL files for both, forward only.
//
// The clock is the caller's: Options.Now, in UTC and whole microseconds, sets
// every time that a record carries. Leases and heartbeats go by the clock of
// the database, because several processes have to agree on it. Strings lose
// NUL and broken UTF-8 on their way in, times come back in UTC: see edge.go.
//
// Errors leave with a code of crm: see errors.go.
package storage
