package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"crmbot/bot"
)

// lobbied is a server behind a lobby of a few.
type lobbied struct {
	*lobby
	t    *testing.T
	log  *syncBuffer
	seen atomic.Int64 // requests whose handler began
}

// newLobbied answers /hook/x with the length of the body, as a platform's hook
// reads it, and panics at /panic. change is made before it starts.
func newLobbied(t *testing.T, change func(*lobby, *http.Server)) *lobbied {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &lobbied{t: t, log: &syncBuffer{}}
	x.lobby = newLobby(l, slog.New(slog.NewTextHandler(x.log, nil)), 1000)
	mux := http.NewServeMux()
	mux.Handle("/hook/x", hooks(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.seen.Add(1)
		body, status := bot.ReadBody(w, r)
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		fmt.Fprint(w, len(body))
	})))
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("a mistake") })
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(c, "mine\n")
	})
	server := worldServer(x.lobby, x.serve(mux))
	if change != nil {
		change(x.lobby, server)
	}
	server.Handler = x.serve(mux)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- serveHTTP(ctx, server, x.lobby, x.empty, discardLog()) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return x
}

// open connects and says something.
func (x *lobbied) open(says string) net.Conn {
	x.t.Helper()
	c, err := new(net.Dialer).DialContext(x.t.Context(), "tcp", x.Addr().String())
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c, says); err != nil {
		x.t.Fatal(err)
	}
	return c
}

// until waits for what has to happen.
func (x *lobbied) until(what string, ok func() bool) {
	x.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			x.t.Fatalf("never: %s", what)
		}
	}
}

func (x *lobbied) counts() (open, waiting int, bodies int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.lobby.open, x.waiting.Len(), x.bodies
}

const hookRequest = "POST /hook/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"

// answered is the status of the next answer on a connection, 0 if it was closed.
func answered(c net.Conn) int {
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// TestWhoSaysNothingMakesRoom: more connections than there may be, all of which
// keep us waiting in one way or another. Whoever says what he wants is served.
func TestWhoSaysNothingMakesRoom(t *testing.T) {
	for name, says := range map[string]string{
		"nothing":        "",
		"half a header":  "POST /hook/x HTTP/1.1\r\nHost: x\r\nContent-Le",
		"half a body":    "POST /hook/x HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhel",
		"no next one":    hookRequest,
		"chunks for now": "POST /hook/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			x := newLobbied(t, func(l *lobby, _ *http.Server) { l.most = 20 })
			first := x.open(says)
			for range 60 {
				x.open(says)
			}
			for range 5 {
				if status := answered(x.open(hookRequest)); status != http.StatusOK {
					t.Fatalf("whoever says what he wants gets %d", status)
				}
			}
			if open, waiting, _ := x.counts(); open > 20 || waiting > open {
				t.Errorf("%d open, %d of them waiting", open, waiting)
			}
			_, _ = io.Copy(io.Discard, first) // it was put out: else this waits until patience ends
			if n := strings.Count(x.log.String(), "too many connections"); n != 1 {
				t.Errorf("told %d times:\n%s", n, x.log.String())
			}
		})
	}
}

// TestASocketIsNotPutOut: what was taken over keeps its place, and counts; with
// nobody to go there is an answer all the same.
func TestASocketIsNotPutOut(t *testing.T) {
	x := newLobbied(t, func(l *lobby, _ *http.Server) { l.most = 3 })
	var sockets []net.Conn
	for range 3 {
		c := x.open("GET /hijack HTTP/1.1\r\nHost: x\r\n\r\n")
		if line, err := bufio.NewReader(c).ReadString('\n'); line != "mine\n" {
			t.Fatal(line, err)
		}
		sockets = append(sockets, c)
	}
	if status := answered(x.open("")); status != http.StatusServiceUnavailable {
		t.Errorf("the fourth gets %d", status)
	}
	if open, waiting, _ := x.counts(); open != 3 || waiting != 0 {
		t.Errorf("%d open, %d waiting", open, waiting)
	}
	for _, c := range sockets {
		if _, err := io.WriteString(c, "still here"); err != nil {
			t.Error(err)
		}
	}
}

// TestManyWhoWaitMakeRoomAfterAWhile: there are files enough, but memory is
// spared, and nobody goes who has only just come.
func TestManyWhoWaitMakeRoomAfterAWhile(t *testing.T) {
	var past atomic.Int64
	began := time.Now()
	x := newLobbied(t, func(l *lobby, _ *http.Server) {
		l.waitingMost = 10
		l.now = func() time.Time { return began.Add(time.Duration(past.Load())) }
	})
	for range 15 {
		x.open("")
	}
	x.until("fifteen wait", func() bool { _, waiting, _ := x.counts(); return waiting == 15 })
	past.Store(int64(waitingFair))
	for range 5 {
		x.open("")
	}
	x.until("five of them are others", func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		last, _ := x.waiting.Back().Value.(*guest)
		return last != nil && last.since.Equal(x.now()) && x.waiting.Len() == 15
	})
}

