package adapters_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/slack/slacktest"
)

// TestBoltAcceptsOurSlack has @slack/bolt take in what our stand-in of Slack
// sends over HTTP: signed events, a command, a pressed button, a form with its
// errors, a shortcut; and refuse what is not signed well.
func TestBoltAcceptsOurSlack(t *testing.T) {
	vacant(t, 9200)
	s := slacktest.New()
	t.Cleanup(s.Close)
	s.SigningSecret = "sekret"
	p := launch(t, nil, "slack-bolt-receiver.mjs", "120000")
	p.says("bolt up")
	const url = "http://127.0.0.1:9200/slack/events"
	for _, c := range []struct {
		name   string
		body   []byte
		answer string // of the request
		says   string // of the consumer
	}{
		{"challenge", []byte(`{"type":"url_verification","challenge":"c-1","token":"x"}`), `{"challenge":"c-1"}`, ""},
		{"event", s.Mention("U1", "C1", "", "pipeline"), "", "BOLT event app_mention <@" + s.BotUser + "> pipeline"},
		{"command", s.Slash("U1", "/deal new 28万"), "done", "BOLT command /deal new 28万"},
		{"press", named(s.Press("U1", "C1/1.000001", "at", "b:abcdefgh12345678", false), "won"), "", "BOLT action b:abcdefgh12345678"},
		{"form", submission(t, s, "new_deal"), `{"response_action":"errors","errors":{"b1":"bad"}}`, `BOLT view [ 'b1' ]`},
		{"shortcut", s.Shortcut("U1", "create_deal"), "", "BOLT shortcut"},
		{"message_shortcut", s.MessageShortcut("U1", "create_deal", "C1/1.000001", "", "U2", "hi"), "", "BOLT shortcut message_action"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer, err := s.Post(url, c.body)
			if err != nil || status != http.StatusOK || strings.TrimSpace(answer) != c.answer {
				t.Errorf("status %d, %q, %v; want 200, %q", status, answer, err, c.answer)
			}
			p.t = t
			p.says(c.says)
		})
	}
	for name, secret := range map[string]string{"wrong_secret": "other", "no_secret": ""} {
		t.Run(name, func(t *testing.T) {
			s.SigningSecret = secret
			status, _, err := s.Post(url, s.Mention("U1", "C1", "", "forged"))
			if err != nil || status != http.StatusUnauthorized {
				t.Errorf("status %d, %v; want 401", status, err)
			}
		})
	}
	if out, _ := p.said(); strings.Contains(out, "forged") {
		t.Error("the forged event was taken")
	}
}

// named gives a pressed button another action id.
func named(press []byte, id string) []byte {
	return bytes.ReplaceAll(press, []byte("%22b1%22"), []byte("%22"+id+"%22"))
}

// TestSlacksClientsAcceptOurSlack has Slack's own clients call our stand-in.
func TestSlacksClientsAcceptOurSlack(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	s.BotToken, s.AppToken = "xoxb-TEST", "xapp-TEST"
	s.Changed() // so that whoever answers sees it
	p := launch(t, nil, "slack-clients.mjs", s.URL)
	p.says("auth.test true", "chat.postMessage true", "conversations.list -> slack_webapi_platform_error")
	if !s.Connected(patience) {
		t.Fatal("no socket was opened")
	}
	if err := s.Push("slash_commands", "env-1", fields(t, s.Slash("U1", "/crm 漏斗"))); err != nil {
		t.Fatal(err)
	}
	p.says("socket-mode got /crm 漏斗")
	if !s.Acked("env-1", patience) {
		t.Error("not acknowledged")
	}
	out, _ := p.said()
	t.Log(strings.TrimSpace(out))
}

