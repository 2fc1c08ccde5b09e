package pipeline

import (
	"context"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// personFor is how long words wait for the person's next message.
const personFor = 30 * 24 * time.Hour

// windowed says whether an install may be written to only after the person did
// something.
func windowed(f bot.Features) bool { return f.Hold == 0 && (len(f.Credits) > 0 || f.Can(bot.OpNudge)) }

// closed is for words that cannot be sent before the person writes again. A
// person's words, and the bot's that bear a notice, wait for that if he can be
// told, and come first then; the bot's other words are over. Where answers go
// out with a request alone, everything waits for the next one.
func (p *Pipeline) closed(ctx context.Context, to *install, row *bot.OutboxRow, s *bot.Settlement) {
	f := p.features(to)
	if f.Hold == 0 && row.Author == crm.AuthorBot && row.Outgoing.Notice == "" || s.At.Sub(row.Created) >= personFor {
		return
	}
	if f.Hold == 0 {
		told, why, err := p.nudge(ctx, to, row, s.At)
		if err != nil {
			s.Class, s.Cause = bot.FailureOf(err).Class, short(printable(err.Error()), 500)
			p.later(row, s)
			return
		}
		if !told {
			if s.Why == "" {
				s.Why = why
			}
			return
		}
	}
	row.Attempts = 0 // the person's next word is a fresh start
	s.State, s.Class, s.DueAt = crm.DeliveryQueued, bot.WindowClosed, row.Created.Add(personFor)
}

// nudge tells the person outside the chat that a reply waits, once after each
// message of his and only if he allowed it. It says whether he knows, and if not,
// why he never will; an error is worth another try.
func (p *Pipeline) nudge(ctx context.Context, to *install, row *bot.OutboxRow, now time.Time) (told bool, why string, err error) {
	if !to.Adapter.Features().Can(bot.OpNudge) || !row.Outgoing.Direct {
		return false, bot.WhyNoNotices, nil
	}
	id, err := p.reader(ctx, p.store, row.Conversation)
	if err != nil || id == nil || !id.Notices() {
		return false, bot.WhyNoConsent, err
	}
	first := false
	err = p.store.UpdateBalance(ctx, row.Conversation, func(b *bot.Balance) error {
		if first = b.Nudged.IsZero(); first {
			b.Nudged = now
		}
		return nil
	})
	if err != nil || !first {
		return err == nil, "", err
	}
	notice := row.Outgoing.Notice
	if notice == "" {
		notice = "reply_waiting"
	}
	_, err = p.post(ctx, to, &bot.Outgoing{
		V: 1, Key: row.Outgoing.Key + "-nudge", Op: bot.OpNudge, To: row.Outgoing.To, Direct: true, For: bot.SenderID(id.Sender),
		Language: row.Outgoing.Language, Notice: notice, Reply: &bot.Reply{V: 1, Text: notice},
	})
	if err == nil {
		p.counts.add("nudged", 1)
		return true, "", nil
	}
	class := bot.FailureOf(err).Class
	if class == bot.Ambiguous {
		return true, "", nil
	}
	p.log.Warn("pipeline: not nudged", "row", row.ID, "class", class, "platform", to.Platform, "install", to.Install.Install, "error", err)
	undo := p.store.UpdateBalance(context.WithoutCancel(ctx), row.Conversation, func(b *bot.Balance) error {
		b.Nudged = time.Time{}
		return nil
	})
	if class == bot.Transient || class == bot.RateLimited {
		return false, "", err
	}
	return false, bot.WhyNotNoticed, undo
}

// reader is the identity of the person in a direct chat, nil if there is none
// that can be reached.
func (p *Pipeline) reader(ctx context.Context, store crm.Store, id crm.ConversationID) (*crm.Identity, error) {
	c, err := store.Conversation(ctx, id)
	if err != nil {
		return nil, err
	}
	identities, err := store.IdentitiesOf(ctx, c.ContactID, c.UserID)
	if err != nil {
		return nil, err
	}
	return p.spoken(c, identities), nil
}

// grants writes down what the events of a batch give us to write, where a
// platform has such rights, and wakes what waits for these people.
func (b *batch) grants(ctx context.Context) error {
	var woken []crm.ConversationID
	slices.Sort(b.givers) // one order for everybody
	for _, id := range b.givers {
		gave := false
		err := b.store.UpdateBalance(ctx, id, func(balance *bot.Balance) error {
			for _, e := range b.gifts[id] {
				credits := b.p.features(e.install).Credits
				at := e.in.At
				if at.After(e.row.Received) {
					at = e.row.Received
				}
				if len(credits) == 0 {
					balance.Nudged = time.Time{}
				}
				gave = balance.Grant(credits, e.in.Kind, at, b.p.Now()) || len(credits) == 0 || gave
			}
			return nil
		})
		if err != nil {
			return err
		}
		if gave {
			woken = append(woken, id)
		}
	}
	return b.store.WakeOutbox(ctx, woken, b.now)
}

// gift notes an event that may give us something.
func (b *batch) gift(e *event) {
	f := b.p.features(e.install)
	if !windowed(f) || e.conversation == nil || !gives(f, e.in.Kind) || e.row.Attempts > 0 || e.row.Logged { // or it gave already
		return
	}
	id := e.conversation.ID
	if b.gifts == nil {
		b.gifts = map[crm.ConversationID][]*event{}
	}
	if b.gifts[id] == nil {
		b.givers = append(b.givers, id)
	}
	b.gifts[id] = append(b.gifts[id], e)
}

func gives(f bot.Features, k bot.Kind) bool {
	for _, c := range f.Credits {
		if c.On == k {
			return true
		}
	}
	return len(f.Credits) == 0 && person(k)
}
