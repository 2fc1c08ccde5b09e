//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// otherVersion builds the bot as it was at a revision.
func (y *yard) otherVersion(ctx context.Context, revision string) (binary string, err error) {
	dir := filepath.Join(y.dir, "other")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "crmbot")
	script := `set -e
git -C "$1" archive "$2" | tar -x -C "$3"
cd "$3" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=other" -o "$4" ./cmd/crmbot`
	out, err := exec.CommandContext(ctx, "/bin/sh", "-c", script, "sh", y.root, revision, dir, binary).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("the other version, %s: %w\n%s", revision, err, out)
	}
	return binary, nil
}

// twoVersions is a database made by the other version, which starts first.
func (s *scene) twoVersions(ctx context.Context) (*setup, error) {
	other, err := s.y.otherVersion(ctx, s.o.other)
	if err != nil {
		return nil, err
	}
	own := *s.y
	own.binary = other
	set, err := own.crmbot(ctx, "postgres", 2)
	if err != nil {
		return nil, err
	}
	for i, binary := range []string{other, s.y.binary} {
		begin := set.start[i]
		set.start[i] = func() (*process, error) {
			own.binary = binary
			return begin()
		}
	}
	return set, nil
}

// versions is an update process by process, and a change of mind.
func (s *scene) versions(ctx context.Context) error {
	for _, alone := range []int{1, 0} {
		sleep(ctx, 3*time.Second)
		s.end(1 - alone)
		sleep(ctx, 3*time.Second)
		if err := s.begin(1 - alone); err != nil {
			return err
		}
	}
	sleep(ctx, 3*time.Second)
	return nil
}
