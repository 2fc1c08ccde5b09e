//go:build linux

// Command crmbench measures crmbot the way its users feel it, beside what they
// could run instead.
//
// It is one process with one clock: it is the platform (a Telegram Bot API that
// takes answers), the crowd (a load of webhook calls) and the supervisor that
// starts, kills -9 and starts again what is measured. A message counts as
// answered when its answer has reached the platform. Databases are made for the
// run, with fsync on, and thrown away.
//
// The machines it runs on are noisy. So it goes round by round, everything once
// in each, and what it says are medians of ratios within a round: to pgbench
// doing nothing but two statements for each message, and to bots on grammY and
// Telegraf doing the same two statements.
//
//	crmbench                         three rounds on SQLite and Postgres, with pgbench
//	crmbench -peers ../shared/bench/bots    with the Node bots of that folder
//	crmbench -rounds 1 -phases sat   what is asked for, once
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are what a run is asked for.
type options struct {
	rounds      int
	messages    int
	chats       int
	connections int
	phases      []string
	systems     []string
	peers       string // the folder of the Node bots, "" for none
	api         string // where the made-up platform listens
	json        string // the file of the figures, "" for none
	keep        bool   // the working folder stays
	seconds     int    // of each load at a fixed rate
}

// phases in the order in which they are run. cold is always measured: it is the
// start.
var phases = []string{"sat", "rate", "slow", "hang", "kill", "slowkill"}

func main() {
	o := options{}
	names, only := "", ""
	flag.IntVar(&o.rounds, "rounds", 3, "how often everything is run")
	flag.IntVar(&o.messages, "n", 6000, "messages until all are answered")
	flag.IntVar(&o.chats, "chats", 500, "chats that ask questions")
	flag.IntVar(&o.connections, "c", 40, "connections of the platform, 40 is Telegram's own number")
	flag.IntVar(&o.seconds, "seconds", 5, "seconds of each load at a fixed rate")
	flag.StringVar(&names, "phases", strings.Join(phases, ","), "which of them")
	flag.StringVar(&only, "only", "", "systems by name, such as crmbot-postgres,pgbench; all if empty")
	flag.StringVar(&o.peers, "peers", "", "folder with grammy.js, telegraf.js and package.json")
	flag.StringVar(&o.api, "api", "127.0.0.1:9100", "address of the made-up platform; the Node bots expect this one")
	flag.StringVar(&o.json, "json", "", "write every figure into this file")
	flag.BoolVar(&o.keep, "keep", false, "leave the working folder, with the logs, where it is")
	flag.Parse()
	o.phases = strings.FieldsFunc(names, func(r rune) bool { return r == ',' })
	o.systems = strings.FieldsFunc(only, func(r rune) bool { return r == ',' })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "crmbench:", err)
		os.Exit(1)
	}
}

// bench runs all rounds and prints what came out.
func bench(ctx context.Context, o options) error {
	for _, p := range o.phases {
		if !slices.Contains(phases, p) {
			return fmt.Errorf("no phase %q; there are %s", p, strings.Join(phases, ", "))
		}
	}
	y, err := newYard(ctx, o)
	if err != nil {
		return err
	}
	defer y.clear()
	r := &report{Machine: machine(), Started: time.Now().UTC(), Options: fmt.Sprintf("%d messages, %d chats, %d connections", o.messages, o.chats, o.connections)}
	for round := 1; round <= o.rounds; round++ {
		for _, s := range y.systems() {
			if len(o.systems) > 0 && !slices.Contains(o.systems, s.name) {
				continue
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round, o.rounds, s.name)
			figures, err := y.measure(ctx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			for _, f := range figures {
				f.Round = round
				r.Figures = append(r.Figures, f)
			}
			if ctx.Err() != nil {
				return errors.New("stopped")
			}
		}
	}
	fmt.Print(r.table())
	if o.json == "" {
		return nil
	}
	return r.write(o.json)
}

// machine says where the figures are from.
func machine() string {
	return fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}