// TestSlacksClientsDoWhatWeDo has Slack's own clients call every method that the
// adapter lives by, and checks what they make of the answers; then Socket Mode
// with its three kinds of requests.
func TestSlacksClientsDoWhatWeDo(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	s.BotToken, s.AppToken = "xoxb-TEST", "xapp-TEST"
	s.Changed() // so that whoever answers sees it
	p := launch(t, nil, verifier(t, "slack-web.mjs"), s.URL, trigger(t, s))
	p.says("done")
	if !s.Connected(patience) {
		t.Fatal("no socket was opened")
	}
	for i, body := range [][]byte{s.Text("U1", "hello"), s.Slash("U1", "/crm pipeline"), s.Shortcut("U1", "lead.new")} {
		kind, payload := slacktest.Envelope(body)
		id := "env-" + strconv.Itoa(i)
		if err := s.Push(kind, id, payload); err != nil {
			t.Fatal(err)
		}
		p.says("got " + kind)
		if !s.Acked(id, patience) {
			t.Errorf("%s was not acknowledged", kind)
		}
		if answer := s.Answer(id); kind == "interactive" && !strings.Contains(answer, `"b1":"bad"`) {
			t.Errorf("the answer is %s", answer)
		}
	}
	if out, _ := p.said(); strings.Contains(out, "FAIL") {
		t.Errorf("Slack's clients: %s", out)
	}
}

// fields is a form as a JSON object.
func fields(t *testing.T, form []byte) []byte {
	t.Helper()
	all := map[string]string{}
	for k, v := range must(url.ParseQuery(string(form)))(t) {
		all[k] = v[0]
	}
	return must(json.Marshal(all))(t)
}

// TestSlackSignature asks Bolt what it thinks of signatures: of the one that
// Slack publishes, of ours and of bad ones.
func TestSlackSignature(t *testing.T) {
	dir := verifiers(t)
	verify := func(secret, at, body, signature string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "slack-verify.js"), secret, at, body, signature)
		return string(must(cmd.CombinedOutput())(t))
	}
	const (
		secret = "8f742231b10e8888abcd99yyyzzz85a5"
		at     = "1531420618"
		body   = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
		right  = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	)
	seconds := must(strconv.ParseInt(at, 10, 64))(t)
	ours := slacktest.Sign(secret, time.Unix(seconds, 0), []byte(body)).Get("X-Slack-Signature")
	if ours != right {
		t.Errorf("ours is %s, Slack's %s", ours, right)
	}
	if said := verify(secret, at, body, ours); !strings.HasPrefix(said, "at that time: ok | now: Failed to verify authenticity: ") || !strings.Contains(said, "stale") {
		t.Errorf("Bolt says %s", said)
	}
	if said := verify(secret, at, body+"x", ours); !strings.Contains(said, "at that time: Failed to verify authenticity: signature mismatch") {
		t.Errorf("of another body Bolt says %s", said)
	}
	if said := verify("other", at, body, ours); !strings.Contains(said, "at that time: Failed") {
		t.Errorf("of another secret Bolt says %s", said)
	}
}

// submission is a form of that name that somebody was shown and sends off.
func submission(t *testing.T, s *slacktest.Server, callback string) []byte {
	t.Helper()
	view := `{"type":"modal","callback_id":"` + callback + `","title":{"type":"plain_text","text":"Deal"},"submit":{"type":"plain_text","text":"Save"},"blocks":[` +
		`{"type":"input","block_id":"b1","label":{"type":"plain_text","text":"Name"},"element":{"type":"plain_text_input","action_id":"a"}}]}`
	resp := must(http.PostForm(s.URL+"views.open", url.Values{"token": {s.BotToken}, "trigger_id": {trigger(t, s)}, "view": {view}}))(t) //nolint:noctx // on this machine
	defer resp.Body.Close()                                                                                                              //nolint:errcheck // only read from
	if answer := must(io.ReadAll(resp.Body))(t); !bytes.Contains(answer, []byte(`"ok":true`)) {
		t.Fatalf("the form was not shown: %s", answer)
	}
	return s.Submit("U1", "", map[string]string{"b1": "x"})
}

// trigger is what opens a form, from a shortcut.
func trigger(t *testing.T, s *slacktest.Server) string {
	t.Helper()
	form := must(url.ParseQuery(string(s.Shortcut("U1", "lead.new"))))(t)
	var by struct {
		Trigger string `json:"trigger_id"`
	}
	if err := json.Unmarshal([]byte(form.Get("payload")), &by); err != nil {
		t.Fatal(err)
	}
	return by.Trigger
}
