package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// settleAll writes outcomes down, and with them, in one transaction, what
// conversations and colleagues are told of them: neither is there without the
// other. News that cannot be told do not hold an outcome up.
func (p *Pipeline) settleAll(ctx context.Context, all []bot.Settlement) error {
	if !slices.ContainsFunc(all, func(s bot.Settlement) bool { return newsworthy(s) || p.costs(s) }) {
		return p.store.SettleOutbox(ctx, p.owner, all)
	}
	defer p.work.ring()
	err := p.store.Transact(ctx, func(ctx context.Context, store bot.Store) error {
		if err := store.SettleOutbox(ctx, p.owner, all); err != nil {
			return err
		}
		for _, s := range all {
			if err := p.news(ctx, store, s); err != nil {
				return err
			}
		}
		return nil
	})
	switch crm.CodeOf(err) {
	case "", crm.CodeUnavailable, crm.CodeConflict:
		return err
	}
	if len(all) > 1 { // one after the other
		return err
	}
	p.log.Error("pipeline: nobody was told what became of an operation", "row", all[0].Row.ID, "error", err)
	return p.store.SettleOutbox(ctx, p.owner, all)
}

// newsworthy says whether somebody wants to know of an outcome.
func newsworthy(s bot.Settlement) bool {
	out := s.Row.Outgoing
	return s.Class != superseded && (out.Done != "" || out.Failed != "" || s.Row.ReleasedBy != 0 || lost(s))
}

// lost says whether a place of colleagues cannot be written to any more.
func lost(s bot.Settlement) bool {
	out := s.Row.Outgoing
	return s.State == crm.DeliveryFailed && s.Class == bot.RecipientGone && s.Row.Audience == crm.AudienceStaff &&
		!out.Direct && out.For == "" && out.To.Topic != ""
}

// news tells the conversation what became of an operation, and whoever let the
// words go.
func (p *Pipeline) news(ctx context.Context, store bot.Store, s bot.Settlement) error {
	if p.costs(s) {
		if err := p.counted(ctx, store, s); err != nil {
			return err
		}
	}
	if !newsworthy(s) {
		return nil
	}
	out := s.Row.Outgoing
	switch {
	case s.State == crm.DeliveryAccepted && out.Done != "":
		line := out.Done
		if s.Native != "" {
			line += " id=" + string(s.Native)
		}
		if s.Topic != "" {
			line += " topic=" + string(s.Topic)
		}
		if err := p.instruct(ctx, store, s, "done", line); err != nil {
			return err
		}
	case ended(s.State) && out.Failed != "":
		if err := p.instruct(ctx, store, s, "undone", out.Failed+" why="+reason(s)); err != nil {
			return err
		}
	}
	if lost(s) {
		if err := p.lostThread(ctx, store, s); err != nil {
			return err
		}
	}
	if out.Release != 0 {
		return p.shipped(ctx, store, s)
	}
	if s.Row.ReleasedBy != 0 && out.Failed == "" {
		return p.unsent(ctx, store, s)
	}
	return nil
}

// costs says whether a message to a customer has cost one of our rights to write.
func (p *Pipeline) costs(s bot.Settlement) bool {
	out := s.Row.Outgoing
	if s.State != crm.DeliveryAccepted || s.Row.Audience != crm.AudienceCustomers || !out.Direct || out.Op != bot.OpPost {
		return false
	}
	to := p.installs[address{out.To.Platform, out.To.Install}]
	return to != nil && len(p.features(to).Credits) > 0
}

// counted has the cards of a customer's threads say how many rights are left.
func (p *Pipeline) counted(ctx context.Context, store bot.Store, s bot.Settlement) error {
	threads, _, err := store.Threads(ctx, crm.ThreadFilter{
		Conversation: s.Row.Conversation, States: []crm.ThreadState{crm.ThreadOpen}, Page: crm.Page{Limit: 50, Uncounted: true},
	})
	for _, t := range threads {
		if !p.has(t.Platform, t.Install) {
			continue
		}
		if err := p.inform(ctx, store, bot.Inbound{
			EventID: fmt.Sprintf("counted:%d:%d", s.Row.ID, t.ID), Kind: bot.KindSystem,
			Address: addressOf(t.Place()), Action: fmt.Sprintf("thread.card thread=%d", t.ID),
		}); err != nil {
			return err
		}
	}
	return err
}

