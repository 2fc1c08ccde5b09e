package pipeline

import (
	"context"
	"hash/fnv"
	"strconv"
	"sync"
	"time"

	"crmbot/bot"
)

// watchers are those who wait for something new to be said at an address.
type watchers struct {
	mu sync.Mutex
	at map[string]map[chan struct{}]bool
}

// add returns a channel that gets a value when the address is rung, until ctx
// ends.
func (w *watchers) add(ctx context.Context, a bot.Address) <-chan struct{} {
	c, topic := make(chan struct{}, 1), topicOf(a)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at == nil {
		w.at = map[string]map[chan struct{}]bool{}
	}
	if w.at[topic] == nil {
		w.at[topic] = map[chan struct{}]bool{}
	}
	w.at[topic][c] = true
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if delete(w.at[topic], c); len(w.at[topic]) == 0 {
			delete(w.at, topic)
		}
	})
	return c
}

// any says whether anybody waits.
func (w *watchers) any() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.at) > 0
}

// ring tells those who wait at an address, and at the chat around it.
func (w *watchers) ring(a bot.Address) {
	if !w.any() {
		return
	}
	for _, topic := range topicsOf(a) {
		w.topic(topic)
	}
}

func (w *watchers) topic(topic string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.at[topic] {
		bell(c).ring()
	}
}

// topicOf names an address among processes, in a few letters.
func topicOf(a bot.Address) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(string(a.Platform) + "|" + string(a.Install) + "|" + string(a.Chat) + "|" + string(a.Topic))) // a hash does not fail
	return "said:" + strconv.FormatUint(h.Sum64(), 16)
}

// topicsOf are the names of an address and of the chat around it.
func topicsOf(a bot.Address) []string {
	if a.Topic == "" {
		return []string{topicOf(a)}
	}
	chat := a
	chat.Topic = ""
	return []string{topicOf(a), topicOf(chat)}
}

// wakeAt rings a bell at a moment; at once if it has passed.
func (p *Pipeline) wakeAt(b interface{ ring() }, at time.Time) {
	wait := at.Sub(p.Now())
	if wait <= 0 {
		b.ring()
		return
	}
	time.AfterFunc(wait, b.ring)
}

// rung hears what other processes ring.
func (p *Pipeline) rung(topic string) {
	switch topic {
	case "outbox":
		for _, i := range p.order {
			i.bell.ring()
		}
	case "job":
		p.job.ring()
	default:
		p.watchers.topic(topic)
	}
}
