package weixin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"crmbot/bot"
)

// The longest that an ordinary call takes, and one that carries a file.
const (
	callTime = 15 * time.Second
	fileTime = 3 * time.Minute
)

// Options say which account it is and where its API is.
type Options struct {
	Host   bot.Host
	APIURL string // of the API, "" is Standard
	// Standard is the platform's own address.
	Standard string
	// Proxy is the install's own, "" for none: the environment's is never used,
	// for the platform lets in the addresses it was told only.
	Proxy string
	// ID and Secret are those of the account, and Fetch gets an access token for
	// them: Stable or Corp.
	ID, Secret string
	Fetch      Fetch
	// Secrets must be in no error either.
	Secrets []string
}

// Account calls the API for one account. It is safe for many goroutines.
type Account struct {
	host       bot.Host
	base       *url.URL
	http       *http.Client
	id, secret string
	fetch      Fetch
	secrets    []string
	keys       ring
}

// Open makes an Account. It calls nobody yet. The error names the key of the
// config at fault.
func Open(o Options) (*Account, error) {
	if o.APIURL == "" {
		o.APIURL = o.Standard
	}
	base, err := url.Parse(strings.TrimRight(o.APIURL, "/"))
	if err != nil || base.Host == "" {
		return nil, errors.New("api_url: want http(s)://host")
	}
	client, err := bot.NewClient(o.Proxy, fileTime)
	if err != nil {
		return nil, err
	}
	if t, ok := client.Transport.(*http.Transport); ok && o.Proxy == "" {
		t.Proxy = nil
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := &Account{
		host: o.Host, base: base, http: client, id: o.ID, secret: o.Secret, fetch: o.Fetch,
		secrets: append([]string{o.Secret}, o.Secrets...),
	}
	a.keys = ring{host: o.Host, name: tokenName(o.ID, o.Secret), busy: make(chan struct{}, 1), fetch: func(ctx context.Context, force bool) (Token, error) {
		return a.fetch(ctx, a, force)
	}}
	shared()
	return a, nil
}

// Do makes a call through the library, which takes the handle for the token.
// If the token is not good any more the call is made once again with a new
// one. The error is an *Error.
func (a *Account) Do(ctx context.Context, call func(h Handle) error) error {
	return a.attempt(ctx, callTime, call)
}

// DoFile is Do for a call that carries a file.
func (a *Account) DoFile(ctx context.Context, call func(h Handle) error) error {
	return a.attempt(ctx, fileTime, call)
}

func (a *Account) attempt(ctx context.Context, limit time.Duration, call func(h Handle) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return a.withToken(ctx, func(token string) *Error {
		x := &exchange{ctx: ctx, account: a, token: token}
		h, done := shared().open(x)
		defer done()
		return a.outcome(x, call(h))
	})
}

// withToken does something with the token, and once more with a new one if the
// platform does not know the token any more.
func (a *Account) withToken(ctx context.Context, do func(token string) *Error) error {
	token, err := a.keys.token(ctx)
	if err != nil {
		return a.failed(err)
	}
	e := do(token)
	if e != nil && expired(e.Code) {
		if token, err = a.keys.renewed(ctx, token); err != nil {
			return a.failed(err)
		}
		e = do(token)
	}
	if e != nil {
		return e
	}
	return nil
}

// outcome is what came of a call. What the platform answered counts, whatever
// the library makes of it.
func (a *Account) outcome(x *exchange, err error) *Error {
	var answer struct {
		Code int    `json:"errcode"`
		Says string `json:"errmsg"`
	}
	if x.body != nil && json.Unmarshal(x.body, &answer) == nil && answer.Code != 0 {
		return &Error{Call: x.path, Code: answer.Code, Says: a.hide(answer.Says, x.token), Status: x.status, Wrote: true}
	}
	if err == nil {
		return nil
	}
	return &Error{
		Call: x.path, Status: x.status, Wrote: x.wrote.Load(),
		Says: a.hide(err.Error(), x.token), err: cause(err),
	}
}

// failed is an error from before a call as an *Error: of the call itself
// nothing was written.
func (a *Account) failed(err error) error {
	var e *Error
	if errors.As(err, &e) {
		unsent := *e
		unsent.Wrote = false
		return &unsent
	}
	return &Error{Says: a.hide(err.Error(), ""), err: cause(err)}
}

// cause keeps of an error what callers may ask for, and no text.
func cause(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// Get performs a GET of the API and returns the answer as it comes, for files.
// An answer that is JSON is read: it is an error, or is handed back in note.
// The caller closes body, which is nil then. The error is an *Error.
func (a *Account) Get(ctx context.Context, path string, query url.Values) (body io.ReadCloser, note []byte, err error) {
	err = a.withToken(ctx, func(token string) *Error {
		x := &exchange{ctx: ctx, account: a, token: token, path: strings.Trim(path, "/")}
		resp, err := a.request(x, http.MethodGet, a.at(path, query, token), nil) //nolint:bodyclose // handed on, or closed by take
		if err != nil {
			return a.outcome(x, err)
		}
		if isFile(resp) {
			body = resp.Body
			return nil
		}
		err = x.take(resp)
		note = x.body
		return a.outcome(x, err)
	})
	return body, note, err
}

// isFile says that an answer is a file rather than words about it.
func isFile(resp *http.Response) bool {
	kind := resp.Header.Get("Content-Type")
	words := strings.Contains(kind, "json") || strings.HasPrefix(kind, "text/")
	named := strings.Contains(resp.Header.Get("Content-Disposition"), "filename")
	return resp.StatusCode == http.StatusOK && (named || !words)
}

// Fetch asks an address that the platform gave out for a file: one of the
// API's own host or of the platform's. No token goes there.
func (a *Account) Fetch(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || !a.trusted(u) {
		return nil, &Error{Call: "file", Says: "an address that is not the platform's"}
	}
	x := &exchange{ctx: ctx, account: a, path: "file"}
	resp, err := a.request(x, http.MethodGet, u, nil)
	if err == nil && resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		x.status, err = resp.StatusCode, fmt.Errorf("status %d", resp.StatusCode)
	}
	if err != nil {
		return nil, a.outcome(x, err)
	}
	return resp.Body, nil
}

func (a *Account) trusted(u *url.URL) bool {
	if u.Host == a.base.Host {
		return true
	}
	for _, domain := range []string{".qq.com", ".qpic.cn"} {
		if strings.HasSuffix(u.Hostname(), domain) && u.Port() == "" {
			return true
		}
	}
	return false
}

// Ask performs a call without a token, of which params holds secrets, and
// reads the answer into answer: the call that gets the token. GET puts the
// params into the address, POST into a JSON object.
func (a *Account) Ask(ctx context.Context, method, path string, params map[string]any, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	x := &exchange{ctx: ctx, account: a, path: strings.Trim(path, "/")}
	query, payload := url.Values{}, io.Reader(nil)
	if method == http.MethodGet {
		for k, v := range params {
			query.Set(k, fmt.Sprint(v))
		}
	} else {
		raw, err := json.Marshal(params)
		if err != nil {
			return a.failed(err)
		}
		payload = bytes.NewReader(raw)
	}
	resp, err := a.request(x, method, a.at(path, query, ""), payload) //nolint:bodyclose // closed by take
	if err == nil {
		err = x.take(resp)
	}
	if err == nil {
		err = json.Unmarshal(x.body, answer)
	}
	if e := a.outcome(x, err); e != nil {
		return e
	}
	return nil
}

// take reads a short answer of the API to a request of our own.
func (x *exchange) take(resp *http.Response) error {
	err := x.read(resp, 1<<16)
	if err == nil && x.status != http.StatusOK {
		err = fmt.Errorf("status %d", x.status)
	}
	return err
}

// request sends a request of our own.
func (a *Account) request(x *exchange, method string, at *url.URL, payload io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(x.trace(), method, at.String(), payload)
	if err != nil {
		return nil, errors.New("an address that cannot be asked")
	}
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := a.http.Do(req)
	return resp, unwrapped(err)
}

// at is the address of a method of the API.
func (a *Account) at(path string, query url.Values, token string) *url.URL {
	u := *a.base
	u.Path = strings.TrimRight(u.Path, "/") + "/" + strings.TrimLeft(path, "/")
	if query == nil {
		query = url.Values{}
	}
	if token != "" {
		with := url.Values{tokenKey: {token}}
		for k, v := range query {
			with[k] = v
		}
		query = with
	}
	u.RawQuery = query.Encode()
	return &u
}

// hide takes secrets out of a text.
func (a *Account) hide(text string, token string) string {
	for _, secret := range append([]string{token}, a.secrets...) {
		if len(secret) > 3 {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}
