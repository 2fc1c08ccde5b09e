package pipeline

import (
	"context"
	"errors"
	"sync"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	awaitPoll = 100 * time.Millisecond // other replicas cannot always ring
	awaitSoon = 5 * time.Second        // what is due by then may be the answer: the end of a burst
)

// Await implements bot.Inbox.
func (i inbox) Await(ctx context.Context, eventID string) (*bot.Answer, error) {
	to := i.p.installs[i.at]
	if to == nil || i.p.features(to).Hold <= 0 {
		return nil, nil
	}
	wake, stop := context.WithCancel(ctx)
	defer stop()
	var news <-chan struct{}
	for ctx.Err() == nil {
		at, done, err := i.p.store.InboundState(ctx, i.at.platform, i.at.install, eventID, i.p.Now().Add(awaitSoon))
		if err != nil {
			if ctx.Err() != nil {
				return nil, nil
			}
			return nil, err
		}
		if done {
			answer, more, err := i.p.answerAt(ctx, to, at)
			if answer != nil || err != nil || !more {
				return answer, err
			}
		}
		if news == nil {
			news = i.p.watchers.add(wake, at)
		}
		t := time.NewTimer(awaitPoll)
		select {
		case <-ctx.Done():
		case <-news:
		case <-t.C:
		}
		t.Stop()
	}
	return nil, nil
}

// answerAt takes what waits at an address. more says that something waits there
// that another request has taken and may give back.
func (p *Pipeline) answerAt(ctx context.Context, to *install, at bot.Address) (answer *bot.Answer, more bool, err error) {
	asked := ctx
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // to know what was taken
	defer cancel()
	key := conversationKey(at)
	found, err := p.store.Conversations(ctx, []crm.ConversationKey{key})
	if err != nil || found[key] == nil {
		return nil, false, err
	}
	id := found[key].ID
	line, err := to.leases.take(func() ([]*bot.OutboxRow, error) { return p.store.TakeLine(ctx, p.owner, id, lineMost) })
	if err != nil {
		return nil, false, err
	}
	if len(line) == 0 {
		rest, err := p.store.Behind(ctx, p.owner, &bot.OutboxRow{Conversation: id}, 1, false)
		return nil, len(rest) > 0, err
	}
	if asked.Err() != nil { // nobody listens any more
		p.leave(to, line)
		return nil, false, nil
	}
	line = p.sifted(ctx, to, line)
	if len(line) == 0 {
		return nil, false, nil
	}
	sole(line)
	out, n := joined(to.Adapter, line)
	p.leave(to, line[n:])
	return &bot.Answer{Outgoing: *out, Done: p.answered(ctx, to, line[:n])}, false, nil
}

// sifted settles what is not worth an answer, and returns the rest.
func (p *Pipeline) sifted(ctx context.Context, to *install, line []*bot.OutboxRow) []*bot.OutboxRow {
	now := p.Now()
	var rest []*bot.OutboxRow
	for _, row := range line {
		s := bot.Settlement{Row: row, State: crm.DeliveryAccepted, Class: superseded, At: now}
		switch {
		case row.Outgoing.Op == bot.OpTyping:
		case p.old(row, now):
			s.State, s.Class = crm.DeliveryFailed, expired
			to.tally.failed(expired)
		default:
			rest = append(rest, row)
			continue
		}
		p.settle(ctx, s)
		to.leases.end(ctx.Err() != nil, row)
	}
	return rest
}

// errNotHanded is an answer that did not reach the platform.
var errNotHanded = errors.New("pipeline: the answer was not handed over")

// answered is the end of an answer: its rows are through, or wait for the
// person's next message. An answer that nobody ends waits as well.
func (p *Pipeline) answered(ctx context.Context, to *install, rows []*bot.OutboxRow) func(error) {
	var once sync.Once
	var late *time.Timer
	end := func(err error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		now := p.Now()
		for _, row := range rows {
			s := bot.Settlement{Row: row, State: crm.DeliveryAccepted, At: now}
			if err != nil {
				s.State, s.Class, s.DueAt = crm.DeliveryQueued, bot.WindowClosed, row.Created.Add(personFor)
			}
			p.settle(ctx, s)
			to.leases.end(ctx.Err() != nil, row)
		}
	}
	late = time.AfterFunc(p.opt.SendFor, func() { once.Do(func() { end(errNotHanded) }) })
	return func(err error) {
		late.Stop()
		once.Do(func() { end(err) })
	}
}
