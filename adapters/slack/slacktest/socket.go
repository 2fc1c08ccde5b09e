package slacktest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one connection of Socket Mode.
type socket struct {
	conn *websocket.Conn
	mu   sync.Mutex // one writer at a time
}

// serveSocket greets, pings now and then and keeps what is acknowledged.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close() //nolint:errcheck // it ends here
	c := &socket{conn: conn}
	if c.write(map[string]any{
		"type": "hello", "num_connections": 1, "connection_info": map[string]any{"app_id": "A0APP"},
	}) != nil {
		return
	}
	s.mu.Lock()
	s.sockets = append(s.sockets, c)
	s.mu.Unlock()
	s.Changed()
	quit := make(chan struct{})
	defer close(quit)
	go func() {
		tick := time.NewTicker(5 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
			case <-quit:
				return
			}
		}
	}()
	for {
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if conn.ReadJSON(&ack) != nil {
			return
		}
		s.mu.Lock()
		s.acked[ack.ID] = ack.Payload
		s.mu.Unlock()
		s.Changed()
	}
}

func (c *socket) write(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn.WriteJSON(v)
}

// Connected waits for a client of Socket Mode.
func (s *Server) Connected(limit time.Duration) bool {
	return s.Until(limit, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.sockets) > 0
	})
}

// Push sends an envelope ("events_api", "interactive", "slash_commands") to
// the latest connection.
func (s *Server) Push(kind, envelope string, payload []byte) error {
	s.mu.Lock()
	c := s.sockets[len(s.sockets)-1]
	s.mu.Unlock()
	return c.write(map[string]any{
		"type": kind, "envelope_id": envelope, "payload": json.RawMessage(payload), "accepts_response_payload": kind != "events_api",
	})
}

// Acked says whether an envelope was acknowledged within limit.
func (s *Server) Acked(envelope string, limit time.Duration) bool {
	return s.Until(limit, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, ok := s.acked[envelope]
		return ok
	})
}

// Answer is the payload of an acknowledgement, "" for none.
func (s *Server) Answer(envelope string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.acked[envelope])
}

// Envelope is what a body that is posted over HTTP is in Socket Mode: the kind
// of the envelope, and its payload.
func Envelope(body []byte) (kind string, payload []byte) {
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil || strings.HasPrefix(string(body), "{"):
		return "events_api", body
	case form.Has("payload"):
		return "interactive", []byte(form.Get("payload"))
	}
	fields := map[string]any{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	return "slash_commands", object(fields)
}
