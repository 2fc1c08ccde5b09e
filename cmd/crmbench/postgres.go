//go:build linux

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/uptrace/bun/driver/pgdriver"
)

// cluster is a Postgres of this run. It listens on a socket in its folder alone.
type cluster struct {
	dir, bin string
	server   *process
}

// settings are those of a small server that keeps its promises: fsync and
// synchronous_commit stay on.
var settings = []string{
	"-c", "listen_addresses=", "-c", "max_connections=300", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB",
}

// newCluster makes and starts one under a folder. The server refuses to run as
// root, so the user "postgres" or "nobody" runs it then.
func newCluster(ctx context.Context, dir string) (*cluster, error) {
	bin, err := serverBinaries()
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: filepath.Join(dir, "postgres"), bin: bin}
	if err := os.Mkdir(c.dir, 0o755); err != nil { //nolint:gosec // its user is another
		return nil, err
	}
	owner, err := c.owner()
	if err != nil {
		return nil, err
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
	initdb.Dir, initdb.SysProcAttr = c.dir, &syscall.SysProcAttr{Credential: owner}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := c.begin(ctx, owner); err != nil {
		return nil, err
	}
	return c, nil
}

// log is beside the cluster's folder.
func (c *cluster) log() string { return c.dir + ".log" }

// version is what the server says of itself, such as "PostgreSQL 15.18".
func (c *cluster) version() string {
	out, _ := exec.Command(filepath.Join(c.bin, "postgres"), "--version").Output() //nolint:noctx // it answers at once
	if words := strings.Fields(string(out)); len(words) > 2 {
		return "PostgreSQL " + words[2]
	}
	return "PostgreSQL"
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// begin starts the server and waits until it answers.
func (c *cluster) begin(ctx context.Context, owner *syscall.Credential) error {
	var err error
	if c.server, err = startAs(owner, c.log(), filepath.Join(c.bin, "postgres"),
		append([]string{"-D", c.data(), "-k", c.dir}, settings...)...); err != nil {
		return err
	}
	db := c.open("postgres")
	defer db.Close()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-c.server.done:
			return errors.New("postgres ended at its start; see " + c.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// checkpoint writes out what databases have in memory.
func (c *cluster) checkpoint(ctx context.Context) error {
	db := c.open("postgres")
	defer db.Close()
	_, err := db.ExecContext(ctx, "CHECKPOINT")
	return err
}

// create makes an empty database and returns its address.
func (c *cluster) create(ctx context.Context, name string) (string, error) {
	db := c.open("postgres")
	defer db.Close()
	for _, order := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name} {
		if _, err := db.ExecContext(ctx, order); err != nil {
			return "", err
		}
	}
	return c.dsn(name), nil
}

func (c *cluster) dsn(name string) string {
	return "postgres://postgres@/" + name + "?sslmode=disable&host=" + filepath.Join(c.dir, ".s.PGSQL.5432")
}

func (c *cluster) open(name string) *sql.DB {
	return sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(c.dsn(name))))
}

// env is how programs around libpq and node-postgres find a database.
func (c *cluster) env(name string) []string {
	return []string{"PGHOST=" + c.dir, "PGPORT=5432", "PGUSER=postgres", "PGDATABASE=" + name}
}

func (c *cluster) stop() { c.server.signal(syscall.SIGQUIT) }

// owner is who runs the server, nil for ourselves. The folder becomes his.
func (c *cluster) owner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(c.dir, int(uid), int(gid))
	}
	return nil, errors.New("no user to run Postgres, which refuses root")
}

// serverBinaries is the folder of the newest server on this machine.
func serverBinaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is ours
	if len(found) == 0 {
		return "", errors.New("no Postgres server on this machine (Debian: apt-get install postgresql)")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}
