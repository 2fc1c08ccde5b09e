package webchat_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/webchat"
	"crmbot/bot"
)

func TestAdapter(t *testing.T) {
	adaptertest.RunLocal(t, adaptertest.Local{
		New: func(t *testing.T, host bot.Host) bot.Adapter {
			a, err := webchat.New(webchat.Config{Install: "site"}, host)
			if err != nil {
				t.Fatal(err)
			}
			return a
		},
		Say: func(t *testing.T, a bot.Adapter, inbox bot.Inbox, text string) error {
			adapter, _ := a.(*webchat.Adapter)
			mux := http.NewServeMux()
			for pattern, handler := range adapter.Pages(inbox) {
				mux.Handle(pattern, handler)
			}
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			b, _, _ := enter(t, &replica{adapter, server.URL + "/chat/site", nil}, frame{})
			defer b.leave()
			if f := b.say("message-1", text); f.Type != "ack" {
				return errors.New(f.Why)
			}
			return nil
		},
		To:      bot.Address{Platform: "webchat", Install: "site", Chat: "visitor-1"},
		TextMax: 8000,
	})
}
