// Package wechattest is a WeChat of one's own for tests: the API of an Official
// Account that checks the token, keeps what it was sent and counts the rights
// to write, and the requests that WeChat makes, signed and encrypted.
//
// It is strict where WeChat is: nobody is written to who has not written, a
// right is used up after so many messages, a text over 2048 bytes, a token that
// is not good any more, a scene that is too long and a menu that is too wide
// are refused with WeChat's codes.
package wechattest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"crmbot/adapters/adaptertest"
)

// Server is the fake.
type Server struct {
	adaptertest.API

	URL    string // for api_url
	AppID  string
	Secret string
	Token  string // of the webhook
	AESKey string
	Name   string // of the account, as it stands in messages: gh_…

	mu        sync.Mutex
	now       func() time.Time
	tokens    map[string]bool // good ones
	token     string          // the latest
	issued    int
	messages  int64
	people    map[string]*person
	files     map[string]file
	keys      map[string]bool // client_msg_id that were sent
	menu      json.RawMessage
	templates map[string]string
	agreed    map[string]int
	barred    bool
	last      []byte
}

type file struct {
	body []byte
	kind string
}

// New starts a server on a free port of this machine. Its clock stands at
// adaptertest.Clock.
func New() *Server {
	s := &Server{
		AppID: "wx0123456789abcdef", Secret: "app-s3cret-of-a-fake-account", Token: "hookT0ken42",
		AESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", Name: "gh_0123456789ab",
		now: adaptertest.Clock, tokens: map[string]bool{}, people: map[string]*person{}, files: map[string]file{},
		keys: map[string]bool{}, templates: map[string]string{}, agreed: map[string]int{}, messages: 24_000_000_000_000_000,
	}
	s.Start(name, s.answer, http.NotFound)
	s.URL = s.Host
	return s
}

// name is the path of a method; the token is in the address.
func name(r *http.Request) (method, token string, ok bool) {
	method = strings.Trim(r.URL.Path, "/")
	return method, r.URL.Query().Get("access_token"), method != ""
}

// SetClock sets the clock.
func (s *Server) SetClock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Forget makes every token invalid, as when another program has asked for one.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens, s.token = map[string]bool{}, ""
}

// Bar takes the rights of a verified account away.
func (s *Server) Bar(barred bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.barred = barred
}

// AddFile makes a file that can be downloaded by its media id.
func (s *Server) AddFile(id, kind string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id] = file{body, kind}
}

// AddTemplate gives the account a template, or a subscription's.
func (s *Server) AddTemplate(id, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates[id] = content
}

// Uploaded is the last file that came.
func (s *Server) Uploaded() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Tokens is how many access tokens were given out.
func (s *Server) Tokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issued
}

// answer performs a method.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c adaptertest.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Method == "cgi-bin/stable_token" {
		s.stable(w, c)
		return
	}
	if c.Method == "video.mp4" {
		_, _ = w.Write(s.files["video"].body)
		return
	}
	if !s.tokens[c.Token] {
		refuse(w, 40001, "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken")
		return
	}
	method, known := methods[c.Method]
	switch {
	case !known:
		refuse(w, 43002, "require POST method, or no such method: "+c.Method)
	case s.barred && method.verified:
		refuse(w, 48001, "api unauthorized rid: 1")
	case method.post != (r.Method == http.MethodPost):
		refuse(w, 43002-btoi(!method.post), "wrong HTTP method")
	default:
		method.do(s, w, c)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// stable gives out the token, a new one only when there is none or it is
// forced.
func (s *Server) stable(w http.ResponseWriter, c adaptertest.Call) {
	switch {
	case c.Params["appid"] != s.AppID:
		refuse(w, 40013, "invalid appid rid: 1")
		return
	case c.Params["secret"] != s.Secret:
		refuse(w, 40125, "invalid appsecret rid: 1")
		return
	}
	if s.token == "" || c.Params["force_refresh"] == "true" {
		s.issued++
		s.token = fmt.Sprintf("ACCESS-of-a-fake-%d", s.issued)
		s.tokens[s.token] = true
	}
	say(w, map[string]any{"access_token": s.token, "expires_in": 7200})
}

func say(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	_ = json.NewEncoder(w).Encode(answer)
}

func fine(w http.ResponseWriter) { say(w, map[string]any{"errcode": 0, "errmsg": "ok"}) }

func refuse(w http.ResponseWriter, code int, says string) {
	say(w, map[string]any{"errcode": code, "errmsg": says})
}
