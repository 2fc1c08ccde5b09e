package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
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
			"can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
		})
	case "getUpdates":
		s.getUpdates(w, r, p)
	case "setWebhook":
		s.mu.Lock()
		s.hook, s.hookKey = p["url"], p["secret_token"]
		s.mu.Unlock()
		accept(w, true)
	case "deleteWebhook":
		s.mu.Lock()
		s.hook, s.hookKey = "", ""
		s.mu.Unlock()
		accept(w, true)
	case "getWebhookInfo":
		s.mu.Lock()
		defer s.mu.Unlock()
		accept(w, map[string]any{"url": s.hook, "has_custom_certificate": false, "pending_update_count": len(s.queue)})
	case "sendMessage":
		s.sendMessage(w, p)
	case "editMessageText":
		s.editMessageText(w, p)
	case "deleteMessage":
		s.deleteMessage(w, p)
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

func (s *Server) sendMessage(w http.ResponseWriter, p map[string]string) {
	text, says := check(p)
	if says != "" {
		refuse(w, http.StatusBadRequest, "Bad Request: "+says)
		return
	}
	s.mu.Lock()
	s.messages++
	id := s.messages
	s.texts[p["chat_id"]+"/"+strconv.FormatInt(id, 10)] = p["text"] + p["reply_markup"]
	s.mu.Unlock()
	accept(w, s.sent(id, p["chat_id"], text))
}

func (s *Server) editMessageText(w http.ResponseWriter, p map[string]string) {
	text, says := check(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p["chat_id"] + "/" + p["message_id"]
	old, known := s.texts[key]
	switch {
	case says != "":
	case !known:
		says = "message to edit not found"
	case old == p["text"]+p["reply_markup"]:
		says = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	}
	if says != "" {
		refuse(w, http.StatusBadRequest, "Bad Request: "+says)
		return
	}
	s.texts[key] = p["text"] + p["reply_markup"]
	id, _ := strconv.ParseInt(p["message_id"], 10, 64)
	accept(w, s.sent(id, p["chat_id"], text))
}

func (s *Server) deleteMessage(w http.ResponseWriter, p map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p["chat_id"] + "/" + p["message_id"]
	if _, known := s.texts[key]; !known {
		refuse(w, http.StatusBadRequest, "Bad Request: message to delete not found")
		return
	}
	delete(s.texts, key)
	accept(w, true)
}

func (s *Server) sent(id int64, chat, text string) map[string]any {
	chatID, _ := strconv.ParseInt(chat, 10, 64)
	kind := "private"
	if chatID < 0 {
		kind = "supergroup"
	}
	return map[string]any{
		"message_id": id, "date": 1784984664, "text": text,
		"from": map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot", "username": s.Username},
		"chat": map[string]any{"id": chatID, "type": kind},
	}
}

var (
	tag    = regexp.MustCompile(`<(/?)(b|i|code|pre|a)( href="[^"<>]*")?>`)
	entity = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&")
)

// check is Telegram's view of a message: the text without its tags, or what is
// wrong with it.
func check(p map[string]string) (text, wrong string) {
	if _, err := strconv.ParseInt(p["chat_id"], 10, 64); err != nil {
		return "", "chat not found"
	}
	text = p["text"]
	if p["parse_mode"] == "HTML" {
		if text, wrong = parse(text); wrong != "" {
			return "", "can't parse entities: " + wrong
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
		return "", "message text is empty"
	case Units(text) > 4096:
		return "", "message is too long"
	}
	return text, checkKeyboard(p["reply_markup"])
}

func parse(html string) (text, wrong string) {
	var open []string
	var plain strings.Builder
	for html != "" {
		at := strings.IndexByte(html, '<')
		if at < 0 {
			plain.WriteString(html)
			break
		}
		plain.WriteString(html[:at])
		m := tag.FindStringSubmatch(html[at:])
		switch {
		case m == nil || !strings.HasPrefix(html[at:], m[0]):
			return "", fmt.Sprintf("Unsupported start tag at byte offset %d", at)
		case m[1] == "":
			open = append(open, m[2])
		case len(open) == 0 || open[len(open)-1] != m[2]:
			return "", "Unexpected end tag"
		default:
			open = open[:len(open)-1]
		}
		html = html[at+len(m[0]):]
	}
	if len(open) > 0 {
		return "", "Can't find end tag"
	}
	return entity.Replace(plain.String()), ""
}

// Units is the length of a text as Telegram counts: in UTF-16 units.
func Units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

func checkKeyboard(raw string) string {
	if raw == "" {
		return ""
	}
	var k struct {
		Inline [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
			URL  string `json:"url"`
		} `json:"inline_keyboard"`
	}
	if err := json.Unmarshal([]byte(raw), &k); err != nil {
		return "object expected as reply markup"
	}
	for _, row := range k.Inline {
		for _, b := range row {
			switch {
			case b.Text == "":
				return "button text is empty"
			case len(b.Data) > 64 || b.Data == "" && b.URL == "":
				return "BUTTON_DATA_INVALID"
			}
		}
	}
	return ""
}
