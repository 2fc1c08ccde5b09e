package adapters_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

func TestTelegramFromOutside(t *testing.T) {
	s := telegramtest.New()
	t.Cleanup(s.Close)
	const wrong = "222222222:WRONG-token_of-nobody"
	adaptertest.RunRemote(t, adaptertest.Remote{
		API: &s.API,
		Open: func(t *testing.T, host bot.Host, way adaptertest.Way) bot.Webhook {
			c := telegram.Config{Install: "support", Token: s.Token, Mode: "webhook", SecretToken: s.Secret, PublicURL: "https://bot.example.com"}
			c.APIURL, c.Proxy = first(way.URL, s.URL), way.Proxy
			if way.Wrong {
				c.Token = wrong
			}
			return must(telegram.New(c, host))(t)
		},
		To:   bot.Address{Platform: "telegram", Install: "support", Chat: "555"},
		Post: "sendMessage", Inherits: true,
		Secrets: []string{s.Token, s.Secret, wrong},
		File: func(body []byte, mime string) bot.File {
			s.AddFile("f1", body)
			return bot.File{Native: "f1", MIME: mime, Size: int64(len(body))}
		},
		Image: func() []byte { return uploaded(&s.API, "sendPhoto", "sendDocument") },
		Request: func(body []byte, _ time.Time) *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/hook/telegram/support", bytes.NewReader(body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
			return r
		},
		Fixtures: "telegram",
		Wrap:     func(file []byte) []byte { return file },
	})
}

func TestSlackFromOutside(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	adaptertest.RunRemote(t, adaptertest.Remote{
		API: &s.API,
		Open: func(t *testing.T, host bot.Host, way adaptertest.Way) bot.Webhook {
			c := slack.Config{Install: "team", Mode: "http", BotToken: s.BotToken, SigningSecret: s.SigningSecret, PublicURL: "https://bot.example.com"}
			c.APIURL, c.Proxy = first(way.URL, s.URL), way.Proxy
			if way.Wrong {
				c.BotToken = "xoxb-WRONG-of-nobody"
			}
			return must(slack.New(c, host))(t)
		},
		To:   bot.Address{Platform: "slack", Install: "team", Chat: "U1"},
		Post: "chat.postMessage", Inherits: true,
		Secrets: []string{s.BotToken, s.SigningSecret, "xoxb-WRONG-of-nobody"},
		File: func(body []byte, mime string) bot.File {
			return bot.File{Native: s.AddFile("photo", body), MIME: mime, Size: int64(len(body))}
		},
		Request: func(body []byte, at time.Time) *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/hook/slack/team", bytes.NewReader(body))
			r.Header = slacktest.Sign(s.SigningSecret, at, body)
			return r
		},
		Fixtures: "slack",
		Wrap:     slackBody,
		Silent: func(body []byte) bool {
			return bytes.Contains(body, []byte("url_verification")) || bytes.Contains(body, []byte("ssl_check"))
		},
		Forms: slackForms(s),
	})
}

// TestWecomsCallbacksChanged sends what other accounts send, and odd relatives
// of it, to an address of WeCom's customer service: all of it is authentic, and
// none of it a message.
func TestWecomsCallbacksChanged(t *testing.T) {
	s := wecomtest.New()
	t.Cleanup(s.Close)
	adaptertest.RunMutations(t, adaptertest.Remote{
		API: &s.API,
		Open: func(t *testing.T, host bot.Host, _ adaptertest.Way) bot.Webhook {
			c := wecom.Config{Install: "kf", CorpID: s.CorpID, Secret: s.Secret, Token: s.Token, AESKey: s.AESKey}
			c.APIURL = s.URL
			return must(wecom.New(c, host))(t)
		},
		Request:  func(body []byte, at time.Time) *http.Request { return s.Request("/hook", string(body), at) },
		Fixtures: "wechat", Glob: "*.xml",
		Wrap: func(file []byte) []byte { return file },
	})
}

// slackBody is a payload of the fixtures as Slack posts it: an event as JSON,
// an interaction in a form.
func slackBody(file []byte) []byte {
	if bytes.Contains(file, []byte(`"event_callback"`)) {
		return file
	}
	return slacktest.Form(file)
}

// uploaded is the last file that a method of the API got.
func uploaded(api *adaptertest.API, methods ...string) []byte {
	var last []byte
	for _, c := range api.Calls(methods...) {
		for _, f := range c.Files {
			last = f.Body
		}
	}
	return last
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// slackForms opens forms by a shortcut.
func slackForms(s *slacktest.Server) *adaptertest.Forms {
	return &adaptertest.Forms{
		View: "views.open",
		Open: func() []byte { return s.Shortcut("U1", "lead.new") },
		Submit: func(_ *bot.Form, values map[string]string) []byte {
			return s.Submit("U1", shownForm(s), values)
		},
		Search: func(_ *bot.Form, field, typed string) []byte { return s.Suggest("U1", shownForm(s), field, typed) },
	}
}

// shownForm is the view that showed the last form with fields.
func shownForm(s *slacktest.Server) string {
	id := ""
	for _, c := range s.Calls("views.open", "views.update") {
		var answer struct{ View struct{ ID string } }
		if strings.Contains(c.Params["view"], "field:") && json.Unmarshal([]byte(c.Answer), &answer) == nil {
			id = answer.View.ID
		}
	}
	return id
}
