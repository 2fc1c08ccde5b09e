package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/slack/slacktest"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/storage/storagetest"
)

// town is a crmbot serve with a door of every kind.
type town struct {
	t        *testing.T
	telegram *telegramtest.Server
	slack    *slacktest.Server
	wechat   *wechattest.Server
	world    string // "127.0.0.1:…"
	admin    string
	log      *syncBuffer
}

func serveTown(t *testing.T) *town {
	t.Helper()
	x := &town{t: t, telegram: telegramtest.New(), slack: slacktest.New(), wechat: wechattest.New(), log: &syncBuffer{}}
	t.Cleanup(x.telegram.Close)
	t.Cleanup(x.slack.Close)
	t.Cleanup(x.wechat.Close)
	config := filepath.Join(t.TempDir(), "crmbot.yaml")
	text := fmt.Sprintf(`
language: en
database: %q
listen: 127.0.0.1:0
admin_listen: 127.0.0.1:0
public_url: https://bot.example.com
pprof: true
adapters:
  - {platform: telegram, install: support, token: %q, mode: webhook, secret_token: %q, api_url: %q}
  - {platform: slack, install: team, mode: http, bot_token: %q, signing_secret: %q, api_url: %q}
  - {platform: wechat, install: shop, app_id: %q, app_secret: %q, token: %q, encoding_aes_key: %q, api_url: %q}
  - {platform: webchat, install: site}
`, storagetest.SQLite(t), x.telegram.Token, x.telegram.Secret, x.telegram.URL, x.slack.BotToken, x.slack.SigningSecret, x.slack.URL,
		x.wechat.AppID, x.wechat.Secret, x.wechat.Token, x.wechat.AESKey, x.wechat.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := newLineWatch(), make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve", "--config", config}, nil, out, x.log) }()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitFine {
			t.Errorf("serve ends with %d: %s", code, x.log.String())
		}
	})
	select {
	case line := <-out.first:
		found := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(line, 2)
		if len(found) != 2 {
			t.Fatalf("serve greets with %q", line)
		}
		x.world, x.admin = found[0], found[1]
	case <-time.After(patience):
		t.Fatalf("serve does not say where it listens: %s", x.log.String())
	}
	return x
}

