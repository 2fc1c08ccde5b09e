//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// platform is the made-up Telegram Bot API: it takes everything, answers what
// bots ask at their start, and tells the crowd of answers.
type platform struct {
	crowd   *crowd
	latency atomic.Int64 // of sendMessage, in nanoseconds
	hangs   atomic.Int64 // the chat whose sendMessage takes hangsFor
	ids     atomic.Int64
	server  *http.Server
}

// hangsFor is how long the call of a chat that hangs takes.
const hangsFor = 30 * time.Second

// openPlatform listens at an address.
func openPlatform(ctx context.Context, address string, c *crowd) (*platform, error) {
	p := &platform{crowd: c}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(l) }() // until close
	return p, nil
}

func (p *platform) close() { _ = p.server.Close() }

// chatOf finds the chat in what a bot sends, be it JSON or a form.
var chatOf = regexp.MustCompile(`chat_id"?[=:]\s*"?(-?\d+)`)

const (
	me      = `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"bench","username":"bench_bot","can_join_groups":true,"can_read_all_group_messages":true,"supports_inline_queries":false}}`
	webhook = `{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}`
	sent    = `{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":%s,"type":"private"},"from":{"id":1,"is_bot":true,"first_name":"bench"},"text":"ok"}}`
)

// ServeHTTP implements http.Handler.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; method {
	case "sendMessage":
		found := chatOf.FindSubmatch(body)
		if found == nil {
			http.Error(w, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, http.StatusBadRequest)
			return
		}
		chat, _ := strconv.ParseInt(string(found[1]), 10, 64) // the pattern holds digits alone
		if p.pause(r.Context(), chat) != nil {
			return
		}
		p.crowd.answer(chat)
		fmt.Fprintf(w, sent, p.ids.Add(1), found[1])
	case "getMe":
		_, _ = io.WriteString(w, me)
	case "getWebhookInfo":
		_, _ = io.WriteString(w, webhook)
	default:
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

// pause is how long the platform takes for a call.
func (p *platform) pause(ctx context.Context, chat int64) error {
	wait := time.Duration(p.latency.Load())
	if p.hangs.Load() == chat {
		wait = hangsFor
	}
	if wait == 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
