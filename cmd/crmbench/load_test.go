//go:build linux

package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// stage is the platform and the crowd around the bot that keeps nothing, all in
// this process.
func stage(t *testing.T) (*yard, *running) {
	t.Helper()
	api, err1 := free(t.Context())
	address, err2 := free(t.Context())
	y := &yard{o: options{connections: 4}, crowd: newCrowd(), hook: newHook(secret), mix: &mix{questions: []string{"a \"b\"", "麦芽糖"}, chats: 3}}
	var err3 error
	y.platform, err3 = openPlatform(t.Context(), api, y.crowd)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(y.platform.close)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- null(ctx, []string{"-listen", address, "-api", api}) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	at := &running{setup: &setup{urls: []string{"http://" + address + "/"}}}
	if err := y.ready(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	return y, at
}

func TestEveryMessageOfALoadIsAnswered(t *testing.T) {
	t.Parallel()
	y, at := stage(t)
	for name, load := range map[string]func(){
		"closed": func() { y.closed(t.Context(), at, y.mix, 200) },
		"paced":  func() { y.paced(t.Context(), at, y.mix, 2000, 100*time.Millisecond, nil) },
	} {
		y.crowd.begin()
		f, err := y.load(t.Context(), at, load)
		if err != nil || f.Sent != 200 || f.Acked != 200 || f.Answered != 200 || f.wrong() != "" || f.PerSecond == 0 || f.Ack50 == 0 || f.Answer50 == 0 {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

// The chat that hangs keeps its own message waiting and nobody else's, and is
// answered once it is let go.
func TestOneChatHangs(t *testing.T) {
	t.Parallel()
	y, at := stage(t)
	y.crowd.begin()
	y.platform.hangs.Store(firstChat)
	answered := false
	f, err := y.load(t.Context(), at, func() {
		m := y.crowd.ask(func(int) (int64, string) { return firstChat, "?" }, time.Now())
		waits := make(chan struct{})
		go func() {
			y.bring(t.Context(), at.urls, m)
			close(waits)
		}()
		lone := *y.mix
		lone.alone = true
		y.closed(t.Context(), at, &lone, 20)
		y.crowd.settle(t.Context(), quiet, firstChat)
		answered = slices.ContainsFunc(y.crowd.taken(), func(m *message) bool { return m.chat == firstChat && m.answers > 0 })
		y.platform.hangs.Store(0)
		<-waits
	})
	if err != nil || answered || f.Sent != 21 || f.Answered != 21 || f.wrong() != "" {
		t.Errorf("%+v, %v; answered while it hung: %t", f, err, answered)
	}
}

// The time until the first answer counts from when somebody listens.
func TestListening(t *testing.T) {
	t.Parallel()
	c := newCrowd()
	began := time.Now()
	c.answer(1)
	c.listen()
	if c.since(began) != 0 {
		t.Error("an answer from before counts")
	}
	c.answer(1)
	first := c.since(began)
	c.answer(1)
	if first == 0 || c.since(began) != first {
		t.Errorf("first after %s, then %s", first, c.since(began))
	}
}

func TestThePlatformKnowsItsWebhook(t *testing.T) {
	t.Parallel()
	y, _ := stage(t)
	call := func(method, body string) string {
		out := httptest.NewRecorder()
		y.platform.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/bot1:x/"+method, strings.NewReader(body)))
		return out.Body.String()
	}
	call("setWebhook", "url=https%3A%2F%2Fbot&allowed_updates=%5B%22message%22%5D")
	if said := call("getWebhookInfo", ""); said != `{"ok":true,"result":{"url":"https://bot","has_custom_certificate":false,"pending_update_count":0,"allowed_updates":["message"]}}` {
		t.Error(said)
	}
}
