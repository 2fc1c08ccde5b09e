package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"crmbot/bot"
)

// socket is one open page of one visitor.
type socket struct {
	*Adapter
	conn    *websocket.Conn
	line    net.Conn // beneath conn
	inbox   bot.Inbox
	limit   *rate.Limiter
	sender  bot.Sender
	at      bot.Address
	from    string // the network it came from, see proxies
	key     []byte // signs tickets
	scene   string
	fresh   bool         // nobody has seen him before: nothing was said
	behind  bool         // something could not be read
	known   bool         // something was said already: no greeting
	last    atomic.Int64 // the last entry sent
	seen    int64        // the last entry shown
	strikes int

	// of the page of those who work here
	wish      atomic.Pointer[wish]
	view      atomic.Pointer[view]
	stirred   chan struct{}
	shownList []byte    // as it was sent last
	listedAt  time.Time // when the list was last read
	listOld   bool      // something may have changed in it since
}

// serveSocket takes a browser's socket from the handshake to its end. The
// request ends with the handshake, and with it all that the server keeps for one.
func (a *Adapter) serveSocket(inbox bot.Inbox) http.Handler {
	origins := a.cfg.Origins
	if u, err := url.Parse(a.cfg.PublicURL); err == nil && u.Host != "" {
		origins = append(slices.Clone(origins), u.Scheme+"://"+u.Host)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := a.proxies.from(r)
		if !a.let(w, from) {
			return
		}
		thin := &slim{ResponseWriter: w}
		conn, err := websocket.Accept(thin, r, &websocket.AcceptOptions{OriginPatterns: origins})
		if err != nil { // Accept has answered
			a.rooms.leave(from)
			a.host.Count(Platform, a.cfg.Install, bot.ReasonRefused, nil)
			return
		}
		conn.SetReadLimit(frameMax)
		s := &socket{Adapter: a, conn: conn, line: thin.line, inbox: inbox, limit: rate.NewLimiter(perSecond, burst), from: from}
		if a.cfg.Staff {
			s.stirred = make(chan struct{}, 1)
		}
		go s.live()
	})
}

// live is the life of a socket.
func (s *socket) live() {
	defer s.rooms.leave(s.from)
	defer s.rooms.drop(s)
	defer func() { _ = s.conn.CloseNow() }() // it has ended
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if !s.rooms.add(s) {
		s.hangUp()
		_ = s.conn.Close(websocket.StatusGoingAway, "")
		return
	}
	if err := s.serve(ctx, cancel); err != nil && websocket.CloseStatus(err) == -1 {
		s.host.Logger().Debug("socket ended", "error", err)
	}
}

// serve greets, shows what was said, and then reads and tails side by side.
func (s *socket) serve(ctx context.Context, cancel context.CancelFunc) error {
	var news <-chan struct{}
	if err := apart(func() (err error) {
		news, err = s.greet(ctx)
		return err
	}); err != nil {
		return err
	}
	var tail sync.WaitGroup
	defer tail.Wait()
	defer cancel()
	tail.Go(func() {
		if err := s.tail(ctx, news); err != nil {
			_ = s.conn.CloseNow() // ends read below
		}
	})
	for {
		_, raw, err := s.conn.Read(context.Background()) // Close ends it
		if err != nil {
			return err
		}
		if err := apart(func() error { return s.read(ctx, raw) }); err != nil {
			return err
		}
	}
}

// apart does something on a stack of its own, which is gone afterwards: the one
// that waits for what comes next stays small. A panic is an error.
func apart(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		done <- fn()
	}()
	return <-done
}

// greet finds out who is there and shows what was said. It returns what tells of
// more.
func (s *socket) greet(ctx context.Context) (<-chan struct{}, error) {
	after, err := s.hello(ctx)
	if err != nil {
		return nil, err
	}
	news := s.host.Watch(ctx, s.at)
	if err := s.backlog(ctx, after); err != nil {
		return nil, err
	}
	return news, s.write(ctx, answer{Type: "ready"})
}

// errGone ends a socket that was told why already.
var errGone = errors.New("socket closed by us")

// hello finds out who is there. It returns the last entry that he has.
func (s *socket) hello(ctx context.Context) (int64, error) {
	in, cancel := context.WithTimeout(ctx, helloWithin)
	defer cancel()
	_, raw, err := s.conn.Read(in)
	if err != nil {
		return 0, err
	}
	var f frame
	if !utf8.Valid(raw) || json.Unmarshal(raw, &f) != nil || f.Type != "hello" {
		s.host.Count(Platform, s.cfg.Install, "unreadable", raw)
		return 0, s.close(websocket.StatusPolicyViolation, "hello expected")
	}
	key, err := s.tokenKey(ctx)
	if err != nil {
		s.host.Logger().Warn("no key for tokens", "error", err)
		return 0, s.close(websocket.StatusTryAgainLater, "")
	}
	s.key = key
	token, err := s.identify(ctx, f.Token)
	if err != nil {
		return 0, err
	}
	s.at = s.address(s.sender.ID)
	s.sender.Chat, s.sender.Language, s.scene = s.at.Chat, language(f.Lang), scene(f.Page)
	s.known = f.After > 0
	if !s.rooms.enter(s) {
		s.host.Count(Platform, s.cfg.Install, bot.ReasonRefused, nil)
		_ = s.write(ctx, answer{Type: "refused", Why: "later"})
		return 0, s.close(websocket.StatusTryAgainLater, "too many pages")
	}
	return max(f.After, 0), s.write(ctx, answer{Type: "welcome", Token: token})
}

// identify finds out who shows a token, or lets a stranger in. It returns the
// token to keep, "" if the old one will do.
func (s *socket) identify(ctx context.Context, token string) (string, error) {
	fresh := token == ""
	switch {
	case fresh && !s.strangers.passes(s.from, s.host.Now()):
		s.host.Count(Platform, s.cfg.Install, bot.ReasonRefused, nil)
		_ = s.write(ctx, answer{Type: "refused", Why: "later"})
		return "", s.close(websocket.StatusTryAgainLater, "too many new visitors")
	case fresh:
		s.sender.ID, s.fresh = newVisitor(), true
	default:
		var err error
		if s.sender.ID, fresh, err = s.verify(s.key, token); err != nil {
			s.host.Count(Platform, s.cfg.Install, bot.ReasonRefused, nil)
			_ = s.write(ctx, answer{Type: "refused", Why: "expired"})
			return "", s.close(websocket.StatusPolicyViolation, "token refused")
		}
	}
	if !fresh {
		return "", nil
	}
	return s.sign(s.key, s.sender.ID, s.host.Now().Add(tokenFor)), nil
}

// write sends a frame. A browser that does not take it in time is gone.
func (s *socket) write(ctx context.Context, a answer) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, raw)
}

func (s *socket) close(code websocket.StatusCode, why string) error {
	_ = s.conn.Close(code, why)
	return errGone
}
