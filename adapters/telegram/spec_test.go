package telegram_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
)

// spec is the Bot API as its machine-readable description has it.
type spec struct {
	Methods map[string]struct {
		Fields []field `json:"fields"`
	} `json:"methods"`
	Types map[string]struct {
		Fields   []field  `json:"fields"`
		Subtypes []string `json:"subtypes"`
	} `json:"types"`
}

type field struct {
	Name     string   `json:"name"`
	Types    []string `json:"types"`
	Required bool     `json:"required"`

	Description string `json:"description"`
}

var (
	only    = regexp.MustCompile(`must be (\w+)$`)
	oneOf   = regexp.MustCompile(`[Mm]ust be one of (.*)`)
	actions = regexp.MustCompile(`^Type of action to broadcast\. Choose one.*: (.*)`)
	quoted  = regexp.MustCompile(`[“"](\w+)[”"]`)
	choice  = regexp.MustCompile(`(\w+)(?: or (\w+))? for `)
)

// allows says whether the words that describe a field allow a text in it, as
// far as they list what may stand there.
func (f field) allows(value string) bool {
	var list [][]string
	if m := only.FindStringSubmatch(f.Description); m != nil {
		return value == m[1]
	}
	if m := oneOf.FindStringSubmatch(f.Description); m != nil {
		list = quoted.FindAllStringSubmatch(m[1], -1)
	}
	if m := actions.FindStringSubmatch(f.Description); m != nil {
		list = choice.FindAllStringSubmatch(m[1], -1)
	}
	return list == nil || slices.ContainsFunc(list, func(m []string) bool { return slices.Contains(m[1:], value) })
}

// TestWhatTheDescriptionForbids makes sure that the check can fail.
func TestWhatTheDescriptionForbids(t *testing.T) {
	s := readSpec(t)
	for _, c := range []adaptertest.Call{
		{Method: "sendMessages", Params: map[string]string{}},
		{Method: "sendMessage", Params: map[string]string{"chat_id": "5"}},
		{Method: "sendMessage", Params: map[string]string{"chat_id": "5", "text": "x", "reply_to_message_id": "7"}},
		{Method: "sendMessage", Params: map[string]string{"chat_id": "5", "text": "x", "message_thread_id": "general"}},
		{Method: "sendMessage", Params: map[string]string{"chat_id": "5", "text": "x", "reply_markup": `{"inline_keyboard":[[{"text":"x","style":"pink"}]]}`}},
		{Method: "sendMessage", Params: map[string]string{"chat_id": "5", "text": "x", "reply_markup": `{"keyboard":[[{"label":"x"}]]}`}},
		{Method: "sendChatAction", Params: map[string]string{"chat_id": "5", "action": "thinking"}},
		{Method: "setMyCommands", Params: map[string]string{"commands": `[{"command":"a","description":"b"}]`, "scope": `{"type":"somewhere"}`}},
		{Method: "sendPhoto", Params: map[string]string{"chat_id": "5"}},
		{Method: "sendPhoto", Params: map[string]string{"chat_id": "5"}, Files: []adaptertest.Upload{{Field: "document"}}},
	} {
		if s.request(c) == "" {
			t.Errorf("%s %v is taken", c.Method, c.Params)
		}
	}
}

