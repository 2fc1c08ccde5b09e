//go:build unix

package storagetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/uptrace/bun/driver/pgdriver"
)

// The shell makes a cluster, runs it, and waits for its own input to end. That
// happens when this process does, however it dies; then the server is stopped
// and its files are removed. Nothing listens but a socket in the directory.
const clusterScript = `
bin=$1 dir=$2
trap 'test -n "$pid" && kill -QUIT $pid 2>/dev/null; wait; rm -rf "$dir"' EXIT
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || exit 1
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c max_connections=400 \
  -c shared_buffers=64MB >>"$dir/log" 2>&1 </dev/null &
pid=$!
read -r _
`

// cluster makes a throw-away Postgres that ends with this process, run by an
// unprivileged user.
func cluster() (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "crmbot-pg-")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("/bin/sh", "-c", clusterScript, "sh", bin, dir)
	cmd.Dir = dir
	if _, err := cmd.StdinPipe(); err != nil { // kept open by cmd until we die
		return "", err
	}
	if os.Geteuid() == 0 {
		owner, err := unprivileged()
		if err != nil {
			return "", err
		}
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return "", err
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Setpgid: true}
	} else {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the tests
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	go func() { _ = cmd.Wait() }() // and with it the shell's input is not collected, and so closed
	dsn := "postgres://postgres@/postgres?sslmode=disable&host=" + filepath.Join(dir, ".s.PGSQL.5432")
	if err := answering(dsn); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return "", fmt.Errorf("postgres did not start: %w\n%s", err, log)
	}
	return dsn, nil
}

func answering(dsn string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db := sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(dsn)))
	defer db.Close()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// binaries is the folder of the newest server on this machine.
func binaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		dirs, _ := filepath.Glob(filepath.Join(pattern, "postgres")) // the patterns are ours
		found = append(found, dirs...)
	}
	if len(found) == 0 {
		return "", errors.New("no server binaries on this machine")
	}
	sort.Slice(found, func(i, j int) bool { return version(found[i]) < version(found[j]) })
	return filepath.Dir(found[len(found)-1]), nil
}

func version(path string) int {
	folder := filepath.Base(filepath.Dir(filepath.Dir(path)))
	n, _ := strconv.Atoi(folder[strings.LastIndexAny(folder, "@-l")+1:]) // 0 when it does not say
	return n
}

// unprivileged is who runs the server when we are root, which it refuses.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("no unprivileged user to run the server")
}
