// Package slacktest is a Slack of one's own for tests: a Web API server that
// checks tokens where Slack does, keeps what it was sent, opens direct messages
// for user ids, gives messages a time like Slack's, has response URLs and
// Socket Mode, signs the requests it makes, and answers with errors and delays
// when it is told to.
//
// It is strict where Slack is: blocks and views over their limits, a block id
// twice, a message without text, an unknown message or view to update, a
// trigger that is spent or older than three seconds, a hash that is not the
// latest, a file of another length than was said are refused in Slack's words,
// and so is what goes to a channel that is archived or a thread that is no more.
package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"crmbot/adapters/adaptertest"
)

// Server is the fake. Its first fields do not change while it runs.
type Server struct {
	adaptertest.API

	URL           string // for api_url
	BotToken      string
	AppToken      string
	SigningSecret string
	BotUser       string
	BotID         string
	Team          string
	Scopes        string // of the bot's token, as auth.test tells them

	mu       sync.Mutex
	clock    int64 // microseconds of the last message
	events   int
	messages map[string]string // what a message says now, by channel/ts
	posted   []posted          // all of them, in order
	archived map[string]bool   // channels
	lost     map[string]bool   // threads, by channel/ts
	files    map[string][]byte
	now      time.Time
	triggers map[string]*trigger
	views    map[string]*View
	latest   string // id of the view that was shown last
	form     string // and of the last that can be sent off
	uploads  map[string]*upload
	sockets  []*socket
	acked    map[string]json.RawMessage
}

// New starts a server on a free port of this machine.
func New() *Server {
	s := &Server{
		BotToken: "xoxb-TEST-of-a-fake", AppToken: "xapp-TEST-of-a-fake",
		SigningSecret: "8f742231b10e8888abcd99yyyzzz85a5",
		BotUser:       "U0BOT", BotID: "B0BOT", Team: "T0TEAM",
		clock: 1784984664_000000, messages: map[string]string{}, archived: map[string]bool{}, lost: map[string]bool{},
		files: map[string][]byte{}, acked: map[string]json.RawMessage{},
		now: adaptertest.Clock(), triggers: map[string]*trigger{}, views: map[string]*View{}, uploads: map[string]*upload{},
		Scopes: "app_mentions:read,channels:history,channels:read,chat:write,commands,files:read,files:write,groups:history,groups:read,im:history,im:write,reactions:read,users:read",
	}
	s.Start(name, s.answer, s.rest)
	s.URL = s.Host + "/api/"
	return s
}

// Close stops the server and its sockets.
func (s *Server) Close() {
	s.mu.Lock()
	sockets := s.sockets
	s.mu.Unlock()
	for _, c := range sockets {
		_ = c.conn.Close()
	}
	s.API.Close()
}

// Responses is the method under which posts to response URLs are kept.
const Responses = "response_url"

func name(r *http.Request) (method, token string, ok bool) {
	if strings.HasPrefix(r.URL.Path, "/hooks/") {
		return Responses, "none", true
	}
	method, ok = strings.CutPrefix(r.URL.Path, "/api/")
	return method, "", ok
}

// AddFile makes a file that can be downloaded, and returns its address.
func (s *Server) AddFile(name string, body []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files["/files/"+name] = body
	return s.Host + "/files/" + name
}

func (s *Server) rest(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/socket":
		s.serveSocket(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/upload/"):
		s.takeUpload(w, r)
		return
	}
	s.mu.Lock()
	body, ok := s.files[r.URL.Path]
	s.mu.Unlock()
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case r.Header.Get("Authorization") != "Bearer "+s.BotToken:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>sign in</html>"))
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(body)
	}
}

// answer does what the method does.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c adaptertest.Call) {
	p := c.Params
	if c.Method == Responses {
		if wrong := checkBlocks(p["blocks"]); wrong != "" && p["delete_original"] != "true" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = w.Write([]byte("ok"))
		return
	}
	token := s.BotToken
	if c.Method == "apps.connections.open" {
		token = s.AppToken
	}
	if c.Token != token {
		refuse(w, map[bool]string{true: "not_authed", false: "invalid_auth"}[c.Token == ""])
		return
	}
	do := map[string]func(http.ResponseWriter, map[string]string){
		"auth.test": s.me, "apps.connections.open": s.connect, "users.info": s.person,
		"chat.postMessage": s.post, "chat.postEphemeral": s.whisper, "chat.update": s.update, "chat.delete": s.delete,
		"chat.getPermalink": s.permalink, "conversations.open": s.openDM,
		"views.open": s.openView, "views.update": s.updateView, "views.publish": s.publishView,
		"conversations.info": s.channel, "conversations.history": s.history,
		"files.getUploadURLExternal": s.startUpload, "files.completeUploadExternal": s.endUpload, "files.delete": s.deleteFile,
	}[c.Method]
	if do == nil {
		refuse(w, "unknown_method")
		return
	}
	do(w, p)
}

func (s *Server) me(w http.ResponseWriter, _ map[string]string) {
	w.Header().Set("X-OAuth-Scopes", s.Scopes)
	accept(w, map[string]any{
		"url": "https://test.slack.com/", "team": "Test", "user": "crm",
		"team_id": s.Team, "user_id": s.BotUser, "bot_id": s.BotID,
	})
}

