//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// hook posts updates to the webhooks of a system, one after the other where it
// has several processes.
type hook struct {
	client *http.Client
	secret string
	turn   atomic.Int64
}

func newHook(secret string) *hook {
	return &hook{secret: secret, client: &http.Client{
		Timeout:   60 * time.Second,
		Transport: &http.Transport{MaxIdleConns: 4000, MaxIdleConnsPerHost: 4000},
	}}
}

// update is a message as the Bot API brings it.
const update = `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"User%d","username":"user%d","language_code":"en"},` +
	`"chat":{"id":%d,"first_name":"User%d","username":"user%d","type":"private"},"date":%d,"text":%q}}`

// post brings a message to a system and returns the status, 0 for no answer.
func (h *hook) post(ctx context.Context, urls []string, m *message) int {
	url := urls[int(h.turn.Add(1))%len(urls)]
	body := fmt.Appendf(nil, update, m.number, m.number, m.chat, m.chat, m.chat, m.chat, m.chat, m.chat, m.due.Unix(), m.text)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	resp, err := h.client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection can be used again
	return resp.StatusCode
}

// bring sends a message to a system and keeps how that ended.
func (y *yard) bring(ctx context.Context, urls []string, m *message) int {
	return y.crowd.bring(m, func(m *message) int { return y.hook.post(ctx, urls, m) })
}

// closed sends n messages over some connections, each as soon as its connection
// is free, as a platform does with a backlog.
func (y *yard) closed(ctx context.Context, at *running, m *mix, n int) {
	var going sync.WaitGroup
	var sent atomic.Int64
	for range y.o.connections {
		going.Go(func() {
			for sent.Add(1) <= int64(n) && ctx.Err() == nil {
				y.bring(ctx, at.urls, y.crowd.ask(m.words, time.Now()))
			}
		})
	}
	going.Wait()
}

// paced sends messages at a rate for a while, whether they are taken or not:
// latency counts from the moment they were due. stop ends it early.
func (y *yard) paced(ctx context.Context, at *running, m *mix, rate int, d time.Duration, stop <-chan struct{}) {
	var going sync.WaitGroup
	defer going.Wait()
	began := time.Now()
	for i := range int(float64(rate) * d.Seconds()) {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		timer := time.NewTimer(time.Until(due))
		select {
		case <-timer.C:
		case <-stop:
			timer.Stop()
			return
		case <-ctx.Done():
			timer.Stop()
			return
		}
		x := y.crowd.ask(m.words, due)
		going.Go(func() { y.bring(ctx, at.urls, x) })
	}
}

// again brings what was not taken once more, as the platform does, over its
// connections and until it is taken, but not for ever.
func (y *yard) again(ctx context.Context, at *running) {
	for range 10 {
		refused := y.crowd.refused()
		if len(refused) == 0 || ctx.Err() != nil {
			return
		}
		line := make(chan *message)
		var going sync.WaitGroup
		for range min(y.o.connections, len(refused)) {
			going.Go(func() {
				for m := range line {
					y.bring(ctx, at.urls, m)
				}
			})
		}
		for _, m := range refused {
			line <- m
		}
		close(line)
		going.Wait()
	}
}
