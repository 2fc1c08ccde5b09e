package webchat_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// ledger is a house that counts what sockets ask of it.
type ledger struct {
	*house
	asked atomic.Int64
	broke atomic.Bool // transcripts cannot be read
}

func (l *ledger) Transcript(ctx context.Context, at bot.Address, after int64) ([]bot.Entry, error) {
	l.asked.Add(1)
	if l.broke.Load() {
		return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable")
	}
	return l.house.Transcript(ctx, at, after)
}

func (l *ledger) Value(ctx context.Context, key string) (string, error) {
	l.asked.Add(1)
	return l.house.Value(ctx, key)
}

func newLedger() *ledger { return &ledger{house: newHouse()} }

// TestAnIdleSocketCostsLittle opens many pages and looks what each adds: two
// goroutines, few kilobytes, and nothing that is asked of the database, neither
// when a stranger comes nor afterwards.
func TestAnIdleSocketCostsLittle(t *testing.T) {
	const many = 200
	h := newLedger()
	r := newReplica(t, h, webchat.Config{})
	first, token, _ := enter(t, r, frame{}) // what is made once is made
	first.say("message-1", "hello")
	settled := func() (goroutines int, bytes uint64) {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return runtime.NumGoroutine(), m.HeapAlloc + m.StackInuse
	}
	goroutines, bytes := settled()
	asked := h.asked.Load()
	for range many {
		enter(t, r, frame{})
	}
	if n := h.asked.Load() - asked; n != 0 {
		t.Errorf("%d strangers asked the database %d times", many, n)
	}
	// A browser of these has none of its own, once its request is through.
	more, most := 0, 2*many+many/10
	for range 1000 {
		if more, _ = settled(); more-goroutines <= most {
			break
		}
	}
	_, held := settled()
	if more-goroutines > most {
		t.Errorf("%.1f goroutines for each page", float64(more-goroutines)/many)
	}
	if each := (held - bytes) / many; held > bytes && each > 32<<10 { // with the browser's side, which has buffers of its own
		t.Errorf("%d bytes for each page", each)
	}
	t.Logf("%.2f goroutines and %d bytes for each page, both sides together", float64(more-goroutines)/many, (held-bytes)/many)
	if n := h.asked.Load() - asked; n != 0 {
		t.Errorf("idle pages asked the database %d times", n)
	}
	// Somebody who was here before asks once, and once for each thing that is said.
	enter(t, r, frame{"token": token, "after": 1})
	if n := h.asked.Load() - asked; n != 1 {
		t.Errorf("a page that comes back asked %d times", n)
	}
}

// TestAFailureIsMadeUpFor: what was said while the database was away is shown
// once it is back, though nobody is told again.
func TestAFailureIsMadeUpFor(t *testing.T) {
	h := newLedger()
	b, _, _ := enter(t, newReplica(t, h, webchat.Config{}), frame{})
	b.say("message-1", "hello")
	at := h.kept(bot.KindText)[0].Address
	b.until("entry")
	asked := h.asked.Load()
	h.broke.Store(true)
	h.post(at, bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: bot.Text("hi")})
	for h.asked.Load() == asked {
		runtime.Gosched()
	}
	h.broke.Store(false)
	if f := b.until("entry"); f.words() != "hi" {
		t.Errorf("shown: %s", f.raw)
	}
}

// hello opens a socket from an address and says hello. It returns the status of
// the handshake and the first frame.
func hello(t *testing.T, r *replica, from, token string) (int, heard) {
	t.Helper()
	ctx, cancel := patience(t)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, strings.Replace(r.url, "http", "ws", 1)+"/socket",
		&websocket.DialOptions{HTTPHeader: http.Header{"X-Forwarded-For": {from}}})
	if resp == nil {
		t.Fatal(err)
	}
	if err != nil {
		if resp.StatusCode != http.StatusSwitchingProtocols && resp.Header.Get("Retry-After") == "" {
			t.Errorf("%d says nothing about when to come back", resp.StatusCode)
		}
		return resp.StatusCode, heard{}
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	b := &browser{t, conn}
	b.send(frame{"type": "hello", "token": token})
	return resp.StatusCode, b.hear()
}

