package slack_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "fixtures", "slack", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if !bytes.Contains(raw, []byte(`"event_callback"`)) {
			raw = slacktest.Form(raw)
		}
		f.Add(raw)
	}
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
