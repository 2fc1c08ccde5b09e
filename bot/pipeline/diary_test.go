package pipeline_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
)

// diary is a handler that writes down what it saw.
type diary struct {
	mu    sync.Mutex
	lines []string
	of    map[string][]string // by chat
	do    func(ctx context.Context, r *bot.Request) (*bot.Reply, error)
}

func (d *diary) handle(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	d.mu.Lock()
	if d.of == nil {
		d.of = map[string][]string{}
	}
	line := r.Inbound.Text
	if line == "" {
		line = r.Inbound.Action
	}
	d.lines = append(d.lines, line)
	d.of[r.Conversation.Chat] = append(d.of[r.Conversation.Chat], line)
	d.mu.Unlock()
	if d.do != nil {
		return d.do(ctx, r)
	}
	return nil, nil
}

func (d *diary) seen() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.lines)
}

func (d *diary) in(chat string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.of[chat])
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func conversationOf(t testing.TB, db *storage.DB, p bot.Platform, chat string) *crm.Conversation {
	t.Helper()
	key := crm.ConversationKey{Platform: string(p), Install: string(main), Chat: chat}
	found, err := db.Conversations(t.Context(), []crm.ConversationKey{key})
	if err != nil || found[key] == nil {
		t.Fatalf("conversation %v: %v", key, err)
	}
	return found[key]
}

func messages(t testing.TB, h *house, chat string) []*crm.Message {
	t.Helper()
	all, err := h.db.Messages(t.Context(), conversationOf(t, h.db, pigeon, chat).ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rowOf is a row of the inbox, made as the pipeline makes it.
func rowOf(in bot.Inbound, now time.Time) *bot.InboxRow { return pipeline.RowForTest(in, now) }
