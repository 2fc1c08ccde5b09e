package slack_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack/slacktest"
)

// FuzzWebhook posts authentic nonsense: it is kept or counted, never more.
func FuzzWebhook(f *testing.F) {
	s := slacktest.New()
	f.Cleanup(s.Close)
	for _, body := range inbound(s) {
		f.Add(body)
	}
	for body := range notForUs(s) {
		f.Add([]byte(body))
	}
	f.Add([]byte(published))
	f.Fuzz(func(t *testing.T, body []byte) {
		house := adaptertest.NewHouse()
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header = slacktest.Sign(s.SigningSecret, adaptertest.Clock(), body)
		w := httptest.NewRecorder()
		open(t, httpConfig(s), house).Webhook(house).ServeHTTP(w, r)
		if w.Code != http.StatusOK || len(house.Received())+len(house.Counts()) > 1 {
			t.Errorf("status %d, received %v, counted %v", w.Code, house.Received(), house.Counts())
		}
	})
}
