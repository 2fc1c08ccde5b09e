//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// site is the config of a crmbot with a chat page beside its Telegram.
const site = house + `  - platform: webchat
    install: site
`

// pageFigure is what open pages of the web chat cost, and what the others feel
// of them.
type pageFigure struct {
	System  string `json:"system"`
	Sockets int    `json:"sockets"`

	Opening    float64 `json:"opening_s"`           // until all were ready
	KB         float64 `json:"kb_per_socket"`       // of the process's memory
	Heap       float64 `json:"heap_kb_per_socket"`  // of it: objects that are used, or not collected yet
	Stack      float64 `json:"stack_kb_per_socket"` // and stacks
	Goroutines float64 `json:"goroutines_per_socket"`

	IdleCPU     float64 `json:"idle_cpu_ms_per_s"`       // with the pages, less without
	IdleQueries float64 `json:"idle_transactions_per_s"` // the same of the database's work; Postgres alone is asked
	Alone50     float64 `json:"answer_alone_p50_ms"`     // of a Telegram chat with no page open,
	Among50     float64 `json:"answer_among_p50_ms"`     // and with all of them
	Slow50      float64 `json:"answer_slow_p50_ms"`      // and with so many connections besides that never say what they want
	SlowEnded   int64   `json:"slow_ended"`              // which were ended so often
	Page50      float64 `json:"answer_page_p50_ms"`      // of a page, from its words to the answer on it
	Page99      float64 `json:"answer_page_p99_ms"`
	Unanswered  int     `json:"unanswered"`         // pages that wrote and saw no answer
	Back        float64 `json:"back_s"`             // after a kill -9: until all were ready again
	Missing     int     `json:"missing_after_kill"` // words that were taken and are not in the transcript
	Twice       int     `json:"twice_after_kill"`   // or are there twice
	Peak        float64 `json:"peak_rss_mb"`        // of the process while all come back
}

// sockets is the sub-command: `crmbench sockets -n 10000`.
func sockets(ctx context.Context, args []string) error {
	o, n, talking, kind := options{chats: 500, connections: 40}, 0, 0, ""
	flags := flag.NewFlagSet("sockets", flag.ContinueOnError)
	flags.IntVar(&n, "n", 10000, "pages that are open")
	flags.IntVar(&talking, "talking", 200, "how many of them write")
	flags.StringVar(&kind, "on", "postgres", "the database: postgres or sqlite")
	flags.StringVar(&o.api, "api", "127.0.0.1:9100", "address of the made-up platform")
	flags.BoolVar(&o.keep, "keep", false, "leave the working folder, with the logs, where it is")
	if err := flags.Parse(args); err != nil {
		return err
	}
	y, err := newYard(ctx, o)
	if err != nil {
		return err
	}
	defer y.clear()
	f, err := y.sockets(ctx, kind, n, talking)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(f)
}

// sockets measures n open pages on a fresh database of a kind, "postgres" or
// "sqlite". So many of them talk; then the process is killed and all come back.
func (y *yard) sockets(ctx context.Context, kind string, n, talking int) (f pageFigure, err error) {
	f = pageFigure{System: "crmbot-" + kind, Sockets: n}
	set, err := y.site(ctx, kind)
	if err != nil {
		return f, err
	}
	defer set.end()
	at, err := set.run()
	if err != nil {
		return f, err
	}
	defer func() { at.kill() }()
	if err := y.ready(ctx, at); err != nil {
		return f, err
	}
	y.alone(ctx, at) // what is filled once is filled
	if f.Alone50 = y.alone(ctx, at); ctx.Err() != nil {
		return f, ctx.Err()
	}
	empty, err := y.look(ctx, set, at, kind)
	if err != nil {
		return f, err
	}
	all := newPages(pageURL(set), n)
	defer all.leave()
	began := time.Now()
	if err := all.enter(ctx); err != nil {
		return f, err
	}
	f.Opening = time.Since(began).Seconds()
	full, err := y.look(ctx, set, at, kind)
	if err != nil {
		return f, err
	}
	f.per(n, empty, full)
	f.Among50 = y.alone(ctx, at)
	end, err := y.loris(ctx, at, slowMany)
	if err != nil {
		return f, err
	}
	f.Slow50 = y.alone(ctx, at)
	f.SlowEnded = end()
	f.Page50, f.Page99, f.Unanswered = all.talk(ctx, talking)
	return f, y.back(ctx, at, all, &f)
}

// back kills the process while some write and counts what is missing when all
// pages are open again.
func (y *yard) back(ctx context.Context, at *running, all *pages, f *pageFigure) error {
	end := all.chatter(ctx, 20)
	defer end()
	time.Sleep(time.Second)
	at.processes[0].kill()
	killed := time.Now()
	p, err := at.start[0]()
	if err != nil {
		return err
	}
	at.processes[0] = p
	m := watch(at.processes)
	err = all.await(ctx)
	f.Back = time.Since(killed).Seconds()
	end()
	var other figure
	m.read(&other)
	if f.Peak = other.RSS; err != nil {
		return err
	}
	f.Missing, f.Twice, err = all.recount(ctx)
	return err
}

