package webchat_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

const (
	png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	page = "<!doctype html><script>alert(1)</script>"
	svg  = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`
)

// origin is where a replica listens.
func origin(r *replica) string { return strings.Split(r.url, "/chat/")[0] }

func TestFilesGoOutToTheirVisitorAlone(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	b, _, _ := enter(t, r, frame{})
	b.say("message-1", "hello")
	at := h.kept(bot.KindText)[0].Address
	for i, c := range []struct {
		name, mime, body string
		picture          bool // as the page draws it
		kind, way        string
	}{
		{"photo 照片.png", "image/png", png, true, "image/png", "inline"},
		{"quote.pdf", "application/pdf", "%PDF-1.7", false, "application/octet-stream", "attachment"},
		{"page.html", "text/html", page, false, "application/octet-stream", "attachment"},
		{"lies.png", "image/png", page, true, "application/octet-stream", "attachment"},
		{"logo.svg", "image/svg+xml", svg, false, "application/octet-stream", "attachment"},
		{"", "image/png", png, true, "image/png", "inline"},
		{"a\"b\r\nX: y.png", "image/png", png, true, "image/png", "inline"},
	} {
		hash := fmt.Sprintf("hash%d", i)
		h.keep(hash, c.body)
		h.post(at, bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: &bot.Reply{
			Text: "Here", Files: []bot.File{{Name: c.name, MIME: c.mime, Size: 7, Hash: hash}},
		}})
		shown := b.until("entry")
		for shown.words() != "Here" {
			shown = b.until("entry")
		}
		if len(shown.Files) != 1 || shown.Files[0].Picture != c.picture || shown.Files[0].Name != c.name || shown.Files[0].Size != 7 {
			t.Fatalf("%s: shown as %s", c.name, shown.raw)
		}
		res, body := get(t, origin(r)+shown.Files[0].URL, "en")
		head := res.Header
		if res.StatusCode != http.StatusOK || body != c.body || head.Get("Content-Type") != c.kind ||
			!strings.HasPrefix(head.Get("Content-Disposition"), c.way) {
			t.Errorf("%s: %d, %v", c.name, res.StatusCode, head)
		}
		if head.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(head.Get("Content-Security-Policy"), "sandbox") ||
			!strings.HasPrefix(head.Get("Cache-Control"), "private") || head.Get("X") != "" {
			t.Errorf("%s: %v", c.name, head)
		}
	}
}

func TestTicketsCannotBeMade(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	other := newReplica(t, newHouse(), webchat.Config{})
	b, token, _ := enter(t, r, frame{})
	b.say("message-1", "hello")
	h.keep("hash", png)
	h.post(h.kept(bot.KindText)[0].Address, bot.Entry{Direction: crm.Out, Reply: &bot.Reply{Files: []bot.File{{Name: "a.png", Hash: "hash"}, {Name: "gone.png", Hash: "gone"}}}})
	shown := b.until("entry")
	for len(shown.Files) == 0 {
		shown = b.until("entry")
	}
	ticket := shown.Files[0].URL
	for name, c := range map[string]struct {
		url  string
		want int
	}{
		"right":      {origin(r) + ticket, http.StatusOK},
		"gone":       {origin(r) + shown.Files[1].URL, http.StatusNotFound},
		"no ticket":  {r.url + "/file/x", http.StatusForbidden},
		"a token":    {r.url + "/file/" + token, http.StatusForbidden},
		"changed":    {origin(r) + ticket[:len(ticket)-2] + "xx", http.StatusForbidden},
		"elsewhere":  {origin(other) + ticket, http.StatusForbidden},
		"no code":    {origin(r) + strings.Split(ticket, ".")[0], http.StatusForbidden},
		"empty code": {origin(r) + strings.Split(ticket, ".")[0] + ".", http.StatusForbidden},
	} {
		if res, _ := get(t, c.url, "en"); res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.want)
		}
	}
	h.pass(25 * time.Hour)
	if res, _ := get(t, origin(r)+ticket, "en"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a day later: %d", res.StatusCode)
	}
	if n := h.count("refused"); n != 6 {
		t.Errorf("%d refusals were counted", n)
	}
}

// upload sends a file as the page does and returns the status and why.
func upload(t *testing.T, r *replica, token, id, name, mime string, body io.Reader) (int, string) {
	t.Helper()
	address := r.url + "/file?" + url.Values{"id": {id}, "name": {name}, "lang": {"zh-CN"}}.Encode()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", mime)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var said struct{ Why string }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
		t.Fatalf("%d: %v", res.StatusCode, err)
	}
	return res.StatusCode, said.Why
}

func TestUploads(t *testing.T) {
	h := newHouse()
	one, two := newReplica(t, h, webchat.Config{}), newReplica(t, h, webchat.Config{})
	b, token, _ := enter(t, one, frame{})
	large := png + strings.Repeat("0123456789", 100_000)
	for i, c := range []struct{ name, mime, body, kept, wantMIME string }{
		{"照片.png", "image/png", large, "照片.png", "image/png"},
		{`C:\fakepath\..\x.html`, "image/png", page, "x.html", "image/png"}, // its bytes are asked again when it is stored
		{"quote.pdf", "application/x-www-form-urlencoded", "%PDF-1.7", "quote.pdf", "application/x-www-form-urlencoded"},
		{"", "", "x", "file", "text/plain; charset=utf-8"},
		{"../../etc/passwd", "text/plain", "x", "passwd", "text/plain"},
		{strings.Repeat("长", 500) + ".pdf", "application/pdf", "x", "", "application/pdf"},
	} {
		id := "upload-" + strings.Repeat("0", i+1)
		for range 2 { // the answer was lost: it comes again
			if status, why := upload(t, one, token, id, c.name, c.mime, strings.NewReader(c.body)); status != http.StatusOK || why != "" {
				t.Fatalf("%s: %d %s", c.name, status, why)
			}
			h.pass(time.Minute)
		}
		in := h.kept(bot.KindMedia)
		if len(in) != i+1 || len(in[i].Files) != 1 || in[i].Sender.Language != "zh-CN" || !in[i].Direct {
			t.Fatalf("%s: kept as %+v", c.name, in)
		}
		f := in[i].Files[0]
		if c.kept != "" && f.Name != c.kept || f.MIME != c.wantMIME || f.Size != int64(len(c.body)) || len([]rune(f.Name)) > 160 {
			t.Errorf("%s: %+v", c.name, f)
		}
		r, err := two.Download(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != c.body {
			t.Errorf("%s: %d bytes of %d, %v", c.name, len(got), len(c.body), err)
		}
		if shown := b.until("entry"); shown.Mine != id || len(shown.Files) != 1 || shown.Files[0].URL != "" {
			t.Errorf("%s: shown as %s", c.name, shown.raw)
		}
	}
	if _, err := two.Download(t.Context(), bot.File{Native: "nobody"}); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("what never came: %v", err)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	_, token, _ := enter(t, r, frame{})
	for name, c := range map[string]struct {
		token, id string
		body      io.Reader
		status    int
		why       string
	}{
		"no token":     {"", "upload-1", strings.NewReader("x"), http.StatusForbidden, "expired"},
		"forged token": {token + "x", "upload-1", strings.NewReader("x"), http.StatusForbidden, "expired"},
		"no name":      {token, "", strings.NewReader("x"), http.StatusBadRequest, "bad"},
		"nothing":      {token, "upload-2", strings.NewReader(""), http.StatusBadRequest, "empty"},
		"too large":    {token, "upload-3", bytes.NewReader(make([]byte, 20<<20+1)), http.StatusRequestEntityTooLarge, "large"},
		"endless":      {token, "upload-4", io.LimitReader(zeros{}, 20<<20+1), http.StatusRequestEntityTooLarge, "large"},
	} {
		if status, why := upload(t, r, c.token, c.id, "x", "", c.body); status != c.status || why != c.why {
			t.Errorf("%s: %d %q, want %d %q", name, status, why, c.status, c.why)
		}
	}
	h.setAway(errors.New("the database is away"))
	h.pass(time.Hour)
	if status, why := upload(t, r, token, "upload-5", "x", "", strings.NewReader("x")); status != http.StatusServiceUnavailable || why != "later" {
		t.Errorf("database away: %d %s", status, why)
	}
	h.setAway(nil)
	for range 20 {
		if status, why := upload(t, r, token, "upload-5", "x", "", strings.NewReader("x")); status != http.StatusOK {
			if status != http.StatusTooManyRequests || why != "fast" {
				t.Errorf("too many: %d %s", status, why)
			}
			return
		}
	}
	t.Error("nobody stops who sends files all the time")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestTyping(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	b, token, _ := enter(t, r, frame{})
	again, _, _ := enter(t, r, frame{"token": token})
	stranger, _, _ := enter(t, r, frame{})
	b.say("message-1", "hello")
	at := h.kept(bot.KindText)[0].Address
	if _, err := r.Send(t.Context(), bot.Outgoing{Key: "k", Op: bot.OpTyping, To: at, Reply: &bot.Reply{}}); err != nil {
		t.Fatal(err)
	}
	b.until("typing")
	again.until("typing")
	if f := stranger.say("message-2", "and I?"); f.Type != "ack" {
		t.Errorf("a stranger hears %s", f.raw)
	}
}
