package pipeline

import (
	"context"
	"sync"

	"crmbot/bot"
	"crmbot/crm"
)

// An answer that can go at once need not be looked for in the outbox: the batch
// that writes it leases it to this process and hands it over as soon as the
// transaction is through. That saves the claim, with its commit, on the way of
// nearly every answer. Everything else stays as it is: the row is in the outbox
// until its outcome is written, it is the first of its conversation, it waits for
// a slot like any other, and when the process dies another one takes it over.

// lentMost is how many rows may wait for a slot, for each of them. What is more
// stays in the outbox and is claimed when there is room.
const lentMost = 4

// lender is the part of a sender that takes rows from batches.
type lender struct {
	mu   sync.Mutex
	open bool                        // the sender runs
	line chan *bot.OutboxRow         // rows that wait for a slot
	room int                         // places in the line that are not promised
	next map[crm.ConversationID]bool // conversations that may have another row waiting
}

// loan is a row that a batch hands over, with its place in the line.
type loan struct {
	s   *sender
	row *bot.OutboxRow
}

// lends takes rows from batches until ctx ends, and sends them in life. What
// waits for a slot then is left to the next who looks.
func (s *sender) lends(ctx, life context.Context) {
	s.mu.Lock()
	s.room = lentMost * cap(s.slots)
	s.line, s.next, s.open = make(chan *bot.OutboxRow, s.room), map[crm.ConversationID]bool{}, true
	s.mu.Unlock()
	defer s.close()
	for {
		select {
		case <-ctx.Done():
			return
		case row := <-s.line:
			select {
			case <-ctx.Done():
				return
			case s.slots <- struct{}{}:
			}
			s.vacate()
			s.going.Go(func() { s.sendLent(life, row) })
		}
	}
}

// close ends it.
func (s *sender) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
}

// sendLent sends a row of the line. While the platform takes no calls it is put
// back, as one tries for all.
func (s *sender) sendLent(life context.Context, row *bot.OutboxRow) {
	if s.to.pulse.weak() {
		now := s.p.Now()
		s.finish(life, row, []bot.Settlement{s.p.put(row, now, now)})
		return
	}
	s.send(life, row)
}

// vacate gives a place in the line back.
func (s *sender) vacate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room++
}

// follow notes that a row waits in a conversation.
func (s *sender) follow(rows ...*bot.OutboxRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range rows {
		if s.open {
			s.next[row.Conversation] = true
		}
	}
}

// followed says whether the end of an operation lets another one of its
// conversation go, as far as we know. Other processes do not tell us what they
// add to a conversation.
func (s *sender) followed(id crm.ConversationID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	waits := s.next[id]
	delete(s.next, id)
	return waits || !s.p.alone()
}

// reserve takes a place in the line for a row of a batch, if there is one and the
// platform takes calls.
func (s *sender) reserve(row *bot.OutboxRow) *loan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open || s.room == 0 || s.to.pulse.weak() || !s.to.leases.taking.TryRLock() {
		return nil
	}
	s.room--
	return &loan{s, row}
}

// lend finds a place for the first row of each conversation, if it is due.
func (b *batch) lend() {
	began := map[crm.ConversationID]bool{}
	for _, row := range b.rows {
		to := b.p.installs[address{row.Outgoing.To.Platform, row.Outgoing.To.Install}]
		first := !began[row.Conversation]
		began[row.Conversation] = true
		if !first || to == nil || row.DueAt.After(b.now) {
			continue
		}
		if s := to.sender.Load(); s != nil {
			if l := s.reserve(row); l != nil {
				row.Owner = b.p.owner
				b.loans = append(b.loans, l)
			}
		}
	}
}

// handOver puts what the batch has leased into line. A row that had to stay
// behind another of its conversation gives its place back.
func (b *batch) handOver() {
	for _, l := range b.loans {
		if l.row.Owner == "" {
			l.s.to.leases.taking.RUnlock()
			l.s.vacate()
			continue
		}
		l.s.to.leases.note([]*bot.OutboxRow{l.row}, false)
		l.s.to.leases.taking.RUnlock()
		l.s.line <- l.row // there is room: its place was promised
	}
	b.loans = nil
}

// takeBack ends the leases of a batch that failed. When only the answer to its
// commit was lost, the rows may be leased to us nevertheless: the next claim
// finds them.
func (b *batch) takeBack() {
	for _, l := range b.loans {
		l.s.to.leases.end(true, l.row)
		l.s.to.leases.taking.RUnlock()
		l.s.vacate()
	}
	b.loans = nil
}
