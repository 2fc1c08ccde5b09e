//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// page is one open page of the web chat, as its script behaves: it keeps its
// token, opens its socket again when that is lost, and sends what was not
// acknowledged once more under the same name.
type page struct {
	of    *pages
	ready atomic.Bool

	mu       sync.Mutex
	conn     *websocket.Conn
	token    string
	last     int64             // the last entry it has
	waiting  map[string]string // words that were not acknowledged, by name
	answered map[string]chan struct{}
	taken    []string       // names that were acknowledged
	seen     map[string]int // entries of its own words, by name
}

// pages are all that are open.
type pages struct {
	url    string
	client *http.Client
	all    []*page
	open   atomic.Int64 // that are ready
	names  atomic.Int64
	ctx    context.Context //nolint:containedctx // of the pages' lives, which leave ends
	end    context.CancelFunc
	going  sync.WaitGroup
}

// newPages raises the limit on open files as far as it goes: each page is one.
func newPages(url string, n int) *pages {
	limit := syscall.Rlimit{Cur: uint64(2*n + 4096), Max: uint64(2*n + 4096)}
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) // else the limit that there is must do
	p := &pages{url: "ws" + strings.TrimPrefix(url, "http") + "/socket"}
	p.ctx, p.end = context.WithCancel(context.Background())
	var sources atomic.Int64
	p.client = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) { // an address has 28,000 ports
			from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+sources.Add(1)%8))}
			return (&net.Dialer{LocalAddr: from, Timeout: 10 * time.Second}).DialContext(ctx, network, address)
		},
	}}
	for range n {
		p.all = append(p.all, newPage(p))
	}
	return p
}

func newPage(of *pages) *page {
	return &page{of: of, waiting: map[string]string{}, answered: map[string]chan struct{}{}, seen: map[string]int{}}
}

// enter opens all pages, a hundred at once, and waits until each is ready.
func (p *pages) enter(ctx context.Context) error {
	err := several(len(p.all), 100, func(i int) error {
		one := p.all[i]
		if err := one.connect(ctx); err != nil {
			return err
		}
		p.going.Go(one.live)
		return one.until(ctx)
	})
	if err != nil {
		return fmt.Errorf("opening %d pages: %w", len(p.all), err)
	}
	return nil
}

// leave closes all of them.
func (p *pages) leave() {
	p.end()
	for _, one := range p.all {
		one.mu.Lock()
		if one.conn != nil {
			_ = one.conn.CloseNow()
		}
		one.mu.Unlock()
	}
	p.going.Wait()
}

// await waits until all are ready again.
func (p *pages) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for time.Sleep(100 * time.Millisecond); p.open.Load() < int64(len(p.all)); time.Sleep(10 * time.Millisecond) {
		if ctx.Err() != nil {
			return fmt.Errorf("%d of %d pages are back: %w", p.open.Load(), len(p.all), ctx.Err())
		}
	}
	return nil
}

func (one *page) until(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !one.ready.Load() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// connect opens the socket and says who is there.
func (one *page) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, one.of.url, &websocket.DialOptions{HTTPClient: one.of.client}) //nolint:bodyclose // a handshake has none
	if err != nil {
		return err
	}
	conn.SetReadLimit(-1)
	one.mu.Lock()
	one.conn = conn
	hello := map[string]any{"type": "hello", "token": one.token, "lang": "en", "page": "https://www.example.com/", "after": one.last}
	one.mu.Unlock()
	return one.send(ctx, hello)
}

func (one *page) send(ctx context.Context, f map[string]any) error {
	raw, err := json.Marshal(f)
	if err != nil {
		return err
	}
	one.mu.Lock()
	conn := one.conn
	one.mu.Unlock()
	if conn == nil {
		return net.ErrClosed
	}
	return conn.Write(ctx, websocket.MessageText, raw)
}

// live reads until the page is left, and comes back as the script does: after
// half a second at first, with a part that chance decides.
func (one *page) live() {
	for tries := 0; one.of.ctx.Err() == nil; {
		one.mu.Lock()
		conn := one.conn
		one.mu.Unlock()
		if conn != nil {
			one.listen(conn)
			if one.ready.Swap(false) {
				one.of.open.Add(-1)
				tries = 0
			}
		}
		wait := min(15*time.Second, 500*time.Millisecond<<min(tries, 6))
		tries++
		select {
		case <-one.of.ctx.Done():
			return
		case <-time.After(wait/2 + rand.N(wait/2)):
		}
		if err := one.connect(one.of.ctx); err != nil {
			one.mu.Lock()
			one.conn = nil
			one.mu.Unlock()
		}
	}
}

// listen takes the frames of a socket until it ends.
func (one *page) listen(conn *websocket.Conn) {
	defer func() { _ = conn.CloseNow() }() // it has ended
	for {
		_, raw, err := conn.Read(one.of.ctx)
		if err != nil {
			return
		}
		var a heard
		if json.Unmarshal(raw, &a) != nil {
			return
		}
		for name, text := range one.take(a) {
			_ = one.send(one.of.ctx, map[string]any{"type": "message", "id": name, "text": text}) // else after the next ready
		}
	}
}

