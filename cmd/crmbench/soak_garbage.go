//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// garbage posts what no platform should send. Nothing of it may fail the
// process, or hold up others.
func (s *scene) garbage(ctx context.Context) error {
	statuses := map[int]int{}
	for range 5 {
		for i, body := range nonsense() {
			status, err := s.throw(ctx, body)
			if err != nil {
				return err
			}
			if statuses[status]++; status >= 500 || status == 0 {
				s.breaks("garbage %d was answered with %d", i, status)
			}
		}
		sleep(ctx, time.Second)
	}
	s.tells("answered by status %v", statuses)
	dead, err := s.parked(ctx)
	if err == nil {
		s.tells("%d parked", dead)
	}
	return err
}

// parked is how many events were given up.
func (s *scene) parked(ctx context.Context) (n int, err error) {
	db := s.y.cluster.open("crmbot")
	defer db.Close()
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM inbox WHERE status = 2").Scan(&n)
	return n, err
}

// throw posts anything to the first process.
func (s *scene) throw(ctx context.Context, body []byte) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.set.urls[0], bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	resp, err := s.y.hook.client.Do(req)
	if err != nil {
		return 0, nil //nolint:nilerr // no answer is a status
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection can be used again
	return resp.StatusCode, nil
}

// garbageChat is the first chat and update of garbage: nobody else's.
const garbageChat = 900_000_000

var garbageNumber = int64(garbageChat)

// nonsense is broken JSON, JSON that means nothing, and messages with words that
// break programs.
func nonsense() [][]byte {
	all := [][]byte{
		nil, []byte("{"), []byte("null"), []byte("[]"), []byte(`"x"`), []byte("0"), []byte("\x00\x01\xff"),
		bytes.Repeat([]byte("x"), 1<<20), bytes.Repeat([]byte(" "), 2<<20), []byte(strings.Repeat("[", 100_000)), []byte(strings.Repeat(`{"a":`, 50_000)),
		[]byte(`{"update_id":"x","message":7}`), []byte(`{"update_id":1e400}`), []byte(`{"message":{"text":"no number"}}`),
		[]byte(`{"update_id":-1,"message":{"message_id":-1,"chat":{"id":0},"text":"x"}}`),
		[]byte(`{"update_id":900000000000000000000,"message":{"message_id":1,"chat":{"id":1},"text":"x"}}`),
		[]byte(`{"update_id":899999999,"message":{"message_id":1,"date":99999999999999,"chat":{"id":9e99,"type":"private"},"text":"x"}}`),
	}
	for _, text := range []string{
		strings.Repeat("e\u0301\u0323\u0308", 1024), "\u202egnirts desrever\u202c", "nul \\u0000 inside", "half \\ud800 pair", "\xff\xfe raw",
		strings.Repeat("👩‍👩‍👧‍👦", 400), strings.Repeat("﷽", 4096), "<b>&lt;script&gt;</b><a href=", "%s%n%x", "' OR 1=1; DROP TABLE inbox; --",
		strings.Repeat("a", 500_000), "\u2066\u2067\u2068\u2069\u200b\ufeff", "/" + strings.Repeat("x", 4095), strings.Repeat("？", 4096), " \\n\\t ", "",
	} {
		garbageNumber++
		all = append(all, fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"first_name":"%s"},"chat":{"id":%d,"type":"private"},"date":1,"text":"%s"}}`,
			garbageNumber, garbageNumber, garbageNumber, text[:min(len(text), 200)], garbageNumber, text))
	}
	return all
}
