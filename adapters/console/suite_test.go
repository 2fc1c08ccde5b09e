package console_test

import (
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/console"
	"crmbot/bot"
)

func TestAdapter(t *testing.T) {
	adaptertest.RunLocal(t, adaptertest.Local{
		New: func(t *testing.T, host bot.Host) bot.Adapter {
			a, err := console.New(console.Config{Install: "desk", As: "ana"}, host)
			if err != nil {
				t.Fatal(err)
			}
			return a
		},
		Say: func(t *testing.T, a bot.Adapter, inbox bot.Inbox, text string) error {
			adapter, _ := a.(*console.Adapter)
			return adapter.Type(t.Context(), inbox, "ana", text)
		},
		To: bot.Address{Platform: "console", Install: "desk", Chat: "ana"},
	})
}
