//go:build linux

package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/uptrace/bun/driver/pgdriver"
)

// grownChats is how many chats ask questions, in the old database as in the new
// one. The first of them is the long conversation.
const grownChats = 500

// growth is what a run of "crmbench growth" is asked for.
type growth struct {
	size
	options
	sqlite int    // how many messages an SQLite file gets
	data   string // where what was filled stays, "" for nowhere
}

// growthPhases: everything at once, 200 a second, and one conversation that gets
// nearly everything.
var growthPhases = []string{"sat", "rate", "one"}

// runGrowth reads the arguments of "crmbench growth" and runs it: the same load
// on an empty database and on one of a company that has been talking for
// months, in turn.
func runGrowth(ctx context.Context, args []string) error {
	g, only := growth{}, ""
	flags := flag.NewFlagSet("growth", flag.ContinueOnError)
	flags.IntVar(&g.contacts, "contacts", 1_000_000, "people with a contact, an identity and a conversation each")
	flags.IntVar(&g.size.messages, "messages", 10_000_000, "messages of all, half of them answers")
	flags.IntVar(&g.sqlite, "sqlite", 1_000_000, "messages in the SQLite file, with as many fewer contacts")
	flags.IntVar(&g.long, "long", 100_000, "messages of the longest conversation")
	flags.IntVar(&g.days, "days", 100, "days in which all that was said")
	flags.IntVar(&g.rounds, "rounds", 3, "how often everything is measured")
	flags.IntVar(&g.options.messages, "n", 12000, "messages of the load until all are answered; with few, pages that are touched for the first time weigh too much")
	flags.IntVar(&g.connections, "c", 40, "connections of the platform")
	flags.IntVar(&g.seconds, "seconds", 5, "seconds of the load at a fixed rate")
	flags.StringVar(&only, "only", "postgres,sqlite", "which databases")
	flags.StringVar(&g.api, "api", "127.0.0.1:9100", "address of the made-up platform")
	flags.StringVar(&g.crmbot, "crmbot", "", "the program to measure, built from this repository if empty")
	flags.StringVar(&g.data, "data", "", "folder where what was filled stays for the next time")
	flags.StringVar(&g.json, "json", "", "write every figure into this file")
	flags.BoolVar(&g.keep, "keep", false, "leave the working folder, with the logs, where it is")
	if err := flags.Parse(args); err != nil {
		return err
	}
	g.chats = grownChats
	if g.contacts < 10*grownChats || g.size.messages < 2*g.long {
		return errors.New("too little to have grown: at least 5,000 contacts, and twice as many messages as in the longest conversation")
	}
	y, err := newYard(ctx, g.options)
	if err != nil {
		return err
	}
	defer y.clear()
	return g.run(ctx, y, strings.FieldsFunc(only, func(r rune) bool { return r == ',' }))
}

func (g growth) run(ctx context.Context, y *yard, kinds []string) error {
	if err := g.house(ctx, y); err != nil {
		return err
	}
	r := &report{Machine: machine(), Started: time.Now().UTC(), Options: fmt.Sprintf(
		"%d contacts, %d messages (SQLite: %d), %d of them in one conversation, in %d days", g.contacts, g.size.messages, g.sqlite, g.long, g.days)}
	for _, kind := range kinds {
		began := time.Now()
		if err := g.grow(ctx, y, kind); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s filled in %s\n", kind, time.Since(began).Round(time.Second))
		if err := g.goOn(ctx, y, kind); err != nil {
			return err
		}
	}
	for round := 1; round <= g.rounds; round++ {
		for _, kind := range kinds {
			ages := []string{"empty", "grown"}
			if round%2 == 0 {
				slices.Reverse(ages)
			}
			for _, age := range ages {
				fmt.Fprintf(os.Stderr, "round %d of %d: %s, %s\n", round, g.rounds, kind, age)
				figures, err := g.measure(ctx, y, kind, age)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", kind, age, err)
				}
				for _, f := range figures {
					f.Round, f.System = round, kind+"-"+age
					r.Figures = append(r.Figures, f)
				}
			}
		}
	}
	r.aims = growthGoals(kinds)
	r.judge()
	fmt.Print(r.text(false))
	if g.json == "" {
		return nil
	}
	return r.write(g.json)
}

// growthGoals: within a fifth of the empty database, in each phase.
func growthGoals(kinds []string) []goal {
	var all []goal
	for _, kind := range kinds {
		for _, phase := range growthPhases {
			add := func(name string, value func(figure) float64, atLeast, atMost float64) {
				all = append(all, goal{
					name: kind + ", " + phase + ": " + name, round: ratio(value, where{kind + "-grown", phase}, where{kind + "-empty", phase}), atLeast: atLeast, atMost: atMost,
				})
			}
			if phase == "sat" {
				add("answered/s", perSecond, 0.8, 0)
			} else {
				add("acknowledged p50", ack, 0, 1.2)
				add("answered p50", answer, 0, 1.2)
			}
			add("CPU of the bot", cpu, 0, 1.2)
			add("CPU of the database", databaseCPU, 0, 1.2)
		}
	}
	return slices.DeleteFunc(all, func(g goal) bool {
		return strings.HasPrefix(g.name, "sqlite") && strings.HasSuffix(g.name, "database") // it is in the bot
	})
}

