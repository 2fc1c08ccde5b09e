//go:build linux

package main

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// message is one that somebody of the crowd wrote. Its number is its update, its
// message id and its place in time.
type message struct {
	number   int
	chat     int64
	text     string
	due      time.Time // when it was to be sent
	sent     time.Time // when it was, for the first time
	acked    time.Time
	answered time.Time // first
	status   int       // of the webhook call, 0 for no answer
	answers  int
}

// crowd knows who asked and who was answered. The k-th answer in a chat answers
// its k-th question; one too many is a second answer to the last.
type crowd struct {
	mu       sync.Mutex
	next     int // number of the next message
	messages []*message
	waiting  map[int64][]*message
	last     map[int64]*message
	open     int       // not answered yet
	heard    time.Time // the first answer since listen
}

func newCrowd() *crowd {
	return &crowd{next: 1, waiting: map[int64][]*message{}, last: map[int64]*message{}}
}

// begin forgets the messages of the phase before. Who still waits is given up.
func (c *crowd) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages, c.open = nil, 0
	clear(c.waiting)
	clear(c.last)
}

// ask adds a message that is due at a moment.
func (c *crowd) ask(words func(number int) (chat int64, text string), due time.Time) *message {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := &message{number: c.next, due: due}
	m.chat, m.text = words(c.next)
	c.next++
	c.messages = append(c.messages, m)
	c.waiting[m.chat] = append(c.waiting[m.chat], m)
	c.open++
	return m
}

// forget takes back a message that was never taken.
func (c *crowd) forget(m *message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	same := func(other *message) bool { return other == m }
	if line := c.waiting[m.chat]; slices.ContainsFunc(line, same) {
		c.waiting[m.chat] = slices.DeleteFunc(line, same)
		c.open--
	}
	c.messages = slices.DeleteFunc(c.messages, same)
}

// listen waits for the next answer, to whatever message.
func (c *crowd) listen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = time.Time{}
}

// since is how long after a moment the first answer since listen came, 0 if none
// did.
func (c *crowd) since(began time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard.IsZero() {
		return 0
	}
	return c.heard.Sub(began)
}

// answer is an answer that reached the platform.
func (c *crowd) answer(chat int64) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard.IsZero() {
		c.heard = now
	}
	m := c.last[chat]
	if line := c.waiting[chat]; len(line) > 0 {
		m, c.waiting[chat] = line[0], line[1:]
		c.last[chat] = m
	}
	if m == nil {
		return
	}
	if m.answers++; m.answers == 1 {
		m.answered = now
		c.open--
	}
}

// bring sends a message with post, which returns the status of the call.
func (c *crowd) bring(m *message, post func(*message) int) int {
	now := time.Now()
	c.mu.Lock()
	if m.sent.IsZero() {
		m.sent = now
	}
	c.mu.Unlock()
	status := post(m)
	c.acknowledged(m, status)
	return status
}

// acknowledged keeps how the call with a message ended.
func (c *crowd) acknowledged(m *message, status int) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	m.status, m.acked = status, now
}

// refused are the messages that were not taken.
func (c *crowd) refused() []*message {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*message
	for _, m := range c.messages {
		if m.status != http.StatusOK {
			out = append(out, m)
		}
	}
	return out
}

// left is how many are not answered, but for those of one chat.
func (c *crowd) left(but int64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open - len(c.waiting[but])
}

// taken are the messages of the phase, as they are now.
func (c *crowd) taken() []*message {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]*message, len(c.messages))
	for i, m := range c.messages {
		copied := *m
		out[i] = &copied
	}
	return out
}

// await waits until a message is answered, or ctx ends.
func (c *crowd) await(ctx context.Context, m *message) {
	for ctx.Err() == nil {
		c.mu.Lock()
		answers := m.answers
		c.mu.Unlock()
		if answers > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// settle waits until everybody is answered but for those of one chat, or nobody
// was for a while.
func (c *crowd) settle(ctx context.Context, quiet time.Duration, but int64) {
	last, since := c.left(but), time.Now()
	for last > 0 && time.Since(since) < quiet && ctx.Err() == nil {
		time.Sleep(2 * time.Millisecond)
		if now := c.left(but); now != last {
			last, since = now, time.Now()
		}
	}
}
