//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// yard is where everything is built and run: a working folder with the binary,
// the databases and the logs.
type yard struct {
	o         options
	dir       string
	root      string // of the repository
	binary    string
	knowledge string // the folder of articles that a crmbot is given
	peers     string // the Node bots with what they need, "" for none
	cluster   *cluster
	crowd     *crowd
	platform  *platform
	hook      *hook
	mix       *mix
	profiler  profiler
	pace      time.Duration // how long as many messages as of sat took when it was warmed up
	wrong     bool          // something was lost or failed: the logs stay
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
	if err := y.build(ctx); err != nil {
		return y, err
	}
	y.knowledge = filepath.Join(y.dir, "articles")
	y.mix = &mix{chats: o.chats}
	if y.mix.questions, err = fillKnowledge(y.knowledge, y.root, ways); err != nil {
		return y, err
	}
	if y.cluster, err = newCluster(ctx, y.dir); err != nil {
		return y, err
	}
	y.platform, err = openPlatform(ctx, o.api, y.crowd)
	return y, err
}

// build builds the bot as it is shipped, unless one was named.
func (y *yard) build(ctx context.Context) error {
	if y.binary = y.o.crmbot; y.binary != "" {
		return nil
	}
	y.binary = filepath.Join(y.dir, "crmbot")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", y.binary, "./cmd/crmbot")
	build.Dir, build.Env = y.root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}

// clear ends and removes everything.
func (y *yard) clear() {
	if y.platform != nil {
		y.platform.hangs.Store(0)
		y.platform.close()
	}
	if y.cluster != nil && y.cluster.server != nil {
		y.cluster.stop()
	}
	if y.dir == "" {
		return
	}
	if y.o.keep {
		fmt.Fprintln(os.Stderr, "everything is left in", y.dir)
		return
	}
	entries, _ := os.ReadDir(y.dir) // it is in the folder of temporary files
	for _, e := range entries {
		if !y.wrong || filepath.Ext(e.Name()) != ".log" {
			_ = os.RemoveAll(filepath.Join(y.dir, e.Name()))
		}
	}
	if _ = os.Remove(y.dir); y.wrong {
		fmt.Fprintln(os.Stderr, "the logs are in", y.dir)
	}
}
