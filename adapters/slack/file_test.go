package slack_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slack-go/slack/slackevents"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

func newServer(t *testing.T) *slacktest.Server {
	t.Helper()
	s := slacktest.New()
	t.Cleanup(s.Close)
	return s
}

func TestDownload(t *testing.T) {
	s := newServer(t)
	a := open(t, httpConfig(s), adaptertest.NewHouse())
	where := s.AddFile("a.pdf", []byte("%PDF a quote"))
	r, err := a.Download(t.Context(), bot.File{Native: where, MIME: "application/pdf"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // only read from
	if body, err := io.ReadAll(r); err != nil || string(body) != "%PDF a quote" {
		t.Errorf("%q, %v", body, err)
	}
	for _, foreign := range []string{"https://evil.example.com/files/a.pdf", "http://files.slack.com/a", "https://slack.com.evil.com/a", "file:///etc/passwd", s.Host + "1/files/a.pdf"} {
		if _, err := a.Download(t.Context(), bot.File{Native: foreign}); bot.FailureOf(err).Class != bot.BadContent {
			t.Errorf("%s: %v, want it refused unasked", foreign, err)
		}
	}
	other := httpConfig(s)
	other.BotToken = "xoxb-another"
	_, err = open(t, other, adaptertest.NewHouse()).Download(t.Context(), bot.File{Native: where, MIME: "application/pdf"})
	if bot.FailureOf(err).Class != bot.Unauthorized {
		t.Errorf("%v, want unauthorized where the sign-in page comes", err)
	}
}

func TestName(t *testing.T) {
	s := newServer(t)
	a := open(t, httpConfig(s), adaptertest.NewHouse())
	who, err := a.Name(t.Context(), "U1")
	if err != nil || who != (bot.Sender{ID: "U1", Name: "Name of U1", Language: "zh-CN", Chat: "U1"}) {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestRunGoesOn(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.Force("auth.test", adaptertest.Answer{Status: 502, Body: "<html>"}, adaptertest.Answer{Cut: true})
	a := open(t, socketConfig(s), house)
	slack.Hasten(a)
	done := make(chan error, 1)
	go func() { done <- a.Run(t.Context(), house) }()
	if !s.Connected(patience) {
		t.Fatalf("no connection; log: %s", house.Log())
	}
	if err := s.Push("events_api", "one", s.Text("U1", "hello")); err != nil {
		t.Fatal(err)
	}
	if !s.Acked("one", patience) || len(house.Received()) != 1 {
		t.Errorf("received %v", house.Received())
	}
}

func TestConfig(t *testing.T) {
	good := slack.Config{BotToken: "xoxb-1", AppToken: "xapp-1"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	rotates := good
	if rotates.BotToken = "xoxe.xoxb-1"; rotates.Validate() != nil {
		t.Error(rotates.Validate())
	}
	for key, spoil := range map[string]func(*slack.Config){
		"bot_token":      func(c *slack.Config) { c.BotToken = "" },
		"bot_token ":     func(c *slack.Config) { c.BotToken = "xapp-geheim" },
		"bot_token  ":    func(c *slack.Config) { c.BotToken = "geheim-xoxb-1" },
		"app_token":      func(c *slack.Config) { c.AppToken = "" },
		"app_token ":     func(c *slack.Config) { c.AppToken = "xoxb-geheim" },
		"mode":           func(c *slack.Config) { c.Mode = "rtm" },
		"signing_secret": func(c *slack.Config) { c.Mode = "http" },
		"api_url":        func(c *slack.Config) { c.APIURL = "slack.com" },
		"proxy":          func(c *slack.Config) { c.Proxy = "ftp://user:geheim@x" },
	} {
		c := good
		spoil(&c)
		_, err := slack.New(c, adaptertest.NewHouse())
		if err == nil || !strings.HasPrefix(err.Error(), strings.TrimSpace(key)+": ") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v does not name the key alone", key, err)
		}
	}
}

func BenchmarkAdapter(b *testing.B) {
	s := slacktest.New()
	b.Cleanup(s.Close)
	a, err := slack.New(httpConfig(s), adaptertest.NewHouse())
	if err != nil {
		b.Fatal(err)
	}
	body := s.Text("U1", "pipeline by owner")
	header := slacktest.Sign(s.SigningSecret, adaptertest.Clock(), body)
	adaptertest.Bench(b, a, func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header = header
		return r
	})
}

// TestEveryEventIsKnown sees to it that no event the library has heard of is
// new to us.
func TestEveryEventIsKnown(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	hook := open(t, httpConfig(s), house).Webhook(house)
	for kind := range slackevents.EventsAPIInnerEventMapping {
		body := s.Event(map[string]any{"type": kind, "user": "U1", "text": "x", "ts": "1.000001", "channel": "D1", "item": map[string]any{}})
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header = slacktest.Sign(s.SigningSecret, adaptertest.Clock(), body)
		before := len(house.Counts())
		hook.ServeHTTP(httptest.NewRecorder(), r)
		if n := house.Counts()[before:]; len(n) == 1 && n[0].Reason != "not_for_us" {
			t.Errorf("%s is %s", kind, n[0].Reason)
		}
	}
}
