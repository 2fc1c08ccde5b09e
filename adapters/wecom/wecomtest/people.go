package wecomtest

import (
	"encoding/json"
	"strconv"
	"time"
)

// Person is a customer with a WeChat account.
type Person struct {
	ID   string // external_userid, "wm…"
	Name string
}

// Message makes a message that p writes to an account: of a type ("text",
// "image", …) with the object of that name. It is nowhere yet; see Arrive.
func (s *Server) Message(p Person, account, kind string, content map[string]any) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.message(p, account, 3, kind, content, nil)
}

// message makes a message of an origin. The lock must be held.
func (s *Server) message(p Person, account string, origin int, kind string, content, more map[string]any) json.RawMessage {
	s.names[p.ID] = p.Name
	m := map[string]any{
		"msgid": "msgid" + strconv.Itoa(s.next()), "open_kfid": account, "external_userid": p.ID,
		"send_time": s.now().Unix(), "origin": origin, "msgtype": kind, kind: content,
	}
	for k, v := range more {
		m[k] = v
	}
	return encode(m)
}

func encode(m map[string]any) json.RawMessage {
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err) // a programmer's error in a test
	}
	return raw
}

// Text makes a text that p writes to an account.
func (s *Server) Text(p Person, account, text string) json.RawMessage {
	return s.Message(p, account, "text", map[string]any{"content": text})
}

// Servicer makes a message that somebody of the company writes to p in WeCom
// itself.
func (s *Server) Servicer(p Person, account, servicer, kind string, content map[string]any) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.message(p, account, 5, kind, content, map[string]any{"servicer_userid": servicer})
}

// Event makes an event about p and an account; fields come on top.
func (s *Server) Event(p Person, account, kind string, fields map[string]any) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.event(p, account, kind, fields)
}

func (s *Server) event(p Person, account, kind string, fields map[string]any) json.RawMessage {
	s.names[p.ID] = p.Name
	event := map[string]any{"event_type": kind, "open_kfid": account, "external_userid": p.ID}
	for k, v := range fields {
		event[k] = v
	}
	return encode(map[string]any{
		"msgid": "msgid" + strconv.Itoa(s.next()), "send_time": s.now().Unix(), "origin": 4, "msgtype": "event", "event": event,
	})
}

// Enter makes the event that p opens the chat with an account by a link with a
// scene. It holds a code for a greeting where WeCom gives one.
func (s *Server) Enter(p Person, account, scene, param string) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := map[string]any{"scene": scene}
	if param != "" {
		fields["scene_param"] = param
	}
	x := s.session(account, p.ID)
	if quiet := 48 * time.Hour; s.now().Sub(x.greeted) > quiet && s.now().Sub(x.wrote) > quiet {
		fields["welcome_code"] = s.newCode(account, p.ID, 20*time.Second)
	}
	return s.event(p, account, "enter_session", fields)
}

// Arrive puts messages where sync_msg finds them. What a customer writes opens
// his session and his right to get five answers. A body that is no JSON becomes
// a string.
func (s *Server) Arrive(account string, bodies ...json.RawMessage) {
	defer s.Changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(account)
	for _, raw := range bodies {
		if !json.Valid(raw) {
			raw, _ = json.Marshal(string(raw)) //nolint:errchkjson // a string
		}
		a.log = append(a.log, entry{raw: raw, at: s.now()})
		var m struct {
			Origin   int    `json:"origin"`
			Customer string `json:"external_userid"`
		}
		if json.Unmarshal(raw, &m) != nil || m.Origin != 3 {
			continue
		}
		s.wrote(account, m.Customer)
	}
}

// wrote is what comes of a message of a customer. The lock must be held.
func (s *Server) wrote(account, customer string) {
	x := s.session(account, customer)
	x.left, x.wrote = 5, s.now()
	if x.state == StateEnded {
		x.state = StateNew
	}
}

// Spoke makes it as if p had written to an account just now, and that was
// fetched long ago.
func (s *Server) Spoke(p Person, account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[p.ID] = p.Name
	s.wrote(account, p.ID)
}

// Empty forgets what arrived at an account; cursors begin anew.
func (s *Server) Empty(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account(account).log = nil
}

// Fetched says whether a cursor that was given out stands at the end of what
// arrived at an account.
func (s *Server) Fetched(account, cursor string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cursor == "cursor_"+account+"_"+strconv.Itoa(len(s.account(account).log))
}
