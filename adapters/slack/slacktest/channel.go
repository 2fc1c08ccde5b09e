package slacktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// posted is a message of the bot's as it was sent.
type posted struct {
	channel, ts, thread, text string
	metadata                  json.RawMessage
}

const (
	// outside begins the users who are no members of any channel.
	outside = "UX"
	// privately begins the channels that only members see.
	privately = "G"
	// page is how many messages history shows at once.
	page = 2
)

// Archive archives a channel.
func (s *Server) Archive(channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.archived[channel] = true
}

// Lose makes a thread one that is no more, by the native id of the message that
// begins it ("C1/1234.5678").
func (s *Server) Lose(thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost[thread] = true
	delete(s.messages, thread)
}

// Posted returns the texts that the bot has posted in a thread, oldest first and
// with what begins it; in "" those that begin something.
func (s *Server) Posted(channel, thread string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, m := range s.posted {
		if m.channel == channel && (m.thread == thread || m.thread == "" && m.ts == thread) {
			all = append(all, m.text)
		}
	}
	return all
}

// shut is why nothing can be said there, "" if it can.
func (s *Server) shut(channel, thread string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.archived[channel]:
		return "is_archived"
	case thread != "" && s.lost[channel+"/"+thread]:
		return "thread_not_found"
	}
	return ""
}

// channel is conversations.info.
func (s *Server) channel(w http.ResponseWriter, p map[string]string) {
	id := p["channel"]
	has := strings.Split(s.Scopes, ",")
	switch {
	case s.Scopes != "" && !slices.Contains(has, "channels:read"):
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"ok":false,"error":"missing_scope","needed":"channels:read","provided":"` + s.Scopes + `"}`))
		return
	case id == "" || !strings.Contains("CDG", id[:1]):
		refuse(w, "channel_not_found")
		return
	}
	s.mu.Lock()
	archived := s.archived[id]
	s.mu.Unlock()
	accept(w, map[string]any{"channel": map[string]any{
		"id": id, "name": "c-" + strings.ToLower(id), "is_channel": true, "is_archived": archived, "is_im": id[0] == 'D',
		"is_member": !strings.HasPrefix(id, closed), "is_private": strings.HasPrefix(id, privately),
	}})
}

// history is conversations.history: what began something in a channel, latest
// first, a page at a time.
func (s *Server) history(w http.ResponseWriter, p map[string]string) {
	channel := p["channel"]
	switch {
	case strings.HasPrefix(channel, closed):
		refuse(w, "not_in_channel")
		return
	case channel == "" || !strings.Contains("CDG", channel[:1]):
		refuse(w, "channel_not_found")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, last := []any{}, ""
	for _, m := range slices.Backward(s.posted) {
		if m.channel != channel || m.thread != "" || m.ts < p["oldest"] || p["cursor"] != "" && m.ts >= p["cursor"] {
			continue
		}
		if len(found) == page {
			accept(w, map[string]any{"messages": found, "has_more": true, "response_metadata": map[string]any{"next_cursor": last}})
			return
		}
		message := map[string]any{"type": "message", "ts": m.ts, "text": m.text, "user": s.BotUser, "bot_id": s.BotID}
		if p["include_all_metadata"] == "1" || p["include_all_metadata"] == "true" {
			if len(m.metadata) > 0 {
				message["metadata"] = m.metadata
			}
		}
		found, last = append(found, message), m.ts
	}
	accept(w, map[string]any{"messages": found, "has_more": false})
}

// Under makes the event of a message that somebody writes under another one,
// by the time of that and whose it is, without a word to the bot; fields come on
// top ("subtype", "files").
func (s *Server) Under(user, channel, thread, author, text string, fields map[string]any) []byte {
	ts := s.stamp()
	inner := map[string]any{
		"type": "message", "user": user, "text": text, "ts": ts, "event_ts": ts, "team": s.Team,
		"channel": channel, "channel_type": "channel", "thread_ts": thread, "parent_user_id": author,
	}
	for k, v := range fields {
		inner[k] = v
	}
	return s.Event(inner)
}
