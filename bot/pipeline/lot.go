package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// lineMost is how much of one conversation's line is looked at together.
const lineMost = 20

// lot is what goes out as one operation: one row, or several in one message.
type lot struct {
	rows    []*bot.OutboxRow
	out     *bot.Outgoing
	from    bot.Grant // the right it is paid from
	author  crm.AuthorKind
	started time.Time
	refused error // it must not go out
}

// joined makes one operation of as many rows as fit into one message, from the
// first on, and says how many. Rows are never cut: what does not fit stays
// whole.
func joined(a bot.Adapter, rows []*bot.OutboxRow) (*bot.Outgoing, int) {
	out, n := shown(rows[0]), 1
	if !joins(out) {
		return out, 1
	}
	own := *out
	out = &own
	limit := a.Features().Text.Max
	text := []string{out.Reply.Text}
	for _, row := range rows[1:] {
		next := shown(row)
		if !joins(next) || next.To != out.To || row.Plain != rows[0].Plain || row.Attempts != rows[0].Attempts || ends(out, next) {
			break
		}
		whole := strings.Join(append(text, next.Reply.Text), "\n\n")
		if limit > 0 && a.Measure(whole) > limit {
			break
		}
		reply := *out.Reply
		reply.Text, reply.Buttons, reply.AskContact = whole, next.Reply.Buttons, next.Reply.AskContact
		out.Reply = &reply
		if out.From != next.From {
			out.From = ""
		}
		if next.Options != "" {
			out.Options = next.Options
		}
		text = append(text, next.Reply.Text)
		n++
	}
	if n > 1 { // other words than those of the first alone: another key
		out.Key = rows[0].Outgoing.Key + "+" + rows[n-1].Outgoing.Key
	}
	return out, n
}

// shown is the operation of a row as it goes out now.
func shown(row *bot.OutboxRow) *bot.Outgoing {
	if !row.Plain || row.Outgoing.Reply == nil {
		return &row.Outgoing
	}
	out := row.Outgoing
	out.Reply = plainReply(out.Reply)
	return &out
}

// joins says whether an operation is words that can stand in one message with
// others.
func joins(out *bot.Outgoing) bool {
	r := out.Reply
	return out.Op == bot.OpPost && r != nil && r.Text != "" && len(r.Files) == 0 && len(r.Cards) == 0 && r.Table == nil
}

// ends says whether an operation can have no words of another behind it.
func ends(out, next *bot.Outgoing) bool {
	return len(out.Reply.Buttons) > 0 || out.Reply.AskContact != "" || out.Options != "" && next.Options != ""
}

// sole takes the numbers out of every row of a line behind which a newer list
// stands: a number that is typed means that one.
func sole(line []*bot.OutboxRow) {
	newer := false
	for _, row := range slices.Backward(line) {
		out := &row.Outgoing
		if out.Options == "" || out.Reply == nil {
			continue
		}
		if words := bot.Unnumbered(out.Reply.Text, out.Options); newer && words != "" {
			reply := *out.Reply
			reply.Text, out.Reply, out.Options = words, &reply, ""
		}
		newer = true
	}
}

// gather makes a lot of a row. Where the platform grants rights to write, what
// waits behind it goes along, and the lot is paid for: of the bot's words all
// that fit into one message, and with the last right a person's too.
func (p *Pipeline) gather(ctx context.Context, to *install, row *bot.OutboxRow) (*lot, error) {
	one := &lot{rows: []*bot.OutboxRow{row}, out: shown(row), author: row.Author, started: p.Now()}
	if row.Outgoing.Op != bot.OpPost || len(to.Adapter.Features().Credits) == 0 {
		return one, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	c, err := p.store.Conversation(ctx, row.Conversation)
	if err != nil {
		return nil, err
	}
	line, err := p.takeBehind(ctx, to, row, lineMost)
	if err != nil {
		return nil, err
	}
	line = append([]*bot.OutboxRow{row}, line...)
	charge := c.Status == crm.ConversationWaiting || c.Status == crm.ConversationHandedOff
	var whole *lot
	err = p.store.UpdateBalance(ctx, row.Conversation, func(b *bot.Balance) error {
		whole = p.lot(to, line, b.Left(one.started) == 1, one.started)
		paid := false
		if whole.from, paid = b.Pay(whole.author, charge, one.started); !paid {
			return errNoCredit
		}
		return nil
	})
	if errors.Is(err, errNoCredit) {
		one.refused, whole, err = &bot.Failure{Class: bot.WindowClosed, Err: errNoCredit}, one, nil
		to.tally.failed(bot.WindowClosed)
	}
	if err != nil {
		p.leave(to, line[1:])
		return nil, err
	}
	p.leave(to, line[len(whole.rows):])
	return whole, nil
}

var errNoCredit = errors.New("no right to write is left")

// lot is what goes out of a line at once. Everything in one message is for the
// last right; otherwise a person's words are a message of their own.
func (p *Pipeline) lot(to *install, line []*bot.OutboxRow, last bool, now time.Time) *lot {
	sole(line)
	n := 1
	for n < len(line) && !p.old(line[n], now) && (last || line[n].Author == line[0].Author && line[0].Author == crm.AuthorBot) {
		n++
	}
	l := &lot{author: crm.AuthorBot, started: now}
	l.out, n = joined(to.Adapter, line[:n])
	l.rows = line[:n]
	for _, row := range l.rows {
		if row.Author != crm.AuthorBot {
			l.author = row.Author
		}
	}
	return l
}

// paid corrects the balance by what the platform said: what surely did not
// arrive is given back, and a refusal means that there is no right left.
func (p *Pipeline) paid(to *install, l *lot, err error) {
	if err == nil || l.from.Of == 0 {
		return
	}
	change := func(b *bot.Balance) error { b.Refund(l.author, l.from); return nil }
	switch bot.FailureOf(err).Class {
	case bot.Ambiguous:
		return
	case bot.WindowClosed:
		change = func(b *bot.Balance) error { b.Close(l.started); return nil }
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := p.store.UpdateBalance(ctx, l.rows[0].Conversation, change); err != nil {
		p.log.Warn("pipeline: credits", "platform", to.Platform, "install", to.Install.Install, "error", err)
	}
}
