package pipeline_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// moody is a store that counts the rows which are claimed, and whose batches go
// wrong as often as it is told: before their commit, or after it with the answer
// lost on the way.
type moody struct {
	*storage.DB
	claimed        atomic.Int64
	fails, forgets atomic.Int64
}

func (m *moody) ClaimOutbox(ctx context.Context, c bot.Claim) ([]*bot.OutboxRow, error) {
	rows, err := m.DB.ClaimOutbox(ctx, c)
	m.claimed.Add(int64(len(rows)))
	return rows, err
}

func (m *moody) WorkShards(ctx context.Context, now time.Time, limit int, fn func(context.Context, bot.Store, []*bot.InboxRow) error) (bool, error) {
	away := crm.Fail(crm.CodeUnavailable, "error.unavailable")
	done, err := m.DB.WorkShards(ctx, now, limit, func(ctx context.Context, s bot.Store, rows []*bot.InboxRow) error {
		err := fn(ctx, s, rows)
		if err == nil && m.fails.Add(-1) >= 0 {
			return away
		}
		return err
	})
	if done && err == nil && m.forgets.Add(-1) >= 0 {
		return done, away
	}
	return done, err
}

// moodyHouse runs a pipeline with some slots over a moody store.
func moodyHouse(t *testing.T, db *storage.DB, slots int) (*house, *moody) {
	t.Helper()
	m := &moody{DB: db}
	h := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
	o := options(t, m, echo, h.pigeon, h.office)
	o.Slots = slots
	h.Pipeline = pipeline.New(o)
	h.run(t)
	return h, m
}

func (h *house) hears(t *testing.T, who string, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s is answered %d times", who, n), func() bool { return len(h.pigeon.texts(bot.ChatID(who))) >= n })
}

func TestAnAnswerGoesToASlotWithoutAClaim(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h, m := moodyHouse(t, db, 4)
		for i := range 5 { // one after the other, so that nothing waits before it
			if i == 1 { // by then the senders run
				m.claimed.Store(0)
			}
			h.receive(t, says(pigeon, "ana", fmt.Sprint(i)))
			h.hears(t, "ana", i+1)
			eventually(t, "its outcome is written", func() bool {
				b, err := db.Backlog(t.Context(), h.Now())
				return err == nil && b.Outbox == 0
			})
		}
		if n := m.claimed.Load(); n != 0 {
			t.Errorf("%d rows were claimed", n)
		}
		want(t, h.pigeon.texts("ana"), "echo 0", "echo 1", "echo 2", "echo 3", "echo 4")
	})
}

func TestLentAndClaimedAnswersOfAChatStayInOrder(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h, _ := moodyHouse(t, db, 2)
		var texts []string
		for i := range 30 {
			in := says(pigeon, "ana", fmt.Sprint(i))
			in.Seq = int64(i + 1)
			h.receive(t, in)
			texts = append(texts, fmt.Sprint("echo ", i))
		}
		h.hears(t, "ana", len(texts))
		want(t, h.pigeon.texts("ana"), texts...)
	})
}

// A slot that is promised to an answer comes back however its batch ends: with
// one slot alone the first that is lost would be the last.
func TestABatchThatFailsGivesItsSlotsBack(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h, m := moodyHouse(t, db, 1)
		m.fails.Store(3)
		h.receive(t, says(pigeon, "ana", "one"))
		h.hears(t, "ana", 1)
		m.forgets.Store(1)
		h.receive(t, says(pigeon, "ana", "two"))
		h.hears(t, "ana", 2)
		h.receive(t, says(pigeon, "bo", "three"))
		h.hears(t, "bo", 1)
		want(t, h.pigeon.texts("ana"), "echo one", "echo two")
	})
}
