package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Clock is the moment at which every test of the suite happens.
func Clock() time.Time { return time.Date(2026, 7, 25, 13, 5, 0, 0, time.UTC) }

// House is a bot.Host and a bot.Inbox that keep everything in memory. Its
// clock stands at Clock.
type House struct {
	mu       sync.Mutex
	values   map[string]string
	counts   []Counted
	received []bot.Inbound
	away     bool
	leases   map[string]chan struct{}
	log      lockedBuffer
	arrived  chan struct{}

	shows     func(in bot.Inbound) (*bot.Reply, error)
	consulted []bot.Inbound
	answers   func(ctx context.Context, eventID string) (*bot.Answer, error)
	files     map[string][]byte
}

// Counted is one payload that became no Inbound.
type Counted struct {
	Reason string
	Raw    []byte
}

var (
	_ bot.Host  = (*House)(nil)
	_ bot.Inbox = (*House)(nil)
)

// NewHouse makes an empty one.
func NewHouse() *House {
	return &House{files: map[string][]byte{}, values: map[string]string{}, leases: map[string]chan struct{}{}, arrived: make(chan struct{}, 1000)}
}

// Receive keeps an Inbound, unless the database is away.
func (h *House) Receive(ctx context.Context, in bot.Inbound) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away {
		return errors.New("the database is away")
	}
	h.received = append(h.received, in)
	h.arrived <- struct{}{}
	return ctx.Err()
}

// Away takes the database away, or brings it back.
func (h *House) Away(away bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.away = away
}

// Received returns what came in so far.
func (h *House) Received() []bot.Inbound {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]bot.Inbound(nil), h.received...)
}

// Wait waits until n Inbounds more have come in, and says whether they did.
func (h *House) Wait(n int, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for range n {
		select {
		case <-h.arrived:
		case <-timer.C:
			return false
		}
	}
	return true
}

// Forget drops what came in, was counted and was asked so far.
func (h *House) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.received, h.counts, h.consulted = nil, nil, nil
	for len(h.arrived) > 0 {
		<-h.arrived
	}
}

// Counts returns what was counted so far.
func (h *House) Counts() []Counted {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Counted(nil), h.counts...)
}

// Log is everything that was logged.
func (h *House) Log() string { return h.log.String() }

// Count keeps a payload with its reason.
func (h *House) Count(_ bot.Platform, _ bot.Install, reason string, raw []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts = append(h.counts, Counted{Reason: reason, Raw: raw})
}

// Value returns what SetValue kept.
func (h *House) Value(_ context.Context, key string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.values[key], nil
}

// SetValue keeps a value for as long as the House lives.
func (h *House) SetValue(ctx context.Context, key, value string, _ time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.values[key] = value
	return ctx.Err()
}

// Keys are the names of the values that are kept, in order.
func (h *House) Keys() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Sorted(maps.Keys(h.values))
}

// Lease gives a name to one holder at a time.
func (h *House) Lease(ctx context.Context, name string) (context.Context, func(), error) {
	h.mu.Lock()
	slot, ok := h.leases[name]
	if !ok {
		slot = make(chan struct{}, 1)
		h.leases[name] = slot
	}
	h.mu.Unlock()
	select {
	case slot <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	held, cancel := context.WithCancel(ctx)
	return held, sync.OnceFunc(func() { cancel(); <-slot }), nil
}

// Consult answers what Shows was told, nothing by itself.
func (h *House) Consult(ctx context.Context, in bot.Inbound) (*bot.Reply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.consulted = append(h.consulted, in)
	if h.shows == nil {
		return nil, ctx.Err()
	}
	return h.shows(in)
}

// Shows says what Consult answers.
func (h *House) Shows(fn func(in bot.Inbound) (*bot.Reply, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.shows = fn
}

// Consulted returns what was asked so far.
func (h *House) Consulted() []bot.Inbound {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]bot.Inbound(nil), h.consulted...)
}

// Await gives what Answers was told, nothing by itself.
func (h *House) Await(ctx context.Context, eventID string) (*bot.Answer, error) {
	h.mu.Lock()
	answers := h.answers
	h.mu.Unlock()
	if answers == nil {
		return nil, ctx.Err()
	}
	return answers(ctx, eventID)
}

// Answers says what Await gives.
func (h *House) Answers(fn func(ctx context.Context, eventID string) (*bot.Answer, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answers = fn
}

// File opens what Keep was given.
func (h *House) File(_ context.Context, hash string) (io.ReadCloser, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	data, ok := h.files[hash]
	if !ok {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// Keep stores the bytes of a file that goes out under a hash.
func (h *House) Keep(hash string, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[hash] = data
}

// Transcript is empty.
func (h *House) Transcript(context.Context, bot.Address, int64) ([]bot.Entry, error) { return nil, nil }

// Watch never says anything.
func (h *House) Watch(context.Context, bot.Address) <-chan struct{} { return nil }

// Delivered takes every proof.
func (h *House) Delivered(context.Context, bot.Address, int64) error { return nil }

// Logger writes into Log, down to the last detail.
func (h *House) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Now is Clock.
func (h *House) Now() time.Time { return Clock() }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Threads are none.
func (h *House) Threads(_ context.Context, _ bot.SenderID, _ int) ([]bot.ThreadEntry, error) {
	return nil, nil
}

// Sees says that everybody sees everything.
func (h *House) Sees(_ context.Context, _ bot.SenderID, _ bot.Address) (bool, error) {
	return true, nil
}
