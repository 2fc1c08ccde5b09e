package slack

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

const (
	// openingTime is how long it is remembered which thread an operation opened.
	openingTime = 30 * 24 * time.Hour
	// openingSign is the type of what the card of a thread carries unseen: the
	// key of the operation that posted it.
	openingSign = "crmbot_thread"
	// clocksApart is how far Slack's clock may be behind ours.
	clocksApart = 5 * time.Minute
	// pageSize is how many messages are looked through at once, and pagesMost how
	// often.
	pageSize, pagesMost = 200, 10
)

// openThread posts the card that begins a thread. Slack knows no key of ours, so
// that we begin is noted first, and the card carries the key: another try with
// the same one finds it in the channel and does not post it again.
func (a *Adapter) openThread(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	channel, note := string(out.To.Chat), "opening "+out.Key
	kept, err := a.host.Value(ctx, note)
	if err != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.Transient, Err: err}
	}
	began, err := strconv.ParseInt(kept, 10, 64)
	switch {
	case strings.Contains(kept, "/"):
		return opened(bot.MessageID(kept)), nil
	case err == nil:
		card, err := a.findCard(ctx, channel, out.Key, time.UnixMicro(began))
		if err != nil {
			return bot.Sent{}, err
		}
		if card != "" {
			return a.noteThread(ctx, note, card), nil
		}
	default:
		if err := a.host.SetValue(ctx, note, strconv.FormatInt(a.host.Now().UnixMicro(), 10), openingTime); err != nil {
			return bot.Sent{}, &bot.Failure{Class: bot.Transient, Err: err}
		}
	}
	sent, err := a.postTo(ctx, out, channel, "", slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: openingSign, EventPayload: map[string]any{"key": out.Key},
	}))
	if err != nil {
		if f := bot.FailureOf(err); f.Class == bot.Ambiguous {
			f.Class = bot.Transient // the next try sees whether it stands there
		}
		return bot.Sent{}, err
	}
	return a.noteThread(ctx, note, sent.ID), nil
}

// noteThread keeps which thread was opened, and that we listen there.
func (a *Adapter) noteThread(ctx context.Context, note string, card bot.MessageID) bot.Sent {
	sent := opened(card)
	channel, ts := split(card)
	err := a.host.SetValue(ctx, note, string(card), openingTime)
	if err == nil {
		err = a.join(ctx, a.address(channel, ts))
	}
	if err != nil { // what is under a message of ours is heard without a note
		a.host.Logger().WarnContext(ctx, "cannot note a thread", "error", err)
	}
	return sent
}

// opened is the thread that a card begins.
func opened(card bot.MessageID) bot.Sent {
	_, ts := split(card)
	return bot.Sent{ID: card, Topic: bot.TopicID(ts)}
}

// findCard looks for the card of an operation among what was posted since, ""
// if it is not there. Where we may not look it counts as not there.
func (a *Adapter) findCard(ctx context.Context, channel, key string, since time.Time) (bot.MessageID, error) {
	ask := &slack.GetConversationHistoryParameters{
		ChannelID: channel, Limit: pageSize, IncludeAllMetadata: true,
		Oldest: strconv.FormatInt(since.Add(-clocksApart).Unix(), 10),
	}
	for range pagesMost {
		var page *slack.GetConversationHistoryResponse
		err := a.do(ctx, true, func(ctx context.Context) (err error) {
			page, err = a.api.GetConversationHistoryContext(ctx, ask)
			return err
		})
		if told(err, "missing_scope") {
			a.host.Logger().WarnContext(ctx, "cannot look for the card of a thread", "error", err)
			return "", nil
		}
		if err != nil {
			return "", err
		}
		for _, m := range page.Messages {
			if m.Metadata.EventType == openingSign && m.Metadata.EventPayload["key"] == key {
				return native(channel, m.Timestamp), nil
			}
		}
		if ask.Cursor = page.ResponseMetaData.NextCursor; ask.Cursor == "" || !page.HasMore {
			break
		}
	}
	return "", nil
}
