package relay

import (
	"context"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// Commands are the hidden commands by which conversations speak to each other.
// They come as KindSystem only.
//
// In the place's chat (no topic):
//
//	thread.open CONV-12 after=71        opens a thread there that begins behind a message, or
//	                                    takes the closed one up again
//	thread.opened thread=5 id=… topic=… the platform has opened it
//	thread.lost thread=5 why=…          it is no more: another is opened, or colleagues are told
//
// In the thread:
//
//	thread.catch thread=5               shows what was said since the cursor
//	thread.card thread=5                draws the card anew
//	thread.again thread=5               takes the closed thread up again
//	thread.revised thread=5 message=77  the customer changed or took back a message
//	thread.tell thread=5 by=3 key=… …   tells one colleague something, in the thread; without by all of them
//	thread.translated thread=5 message=77  puts Values["text"] under a message that says Values["of"]
//	relay.state release=12              shows what became of a release
//
// In a colleague's own chat:
//
//	relay.ask release=12 key=… …        asks what is to become of his words
//	relay.told CONV-12 key=… …          tells him something about a conversation
//	relay.result release=12             tells him how words stand that he wrote in no thread
//
// In the customer's conversation:
//
//	relay.send release=12               lets a held release go
//	relay.arrived release=12            the platform took it; relay.astray: it did not, or who knows
//	relay.edit release=12, relay.delete release=12
//	relay.translated release=12         holds Values["text"] in the place of Values["of"]
//	relay.unrevised release=12 op=edit  the platform would not change what is out
//	relay.lapse release=12              a draft that nobody decided about is a note
func Commands() []bot.Command {
	return append(
		asOurs(
			own("thread.open", open, "after", "unshown", "alarm"),
			own("thread.opened", opened, "thread", "id", "topic"),
			own("thread.lost", lost, "thread", "why"),
			own("thread.catch", catch, "thread", "all"),
			own("thread.card", redraw, "thread", "after"),
			own("thread.again", again, "thread", "after"),
			own("thread.revised", revised, "thread", "message"),
			own("thread.tell", tell, "thread", "by", "notify", "key", "pairs"),
			own("thread.translated", translated, "thread", "message"),
			own("relay.state", state, "release", "by", "waits"),
		),
		own("relay.ask", asked, "release", "key", "pairs"),
		own("relay.told", told, "key", "pairs"),
		own("relay.result", result, "release"),
		own("relay.arrived", arrived, "release", "id", "topic"),
		own("relay.astray", astray, "release", "why"),
		own("relay.send", carry, "release", "from"),
		own("relay.edit", edit, "release", "by"),
		own("relay.delete", remove, "release", "by"),
		own("relay.translated", translatedOut, "release"),
		own("relay.unrevised", unrevised, "release", "op", "why"),
		own("relay.lapse", lapse, "release"),
	)
}

// own is a command of conversations among themselves.
func own(name string, run bot.Handler, args ...string) bot.Command {
	c := bot.Command{Name: name, Hidden: true}
	for _, a := range args {
		c.Args = append(c.Args, bot.Arg{Name: a, Type: bot.ArgWord, Keyed: true})
	}
	c.Run = func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		if r.Inbound.Kind != bot.KindSystem {
			return nil, crm.Fail(crm.CodeNotFound, "button.gone")
		}
		return run(ctx, r)
	}
	return c
}

// asOurs has commands speak the company's language: all colleagues at the place
// read what they say.
func asOurs(commands ...bot.Command) []bot.Command {
	for i := range commands {
		run := commands[i].Run
		commands[i].Run = func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Words = ours(r)
			return run(ctx, r)
		}
	}
	return commands
}

// mirrors is the customer's message that a line of a thread shows, by its label;
// 0 for another line.
func mirrors(label string) crm.MessageID {
	id, ok := strings.CutPrefix(label, "m:")
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return crm.MessageID(n)
}
