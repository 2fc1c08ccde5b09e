package adaptertest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// API is the heart of a platform's stand-in: an HTTP server that keeps every
// call, and answers late or wrong when it is told to. A stand-in embeds it and
// says what the methods do.
type API struct {
	// Host is where the server listens: "http://127.0.0.1:…".
	Host string

	server *httptest.Server
	stop   chan struct{}

	mu      sync.Mutex
	calls   []Call
	news    chan struct{} // closed and renewed with every change
	forced  map[string][]Answer
	latency time.Duration
}

// Call is one request that the API got.
type Call struct {
	Method string            // of the API
	Params map[string]string // of a form or a JSON object; values that are no strings in JSON
	Token  string            // as it was given, wherever that was
	Files  []Upload          // of a multipart form
	Answer string            // what the method said, once it has
}

// Upload is a file that came with a call.
type Upload struct {
	Field string
	Name  string
	Type  string
	Body  []byte
}

// Answer is what a method is told to answer next.
type Answer struct {
	Status int               // 200 if 0
	Header map[string]string //
	Body   string            // an API answer, or whatever a proxy might say
	Hang   bool              // no answer until the caller gives up
	Cut    bool              // the connection is cut without an answer
	Lost   bool              // the method does what it does, and its answer is cut off
}

// Methods does what a call asks for.
type Methods func(w http.ResponseWriter, r *http.Request, c Call)

// Name finds the method's name and the token in a request's path; ok is false
// for what is no call of the API.
type Name func(r *http.Request) (method, token string, ok bool)

// Start listens on a free port of this machine. Requests that are no calls go
// to rest.
func (a *API) Start(name Name, methods Methods, rest http.HandlerFunc) {
	a.stop, a.news, a.forced = make(chan struct{}), make(chan struct{}), map[string][]Answer{}
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, token, ok := name(r)
		if !ok {
			if a.divert(w, r) {
				rest(w, r)
			}
			return
		}
		c := Call{Method: method, Token: token, Params: params(r)}
		c.Files = uploads(r)
		if c.Token == "" {
			c.Token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		}
		if c.Token == "" {
			c.Token = c.Params["token"]
			delete(c.Params, "token")
		}
		if n, left, lost := a.keep(w, r, c); left {
			said := &listener{ResponseWriter: w}
			if lost {
				said.ResponseWriter = httptest.NewRecorder()
			}
			methods(said, r, c)
			a.said(n, said.body.String())
			if lost {
				panic(http.ErrAbortHandler)
			}
		}
	}))
	a.Host = a.server.URL
}

// Close stops the server; hanging calls end.
func (a *API) Close() {
	close(a.stop)
	a.server.CloseClientConnections()
	a.server.Close()
}

// Stopped is closed by Close.
func (a *API) Stopped() <-chan struct{} { return a.stop }

// listener hears what a method answers.
type listener struct {
	http.ResponseWriter
	body strings.Builder
}