// site is a crmbot with a chat page on a fresh database.
func (y *yard) site(ctx context.Context, kind string) (*setup, error) {
	dir, err := os.MkdirTemp(y.dir, "site-")
	if err != nil {
		return nil, err
	}
	database := filepath.Join(dir, "crmbot.db")
	if kind == "postgres" {
		if database, err = y.cluster.create(ctx, "crmbot"); err != nil {
			return nil, err
		}
	}
	address, err := free(ctx)
	if err != nil {
		return nil, err
	}
	admin, err := free(ctx)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "crmbot.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, site, database, address, admin, false, secret, y.o.api), 0o600); err != nil {
		return nil, err
	}
	fill := exec.CommandContext(ctx, y.binary, "knowledge", "import", "--config", config, samples(y.root))
	if out, err := fill.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("knowledge import: %w\n%s", err, out)
	}
	return &setup{
		start: []func() (*process, error){func() (*process, error) {
			return start(filepath.Join(y.dir, "site.log"), nil, y.binary, "serve", "--config", config)
		}},
		urls: []string{"http://" + address + hookPath}, admin: []string{admin},
		end: func() { _ = os.RemoveAll(dir) }, // it is in the folder of temporary files
	}, nil
}

const hookPath = "/hook/telegram/support"

// pageURL is where the page of a site's setup is.
func pageURL(s *setup) string { return s.urls[0][:len(s.urls[0])-len(hookPath)] + "/chat/site" }

// alone is how fast somebody who writes elsewhere is answered, in milliseconds.
func (y *yard) alone(ctx context.Context, at *running) float64 {
	y.crowd.begin()
	y.paced(ctx, at, y.mix, 50, 4*time.Second, nil)
	y.crowd.settle(ctx, quiet, 0)
	return sum(y.crowd.taken(), time.Now()).Answer50
}

// slowMany is how many connections are held open by somebody who wants nothing.
const slowMany = 2000

// idleFor is how long nobody does anything while it is measured what that
// costs: several times what the bot waits between two looks at anything.
const idleFor = 20 * time.Second

// look measures a process that has nothing to do.
func (y *yard) look(ctx context.Context, set *setup, at *running, kind string) (idle, error) {
	var i idle
	time.Sleep(3 * time.Second) // what came before has ended
	before, err := y.commits(ctx, kind)
	if err != nil {
		return i, err
	}
	cpu, _ := usage(at.processes)
	time.Sleep(idleFor)
	after, err := y.commits(ctx, kind)
	if err != nil {
		return i, err
	}
	spent, rss := usage(at.processes)
	i.cpu = float64((spent - cpu).Milliseconds()) / idleFor.Seconds()
	i.commits = float64(after-before) / idleFor.Seconds()
	i.rss = float64(rss)
	return i, i.read(ctx, set.admin[0])
}

// commits is how many transactions a Postgres has done.
func (y *yard) commits(ctx context.Context, kind string) (n int64, err error) {
	if kind != "postgres" {
		return 0, nil
	}
	db := y.cluster.open("postgres")
	defer func() { err = errors.Join(err, db.Close()) }()
	return n, db.QueryRowContext(ctx, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'crmbot'").Scan(&n)
}

// idle is a process that has nothing to do.
type idle struct {
	cpu, commits                 float64 // milliseconds and transactions in a second
	rss, heap, stack, goroutines float64
}

// per says what each of n sockets adds.
func (f *pageFigure) per(n int, empty, full idle) {
	each := func(a, b float64) float64 { return (b - a) / float64(n) }
	f.KB, f.Heap, f.Stack = each(empty.rss, full.rss)/1024, each(empty.heap, full.heap)/1024, each(empty.stack, full.stack)/1024
	f.Goroutines = each(empty.goroutines, full.goroutines)
	f.IdleCPU, f.IdleQueries = full.cpu-empty.cpu, full.commits-empty.commits
}

// several runs fn for 0 to n-1, so many at once, and returns its first errors.
func several(n, atOnce int, fn func(i int) error) error {
	var going sync.WaitGroup
	errs, next := make(chan error, 3), make(chan int)
	for range min(n, atOnce) {
		going.Go(func() {
			for i := range next {
				if err := fn(i); err != nil {
					select {
					case errs <- fmt.Errorf("%d: %w", i, err):
					default:
					}
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	going.Wait()
	close(errs)
	var all error
	for err := range errs {
		all = errors.Join(all, err)
	}
	return all
}
