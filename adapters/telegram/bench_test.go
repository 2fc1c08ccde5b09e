package telegram_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/bot"
)

// question is an update as Telegram brings it from a private chat.
const question = `{"update_id":1042,"message":{"message_id":17,"from":{"id":555,"is_bot":false,"first_name":"Ana","username":"ana555","language_code":"en"},` +
	`"chat":{"id":555,"first_name":"Ana","username":"ana555","type":"private"},"date":1784984700,"text":"How long does delivery of glucose syrup take?"}}`

// accepted is what Telegram says of a message that it took.
const accepted = `{"ok":true,"result":{"message_id":9,"date":1784984701,"chat":{"id":555,"type":"private"},"from":{"id":1,"is_bot":true,"first_name":"bench"},"text":"ok"}}`

// reply is an article with three buttons under it.
func reply() bot.Outgoing {
	return direct(&bot.Reply{
		Text: "**Delivery**\nWe deliver within _7 days_ of the order; a full lorry takes `3 days`. " +
			"What is in stock in Hamburg leaves on the same day.\n- pallets: 24 h\n- bulk: by [appointment](https://example.com/slots)",
		Buttons: []bot.Button{
			{Label: "That helped", Action: "b:QJ3K5V7N2M4P6R8T"},
			{Label: "Ask a person", Action: "b:ZJ3K5V7N2M4P6R8T"},
			{Label: "Prices", Action: "b:YJ3K5V7N2M4P6R8T"},
		},
	})
}

// void takes every Inbound and keeps nothing.
type void struct{ bot.Inbox }

// Receive implements bot.Inbox.
func (void) Receive(context.Context, bot.Inbound) error { return nil }

// BenchmarkHook takes in one question.
func BenchmarkHook(b *testing.B) {
	s := newServer(b)
	house := adaptertest.NewHouse()
	if err := house.SetValue(b.Context(), "name/111111111", s.Username, 0); err != nil {
		b.Fatal(err)
	}
	a, err := telegram.New(webhookConfig(s), house)
	if err != nil {
		b.Fatal(err)
	}
	telegram.Remember(a, b.Context())
	hook := a.Webhook(void{})
	b.Run("handler", func(b *testing.B) {
		body := strings.NewReader(question)
		r := httptest.NewRequest(http.MethodPost, "/hook/telegram/support", io.NopCloser(body))
		r.ContentLength = body.Size()
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
		w := httptest.NewRecorder()
		b.ReportAllocs()
		for b.Loop() {
			body.Reset(question)
			hook.ServeHTTP(w, r)
		}
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	})
	b.Run("served", func(b *testing.B) { served(b, hook, s.Secret) })
	b.Run("nothing", func(b *testing.B) {
		served(b, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }), s.Secret)
	})
}

// served posts the question over one connection to a server of a handler.
func served(b *testing.B, handler http.Handler, secret string) {
	server := httptest.NewServer(handler)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	request := "POST /hook/telegram/support HTTP/1.1\r\nHost: bot.example.com\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n" +
		"X-Telegram-Bot-Api-Secret-Token: " + secret + "\r\nContent-Length: " + strconv.Itoa(len(question)) + "\r\n\r\n" + question
	answer := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := io.WriteString(conn, request); err != nil {
			b.Fatal(err)
		}
		if n, err := conn.Read(answer); err != nil || !bytes.HasPrefix(answer[:n], []byte("HTTP/1.1 200")) {
			b.Fatalf("%v %q", err, answer[:n])
		}
	}
}

// BenchmarkSend sends one article.
func BenchmarkSend(b *testing.B) {
	s := newServer(b)
	out := reply()
	run := func(b *testing.B, a *telegram.Adapter) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := a.Send(b.Context(), out); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("memory", func(b *testing.B) {
		a, err := telegram.New(webhookConfig(s), adaptertest.NewHouse())
		if err != nil {
			b.Fatal(err)
		}
		telegram.Through(a, memory{})
		run(b, a)
	})
	address := mill(b)
	b.Run("served", func(b *testing.B) {
		c := webhookConfig(s)
		c.APIURL = address
		a, err := telegram.New(c, adaptertest.NewHouse())
		if err != nil {
			b.Fatal(err)
		}
		run(b, a)
	})
	b.Run("nothing", func(b *testing.B) {
		client, err := bot.NewClient("", 0)
		if err != nil {
			b.Fatal(err)
		}
		body := strings.Repeat("x", 900)
		b.ReportAllocs()
		for b.Loop() {
			resp, err := client.Post(address, "application/x-www-form-urlencoded", strings.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	})
}

// memory answers at once.
type memory struct{}

// RoundTrip implements http.RoundTripper.
func (memory) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(accepted)), ContentLength: int64(len(accepted)),
	}, nil
}

// mill is a server that costs next to nothing: it answers whatever it is asked
// as Telegram takes a message.
func mill(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(accepted)) + "\r\n\r\n" + accepted)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					if _, err := conn.Write(answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// BenchmarkMeasure tells how long an article is.
func BenchmarkMeasure(b *testing.B) {
	s := newServer(b)
	a, err := telegram.New(webhookConfig(s), adaptertest.NewHouse())
	if err != nil {
		b.Fatal(err)
	}
	r := reply().Reply
	b.ReportAllocs()
	for b.Loop() {
		if len(bot.Fit(r, a.Features(), a.Measure)) != 1 {
			b.Fatal("it is one message")
		}
	}
}
