package slack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

// mode is a way in which Slack brings something. deliver returns once all that
// follows from it is done, with the status and the answer.
type mode struct {
	server  *slacktest.Server
	house   *adaptertest.House
	deliver func(body []byte) (status int, answer string)
}

func overHTTP(t *testing.T) mode {
	m := mode{server: newServer(t), house: adaptertest.NewHouse()}
	hook := known(t, httpConfig(m.server), m.house).Webhook(m.house)
	m.deliver = func(body []byte) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header = slacktest.Sign(m.server.SigningSecret, adaptertest.Clock(), body)
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	return m
}

func overSocket(t *testing.T) mode {
	m := mode{server: newServer(t), house: adaptertest.NewHouse()}
	a := known(t, socketConfig(m.server), m.house)
	m.deliver = func(body []byte) (int, string) {
		kind, payload := slacktest.Envelope(body)
		if kind == "events_api" && bytes.Contains(body, []byte(`"url_verification"`)) {
			return http.StatusOK, ""
		}
		return slack.Handle(a, t.Context(), m.house, kind, payload)
	}
	return m
}

// known is an adapter that knows who it is.
func known(t *testing.T, c slack.Config, host bot.Host) *slack.Adapter {
	t.Helper()
	if err := host.SetValue(t.Context(), "self", `{"User":"U0BOT"}`, 0); err != nil {
		t.Fatal(err)
	}
	a := open(t, c, host)
	slack.Remember(a, t.Context())
	return a
}

// leads is a form with every type of field.
func leads() *bot.Form {
	return &bot.Form{
		Action: "lead.new source=slack", Title: "New lead, with a title that is too long", Text: "Who is **interested**?",
		Submit: "Save", Cancel: "Cancel",
		Fields: []bot.FormField{
			{Name: "name", Label: "Name", Required: true, Max: 80, Value: "张伟"},
			{Name: "need", Label: "Need", Type: bot.FieldText, Hint: "What for?", Value: "20 t & more"},
			{Name: "intent", Label: "Interest", Type: bot.FieldChoice, Value: "B", Options: []bot.Option{{Label: "High", Value: "A"}, {Label: "Middle", Value: "B"}}},
			{Name: "due", Label: "Next step", Type: bot.FieldDay, Value: "2026-08-01"},
			{Name: "company", Label: "Company", Type: bot.FieldSearch, Value: "ACC-1", Options: []bot.Option{{Label: "融氏", Value: "ACC-1"}}},
		},
	}
}

// step is one thing that happens, and what the house shows then.
type step struct {
	name  string
	body  func(s *slacktest.Server) []byte
	shows func(in bot.Inbound) (*bot.Reply, error)
	away  bool
	sets  func(s *slacktest.Server)
}

func form(f *bot.Form) func(bot.Inbound) (*bot.Reply, error) {
	return func(bot.Inbound) (*bot.Reply, error) { return &bot.Reply{Form: f}, nil }
}

var filledIn = map[string]string{"name": "张伟 <b>", "need": "two\nlines", "intent": "A", "due": "2026-09-01", "company": "ACC-2"}

