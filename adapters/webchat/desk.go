package webchat

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strings"
	"time"

	"crmbot/bot"
)

// Desk is the chat of a staff install in which threads open. A thread is a
// topic of it, and the page shows each as a conversation of its own.
const Desk bot.ChatID = "desk"

// cardKept is how long the card of a thread is kept that nobody draws anew.
const cardKept = 400 * 24 * time.Hour

// head is the card on top of a thread, as it was drawn last.
type head struct {
	ID    bot.MessageID `json:"id"`
	Reply *bot.Reply    `json:"reply"`
}

// desk is where a thread is.
func (a *Adapter) desk(topic bot.TopicID) bot.Address {
	return bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: Desk, Topic: topic}
}

// topicOf names the thread that a key opens: short, and the same however often
// it is opened.
func topicOf(key string) bot.TopicID {
	sum := sha256.Sum256([]byte(key))
	return bot.TopicID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10])))
}

// open opens a thread: there is nobody to ask for it, it needs its card alone.
func (a *Adapter) openThread(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	h := head{ID: bot.MessageID(out.Key), Reply: out.Reply}
	topic := topicOf(out.Key)
	return bot.Sent{ID: h.ID, Topic: topic}, a.keepHead(ctx, topic, h)
}

// redraw keeps a card that was drawn anew. Every other edit is read from the
// transcript.
func (a *Adapter) redraw(ctx context.Context, out bot.Outgoing) error {
	if out.To.Chat != Desk || out.To.Topic == "" {
		return nil
	}
	h, err := a.head(ctx, out.To.Topic)
	if err != nil || h.ID != out.Target {
		return err
	}
	h.Reply = out.Reply
	return a.keepHead(ctx, out.To.Topic, h)
}

func headKey(topic bot.TopicID) string { return "card " + string(topic) }

func (a *Adapter) keepHead(ctx context.Context, topic bot.TopicID, h head) error {
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return a.host.SetValue(ctx, headKey(topic), string(raw), cardKept)
}

// head is the card of a thread, nothing if it has none.
func (a *Adapter) head(ctx context.Context, topic bot.TopicID) (h head, err error) {
	raw, err := a.host.Value(ctx, headKey(topic))
	if err != nil || raw == "" {
		return h, err
	}
	return h, json.Unmarshal([]byte(raw), &h)
}

// The ways in which words are said in a thread.
const (
	asNote  = "note"     // to colleagues
	asReply = "customer" // to the customer
	asOrder = "bot"      // to us
)

// The signs by which a thread tells a note and words to the customer from each
// other, on every platform. A note of the page always has its own: whatever it
// begins with and whoever's thread is live, it stays inside.
const (
	noteSign  = "note:"
	replySign = "r:"
)

// spoken is what somebody wrote on the page, as a thread understands it. ok is
// false for a way that there is not.
func spoken(as, text string) (signed string, mention, ok bool) {
	switch as {
	case asNote:
		return strings.TrimSpace(noteSign + " " + text), false, true
	case asReply:
		return strings.TrimSpace(replySign + " " + text), false, true
	case asOrder:
		return text, true, true
	}
	return "", false, false
}

// unsigned is what spoken was given.
func unsigned(signed string) (as, text string) {
	if text, ok := strings.CutPrefix(signed, noteSign); ok {
		return asNote, strings.TrimPrefix(text, " ")
	}
	if text, ok := strings.CutPrefix(signed, replySign); ok {
		return asReply, strings.TrimPrefix(text, " ")
	}
	return asOrder, signed
}
