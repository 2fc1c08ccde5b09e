package wecomtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// letters are those that scenes and msgids are made of.
const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"

// The states of a session.
const (
	StateNew   = 0 // the customer has written
	StateBot   = 1 // the API answers
	StatePool  = 2 // waits for a person
	StateHuman = 3 // a person has it
	StateEnded = 4 // over, or never begun
)

// session is what goes on between an account and a customer.
type session struct {
	state    int
	servicer string
	left     int       // messages that may be sent
	wrote    time.Time // when the customer last wrote
	greeted  time.Time // when a welcome was sent
}

// code is a right to answer an event once.
type code struct {
	account, customer string
	until             time.Time
}

// session finds or begins a session. The lock must be held.
func (s *Server) session(account, customer string) *session {
	key := account + "/" + customer
	if s.sessions[key] == nil {
		s.sessions[key] = &session{state: StateEnded}
	}
	return s.sessions[key]
}

// Session is the state of a session, and who has it.
func (s *Server) Session(account, customer string) (state int, servicer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.session(account, customer)
	return x.state, x.servicer
}

// SetSession puts a session into a state, as somebody at WeCom's desk would.
func (s *Server) SetSession(account, customer string, state int, servicer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.session(account, customer)
	x.state, x.servicer = state, servicer
}

func (s *Server) stateGet(w http.ResponseWriter, p map[string]string) {
	if s.account(p["open_kfid"]) == nil {
		refuse(w, 95000, "invalid open_kfid")
		return
	}
	x := s.session(p["open_kfid"], p["external_userid"])
	accept(w, map[string]any{"service_state": x.state, "service_userid": x.servicer})
}

// ways are the states that one may go to from each.
var ways = map[int][]int{
	StateNew:   {StateBot, StatePool, StateHuman, StateEnded},
	StateBot:   {StatePool, StateHuman, StateEnded},
	StatePool:  {StateHuman, StateEnded},
	StateHuman: {StateHuman, StateEnded},
	StateEnded: {},
}

func (s *Server) stateTrans(w http.ResponseWriter, p map[string]string) {
	a := s.account(p["open_kfid"])
	to, err := strconv.Atoi(p["service_state"])
	if a == nil || err != nil {
		refuse(w, 95000, "invalid open_kfid")
		return
	}
	x := s.session(a.id, p["external_userid"])
	switch {
	case !slices.Contains(ways[x.state], to):
		refuse(w, 95016, "invalid service state transition")
		return
	case to == StateHuman && !slices.Contains(a.servicers, p["servicer_userid"]):
		refuse(w, 95014, "user is not servicer")
		return
	}
	x.state, x.servicer = to, ""
	fields := map[string]any{}
	if to == StateHuman {
		x.servicer = p["servicer_userid"]
	}
	if to != StateBot {
		fields["msg_code"] = s.newCode(a.id, p["external_userid"], 48*time.Hour)
	}
	accept(w, fields)
}

// newCode makes a right to answer an event. The lock must be held.
func (s *Server) newCode(account, customer string, life time.Duration) string {
	id := "code_" + strconv.Itoa(s.next())
	s.codes[id] = code{account: account, customer: customer, until: s.now().Add(life)}
	return id
}

func (s *Server) sendMsg(w http.ResponseWriter, p map[string]string) {
	id := p["msgid"]
	x := s.session(p["open_kfid"], p["touser"])
	m, wrong, says := s.content(p)
	switch {
	case s.account(p["open_kfid"]) == nil:
		refuse(w, 95000, "invalid open_kfid")
	case s.names[p["touser"]] == "":
		refuse(w, 40096, "invalid external userid")
	case len(id) > 32 || strings.Trim(id, letters) != "":
		refuse(w, 40058, "invalid Request Parameter msgid")
	case wrong != 0:
		refuse(w, wrong, says)
	case id != "" && s.sent[id]:
		accept(w, map[string]any{"msgid": id})
	case x.state == StateEnded:
		refuse(w, 95013, "conversation end")
	case x.state != StateNew && x.state != StateBot:
		refuse(w, 95018, "send msg session status invalid")
	case s.now().Sub(x.wrote) > 48*time.Hour:
		refuse(w, 95002, "out of response time limit")
	case x.left == 0:
		refuse(w, 95001, "out of response count limit")
	default:
		x.left--
		s.deliver(w, id, m)
	}
}

// deliver shows a message to the customer and answers with its id.
func (s *Server) deliver(w http.ResponseWriter, id string, m Sent) {
	if id == "" {
		id = "msg" + strconv.Itoa(s.next())
	}
	m.ID = id
	s.sent[id] = true
	s.said = append(s.said, m)
	accept(w, map[string]any{"msgid": id})
}

func (s *Server) sendMsgOnEvent(w http.ResponseWriter, p map[string]string) {
	c, known := s.codes[p["code"]]
	p["open_kfid"], p["touser"] = c.account, c.customer
	m, wrong, says := s.content(p)
	switch {
	case !known || s.now().After(c.until):
		refuse(w, 40029, "invalid code")
	case wrong != 0:
		refuse(w, wrong, says)
	case m.Kind != "text" && m.Kind != "msgmenu":
		refuse(w, 40008, "invalid message type")
	default:
		delete(s.codes, p["code"])
		s.session(c.account, c.customer).greeted = s.now()
		m.Event = true
		s.deliver(w, p["msgid"], m)
	}
}

// content is WeCom's view of a message, or what is wrong with it.
func (s *Server) content(p map[string]string) (m Sent, wrong int, says string) {
	m = Sent{Account: p["open_kfid"], Customer: p["touser"], Kind: p["msgtype"]}
	var body struct {
		Content string `json:"content"`
		MediaID string `json:"media_id"`
	}
	_ = json.Unmarshal([]byte(p[m.Kind]), &body)
	switch m.Kind {
	case "text":
		m.Text = body.Content
		switch {
		case strings.TrimSpace(m.Text) == "":
			return m, 44004, "empty content"
		case len(m.Text) > 2048:
			return m, 45002, "content size out of limit"
		}
	case "image", "voice", "video", "file":
		file, known := s.media[body.MediaID]
		if !known || !strings.HasPrefix(body.MediaID, "media_"+m.Kind) {
			return m, 40007, "invalid media_id"
		}
		m.Media = file
	case "msgmenu":
	default:
		return m, 40008, "invalid message type"
	}
	return m, 0, ""
}
