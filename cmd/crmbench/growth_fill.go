//go:build linux

package main

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// grownSQL fills a database; {{…}} is where the databases differ.
//
//go:embed growth.sql
var grownSQL string

// size is how much a company has gathered.
type size struct {
	contacts, messages, long, days int
}

// script is grownSQL for one database: tables in their order, each with its
// statements.
func (z size) script(postgres bool, now time.Time) ([]table, error) {
	say := func(format string) func(...any) string {
		return func(args ...any) string { return fmt.Sprintf(format, args...) }
	}
	pick := func(ofPostgres, ofSQLite string) func(...any) string {
		if postgres {
			return say(ofPostgres)
		}
		return say(ofSQLite)
	}
	words := template.FuncMap{
		"postgres": func() bool { return postgres },
		"series": pick("generate_series(CAST(%s AS BIGINT), %s) AS s (n)",
			"(WITH RECURSIVE s (n) AS (SELECT %[1]s UNION ALL SELECT n + 1 FROM s WHERE n < %[2]s) SELECT n FROM s) AS s"),
		"at":     pick("to_timestamp(Start + %s)", "strftime('%%Y-%%m-%%d %%H:%%M:%%f', Start + %s, 'unixepoch') || '+00:00'"),
		"day":    pick("to_char(to_timestamp(Start + %s), 'YYYY-MM-DD')", "strftime('%%Y-%%m-%%d', Start + %s, 'unixepoch')"),
		"bytes":  pick(`CAST('\x00' AS bytea)`, "x'00'"),
		"millis": say("(Start + %s) * 1000"),
		"of":     say("CAST(Days * 86400 AS BIGINT) * (%s) / (%s)"), // seconds since the beginning
		"hex": pick("lpad(to_hex((%[1]s * 2654435761) %% 4294967296), 8, '0') || lpad(to_hex(%[1]s), 8, '0')",
			"printf('%%08x%%08x', (%[1]s * 2654435761) %% 4294967296, %[1]s)"),
		"letter": say("substr('ABC', CAST(1 + %s AS INT), 1)"),
		"talk":   say("CASE WHEN %[1]s %% Every = 0 THEN 1 ELSE 2 + (%[1]s * 7919) %% (Contacts - 1) END"),
		"person": say("(%[1]s %% 50 = 0 OR %[1]s %% Every = 0 AND %[1]s / Every %% 3 = 0)"),
		"status": say("CASE WHEN n %% 5000 = 3 THEN 'waiting' WHEN n %% 5000 = 4 THEN 'handed_off' WHEN n %% 50 = 7 THEN 'closed' ELSE 'open' END"),
		"chat": say("CASE WHEN (%[1]s - 1) %% Step = 0 THEN CAST(" + strconv.Itoa(firstChat) +
			" + (%[1]s - 1) / Step AS TEXT) ELSE CAST(10000000 + %[1]s AS TEXT) END"),
		"name":  say("CASE WHEN %[1]s %% 2 = 1 THEN " + family + " || " + given + " ELSE " + english + " END"),
		"words": say("CASE WHEN %[1]s %% 2 = 1 THEN " + family + " || ' ' || " + given + " || ' ' || " + family + " || " + given + " ELSE lower(" + english + ") || ' 1' || (3000000000 + %[1]s) END"),
	}
	t, err := template.New("growth").Funcs(words).Parse(grownSQL)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, nil); err != nil {
		return nil, err
	}
	pairs := z.messages / 2
	numbers := strings.NewReplacer("Contacts", strconv.Itoa(z.contacts), "Messages", strconv.Itoa(z.messages), "Pairs", strconv.Itoa(pairs),
		"Days", strconv.Itoa(z.days), "Every", strconv.Itoa(max(2*pairs/z.long, 2)), "Step", strconv.Itoa(z.contacts/grownChats),
		"Start", strconv.FormatInt(now.Unix()-int64(z.days)*86400, 10))
	return tablesOf(numbers.Replace(text.String())), nil
}

