package pipeline

import (
	"sync"
	"time"

	"crmbot/bot"
)

// pulse is whether the platform of an install takes calls at all. Chats that fail
// one after the other without a success between them are no matter of a chat:
// then one operation after the other tries, with pauses, until one gets through,
// instead of all that wait.
type pulse struct {
	mu     sync.Mutex
	failed map[bot.ChatID]bool // since the last success
	fails  int                 // of tries in a row
	until  time.Time           // nothing is tried before
	probe  int64               // the row that tries, 0 for none
}

const (
	pulseChats = 3               // as many chats that fail are the platform
	pulseMost  = 5 * time.Second // longest pause between two tries
)

// note keeps how a call ended, and says whether the platform is well again and
// until when it is left alone.
func (u *pulse) note(chat bot.ChatID, err error, now time.Time) (well bool, until time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !unheard(err) {
		well = len(u.failed) >= pulseChats
		u.failed, u.fails, u.until = nil, 0, time.Time{}
		return well, u.until
	}
	if u.failed == nil {
		u.failed = map[bot.ChatID]bool{}
	}
	if len(u.failed) < pulseChats {
		u.failed[chat] = true
	}
	if len(u.failed) < pulseChats || u.until.After(now) {
		return false, u.until
	}
	u.fails++
	u.until = now.Add(min(2*backoff(u.fails), pulseMost))
	return false, u.until
}

// forget lets everything try again.
func (u *pulse) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failed, u.fails, u.until = nil, 0, time.Time{}
}

// unheard says of the error of a call that the platform did not deal with it.
func unheard(err error) bool {
	if err == nil {
		return false
	}
	switch bot.FailureOf(err).Class {
	case bot.Transient, bot.Ambiguous, bot.RateLimited:
		return true
	}
	return false
}

// weak says whether the platform takes no calls.
func (u *pulse) weak() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.failed) >= pulseChats
}

// room is how many of some free slots may be used now.
func (u *pulse) room(free int, now time.Time) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case len(u.failed) < pulseChats:
		return free
	case u.probe != 0 || u.until.After(now):
		return 0
	}
	return min(free, 1)
}

// tries notes the row that tries for all.
func (u *pulse) tries(row *bot.OutboxRow) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.failed) >= pulseChats {
		u.probe = row.ID
	}
}

// tried ends that.
func (u *pulse) tried(row *bot.OutboxRow) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.probe == row.ID {
		u.probe = 0
	}
}

// felt keeps how a call went, and wakes the sender when it may go on.
func (p *Pipeline) felt(to *install, out bot.Outgoing, err error) {
	if well, until := to.pulse.note(out.To.Chat, err, p.Now()); well {
		to.bell.ring()
	} else if !until.IsZero() {
		p.wakeAt(to.bell, until)
	}
}