func readSpec(t *testing.T) *spec {
	t.Helper()
	raw, err := os.ReadFile(adaptertest.Fixtures(t, "telegram-bot-api-spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s spec
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// checkRequests holds every request against the description of the Bot API.
// The methods must be among them.
func checkRequests(t *testing.T, calls []adaptertest.Call, want ...string) {
	t.Run("requests_as_described", func(t *testing.T) {
		s := readSpec(t)
		methods := map[string]int{}
		for _, c := range calls {
			methods[c.Method]++
			if wrong := s.request(c); wrong != "" {
				t.Errorf("%s %v: %s", c.Method, c.Params, wrong)
			}
		}
		for _, m := range want {
			if methods[m] == 0 {
				t.Errorf("%s was never called", m)
			}
		}
		t.Logf("checked %v", methods)
	})
}

func (s *spec) request(c adaptertest.Call) string {
	m, ok := s.Methods[c.Method]
	if !ok {
		return "no such method"
	}
	for _, u := range c.Files {
		if !slices.ContainsFunc(m.Fields, func(f field) bool { return f.Name == u.Field }) {
			return "no file " + u.Field
		}
	}
	for name := range c.Params {
		if !slices.ContainsFunc(m.Fields, func(f field) bool { return f.Name == name }) {
			return "no parameter " + name
		}
	}
	for _, f := range m.Fields {
		value, given := c.Params[f.Name]
		file := slices.ContainsFunc(c.Files, func(u adaptertest.Upload) bool { return u.Field == f.Name })
		if file && !slices.Contains(f.Types, "InputFile") {
			return f.Name + " is no file"
		}
		if !given && !file && f.Required {
			return f.Name + " is missing"
		}
		if given && !slices.ContainsFunc(f.Types, func(kind string) bool { return s.parameter(kind, value) }) {
			return f.Name + " is none of " + strings.Join(f.Types, ", ")
		}
		if given && !f.allows(value) {
			return f.Name + ": " + f.Description
		}
	}
	return ""
}

// parameter checks the text of a form field.
func (s *spec) parameter(kind, value string) bool {
	switch kind {
	case "String":
		return value != ""
	case "Integer":
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case "Boolean":
		return value == "true" || value == "false"
	}
	var v any
	return json.Unmarshal([]byte(value), &v) == nil && s.value(kind, v)
}

// value checks a decoded JSON value.
func (s *spec) value(kind string, v any) bool {
	if of, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := v.([]any)
		return ok && !slices.ContainsFunc(list, func(x any) bool { return !s.value(of, x) })
	}
	switch kind {
	case "String":
		_, ok := v.(string)
		return ok
	case "Integer":
		n, ok := v.(float64)
		return ok && n == float64(int64(n))
	case "Boolean":
		_, ok := v.(bool)
		return ok
	}
	object, ok := v.(map[string]any)
	if !ok {
		return false
	}
	t := s.Types[kind]
	if len(t.Subtypes) > 0 {
		return slices.ContainsFunc(t.Subtypes, func(sub string) bool { return s.value(sub, v) })
	}
	for name := range object {
		if !slices.ContainsFunc(t.Fields, func(f field) bool { return f.Name == name }) {
			return false
		}
	}
	for _, f := range t.Fields {
		x, given := object[f.Name]
		if !given && f.Required {
			return false
		}
		if given && !slices.ContainsFunc(f.Types, func(kind string) bool { return s.value(kind, x) }) {
			return false
		}
		if text, is := x.(string); is && !f.allows(text) {
			return false
		}
	}
	return true
}

// about are the fields of a message that say nothing by themselves.
var about = []string{
	"message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
	"sender_business_bot", "sender_tag", "date", "guest_query_id", "business_connection_id", "chat", "forward_origin",
	"is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote", "reply_to_story",
	"reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot", "guest_bot_caller_user",
	"guest_bot_caller_chat", "edit_date", "has_protected_content", "is_from_offline", "is_paid_post",
	"media_group_id", "author_signature", "paid_star_count", "entities", "link_preview_options",
	"suggested_post_info", "effect_id", "caption_entities", "show_caption_above_media", "has_media_spoiler",
	"reply_markup",
}

// samples are values by type; of any other type it is an object.
var samples = map[string]string{
	"String": `"x"`, "Integer": "5", "Boolean": "true", "Array of PhotoSize": `[{"file_id":"f"}]`,
	"RichMessage": `{"blocks":[{"type":"paragraph","text":"x"}]}`, "Poll": `{"question":"x"}`, "Checklist": `{"title":"x"}`,
	"Contact": `{"phone_number":"1"}`, "Venue": `{"title":"x"}`, "Dice": `{"emoji":"x"}`,
}

// TestEveryFieldIsKnown sees to it that nothing the Bot API describes is new to
// us.
func TestEveryFieldIsKnown(t *testing.T) {
	s := readSpec(t)
	server := newServer(t)
	take := func(body string) string {
		house := adaptertest.NewHouse()
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", server.Secret)
		open(t, webhookConfig(server), house).Webhook(house).ServeHTTP(httptest.NewRecorder(), r)
		if len(house.Counts()) == 1 {
			return house.Counts()[0].Reason
		}
		return ""
	}
	for _, f := range s.Types["Update"].Fields {
		if f.Name == "update_id" {
			continue
		}
		body := `{"update_id":1,"` + f.Name + `":{"id":"1","data":"x","from":{"id":5},"user":{"id":5},"date":1,"message_id":1,"text":"x","chat":{"id":5,"type":"private"}}}`
		if f.Name == "poll_answer" || f.Name == "inline_query" {
			body = `{"update_id":1,"` + f.Name + `":{}}`
		}
		if reason := take(body); reason != "" && reason != "not_for_us" {
			t.Errorf("an update of %s is %s", f.Name, reason)
		}
	}
	for _, f := range s.Types["Message"].Fields {
		if slices.Contains(about, f.Name) {
			continue
		}
		value := samples[f.Types[0]]
		if value == "" {
			value = `{"file_id":"f"}`
		}
		if strings.HasPrefix(f.Types[0], "Array of ") && samples[f.Types[0]] == "" {
			value = "[]"
		}
		body := `{"update_id":1,"message":{"message_id":1,"date":1,"from":{"id":5},"chat":{"id":5,"type":"private"},"` + f.Name + `":` + value + `}}`
		if reason := take(body); reason != "" && reason != "not_for_us" {
			t.Errorf("a message of %s is %s: %s", f.Name, reason, body)
		}
	}
}