func databaseCPU(f figure) float64 { return f.DatabaseCPU }

// house puts the databases where they stay, if they are to.
func (g growth) house(ctx context.Context, y *yard) error {
	if g.data == "" {
		return nil
	}
	y.cluster.stop()
	y.cluster.server = nil
	if err := os.MkdirAll(g.data, 0o755); err != nil { //nolint:gosec // the database's user passes through
		return err
	}
	data, err := filepath.Abs(g.data)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(data, "postgres", "data", "PG_VERSION")); err == nil {
		y.cluster.dir = filepath.Join(data, "postgres")
		return y.cluster.restart(ctx)
	}
	y.cluster, err = newCluster(ctx, data)
	return err
}

// folder is where the databases of a run are.
func (g growth) folder(y *yard) string {
	if g.data != "" {
		return g.data
	}
	return y.dir
}

// restart stops the server as an operator does and starts it with other
// settings beside the usual ones.
func (c *cluster) restart(ctx context.Context, more ...string) error {
	if c.server != nil {
		c.server.signal(syscall.SIGINT)
	}
	owner, err := c.owner()
	if err != nil {
		return err
	}
	usual := settings
	defer func() { settings = usual }()
	settings = append(slices.Clone(usual), more...)
	return c.begin(ctx, owner)
}

// grow makes the old database of a kind, unless it is there already.
func (g growth) grow(ctx context.Context, y *yard, kind string) error {
	z, file := g.size, filepath.Join(g.folder(y), "grown.db")
	if kind == "sqlite" {
		if _, err := os.Stat(file); err == nil {
			return nil
		}
		z.messages, z.contacts = g.sqlite, max(int(float64(g.contacts)*float64(g.sqlite)/float64(g.size.messages)), 10*grownChats)
		z.long = min(z.long, z.messages/2)
		part := file + ".part"
		if err := g.command(ctx, y, part, "migrate"); err != nil {
			return err
		}
		db, err := sql.Open("sqlite", part)
		if err != nil {
			return err
		}
		if err := errors.Join(z.fill(ctx, db, false, os.Stderr), db.Close()); err != nil {
			return err
		}
		return os.Rename(part, file)
	}
	home := y.cluster.open("postgres")
	defer home.Close()
	var there bool
	if err := home.QueryRowContext(ctx, "SELECT count(*) > 0 FROM pg_database WHERE datname = 'grown'").Scan(&there); err != nil || there {
		return err
	}
	dsn, err := y.cluster.create(ctx, "growing")
	if err != nil {
		return err
	}
	if err := g.command(ctx, y, dsn, "migrate"); err != nil {
		return err
	}
	if err := y.cluster.restart(ctx, "-c", "fsync=off", "-c", "autovacuum=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0"); err != nil {
		return err
	}
	db := sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(dsn), pgdriver.WithTimeout(time.Hour)))
	err = errors.Join(z.fill(ctx, db, true, os.Stderr), db.Close(), y.cluster.restart(ctx))
	if err != nil {
		return err
	}
	again := y.cluster.open("postgres")
	defer again.Close()
	return orders(ctx, again, "ALTER DATABASE growing RENAME TO grown")
}

// goOn has the crowd's messages numbered behind those of an earlier run on the
// same database, which would be taken for delivered again.
func (g growth) goOn(ctx context.Context, y *yard, kind string) error {
	db, err := g.open(y, kind, "grown")
	if err != nil {
		return err
	}
	defer db.Close()
	var last int
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(CAST(m.native AS BIGINT)), 0) FROM ("+ofTheCrowd+") AS m").Scan(&last)
	y.crowd.next = max(y.crowd.next, last+1)
	return err
}

// ofTheCrowd are the latest messages of the load: those from before it have
// greater numbers.
const ofTheCrowd = `SELECT native, id FROM (SELECT native, id, direction FROM messages ORDER BY id DESC LIMIT 200000) AS latest
	WHERE direction = 'in' AND length(native) BETWEEN 1 AND 8`

// open is a handle of an empty or of the old database.
func (g growth) open(y *yard, kind, age string) (*sql.DB, error) {
	if kind == "postgres" {
		return y.cluster.open(age), nil
	}
	return sql.Open("sqlite", filepath.Join(g.folder(y), age+".db"))
}

// command runs crmbot on a database.
func (g growth) command(ctx context.Context, y *yard, database string, args ...string) error {
	config, _, err := g.config(ctx, y, database)
	if err != nil {
		return err
	}
	verb := 1
	if args[0] == "knowledge" {
		verb = 2
	}
	args = slices.Insert(args, verb, "--config", config)
	if out, err := exec.CommandContext(ctx, y.binary, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// config writes the config of a crmbot on a database and returns its file and
// its address.
func (g growth) config(ctx context.Context, y *yard, database string) (file, address string, err error) {
	if address, err = free(ctx); err != nil {
		return "", "", err
	}
	admin, err := free(ctx)
	if err != nil {
		return "", "", err
	}
	file = filepath.Join(y.dir, "growth-"+portOf(address)+".yaml")
	return file, address, os.WriteFile(file, fmt.Appendf(nil, house, database, address, admin, y.o.profiles != "", secret, y.o.api), 0o600)
}