// heard is a frame from the other side.
type heard struct {
	Type, Token, ID, From, Mine string
	Entry                       int64
}

// take notes what a frame says. It returns what is to be sent again.
func (one *page) take(a heard) map[string]string {
	one.mu.Lock()
	defer one.mu.Unlock()
	switch a.Type {
	case "welcome":
		if a.Token != "" {
			one.token = a.Token
		}
	case "ready":
		one.ready.Store(true)
		one.of.open.Add(1)
		return maps.Clone(one.waiting)
	case "ack":
		if _, open := one.waiting[a.ID]; open {
			delete(one.waiting, a.ID)
			one.taken = append(one.taken, a.ID)
		}
	case "entry":
		one.last = max(one.last, a.Entry)
		if a.From == "me" && a.Mine != "" {
			one.seen[a.Mine]++
			break
		}
		for _, done := range one.answered {
			close(done)
		}
		clear(one.answered)
	}
	return nil
}

// say writes words on the page. What it returns is closed at the next answer.
func (one *page) say(ctx context.Context, text string) <-chan struct{} {
	name := fmt.Sprintf("bench-%010d", one.of.names.Add(1))
	done := make(chan struct{})
	one.mu.Lock()
	one.waiting[name], one.answered[name] = text, done
	one.mu.Unlock()
	_ = one.send(ctx, map[string]any{"type": "message", "id": name, "text": text}) // else after the next ready
	return done
}

// question is what pages ask: an article answers it.
const question = "What is the minimum order?"

// talk has n pages ask, one after the other, and returns how long their answers
// took, and how many never came.
func (p *pages) talk(ctx context.Context, n int) (p50, p99 float64, unanswered int) {
	var took []time.Duration
	n = min(n, len(p.all))
	for i := range n {
		one := p.all[i*len(p.all)/n]
		began := time.Now()
		select {
		case <-one.say(ctx, question):
			took = append(took, time.Since(began))
		case <-time.After(10 * time.Second):
			unanswered++
		case <-ctx.Done():
			return
		}
	}
	return quantile(took, 0.5), quantile(took, 0.99), unanswered
}

// chatter has pages write, so many a second, until what it returns is called.
func (p *pages) chatter(ctx context.Context, perSecond int) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				p.all[i*7%len(p.all)].say(p.ctx, question)
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// recount reads the transcripts of all who wrote, as a page does that is opened
// anew, until nothing that was acknowledged is missing or for a while. It returns
// how much is, and how much is there twice, be it in the transcript or on a page.
func (p *pages) recount(ctx context.Context) (missing, twice int, err error) {
	for began := time.Now(); ; time.Sleep(time.Second) {
		var lacks, doubles atomic.Int64
		err = several(len(p.all), 50, func(i int) error {
			lack, double, err := p.all[i].recount(ctx)
			lacks.Add(int64(lack))
			doubles.Add(int64(double))
			return err
		})
		missing, twice = int(lacks.Load()), int(doubles.Load())
		if err != nil || missing == 0 || time.Since(began) > quiet {
			return missing, twice, err
		}
	}
}

func (one *page) recount(ctx context.Context) (missing, twice int, err error) {
	one.mu.Lock()
	token, taken := one.token, slices.Clone(one.taken)
	for _, n := range one.seen {
		twice += min(n-1, 1)
	}
	one.mu.Unlock()
	if len(taken) == 0 {
		return 0, twice, nil
	}
	fresh := &pages{url: one.of.url, client: one.of.client}
	fresh.ctx, fresh.end = context.WithCancel(ctx)
	defer fresh.end()
	again := newPage(fresh)
	again.token = token
	if err := again.connect(ctx); err != nil {
		return 0, twice, err
	}
	fresh.going.Go(func() { again.listen(again.conn) })
	defer fresh.going.Wait()
	defer fresh.end()
	if err := again.until(ctx); err != nil {
		return 0, twice, err
	}
	again.mu.Lock()
	defer again.mu.Unlock()
	for _, name := range taken {
		switch n := again.seen[name]; {
		case n == 0:
			missing++
		case n > 1:
			twice++
		}
	}
	return missing, twice, nil
}

// read takes what a process says of itself.
func (i *idle) read(ctx context.Context, admin string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/metrics", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	found := 0
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		into := map[string]*float64{
			"go_goroutines": &i.goroutines, "go_memstats_heap_alloc_bytes": &i.heap, "go_memstats_stack_inuse_bytes": &i.stack,
		}[name]
		if into == nil {
			continue
		}
		if *into, err = strconv.ParseFloat(value, 64); err != nil {
			return err
		}
		found++
	}
	if found != 3 {
		return errors.New("/metrics does not tell of memory")
	}
	return nil
}
