package main

import (
	"errors"
	"fmt"
	"strings"
)

// errInUse is another process that carries messages on the same file.
var errInUse = errors.New("in use")

// claim makes sure that no other process carries messages on the house's
// database, where that is a file: its queues are for one process. Commands
// that only look or add people need no claim.
func (h *house) claim() error {
	if h.store.Postgres() {
		return nil
	}
	lock, err := lockFile(strings.TrimPrefix(h.cfg.Database, "file:") + ".lock")
	if errors.Is(err, errInUse) {
		return wrongUse(fmt.Errorf("database: %s is in use by another crmbot; stop that one first, or use Postgres for several", h.cfg.Database))
	}
	h.lock = lock
	return err
}

// release gives the database back. The file stays: to remove it would let two
// others hold one each.
func (h *house) release() {
	if h.lock != nil {
		_ = h.lock.Close()
	}
}
