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
pprof: %t
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

// inbound and outbound are what a crmbot's database says of the crowd's
// messages: their rows, and the platform's ids of their answers.
const (
	inbound  = `SELECT native, id FROM messages WHERE direction = 'in' ORDER BY id`
	outbound = `SELECT m.event_id, p.native FROM messages m JOIN parts p ON p.message_id = m.id WHERE m.direction = 'out' ORDER BY m.id`
)

// crmbot is the bot on a fresh database with the yard's articles, as one process
// or several.
func (y *yard) crmbot(ctx context.Context, kind string, processes int) (*setup, error) {
	name := "crmbot-" + kind
	if processes > 1 {
		name = "crmbot-two"
	}
	dir, err := os.MkdirTemp(y.dir, name+"-")
	if err != nil {
		return nil, err
	}
	s := &setup{end: func() { _ = os.RemoveAll(dir) }}
	database := filepath.Join(dir, "crmbot.db")
	if kind == "postgres" {
		s.database = y.cluster
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
		text := fmt.Sprintf(house, database, address, admin, y.o.profiles != "", secret, y.o.api)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return nil, err
		}
		if i == 0 {
			fill := exec.CommandContext(ctx, y.binary, "knowledge", "import", "--config", config, y.knowledge)
			if out, err := fill.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("knowledge import: %w\n%s", err, out)
			}
		}
		s.admin = append(s.admin, admin)
		s.urls = append(s.urls, "http://"+address+"/hook/telegram/support")
		s.start = append(s.start, func() (*process, error) {
			return start(y.log(name), nil, y.binary, "serve", "--config", config)
		})
	}
	s.logged = func(ctx context.Context) (logbook, error) { return y.ask(ctx, kind, database, inbound) }
	s.replied = func(ctx context.Context) (logbook, error) { return y.ask(ctx, kind, database, outbound) }
	return s, nil
}

// ask reads a logbook from a crmbot's database.
func (y *yard) ask(ctx context.Context, kind, database, query string) (logbook, error) {
	db, err := y.open(kind, database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return readLogbook(ctx, db, query)
}

func (y *yard) open(kind, database string) (*sql.DB, error) {
	if kind == "postgres" {
		return y.cluster.open("crmbot"), nil
	}
	return sql.Open("sqlite", database)
}

// portOf is the port of an address.
func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address) // the address is our own
	return port
}