func steps() []step {
	shortcut := func(s *slacktest.Server) []byte { return s.Shortcut("U1", "lead.new") }
	message := func(s *slacktest.Server) []byte {
		return s.MessageShortcut("U1", "note", "C1/1784984600.000100", "1784984000.000100", "U2", "call <@U3> &amp; send")
	}
	submit := func(s *slacktest.Server) []byte { return s.Submit("U1", "", filledIn) }
	wrong := leads()
	wrong.Fields[0].Error, wrong.Fields[4].Error = "Who is it?", "Which one?"
	elsewhere := &bot.Form{Fields: []bot.FormField{{Name: "not_there", Error: "Not like that"}}}
	long := leads()
	long.Action += strings.Repeat(" x", 2000)
	many := &bot.Form{Fields: []bot.FormField{{Name: "company"}}}
	for i := range 150 {
		many.Fields[0].Options = append(many.Fields[0].Options, bot.Option{Label: strings.Repeat("融", 80), Value: fmt.Sprintf("ACC-%0100d", i)})
	}
	fails := func(bot.Inbound) (*bot.Reply, error) { return nil, errors.New("too late") }
	return []step{
		{name: "form_global", body: shortcut, shows: form(leads())},
		{name: "form_wrong", body: submit, shows: form(wrong)},
		{name: "form_wrong_elsewhere", body: submit, shows: form(elsewhere)},
		{name: "form_away", body: submit, away: true},
		{name: "form_too_slow", body: submit, shows: fails},
		{name: "form_said", body: submit, shows: func(bot.Inbound) (*bot.Reply, error) { return bot.Text("**No.** You may not."), nil }},
		{name: "form_options", body: func(s *slacktest.Server) []byte { return s.Suggest("U1", "", "company", "ro") }, shows: form(&bot.Form{
			Fields: []bot.FormField{{Name: "company", Options: []bot.Option{{Label: "Rongshi", Value: "ACC-2"}, {Label: "too long", Value: strings.Repeat("x", 200)}}}},
		})},
		{name: "form_many_options", body: func(s *slacktest.Server) []byte { return s.Suggest("U1", "", "company", "") }, shows: form(many)},
		{name: "form_no_options", body: func(s *slacktest.Server) []byte { return s.Suggest("U1", "", "company", "x") }, shows: fails},
		{name: "form_sent", body: submit},
		{name: "form_next", body: submit, shows: form(leads())},
		{name: "form_message", body: message, shows: form(leads())},
		{name: "form_message_sent", body: submit},
		{name: "form_closed_channel", body: func(s *slacktest.Server) []byte {
			return s.MessageShortcut("U1", "note", "CX1/1784984600.000100", "1784984000.000100", "", "x")
		}, shows: form(leads())},
		{name: "form_kept", body: message, shows: form(long)},
		{name: "form_kept_sent", body: submit},
		{name: "form_button", body: func(s *slacktest.Server) []byte { return s.PressHome("U1", "form1", "at|U1||1", "b:abcdefgh12345678") }, shows: form(leads())},
		{
			name: "form_conflict", body: shortcut, shows: func(bot.Inbound) (*bot.Reply, error) { return &bot.Reply{Form: leads()}, nil },
			sets: func(s *slacktest.Server) { s.Force("views.update", says("hash_conflict")) },
		},
		{name: "form_shut", body: shortcut, shows: form(leads()), sets: func(s *slacktest.Server) { s.Force("views.update", says("view_not_found")) }},
		{name: "form_refused", body: shortcut, shows: form(leads()), sets: func(s *slacktest.Server) { s.Force("views.update", says("invalid_arguments")) }},
		{name: "form_expired", body: shortcut, shows: form(leads()), sets: func(s *slacktest.Server) { s.Force("views.open", says("expired_trigger_id")) }},
		{name: "form_exchanged", body: shortcut, shows: form(leads()), sets: func(s *slacktest.Server) { s.Force("views.open", says("exchanged_trigger_id")) }},
		{name: "form_pushed", body: shortcut, shows: form(leads()), sets: func(s *slacktest.Server) { s.Force("views.open", says("push_limit_reached")) }},
		{name: "form_none", body: shortcut},
		{name: "form_none_away", body: shortcut, away: true},
		{name: "form_slow", body: shortcut, shows: fails},
		{name: "form_refusal", body: shortcut, shows: func(bot.Inbound) (*bot.Reply, error) { return bot.Text("You may **not** & never."), nil }},
		{name: "shut", body: func(*slacktest.Server) []byte {
			return slacktest.Form([]byte(`{"type":"view_closed","user":{"id":"U1"}}`))
		}},
		{name: "foreign_form", body: func(*slacktest.Server) []byte {
			return slacktest.Form([]byte(`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"theirs"}}`))
		}},
		{name: "gone_form", body: func(*slacktest.Server) []byte {
			return slacktest.Form([]byte(`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"form","private_metadata":"kept X","blocks":[{"type":"input","block_id":"field:name"}]}}`))
		}},
		{name: "home", body: func(s *slacktest.Server) []byte { return s.Home("U1", "home") }},
		{name: "messages", body: func(s *slacktest.Server) []byte { return s.Home("U1", "messages") }},
		{name: "away", body: func(s *slacktest.Server) []byte { return s.Text("U1", "hello") }, away: true},
		{name: "away_slash", body: func(s *slacktest.Server) []byte { return s.Slash("U1", "/crm pipeline") }, away: true},
		{name: "thread", body: func(s *slacktest.Server) []byte { return s.Mention("U1", "C1", "1784984600.000100", "LEAD-1") }},
		{name: "thread_goes_on", body: func(s *slacktest.Server) []byte { return threaded(s, "1784984600.000100", "and more") }},
		{name: "thread_of_others", body: func(s *slacktest.Server) []byte { return threaded(s, "1784984600.000200", "private") }},
		{name: "thread_mention", body: func(s *slacktest.Server) []byte { return threaded(s, "1784984600.000100", "<@U0BOT> twice") }},
		{name: "thread_edit", body: func(s *slacktest.Server) []byte { return changed(s, "1784984600.000100") }},
		{name: "thread_edit_of_others", body: func(s *slacktest.Server) []byte { return changed(s, "1784984600.000200") }},
		{name: "thread_delete", body: func(s *slacktest.Server) []byte { return removed(s, "1784984600.000100") }},
		{name: "thread_delete_of_others", body: func(s *slacktest.Server) []byte { return removed(s, "1784984600.000200") }},
	}
}

