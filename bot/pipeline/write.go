package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"crmbot/bot"
	"crmbot/crm"
)

// write puts everything the events of a batch led to into the database, with the
// mark that they are done: all that there nearly always is at once, and then what
// needs the number of a message, or is rare.
func (b *batch) write(ctx context.Context) error {
	b.still()
	b.lend()
	if err := b.store.Conclude(ctx, b.conclusion()); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		b.corrections, b.releases, b.writeMedia, b.refresher, b.writeNext, b.ringOthers, b.grants,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// conclusion is what the batch led to, for the store.
func (b *batch) conclusion() *bot.Conclusion {
	c := &bot.Conclusion{
		Messages: make([]*crm.Message, len(b.said)), Outbox: b.rows, Of: make([]int, len(b.rows)),
		Buttons: b.kept, Questions: b.asked, Done: b.done, At: b.now,
		In: slices.Sorted(maps.Keys(b.in)), Out: slices.Sorted(maps.Keys(b.out)),
		Sessions: slices.SortedFunc(maps.Values(b.saves), func(x, y *bot.Session) int {
			return cmp.Or(cmp.Compare(x.Conversation, y.Conversation), cmp.Compare(x.Sender, y.Sender))
		}),
	}
	place := make(map[*said]int, len(b.said))
	for i, s := range b.said {
		c.Messages[i], place[s] = &s.Message, i
	}
	for i := range b.rows {
		c.Of[i] = -1
		if at, ok := place[b.of[i]]; ok {
			c.Of[i] = at
		}
	}
	return c
}

// corrections keeps what messages of this batch said before edits in this batch.
func (b *batch) corrections(ctx context.Context) error {
	for _, s := range b.said {
		if s.Direction != crm.In {
			continue
		}
		for _, e := range s.event.later {
			if err := b.store.ReviseMessage(ctx, s.ID, e.in.Text, e.in.Kind == bot.KindDelete, e.in.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// releases tells the releases which messages they have become.
func (b *batch) releases(ctx context.Context) error {
	for _, s := range b.said {
		if s.Direction == crm.In {
			continue
		}
		if err := b.released(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// released tells a release which message it has become.
func (b *batch) released(ctx context.Context, s *said) error {
	if s.post == nil || s.post.Release == nil || s.post.Release.ID == 0 || s.post.Op == bot.OpEdit || s.post.Op == bot.OpDelete {
		return nil
	}
	_, err := b.store.UpdateRelease(ctx, s.post.Release.ID, func(r *crm.Release) error {
		r.MessageID, r.Delivery, r.Why = s.ID, crm.DeliveryQueued, ""
		return nil
	})
	return err
}

// writeMedia keeps the place of every file, in order, and asks for its bytes.
func (b *batch) writeMedia(ctx context.Context) error {
	var media []*crm.Media
	var of []*said
	for _, s := range b.said {
		for i, f := range s.files {
			m := &crm.Media{
				MessageID: s.ID, Position: i, Name: f.Name, MIME: f.MIME, Size: f.Size, Native: f.Native,
				State: crm.MediaWaiting, Created: b.now,
			}
			if f.Hash != "" && (s.Direction == crm.Out || s.event.in.Kind == bot.KindNote) { // we have the bytes already
				m.Hash, m.State = f.Hash, crm.MediaStored
			}
			media = append(media, m)
			of = append(of, s)
		}
	}
	if len(media) == 0 {
		return nil
	}
	if err := b.store.CreateMedia(ctx, media); err != nil {
		return err
	}
	for i, m := range media {
		if m.State == crm.MediaStored {
			continue
		}
		a := from(of[i].event.in)
		payload, err := json.Marshal(fetch{
			Media: m.ID, Platform: a.Platform, Install: a.Install,
			File: bot.File{Name: m.Name, MIME: m.MIME, Size: m.Size, Native: m.Native},
		})
		if err != nil {
			return err
		}
		b.jobs = append(b.jobs, &bot.Job{Kind: jobFetch, Unique: fmt.Sprint(m.ID), Payload: string(payload), RunAt: b.now})
	}
	return nil
}

// from is the install whose files an event brings: those of a note were sent
// elsewhere.
func from(in *bot.Inbound) bot.Address {
	a := in.Address
	if in.Kind == bot.KindNote && in.Values["platform"] != "" {
		a.Platform, a.Install = bot.Platform(in.Values["platform"]), bot.Install(in.Values["install"])
	}
	return a
}

// writeNext puts what follows into the queues.
func (b *batch) writeNext(ctx context.Context) error {
	if _, err := b.store.AddInbound(ctx, b.inbounds); err != nil {
		return err
	}
	return b.store.AddJobs(ctx, b.jobs...)
}

// still leaves out typing that something is said after.
func (b *batch) still() {
	spoke := map[crm.ConversationID]bool{}
	for i := len(b.rows) - 1; i >= 0; i-- {
		row := b.rows[i]
		if row.Outgoing.Op == bot.OpTyping && spoke[row.Conversation] {
			b.rows, b.of = slices.Delete(b.rows, i, i+1), slices.Delete(b.of, i, i+1)
			continue
		}
		spoke[row.Conversation] = true
	}
}

// ringOthers tells other processes, if there are any, what they may send and
// where something new was said that somebody may look at there.
func (b *batch) ringOthers(ctx context.Context) error {
	if b.p.alone() {
		return nil
	}
	var topics []string
	if slices.ContainsFunc(b.rows, func(r *bot.OutboxRow) bool { return r.Owner == "" }) {
		topics = append(topics, "outbox")
	}
	for _, s := range b.said {
		if f := b.p.features(s.event.install); !f.Watched && f.Hold == 0 {
			continue
		}
		for _, t := range topicsOf(s.event.in.Address) {
			if !slices.Contains(topics, t) {
				topics = append(topics, t)
			}
		}
	}
	return b.store.Ring(ctx, topics...)
}

// after wakes those who have something to do now that the batch is through.
func (b *batch) after() {
	b.p.counts.add("handled", int64(len(b.done)))
	b.p.traceQueued(b.rows)
	b.handOver()
	alone := b.p.alone()
	for i, row := range b.rows {
		if to := b.p.installs[address{row.Outgoing.To.Platform, row.Outgoing.To.Install}]; to != nil && row.Owner == "" {
			if s := to.sender.Load(); s != nil && alone {
				s.follow(row)
			}
			b.p.wakeAt(to.bell, row.DueAt) // at once if it is due
		}
		if b.of[i] != nil {
			b.p.watchers.ring(row.Outgoing.To)
		}
	}
	for _, s := range b.said {
		b.p.watchers.ring(s.event.in.Address)
	}
	b.count()
	for _, row := range b.inbounds {
		b.p.wakeAt(b.p.work, row.DueAt)
	}
	if len(b.jobs) > 0 {
		b.p.job.ring()
	}
	for _, e := range b.unknown {
		raw, err := json.Marshal(e.in)
		if err == nil {
			b.p.Count(e.in.Address.Platform, e.in.Address.Install, "unknown", raw)
		}
	}
}

// count notes for each install how many events were handled, and tells those
// who wait for one.
func (b *batch) count() {
	handled := map[*install]int64{}
	for _, e := range b.events {
		if e.install == nil || !slices.Contains(b.done, e.row.ID) {
			continue
		}
		handled[e.install]++
		if b.p.features(e.install).Hold > 0 {
			b.p.watchers.ring(e.in.Address)
		}
	}
	for _, events := range b.gifts { // what waited for these people
		events[0].install.bell.ring()
	}
	for at, n := range handled {
		at.tally.count(func(s *Stats) { s.Handled += n })
	}
}
