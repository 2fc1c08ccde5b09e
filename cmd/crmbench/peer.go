//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// takePeers copies the Node bots and brings what they need from npm.
func (y *yard) takePeers(ctx context.Context) error {
	if y.o.peers == "" {
		return errors.New("no folder of them is named")
	}
	from := y.o.peers
	if !filepath.IsAbs(from) {
		from = filepath.Join(y.root, from)
	}
	dir := filepath.Join(y.dir, "peers")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return err
	}
	npm := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--silent")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w\n%s", err, out)
	}
	y.peers = dir
	return nil
}

// peer is a Node bot that keeps contact and message and says thanks.
func (y *yard) peer(ctx context.Context, name string) (*setup, error) {
	db, err := y.simple(ctx, name)
	if err != nil {
		return nil, err
	}
	address, err := free(ctx)
	if err != nil {
		return nil, err
	}
	path := map[string]string{"grammy": "/", "telegraf": "/tg"}[name]
	return &setup{
		urls: []string{"http://" + address + path},
		start: []func() (*process, error){func() (*process, error) {
			env := append(y.cluster.env(name), "PORT="+portOf(address))
			return start(y.log(name), env, "node", filepath.Join(y.peers, name+".js"))
		}},
		logged: func(ctx context.Context) (logbook, error) {
			return readLogbook(ctx, db, `SELECT ext_id, id FROM messages`)
		},
		database: y.cluster,
		end:      func() { _ = db.Close() },
	}, nil
}