// lostThread tells a thread, once, that its place is no more.
func (p *Pipeline) lostThread(ctx context.Context, store bot.Store, s bot.Settlement) error {
	to := s.Row.Outgoing.To
	t, err := store.ThreadAt(ctx, conversationKey(to))
	if crm.CodeOf(err) == crm.CodeNotFound || err == nil && t.State == crm.ThreadLost {
		return nil
	}
	if err != nil {
		return err
	}
	why := s.Why
	if why == "" {
		why = "gone"
	}
	return p.inform(ctx, store, bot.Inbound{
		EventID: fmt.Sprintf("lost:%d", t.ID), Kind: bot.KindSystem, Address: to,
		Action: fmt.Sprintf("thread.lost thread=%d why=%s", t.ID, why),
	})
}

// ended says whether an operation will never be known to be done.
func ended(d crm.Delivery) bool { return d == crm.DeliveryFailed || d == crm.DeliveryUnknown }

// reason is why something was not sent.
func reason(s bot.Settlement) string {
	if s.Why != "" {
		return s.Why
	}
	return string(s.Class)
}

// instruct gives the conversation of an operation a command line, once for each
// operation and kind of news: once for a message of several parts.
func (p *Pipeline) instruct(ctx context.Context, store bot.Store, s bot.Settlement, kind, line string) error {
	row := s.Row
	in := bot.Inbound{
		EventID: fmt.Sprintf("%s:%d", kind, row.ID), Kind: bot.KindSystem,
		Address: row.Outgoing.To, Direct: row.Outgoing.Direct, Action: line, Of: row.Outgoing.Event,
	}
	if row.Message != 0 && row.Outgoing.Of == 0 {
		in.EventID = fmt.Sprintf("%s:m%d", kind, row.Message)
	}
	if row.Audience == crm.AudienceCustomers && row.Outgoing.Direct {
		id, err := p.reader(ctx, store, row.Conversation)
		if err != nil {
			return err
		}
		if id != nil {
			in.Sender = speaker(id)
		}
	}
	return p.inform(ctx, store, in)
}

// inform adds an event to a conversation, once for each id.
func (p *Pipeline) inform(ctx context.Context, store bot.Store, in bot.Inbound) error {
	row, err := p.row(in, time.Time{})
	if err != nil {
		return err
	}
	_, err = store.AddInbound(ctx, []*bot.InboxRow{row})
	return err
}

// unsent tells somebody who works here why his words did not go out, or that
// they wait: once for each row and reason.
func (p *Pipeline) unsent(ctx context.Context, store bot.Store, s bot.Settlement) error {
	why := p.waiting(s)
	if ended(s.State) {
		why = reason(s)
	}
	if why == "" {
		return nil
	}
	to, err := p.direct(ctx, store, s.Row.ReleasedBy)
	if err != nil || to == nil {
		return err
	}
	line := "notice.unsent " + s.Row.Conversation.String() + " " + why
	return p.inform(ctx, store, to.event(fmt.Sprintf("unsent:%d:%s", s.Row.ID, why), line))
}

// waiting is how words wait for a person's next one, "" if they do not.
func (p *Pipeline) waiting(s bot.Settlement) string {
	if s.State != crm.DeliveryQueued || s.Class != bot.WindowClosed {
		return ""
	}
	a := s.Row.Outgoing.To
	if to := p.installs[address{a.Platform, a.Install}]; to != nil && p.features(to).Hold == 0 {
		return "nudged"
	}
	return "waits"
}

// shipped writes down beside a release what became of its words, and tells the
// thread in which they were written.
func (p *Pipeline) shipped(ctx context.Context, store bot.Store, s bot.Settlement) error {
	why := p.waiting(s)
	if s.State == crm.DeliveryQueued && why == "" {
		return nil // it is tried again
	}
	parts, err := store.Parts(ctx, []crm.MessageID{s.Row.Message})
	if err != nil || len(parts) == 0 {
		return err
	}
	state := delivery(parts)
	if ended(state) {
		why = ""
	}
	release, err := p.deliveryOf(ctx, store, crm.ReleaseID(s.Row.Outgoing.Release), state, func(old string) string {
		switch {
		case s.State == state && ended(state):
			return reason(s)
		case ended(state): // another part of it
			return old
		}
		return why
	})
	if err != nil || release == nil {
		return err
	}
	told, err := p.tellThread(ctx, store, release)
	if err != nil || told || ended(s.State) && s.Row.Outgoing.Failed != "" {
		return err
	}
	return p.unsent(ctx, store, s)
}

