package webchat_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// house is a Host and an Inbox in memory, which several adapters may share as
// replicas share a database. It answers every message as answer says.
type house struct {
	bot.Host
	bot.Inbox
	mu        sync.Mutex
	now       time.Time
	values    map[string]string
	leases    map[string]chan struct{}
	said      map[bot.Address][]bot.Entry
	watchers  map[bot.Address][]chan struct{}
	events    map[string]bool
	received  []bot.Inbound
	delivered map[bot.Address]int64
	counts    map[string]int
	files     map[string][]byte
	last      int64
	away      error // what the inbox returns while it is set
	answer    func(in bot.Inbound) *bot.Reply
	staff     map[bot.SenderID]bool                 // those who work here
	threads   []bot.ThreadEntry                     // what Threads returns
	hidden    map[bot.SenderID]map[bot.TopicID]bool // what Sees denies
}

func newHouse() *house {
	return &house{
		now:       time.Date(2026, 11, 21, 6, 2, 0, 0, time.UTC),
		values:    map[string]string{},
		leases:    map[string]chan struct{}{},
		said:      map[bot.Address][]bot.Entry{},
		watchers:  map[bot.Address][]chan struct{}{},
		events:    map[string]bool{},
		delivered: map[bot.Address]int64{},
		counts:    map[string]int{},
		files:     map[string][]byte{},
		staff:     map[bot.SenderID]bool{},
		hidden:    map[bot.SenderID]map[bot.TopicID]bool{},
	}
}

func (h *house) Receive(_ context.Context, in bot.Inbound) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away != nil {
		return h.away
	}
	if h.events[in.EventID] {
		return nil
	}
	h.events[in.EventID] = true
	h.received = append(h.received, in)
	if in.Kind == bot.KindText || in.Kind == bot.KindMedia {
		author := crm.AuthorContact
		if h.staff[in.Sender.ID] {
			author = crm.AuthorUser
		}
		h.say(in.Address, bot.Entry{Direction: crm.In, Author: author, Text: in.Text, Files: in.Files, Event: in.EventID})
	}
	if h.answer != nil {
		if reply := h.answer(in); reply != nil {
			e := bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: reply}
			if reply.Replace {
				e.Op, e.Target = bot.OpEdit, in.Message
			}
			h.say(in.Address, e)
		}
	}
	return nil
}

// post says something at an address.
func (h *house) post(at bot.Address, e bot.Entry) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.say(at, e)
}

func (h *house) say(at bot.Address, e bot.Entry) int64 {
	h.last++
	e.ID, e.At = h.last, h.now
	h.said[at] = append(h.said[at], e)
	h.ring(at)
	return h.last
}

func (h *house) Transcript(_ context.Context, at bot.Address, after int64) ([]bot.Entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []bot.Entry
	for _, e := range h.said[at] {
		if e.ID > after && len(out) < 200 {
			out = append(out, e)
		}
	}
	return out, nil
}

func (h *house) Threads(_ context.Context, by bot.SenderID, limit int) ([]bot.ThreadEntry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.staff[by] {
		return nil, crm.Fail(crm.CodeForbidden, "error.forbidden")
	}
	var out []bot.ThreadEntry
	for _, t := range h.threads {
		if !h.hidden[by][t.Topic] && len(out) < limit {
			out = append(out, t)
		}
	}
	return out, nil
}

func (h *house) Sees(_ context.Context, by bot.SenderID, at bot.Address) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.staff[by] {
		return false, crm.Fail(crm.CodeForbidden, "error.forbidden")
	}
	return at.Chat == webchat.Desk && !h.hidden[by][at.Topic], nil
}

// list puts a thread into the list, or changes it there, and tells the desk.
func (h *house) list(t bot.ThreadEntry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := slices.IndexFunc(h.threads, func(old bot.ThreadEntry) bool { return old.Topic == t.Topic })
	if found < 0 {
		h.threads = append(h.threads, t)
	} else {
		h.threads[found] = t
	}
	h.ring(bot.Address{Platform: webchat.Platform, Install: "office", Chat: webchat.Desk})
}

// hide denies somebody a thread from now on.
func (h *house) hide(from bot.SenderID, topic bot.TopicID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hidden[from] == nil {
		h.hidden[from] = map[bot.TopicID]bool{}
	}
	h.hidden[from][topic] = true
	h.ring(bot.Address{Platform: webchat.Platform, Install: "office", Chat: webchat.Desk, Topic: topic})
}

// hire makes somebody one of those who work here.
func (h *house) hire(who bot.SenderID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.staff[who] = true
}

func (h *house) ring(at bot.Address) {
	for _, w := range h.watchers[at] {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

func (h *house) Watch(_ context.Context, at bot.Address) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := make(chan struct{}, 1)
	h.watchers[at] = append(h.watchers[at], w)
	return w
}

func (h *house) Delivered(_ context.Context, at bot.Address, upTo int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.delivered[at] = upTo
	return nil
}

func (h *house) Value(_ context.Context, key string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.values[key], nil
}

func (h *house) SetValue(_ context.Context, key, value string, _ time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.values[key] = value
	return nil
}

func (h *house) File(_ context.Context, hash string) (io.ReadCloser, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	data, ok := h.files[hash]
	if !ok {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// keep stores a file that goes out.
func (h *house) keep(hash string, data string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[hash] = []byte(data)
}

func (h *house) Lease(ctx context.Context, name string) (context.Context, func(), error) {
	h.mu.Lock()
	lease, ok := h.leases[name]
	if !ok {
		lease = make(chan struct{}, 1)
		h.leases[name] = lease
	}
	h.mu.Unlock()
	select {
	case lease <- struct{}{}:
		return ctx, func() { <-lease }, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

func (h *house) Count(_ bot.Platform, _ bot.Install, reason string, _ []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts[reason]++
}

func (h *house) count(reason string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.counts[reason]
}

// seen is up to where the person has been shown what was said.
func (h *house) seen(at bot.Address) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.delivered[at]
}

// kept are the events of a kind.
func (h *house) kept(kind bot.Kind) []bot.Inbound {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []bot.Inbound
	for _, in := range h.received {
		if in.Kind == kind {
			out = append(out, in)
		}
	}
	return out
}

func (h *house) setAway(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.away = err
}

// pass lets time go by.
func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) Logger() *slog.Logger { return slog.New(slog.DiscardHandler) }

// echo answers a message with its words.
func echo(in bot.Inbound) *bot.Reply {
	if in.Kind != bot.KindText || strings.HasPrefix(in.Text, "(") {
		return nil
	}
	return bot.Text("You said: " + in.Text)
}
