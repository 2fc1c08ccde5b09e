package pipeline

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Consult implements bot.Inbox.
func (i inbox) Consult(ctx context.Context, in bot.Inbound) (*bot.Reply, error) {
	p, to := i.p, i.p.installs[i.at]
	if p.opt.Consult == nil || to == nil {
		return nil, nil
	}
	in.Address.Platform, in.Address.Install = i.at.platform, i.at.install
	if in.EventID == "" { // nothing is kept: it needs no name
		in.EventID = "consult"
	}
	row, err := p.row(in, time.Time{})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, p.opt.ConsultFor)
	type answer struct {
		reply *bot.Reply
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		defer cancel()
		reply, err := p.consult(ctx, row)
		done <- answer{reply, err}
	}()
	select {
	case a := <-done:
		return a.reply, a.err
	case <-ctx.Done(): // the database, or the handler, does not listen
	}
	select {
	case a := <-done: // both at once
		return a.reply, a.err
	default:
	}
	return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(ctx.Err())
}

// consult asks the handler about an event that is nowhere, over a store that
// only reads.
func (p *Pipeline) consult(ctx context.Context, row *bot.InboxRow) (reply *bot.Reply, err error) {
	defer func() {
		if x := recover(); x != nil {
			reply, err = nil, panicked(x)
		}
	}()
	err = p.store.View(ctx, func(ctx context.Context, store bot.Store) error {
		b := p.newBatch(store, p.Now(), []*bot.InboxRow{row})
		b.looking = true
		if err := b.load(ctx); err != nil {
			return err
		}
		reply, err = p.opt.Consult(ctx, b.request(b.events[0], store))
		return err
	})
	if err != nil {
		return nil, err
	}
	return reply, nil
}
