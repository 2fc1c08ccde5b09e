package pipeline

import (
	"sync"

	"crmbot/bot"
	"crmbot/crm"
)

// An answer that can go at once need not be looked for in the outbox: the batch
// that writes it leases it to a slot of this process, and hands it over as soon
// as the transaction is through. That saves the claim, with its commit, on the
// way of nearly every answer. Everything else stays as it is: the row is in the
// outbox until its outcome is written, it is the first of its conversation, it
// has a slot, and when the process dies another one takes it over.

// lender is the part of a sender that takes rows from batches.
type lender struct {
	mu    sync.Mutex
	start func(*bot.OutboxRow)        // nil before the sender runs and after it has ended
	full  bool                        // the last claim left something behind: first come, first served
	next  map[crm.ConversationID]bool // conversations that may have another row waiting
}

// loan is a row that a batch hands over.
type loan struct {
	s     *sender
	start func(*bot.OutboxRow)
	row   *bot.OutboxRow
}

// lends begins the taking of rows, which are given to start.
func (l *lender) lends(start func(*bot.OutboxRow)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.start, l.next = start, map[crm.ConversationID]bool{}
}

// close ends it. What was promised a slot is still sent.
func (l *lender) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.start = nil
}

// claimed notes rows that were claimed: what stands behind them is not known.
func (l *lender) claimed(rows []*bot.OutboxRow, full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full = full
	for _, row := range rows {
		l.next[row.Conversation] = true
	}
}

// follow notes that a row waits in a conversation.
func (l *lender) follow(id crm.ConversationID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil {
		l.next[id] = true
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
	return waits || s.full || !s.p.alone()
}

// reserve takes a slot for a row of a batch, if there is one and nothing older
// waits for it.
func (s *sender) reserve(row *bot.OutboxRow) *loan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.start == nil || s.full || s.to.pulse.weak() || !s.to.leases.taking.TryRLock() {
		return nil
	}
	select {
	case s.slots <- struct{}{}:
		s.going.Add(1)
		return &loan{s, s.start, row}
	default:
		s.to.leases.taking.RUnlock()
		return nil
	}
}

// release gives a reserved slot back.
func (s *sender) release() {
	s.to.leases.taking.RUnlock()
	<-s.slots
	s.going.Done()
}

// lend finds a slot for the first row of each conversation, if it is due.
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

// handOver starts to send what the batch has leased. A row that had to stand in
// line gives its slot back.
func (b *batch) handOver() {
	for _, l := range b.loans {
		if l.row.Owner == "" {
			l.s.release()
			continue
		}
		l.s.to.leases.note([]*bot.OutboxRow{l.row}, false)
		l.s.to.leases.taking.RUnlock()
		go func() {
			defer l.s.going.Done()
			l.start(l.row)
		}()
	}
	b.loans = nil
}

// takeBack ends the leases of a batch that failed. When only the answer to its
// commit was lost, the rows may be leased to us nevertheless: the next claim
// finds them.
func (b *batch) takeBack() {
	for _, l := range b.loans {
		l.s.to.leases.end(true, l.row)
		l.s.release()
	}
	b.loans = nil
}