// delivery is what is known of a message by its parts: no better than the worst
// of them.
func delivery(parts []*crm.Part) crm.Delivery {
	for _, d := range []crm.Delivery{crm.DeliveryFailed, crm.DeliveryUnknown, crm.DeliveryQueued, crm.DeliveryAccepted} {
		if slices.ContainsFunc(parts, func(p *crm.Part) bool { return p.State == d }) {
			return d
		}
	}
	return crm.DeliveryDelivered
}

// deliveryOf writes down what is known of a release; it is nil if that was known.
func (p *Pipeline) deliveryOf(ctx context.Context, store bot.Store, id crm.ReleaseID, state crm.Delivery, why func(old string) string) (*crm.Release, error) {
	old, err := store.Release(ctx, id)
	if err != nil {
		return nil, err
	}
	if old.Delivery == state && old.Why == why(old.Why) {
		return nil, nil
	}
	return store.UpdateRelease(ctx, id, func(r *crm.Release) error {
		r.Delivery, r.Why = state, why(r.Why)
		return nil
	})
}

// tellThread tells the thread of a release that something is known of it. It is
// false where there is none.
func (p *Pipeline) tellThread(ctx context.Context, store bot.Store, r *crm.Release) (bool, error) {
	if r.ThreadID == 0 {
		return false, nil
	}
	t, err := store.Thread(ctx, r.ThreadID)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return false, nil
	}
	if err != nil || t.Topic == "" || !p.has(t.Platform, t.Install) {
		return false, err
	}
	there := t.State != crm.ThreadLost // else he may not read it there
	return there, p.inform(ctx, store, bot.Inbound{
		EventID: fmt.Sprintf("state:%d:%s:%s:%d", r.ID, r.Delivery, r.Why, r.MessageID), Kind: bot.KindSystem,
		Address: addressOf(t.Place()), Action: fmt.Sprintf("relay.state release=%d", r.ID),
	})
}

func addressOf(k crm.ConversationKey) bot.Address {
	return bot.Address{
		Platform: bot.Platform(k.Platform), Install: bot.Install(k.Install), Chat: bot.ChatID(k.Chat), Topic: bot.TopicID(k.Topic),
	}
}

// proved notes that the person's device has shown all messages up to one.
func (p *Pipeline) proved(ctx context.Context, id crm.ConversationID, upTo crm.MessageID) error {
	releases, _, err := p.store.Releases(ctx, crm.ReleaseFilter{
		Conversation: id, States: []crm.ReleaseState{crm.ReleaseSent}, Page: crm.Page{Limit: transcriptMost, Uncounted: true},
	})
	if err != nil {
		return err
	}
	releases = slices.DeleteFunc(releases, func(r *crm.Release) bool {
		return r.MessageID == 0 || r.MessageID > upTo || r.Delivery == crm.DeliveryDelivered || r.Delivery == crm.DeliveryFailed
	})
	if len(releases) == 0 {
		return p.store.Delivered(ctx, id, upTo, p.Now())
	}
	defer p.work.ring()
	return p.store.Transact(ctx, func(ctx context.Context, store bot.Store) error {
		if err := store.Delivered(ctx, id, upTo, p.Now()); err != nil {
			return err
		}
		for _, r := range releases {
			if err := p.provedOf(ctx, store, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *Pipeline) provedOf(ctx context.Context, store bot.Store, r *crm.Release) error {
	parts, err := store.Parts(ctx, []crm.MessageID{r.MessageID})
	if err != nil || len(parts) == 0 || delivery(parts) != crm.DeliveryDelivered {
		return err
	}
	known, err := p.deliveryOf(ctx, store, r.ID, crm.DeliveryDelivered, func(string) string { return "" })
	if err != nil || known == nil {
		return err
	}
	_, err = p.tellThread(ctx, store, known)
	return err
}
