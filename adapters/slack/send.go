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
	URL    string // to answer at
	Where  string // the channel, perhaps with "/" and a thread
	Who    string // the asker
	On     string // the message that only the asker saw, if he pressed a button there
}

// String is the turn as it is kept.
func (t turn) String() string {
	how := "open"
	if t.Hidden {
		how = "hidden"
	}
	return strings.TrimRight(strings.Join([]string{how, t.URL, t.Where, t.Who, t.On}, " "), " ")
}

func parseTurn(s string) turn {
	parts := append(strings.Split(s, " "), "", "", "", "", "")
	return turn{Hidden: parts[0] == "hidden", URL: parts[1], Where: parts[2], Who: parts[3], On: parts[4]}
}

// unseen says whether an operation is about what only the asker sees: an answer
// to what he asked in private, or a change of the very message he pressed.
func (t turn) unseen(out bot.Outgoing) bool {
	change := out.Op == bot.OpEdit || out.Op == bot.OpDelete
	return t.Hidden && (!change || t.On == "" || t.On == string(out.Target))
}

// Send performs one operation.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	sent, err := a.perform(ctx, out)
	return sent, placed(err, out)
}

func (a *Adapter) perform(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	t := parseTurn(out.Turn)
	switch out.Op {
	case bot.OpPost, bot.OpEphemeral, bot.OpEdit, bot.OpHome, bot.OpThread:
		if out.Reply.Empty() {
			return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("%s without content", out.Op)}
		}
	case bot.OpDelete:
		return a.remove(ctx, out, t)
	default:
		return bot.Sent{}, &bot.Failure{Class: bot.Stale, Err: fmt.Errorf("no operation %q here", out.Op)}
	}
	switch {
	case out.Op == bot.OpHome:
		return a.publish(ctx, out)
	case out.Op == bot.OpThread:
		return a.openThread(ctx, out)
	case len(out.Reply.Files) > 0 && out.Op != bot.OpEdit:
		return a.upload(ctx, out, t)
	case out.Reply.Share && t.Where != "":
		return a.share(ctx, out, t)
	case t.unseen(out):
		return a.aside(ctx, out, t)
	case out.Op == bot.OpEdit:
		sent, err := a.update(ctx, out)
		if bot.FailureOf(err).Class == bot.RecipientGone && a.answers(t.URL) { // shared where we are no member
			return a.respond(ctx, out, t)
		}
		return sent, err
	case out.Op == bot.OpEphemeral && !person(string(out.To.Chat)):
		sent, err := a.whisper(ctx, out, string(out.For))
		if !told(err, "user_not_in_channel") {
			return sent, err
		}
		out.To = a.address(string(out.For), "") // he reads along without having joined
	}
	return a.post(ctx, out, t)
}

// aside answers what was asked in private, for the asker alone. Once the
// response URL is spent the answer is whispered in that channel or, where we
// are no member, goes to the asker's direct chat.
func (a *Adapter) aside(ctx context.Context, out bot.Outgoing, t turn) (bot.Sent, error) {
	if a.answers(t.URL) {
		sent, err := a.respond(ctx, out, t)
		if err == nil || !spent(err) {
			return sent, err
		}
		out.Op = bot.OpPost // what only the asker saw cannot be changed any more
	}
	if out.Op == bot.OpEdit {
		return a.update(ctx, out)
	}
	who := first(string(out.For), t.Who)
	if person(string(out.To.Chat)) || who == "" {
		return a.post(ctx, out, t)
	}
	sent, err := a.whisper(ctx, out, who)
	if err == nil || bot.FailureOf(err).Class != bot.RecipientGone {
		return sent, err
	}
	out.To = a.address(who, "")
	return a.post(ctx, out, t)
}

