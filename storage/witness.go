package storage

import (
	"sync"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// witness knows how long the replicas of this process have been beating without
// a break. One that was itself without the database does not take the others,
// who could not beat either, for dead: it watches first.
type witness struct {
	mu    sync.Mutex
	now   func() time.Time // the machine's
	beats map[string]run   // by owner
}

// run is a run of beats.
type run struct{ since, last time.Time }

// beat notes a beat of an owner that was written down, or could not be.
func (w *witness) beat(owner string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.beats == nil {
		w.beats = map[string]run{}
	}
	now, r := w.now(), w.beats[owner]
	if err != nil || now.Sub(r.last) > deadAfter {
		r.since = now
	}
	r.last = now
	w.beats[owner] = r
}

// forget ends the run of an owner.
func (w *witness) forget(owner string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.beats, owner)
}

// watched says whether an owner has watched long enough to take others for dead.
// One who does not beat is told by the clock of the database alone.
func (w *witness) watched(owner string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, beats := w.beats[owner]
	return !beats || w.now().Sub(r.since) > deadAfter+time.Second
}

// silent is a condition on o: it is leased to a replica other than owner that is
// dead.
func (d *DB) silent(owner string) schema.QueryWithArgs {
	if d.dialect == postgres && !d.witness.watched(owner) {
		return bun.SafeQuery("FALSE")
	}
	return bun.SafeQuery("(o.owner <> '' AND o.owner <> ? AND o.owner NOT IN (SELECT r.id FROM replicas AS r WHERE r.beat > "+d.clockMillis()+" - ?))",
		owner, deadAfter.Milliseconds())
}
