package webchat_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
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
		Say:     say,
		To:      bot.Address{Platform: "webchat", Install: "site", Chat: "visitor-1"},
		TextMax: 8000,
	})
}

// say opens the page and says something in the direct chat.
func say(t *testing.T, a bot.Adapter, inbox bot.Inbox, text string) error {
	adapter, _ := a.(*webchat.Adapter)
	mux := http.NewServeMux()
	path := ""
	for pattern, handler := range adapter.Pages(inbox) {
		mux.Handle(pattern, handler)
		if way, ok := strings.CutSuffix(pattern, "/socket"); ok {
			path = strings.TrimPrefix(way, "GET ")
		}
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b, _, _ := enter(t, &replica{adapter, server.URL + path, nil}, frame{})
	defer b.leave()
	if f := b.say("message-1", text); f.Type != "ack" {
		return errors.New(f.Why)
	}
	return nil
}
