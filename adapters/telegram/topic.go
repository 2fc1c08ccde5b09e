package telegram

import (
	"context"
	"errors"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
	"crmbot/bot/markup"
)

const (
	// topicLife is how long it is remembered which topic an operation opened.
	topicLife = 30 * 24 * time.Hour
	// topicName is the longest name of a topic, in characters.
	topicName = 128
)

// openTopic opens a topic of a forum and puts the card on its top. Which topic
// it is is kept at once, so that another try goes on there. If Telegram's answer
// gets lost before that, an empty topic stays: nobody can look for it.
func (a *Adapter) openTopic(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if out.Reply.Empty() {
		return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: errors.New("thread without content")}
	}
	note := "topic/" + out.Key
	kept, err := a.host.Value(ctx, note)
	if err != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.Transient, Err: err}
	}
	topic, card, done := strings.Cut(kept, "/")
	if done {
		return bot.Sent{ID: bot.MessageID(card), Topic: bot.TopicID(topic)}, nil
	}
	if topic == "" {
		if topic, err = a.createTopic(ctx, out); err != nil {
			return bot.Sent{}, err
		}
		a.noteTopic(ctx, note, topic)
	}
	in := out
	in.Op, in.To.Topic = bot.OpPost, bot.TopicID(topic)
	sent, err := a.post(ctx, in)
	if err != nil {
		return bot.Sent{}, a.again(ctx, err, note, in.To)
	}
	sent.Topic = in.To.Topic
	a.noteTopic(ctx, note, topic+"/"+string(sent.ID))
	a.pin(ctx, in.To, sent.ID)
	in.Colleague = true
	a.groupMenu(ctx, in)
	return sent, nil
}

// again is the failure of a card. One that may stand there is put there once
// more; one whose topic has gone meanwhile gets another.
func (a *Adapter) again(ctx context.Context, err error, note string, to bot.Address) error {
	f := bot.FailureOf(placed(err, to))
	switch {
	case f.Why == bot.WhyTopic:
		a.noteTopic(ctx, note, "")
		return &bot.Failure{Class: bot.Transient, Err: f}
	case f.Class == bot.Ambiguous:
		f.Class = bot.Transient
	}
	return f
}

func (a *Adapter) createTopic(ctx context.Context, out bot.Outgoing) (string, error) {
	var topic struct {
		Thread int64 `json:"message_thread_id"`
	}
	err := a.call(ctx, callTime, "createForumTopic", tgbotapi.Params{
		"chat_id": string(out.To.Chat), "name": title(out.Reply),
	}, &topic)
	switch {
	case err != nil:
		return "", a.failure(err, true)
	case topic.Thread == 0:
		return "", &bot.Failure{Class: bot.Transient, Err: errors.New("createForumTopic: the answer is no topic")}
	}
	return number(topic.Thread), nil
}

// title is the name of a topic: the title of its card, or its first line.
func title(r *bot.Reply) string {
	var lines []string
	for _, c := range r.Cards {
		lines = append(lines, c.Title)
	}
	for _, line := range markup.Parse(r.Text) {
		lines = append(lines, shown(line.Spans))
	}
	for _, line := range lines {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			return bot.Limit{Max: topicName, Unit: bot.UTF16}.Cut(line)
		}
	}
	return "…"
}

// shown is what is to be read of a line.
func shown(spans []markup.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text + shown(s.Spans))
	}
	return b.String()
}

// noteTopic keeps how far a topic has come.
func (a *Adapter) noteTopic(ctx context.Context, note, how string) {
	if err := a.host.SetValue(ctx, note, how, topicLife); err != nil {
		a.host.Logger().WarnContext(ctx, "cannot note a topic", "error", err)
	}
}

// pin keeps a card on top of its topic, where we may.
func (a *Adapter) pin(ctx context.Context, at bot.Address, card bot.MessageID) {
	err := a.call(ctx, callTime, "pinChatMessage", tgbotapi.Params{
		"chat_id": string(at.Chat), "message_id": string(card), "disable_notification": "true",
	}, nil)
	if err != nil {
		a.host.Logger().DebugContext(ctx, "cannot pin a card", "error", err)
	}
}
