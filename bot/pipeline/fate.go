package pipeline

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	wordsFor    = 72 * time.Hour // how long a person's words are tried
	longestWait = 5 * time.Minute
	shutFor     = time.Minute // how long an install that refuses our credentials is left alone
)

// fates decide what becomes of the rows of a lot after Send: what became of the
// first, but for what depends on whose words they are.
func (p *Pipeline) fates(ctx context.Context, to *install, l *lot, sent bot.Sent, err error) []bot.Settlement {
	first := p.fate(ctx, to, l.rows[0], sent, err)
	all := []bot.Settlement{first}
	for _, row := range l.rows[1:] {
		s := first
		s.Row = row
		row.Attempts, row.Plain, row.Outgoing.To = l.rows[0].Attempts, l.rows[0].Plain, l.rows[0].Outgoing.To
		if err != nil {
			switch class := bot.FailureOf(err).Class; class {
			case bot.Ambiguous:
				s.State = crm.DeliveryFailed
				p.doubt(to, row, &s)
			case bot.WindowClosed:
				s.State, s.Class = crm.DeliveryFailed, class
				p.closed(ctx, to, row, &s)
			}
		}
		all = append(all, s)
	}
	return all
}

// fate decides what becomes of a row after Send.
func (p *Pipeline) fate(ctx context.Context, to *install, row *bot.OutboxRow, sent bot.Sent, err error) bot.Settlement {
	now := p.Now()
	s := bot.Settlement{Row: row, State: crm.DeliveryFailed, At: now}
	if err == nil {
		s.State, s.Native, s.Topic = crm.DeliveryAccepted, sent.ID, sent.Topic
		if row.Outgoing.Op == bot.OpDelete {
			s.Native = "" // that is no more
		}
		return s
	}
	f := bot.FailureOf(err)
	if row.Outgoing.Op == bot.OpTyping { // it is over before another try
		s.State, s.Class = crm.DeliveryAccepted, superseded
		return s
	}
	s.Class, s.Cause, s.Why = f.Class, short(printable(f.Error()), 500), f.Why
	if f.Class != bot.RateLimited && f.Class != bot.Unauthorized && f.Class != bot.Migrated {
		row.Attempts++
	}
	switch f.Class {
	case bot.RateLimited:
		p.slow(to, row, &s, f.After)
	case bot.Unauthorized:
		p.shut(to, &s, err)
	case bot.Ambiguous:
		p.doubt(to, row, &s)
	case bot.Migrated:
		p.migrate(row, &s, f.To)
	case bot.BadContent:
		if !row.Plain && row.Outgoing.Reply != nil {
			row.Plain = true
			s.State, s.DueAt = crm.DeliveryQueued, now
		}
	case bot.WindowClosed:
		p.closed(ctx, to, row, &s)
	case bot.RecipientGone, bot.Stale:
	default:
		p.later(row, &s)
	}
	if s.State != crm.DeliveryQueued {
		p.log.Info("pipeline: not sent", "event", row.Outgoing.Event, "row", row.ID, "state", s.State, "class", s.Class, "platform", to.Platform,
			"install", to.Install.Install, "attempt", row.Attempts, "error", err)
	}
	return s
}

// later tries again with growing pauses until the words are too old.
func (p *Pipeline) later(row *bot.OutboxRow, s *bot.Settlement) {
	wait := backoff(row.Attempts)
	if s.At.Add(wait).Sub(row.Created) > wordsFor {
		return
	}
	s.State, s.DueAt = crm.DeliveryQueued, s.At.Add(wait)
}

// backoff is a quarter second, doubled with every attempt, give or take a quarter.
func backoff(attempts int) time.Duration {
	wait := min(250*time.Millisecond<<min(max(attempts-1, 0), 20), longestWait)
	return wait*3/4 + time.Duration(rand.Int64N(int64(wait)/2))
}

// doubt is for a call that may have arrived. What does no harm twice goes on
// as if it had not; the bot's words are sent once more under the same key; a
// person's are left to a person. While the platform takes no calls at all the
// bot's words have more tries, with pauses in which it is the turn of others.
func (p *Pipeline) doubt(to *install, row *bot.OutboxRow, s *bot.Settlement) {
	most, wait := 2, backoff(row.Attempts)
	if to.pulse.weak() {
		most, wait = 6, min(pulseMost<<min(row.Attempts-1, 4), time.Minute)
	}
	switch op := row.Outgoing.Op; {
	case op == bot.OpEdit || op == bot.OpDelete || op == bot.OpHome:
		p.later(row, s)
	case row.Author == crm.AuthorBot && row.Attempts < most:
		s.State, s.DueAt = crm.DeliveryQueued, s.At.Add(wait)
	default:
		s.State = crm.DeliveryUnknown
	}
}

// slow holds the chat that was too fast, and the whole install when two chats
// hear it within one pause: then it is not the chat.
func (p *Pipeline) slow(to *install, row *bot.OutboxRow, s *bot.Settlement, after time.Duration) {
	after = max(after, time.Second)
	s.State, s.DueAt = crm.DeliveryQueued, s.At.Add(after)
	p.counts.add("rate_limited", 1)
	if to.rate.limited(row.Outgoing, s.At, s.DueAt) {
		p.hold(to, s.DueAt)
	}
}

// shut leaves an install alone that refuses our credentials.
func (p *Pipeline) shut(to *install, s *bot.Settlement, err error) {
	s.State, s.DueAt = crm.DeliveryQueued, s.At.Add(shutFor)
	p.log.Error("pipeline: the platform refuses our credentials; nothing is sent until that is mended",
		"platform", to.Platform, "install", to.Install.Install, "error", err)
	p.counts.add("unauthorized", 1)
	p.hold(to, s.DueAt)
}

func (p *Pipeline) hold(to *install, until time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := p.store.Hold(ctx, to.Platform, to.Install.Install, until); err != nil {
		p.log.Warn("pipeline: hold", "platform", to.Platform, "install", to.Install.Install, "error", err)
	}
}

// migrate sends to where the chat lives now, and remembers it.
func (p *Pipeline) migrate(row *bot.OutboxRow, s *bot.Settlement, now bot.Address) {
	if now.Chat == "" || now.Chat == row.Outgoing.To.Chat {
		return
	}
	now.Platform, now.Install = row.Outgoing.To.Platform, row.Outgoing.To.Install
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := p.store.MoveConversation(ctx, row.Conversation, conversationKey(now))
	if err != nil && crm.CodeOf(err) != crm.CodeConflict { // a conflict: it was moved before
		s.Cause = errors.Join(errors.New(s.Cause), err).Error()
		p.later(row, s)
		return
	}
	row.Outgoing.To = now
	s.State, s.DueAt = crm.DeliveryQueued, s.At
}
