// Package telegramtest is a Telegram of one's own for tests: a Bot API server
// that checks the token, keeps what it was sent, numbers messages, hands out
// updates by polling or to a webhook with its secret token, and answers with
// errors and delays when it is told to.
//
// It is strict where Telegram is: HTML that does not parse, text over 4096
// units and captions over 1024, callback data over 64 bytes, pictures that are
// no photos, an edit that changes nothing or a message that cannot be edited,
// commands that cannot be typed and a second poller are refused in Telegram's
// words. It knows which keyboard and which commands a person sees, and the
// groups that it is told of: who is in them, their topics, and what the bot may
// do there.
package telegramtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"crmbot/adapters/adaptertest"
)

// Server is the fake.
type Server struct {
	adaptertest.API

	URL      string // for api_url
	Token    string
	Secret   string // a secret token to configure; a set webhook brings its own
	BotID    int64
	Username string
	ReadsAll bool // privacy mode is off

	mu       sync.Mutex
	updateID int64
	messages int64
	queue    []queued
	pollers  int
	hook     string
	hookKey  string
	allowed  []string
	trouble  string           // what the last delivery to the webhook met with
	troubled int64            // when
	texts    map[string]shown // what a message is now, by chat/message
	// keyboards lie over people's own, by chat.
	keyboards map[string]string
	commands  map[string][]Command // by scope and language
	files     map[string][]byte
	groups    map[string]*forum // by chat
	topics    int64
}

type queued struct {
	id  int64
	raw json.RawMessage
}

// New starts a server on a free port of this machine.
func New() *Server {
	s := &Server{
		Token: "111111111:TEST-token_of-a-fake", Secret: "s3cret_for-the-webhook",
		BotID: 111111111, Username: "thebot",
		texts: map[string]shown{}, keyboards: map[string]string{}, commands: map[string][]Command{},
		files: map[string][]byte{}, groups: map[string]*forum{}, topics: 30,
		updateID: 1000, messages: 500,
	}
	s.Start(name, s.answer, s.serveFile)
	s.URL = s.Host
	return s
}

// AddFile makes a file that can be downloaded by its id.
func (s *Server) AddFile(id string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id] = body
}

// name splits "/bot<token>/<method>".
func name(r *http.Request) (method, token string, ok bool) {
	path, found := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, ok = strings.Cut(path, "/")
	return method, token, found && ok
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	id, found := strings.CutPrefix(r.URL.Path, "/file/bot"+s.Token+"/files/")
	s.mu.Lock()
	body, known := s.files[id]
	s.mu.Unlock()
	if !found || !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = w.Write(body)
}

func accept(w http.ResponseWriter, result any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": result})
}

func refuse(w http.ResponseWriter, code int, says string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error_code": code, "description": says})
}
