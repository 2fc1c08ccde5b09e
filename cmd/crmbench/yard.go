//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// yard is where everything is built and run: a working folder with the binary,
// the databases and the logs.
type yard struct {
	o        options
	dir      string
	root     string // of the repository
	binary   string
	peers    string // the Node bots with what they need, "" for none
	cluster  *cluster
	crowd    *crowd
	platform *platform
	hook     *hook
	mix      *mix
}

// system is one that is measured. begin makes what it needs anew and returns how
// to run it; limit is set for what is no bot.
type system struct {
	name   string
	phases []string // that say something about it
	begin  func(ctx context.Context) (*setup, error)
	limit  func(ctx context.Context) (figure, error)
}

// setup is a system that is ready to be started, as often as it is killed.
type setup struct {
	start  []func() (*process, error) // one for each process
	urls   []string
	logged func(ctx context.Context) (map[int]int, error) // how often each message is in the database
	end    func()
}

// running is a system that runs.
type running struct {
	*setup
	processes []*process
}

func newYard(ctx context.Context, o options) (y *yard, err error) {
	y = &yard{o: o, crowd: newCrowd(), hook: newHook(secret)}
	defer func() {
		if err != nil {
			y.clear()
		}
	}()
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return y, fmt.Errorf("run it inside the repository: %w", err)
	}
	y.root = strings.TrimSpace(string(root))
	if y.dir, err = os.MkdirTemp("", "crmbench-"); err != nil {
		return y, err
	}
	if err := os.Chmod(y.dir, 0o755); err != nil { //nolint:gosec // the database's user passes through
		return y, err
	}
	y.binary = filepath.Join(y.dir, "crmbot")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", y.binary, "./cmd/crmbot")
	build.Dir, build.Env = y.root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return y, fmt.Errorf("build: %w\n%s", err, out)
	}
	if y.mix, err = newMix(samples(y.root), o.chats); err != nil {
		return y, err
	}
	if y.cluster, err = newCluster(ctx, y.dir); err != nil {
		return y, err
	}
	if y.peers, err = y.takePeers(ctx); err != nil {
		return y, err
	}
	y.platform, err = openPlatform(ctx, o.api, y.crowd)
	return y, err
}

// clear ends and removes everything.
func (y *yard) clear() {
	if y.platform != nil {
		y.platform.close()
	}
	if y.cluster != nil && y.cluster.server != nil {
		y.cluster.stop()
	}
	if y.o.keep {
		fmt.Fprintln(os.Stderr, "the logs are in", y.dir)
		return
	}
	if y.dir != "" {
		_ = os.RemoveAll(y.dir) // it is in the folder of temporary files
	}
}

// systems are what is measured in each round, in turn.
func (y *yard) systems() []system {
	all := []system{
		{name: "pgbench", limit: y.pgbench},
		{name: "crmbot-postgres", phases: phases, begin: func(ctx context.Context) (*setup, error) { return y.crmbot(ctx, "postgres", 1) }},
		{name: "crmbot-sqlite", phases: phases, begin: func(ctx context.Context) (*setup, error) { return y.crmbot(ctx, "sqlite", 1) }},
		{name: "crmbot-two", phases: []string{"sat", "kill", "slowkill"}, begin: func(ctx context.Context) (*setup, error) { return y.crmbot(ctx, "postgres", 2) }},
	}
	for _, name := range []string{"grammy", "telegraf"} {
		if y.peers != "" {
			all = append(all, system{name: name, phases: []string{"sat", "slow", "kill"}, begin: func(ctx context.Context) (*setup, error) { return y.peer(ctx, name) }})
		}
	}
	return all
}

// run starts all processes of a system.
func (s *setup) run() (*running, error) {
	at := &running{setup: s}
	for _, start := range s.start {
		p, err := start()
		if err != nil {
			at.kill()
			return nil, err
		}
		at.processes = append(at.processes, p)
	}
	return at, nil
}

func (r *running) kill() {
	for _, p := range r.processes {
		p.kill()
	}
}

// ready sends messages to each process until one of each was answered.
func (y *yard) ready(ctx context.Context, at *running) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, url := range at.urls {
		for {
			m := y.crowd.ask(y.mix.first, time.Now())
			status := y.hook.post(ctx, []string{url}, m)
			y.crowd.acknowledged(m, status)
			if status == 200 {
				y.crowd.await(ctx, m)
				break
			}
			y.crowd.forget(m)
			select {
			case <-ctx.Done():
				return fmt.Errorf("no answer at %s: %w", url, ctx.Err())
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	return nil
}

// first is the words of a message that asks whether somebody is there.
func (m *mix) first(number int) (int64, string) { return loneChat + int64(number), m.questions[0] }

// free is a port that nobody uses.
func free(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }() // it was only asked for its port
	return l.Addr().String(), nil
}
