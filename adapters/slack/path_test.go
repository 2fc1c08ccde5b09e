package slack_test

import (
	"context"
	"errors"
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

// published is the example of Slack's documentation.
const published = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V" +
	"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
	"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
	"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"

type clockAt struct {
	*adaptertest.House
	now time.Time
}

// forgetful is a house that cannot look anything up.
type forgetful struct{ *adaptertest.House }

func (forgetful) Value(context.Context, string) (string, error) {
	return "", errors.New("the database is away")
}

func (c clockAt) Now() time.Time { return c.now }

func TestPublishedSignature(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	signed := time.Unix(1531420618, 0)
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", "1531420618")
	h.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
	for late, want := range map[time.Duration]bool{
		0: true, 5 * time.Minute: true, -5 * time.Minute: true, 5*time.Minute + time.Second: false, -6 * time.Minute: false,
	} {
		a := open(t, httpConfig(s), clockAt{adaptertest.NewHouse(), signed.Add(late)})
		if got := slack.Authentic(a, h, []byte(published)); got != want {
			t.Errorf("%v late: %v, want %v", late, got, want)
		}
		if slack.Authentic(a, h, []byte(strings.ToUpper(published))) {
			t.Error("another body passes")
		}
	}
}

func TestHandshakes(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	house := adaptertest.NewHouse()
	hook := open(t, httpConfig(s), house).Webhook(house)
	for body, want := range map[string]string{
		`{"type":"url_verification","challenge":"3eZbrw1aB","token":"x"}`: "3eZbrw1aB",
		"ssl_check=1&token=x": "",
	} {
		r := httptest.NewRequest(http.MethodPost, "/hook/slack/team", strings.NewReader(body))
		r.Header = slacktest.Sign(s.SigningSecret, adaptertest.Clock(), []byte(body))
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s: %d %q, want 200 %q", body, w.Code, w.Body, want)
		}
	}
	if len(house.Received()) != 0 || len(house.Counts()) != 0 {
		t.Error("a handshake was taken for an event")
	}
}

// TestLostCommand checks that a person learns when his command was not kept,
// for Slack does not bring it again.
func TestLostCommand(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	house := adaptertest.NewHouse()
	house.Away(true)
	hook := httptest.NewServer(open(t, httpConfig(s), clockAt{house, time.Now()}).Webhook(house))
	t.Cleanup(hook.Close)
	for i, body := range [][]byte{s.Slash("U1", "/crm pipeline"), s.Press("U1", "D1/1.000001", "at|U1||1", "b:1", false)} {
		if status, _, err := s.Post(hook.URL, body); status != http.StatusServiceUnavailable {
			t.Errorf("%d, %v; want 503", status, err)
		}
		told := s.Await(slacktest.Responses, i+1, patience)
		if len(told) != i+1 || told[i].Params["text"] != "暂时用不了，请稍后再试。" || told[i].Params["response_type"] != "ephemeral" {
			t.Errorf("the person is told %v", told)
		}
	}
	if status, _, err := s.Post(hook.URL, s.Text("U1", "hello")); status != http.StatusServiceUnavailable || len(s.Calls(slacktest.Responses)) != 2 {
		t.Errorf("%d, %v; want 503 and no word about an event", status, err)
	}
}

// TestOwnMessages sends, changes and removes a message of our own.
func TestOwnMessages(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	a := open(t, httpConfig(s), adaptertest.NewHouse())
	do := func(op bot.Op, target bot.MessageID, reply *bot.Reply) (bot.Sent, error) {
		return a.Send(t.Context(), bot.Outgoing{Op: op, To: at("U1", ""), Direct: true, Target: target, Reply: reply})
	}
	sent, err := do(bot.OpPost, "", bot.Text("one"))
	if err != nil || !strings.HasPrefix(string(sent.ID), "D1/") {
		t.Fatalf("%v, %v; want an id in the person's direct channel", sent, err)
	}
	if _, err := do(bot.OpEdit, sent.ID, bot.Text("two")); err != nil {
		t.Error(err)
	}
	if _, err := do(bot.OpDelete, sent.ID, nil); err != nil {
		t.Error(err)
	}
	if _, err := do(bot.OpEdit, sent.ID, bot.Text("three")); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("%v, want stale", err)
	}
	// A response URL that is over: the answer goes to the direct chat.
	s.Force(slacktest.Responses, adaptertest.Answer{Status: 404, Body: "expired_url"})
	sent, err = a.Send(t.Context(), bot.Outgoing{
		Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: "hidden " + s.Host + "/hooks/commands/1", Reply: bot.Text("late"),
	})
	if err != nil || sent.ID == "" {
		t.Errorf("%v, %v; want the answer in the direct chat", sent, err)
	}
}

// patience is how long a test waits for what has to happen.
const patience = 20 * time.Second

// TestSocket checks what the socket does with what the library cannot read,
// and with a database that is away.
func TestSocket(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	house := adaptertest.NewHouse()
	a := open(t, socketConfig(s), house)
	done := make(chan error, 1)
	go func() { done <- a.Run(t.Context(), house) }()
	if !s.Connected(patience) {
		t.Fatal("no connection")
	}
	push := func(kind, envelope string, payload []byte) {
		t.Helper()
		if err := s.Push(kind, envelope, payload); err != nil {
			t.Fatal(err)
		}
	}
	push("events_api", "new_event", s.Event(map[string]any{"type": "workflow_step_execute"}))
	push("never_heard_of", "new_kind", []byte(`{}`))
	push("interactive", "new_shape", []byte(`{"type":"block_actions","container":{"attachment_id":""},"user":7}`))
	push("slash_commands", "slash", []byte(`{"command":"/crm","text":"pipeline","user_id":"U1","trigger_id":"1.2","response_url":"https://hooks.slack.com/commands/1"}`))
	for _, envelope := range []string{"new_event", "new_kind", "new_shape", "slash"} {
		if !s.Acked(envelope, patience) {
			t.Errorf("%s is not acknowledged", envelope)
		}
	}
	got := house.Received()
	if len(got) != 1 || got[0].Text != "pipeline" || got[0].Turn != "hidden https://hooks.slack.com/commands/1  U1" || len(house.Counts()) != 3 {
		t.Errorf("received %+v, counted %v", got, house.Counts())
	}
	house.Away(true)
	push("events_api", "away", s.Text("U1", "keep me"))
	push("events_api", "later", s.Event(map[string]any{"type": "team_join"}))
	if !s.Acked("later", patience) {
		t.Error("not acknowledged")
	}
	if s.Acked("away", 0) {
		t.Error("acknowledged what was not kept")
	}
}
