//go:build linux

// Command crmbench measures crmbot the way its users feel it, beside what they
// could run instead.
//
// It is one process with one clock: it is the platform (a Telegram Bot API that
// takes answers), the crowd (who call the webhooks) and the supervisor that
// starts, kills -9 and starts again what is measured. Databases are made for the
// run, with fsync on, and thrown away. Nothing has to be set up but Go and the
// Postgres server's programs.
//
// What is measured does all of its work: it knows the sample company's articles,
// filled up to 1,500 ways to ask, and is written to as a shop is (see mix). A
// message counts as answered when its answer has reached the platform; every
// message gets one. Afterwards the database is asked whether each message that
// was acknowledged is in there, once and in its order.
//
// The machines it runs on are noisy. So it goes round by round, everything once
// in each, and what counts are medians of ratios within a round: to pgbench
// doing nothing but two statements for each message, and to bots on grammY and
// Telegraf doing the same two statements. pgbench begins and ends a round; where
// it moved by more than half in between, the round is void: it is shown, but
// does not count while another does. What must never happen (a message lost)
// counts in every round.
//
//	crmbench                                         everything, three times, in about eight minutes
//	crmbench -rounds 1 -only crmbot-postgres -phases sat -cpuprofile /tmp/profiles
//	crmbench -json bench.json -within 9m             no round that would end later; what "make bench" runs
//
// The phases of a round, in their order:
//
//	first     start on a database with articles and nothing else; always measured
//	sat       as much as 40 connections bring, until the last answer is there
//	rate      200 messages a second, whether they are taken or not
//	start     SIGTERM, and the start on a database that has been in use
//	slow      rate, with a platform that takes 50 ms for each answer
//	hang      slow, and the platform does not answer for one chat at all
//	kill      kill -9 of one process at 1,500 a second, and its start
//	slowkill  the same at 300 a second with the slow platform
//
// Its other commands look at one thing each, and say more with -h:
//
//	crmbench show -markdown bench.json   what a bench measured, once more
//	crmbench soak                        faults: nothing is lost, everything recovers by itself
//	crmbench growth                      a database of ten million messages against an empty one
//	crmbench sockets                     ten thousand idle web chats
//	crmbench null                        a bot that keeps nothing, which the bench runs to know its own ceiling
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run, args := command(""), os.Args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		run, args = command(args[0]), args[1:]
	}
	err := run(ctx, args)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errUse):
		fmt.Fprintln(os.Stderr, "crmbench:", err)
		os.Exit(2)
	}
	fmt.Fprintln(os.Stderr, "crmbench:", err)
	os.Exit(1)
}

// errUse is a command line that asks for what there is not.
var errUse = errors.New("wrong use")

// command is what a word on the command line runs, "" is the bench.
func command(name string) func(ctx context.Context, args []string) error {
	switch name {
	case "":
		return bench
	case "null":
		return null
	case "show":
		return show
	case "soak":
		return soak
	case "growth":
		return runGrowth
	case "sockets":
		return sockets
	}
	return func(context.Context, []string) error { return fmt.Errorf("%w: no command %q", errUse, name) }
}

// options are what a run is asked for.
type options struct {
	rounds      int
	messages    int // until all are answered
	chats       int
	connections int
	seconds     int // of each load at a fixed rate
	phases      []string
	systems     []string // by name, all if empty
	crmbot      string   // the program to measure, "" to build it
	peers       string   // the folder of the Node bots
	api         string   // where the made-up platform listens
	json        string   // the file of the figures, "" for none
	profiles    string   // the folder of profiles, "" for none
	within      time.Duration
	markdown    bool
	keep        bool // the working folder stays
}

// phases in the order in which they are run.
var phases = []string{"sat", "rate", "start", "slow", "hang", "kill", "slowkill"}

// read reads the command line.
func (o *options) read(args []string) error {
	names, only := "", ""
	f := flag.NewFlagSet("crmbench", flag.ContinueOnError)
	f.IntVar(&o.rounds, "rounds", 3, "how often everything is run")
	f.IntVar(&o.messages, "n", 6000, "messages until all are answered")
	f.IntVar(&o.chats, "chats", 500, "chats that ask questions")
	f.IntVar(&o.connections, "c", 40, "connections of the platform, 40 is Telegram's own number")
	f.IntVar(&o.seconds, "seconds", 4, "seconds of each load at a fixed rate")
	f.StringVar(&names, "phases", strings.Join(phases, ","), "which of them")
	f.StringVar(&only, "only", "", "systems by name, such as crmbot-postgres,pgbench; all if empty")
	f.StringVar(&o.crmbot, "crmbot", "", "the program to measure, to compare two builds; it is built from the repository if empty")
	f.StringVar(&o.peers, "peers", "../shared/bench/bots", "folder with grammy.js, telegraf.js and package.json, seen from the repository")
	f.StringVar(&o.api, "api", "127.0.0.1:9100", "address of the made-up platform; the Node bots expect this one")
	f.StringVar(&o.json, "json", "", "write every figure into this file")
	f.StringVar(&o.profiles, "cpuprofile", "", "write CPU, allocation and heap profiles of crmbot under sat and rate into this folder")
	f.DurationVar(&o.within, "within", 0, "begin no round that would not be over by then, 0 for no limit")
	f.BoolVar(&o.markdown, "markdown", false, "print the tables as Markdown")
	f.BoolVar(&o.keep, "keep", false, "leave the working folder, with the logs, where it is")
	if err := parse(f, args); err != nil {
		return err
	}
	o.phases, o.systems = list(names), list(only)
	for _, p := range o.phases {
		if !slices.Contains(phases, p) {
			return fmt.Errorf("%w: no phase %q; there are %s", errUse, p, strings.Join(phases, ", "))
		}
	}
	return nil
}

// parse reads flags. What is wrong with them the flag package says itself.
func parse(f *flag.FlagSet, args []string) error {
	err := f.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errUse
}

// list is the words between commas.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}
