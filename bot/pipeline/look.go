package pipeline

import (
	"context"
	"time"

	"crmbot/crm"
)

// lookEvery is how often is looked for what other processes said without being
// heard.
const lookEvery = 3 * time.Second

// looks makes up for what other processes rang and nobody heard, while a line
// was down or before they knew of us: one look for all who watch, however many
// they are, so that nobody who waits asks the database himself. A look goes back
// to the one before the last: a lower number may be written down after a higher
// one.
func (p *Pipeline) looks(ctx context.Context) {
	last, before := crm.MessageID(-1), crm.MessageID(-1)
	for ctx.Err() == nil {
		from := before
		if p.alone() || !p.watchers.any() {
			from = -1
		}
		at, newest, err := p.store.Said(ctx, from)
		if err == nil {
			before, last = last, newest
		} else if ctx.Err() == nil {
			p.log.Warn("pipeline: looking for what was said", "error", err)
		}
		for _, key := range at {
			p.watchers.ring(addressOf(key))
		}
		pause(ctx, lookEvery)
	}
}
