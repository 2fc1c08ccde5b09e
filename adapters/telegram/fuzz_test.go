package telegram_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram/telegramtest"
)

// FuzzWebhook posts authentic nonsense: it is kept or counted, never both.
func FuzzWebhook(f *testing.F) {
	s := telegramtest.New()
	f.Cleanup(s.Close)
	for _, body := range inbound(s) {
		f.Add(body)
	}
	for body := range notForUs() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		house := adaptertest.NewHouse()
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
		w := httptest.NewRecorder()
		open(t, webhookConfig(s), house).Webhook(house).ServeHTTP(w, r)
		if w.Code != http.StatusOK || len(house.Received())+len(house.Counts()) != 1 {
			t.Errorf("status %d, received %v, counted %v", w.Code, house.Received(), house.Counts())
		}
	})
}
