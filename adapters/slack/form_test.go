package slack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

// TestFormOpensAtOnce checks that a form stands open before the house is asked
// for it, and that what opens it does so once and for three seconds only.
func TestFormOpensAtOnce(t *testing.T) {
	m := overHTTP(t)
	m.house.Shows(func(bot.Inbound) (*bot.Reply, error) {
		if n := len(m.server.Calls("views.open")); n != 1 {
			t.Errorf("asked with %d forms open", n)
		}
		return &bot.Reply{Form: leads()}, nil
	})
	body := m.server.Shortcut("U1", "lead.new")
	m.deliver(body)
	shown, _ := m.server.Shown("")
	if !strings.Contains(string(shown.Fields["blocks"]), "张伟") || len(m.house.Received()) != 0 {
		t.Errorf("it shows %s", shown.Fields["blocks"])
	}
	m.deliver(body)
	if n := len(m.server.Calls("views.open")); n != 2 || len(m.house.Consulted()) != 1 || len(m.house.Received()) != 0 {
		t.Errorf("brought again: %d calls, asked %d times, received %v", n, len(m.house.Consulted()), m.house.Received())
	}
	late := m.server.Shortcut("U1", "lead.new")
	m.server.Advance(3*time.Second + time.Millisecond)
	m.deliver(late)
	if got := m.house.Received(); len(got) != 1 || got[0].Action != "lead.new" {
		t.Errorf("too late for a form: received %v", got)
	}
}

// TestAnswersBeforeTheForm checks that Slack has its answer while the house is
// still thinking about the form.
func TestAnswersBeforeTheForm(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	thinking, resume := make(chan struct{}), make(chan struct{})
	house.Shows(func(bot.Inbound) (*bot.Reply, error) {
		close(thinking)
		<-resume
		return &bot.Reply{Form: leads()}, nil
	})
	hook := httptest.NewServer(open(t, httpConfig(s), clockAt{house, time.Now()}).Webhook(house))
	t.Cleanup(hook.Close)
	status, _, err := s.Post(hook.URL, s.Shortcut("U1", "lead.new"))
	if err != nil || status != http.StatusOK {
		t.Errorf("status %d, %v", status, err)
	}
	<-thinking
	// What comes next on the same connection is not kept waiting.
	if status, answer, err := s.Post(hook.URL, []byte(`{"type":"url_verification","challenge":"x"}`)); err != nil || status != http.StatusOK || answer != "x" {
		t.Errorf("meanwhile: status %d, %q, %v", status, answer, err)
	}
	if n := len(s.Calls("views.update")); n != 0 {
		t.Error("filled before the house has answered")
	}
	close(resume)
	if len(s.Await("views.update", 1, patience)) != 1 {
		t.Errorf("not filled; log: %s", house.Log())
	}
}

// TestFieldsFit checks that Slack takes fields of any length.
func TestFieldsFit(t *testing.T) {
	s := newServer(t)
	long := strings.Repeat("长 word\n", 1000)
	for _, kind := range []bot.FieldType{bot.FieldLine, bot.FieldText, bot.FieldChoice, bot.FieldDay, bot.FieldSearch, "never_heard_of"} {
		for _, value := range []string{"", " ", "2026-13-77", long} {
			var options []bot.Option
			for range 150 {
				options = append(options, bot.Option{Label: long, Value: value}, bot.Option{Value: "a"}, bot.Option{Label: " ", Value: "b"})
			}
			for _, list := range [][]bot.Option{nil, options} {
				f := &bot.Form{Action: long, Title: long, Submit: long, Text: long, Fields: []bot.FormField{
					{Name: "a", Label: long, Hint: long, Type: kind, Value: value, Options: list}, {Name: "b", Max: 5, Value: long},
				}}
				if wrong := slack.FormRefused(t.Context(), known(t, httpConfig(s), adaptertest.NewHouse()), f, slacktest.RefusesView); wrong != "" {
					t.Errorf("%q of %.20q with %d options: %s", kind, value, len(list), wrong)
				}
			}
		}
	}
}

// TestALongListIsSearched checks a field with more to choose from than Slack
// shows: it is searched, and nothing of it is out of reach.
func TestALongListIsSearched(t *testing.T) {
	for n, kind := range map[int]string{1: "static_select", 100: "static_select", 101: "external_select", 500: "external_select"} {
		f := bot.FormField{Name: "stage", Label: "Stage", Type: bot.FieldChoice}
		for i := range n {
			f.Options = append(f.Options, bot.Option{Label: fmt.Sprint("Nr. ", i), Value: fmt.Sprint("v", i)})
		}
		f.Value = f.Options[n-1].Value
		shown := slack.Field(f)
		if shown.Type != kind || shown.Initial.Value != f.Value || shown.Initial.Text.Text != fmt.Sprint("Nr. ", n-1) {
			t.Errorf("%d options: %+v", n, shown)
		}
	}
}

