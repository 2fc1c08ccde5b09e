package bot

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// socks answers one connection as a SOCKS5 proxy without a password and leads
// it to target, wherever it wanted to go. It returns its address and what was
// asked for.
func socks(t *testing.T, target string) (address string, asked <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	wanted := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		hello := make([]byte, 3) // version, one method: none
		_, _ = io.ReadFull(c, hello)
		_, _ = c.Write([]byte{5, 0})
		head := make([]byte, 5) // version, connect, 0, a name, its length
		_, _ = io.ReadFull(c, head)
		name := make([]byte, int(head[4])+2) // and the port
		_, _ = io.ReadFull(c, name)
		wanted <- string(name[:head[4]])
		_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		out, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(out, c); _ = out.Close() }()
		_, _ = io.Copy(c, out)
		_ = c.Close()
	}()
	return l.Addr().String(), wanted
}

func TestNewClientGoesThroughTheProxy(t *testing.T) {
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.RequestURI) // whole where the client takes us for a proxy
	}))
	t.Cleanup(platform.Close)
	get := func(proxy string) string {
		c, err := NewClient(proxy, 20*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.CloseIdleConnections)
		resp, err := c.Get("http://api.example.invalid/x")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // only read from
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	if got := get(platform.URL); got != "http://api.example.invalid/x" {
		t.Errorf("through an http proxy: %q", got)
	}
	address, asked := socks(t, strings.TrimPrefix(platform.URL, "http://"))
	if got := get("socks5://" + address); got != "/x" {
		t.Errorf("through a socks5 proxy: %q", got)
	}
	if name := <-asked; name != "api.example.invalid" {
		t.Errorf("the proxy was asked for %q", name)
	}
}

func TestProxyURL(t *testing.T) {
	for proxy, good := range map[string]bool{
		"http://127.0.0.1:8080": true, "https://user:geheim@proxy:443": true, "socks5://127.0.0.1:1080": true,
		"ftp://user:geheim@proxy": false, "127.0.0.1:1080": false, "geheim": false, "http://a b:geheim": false, "socks5://": false,
	} {
		_, err := ProxyURL(proxy)
		if (err == nil) != good {
			t.Errorf("%s: %v", proxy, err)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error repeats it: %v", err)
		}
	}
}

func TestReadBody(t *testing.T) {
	for size, want := range map[int]int{0: 0, 100: 0, BodyLimit: 0, BodyLimit + 1: http.StatusRequestEntityTooLarge} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size)))
		body, status := ReadBody(httptest.NewRecorder(), r)
		if status != want || status == 0 && len(body) != size {
			t.Errorf("%d bytes: %d with status %d, want %d", size, len(body), status, want)
		}
	}
	broken := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader("x"), brokenReader{}))
	if _, status := ReadBody(httptest.NewRecorder(), broken); status != http.StatusBadRequest {
		t.Errorf("a body that broke off: %d, want 400", status)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a\x00b": "ab", "\x00": "", "麦芽糖浆 👌": "麦芽糖浆 👌", "a\xffb": "a\ufffdb", "line\nline\t": "line\nline\t",
	} {
		if got := Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNobodySendsUsElsewhere(t *testing.T) {
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer other.Close()
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/new", http.StatusTemporaryRedirect)
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusTemporaryRedirect)
		}
	}))
	defer here.Close()
	client, err := NewClient("", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/moved": 200, "/away": 307, "/round": 307} {
		resp, err := client.Get(here.URL + path) //nolint:noctx // on this machine
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want || asked != 0 {
			t.Errorf("%s: status %d, %d requests elsewhere; want %d, none", path, resp.StatusCode, asked, want)
		}
	}
}

// TestConnectionsAreKept makes a hundred calls at once, twice: the second time
// nobody dials.
func TestConnectionsAreKept(t *testing.T) {
	const calls = 100
	var dialled atomic.Int64
	arrived, leave := make(chan struct{}, calls), make(chan struct{}, calls)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-leave
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dialled.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client, err := NewClient("", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	for range 2 {
		var all sync.WaitGroup
		for range calls {
			all.Go(func() {
				resp, err := client.Post(server.URL, "text/plain", nil)
				if err != nil {
					t.Error(err)
					return
				}
				_ = resp.Body.Close()
			})
		}
		for range calls {
			<-arrived
		}
		for range calls {
			leave <- struct{}{}
		}
		all.Wait()
	}
	if n := dialled.Load(); n != calls {
		t.Errorf("%d connections for %d calls at once", n, calls)
	}
}

// TestABodyIsReadWhatItsHeaderSays reads bodies of all lengths, and one whose
// header promises more than comes.
func TestABodyIsReadWhatItsHeaderSays(t *testing.T) {
	for _, n := range []int{0, 1, 511, bodyAtOnce, bodyAtOnce + 1, BodyLimit} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", n)))
		if body, status := ReadBody(httptest.NewRecorder(), r); status != 0 || len(body) != n {
			t.Errorf("%d bytes: %d, status %d", n, len(body), status)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("short"))
	r.ContentLength = BodyLimit
	if body, status := ReadBody(httptest.NewRecorder(), r); status != 0 || cap(body) > 2*bodyAtOnce {
		t.Errorf("status %d, %d bytes are kept for five", status, cap(body))
	}
}
