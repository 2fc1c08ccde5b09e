package wecom

import (
	"context"
	"time"

	"crmbot/bot"
)

// Fetch pulls what has been noted down, as Run does.
func Fetch(ctx context.Context, a *Adapter, inbox bot.Inbox) error {
	since, err := a.since(ctx)
	if err != nil {
		return err
	}
	p := &puller{Adapter: a, inbox: inbox, since: since}
	for _, account := range a.accounts(ctx, a.cfg.Accounts) {
		if _, err := p.check(ctx, account, ""); err != nil {
			return err
		}
	}
	return nil
}

// Hasten lets retries and looks follow at once.
func Hasten(a *Adapter) { a.pause, a.look = 0, time.Millisecond }

// Inbound reads one entry of sync_msg.
func Inbound(a *Adapter, account string, raw []byte) (*bot.Inbound, string) {
	return a.inbound(account, raw)
}

// Turn is the right to greet.
func Turn(code string, at time.Time) string { return greeting{Code: code, At: at.Unix()}.turn() }

// MsgID is our id for a part of an operation.
var MsgID = (*Adapter).msgid

// FailureOf is the class of an error of a call.
var FailureOf = failure
