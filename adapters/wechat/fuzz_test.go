package wechat_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wechat"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/bot"
	"crmbot/bot/markup"
)

// FuzzWebhook posts authentic nonsense: it is kept or counted, never both.
func FuzzWebhook(f *testing.F) {
	s := wechattest.New()
	f.Cleanup(s.Close)
	for _, body := range inbound(s) {
		f.Add(body)
	}
	for body := range notForUs(s) {
		f.Add([]byte(body))
	}
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "fixtures", "wechat", "*.xml"))
	for _, path := range files {
		if body, err := os.ReadFile(path); err == nil {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		house := adaptertest.NewHouse()
		w := call(open(t, config(s), house), house, s.Request(body, adaptertest.Clock()))
		if w.Code != http.StatusOK || w.Body.String() != "success" || len(house.Received())+len(house.Counts()) != 1 {
			t.Errorf("status %d, received %v, counted %v", w.Code, house.Received(), house.Counts())
		}
		for _, in := range house.Received() {
			if in.EventID == "" || in.Seq < 0 || in.Address.Chat == "" || !utf8.ValidString(in.Text) || strings.ContainsRune(in.Text, 0) {
				t.Errorf("%+v", in)
			}
		}
	})
}

// FuzzDoor posts what no platform sealed: it stays outside.
func FuzzDoor(f *testing.F) {
	s := wechattest.New()
	f.Cleanup(s.Close)
	good := s.Request(s.Text(zhang, "hello"), adaptertest.Clock())
	f.Add(good.URL.RawQuery, []byte(read(good)))
	f.Add("timestamp=1784984700&nonce=1&signature=x", s.Text(zhang, "hello"))
	f.Add("encrypt_type=aes&msg_signature=&timestamp=0&nonce=", []byte("<xml><Encrypt></Encrypt></xml>"))
	f.Fuzz(func(t *testing.T, query string, body []byte) {
		house := adaptertest.NewHouse()
		r := s.Request(nil, adaptertest.Clock())
		r.URL.RawQuery = query
		r.Body, r.ContentLength = http.NoBody, 0
		if len(body) > 0 {
			r.Body = readCloser{bytes.NewReader(body)}
		}
		w := call(open(t, config(s), house), house, r)
		for _, in := range house.Received() {
			if in.Text != "hello" {
				t.Errorf("%+v came in", in)
			}
		}
		if w.Code != http.StatusOK && len(house.Received()) > 0 {
			t.Errorf("status %d", w.Code)
		}
	})
}

type readCloser struct{ *bytes.Reader }

// Close does nothing.
func (readCloser) Close() error { return nil }

var (
	realLink = regexp.MustCompile(`<a href="https?://[^"<>\s]*">[^<>]+</a>`)
	anyTag   = regexp.MustCompile(`(?i)<[\s\p{Cf}]*/?[\s\p{Cf}]*a([^a-z0-9]|$)`)
)

// FuzzText renders and cuts: no link but ours, no message too long, no rune cut.
func FuzzText(f *testing.F) {
	s := wechattest.New()
	f.Cleanup(s.Close)
	for _, text := range []string{
		"**a** [b](https://c.de)", "<a href=\"weixin://x\">", "<**a** href>", "</a>", "[<a>](https://x/\"><a)", "<", "[a](tel:1)", "<\u200ba>",
		"- " + strings.Repeat("长句子，没有空格", 400), strings.Repeat("[链接](https://example.com/?a=1) ", 300), "\\<a\\>", "<`a`>", "<A<A<a", "<A\thref=x>",
	} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, escaped bool) {
		if !utf8.ValidString(text) {
			return
		}
		if escaped {
			text = markup.Escape(text)
		}
		a := open(t, config(s), adaptertest.NewHouse())
		got := wechat.Render(text)
		if left := anyTag.FindString(realLink.ReplaceAllString(got, "")); left != "" {
			t.Errorf("%q became %q: %q", text, got, left)
		}
		for _, piece := range bot.Fit(bot.Text(text), a.Features(), a.Measure) {
			if n := len(wechat.Render(piece.Text)); n > 2048 || n != a.Measure(piece.Text) || !utf8.ValidString(piece.Text) {
				t.Errorf("%d bytes: %q", n, piece.Text)
			}
		}
	})
}
