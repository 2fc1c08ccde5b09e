//go:build linux

package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// tables are what the Node bots and pgbench write into: a contact and its
// messages, the least that a bot with a memory keeps.
const tables = `
DROP TABLE IF EXISTS messages; DROP TABLE IF EXISTS contacts;
CREATE TABLE contacts(id bigserial PRIMARY KEY, platform text NOT NULL, ext_id text NOT NULL, name text,
  last_seen timestamptz NOT NULL DEFAULT now(), UNIQUE(platform, ext_id));
CREATE TABLE messages(id bigserial PRIMARY KEY, contact_id bigint NOT NULL REFERENCES contacts(id), platform text NOT NULL,
  ext_id text NOT NULL, body text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), UNIQUE(platform, ext_id));
CREATE INDEX ON messages(contact_id, created_at);`

// someone is who writes in a script of pgbench.
const someone = `\set chat random(1000, 1499)
\set upd random(1, 2000000000000)
`

// two is the script that is the measure of all: the same two statements as the
// Node bots', with a commit each.
const two = someone + `
INSERT INTO contacts(platform,ext_id,name) VALUES('telegram',:chat::text,'User') ON CONFLICT(platform,ext_id) DO UPDATE SET last_seen=now(), name=excluded.name RETURNING id \gset
INSERT INTO messages(contact_id,platform,ext_id,body) VALUES(:id,'pgbench',:upd::text,'hello, how much is the Pro plan for ten people?') ON CONFLICT DO NOTHING;
`

// one is both in one statement, with one commit.
const one = someone + `
WITH c AS (INSERT INTO contacts(platform,ext_id,name) VALUES('telegram',:chat::text,'User') ON CONFLICT(platform,ext_id) DO UPDATE SET last_seen=now(), name=excluded.name RETURNING id) INSERT INTO messages(contact_id,platform,ext_id,body) SELECT id,'pgbench',:upd::text,'hello, how much is the Pro plan for ten people?' FROM c ON CONFLICT DO NOTHING;
`

// simple makes a database with those tables.
func (y *yard) simple(ctx context.Context, name string) (*sql.DB, error) {
	if _, err := y.cluster.create(ctx, name); err != nil {
		return nil, err
	}
	db := y.cluster.open(name)
	if _, err := db.ExecContext(ctx, tables); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// pgbenchFor is how many seconds pgbench runs.
const pgbenchFor = 4

// pgbench is a limit: a script from as many clients as the platform has
// connections, and no bot.
func (y *yard) pgbench(ctx context.Context, phase, text string) (figure, error) {
	f := figure{Phase: phase}
	db, err := y.simple(ctx, "pgbench")
	if err != nil {
		return f, err
	}
	_ = db.Close()
	script := filepath.Join(y.dir, "pgbench.sql")
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		return f, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(y.cluster.bin, "pgbench"), "-n", "-M", "prepared",
		"-c", strconv.Itoa(y.o.connections), "-j", "2", "-T", strconv.Itoa(pgbenchFor), "-f", script, "pgbench")
	cmd.Env = append(os.Environ(), y.cluster.env("pgbench")...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return f, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "tps = "); ok {
			f.PerSecond, err = strconv.ParseFloat(strings.Fields(rest)[0], 64)
		}
	}
	return f, err
}
