package main

import (
	"container/list"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

// The limits of what strangers may hold of us.
const (
	openMost     = 50_000           // connections, sockets included, where files are no matter
	waitingMost  = 4096             // connections that keep us waiting
	waitingFair  = time.Second      // and have done so for this long, unless files run out
	bodiesMost   = 64 << 20         // bytes of bodies that are being read
	fieldsMost   = 100              // headers of a request
	progress     = 1 << 10          // bytes of a body by which somebody keeps us waiting no more
	bodyWithin   = 10 * time.Second // of a platform's event
	refusedWrite = time.Second
	toldEvery    = time.Minute
)

// refusal is what somebody gets for whom there is no room.
const refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

// lobby is where connections come in. It bounds how many there are, below what
// the system lets us open, so that the database and the platforms always find a
// file of their own; and when there are too many, those go who have kept us
// waiting longest, for a request, for the rest of one, or for the next. Whoever
// says what he wants at once is not held up by a thousand who do not.
type lobby struct {
	net.Listener
	log         *slog.Logger
	most        int // connections,
	waitingMost int // of them that keep us waiting,
	bodiesMost  int64
	now         func() time.Time

	mu      sync.Mutex
	open    int
	bodies  int64      // bytes that are held
	waiting *list.List // of *guest, who has kept us waiting longest first
	told    map[string]time.Time
}

func newLobby(l net.Listener, log *slog.Logger, most int) *lobby {
	return &lobby{
		Listener: l, log: log, most: most, waitingMost: waitingMost, bodiesMost: bodiesMost,
		now: time.Now, waiting: list.New(), told: map[string]time.Time{},
	}
}

// guest is a connection.
type guest struct {
	net.Conn
	lobby *lobby
	gone  sync.Once
	// of the lobby, under its lock
	line  *list.Element // nil for who does not keep us waiting
	since time.Time
	held  int64 // bytes of a body
}

// Accept implements net.Listener.
func (l *lobby) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			l.say("files", "no more files may be opened: connections wait; raise the limit (ulimit -n)", "error", err)
			l.put(l.oldest(func(*guest) bool { return true }))
		}
		if err != nil {
			return nil, err
		}
		g := &guest{Conn: c, lobby: l}
		if l.let(g) {
			return g, nil
		}
		_ = c.SetDeadline(time.Now().Add(refusedWrite))
		_, _ = io.WriteString(c, refusal)
		_ = c.Close()
	}
}

// let lets a guest in, in place of others where it must be. It is false if there
// is nobody to go.
func (l *lobby) let(g *guest) bool {
	l.mu.Lock()
	full := l.open >= l.most
	crowded := l.waiting.Len() >= l.waitingMost
	l.mu.Unlock()
	if full || crowded {
		out := l.oldest(func(g *guest) bool { return full || l.now().Sub(g.since) >= waitingFair })
		if full || out != nil {
			l.say("full", "too many connections: who kept us waiting longest is put out", "most", l.most, "waiting_most", l.waitingMost, "refused", out == nil)
		}
		if l.put(out); full && out == nil {
			return false
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	l.wait(g)
	return true
}

// oldest is who has kept us waiting longest, if he may be put out.
func (l *lobby) oldest(may func(*guest) bool) *guest {
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := l.waiting.Front(); e != nil; e = e.Next() {
		if g, _ := e.Value.(*guest); may(g) {
			return g
		}
	}
	return nil
}

// put puts somebody out.
func (l *lobby) put(g *guest) {
	if g != nil {
		_ = g.Close()
	}
}

// say writes a line into the log, the same one now and then only.
func (l *lobby) say(what, line string, args ...any) {
	l.mu.Lock()
	quiet := l.now().Sub(l.told[what]) < toldEvery
	if !quiet {
		l.told[what] = l.now()
	}
	l.mu.Unlock()
	if !quiet {
		l.log.Warn(line, args...)
	}
}

// wait notes that a guest keeps us waiting from now on. The lock is held.
func (l *lobby) wait(g *guest) {
	g.since = l.now()
	if g.line == nil {
		g.line = l.waiting.PushBack(g)
		return
	}
	l.waiting.MoveToBack(g.line)
}

// served notes that a guest does not keep us waiting. The lock is held.
func (l *lobby) served(g *guest) {
	if g.line != nil {
		l.waiting.Remove(g.line)
		g.line = nil
	}
}

// Close implements net.Conn.
func (g *guest) Close() error {
	g.gone.Do(func() {
		l := g.lobby
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open--
		l.served(g)
		l.bodies -= g.held
		g.held = 0
	})
	return g.Conn.Close()
}

// state hears from the server what a connection does.
func (l *lobby) state(c net.Conn, s http.ConnState) {
	g, ok := c.(*guest)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch s {
	case http.StateIdle:
		l.bodies -= g.held
		g.held = 0
		l.wait(g)
	case http.StateActive:
		if g.line != nil {
			l.wait(g)
		}
	case http.StateHijacked:
		l.served(g)
	case http.StateNew, http.StateClosed:
	}
}

// empty puts everybody out who keeps us waiting: nobody will be served any more.
func (l *lobby) empty() {
	for g := l.oldest(func(*guest) bool { return true }); g != nil; g = l.oldest(func(*guest) bool { return true }) {
		l.put(g)
	}
}

// guestKey is where the context of a request has its guest.
type guestKey struct{}

// serve is a handler behind the lobby. A request that nobody sends is refused,
// and a handler that panics is told of.
func (l *lobby) serve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer l.caught(w, r)
		if len(r.Header) > fieldsMost {
			w.Header().Set("Connection", "close")
			http.Error(w, http.StatusText(http.StatusRequestHeaderFieldsTooLarge), http.StatusRequestHeaderFieldsTooLarge)
			return
		}
		if g, ok := r.Context().Value(guestKey{}).(*guest); ok {
			if r.ContentLength == 0 {
				g.complete()
			} else {
				r = r.WithContext(r.Context()) // the server goes by what its own has for a body
				r.Body = &owed{ReadCloser: r.Body, guest: g}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// caught tells of a handler that panicked; the server ends its connection.
func (l *lobby) caught(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
		l.log.Error("a request broke off", "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	}
	panic(http.ErrAbortHandler)
}

// complete notes that a request is here.
func (g *guest) complete() {
	g.lobby.mu.Lock()
	defer g.lobby.mu.Unlock()
	g.lobby.served(g)
}

// owed is a body that is on its way. hold is set where all of it is kept in
// memory until it is there.
type owed struct {
	io.ReadCloser
	guest *guest
	hold  bool
}

// Read implements io.Reader.
func (o *owed) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	g := o.guest
	l := g.lobby
	l.mu.Lock()
	if o.hold {
		g.held += int64(n)
		l.bodies += int64(n)
	}
	switch {
	case err != nil:
		l.served(g)
	case n >= progress && g.line != nil:
		l.wait(g)
	}
	over := l.bodies > l.bodiesMost
	l.mu.Unlock()
	if over {
		l.say("bodies", "too many large requests: who kept us waiting longest is put out", "bytes_most", l.bodiesMost)
		l.put(l.oldest(func(g *guest) bool { return g.held > 0 }))
	}
	return n, err
}

// hooks is a handler of platforms' events: their bodies are here within moments,
// and all of them together stay within bounds.
func hooks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, ok := r.Body.(*owed); ok {
			body.hold = true
		}
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // a connection without one has the server's
		next.ServeHTTP(w, r)
	})
}