func says(word string) adaptertest.Answer {
	return adaptertest.Answer{Body: `{"ok":false,"error":"` + word + `"}`}
}

// threaded is a message in a thread that does not call us.
func threaded(s *slacktest.Server, thread, text string) []byte {
	return s.Event(map[string]any{
		"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": text,
		"ts": "1784984700.000300", "event_ts": "1784984700.000300", "thread_ts": thread, "parent_user_id": "U2",
	})
}

func changed(s *slacktest.Server, thread string) []byte {
	return s.Event(map[string]any{
		"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": "1784984710.000300",
		"message":          map[string]any{"user": "U1", "text": "less", "ts": "1784984700.000300", "thread_ts": thread},
		"previous_message": map[string]any{"user": "U1", "text": "more", "ts": "1784984700.000300", "thread_ts": thread},
	})
}

func removed(s *slacktest.Server, thread string) []byte {
	return s.Event(map[string]any{
		"type": "message", "subtype": "message_deleted", "channel": "C1", "channel_type": "channel", "ts": "1784984720.000300",
		"deleted_ts":       "1784984700.000300",
		"previous_message": map[string]any{"user": "U1", "text": "less", "ts": "1784984700.000300", "thread_ts": thread},
	})
}

// played is what came of a step.
type played struct {
	Status    int
	Answer    any
	Received  []bot.Inbound `json:",omitempty"`
	Consulted []bot.Inbound `json:",omitempty"`
	Counted   []string      `json:",omitempty"`
}

// play returns what came of each step, and as "out/…" the calls that were made.
func play(m mode) map[string]string {
	out := map[string]string{}
	for _, s := range steps() {
		if s.sets != nil {
			s.sets(m.server)
		}
		m.house.Shows(s.shows)
		m.house.Away(s.away)
		m.house.Forget()
		before := len(m.server.Calls())
		p := played{}
		var answer string
		p.Status, answer = m.deliver(s.body(m.server))
		if answer != "" && json.Unmarshal([]byte(answer), &p.Answer) != nil {
			p.Answer = answer
		}
		p.Received, p.Consulted = m.house.Received(), m.house.Consulted()
		for _, c := range m.house.Counts() {
			p.Counted = append(p.Counted, c.Reason)
		}
		out["play/"+s.name] = readable(p, m.server.Host)
		if calls := m.server.Calls()[before:]; len(calls) > 0 {
			out["out/"+s.name] = readable(unfolded(calls), m.server.Host)
		}
	}
	return out
}

// unfolded are calls with their JSON as what it says, in an order that does not
// depend on which of two questions was faster.
func unfolded(calls []adaptertest.Call) []any {
	var out []any
	for i := 1; i < len(calls); i++ {
		if calls[i-1].Method == "users.info" && calls[i].Method == "chat.getPermalink" {
			calls[i-1], calls[i] = calls[i], calls[i-1]
		}
	}
	for _, c := range calls {
		params := map[string]any{}
		for k, v := range c.Params {
			params[k] = v
			var nested any
			if strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &nested) == nil {
				params[k] = nested
			}
		}
		out = append(out, map[string]any{"method": c.Method, "params": params})
	}
	return out
}

func readable(v any, host string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	text := strings.ReplaceAll(b.String(), host, "http://platform")
	return regexp.MustCompile(`kept [A-Z2-7]{26}`).ReplaceAllString(text, "kept RANDOM")
}

// TestBothWays plays everything that may happen over HTTP and through Socket
// Mode: what comes of it is the same, and is what the golden files say.
func TestBothWays(t *testing.T) {
	web, socket := play(overHTTP(t)), play(overSocket(t))
	for name, got := range web {
		if diff := cmp.Diff(got, socket[name]); diff != "" {
			t.Errorf("%s is another over the socket: %s", name, diff)
		}
		compare(t, filepath.Join("testdata", name+".json"), got)
	}
}

// compare compares with a golden file, or writes it with CRMBOT_UPDATE=1.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("CRMBOT_UPDATE") == "1" {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(got), 0o644)); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (CRMBOT_UPDATE=1 writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs: %s", path, diff)
	}
}
