package storagetest

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Link is a way to a Postgres that can be cut and mended, as a network can.
type Link struct {
	Address string // the database by this way

	mu      sync.Mutex
	network string
	server  string
	listen  net.Listener
	cut     bool
	queries int
	open    map[net.Conn]bool
}

// NewLink lays a way to the Postgres of an address. It ends with the test.
func NewLink(t testing.TB, dsn string) *Link {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l := &Link{network: "tcp", server: u.Host, open: map[net.Conn]bool{}}
	q := u.Query()
	if socket := q.Get("host"); socket != "" { // of this machine
		l.network, l.server = "unix", socket
		q.Del("host")
	}
	if l.listen, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	u.Host = l.listen.Addr().String()
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	l.Address = u.String()
	go l.accept()
	t.Cleanup(func() {
		_ = l.listen.Close() // the end of the test
		l.Cut()
	})
	return l
}

// Cut ends every connection and lets none through.
func (l *Link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.open {
		_ = c.Close() // that is the point
	}
}

// Queries is how many statements have gone by so far, BEGIN and COMMIT among
// them.
func (l *Link) Queries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queries
}

// counting passes on what a client says and counts its queries: after a
// greeting without a kind, every message is a kind and a length.
type counting struct {
	link *Link
	to   io.Writer
	head []byte
	skip int // of the message under way
	met  bool
}

func (c *counting) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if c.skip > 0 {
			n := min(c.skip, len(rest))
			c.skip -= n
			rest = rest[n:]
			continue
		}
		want := 4
		if c.met {
			want = 5
		}
		n := min(want-len(c.head), len(rest))
		c.head, rest = append(c.head, rest[:n]...), rest[n:]
		if len(c.head) < want {
			break
		}
		c.skip = int(binary.BigEndian.Uint32(c.head[want-4:])) - 4
		if c.met && c.head[0] == 'Q' {
			c.link.mu.Lock()
			c.link.queries++
			c.link.mu.Unlock()
		}
		c.head, c.met = c.head[:0], true
	}
	return c.to.Write(p)
}

// Mend lets connections through again.
func (l *Link) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

func (l *Link) accept() {
	for {
		client, err := l.listen.Accept()
		if err != nil {
			return
		}
		go l.join(client)
	}
}

func (l *Link) join(client net.Conn) {
	server, err := net.Dial(l.network, l.server)
	if err != nil || !l.keep(client, server) {
		_ = client.Close() // the client sees that it failed
		if err == nil {
			_ = server.Close()
		}
		return
	}
	var both sync.WaitGroup
	for _, way := range []struct {
		to   io.Writer
		from io.Reader
	}{{client, server}, {&counting{link: l, to: server}, client}} {
		both.Go(func() {
			_, _ = io.Copy(way.to, way.from) // until either side is done
			_ = client.Close()
			_ = server.Close()
		})
	}
	both.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, client)
	delete(l.open, server)
}

func (l *Link) keep(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return false
	}
	for _, c := range conns {
		l.open[c] = true
	}
	return true
}