// TestNobodyTakesAllTheSockets: a visitor has so many pages, a network so many
// at once, and others are let in all the same.
func TestNobodyTakesAllTheSockets(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{Proxies: []string{"127.0.0.0/8", "::1"}})
	_, welcome := hello(t, r, "203.0.113.9", "")
	for i := range 9 {
		if _, f := hello(t, r, "203.0.113.9", welcome.Token); f.Type != "welcome" {
			t.Fatalf("page %d: %s", i+2, f.raw)
		}
	}
	if _, f := hello(t, r, "203.0.113.9", welcome.Token); f.Type != "refused" || f.Why != "later" {
		t.Errorf("the eleventh page: %s", f.raw)
	}
	if _, f := hello(t, r, "203.0.113.9", ""); f.Type != "welcome" {
		t.Errorf("a colleague of his: %s", f.raw)
	}
	last := 0
	for range 200 {
		if last, _ = hello(t, r, "203.0.113.9", "x"); last != http.StatusSwitchingProtocols {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("a network that knocks 200 times at once gets %d", last)
	}
	if status, f := hello(t, r, "203.0.113.10", ""); status != http.StatusSwitchingProtocols || f.Type != "welcome" {
		t.Errorf("somebody else: %d %s", status, f.raw)
	}
	h.pass(50 * time.Millisecond)
	if status, _ := hello(t, r, "203.0.113.9", welcome.Token); status != http.StatusSwitchingProtocols {
		t.Errorf("a moment later: %d", status)
	}
}

// TestAPlaceIsGivenBack: whoever leaves makes room.
func TestAPlaceIsGivenBack(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	_, token, _ := enter(t, r, frame{})
	var last *browser
	for range 9 {
		last, _, _ = enter(t, r, frame{"token": token})
	}
	_ = last.conn.CloseNow()
	for range 1000 { // until the other side has noticed
		b := dial(t, r)
		b.send(frame{"type": "hello", "token": token})
		if f := b.hear(); f.Type == "welcome" {
			return
		}
	}
	t.Error("the place of a page that is gone is not free")
}

// TestManyAskAtOnce: each of a crowd is answered, each by his own answer, in
// his own order, and nobody sees another's.
func TestManyAskAtOnce(t *testing.T) {
	const many, each = 100, 5
	h := newHouse()
	h.answer = echo
	r := newReplica(t, h, webchat.Config{})
	browsers := make([]*browser, many)
	for i := range browsers {
		browsers[i], _, _ = enter(t, r, frame{})
	}
	for n := range each {
		for i, b := range browsers {
			b.send(frame{"type": "message", "id": fmt.Sprintf("message-%d", n), "text": fmt.Sprintf("%d of %d", n, i)})
		}
	}
	for i, b := range browsers {
		for n := range each {
			for {
				f := b.until("entry")
				if f.From == "me" {
					continue
				}
				if want := fmt.Sprintf("You said: %d of %d", n, i); f.words() != want {
					t.Fatalf("%q, want %q", f.words(), want)
				}
				break
			}
		}
	}
}

// TestComingBackShowsNothingTwice: a server ends in the middle; the page comes
// back at another, sends again what was not acknowledged, and has everything
// once.
func TestComingBackShowsNothingTwice(t *testing.T) {
	h := newHouse()
	h.answer = echo
	r := newReplica(t, h, webchat.Config{})
	b, token, _ := enter(t, r, frame{})
	b.say("message-1", "one")
	shown, last := map[string]int{}, int64(0)
	note := func(f heard) {
		shown[f.words()]++
		last = max(last, f.Entry)
	}
	note(b.until("entry"))
	b.send(frame{"type": "message", "id": "message-2", "text": "two"}) // nobody reads whether it was taken
	for len(h.kept(bot.KindText)) < 2 {
		runtime.Gosched()
	}
	_ = b.conn.CloseNow()
	r.end()

	b, _, old := enter(t, newReplica(t, h, webchat.Config{}), frame{"token": token, "after": last})
	for _, f := range old {
		note(f)
	}
	if f := b.say("message-2", "two"); f.Type != "ack" {
		t.Fatalf("sent again: %s", f.raw)
	}
	b.send(frame{"type": "message", "id": "message-3", "text": "three"})
	for shown["You said: three"] == 0 {
		note(b.until("entry"))
	}
	for _, want := range []string{"one", "You said: one", "two", "You said: two", "three", "You said: three"} {
		if shown[want] != 1 {
			t.Errorf("%q is shown %d times", want, shown[want])
		}
	}
}

// TestTheEndIsNotHeldUpByTheDead: whoever does not answer the good-bye is hung
// up on, and Run ends.
func TestTheEndIsNotHeldUpByTheDead(t *testing.T) {
	r := newReplica(t, newHouse(), webchat.Config{})
	for range 20 {
		dial(t, r) // says nothing, and reads nothing
	}
	r.end() // newReplica waits for Run when the test ends
}
