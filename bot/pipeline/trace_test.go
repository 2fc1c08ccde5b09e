package pipeline

import (
	"log/slog"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// TestLinesThatNobodyWantsCostNothing walks the stations with a log at info.
func TestLinesThatNobodyWantsCostNothing(t *testing.T) {
	p := New(Options{Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))})
	in := &bot.InboxRow{Inbound: bot.Inbound{EventID: "e", Of: "d", Kind: bot.KindText}}
	out := &bot.OutboxRow{Outgoing: bot.Outgoing{Key: "1-0", Event: "d"}}
	e, r := &event{row: in, in: &in.Inbound}, &bot.Request{}
	ins, outs := []*bot.InboxRow{in}, []*bot.OutboxRow{out}
	p.handled(e, r, time.Millisecond) // the first of its name is written down
	if n := testing.AllocsPerRun(100, func() {
		p.traceReceived(ins)
		p.handled(e, r, time.Millisecond)
		p.traceQueued(outs)
		p.traceOutcome(bot.Settlement{Row: out, State: crm.DeliveryAccepted})
	}); n != 0 {
		t.Errorf("%v allocations for nothing", n)
	}
}
