package pipeline

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"crmbot/bot"
)

// leases are the rows of an install's outbox that this process holds: those on
// their way to the platform, and those that a request is answered with. When
// the answer to a claim is lost, it may have been granted; the next claim finds
// such rows by what is not among these.
type leases struct {
	taking sync.RWMutex // written while lost ones are looked for

	mu   sync.Mutex
	held map[int64]bool
	lost bool
}

// take notes the rows that get leases.
func (l *leases) take(get func() ([]*bot.OutboxRow, error)) ([]*bot.OutboxRow, error) {
	l.taking.RLock()
	defer l.taking.RUnlock()
	rows, err := get()
	l.note(rows, err != nil)
	return rows, err
}

func (l *leases) note(rows []*bot.OutboxRow, lost bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[int64]bool{}
	}
	for _, row := range rows {
		l.held[row.ID] = true
	}
	l.lost = l.lost || lost
}

// end forgets rows whose lease is over. lost says that the database may not
// know.
func (l *leases) end(lost bool, rows ...*bot.OutboxRow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, row := range rows {
		delete(l.held, row.ID)
	}
	l.lost = l.lost || lost
}

// losing returns whether leases were lost, and what is held beside them; it
// counts as found from then on.
func (l *leases) losing() (lost bool, held []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.lost {
		return false, nil
	}
	l.lost = false
	return true, slices.Collect(maps.Keys(l.held))
}

// claimFor takes the heads of some conversations.
func (p *Pipeline) claimFor(ctx context.Context, to *install, limit int) ([]*bot.OutboxRow, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	claim := bot.Claim{Owner: p.owner, Platform: to.Platform, Install: to.Install.Install, Now: p.Now(), Limit: limit}
	to.leases.mu.Lock()
	lost := to.leases.lost
	to.leases.mu.Unlock()
	if !lost {
		return to.leases.take(func() ([]*bot.OutboxRow, error) { return p.store.ClaimOutbox(ctx, claim) })
	}
	to.leases.taking.Lock()
	defer to.leases.taking.Unlock()
	claim.Lost, claim.Held = to.leases.losing()
	rows, err := p.store.ClaimOutbox(ctx, claim)
	to.leases.note(rows, err != nil)
	return rows, err
}

// takeBehind leases what waits behind a row that is held.
func (p *Pipeline) takeBehind(ctx context.Context, to *install, row *bot.OutboxRow, limit int) ([]*bot.OutboxRow, error) {
	return to.leases.take(func() ([]*bot.OutboxRow, error) { return p.store.Behind(ctx, p.owner, row, limit, true) })
}

// leave ends the leases on rows that stay as they are.
func (p *Pipeline) leave(to *install, rows []*bot.OutboxRow) {
	if len(rows) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	err := p.store.LeaveLine(ctx, p.owner, ids)
	if err != nil {
		p.log.Warn("pipeline: outbox", "platform", to.Platform, "install", to.Install.Install, "error", err)
	}
	to.leases.end(err != nil, rows...)
}
