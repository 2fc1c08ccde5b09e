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
	"time"
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

// two is the script of pgbench: the same two statements as those bots', with a
// commit each.
const two = `\set chat random(1000, 1499)
\set upd random(1, 2000000000000)
INSERT INTO contacts(platform,ext_id,name) VALUES('telegram',:chat::text,'User') ON CONFLICT(platform,ext_id) DO UPDATE SET last_seen=now(), name=excluded.name RETURNING id \gset
INSERT INTO messages(contact_id,platform,ext_id,body) VALUES(:id,'pgbench',:upd::text,'hello, how much is the Pro plan for ten people?') ON CONFLICT DO NOTHING;
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

// pgbenchFor is how long pgbench runs.
const pgbenchFor = 5 * time.Second

// pgbench is the limit: the two statements from 40 clients, and no bot.
func (y *yard) pgbench(ctx context.Context) (figure, error) {
	f := figure{System: "pgbench", Phase: "sat"}
	db, err := y.simple(ctx, "pgbench")
	if err != nil {
		return f, err
	}
	_ = db.Close()
	script := filepath.Join(y.dir, "two.sql")
	if err := os.WriteFile(script, []byte(two), 0o600); err != nil {
		return f, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(y.cluster.bin, "pgbench"), "-n", "-M", "prepared",
		"-c", strconv.Itoa(y.o.connections), "-j", "2", "-T", strconv.Itoa(int(pgbenchFor.Seconds())), "-f", script, "pgbench")
	cmd.Env = append(os.Environ(), y.cluster.env("pgbench")...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return f, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	for _, line := range strings.Split(string(out), "\n") {
		if rest, ok := strings.CutPrefix(line, "tps = "); ok {
			f.PerSecond, err = strconv.ParseFloat(strings.Fields(rest)[0], 64)
		}
	}
	return f, err
}

// takePeers copies the Node bots and brings what they need from npm.
func (y *yard) takePeers(ctx context.Context) (string, error) {
	if y.o.peers == "" {
		return "", nil
	}
	dir := filepath.Join(y.dir, "peers")
	if err := os.CopyFS(dir, os.DirFS(y.o.peers)); err != nil {
		return "", err
	}
	npm := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--silent")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm install: %w\n%s", err, out)
	}
	return dir, nil
}

// peer is a Node bot that keeps contact and message and says thanks.
func (y *yard) peer(ctx context.Context, name string) (*setup, error) {
	db, err := y.simple(ctx, name)
	if err != nil {
		return nil, err
	}
	address, err := free(ctx)
	if err != nil {
		return nil, err
	}
	path := map[string]string{"grammy": "/", "telegraf": "/tg"}[name]
	return &setup{
		urls: []string{"http://" + address + path},
		start: []func() (*process, error){func() (*process, error) {
			env := append(y.cluster.env(name), "PORT="+portOf(address))
			return start(filepath.Join(y.dir, name+".log"), env, "node", filepath.Join(y.peers, name+".js"))
		}},
		logged: func(ctx context.Context) (map[int]int, error) {
			return count(ctx, db, `SELECT ext_id::bigint, count(*) FROM messages GROUP BY ext_id`)
		},
		end: func() { _ = db.Close() },
	}, nil
}