// TestFormChangesMeanwhile checks a form that is newer than we know when it is
// filled, and one that was closed before.
func TestFormChangesMeanwhile(t *testing.T) {
	m := overHTTP(t)
	m.house.Shows(func(bot.Inbound) (*bot.Reply, error) {
		shown, _ := m.server.Shown("")
		m.server.Touch(shown.ID)
		return &bot.Reply{Form: leads()}, nil
	})
	m.deliver(m.server.Shortcut("U1", "lead.new"))
	shown, _ := m.server.Shown("")
	if n := len(m.server.Calls("views.update")); n != 2 || !strings.Contains(string(shown.Fields["blocks"]), "张伟") {
		t.Errorf("%d calls, it shows %s", n, shown.Fields["blocks"])
	}
	m.house.Shows(func(bot.Inbound) (*bot.Reply, error) {
		shown, _ := m.server.Shown("")
		m.server.Dismiss(shown.ID)
		return &bot.Reply{Form: leads()}, nil
	})
	status, _ := m.deliver(m.server.Shortcut("U1", "lead.new"))
	if status != http.StatusOK || len(m.house.Received()) != 0 || len(m.server.Calls("views.update")) != 3 {
		t.Errorf("status %d, received %v", status, m.house.Received())
	}
}

// TestFormIsKeptOnce sends a form off twice, as an impatient person does.
func TestFormIsKeptOnce(t *testing.T) {
	m := overHTTP(t)
	m.house.Shows(form(leads()))
	m.deliver(m.server.Shortcut("U1", "lead.new"))
	m.house.Shows(nil)
	m.deliver(m.server.Submit("U1", "", filledIn))
	m.deliver(m.server.Submit("U1", "", filledIn))
	got := m.house.Received()
	if len(got) != 2 || got[0].EventID != got[1].EventID || got[0].Kind != bot.KindForm {
		t.Errorf("received %v: want two of one id", got)
	}
}

// TestFormThroughTheSocket has a form answered by an acknowledgement.
func TestFormThroughTheSocket(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	a := open(t, socketConfig(s), house)
	go func() { _ = a.Run(t.Context(), house) }()
	if !s.Connected(patience) {
		t.Fatal("no connection")
	}
	push := func(envelope string, body []byte) {
		t.Helper()
		kind, payload := slacktest.Envelope(body)
		if err := s.Push(kind, envelope, payload); err != nil {
			t.Fatal(err)
		}
		if !s.Acked(envelope, patience) {
			t.Fatalf("%s is not acknowledged", envelope)
		}
	}
	house.Shows(form(leads()))
	push("one", s.Shortcut("U1", "lead.new"))
	if len(s.Await("views.update", 1, patience)) != 1 || !s.Until(patience, func() bool { v, _ := s.Shown(""); return v.Fields["submit"] != nil }) {
		t.Fatalf("no form; log: %s", house.Log())
	}
	wrong := leads()
	wrong.Fields[0].Error = "Who is it?"
	house.Shows(form(wrong))
	push("two", s.Submit("U1", "", nil))
	if got := s.Answer("two"); !strings.Contains(got, `"field:name":"Who is it?"`) {
		t.Errorf("answered %s", got)
	}
	house.Shows(nil)
	push("three", s.Submit("U1", "", filledIn))
	if got := s.Answer("three"); got != "" && got != "null" {
		t.Errorf("answered %s", got)
	}
	if got := house.Received(); len(got) != 1 || got[0].Values["name"] != filledIn["name"] {
		t.Errorf("received %v", got)
	}
}

// TestRetriesAreTakenIn checks that what Slack brings again is taken in like
// the first time: it may have been lost.
func TestRetriesAreTakenIn(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	hook := open(t, httpConfig(s), house).Webhook(house)
	body := s.Text("U1", "hello")
	for n := range 3 {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
		r.Header = slacktest.Sign(s.SigningSecret, adaptertest.Clock(), body)
		if n > 0 {
			r.Header.Set("X-Slack-Retry-Num", string(rune('0'+n)))
			r.Header.Set("X-Slack-Retry-Reason", "http_timeout")
		}
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("status %d", w.Code)
		}
	}
	got := house.Received()
	if len(got) != 3 || got[0].EventID != got[2].EventID {
		t.Errorf("received %v: want three of one id", got)
	}
}

// TestThreadLookup checks that what is said in a thread is brought again if we
// cannot find out whether it is one of ours.
func TestThreadLookup(t *testing.T) {
	s := newServer(t)
	house := forgetful{adaptertest.NewHouse()}
	a := open(t, httpConfig(s), house)
	body := threaded(s, "1784984600.000100", "and more")
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
	r.Header = slacktest.Sign(s.SigningSecret, adaptertest.Clock(), body)
	w := httptest.NewRecorder()
	a.Webhook(house).ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || len(house.Received()) != 0 {
		t.Errorf("status %d, received %v", w.Code, house.Received())
	}
}

// TestPrivateMetadata checks that what a form carries is never more than Slack
// takes.
func TestPrivateMetadata(t *testing.T) {
	for _, n := range []int{0, 2600, 2800, 3000, 40000} {
		m := overHTTP(t)
		f := leads()
		f.Action = "note " + strings.Repeat("长", n/3)
		m.house.Shows(form(f))
		m.deliver(m.server.Shortcut("U1", "note"))
		m.house.Shows(nil)
		m.deliver(m.server.Submit("U1", "", filledIn))
		if got := m.house.Received(); len(got) != 1 || got[0].Action != f.Action {
			shown, _ := m.server.Shown("")
			var private string
			_ = json.Unmarshal(shown.Fields["private_metadata"], &private) // "" shows in the message
			t.Errorf("%d: received %d, private_metadata of %d bytes; log: %s", n, len(got), len(private), m.house.Log())
		}
	}
}
