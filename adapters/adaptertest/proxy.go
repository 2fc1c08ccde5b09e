package adaptertest

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"crmbot/bot"
)

// proxy checks that messages really go through the proxy of the config.
func (r *Remote) proxy(t *testing.T) {
	for scheme, start := range map[string]func(*testing.T) *Proxy{"http": HTTPProxy, "socks5": SOCKS5} {
		t.Run(scheme, func(t *testing.T) {
			p := start(t)
			house := NewHouse()
			a := r.Open(t, house, Way{Proxy: scheme + "://" + p.Address})
			before := len(r.API.Calls(r.Post))
			if _, err := a.Send(t.Context(), r.hello()); err != nil {
				t.Fatalf("%v; log: %s", err, house.Log())
			}
			if p.Used() == 0 || len(r.API.Calls(r.Post)) != before+1 {
				t.Errorf("the proxy was used %d times for %d calls", p.Used(), len(r.API.Calls(r.Post))-before)
			}
		})
		t.Run(scheme+"_away", func(t *testing.T) {
			house := NewHouse()
			a := r.Open(t, house, Way{Proxy: scheme + "://user:pass-of-proxy@127.0.0.1:1"})
			before := len(r.API.Calls())
			_, err := a.Send(t.Context(), r.hello())
			if err == nil || bot.FailureOf(err).Class != bot.Transient || len(r.API.Calls()) != before {
				t.Errorf("%v, %d calls; want transient and none", err, len(r.API.Calls())-before)
			}
			for _, text := range []string{err.Error(), house.Log()} {
				if strings.Contains(text, "pass-of-proxy") {
					t.Errorf("the password of the proxy got out: %s", text)
				}
			}
		})
	}
}

// environment checks whether the proxy of the environment is used. The
// environment is read once in a process, so this wants one of its own.
func (r *Remote) environment(t *testing.T) {
	const child = "CRMBOT_BEHIND_A_PROXY"
	if os.Getenv(child) != "" {
		a := r.Open(t, NewHouse(), Way{URL: "http://platform.invalid"})
		if _, err := a.Send(t.Context(), r.hello()); err == nil {
			t.Error("there is no such platform")
		}
		return
	}
	p := HTTPProxy(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+pattern(t.Name())+"$") //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), child+"=1", "HTTP_PROXY=http://"+p.Address, "http_proxy=http://"+p.Address,
		"HTTPS_PROXY=http://"+p.Address, "ALL_PROXY=http://"+p.Address, "NO_PROXY=", "no_proxy=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if used := p.Used() > 0; used != r.Inherits {
		t.Errorf("the environment's proxy was used: %v, want %v", used, r.Inherits)
	}
}

// Proxy is a proxy on this machine that counts what goes through it.
type Proxy struct {
	Address string // host:port
	used    atomic.Int64
}

// Used is how many connections or requests went through.
func (p *Proxy) Used() int { return int(p.used.Load()) }

// HTTPProxy starts an HTTP proxy. It ends with the test.
func HTTPProxy(t *testing.T) *Proxy {
	t.Helper()
	p := &Proxy{}
	forward := &httputil.ReverseProxy{
		Rewrite:      func(*httputil.ProxyRequest) {},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		p.used.Add(1)
		if q.Method == http.MethodConnect || q.URL.Host == "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		forward.ServeHTTP(w, q)
	}))
	t.Cleanup(server.Close)
	p.Address = server.Listener.Addr().String()
	return p
}

// SOCKS5 starts a SOCKS5 proxy. It ends with the test.
func SOCKS5(t *testing.T) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // on this machine
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Address: l.Addr().String()}
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			all.Go(func() { p.serve(conn) })
		}
	})
	return p
}

// serve carries one connection.
func (p *Proxy) serve(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // it ends here
	to, err := hello5(conn)
	if err != nil {
		return
	}
	out, err := net.Dial("tcp", to) //nolint:noctx // on this machine
	if err != nil {
		return
	}
	defer out.Close() //nolint:errcheck // it ends here
	p.used.Add(1)
	if _, err := conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(out, conn)
		_ = out.Close()
	})
	_, _ = io.Copy(conn, out)
	_ = conn.Close()
	both.Wait()
}

var errSOCKS = errors.New("not SOCKS5")

// hello5 is the handshake: who may, and where to.
func hello5(conn net.Conn) (string, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil || head[0] != 5 {
		return "", errSOCKS
	}
	if _, err := io.CopyN(io.Discard, conn, int64(head[1])); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte{5, 0}); err != nil {
		return "", err
	}
	ask := make([]byte, 4)
	if _, err := io.ReadFull(conn, ask); err != nil || ask[1] != 1 {
		return "", errSOCKS
	}
	size := map[byte]int{1: net.IPv4len, 4: net.IPv6len}[ask[3]]
	if ask[3] == 3 {
		n := make([]byte, 1)
		if _, err := io.ReadFull(conn, n); err != nil {
			return "", err
		}
		size = int(n[0])
	}
	at := make([]byte, size+2)
	if _, err := io.ReadFull(conn, at); err != nil {
		return "", err
	}
	host := string(at[:size])
	if ask[3] != 3 {
		host = net.IP(at[:size]).String()
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(at[size:])))), nil
}

// pattern is the name of a test as -test.run wants it.
func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return strings.Join(parts, "$/^")
}
