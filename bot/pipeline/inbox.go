package pipeline

import (
	"context"
	"hash/fnv"
	"strings"
	"time"
	"unicode"

	"crmbot/bot"
	"crmbot/crm"
)

// textMost is the longest text that is kept, in runes.
const textMost = 20_000

// Inbox is where the adapter of an install puts what arrives.
func (p *Pipeline) Inbox(platform bot.Platform, name bot.Install) bot.Inbox {
	return inbox{p, address{platform, name}}
}

type inbox struct {
	p  *Pipeline
	at address
}

// Receive implements bot.Inbox.
func (i inbox) Receive(ctx context.Context, in bot.Inbound) error {
	if ours(in.Kind) { // only we speak to ourselves
		return crm.Fail(crm.CodeInvalid, "error.invalid").In("kind")
	}
	to := i.p.installs[i.at]
	if to == nil {
		return crm.Fail(crm.CodeInvalid, "error.invalid").In("install")
	}
	in.Address.Platform, in.Address.Install = i.at.platform, i.at.install
	row, err := i.p.row(in, time.Time{})
	if err != nil {
		return err
	}
	i.p.mu.Lock()
	closing := i.p.closing
	i.p.mu.Unlock()
	if closing {
		return crm.Fail(crm.CodeUnavailable, "error.unavailable")
	}
	if err := to.received.do(ctx, row); err != nil {
		return err
	}
	i.p.work.ring()
	return nil
}

// row makes a row of the inbox of an event, cleaned. CodeInvalid for one that
// cannot be kept.
func (p *Pipeline) row(in bot.Inbound, due time.Time) (*bot.InboxRow, error) {
	switch {
	case in.EventID == "":
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("event")
	case in.Address.Chat == "":
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("chat")
	}
	if field := unclean(&in); field != "" {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In(field)
	}
	tidy(&in)
	now := p.Now()
	in.V = bot.InboundVersion
	if in.At.IsZero() {
		in.At = now
	}
	if in.Direct {
		in.Address.Topic = ""
	}
	if ours(in.Kind) {
		in.Seq = 0 // it has its place in the line by time
	}
	a := in.Address
	chat := string(a.Platform) + "|" + string(a.Install) + "|" + string(a.Chat)
	h := fnv.New32a()
	_, _ = h.Write([]byte(chat)) // a hash does not fail
	return &bot.InboxRow{
		Inbound: in, Chat: chat, Shard: int(h.Sum32() % bot.Shards), Received: now, DueAt: due,
	}, nil
}

// unclean is the field of an event that names something by what nobody can keep:
// a name that is changed is another's. It is "" for a good one.
func unclean(in *bot.Inbound) string {
	for _, x := range [...]struct{ field, name string }{
		{"chat", string(in.Address.Chat)},
		{"topic", string(in.Address.Topic)},
		{"sender", string(in.Sender.ID)},
		{"sender_chat", string(in.Sender.Chat)},
		{"message", string(in.Message)},
		{"reply_to", string(in.ReplyTo)},
		{"target", string(in.Target)},
	} {
		if printable(x.name) != x.name {
			return x.field
		}
	}
	return ""
}

// tidy makes every string of an event fit to be kept and read.
func tidy(in *bot.Inbound) {
	in.Text = short(printable(in.Text), textMost)
	in.Action = short(printable(in.Action), textMost)
	in.Scene = short(printable(in.Scene), 1000)
	in.Sender.Name = short(oneLine(in.Sender.Name), 200)
	in.Sender.Language = short(oneLine(in.Sender.Language), 100)
	in.EventID, in.Turn = printable(in.EventID), printable(in.Turn)
	if len(in.Values) > 0 {
		values := make(map[string]string, len(in.Values))
		for k, v := range in.Values {
			values[printable(k)] = short(printable(v), textMost)
		}
		in.Values = values
	}
	for i := range in.Files {
		f := &in.Files[i]
		f.Name, f.MIME, f.Native = short(oneLine(f.Name), 200), short(oneLine(f.MIME), 200), printable(f.Native)
	}
}

// printable is s as valid UTF-8 without control characters but newline and tab.
func printable(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= ' ' && s[i] < 0x7f
	}
	if plain {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r == '\r' {
			return '\n'
		}
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(printable(s)), " ")
}

func short(s string, runes int) string {
	if len(s) <= runes {
		return s
	}
	n := 0
	for i := range s {
		if n == runes {
			return s[:i]
		}
		n++
	}
	return s
}

// flush writes what arrived at an install: each has a flusher of its own, and so
// every conversation has one. When a statement fails for one bad row, the rows
// are tried one by one; when the database is away, all have failed.
func (p *Pipeline) flush(at *install, rows []*bot.InboxRow) []error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	errs := make([]error, len(rows))
	n, err := p.store.AddInbound(ctx, rows)
	if err == nil {
		p.arrived(at, n, len(rows)-n)
		p.traceReceived(rows)
		return errs
	}
	if len(rows) == 1 || crm.CodeOf(err) == crm.CodeUnavailable {
		p.log.Warn("pipeline: inbox", "rows", len(rows), "error", err)
		for i := range errs {
			errs[i] = kept(err)
		}
		return errs
	}
	for i, row := range rows {
		n, err := p.store.AddInbound(ctx, []*bot.InboxRow{row})
		if err == nil {
			p.arrived(at, n, 1-n)
			p.traceReceived(rows[i : i+1])
		}
		if errs[i] = kept(err); err != nil {
			p.log.Warn("pipeline: inbox", "event", row.Inbound.EventID, "error", err)
		}
	}
	return errs
}

// kept is the error of a row that is not in the inbox: the platform has to
// deliver it again, unless it can never be kept.
func kept(err error) error {
	switch crm.CodeOf(err) {
	case "", crm.CodeInvalid, crm.CodeUnavailable:
		return err
	}
	return crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(err)
}
