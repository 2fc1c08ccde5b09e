package webchat_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// pipes is a network of this process, whose time a test may let pass.
type pipes struct {
	come chan net.Conn
	once sync.Once
	end  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.come:
		return c, nil
	case <-p.end:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.end) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.come <- there
	return here, nil
}

// idler is a page that is open and only listens.
type idler struct {
	conn          *websocket.Conn
	pings, frames atomic.Int64
	gone          chan struct{}
}

func (p *pipes) idle(t *testing.T) *idler {
	t.Helper()
	i := &idler{gone: make(chan struct{})}
	var err error
	i.conn, _, err = websocket.Dial(t.Context(), "ws://pipes/chat/site/socket", &websocket.DialOptions{
		HTTPClient:     &http.Client{Transport: &http.Transport{DialContext: p.dial}},
		OnPingReceived: func(context.Context, []byte) bool { i.pings.Add(1); return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(frame{"type": "hello"})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(i.gone)
		for {
			if _, _, err := i.conn.Read(context.Background()); err != nil {
				return
			}
			i.frames.Add(1)
		}
	}()
	if err := i.conn.Write(t.Context(), websocket.MessageText, raw); err != nil {
		t.Fatal(err)
	}
	return i
}

// TestAnHourOfSilence: pages are open and nobody says anything. They are pinged,
// and nothing is asked of the database; what is said then is shown at once, and
// asked for by those alone whom it is for. A page that answers no ping is gone.
func TestAnHourOfSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newLedger()
		a, err := webchat.New(webchat.Config{Install: "site"}, h)
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		for pattern, handler := range a.Pages(h) {
			mux.Handle(pattern, handler)
		}
		network := &pipes{come: make(chan net.Conn), end: make(chan struct{})}
		server := &http.Server{Handler: mux, ReadTimeout: time.Minute, WriteTimeout: time.Minute}
		go func() { _ = server.Serve(network) }() // until Close
		ctx, end := context.WithCancel(context.Background())
		ran := make(chan error, 1)
		go func() { ran <- a.Run(ctx, h) }()

		pages := make([]*idler, 10)
		for i := range pages {
			pages[i] = network.idle(t)
		}
		synctest.Wait()
		asked := h.asked.Load()
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := h.asked.Load() - asked; n != 0 {
			t.Errorf("ten pages asked the database %d times within an hour in which nothing was said", n)
		}
		for i, p := range pages {
			if n := p.pings.Load(); n < 100 || n > 200 {
				t.Errorf("page %d was pinged %d times", i, n)
			}
			if n := p.frames.Load(); n != 2 { // welcome and ready
				t.Errorf("page %d was told %d things", i, n)
			}
		}
		h.mu.Lock()
		var one bot.Address
		for at := range h.watchers {
			one = at
		}
		h.mu.Unlock()
		h.post(one, bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: bot.Text("hi")})
		synctest.Wait()
		if n := h.asked.Load() - asked; n != 1 {
			t.Errorf("one thing was said and asked for %d times", n)
		}
		end()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		for _, p := range pages {
			<-p.gone
			_ = p.conn.CloseNow()
		}
		_ = server.Close()
	})
}