func (s *Server) connect(w http.ResponseWriter, _ map[string]string) {
	accept(w, map[string]any{"url": "ws" + strings.TrimPrefix(s.Host, "http") + "/socket?ticket=secret-ticket"})
}

func (s *Server) person(w http.ResponseWriter, p map[string]string) {
	accept(w, map[string]any{"user": map[string]any{
		"id": p["user"], "name": "name." + strings.ToLower(p["user"]), "locale": "zh-CN",
		"profile": map[string]any{"real_name": "Name of " + p["user"]},
	}})
}

// whisper is chat.postEphemeral. We are in no channel that begins with CX.
func (s *Server) whisper(w http.ResponseWriter, p map[string]string) {
	wrong := check(p)
	switch {
	case wrong != "":
	case strings.HasPrefix(p["channel"], "U") || p["user"] == "":
		wrong = "channel_not_found"
	case strings.HasPrefix(p["channel"], closed):
		wrong = "not_in_channel"
	case strings.HasPrefix(p["user"], outside):
		wrong = "user_not_in_channel"
	default:
		wrong = s.shut(p["channel"], p["thread_ts"])
	}
	if wrong != "" {
		refuse(w, wrong)
		return
	}
	accept(w, map[string]any{"message_ts": s.stamp()})
}

// closed begins the channels that we are no member of.
const closed = "CX"

func (s *Server) permalink(w http.ResponseWriter, p map[string]string) {
	switch {
	case p["channel"] == "" || strings.HasPrefix(p["channel"], closed):
		refuse(w, "channel_not_found")
	case p["message_ts"] == "":
		refuse(w, "message_not_found")
	default:
		accept(w, map[string]any{
			"channel":   p["channel"],
			"permalink": "https://test.slack.com/archives/" + p["channel"] + "/p" + strings.ReplaceAll(p["message_ts"], ".", ""),
		})
	}
}

func (s *Server) openDM(w http.ResponseWriter, p map[string]string) {
	if !strings.HasPrefix(p["users"], "U") {
		refuse(w, "user_not_found")
		return
	}
	accept(w, map[string]any{"channel": map[string]any{"id": DM(p["users"])}})
}

// stamp is the time of the next message.
func (s *Server) stamp() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock += 1_000_100
	return fmt.Sprintf("%d.%06d", s.clock/1_000_000, s.clock%1_000_000)
}

func (s *Server) post(w http.ResponseWriter, p map[string]string) {
	if wrong := check(p); wrong != "" {
		refuse(w, wrong)
		return
	}
	channel := p["channel"]
	switch {
	case strings.HasPrefix(channel, "U"):
		channel = DM(channel)
	case channel == "" || !strings.ContainsAny(channel[:1], "CDG"):
		refuse(w, "channel_not_found")
		return
	case strings.HasPrefix(channel, closed):
		refuse(w, "not_in_channel")
		return
	}
	if wrong := s.shut(channel, p["thread_ts"]); wrong != "" {
		refuse(w, wrong)
		return
	}
	ts := s.stamp()
	s.mu.Lock()
	s.messages[channel+"/"+ts] = p["text"] + p["blocks"]
	s.posted = append(s.posted, posted{channel, ts, p["thread_ts"], p["text"], json.RawMessage(p["metadata"])})
	s.mu.Unlock()
	accept(w, map[string]any{"channel": channel, "ts": ts, "message": map[string]any{
		"type": "message", "text": p["text"], "user": s.BotUser, "bot_id": s.BotID, "ts": ts,
	}})
}

func (s *Server) update(w http.ResponseWriter, p map[string]string) {
	wrong := check(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p["channel"] + "/" + p["ts"]
	if _, ok := s.messages[key]; !ok && wrong == "" {
		wrong = "message_not_found"
	}
	if wrong != "" {
		refuse(w, wrong)
		return
	}
	s.messages[key] = p["text"] + p["blocks"]
	accept(w, map[string]any{"channel": p["channel"], "ts": p["ts"], "text": p["text"]})
}

func (s *Server) delete(w http.ResponseWriter, p map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p["channel"] + "/" + p["ts"]
	if _, ok := s.messages[key]; !ok {
		refuse(w, "message_not_found")
		return
	}
	delete(s.messages, key)
	accept(w, map[string]any{"channel": p["channel"], "ts": p["ts"]})
}

// DM is the channel of the direct messages with a user.
func DM(user string) string { return "D" + strings.TrimLeft(user, "UW") }

func accept(w http.ResponseWriter, fields map[string]any) {
	fields["ok"] = true
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(fields)
}

func refuse(w http.ResponseWriter, word string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": word})
}

// check is Slack's view of a message: "" or what is wrong with it.
func check(p map[string]string) string {
	switch {
	case strings.TrimSpace(p["text"]) == "":
		return "no_text"
	case len([]rune(p["text"])) > 40000:
		return "msg_too_long"
	}
	return checkBlocks(p["blocks"])
}
