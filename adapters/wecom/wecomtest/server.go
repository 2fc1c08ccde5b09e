// Package wecomtest is a WeCom of one's own for tests: the part of its API that
// WeChat customer service lives by, and the signed and encrypted callbacks that
// say that something is to be fetched.
//
// It is strict where WeCom is: a wrong secret or a worn-out access token, a
// callback token older than ten minutes, a message in a session that a person
// has, the sixth message in a row, one after 48 hours and a text over 2048 bytes
// are refused with WeCom's codes. A message of a known msgid is not sent twice.
package wecomtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"crmbot/adapters/adaptertest"
)

// Server is the fake: one company.
type Server struct {
	adaptertest.API

	URL    string // for api_url
	CorpID string
	Secret string
	Token  string // of the callbacks
	AESKey string
	// Now is the platform's clock; adaptertest.Clock if it is not set.
	Now func() time.Time
	// Page is how many messages a page of sync_msg holds at most.
	Page int
	// Unverified says that the company's name has not been verified and that no
	// video channel is bound.
	Unverified bool

	mu       sync.Mutex
	number   int
	access   map[string]bool      // access tokens that are good
	pulls    map[string]time.Time // callback tokens, when they were made
	accounts []*account
	sessions map[string]*session // by account/customer
	codes    map[string]code     // of events that may be answered
	sent     map[string]bool     // msgids
	media    map[string][]byte
	said     []Sent
	names    map[string]string
}

// account is one of the company's desks.
type account struct {
	id, name  string
	servicers []string // people of the company who take chats
	log       []entry
}

// entry is one message as sync_msg gives it.
type entry struct {
	raw json.RawMessage
	at  time.Time
}

// Sent is a message that a customer has got.
type Sent struct {
	ID, Account, Customer string
	Kind                  string // "text", "image", …
	Text                  string
	Media                 []byte
	Event                 bool // an answer to an event: send_msg_on_event
}

// New starts a server on a free port of this machine, with one account,
// "wkSHOP", that is called "Shop" and has nobody who takes chats by hand.
func New() *Server {
	s := &Server{
		CorpID: "ww5823bf96d3bd56c7", Secret: "S3cret-of_the-customer_service-x1", Token: "QDG6eKcallback",
		AESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", Page: 1000,
		access: map[string]bool{}, pulls: map[string]time.Time{}, sessions: map[string]*session{},
		codes: map[string]code{}, sent: map[string]bool{}, media: map[string][]byte{}, names: map[string]string{},
	}
	s.AddAccount("wkSHOP", "Shop")
	s.Start(name, s.answer, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	s.URL = s.Host
	return s
}

// name is the path after /cgi-bin/, and the access token, which is taken out of
// the query.
func name(r *http.Request) (method, token string, ok bool) {
	method, ok = strings.CutPrefix(r.URL.Path, "/cgi-bin/")
	query := r.URL.Query()
	token = query.Get("access_token")
	query.Del("access_token")
	r.URL.RawQuery = query.Encode()
	return method, token, ok
}

// AddAccount makes an account with the people who take its chats by hand.
func (s *Server) AddAccount(id, name string, servicers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = append(s.accounts, &account{id: id, name: name, servicers: servicers})
}

// Staff sets who takes an account's chats by hand.
func (s *Server) Staff(account string, servicers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.account(account); a != nil {
		a.servicers = servicers
	}
}

// Forget makes every access token given out so far worthless.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access = map[string]bool{}
}

// AddFile makes a file that media/get gives out.
func (s *Server) AddFile(id string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media[id] = body
}

// Messages is what customers have got so far, in order.
func (s *Server) Messages() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Sent(nil), s.said...)
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return adaptertest.Clock()
}

// next is a number that was not used before. The lock must be held.
func (s *Server) next() int {
	s.number++
	return s.number
}

// account finds one of our accounts. The lock must be held.
func (s *Server) account(id string) *account {
	for _, a := range s.accounts {
		if a.id == id {
			return a
		}
	}
	return nil
}

func accept(w http.ResponseWriter, fields map[string]any) {
	answer := map[string]any{"errcode": 0, "errmsg": "ok"}
	for k, v := range fields {
		answer[k] = v
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(answer)
}

func refuse(w http.ResponseWriter, code int, says string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errcode": code,
		"errmsg":  fmt.Sprintf("%s, hint: [1750671663464083173076547], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=%d", says, code),
	})
}
