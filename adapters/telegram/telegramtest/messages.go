package telegramtest

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg" // what photos are made of
	_ "image/png"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"crmbot/adapters/adaptertest"
)

// shown is a message as it lies in a chat.
type shown struct {
	text   string // as it was sent
	markup string // what is under it
	file   bool
	thread string
}

// plain says whether Telegram lets a bot change the message: what came with a
// keyboard of the other kind stays as it is.
func (m shown) plain() bool { return m.markup == "" || strings.Contains(m.markup, `"inline_keyboard"`) }

func (s *Server) sendMessage(w http.ResponseWriter, p map[string]string) {
	text, says := check(p, "text", 4096)
	if s.shut(w, p, says) {
		return
	}
	if says == "" && strings.TrimSpace(text) == "" {
		says = "message text is empty"
	}
	if says != "" {
		refuse(w, http.StatusBadRequest, "Bad Request: "+says)
		return
	}
	accept(w, s.put(p, shown{text: p["text"], markup: p["reply_markup"]}, map[string]any{"text": text}))
}

// sendFile takes a photo or a document.
func (s *Server) sendFile(w http.ResponseWriter, c adaptertest.Call) {
	field := strings.ToLower(strings.TrimPrefix(c.Method, "send"))
	text, says := check(c.Params, "caption", 1024)
	if s.shut(w, c.Params, says) {
		return
	}
	at := slices.IndexFunc(c.Files, func(f adaptertest.Upload) bool { return f.Field == field || c.Params[field] == "attach://"+f.Field })
	switch {
	case says != "":
	case at < 0:
		says = "there is no " + field + " in the request"
	case len(c.Files[at].Body) == 0:
		says = "file must be non-empty"
	case field == "photo":
		says = checkPhoto(c.Files[at].Body)
	}
	if says != "" {
		refuse(w, http.StatusBadRequest, "Bad Request: "+says)
		return
	}
	if len(c.Files[at].Body) > 50<<20 {
		refuse(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	file := map[string]any{"file_id": "f" + c.Files[at].Name, "file_unique_id": "u" + c.Files[at].Name, "file_size": len(c.Files[at].Body)}
	fields := map[string]any{"document": file}
	if field == "photo" {
		file["width"], file["height"] = 90, 90
		fields = map[string]any{"photo": []any{file}}
	}
	if text != "" {
		fields["caption"] = text
	}
	accept(w, s.put(c.Params, shown{text: c.Params["caption"], markup: c.Params["reply_markup"], file: true}, fields))
}

// checkPhoto is what is wrong with a picture as a photo. Telegram looks into
// the picture as far as it can read it.
func checkPhoto(body []byte) string {
	if len(body) > 10<<20 {
		return "file is too big for a photo"
	}
	if http.DetectContentType(body) == "image/webp" {
		return ""
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(body))
	w, h := config.Width, config.Height
	switch {
	case err != nil:
		return "IMAGE_PROCESS_FAILED"
	case w+h > 10_000 || w > 20*h || h > 20*w:
		return "PHOTO_INVALID_DIMENSIONS"
	}
	return ""
}

// put keeps a new message, and what keyboard its chat has from now on.
func (s *Server) put(p map[string]string, m shown, fields map[string]any) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages++
	id := s.messages
	if g := s.groups[p["chat_id"]]; g != nil {
		g.said[p["message_thread_id"]] = append(g.said[p["message_thread_id"]], m.text)
	}
	m.thread = p["message_thread_id"]
	s.texts[p["chat_id"]+"/"+strconv.FormatInt(id, 10)] = m
	switch {
	case strings.Contains(m.markup, `"keyboard"`):
		s.keyboards[p["chat_id"]] = m.markup
	case strings.Contains(m.markup, `"remove_keyboard"`):
		delete(s.keyboards, p["chat_id"])
	}
	if thread, err := strconv.ParseInt(p["message_thread_id"], 10, 64); err == nil {
		fields["message_thread_id"], fields["is_topic_message"] = thread, true
	}
	return s.sent(id, p["chat_id"], fields)
}

// Keyboard is what lies in place of the person's own keyboard in a chat, as the
// bot has sent it; "" is nothing.
func (s *Server) Keyboard(chat string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keyboards[chat]
}

func (s *Server) editMessage(w http.ResponseWriter, method string, p map[string]string) {
	field, most := "text", 4096
	if method == "editMessageCaption" {
		field, most = "caption", 1024
	}
	text, says := check(p, field, most)
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p["chat_id"] + "/" + p["message_id"]
	old, known := s.texts[key]
	switch {
	case says != "":
	case !known:
		says = "message to edit not found"
	case !old.plain():
		says = "message can't be edited"
	case old.file && field == "text":
		says = "there is no text in the message to edit"
	case !old.file && field == "caption":
		says = "there is no caption in the message to edit"
	case old.text == p[field] && old.markup == p["reply_markup"]:
		says = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	}
	if says != "" {
		refuse(w, http.StatusBadRequest, "Bad Request: "+says)
		return
	}
	s.texts[key] = shown{text: p[field], markup: p["reply_markup"], file: old.file, thread: old.thread}
	id, _ := strconv.ParseInt(p["message_id"], 10, 64)
	accept(w, s.sent(id, p["chat_id"], map[string]any{field: text}))
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

func (s *Server) sent(id int64, chat string, fields map[string]any) map[string]any {
	chatID, _ := strconv.ParseInt(chat, 10, 64)
	kind := "private"
	if chatID < 0 {
		kind = "supergroup"
	}
	m := map[string]any{
		"message_id": id, "date": 1784984664,
		"from": map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot", "username": s.Username},
		"chat": map[string]any{"id": chatID, "type": kind},
	}
	for k, v := range fields {
		m[k] = v
	}
	return m
}

func (s *Server) sendChatAction(w http.ResponseWriter, p map[string]string) {
	if _, err := strconv.ParseInt(p["chat_id"], 10, 64); err != nil {
		refuse(w, http.StatusBadRequest, "Bad Request: chat not found")
		return
	}
	if !slices.Contains([]string{"typing", "upload_photo", "upload_document"}, p["action"]) {
		refuse(w, http.StatusBadRequest, "Bad Request: wrong parameter action in request")
		return
	}
	accept(w, true)
}

// setCommands keeps the list of commands of a scope and a language.
func (s *Server) setCommands(w http.ResponseWriter, method string, p map[string]string) {
	scope, says := checkScope(p["scope"])
	list := []Command{}
	if method == "setMyCommands" && says == "" {
		list, says = checkCommands(p["commands"])
	}
	if code := p["language_code"]; says == "" && code != "" && len(code) != 2 {
		says = "invalid language code specified"
	}
	if says != "" {
		refuse(w, http.StatusBadRequest, "Bad Request: "+says)
		return
	}
	s.mu.Lock()
	s.commands[scope+" "+p["language_code"]] = list
	s.mu.Unlock()
	accept(w, true)
}

// Command is one line of the list that Telegram shows beside the text field.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Commands is the list that somebody sees in a chat with the bot: the first
// that is set of those that Telegram looks at, in its order.
func (s *Server) Commands(chat, language string) []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	general := "all_private_chats"
	if strings.HasPrefix(chat, "-") {
		general = "all_group_chats"
	}
	for _, scope := range []string{"chat " + chat, general, "default"} {
		for _, code := range []string{language, ""} {
			if list := s.commands[scope+" "+code]; len(list) > 0 {
				return list
			}
		}
	}
	return nil
}

func checkScope(raw string) (scope, wrong string) {
	if raw == "" {
		return "default", ""
	}
	var given struct {
		Type string      `json:"type"`
		Chat json.Number `json:"chat_id"`
	}
	if err := json.Unmarshal([]byte(raw), &given); err != nil {
		return "", "can't parse BotCommandScope"
	}
	switch given.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
		return given.Type, ""
	case "chat_administrators":
		return "admins " + given.Chat.String(), ""
	case "chat":
		return "chat " + given.Chat.String(), ""
	}
	return "", "unsupported BotCommandScope"
}