// share shows everybody what only the asker saw: in the thread where he asked,
// or in the channel, to which the response URL has a way even if we are no
// member.
func (a *Adapter) share(ctx context.Context, out bot.Outgoing, t turn) (bot.Sent, error) {
	out.Op = bot.OpPost
	channel, thread := split(bot.MessageID(t.Where))
	if thread == "" && a.answers(t.URL) {
		sent, err := a.respond(ctx, out, t)
		if err == nil || !spent(err) {
			return sent, err
		}
	}
	sent, err := a.postTo(ctx, out, channel, thread)
	if bot.FailureOf(err).Class != bot.RecipientGone {
		return sent, err
	}
	if thread != "" && a.answers(t.URL) {
		return a.respond(ctx, out, t)
	}
	return sent, &bot.Failure{Class: bot.Stale, Err: err} // the asker is not gone: the channel is closed to us
}

// spent says that a response URL is used up: it answers five times within half
// an hour. What is to be said then goes the ordinary way.
func spent(err error) bool { return bot.FailureOf(err).Class == bot.Stale }

func (a *Adapter) post(ctx context.Context, out bot.Outgoing, t turn) (bot.Sent, error) {
	return a.postTo(ctx, out, string(out.To.Chat), thread(out, t))
}

// postTo posts into a channel, under the message thread unless that is "".
func (a *Adapter) postTo(ctx context.Context, out bot.Outgoing, channel, thread string, more ...slack.MsgOption) (bot.Sent, error) {
	options := append(message(out), more...)
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	var ts string
	err := a.do(ctx, false, func(ctx context.Context) (err error) {
		channel, ts, err = a.api.PostMessageContext(ctx, channel, options...)
		return err
	})
	if err != nil {
		return bot.Sent{}, err
	}
	return bot.Sent{ID: native(channel, ts)}, nil
}

// whisper shows a message to one person in a channel. It cannot be changed
// later, so it has no id.
func (a *Adapter) whisper(ctx context.Context, out bot.Outgoing, who string) (bot.Sent, error) {
	options := message(out)
	if out.To.Topic != "" {
		options = append(options, slack.MsgOptionTS(string(out.To.Topic)))
	}
	return bot.Sent{}, a.do(ctx, false, func(ctx context.Context) error {
		_, err := a.api.PostEphemeralContext(ctx, string(out.To.Chat), who, options...)
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

func (a *Adapter) remove(ctx context.Context, out bot.Outgoing, t turn) (bot.Sent, error) {
	if t.unseen(out) && a.answers(t.URL) {
		return bot.Sent{}, a.answer(ctx, true, t, &slack.WebhookMessage{DeleteOriginal: true})
	}
	return bot.Sent{}, a.do(ctx, true, func(ctx context.Context) error {
		channel, ts := split(out.Target)
		if channel == fileChannel {
			return a.api.DeleteFileContext(ctx, ts)
		}
		_, _, err := a.api.DeleteMessageContext(ctx, channel, ts)
		return err
	})
}

// respond answers an event through its response URL, for the asker alone or, if
// the reply is to be shared, for everybody there.
func (a *Adapter) respond(ctx context.Context, out bot.Outgoing, t turn) (bot.Sent, error) {
	edit := out.Op == bot.OpEdit
	how := slack.ResponseTypeEphemeral
	if out.Reply.Share {
		how = slack.ResponseTypeInChannel
	}
	_, under := split(bot.MessageID(t.Where))
	if edit || private(t.Where) {
		under = ""
	}
	return bot.Sent{}, a.answer(ctx, edit, t, &slack.WebhookMessage{
		ResponseType:    how,
		ThreadTimestamp: under,
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
		slack.MsgOptionText(strings.TrimSpace(calling(out.Notify)+" "+notice(out.Reply)), false),
		slack.MsgOptionBlocks(blocksOf(out)...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
}

// thread is the message under which a post goes: the one its conversation is
// about, the one that was written under in a direct chat, or in a channel the
// one it answers.
func thread(out bot.Outgoing, t turn) string {
	direct := person(string(out.To.Chat))
	switch {
	case out.To.Topic != "":
		return string(out.To.Topic)
	case direct && private(t.Where):
		_, ts := split(bot.MessageID(t.Where))
		return ts
	case out.Reply.Quote != "" && !direct:
		_, ts := split(out.Reply.Quote)
		return ts
	}
	return ""
}
