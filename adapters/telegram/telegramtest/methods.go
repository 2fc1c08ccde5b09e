package telegramtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"crmbot/adapters/adaptertest"
)

// answer does what the method does.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c adaptertest.Call) {
	p := c.Params
	if c.Token != s.Token {
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	switch c.Method {
	case "getMe":
		accept(w, map[string]any{
			"id": s.BotID, "is_bot": true, "first_name": "The Bot", "username": s.Username,
			"can_join_groups": true, "can_read_all_group_messages": s.ReadsAll, "supports_inline_queries": false,
		})
	case "getUpdates":
		s.getUpdates(w, r, p)
	case "setWebhook":
		s.setWebhook(w, p)
	case "deleteWebhook":
		s.mu.Lock()
		s.hook, s.hookKey = "", ""
		s.mu.Unlock()
		accept(w, true)
	case "getWebhookInfo":
		s.getWebhookInfo(w)
	case "sendMessage":
		s.sendMessage(w, p)
	case "sendPhoto", "sendDocument":
		s.sendFile(w, c)
	case "editMessageText", "editMessageCaption":
		s.editMessage(w, c.Method, p)
	case "sendChatAction":
		s.sendChatAction(w, p)
	case "setMyCommands", "deleteMyCommands":
		s.setCommands(w, c.Method, p)
	case "deleteMessage":
		s.deleteMessage(w, p)
	case "createForumTopic":
		s.createTopic(w, p)
	case "pinChatMessage":
		s.pin(w, p)
	case "getChat":
		s.getChat(w, p)
	case "getChatMember":
		s.getMember(w, p)
	case "answerCallbackQuery":
		accept(w, true)
	case "getFile":
		accept(w, map[string]any{"file_id": p["file_id"], "file_unique_id": "u" + p["file_id"], "file_path": "files/" + p["file_id"]})
	default:
		refuse(w, http.StatusNotFound, "Not Found: method not found")
	}
}

// getUpdates forgets what lies before offset and waits for news.
func (s *Server) getUpdates(w http.ResponseWriter, r *http.Request, p map[string]string) {
	offset, _ := strconv.ParseInt(p["offset"], 10, 64)
	seconds, _ := strconv.Atoi(p["timeout"])
	s.mu.Lock()
	switch {
	case s.hook != "":
		s.mu.Unlock()
		refuse(w, http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
		return
	case s.pollers > 0:
		s.mu.Unlock()
		refuse(w, http.StatusConflict, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
		return
	}
	s.pollers++
	defer func() {
		s.mu.Lock()
		s.pollers--
		s.mu.Unlock()
	}()
	for len(s.queue) > 0 && s.queue[0].id < offset {
		s.queue = s.queue[1:]
	}
	s.mu.Unlock()
	s.Changed()
	timer := time.NewTimer(time.Duration(seconds) * time.Second)
	defer timer.Stop()
	for {
		news, batch := s.News(), []json.RawMessage{}
		s.mu.Lock()
		for _, q := range s.queue[:min(len(s.queue), 100)] {
			batch = append(batch, q.raw)
		}
		s.mu.Unlock()
		if len(batch) > 0 {
			accept(w, batch)
			return
		}
		select {
		case <-news:
		case <-timer.C:
			accept(w, batch)
			return
		case <-r.Context().Done():
			return
		case <-s.Stopped():
			return
		}
	}
}

// setWebhook keeps the webhook. Updates that are not asked for by name are
// those that were asked for last.
func (s *Server) setWebhook(w http.ResponseWriter, p map[string]string) {
	var allowed []string
	if raw := p["allowed_updates"]; raw != "" && json.Unmarshal([]byte(raw), &allowed) != nil {
		refuse(w, http.StatusBadRequest, "Bad Request: can't parse allowed_updates")
		return
	}
	if !strings.HasPrefix(p["url"], "https://") && !strings.HasPrefix(p["url"], "http://127.0.0.1") && p["url"] != "" {
		refuse(w, http.StatusBadRequest, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
		return
	}
	s.mu.Lock()
	s.hook, s.hookKey = p["url"], p["secret_token"]
	if allowed != nil {
		s.allowed = allowed
	}
	s.mu.Unlock()
	accept(w, true)
}

func (s *Server) getWebhookInfo(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info := map[string]any{"url": s.hook, "has_custom_certificate": false, "pending_update_count": len(s.queue)}
	if s.allowed != nil {
		info["allowed_updates"] = s.allowed
	}
	if s.trouble != "" {
		info["last_error_date"], info["last_error_message"] = s.troubled, s.trouble
	}
	accept(w, info)
}
