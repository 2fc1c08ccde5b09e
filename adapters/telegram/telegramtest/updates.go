package telegramtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Person is somebody with a Telegram account.
type Person struct {
	ID       int64
	Name     string
	Language string
}

func (p Person) user() map[string]any {
	return map[string]any{"id": p.ID, "is_bot": false, "first_name": p.Name, "language_code": p.Language}
}

func (p Person) chat() map[string]any {
	return map[string]any{"id": p.ID, "type": "private", "first_name": p.Name}
}

// Update makes an update of one field with the next number.
func (s *Server) Update(field string, value any) json.RawMessage {
	s.mu.Lock()
	s.updateID++
	id := s.updateID
	s.mu.Unlock()
	raw, err := json.Marshal(map[string]any{"update_id": id, field: value})
	if err != nil {
		panic(err) // a programmer's error in a test
	}
	return raw
}

// Message makes an update of a message that p writes to the bot; fields come
// on top ("text", "contact", …).
func (s *Server) Message(p Person, fields map[string]any) json.RawMessage {
	s.mu.Lock()
	s.messages++
	m := map[string]any{"message_id": s.messages, "from": p.user(), "chat": p.chat(), "date": 1784984664}
	s.mu.Unlock()
	for k, v := range fields {
		m[k] = v
	}
	return s.Update("message", m)
}

// Text makes an update of a text that p writes to the bot.
func (s *Server) Text(p Person, text string) json.RawMessage {
	fields := map[string]any{"text": text}
	if strings.HasPrefix(text, "/") {
		word, _, _ := strings.Cut(text, " ")
		fields["entities"] = []any{map[string]any{"type": "bot_command", "offset": 0, "length": Units(word)}}
	}
	return s.Message(p, fields)
}

// Contact makes an update in which p shares his own number.
func (s *Server) Contact(p Person, phone string) json.RawMessage {
	return s.Message(p, map[string]any{"contact": map[string]any{
		"phone_number": phone, "first_name": p.Name, "user_id": p.ID,
	}})
}

// Press makes an update in which p presses a button with data under a message.
func (s *Server) Press(p Person, message int64, data string) json.RawMessage {
	return s.Update("callback_query", map[string]any{
		"id": "778899", "from": p.user(), "chat_instance": "1", "data": data,
		"message": map[string]any{
			"message_id": message, "chat": p.chat(), "date": 1784984664, "text": "…",
			"from": map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot", "username": s.Username},
		},
	})
}

// Queue puts updates where polling finds them.
func (s *Server) Queue(updates ...json.RawMessage) {
	defer s.Changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, raw := range updates {
		var id struct {
			ID int64 `json:"update_id"`
		}
		_ = json.Unmarshal(raw, &id) // an update without a number has number 0
		s.queue = append(s.queue, queued{id: id.ID, raw: raw})
	}
}

// Pending is how many updates polling has not confirmed yet.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// SetWebhook sets a webhook as somebody else with the token would; it returns
// what was set before.
func (s *Server) SetWebhook(url, secret string) (oldURL, oldSecret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldURL, oldSecret = s.hook, s.hookKey
	s.hook, s.hookKey = url, secret
	return oldURL, oldSecret
}

// Webhook is where updates are to go, with their secret token, as the bot has
// set it.
func (s *Server) Webhook() (url, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hook, s.hookKey
}

// Deliver brings an update to the webhook that is set, with its secret token,
// and returns the status of the answer.
func (s *Server) Deliver(update []byte) (int, error) {
	url, secret := s.Webhook()
	return Post(url, secret, update)
}

// Fail makes getWebhookInfo tell of a delivery that failed, at a moment in
// seconds.
func (s *Server) Fail(says string, at int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble, s.troubled = says, at
}

// Post brings a body to a webhook and returns the status of the answer.
func Post(url, secret string, body []byte) (int, error) {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body)) //nolint:noctx // the caller waits for it
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, nil
}
