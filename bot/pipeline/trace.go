package pipeline

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// At debug there is a line for every station of an event on its way: received,
// handled, queued, and sent or not sent. All of them have the same event, the
// platform's name of what a person did, also those of what follows from it by our
// own doing; step then names our own event. None of them holds a word of what was
// said or a name, and none is made unless somebody wants it.

// tracing says whether somebody wants the lines.
func (p *Pipeline) tracing() bool {
	return p.log.Enabled(context.Background(), slog.LevelDebug)
}

func (p *Pipeline) trace(station, event string, more ...slog.Attr) {
	p.log.LogAttrs(context.Background(), slog.LevelDebug, "pipeline: "+station, append([]slog.Attr{slog.String("event", event)}, more...)...)
}

// step names an event of our own; nothing for one that came from outside.
func step(in *bot.Inbound) slog.Attr {
	if in.Of == "" || in.Of == in.EventID {
		return slog.Attr{}
	}
	return slog.String("step", in.EventID)
}

func at(a bot.Address) slog.Attr {
	return slog.Group("", "platform", a.Platform, "install", a.Install)
}

// traceReceived is said of events that are safely in the inbox.
func (p *Pipeline) traceReceived(rows []*bot.InboxRow) {
	if !p.tracing() {
		return
	}
	for _, row := range rows {
		in := &row.Inbound
		p.trace("received", in.Origin(), step(in), at(in.Address), slog.String("kind", string(in.Kind)), slog.Int("shard", row.Shard))
	}
}

// handled counts and tells what the handler did about an event.
func (p *Pipeline) handled(e *event, r *bot.Request, took time.Duration) {
	did := cmp.Or(r.What(), "nothing")
	p.ledger.took(did, took)
	if p.tracing() {
		p.trace("handled", e.in.Origin(), step(e.in), at(e.in.Address), slog.Int64("row", e.row.ID), slog.String("did", did),
			slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int("attempt", e.row.Attempts+1))
	}
}

// traceQueued is said of operations that are safely in the outbox.
func (p *Pipeline) traceQueued(rows []*bot.OutboxRow) {
	if !p.tracing() {
		return
	}
	for _, row := range rows {
		out := &row.Outgoing
		p.trace("queued", out.Event, at(out.To), slog.String("key", out.Key), slog.String("op", string(out.Op)))
	}
}

// traceOutcome is said of an operation after its try, once that is written down.
func (p *Pipeline) traceOutcome(s bot.Settlement) {
	if !p.tracing() {
		return
	}
	out := &s.Row.Outgoing
	more := []slog.Attr{at(out.To), slog.String("key", out.Key), slog.String("op", string(out.Op)), slog.Int64("row", s.Row.ID)}
	switch {
	case s.State == crm.DeliveryAccepted && s.Class != superseded:
		if !out.Asked.IsZero() {
			more = append(more, slog.Float64("ms", float64(s.At.Sub(out.Asked).Microseconds())/1000))
		}
		p.trace("sent", out.Event, append(more, slog.String("native", string(s.Native)))...)
	case s.State == crm.DeliveryQueued && s.Class == "": // its turn had not come
	default:
		p.trace("not sent", out.Event, append(more, slog.String("state", string(s.State)), slog.String("class", string(s.Class)), slog.Int("attempt", s.Row.Attempts))...)
	}
}
