package pipeline

import (
	"context"
	"time"

	"crmbot/bot"
)

// Step handles one batch.
func (p *Pipeline) Step(ctx context.Context) (bool, error) {
	if p.single == nil {
		p.single = p.newWorker()
	}
	return p.single.step(ctx)
}

// RowForTest is a row of the inbox as the pipeline makes it.
func RowForTest(in bot.Inbound, now time.Time) *bot.InboxRow {
	row, err := New(Options{Now: func() time.Time { return now }}).row(in, time.Time{})
	if err != nil {
		panic(err)
	}
	return row
}

// WorkOff handles batches until nothing is due.
func (p *Pipeline) WorkOff(ctx context.Context) error {
	w := p.newWorker()
	for {
		if done, err := w.step(ctx); err != nil || !done {
			return err
		}
	}
}

// Owner is the name of the pipeline among replicas.
func (p *Pipeline) Owner() string { return p.owner }

// Look does nothing but look for what other processes said, until ctx ends.
func (p *Pipeline) Look(ctx context.Context) error {
	if err := p.beat(ctx); err != nil {
		return err
	}
	p.looks(ctx)
	return nil
}

// Pulse is whether a platform takes calls.
type Pulse struct{ pulse }

func (p *Pulse) Note(chat bot.ChatID, err error, now time.Time) (bool, time.Time) {
	return p.note(chat, err, now)
}
func (p *Pulse) Weak() bool                       { return p.weak() }
func (p *Pulse) Room(free int, now time.Time) int { return p.room(free, now) }
func (p *Pulse) Tries(row *bot.OutboxRow)         { p.tries(row) }
func (p *Pulse) Tried(row *bot.OutboxRow)         { p.tried(row) }
