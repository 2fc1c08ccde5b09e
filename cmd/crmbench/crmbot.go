//go:build linux

package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	_ "modernc.org/sqlite" // reads what an SQLite kept
)

// secret is what the made-up platform sends along.
const secret = "secret-of-the-bench"

// house is the config of crmbot: everything is on, but for the limits that a
// made-up platform does not have.
const house = `company: Bench
database: %q
listen: %s
admin_listen: %s
public_url: https://bench.example.com
log: warn
flood: {per_minute: 0}
adapters:
  - platform: telegram
    install: support
    token: "123:abc"
    mode: webhook
    secret_token: %s
    api_url: http://%s
    rate: "off"
`

// crmbot is the bot on a fresh database with the sample company's articles, as
// one process or several.
func (y *yard) crmbot(ctx context.Context, kind string, processes int) (*setup, error) {
	dir, err := os.MkdirTemp(y.dir, kind+"-")
	if err != nil {
		return nil, err
	}
	s := &setup{end: func() { _ = os.RemoveAll(dir) }}
	database := filepath.Join(dir, "crmbot.db")
	if kind == "postgres" {
		if database, err = y.cluster.create(ctx, "crmbot"); err != nil {
			return nil, err
		}
	}
	for i := range processes {
		address, err := free(ctx)
		if err != nil {
			return nil, err
		}
		admin, err := free(ctx)
		if err != nil {
			return nil, err
		}
		config := filepath.Join(dir, fmt.Sprintf("crmbot-%d.yaml", i))
		text := fmt.Sprintf(house, database, address, admin, secret, y.o.api)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return nil, err
		}
		if i == 0 {
			fill := exec.CommandContext(ctx, y.binary, "knowledge", "import", "--config", config, samples(y.root))
			if out, err := fill.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("knowledge import: %w\n%s", err, out)
			}
		}
		s.urls = append(s.urls, "http://"+address+"/hook/telegram/support")
		s.start = append(s.start, func() (*process, error) {
			return start(filepath.Join(y.dir, "crmbot.log"), nil, y.binary, "serve", "--config", config)
		})
	}
	s.logged = func(ctx context.Context) (map[int]int, error) {
		db, err := y.open(kind, database)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		return count(ctx, db, `SELECT CAST(native AS BIGINT) AS number, count(*) FROM messages WHERE direction = 'in' GROUP BY native`)
	}
	return s, nil
}

func (y *yard) open(kind, database string) (*sql.DB, error) {
	if kind == "postgres" {
		return y.cluster.open("crmbot"), nil
	}
	return sql.Open("sqlite", database)
}

// count reads rows of a message's number and how often it is there.
func count(ctx context.Context, db *sql.DB, query string) (map[int]int, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // it was only read
	out := map[int]int{}
	for rows.Next() {
		var number, n int
		if err := rows.Scan(&number, &n); err != nil {
			return nil, err
		}
		out[number] = n
	}
	return out, rows.Err()
}

// portOf is the port of an address.
func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address) // the address is our own
	return port
}
