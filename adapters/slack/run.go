package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"crmbot/bot"
)

const (
	// pauseMax is the longest pause after failures in a row.
	pauseMax = time.Minute
	// hands is how many events of the socket are taken in side by side.
	hands = 16
	// afterTime is how long what is left of an answered request may take.
	afterTime = 8 * time.Second
)

// Run finds out who we are and, in Socket Mode, takes in what comes through
// the socket until ctx ends. Of several replicas with a socket each event goes
// to one.
func (a *Adapter) Run(ctx context.Context, inbox bot.Inbox) error {
	a.remember(ctx)
	err := a.identify(ctx)
	if err == nil && a.cfg.Mode == modeHTTP {
		<-ctx.Done()
		return nil
	}
	if err == nil {
		err = a.listen(ctx, inbox)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// remember takes who we are from what an earlier run has kept.
func (a *Adapter) remember(ctx context.Context) {
	var known identity
	if saved, err := a.host.Value(ctx, "self"); err == nil && json.Unmarshal([]byte(saved), &known) == nil {
		a.self.Store(&known)
	}
}

// identify asks who we are until Slack says so. A refused token is final.
func (a *Adapter) identify(ctx context.Context) error {
	for n := 0; ; n++ {
		err := a.do(ctx, true, func(ctx context.Context) error {
			me, err := a.api.AuthTestContext(ctx)
			if err != nil {
				return err
			}
			known := &identity{User: me.UserID, Bot: me.BotID, Team: me.TeamID}
			a.self.Store(known)
			raw, err := json.Marshal(known)
			if err != nil {
				return err
			}
			return a.host.SetValue(ctx, "self", string(raw), 0)
		})
		if err == nil {
			return nil
		}
		f := bot.FailureOf(err)
		if f.Class == bot.Unauthorized {
			return f
		}
		a.host.Logger().WarnContext(ctx, "platform refused a call", "call", "auth.test", "error", err)
		timer := time.NewTimer(max(f.After, min(a.pause<<min(n, 6), pauseMax)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// listen holds the socket. It returns when Slack refuses us or ctx ends, after
// everything that came in is settled.
func (a *Adapter) listen(ctx context.Context, inbox bot.Inbox) error {
	dialer := &websocket.Dialer{HandshakeTimeout: callTime, Proxy: http.ProxyFromEnvironment}
	if a.cfg.Proxy != "" {
		via, err := bot.ProxyURL(a.cfg.Proxy)
		if err != nil {
			return err
		}
		dialer.Proxy = http.ProxyURL(via)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client := socketmode.New(a.api, socketmode.OptionDialer(dialer))
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	var working sync.WaitGroup
	defer working.Wait()
	free := make(chan struct{}, hands)
	for {
		select {
		case err := <-ended:
			return a.failure(err, false)
		case e := <-client.Events:
			kind, id, payload := a.envelope(ctx, e)
			if id == "" {
				continue
			}
			free <- struct{}{}
			working.Go(func() {
				after := a.handle(ctx, func(ctx context.Context, answer any) error {
					return client.AckCtx(ctx, id, answer)
				}, inbox, kind, payload)
				<-free
				a.finish(ctx, after)
			})
		}
	}
}

// envelope takes a request out of an event of the library's, even out of one
// that the library could not read. id is "" for what is no request.
func (a *Adapter) envelope(ctx context.Context, e socketmode.Event) (kind, id string, payload []byte) {
	switch e.Type {
	case socketmode.EventTypeConnectionError:
		if failed, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			a.host.Logger().WarnContext(ctx, "no socket", "attempt", failed.Attempt, "error", a.hide(failed.ErrorObj))
		}
	case socketmode.EventTypeErrorBadMessage:
		bad, ok := e.Data.(*socketmode.ErrorBadMessage)
		if !ok {
			return "", "", nil
		}
		var request socketmode.Request
		if json.Unmarshal(bad.Message, &request) != nil || request.EnvelopeID == "" {
			a.count(bot.ReasonUnreadable, bad.Message)
			return "", "", nil
		}
		return request.Type, request.EnvelopeID, request.Payload
	}
	if e.Request == nil || e.Request.EnvelopeID == "" {
		return "", "", nil
	}
	return e.Request.Type, e.Request.EnvelopeID, e.Request.Payload
}

// handle acknowledges a request once it is kept, with the answer if there is
// one, and returns what is left to do. One that is not kept comes again.
func (a *Adapter) handle(ctx context.Context, ack func(ctx context.Context, answer any) error, inbox bot.Inbox, kind string, payload []byte) (after func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	got := a.take(ctx, inbox, kind, payload)
	if got.status == http.StatusOK {
		var answer any
		if len(got.body) > 0 {
			answer = json.RawMessage(got.body)
		}
		if err := ack(ctx, answer); err != nil {
			a.host.Logger().WarnContext(ctx, "cannot acknowledge", "error", err)
		}
	}
	return got.after
}

// finish does what is left of a request that has been answered, even if the
// program or the caller ends meanwhile: nobody brings it again.
func (a *Adapter) finish(ctx context.Context, after func(context.Context)) {
	if after == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterTime)
	defer cancel()
	after(ctx)
}