// Names as people have them: hundreds of contacts share one.
const (
	family  = "substr('王李张刘陈杨黄赵周吴', CAST(1 + %[1]s / 2 %% 10 AS INT), 1)"
	given   = "substr('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚', CAST(1 + %[1]s / 20 %% 20 AS INT), 1)"
	english = "trim(substr('Anna  Ben   Carl  Dora  Emil  Fritz Gina  Hans  Ines  Jan   ', CAST(1 + 6 * (%[1]s / 2 %% 10) AS INT), 6)) || ' ' || " +
		"trim(substr('Adler Bauer Cramm Diehl Ernst Fuchs Graf  Huber Iser  Jung  ', CAST(1 + 6 * (%[1]s / 20 %% 10) AS INT), 6))"
)

// table is one that is filled.
type table struct {
	name       string
	statements []string
}

// tablesOf cuts a script: "-- name" begins a table, and what follows a colon is
// for people.
func tablesOf(script string) []table {
	var all []table
	for _, part := range strings.Split(script, "\n-- ")[1:] {
		head, body, _ := strings.Cut(part, "\n")
		name, _, _ := strings.Cut(head, ":")
		if strings.Contains(name, " ") { // the words at the beginning
			continue
		}
		t := table{name: name}
		for _, s := range strings.Split(body, ";\n") {
			if s = strings.TrimSpace(s); s != "" {
				t.statements = append(t.statements, s)
			}
		}
		all = append(all, t)
	}
	return all
}

// fill writes everything into an empty database with the whole schema, a table a
// transaction, and its indexes afterwards.
func (z size) fill(ctx context.Context, db *sql.DB, postgres bool, progress io.Writer) error {
	tables, err := z.script(postgres, time.Now())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1) // what is set for the session holds for all
	defer db.SetMaxOpenConns(0)
	first, last := []string{"PRAGMA synchronous = OFF", "PRAGMA foreign_keys = OFF", "PRAGMA cache_size = -500000"}, []string{"PRAGMA wal_checkpoint(TRUNCATE)"}
	if postgres {
		first = []string{"SET session_replication_role = replica", "SET statement_timeout = 0", "SET maintenance_work_mem = '1GB'"}
		last = []string{"VACUUM (ANALYZE)", "CHECKPOINT"}
	}
	if err := orders(ctx, db, first...); err != nil {
		return err
	}
	for _, t := range tables {
		began := time.Now()
		if err := t.fill(ctx, db, postgres); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		fmt.Fprintf(progress, "%s filled in %.0f s\n", t.name, time.Since(began).Seconds())
	}
	return orders(ctx, db, last...)
}

func (t table) fill(ctx context.Context, db *sql.DB, postgres bool) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing, after a commit
	drop, create, err := t.indexes(ctx, tx, postgres)
	if err != nil {
		return err
	}
	if postgres { // what is made anew in a transaction needs no log
		drop = append([]string{"TRUNCATE " + t.name + " CASCADE"}, drop...)
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(pg_get_serial_sequence(table_name, column_name), '') FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '"+
			t.name+"' AND is_identity = 'YES'").Scan(new(string)); err == nil {
			create = append(create, "SELECT setval(pg_get_serial_sequence('"+t.name+"', 'id'), (SELECT max(id) FROM "+t.name+"))")
		}
	}
	for _, s := range append(append(drop, t.statements...), create...) {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%w in %s", err, s)
		}
	}
	return tx.Commit()
}

// indexes of a table that a constraint does not need: how they are dropped and
// made again.
func (t table) indexes(ctx context.Context, tx *sql.Tx, postgres bool) (drop, create []string, err error) {
	query := "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
	if postgres {
		query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = $1" +
			" AND indexname NOT IN (SELECT conname FROM pg_constraint)"
	}
	rows, err := tx.QueryContext(ctx, query, t.name)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }() // it was only read
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, nil, err
		}
		drop, create = append(drop, "DROP INDEX "+name), append(create, text)
	}
	return drop, create, rows.Err()
}

func orders(ctx context.Context, db *sql.DB, all ...string) error {
	for _, s := range all {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%w in %s", err, s)
		}
	}
	return nil
}
