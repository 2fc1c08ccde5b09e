package webchat_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"crmbot/adapters/webchat"
	"crmbot/bot"
)

// replica is an adapter behind a server of its own.
type replica struct {
	*webchat.Adapter
	url string
	end func()
}

// home is what an adapter lives in.
type home interface {
	bot.Host
	bot.Inbox
}

func newReplica(t *testing.T, h home, cfg webchat.Config) *replica {
	t.Helper()
	if cfg.Install == "" {
		cfg.Install = "site"
	}
	a, err := webchat.New(cfg, h)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for pattern, handler := range a.Pages(h) {
		mux.Handle(pattern, handler)
	}
	server := httptest.NewServer(mux)
	ctx, end := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- a.Run(ctx, h) }()
	t.Cleanup(func() {
		end()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		server.Close()
	})
	return &replica{a, server.URL + "/chat/" + string(cfg.Install), end}
}

// heard is a frame from the server.
type heard struct {
	Type, Token, ID, Why string
	Topic                string
	Entry, Replace       int64
	From, Mine, Name, As string
	Deleted, Private     bool
	Threads              []struct {
		Topic, Title, Last, Assignee string
		Mine, Unread                 bool
	}
	Cards []struct {
		Title   string
		Buttons []struct{ Label, Action string }
	}
	Text    []struct{ Spans []piece }
	Buttons []struct{ Label, Action, URL string }
	Files   []struct {
		Name, URL string
		Size      int64
		Picture   bool
	}
	raw string
}

// piece is a span of an entry.
type piece struct {
	Kind, Text, URL string
	Spans           []piece
}

func (p piece) words() string {
	text := p.Text
	for _, inner := range p.Spans {
		text += inner.words()
	}
	return text
}

// words is the text of an entry.
func (h heard) words() string {
	var lines []string
	for _, l := range h.Text {
		line := ""
		for _, s := range l.Spans {
			line += s.words()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// browser is one open page.
type browser struct {
	t    *testing.T
	conn *websocket.Conn
}

// patience is how long a test waits for what has to happen.
func patience(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), 20*time.Second)
}

type frame map[string]any

// dial opens a socket and says nothing yet.
func dial(t *testing.T, r *replica) *browser {
	t.Helper()
	ctx, cancel := patience(t)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(r.url, "http", "ws", 1)+"/socket", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	conn.SetReadLimit(-1)
	return &browser{t, conn}
}

// enter opens a socket with a hello and reads until everything old was shown.
func enter(t *testing.T, r *replica, hello frame) (*browser, string, []heard) {
	t.Helper()
	b := dial(t, r)
	hello["type"] = "hello"
	b.send(hello)
	token, _ := hello["token"].(string)
	welcome := b.hear()
	if welcome.Type != "welcome" {
		t.Fatalf("hello got %s", welcome.raw)
	}
	if welcome.Token != "" {
		token = welcome.Token
	}
	var old []heard
	for {
		f := b.hear()
		if f.Type == "ready" {
			return b, token, old
		}
		old = append(old, f)
	}
}

func (b *browser) send(f frame) {
	b.t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		b.t.Fatal(err)
	}
	b.raw(websocket.MessageText, raw)
}

func (b *browser) raw(kind websocket.MessageType, raw []byte) {
	b.t.Helper()
	if err := b.try(kind, raw); err != nil {
		b.t.Fatal(err)
	}
}

// try is raw for what may not be taken to its end.
func (b *browser) try(kind websocket.MessageType, raw []byte) error {
	ctx, cancel := patience(b.t)
	defer cancel()
	return b.conn.Write(ctx, kind, raw)
}

func (b *browser) hear() heard {
	b.t.Helper()
	ctx, cancel := patience(b.t)
	defer cancel()
	_, raw, err := b.conn.Read(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	f := heard{raw: string(raw)}
	if err := json.Unmarshal(raw, &f); err != nil {
		b.t.Fatalf("%v: %s", err, raw)
	}
	return f
}

// leave closes the page.
func (b *browser) leave() { _ = b.conn.Close(websocket.StatusNormalClosure, "") }

// until reads up to the first frame of a type.
func (b *browser) until(kind string) heard {
	b.t.Helper()
	for {
		if f := b.hear(); f.Type == kind {
			return f
		}
	}
}

// closed reads to the end and returns why it came.
func (b *browser) closed() websocket.StatusCode {
	ctx, cancel := patience(b.t)
	defer cancel()
	for {
		if _, _, err := b.conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// say sends a message and returns what became of it: an ack or a refusal.
func (b *browser) say(id, text string) heard {
	b.t.Helper()
	b.send(frame{"type": "message", "id": id, "text": text})
	for {
		if f := b.hear(); f.ID == id && (f.Type == "ack" || f.Type == "refused") {
			return f
		}
	}
}

func texts(in []bot.Inbound) []string {
	var out []string
	for _, i := range in {
		out = append(out, i.Text)
	}
	return out
}
