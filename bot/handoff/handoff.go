// Package handoff is how the bot steps aside for a person, and back.
//
// Everything here runs in the customer's own conversation. A person is called
// (Call), the customer is told once who comes and when; whoever answers within
// the time is in charge, else the call goes to the next. It ends when somebody
// closes it or hands it back, or by itself; then the customer may be asked how
// content he is. A conversation has exactly one who is responsible at each
// moment: the bot, or its assignee.
//
// A company without places for threads works as it always did: the wish for a
// person is a ticket, and whoever owns it answers.
package handoff

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Commands are the hidden commands of a customer's conversation; colleagues'
// acts reach it as relay.Order of these:
//
//	handoff.take by=3 over=yes     handoff.assign by=3 to=4
//	handoff.answered by=3          handoff.live by=3 on=yes|no
//	handoff.close by=3             handoff.back by=3
//	handoff.absent user=3          handoff.redraw
//
// and these are the conversation's own clocks:
//
//	handoff.late since=… asked=…   handoff.opens since=… asked=…
//	handoff.idle since=…           handoff.window until=…
//	handoff.live.end since=… why=idle|restart
func Commands() []bot.Command {
	commands := []bot.Command{
		{Name: "handoff.take", Run: take, Args: keyed("by", "over")},
		{Name: "handoff.assign", Run: assign, Args: keyed("by", "to")},
		{Name: "handoff.answered", Run: answered, Args: keyed("by", "release")},
		{Name: "handoff.live", Run: live, Args: keyed("by", "on")},
		{Name: "handoff.close", Run: closed, Args: keyed("by")},
		{Name: "handoff.back", Run: back, Args: keyed("by")},
		{Name: "handoff.absent", Run: absent, Args: keyed("user")},
		{Name: "handoff.redraw", Run: redraw},
		{Name: "handoff.late", Run: late, Args: keyed("since", "asked")},
		{Name: "handoff.opens", Run: opens, Args: keyed("since", "asked")},
		{Name: "handoff.idle", Run: idle, Args: keyed("since")},
		{Name: "handoff.window", Run: window, Args: keyed("until", "since")},
		{Name: "handoff.live.end", Run: liveEnd, Args: keyed("since", "why")},
	}
	for i := range commands {
		commands[i].Hidden, commands[i].Run = true, ours(commands[i].Run)
	}
	return commands
}

// keyed are arguments that our own lines give by name.
func keyed(names ...string) []bot.Arg {
	var args []bot.Arg
	for _, n := range names {
		args = append(args, bot.Arg{Name: n, Type: bot.ArgWord, Keyed: true})
	}
	return args
}

// ours runs what only our own events may do, in a customer's conversation.
func ours(run bot.Handler) bot.Handler {
	return func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		if r.Inbound.Kind != bot.KindSystem || r.Conversation.Audience != crm.AudienceCustomers {
			return nil, crm.Fail(crm.CodeNotFound, "button.gone")
		}
		return run(ctx, r)
	}
}

// colleague is the user that an argument of a line names, as he is now. He may
// have left.
func colleague(ctx context.Context, r *bot.Request, arg string) (*crm.User, error) {
	id, err := strconv.ParseInt(r.Args.String(arg), 10, 64)
	if err != nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(err)
	}
	return r.CRM.Users.User(ctx, crm.UserID(id))
}

// contact is whose conversation it is, nil if nobody's we know.
func contact(ctx context.Context, r *bot.Request) (*crm.Contact, error) {
	if r.Contact != nil || r.Conversation.ContactID == 0 {
		return r.Contact, nil
	}
	return r.Store.Contact(ctx, r.Conversation.ContactID)
}

// became takes over how the conversation stands now.
func became(r *bot.Request, c *crm.Conversation, err error) error {
	if err == nil && c != nil {
		*r.Conversation = *c
	}
	return err
}

// later sends this conversation a line of its own.
func later(r *bot.Request, at time.Time, format string, args ...any) {
	in := r.Inbound
	r.Deliver(bot.Inbound{
		V: bot.InboundVersion, Kind: bot.KindSystem, Address: in.Address, Direct: in.Direct, Sender: in.Sender,
		Action: fmt.Sprintf(format, args...), At: r.Now.UTC(),
	}, at.UTC())
}

// stamp is a moment as our lines write it, 0 for none.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// same says whether an argument of a line is that moment.
func same(r *bot.Request, arg string, t time.Time) bool {
	return r.Args.String(arg) == digits(stamp(t))
}

// threaded says whether colleagues have places for customers' conversations.
func threaded(r *bot.Request) bool { return len(r.Company.Threads) > 0 }

// remember keeps something small about this conversation's customer.
func remember(r *bot.Request, key, value string) {
	if r.Session.Values[key] == value {
		return
	}
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	if r.Session.Values[key] = value; value == "" {
		delete(r.Session.Values, key)
	}
	r.Session.Changed()
}

// once says whether something is told for the first time about a moment, such as
// since when the customer waits.
func once(r *bot.Request, key string, about time.Time) bool {
	mark := digits(stamp(about))
	if r.Session.Values[key] == mark {
		return false
	}
	remember(r, key, mark)
	return true
}
