package telegram_test

import (
	"net/url"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/adapters/telegram"
)

// FuzzForm writes what the standard library reads again, and as it would.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"", "a b+c&d=e;f%20", "糖浆 20 t?\n\x00\xff", "-_.~!*'()@/:", "{\"is_disabled\":true}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if got, want := telegram.Form(tgbotapi.Params{"text": value}), (url.Values{"text": {value}}).Encode(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		two, err := url.ParseQuery(telegram.Form(tgbotapi.Params{"text": value, "chat_id": "5"}))
		if err != nil || len(two) != 2 || two.Get("text") != value || two.Get("chat_id") != "5" {
			t.Errorf("%v %v", two, err)
		}
	})
}