// TestBodiesStayWithinBounds: a crowd sends almost all of large bodies and then
// nothing. What they hold is bounded, and a real event is taken.
func TestBodiesStayWithinBounds(t *testing.T) {
	x := newLobbied(t, func(l *lobby, _ *http.Server) { l.bodiesMost = 4 << 20 })
	head := fmt.Sprintf("POST /hook/x HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", 1<<20)
	part := strings.Repeat("x", 1<<20-1)
	for range 20 {
		c := x.open(head)
		go func() { _, _ = io.WriteString(c, part) }() // it may be cut off
	}
	x.until("all have been read or put out", func() bool {
		_, _, bodies := x.counts()
		return x.seen.Load() == 20 && bodies > 3<<20 && bodies <= 4<<20 && strings.Contains(x.log.String(), "too many large requests")
	})
	if status := answered(x.open(hookRequest)); status != http.StatusOK {
		t.Errorf("an event gets %d", status)
	}
	if _, _, bodies := x.counts(); bodies > 4<<20 {
		t.Errorf("%d bytes are held", bodies)
	}
}

// TestWhatIsHeldIsGivenBack: bodies that were read count no more, nor do
// connections that ended.
func TestWhatIsHeldIsGivenBack(t *testing.T) {
	x := newLobbied(t, nil)
	c := x.open("")
	for range 3 {
		if _, err := io.WriteString(c, hookRequest); err != nil {
			t.Fatal(err)
		}
		if status := answered(c); status != http.StatusOK {
			t.Fatal(status)
		}
	}
	x.until("nothing is held", func() bool { open, waiting, bodies := x.counts(); return open == 1 && waiting == 1 && bodies == 0 })
	_ = c.Close()
	x.until("nobody is here", func() bool { open, waiting, _ := x.counts(); return open == 0 && waiting == 0 })
}

// TestSlowIsEnded: a request that is not here in time is no request, whichever
// part of it is missing.
func TestSlowIsEnded(t *testing.T) {
	soon := func(_ *lobby, s *http.Server) {
		s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout = 20*time.Millisecond, 20*time.Millisecond, 20*time.Millisecond
	}
	for name, says := range map[string]string{
		"half a header": "GET /page HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"no next one":   "GET /page HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, _ = io.Copy(io.Discard, newLobbied(t, soon).open(says)) // ends, or patience does
		})
	}
	for _, s := range []*http.Server{worldServer(newLobby(nil, nil, 0), nil)} {
		if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 {
			t.Errorf("the server waits for ever: %+v", s)
		}
	}
}

// TestAPanicIsToldAndHurtsNobodyElse: the log says where, the next request is
// served.
func TestAPanicIsToldAndHurtsNobodyElse(t *testing.T) {
	x := newLobbied(t, nil)
	if status := answered(x.open("GET /panic HTTP/1.1\r\nHost: x\r\n\r\n")); status != 0 {
		t.Errorf("a panic answers %d", status)
	}
	if log := x.log.String(); !strings.Contains(log, "a mistake") || !strings.Contains(log, "/panic") || !strings.Contains(log, "lobby_test.go") {
		t.Errorf("the log says %q", log)
	}
	if status := answered(x.open(hookRequest)); status != http.StatusOK {
		t.Errorf("then %d", status)
	}
}

// starved is a listener of a process that may open no more files, for a while.
type starved struct {
	net.Listener
	left atomic.Int64
}

func (s *starved) Accept() (net.Conn, error) {
	if s.left.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return s.Listener.Accept()
}

// TestNoMoreFiles: the log says so, somebody who waits goes, and the server goes
// on.
func TestNoMoreFiles(t *testing.T) {
	var none *starved
	x := newLobbied(t, func(l *lobby, _ *http.Server) {
		none = &starved{Listener: l.Listener}
		l.Listener = none
	})
	waits := x.open("")
	x.until("somebody waits", func() bool { _, waiting, _ := x.counts(); return waiting == 1 })
	none.left.Store(2)
	if status := answered(x.open(hookRequest)); status != http.StatusOK { // accepted by the call that was under way
		t.Fatal(status)
	}
	if status := answered(x.open(hookRequest)); status != http.StatusOK {
		t.Fatal(status)
	}
	if _, err := waits.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("who waited is still here: %v", err)
	}
	if log := x.log.String(); strings.Count(log, "ulimit -n") != 1 {
		t.Errorf("the log says %q", log)
	}
}

// TestManyHeadersAreRefused before anything of a body is read.
func TestManyHeadersAreRefused(t *testing.T) {
	x := newLobbied(t, nil)
	var many bytes.Buffer
	many.WriteString("POST /hook/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n")
	for i := range fieldsMost + 1 {
		fmt.Fprintf(&many, "H%d: \r\n", i)
	}
	many.WriteString("\r\n")
	if status := answered(x.open(many.String())); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d headers get %d", fieldsMost+1, status)
	}
	if status := answered(x.open("GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", headMost+8192) + "\r\n\r\n")); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a long header gets %d", status)
	}
	if n := x.seen.Load(); n != 0 {
		t.Errorf("%d handlers ran", n)
	}
}
