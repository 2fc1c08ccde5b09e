package pipeline_test

import (
	"context"
	"sync/atomic"
	"testing"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// counting is a store that counts who looks for news and who asks for a transcript.
type counting struct {
	bot.Store
	looked, read *atomic.Int64
}

func (c counting) Said(ctx context.Context, after crm.MessageID) ([]crm.ConversationKey, crm.MessageID, error) {
	c.looked.Add(1)
	return c.Store.Said(ctx, after)
}

func (c counting) Messages(ctx context.Context, id crm.ConversationID, after crm.MessageID, limit int) ([]*crm.Message, error) {
	c.read.Add(1)
	return c.Store.Messages(ctx, id, after, limit)
}

// TestWatchersHearThoughARingIsLost: what another replica said is found by one
// look for all who watch. Nobody else is told, and nobody reads meanwhile.
func TestWatchersHearThoughARingIsLost(t *testing.T) {
	dsn := storagetest.Postgres(t)
	here := newHouse(t, storagetest.Open(t, dsn, nil), echo)
	store := counting{storagetest.Open(t, dsn, nil), new(atomic.Int64), new(atomic.Int64)}
	there := &house{pigeon: newAdapter(pigeon), office: newAdapter(office)}
	there.Pipeline = pipeline.New(options(t, store, echo, there.pigeon, there.office))
	here.run(t)
	// They know of each other after a beat of each.
	eventually(t, "a beat", func() bool {
		n, err := store.Beat(t.Context(), there.Owner())
		return err == nil && n == 2
	})
	ana := there.Host(pigeon, main).Watch(t.Context(), bot.Address{Chat: "ana"})
	bao := there.Host(pigeon, main).Watch(t.Context(), bot.Address{Chat: "bao"})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- there.Look(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	eventually(t, "a look", func() bool { return store.looked.Load() > 0 })
	here.receive(t, says(pigeon, "ana", "hello"))
	heard := false
	eventually(t, "a sign", func() bool {
		select {
		case <-ana:
			heard = true
		default:
		}
		return heard
	})
	select {
	case <-bao:
		t.Error("a chat in which nothing was said was rung")
	default:
	}
	if n := store.read.Load(); n != 0 {
		t.Errorf("%d reads of transcripts", n)
	}
}

func TestSaidIsWhereAndHowFar(t *testing.T) {
	h := newHouse(t, storagetest.Open(t, storagetest.Postgres(t), nil), echo)
	at, newest, err := h.db.Said(t.Context(), -1)
	if err != nil || len(at) != 0 || newest != 0 {
		t.Fatalf("of nothing: %v %d %v", at, newest, err)
	}
	h.receive(t, says(pigeon, "ana", "hello"))
	h.settle(t)
	_, before, err := h.db.Said(t.Context(), -1)
	if err != nil || before == 0 {
		t.Fatalf("newest %d %v", before, err)
	}
	if at, _, err := h.db.Said(t.Context(), 0); err != nil || len(at) != 1 || at[0].Chat != "ana" {
		t.Errorf("since the beginning: %v %v", at, err)
	}
	h.receive(t, says(pigeon, "bao", "hello"))
	h.settle(t)
	at, newest, err = h.db.Said(t.Context(), before)
	if err != nil || len(at) != 1 || at[0] != (crm.ConversationKey{Platform: string(pigeon), Install: string(main), Chat: "bao"}) || newest <= before {
		t.Errorf("since then: %v %d %v", at, newest, err)
	}
}
