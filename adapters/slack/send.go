package slack

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// turn is what Inbound.Turn holds: where this very event is answered, and
// whether the answer is for the asker's eyes only, as the question was.
type turn struct {
	Hidden bool
	URL    string
}

// String is the turn as it is kept.
func (t turn) String() string {
	if t.Hidden {
		return "hidden " + t.URL
	}
	return "open " + t.URL
}

func parseTurn(s string) turn {
	how, where, _ := strings.Cut(s, " ")
	return turn{Hidden: how == "hidden", URL: where}
}

// Send performs one operation.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	t := parseTurn(out.Turn)
	hidden := t.Hidden && a.answers(t.URL)
	switch out.Op {
	case bot.OpPost, bot.OpEphemeral, bot.OpEdit:
		if out.Reply.Empty() {
			return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("%s without content", out.Op)}
		}
	case bot.OpDelete:
		return a.remove(ctx, out, t, hidden)
	default:
		return bot.Sent{}, &bot.Failure{Class: bot.Stale, Err: fmt.Errorf("no operation %q here", out.Op)}
	}
	if hidden {
		sent, err := a.respond(ctx, out, t)
		if err == nil || !spent(err) || out.Op == bot.OpEdit {
			return sent, err
		}
	}
	switch {
	case out.Op == bot.OpEdit:
		return a.update(ctx, out)
	case out.Op == bot.OpEphemeral && !person(string(out.To.Chat)):
		return a.whisper(ctx, out)
	}
	return a.post(ctx, out)
}

// spent says that a response URL is used up: it answers five times within half
// an hour. What is to be said then goes the ordinary way.
func spent(err error) bool { return bot.FailureOf(err).Class == bot.Stale }

func (a *Adapter) post(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	options := message(out)
	if ts := thread(out); ts != "" {
		options = append(options, slack.MsgOptionTS(ts))
	}
	var channel, ts string
	err := a.do(ctx, false, func(ctx context.Context) (err error) {
		channel, ts, err = a.api.PostMessageContext(ctx, string(out.To.Chat), options...)
		return err
	})
	if err != nil {
		return bot.Sent{}, err
	}
	return bot.Sent{ID: native(channel, ts)}, nil
}

// whisper shows a message to one person in a channel. It cannot be changed
// later, so it has no id.
func (a *Adapter) whisper(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	options := message(out)
	if out.To.Topic != "" {
		options = append(options, slack.MsgOptionTS(string(out.To.Topic)))
	}
	return bot.Sent{}, a.do(ctx, false, func(ctx context.Context) error {
		_, err := a.api.PostEphemeralContext(ctx, string(out.To.Chat), string(out.For), options...)
		return err
	})
}

func (a *Adapter) update(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	channel, ts := split(out.Target)
	return bot.Sent{ID: out.Target}, a.do(ctx, true, func(ctx context.Context) error {
		_, _, _, err := a.api.UpdateMessageContext(ctx, channel, ts, message(out)...)
		return err
	})
}

func (a *Adapter) remove(ctx context.Context, out bot.Outgoing, t turn, hidden bool) (bot.Sent, error) {
	if hidden {
		return bot.Sent{}, a.answer(ctx, true, t, &slack.WebhookMessage{DeleteOriginal: true})
	}
	return bot.Sent{}, a.do(ctx, true, func(ctx context.Context) error {
		channel, ts := split(out.Target)
		_, _, err := a.api.DeleteMessageContext(ctx, channel, ts)
		return err
	})
}

// respond answers an event through its response URL, for the asker alone.
func (a *Adapter) respond(ctx context.Context, out bot.Outgoing, t turn) (bot.Sent, error) {
	edit := out.Op == bot.OpEdit
	return bot.Sent{}, a.answer(ctx, edit, t, &slack.WebhookMessage{
		ResponseType:    slack.ResponseTypeEphemeral,
		ReplaceOriginal: edit,
		Text:            notice(out.Reply),
		Blocks:          &slack.Blocks{BlockSet: blocks(out.Reply, out.To)},
	})
}

// answer posts to a response URL.
func (a *Adapter) answer(ctx context.Context, repeatable bool, t turn, m *slack.WebhookMessage) error {
	err := a.do(ctx, repeatable, func(ctx context.Context) error {
		return slack.PostWebhookCustomHTTPContext(ctx, t.URL, a.http, m)
	})
	if err != nil {
		return over(err)
	}
	return nil
}

// do makes a call within its time. Its error is a *bot.Failure, or nil.
// repeatable says that doing it twice does no harm.
func (a *Adapter) do(ctx context.Context, repeatable bool, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) { wrote.Store(info.Err == nil) },
	})
	if err := call(ctx); err != nil {
		return a.failure(err, wrote.Load() && !repeatable)
	}
	return nil
}

// message is what a new message and a changed one have in common.
func message(out bot.Outgoing) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(notice(out.Reply), false),
		slack.MsgOptionBlocks(blocks(out.Reply, out.To)...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
}

// thread is the message under which a post goes: the one its conversation is
// about, or in a channel the one it answers.
func thread(out bot.Outgoing) string {
	switch {
	case out.To.Topic != "":
		return string(out.To.Topic)
	case out.Reply.Quote != "" && !person(string(out.To.Chat)):
		_, ts := split(out.Reply.Quote)
		return ts
	}
	return ""
}
