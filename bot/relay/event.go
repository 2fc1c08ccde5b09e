package relay

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode"

	"crmbot/bot"
	"crmbot/crm"
)

// Conversations speak to each other by events of their own: a command line, for
// whoever sits there.

// Order gives the customer's conversation c a command line of its own, such as
// "handoff.take by=3". It is how colleagues' acts reach it.
func Order(ctx context.Context, r *bot.Request, c *crm.Conversation, line string) error {
	return orderAt(ctx, r, c, line, time.Time{})
}

// orderAt is Order at a moment.
func orderAt(ctx context.Context, r *bot.Request, c *crm.Conversation, line string, at time.Time) error {
	of, err := customerOf(ctx, r, c)
	if err != nil {
		return err
	}
	r.Deliver(of.event(r, bot.KindSystem, line), at)
	return nil
}

// event is an event of ours for the customer's conversation.
func (of *customer) event(r *bot.Request, kind bot.Kind, line string) bot.Inbound {
	return bot.Inbound{
		V: bot.InboundVersion, Kind: kind, Address: addressOf(of.Conversation), Direct: of.Direct, Sender: of.sender(),
		Action: line, At: r.Now.UTC(),
	}
}

// send gives a thread, or the chat it opens in, a line of its own.
func send(r *bot.Request, to bot.Address, line string, at time.Time) {
	r.Deliver(placeEvent(r, to, line), at)
}

func placeEvent(r *bot.Request, to bot.Address, line string) bot.Inbound {
	return bot.Inbound{V: bot.InboundVersion, Kind: bot.KindSystem, Address: to, Action: line, At: r.Now.UTC()}
}

// whereIs is the address of a thread.
func whereIs(t *crm.Thread) bot.Address {
	return bot.Address{
		Platform: bot.Platform(t.Platform), Install: bot.Install(t.Install), Chat: bot.ChatID(t.Chat), Topic: bot.TopicID(t.Topic),
	}
}

// line is a command line with arguments by name.
func line(name string, pairs ...string) string {
	var b strings.Builder
	b.WriteString(name)
	for i := 0; i+1 < len(pairs); i += 2 {
		value := pairs[i+1]
		if value == "" {
			continue
		}
		if strings.ContainsFunc(value, func(x rune) bool { return !plainRune(x) }) {
			value = `"` + strings.ReplaceAll(value, `"`, "'") + `"`
		}
		b.WriteString(" " + pairs[i] + "=" + value)
	}
	return b.String()
}

func plainRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '.' || r == ':' || r == '+'
}

// number writes an id as the value of an argument.
func number[T ~int64](id T) string { return strconv.FormatInt(int64(id), 10) }

// numbered is the number that an argument holds, 0 if it holds none.
func numbered(r *bot.Request, name string) int64 {
	n, err := strconv.ParseInt(r.Args.String(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
