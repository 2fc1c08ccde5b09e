//go:build linux

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
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
	hangs   atomic.Int64 // the chat whose calls hang until it is another, 0 for none
	ids     atomic.Int64
	hook    atomic.Pointer[string] // as it was set, nil for none
	mood    atomic.Pointer[mood]   // of a soak, nil for always friendly
	server  *http.Server
}

// hangsFor is the longest that a call hangs.
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
	webhook = `{"ok":true,"result":{"url":%q,"has_custom_certificate":false,"pending_update_count":0,"allowed_updates":%s}}`
	sent    = `{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":%s,"type":"private"},"from":{"id":1,"is_bot":true,"first_name":"bench"},"text":"ok"}}`
)

// ServeHTTP implements http.Handler.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	mood := p.mood.Load()
	if mood.refuses(w, r) {
		return
	}
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
		mood.hear(chat, r, body)
		fmt.Fprintf(w, sent, p.ids.Add(1), found[1])
	case "getMe":
		_, _ = io.WriteString(w, me)
	case "getWebhookInfo":
		p.tellWebhook(w)
	case "setWebhook":
		said := string(body)
		p.hook.Store(&said)
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	default:
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

// tellWebhook says what setWebhook said, as a form does.
func (p *platform) tellWebhook(w io.Writer) {
	said := url.Values{}
	if body := p.hook.Load(); body != nil {
		said, _ = url.ParseQuery(*body) // what is no form is nothing
	}
	fmt.Fprintf(w, webhook, said.Get("url"), cmp.Or(said.Get("allowed_updates"), "[]"))
}

// pause is how long the platform takes for a call.
func (p *platform) pause(ctx context.Context, chat int64) error {
	began := time.Now()
	for p.hangs.Load() == chat && time.Since(began) < hangsFor && ctx.Err() == nil {
		sleep(ctx, 10*time.Millisecond)
	}
	if wait := time.Duration(p.latency.Load()) - time.Since(began); wait > 0 {
		sleep(ctx, wait)
	}
	return ctx.Err()
}
