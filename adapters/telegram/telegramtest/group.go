package telegramtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Group is a group that the bot knows of.
type Group struct {
	ID    int64
	Title string
	Forum bool // it has topics
	// What the bot is there: out of it, an administrator, and one who may open
	// topics and pin messages.
	Out, Admin, Topics, Pins bool
}

// forum is a group as it is now.
type forum struct {
	Group
	topics map[string]string   // what a topic is called, by its thread
	closed map[string]bool     // topics in which nobody can write
	said   map[string][]string // what the bot has said, by thread
	pinned map[string]string   // the message on top, by thread
}

// AddGroup makes a group, or changes what the bot is there. Chats of groups that
// were not made take everything.
func (s *Server) AddGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := strconv.FormatInt(g.ID, 10)
	if old := s.groups[id]; old != nil {
		old.Group = g
		return
	}
	s.groups[id] = &forum{Group: g, topics: map[string]string{}, closed: map[string]bool{}, said: map[string][]string{}, pinned: map[string]string{}}
}

// RemoveTopic deletes a topic.
func (s *Server) RemoveTopic(group, topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.groups[group].topics, topic)
}

// CloseTopic closes a topic, even to the bot.
func (s *Server) CloseTopic(group, topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[group].closed[topic] = true
}

// Topics are the names of a group's topics by their thread.
func (s *Server) Topics(group string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{}
	for thread, name := range s.groups[group].topics {
		all[thread] = name
	}
	return all
}

// Said is what the bot has said in a topic, or in the group itself, oldest
// first; and the message that is pinned there.
func (s *Server) Said(group, topic string) (texts []string, pinned string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[group]
	return append([]string(nil), g.said[topic]...), g.pinned[topic]
}

// InTopic makes an update of a message that p writes in a topic; fields come on
// top. As Telegram does, it answers the message that the topic begins with,
// which is the bot's where the bot has opened it.
func (s *Server) InTopic(p Person, group int64, topic string, fields map[string]any) json.RawMessage {
	chat := map[string]any{"id": group, "type": "supergroup", "title": "Team", "is_forum": true}
	thread, _ := strconv.ParseInt(topic, 10, 64)
	all := map[string]any{
		"chat": chat, "is_topic_message": true, "message_thread_id": thread,
		"reply_to_message": map[string]any{
			"message_id": thread, "message_thread_id": thread, "is_topic_message": true, "date": 1784984600, "chat": chat,
			"from":                map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot", "username": s.Username},
			"forum_topic_created": map[string]any{"name": "x", "icon_color": 7322096},
		},
	}
	for k, v := range fields {
		all[k] = v
	}
	return s.Message(p, all)
}

// shut refuses what cannot be said in a group, unless something else is wrong
// with it.
func (s *Server) shut(w http.ResponseWriter, p map[string]string, wrong string) bool {
	s.mu.Lock()
	g, thread := s.groups[p["chat_id"]], p["message_thread_id"]
	says, code := "", http.StatusBadRequest
	if g != nil && wrong == "" {
		_, there := g.topics[thread]
		switch {
		case g.Out:
			says, code = "Forbidden: bot was kicked from the supergroup chat", http.StatusForbidden
		case thread != "" && !there:
			says = "Bad Request: message thread not found"
		case g.closed[thread]:
			says = "Bad Request: TOPIC_CLOSED"
		}
	}
	s.mu.Unlock()
	if says != "" {
		refuse(w, code, says)
	}
	return says != ""
}

func (s *Server) createTopic(w http.ResponseWriter, p map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, name := s.groups[p["chat_id"]], p["name"]
	switch n := Units(name); {
	case g == nil:
		refuse(w, http.StatusBadRequest, "Bad Request: chat not found")
	case g.Out:
		refuse(w, http.StatusForbidden, "Forbidden: bot was kicked from the supergroup chat")
	case !g.Forum:
		refuse(w, http.StatusBadRequest, "Bad Request: the chat is not a forum")
	case !g.Topics:
		refuse(w, http.StatusBadRequest, "Bad Request: not enough rights to create a topic")
	case n < 1 || n > 128 || strings.TrimSpace(name) != name:
		refuse(w, http.StatusBadRequest, "Bad Request: TOPIC_TITLE_EMPTY")
	default:
		s.topics++
		thread := strconv.FormatInt(s.topics, 10)
		g.topics[thread] = name
		accept(w, map[string]any{"message_thread_id": s.topics, "name": name, "icon_color": 7322096})
	}
}

// pin keeps a message on top of its topic.
func (s *Server) pin(w http.ResponseWriter, p map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[p["chat_id"]]
	m, known := s.texts[p["chat_id"]+"/"+p["message_id"]]
	switch {
	case g == nil || !known:
		refuse(w, http.StatusBadRequest, "Bad Request: message to pin not found")
	case !g.Pins:
		refuse(w, http.StatusBadRequest, "Bad Request: not enough rights to manage pinned messages in the chat")
	default:
		g.pinned[m.thread] = p["message_id"]
		accept(w, true)
	}
}

func (s *Server) getChat(w http.ResponseWriter, p map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[p["chat_id"]]
	if g == nil {
		refuse(w, http.StatusBadRequest, "Bad Request: chat not found")
		return
	}
	if g.Out {
		refuse(w, http.StatusForbidden, "Forbidden: bot was kicked from the supergroup chat")
		return
	}
	kind := "supergroup"
	if !strings.HasPrefix(p["chat_id"], "-100") {
		kind = "group"
	}
	accept(w, map[string]any{"id": g.ID, "type": kind, "title": g.Title, "is_forum": g.Forum})
}

func (s *Server) getMember(w http.ResponseWriter, p map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[p["chat_id"]]
	if g == nil || p["user_id"] != strconv.FormatInt(s.BotID, 10) {
		refuse(w, http.StatusBadRequest, "Bad Request: member not found")
		return
	}
	m := map[string]any{"status": "member", "user": map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot"}}
	if g.Admin {
		m["status"], m["can_manage_topics"], m["can_pin_messages"] = "administrator", g.Topics, g.Pins
	}
	accept(w, m)
}