// Write implements io.Writer.
func (l *listener) Write(p []byte) (int, error) {
	l.body.Write(p)
	return l.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (l *listener) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// said keeps the answer to the nth call.
func (a *API) said(n int, answer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[n].Answer = answer
}

// keep records a call and does what was forced on it. left is false when
// nothing is left to be done; lost says that nobody is to hear the answer.
func (a *API) keep(w http.ResponseWriter, r *http.Request, c Call) (n int, left, lost bool) {
	a.mu.Lock()
	n = len(a.calls)
	a.calls = append(a.calls, c)
	a.changed()
	forced := a.next(c.Method)
	latency := a.latency
	a.mu.Unlock()
	if forced != nil && forced.Lost {
		return n, true, true
	}
	return n, a.obey(w, r, forced, latency), false
}

// divert does what was forced on requests that are no calls. It is false when
// nothing is left to be done.
func (a *API) divert(w http.ResponseWriter, r *http.Request) bool {
	a.mu.Lock()
	forced := a.next("")
	a.mu.Unlock()
	return a.obey(w, r, forced, 0)
}

// next takes what is forced on the next call of a method; nil is nothing.
func (a *API) next(method string) *Answer {
	q := a.forced[method]
	if len(q) == 0 {
		return nil
	}
	a.forced[method] = q[1:]
	return &q[0]
}

// obey answers as it was forced. It is false when nothing is left to be done.
func (a *API) obey(w http.ResponseWriter, r *http.Request, forced *Answer, latency time.Duration) bool {
	if latency > 0 {
		timer := time.NewTimer(latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return false
		}
	}
	switch {
	case forced == nil:
		return true
	case forced.Hang:
		select {
		case <-r.Context().Done():
		case <-a.stop:
		}
	case forced.Cut:
		panic(http.ErrAbortHandler)
	default:
		w.Header().Set("Content-Type", "application/json")
		for k, v := range forced.Header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(max(forced.Status, http.StatusOK))
		_, _ = io.WriteString(w, forced.Body)
	}
	return false
}

// Force sets what the next calls of a method are answered, one after the other.
// The method "" is every request that is no call.
func (a *API) Force(method string, answers ...Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forced[method] = append(a.forced[method], answers...)
}

// Unforce forgets what was forced on a method and has not happened.
func (a *API) Unforce(method string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.forced, method)
}

// Latency makes every answer take d.
func (a *API) Latency(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latency = d
}

// Calls returns the calls of the methods so far, of all without any.
func (a *API) Calls(methods ...string) []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Call
	for _, c := range a.calls {
		for _, m := range methods {
			if c.Method == m {
				out = append(out, c)
			}
		}
		if len(methods) == 0 {
			out = append(out, c)
		}
	}
	return out
}

// Await returns the first n calls of the method, or what there is of them when
// the time is up.
func (a *API) Await(method string, n int, limit time.Duration) []Call {
	a.Until(limit, func() bool { return len(a.Calls(method)) >= n })
	calls := a.Calls(method)
	return calls[:min(len(calls), n)]
}

// Until waits for something to become true that a call or Changed brings
// about, and says whether it did within limit.
func (a *API) Until(limit time.Duration, is func() bool) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		a.mu.Lock()
		news := a.news
		a.mu.Unlock()
		if is() {
			return true
		}
		select {
		case <-news:
		case <-timer.C:
			return is()
		}
	}
}

// News is closed by the next change.
func (a *API) News() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.news
}

// Changed wakes everybody who waits in Until.
func (a *API) Changed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.changed()
}

func (a *API) changed() {
	close(a.news)
	a.news = make(chan struct{})
}

// params reads a form or a JSON object.
func params(r *http.Request) map[string]string {
	out := map[string]string{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var fields map[string]json.RawMessage
		if json.NewDecoder(r.Body).Decode(&fields) != nil {
			return out
		}
		for k, raw := range fields {
			var text string
			if json.Unmarshal(raw, &text) != nil {
				text = string(raw)
			}
			out[k] = text
		}
		return out
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		_ = r.ParseForm() // not multipart
	}
	for k, v := range map[string][]string(url.Values(r.Form)) {
		out[k] = v[0]
	}
	return out
}

// uploads reads the files of a multipart form that params has read.
func uploads(r *http.Request) []Upload {
	if r.MultipartForm == nil {
		return nil
	}
	var all []Upload
	for _, field := range slices.Sorted(maps.Keys(r.MultipartForm.File)) {
		for _, h := range r.MultipartForm.File[field] {
			f, err := h.Open()
			if err != nil {
				continue
			}
			body, err := io.ReadAll(f)
			_ = f.Close()
			if err == nil {
				all = append(all, Upload{Field: field, Name: h.Filename, Type: h.Header.Get("Content-Type"), Body: body})
			}
		}
	}
	return all
}
