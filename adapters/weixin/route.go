package weixin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// Handle stands in for the access token in one call of the library. It is both
// what the library asks for a token and a cache that has it already.
type Handle string

// GetAccessToken returns the handle.
func (h Handle) GetAccessToken() (string, error) { return string(h), nil }

// Get returns the handle, whatever the key.
func (h Handle) Get(string) any { return string(h) }

// Set keeps nothing.
func (h Handle) Set(string, any, time.Duration) error { return nil }

// IsExist is true: the handle is always there.
func (h Handle) IsExist(string) bool { return true }

// Delete does nothing.
func (h Handle) Delete(string) error { return nil }

// answerLimit is the longest answer of the API that is read for the library.
const answerLimit = 8 << 20

// exchange is one call of the API: how it is made, and what came of it.
type exchange struct {
	ctx     context.Context //nolint:containedctx // the library has no other way in
	account *Account
	token   string
	path    string
	status  int
	body    []byte
	wrote   atomic.Bool
}

// router is the transport of the library's HTTP client.
type router struct {
	mu    sync.Mutex
	last  uint64
	calls map[Handle]*exchange
}

// shared is the one router. Its first use gives it to the library, which has a
// single client for all accounts and takes no other; nobody else may set that.
var shared = sync.OnceValue(func() *router {
	r := &router{calls: map[Handle]*exchange{}}
	util.DefaultHTTPClient = &http.Client{
		Transport: r,
		Timeout:   fileTime, // each call has its own deadline besides
		// A redirect would take the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return r
})

// open makes a handle for a call; done takes it back.
func (r *router) open(x *exchange) (h Handle, done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	h = Handle("crmbot-h" + strconv.FormatUint(r.last, 10))
	r.calls[h] = x
	return h, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.calls, h)
	}
}

func (r *router) find(h Handle) *exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[h]
}

// RoundTrip sends a request of the library the way of the account whose handle
// it carries.
func (r *router) RoundTrip(req *http.Request) (*http.Response, error) {
	query := req.URL.Query()
	x := r.find(Handle(query.Get(tokenKey)))
	if x == nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, errors.New("a request of no account")
	}
	query.Del(tokenKey)
	return x.do(req, query)
}

// tokenKey is the parameter that the token travels in.
const tokenKey = "access_token"

// do performs a request and keeps what was answered. Its errors hold no
// address.
func (x *exchange) do(req *http.Request, query url.Values) (*http.Response, error) {
	out := req.Clone(x.trace())
	x.path = strings.Trim(req.URL.Path, "/")
	out.URL = x.account.at(req.URL.Path, query, x.token)
	out.Host = ""
	resp, err := x.account.http.Do(out) //nolint:gosec // the address is the config's
	if err != nil {
		return nil, unwrapped(err)
	}
	if err := x.read(resp, answerLimit); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(x.body))
	return resp, nil
}

// read takes an answer in, up to limit bytes.
func (x *exchange) read(resp *http.Response, limit int64) error {
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return err
	}
	x.status, x.body = resp.StatusCode, body
	if int64(len(body)) > limit {
		return fmt.Errorf("an answer over %d bytes", limit)
	}
	return nil
}

// trace is the context of the call, which notices that the request was written.
func (x *exchange) trace() context.Context {
	return httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				x.wrote.Store(true)
			}
		},
	})
}

// unwrapped is an error of a client without the address of the request.
func unwrapped(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