// send writes bytes and returns the statuses of the answers, until there are
// enough, the other side ends it, or refuses to be written to.
func (x *town) send(says []byte, answers int) (statuses []int) {
	x.t.Helper()
	c, err := new(net.Dialer).DialContext(x.t.Context(), "tcp", x.world)
	if err != nil {
		x.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	go func() { // the other side may answer before it has read all
		_, _ = c.Write(says)
	}()
	in := bufio.NewReader(c)
	for len(statuses) < answers {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return statuses
		}
		statuses = append(statuses, resp.StatusCode)
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	return statuses
}

// hookOf is a platform's door: how an authentic request with some body looks.
type hookOf struct {
	path string // with its query
	head http.Header
	body []byte
}

// hooks are the doors with an authentic request around what each says, which is
// sealed where the platform seals.
func (x *town) hooks(inner string) map[string]hookOf {
	now := time.Now()
	wechat := x.wechat.Request([]byte(inner), now)
	sealed, err := io.ReadAll(wechat.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return map[string]hookOf{
		"telegram": {"/hook/telegram/support", http.Header{"X-Telegram-Bot-Api-Secret-Token": {x.telegram.Secret}}, []byte(inner)},
		"slack":    {"/hook/slack/team", slacktest.Sign(x.slack.SigningSecret, now, []byte(inner)), []byte(inner)},
		"wechat":   {"/hook/wechat/shop?" + wechat.URL.RawQuery, wechat.Header, sealed},
	}
}

// request writes one with a length that is declared, whatever the body is.
func (h hookOf) request(proto, length string, body []byte, more ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s %s\r\nHost: bot.example.com\r\n", h.path, proto)
	_ = h.head.Write(&b) // into memory
	for _, line := range more {
		b.WriteString(line + "\r\n")
	}
	if length != "" {
		b.WriteString("Content-Length: " + length + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

func (h hookOf) plain(more ...string) []byte {
	return h.request("HTTP/1.1", fmt.Sprint(len(h.body)), h.body, more...)
}

func chunked(body []byte) []byte {
	return append(fmt.Appendf(nil, "%x\r\n", len(body)), append(bytes.Clone(body), "\r\n0\r\n\r\n"...)...)
}

func zipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // into memory
	_ = w.Close()
	return b.Bytes()
}

// TestHostileRequests brings every platform's hook what no platform sends. Each
// gets its status, memory stays within bounds, and a real event is taken after
// all of it.
func TestHostileRequests(t *testing.T) {
	x := serveTown(t)
	deep := strings.Repeat(`{"message":`, 10_000) + "1" + strings.Repeat("}", 10_000)
	tree := strings.Repeat("<xml>", 10_000) + strings.Repeat("</xml>", 10_000)
	mega := strings.Repeat("x", 1<<20)
	type answers map[string][]int // by platform, "" is for all
	every := func(statuses ...int) answers { return answers{"": statuses} }
	unsigned := answers{"telegram": {200}, "slack": {401}, "wechat": {403}} // Telegram's proof does not cover the body
	for name, c := range map[string]struct {
		inner string
		make  func(h hookOf) []byte
		want  answers
	}{
		"what is expected":          {"{}", func(h hookOf) []byte { return h.plain() }, every(200)},
		"old HTTP":                  {"{}", func(h hookOf) []byte { return h.request("HTTP/1.0", fmt.Sprint(len(h.body)), h.body) }, every(200)},
		"two at once":               {"{}", func(h hookOf) []byte { return append(h.plain(), h.plain()...) }, every(200, 200)},
		"in pieces":                 {"{}", func(h hookOf) []byte { return h.request("HTTP/1.1", "", chunked(h.body), "Transfer-Encoding: chunked") }, every(200)},
		"10,000 levels deep":        {deep, func(h hookOf) []byte { return h.plain() }, every(200)},
		"10,000 elements deep":      {tree, func(h hookOf) []byte { return h.plain() }, every(200)},
		"of a megabyte":             {"{}", func(h hookOf) []byte { return h.request("HTTP/1.1", fmt.Sprint(1<<20), []byte(mega)) }, unsigned},
		"too long by one":           {"{}", func(h hookOf) []byte { return h.request("HTTP/1.1", fmt.Sprint(1<<20+1), []byte(mega+"x")) }, every(413)},
		"a length of ten gigabytes": {"{}", func(h hookOf) []byte { return h.request("HTTP/1.1", "10737418240", []byte("x")) }, every(413)},
		"pieces without end": {"{}", func(h hookOf) []byte {
			return h.request("HTTP/1.1", "", bytes.Repeat(fmt.Appendf(nil, "10000\r\n%s\r\n", strings.Repeat("x", 1<<16)), 100), "Transfer-Encoding: chunked")
		}, every(413)},
		"a piece of no size": {"{}", func(h hookOf) []byte {
			return h.request("HTTP/1.1", "", []byte("zz\r\n"), "Transfer-Encoding: chunked")
		}, every(400)},
		"a piece of all sizes": {"{}", func(h hookOf) []byte {
			return h.request("HTTP/1.1", "", []byte("ffffffffffffffff\r\n"+mega+mega), "Transfer-Encoding: chunked")
		}, every(413)},
		"longer than it says": {"{}", func(h hookOf) []byte { return append(h.plain(), "GARBAGE\r\n\r\n"...) }, every(200, 400)},
		"a negative length":   {"{}", func(h hookOf) []byte { return h.request("HTTP/1.1", "-5", h.body) }, every(400)},
		"two lengths": {"{}", func(h hookOf) []byte {
			return h.request("HTTP/1.1", fmt.Sprint(len(h.body)), h.body, "Content-Length: 1")
		}, every(400)},
		"unknown encoding of transfer": {"{}", func(h hookOf) []byte { return h.request("HTTP/1.1", "", h.body, "Transfer-Encoding: gzip") }, every(501)},
		"zipped": {"{}", func(h hookOf) []byte {
			z := zipped([]byte(mega))
			return h.request("HTTP/1.1", fmt.Sprint(len(z)), z, "Content-Encoding: gzip")
		}, unsigned},
		"many headers": {"{}", func(h hookOf) []byte { return h.plain(strings.Split(strings.Repeat("X-Y: z,", 200), ",")[:200]...) }, every(200)},
		"many names": {"{}", func(h hookOf) []byte {
			var more []string
			for i := range 200 {
				more = append(more, fmt.Sprintf("X-%d: z", i))
			}
			return h.plain(more...)
		}, every(431)},
		"a long header":   {"{}", func(h hookOf) []byte { return h.plain("X-Y: " + strings.Repeat("z", 64<<10)) }, every(431)},
		"another method":  {"{}", func(h hookOf) []byte { return bytes.Replace(h.plain(), []byte("POST"), []byte("PUT"), 1) }, every(405)},
		"without a proof": {"{}", func(h hookOf) []byte { return hookOf{strings.Split(h.path, "?")[0], nil, h.body}.plain() }, answers{"": {401}, "wechat": {403}}},
		"a wrong install": {"{}", func(h hookOf) []byte { return bytes.Replace(h.plain(), []byte("/hook/"), []byte("/hook/no"), 1) }, every(404)},
		"a way out": {"{}", func(h hookOf) []byte {
			return bytes.Replace(h.plain(), []byte("/hook/"), []byte("/hook/../../etc/"), 1)
		}, every(307)},
	} {
		for platform, h := range x.hooks(c.inner) {
			t.Run(name+"/"+platform, func(t *testing.T) {
				want, ok := c.want[platform]
				if !ok {
					want = c.want[""]
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if have := x.send(c.make(h), len(want)); fmt.Sprint(have) != fmt.Sprint(want) {
					t.Errorf("%v, want %v", have, want)
				}
				runtime.ReadMemStats(&after)
				if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
					t.Errorf("%d MB were allocated", used>>20)
				}
			})
		}
	}
	if code, err := telegramtest.Post("http://"+x.world+"/hook/telegram/support", x.telegram.Secret, x.telegram.Text(telegramtest.Person{ID: 5, Name: "Al"}, "hello")); err != nil || code != http.StatusOK {
		t.Errorf("a real event gets %d %v", code, err)
	}
	if log := x.log.String(); strings.Contains(log, "panic") {
		t.Error(log)
	}
}

// TestHostileRequestsToThePage: what is no browser's, at the doors of the page.
func TestHostileRequestsToThePage(t *testing.T) {
	x := serveTown(t)
	get := func(path string, more ...string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: " + x.world + "\r\n" + strings.Join(append(more, "", ""), "\r\n")
	}
	socket := []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}
	for name, c := range map[string]struct {
		says string
		want int
	}{
		"the page":                 {get("/chat/site"), 200},
		"its socket":               {get("/chat/site/socket", socket...), 101},
		"from another site":        {get("/chat/site/socket", append(socket, "Origin: https://evil.example.com")...), 403},
		"no upgrade":               {get("/chat/site/socket"), 426},
		"a short key":              {get("/chat/site/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="), 400},
		"an old version":           {get("/chat/site/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 400},
		"a socket of old HTTP":     {strings.Replace(get("/chat/site/socket", socket...), "HTTP/1.1", "HTTP/1.0", 1), 426},
		"a file without a ticket":  {get("/chat/site/file/x.y"), 403},
		"a ticket of dots":         {get("/chat/site/file/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), 403},
		"a part that is none":      {get("/chat/site/part/1/..%2f..%2fpage.go"), 404},
		"an upload of nobody":      {"POST /chat/site/file?id=12345678 HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\nx", 403},
		"no host":                  {"GET /chat/site HTTP/1.1\r\n\r\n", 400},
		"two hosts":                {"GET /chat/site HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		"a space before the colon": {get("/chat/site", "X-Y : z"), 400},
		"an absolute address":      {"GET http://evil.example.com/chat/site HTTP/1.1\r\nHost: evil.example.com\r\n\r\n", 200},
		"a proxy's method":         {"CONNECT evil.example.com:443 HTTP/1.1\r\nHost: evil.example.com:443\r\n\r\n", 404},
		"an escape that is none":   {"GET /chat/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"TLS":                      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
		"HTTP/2":                   {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
		"noise":                    {"\x00\x00\x00\r\n\r\n", 400},
		"an asterisk":              {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200},
	} {
		t.Run(name, func(t *testing.T) {
			if have := x.send([]byte(c.says), 1); len(have) != 1 || have[0] != c.want {
				t.Errorf("%v, want %d", have, c.want)
			}
		})
	}
}

// TestTheEngineersDoorIsAnother: nothing of it is open to the world, and nothing
// of the world's is there.
func TestTheEngineersDoorIsAnother(t *testing.T) {
	x := serveTown(t)
	status := func(host, path string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		code, _ := fetch(t, req)
		return code
	}
	for _, path := range []string{"/metrics", "/healthz", "/debug/pprof/", "/debug/pprof/heap", "/readyz"} {
		if code := status(x.world, path); code != http.StatusNotFound {
			t.Errorf("the world gets %d for %s", code, path)
		}
		if code := status(x.admin, path); code != http.StatusOK && path != "/readyz" { // which has its own tests
			t.Errorf("the engineer gets %d for %s", code, path)
		}
	}
	for _, path := range []string{"/chat/site", "/hook/telegram/support"} {
		if code := status(x.admin, path); code != http.StatusNotFound {
			t.Errorf("%s is at the engineer's door: %d", path, code)
		}
	}
}
