package pigeon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/bot"
)

func TestAdapter(t *testing.T) {
	api := &adaptertest.API{}
	api.Start(func(r *http.Request) (method, token string, ok bool) { return r.URL.Path, "", true },
		func(w http.ResponseWriter, _ *http.Request, _ adaptertest.Call) { fmt.Fprint(w, `{"id":"feather-1"}`) }, http.NotFound)
	t.Cleanup(api.Close)
	open := func(t *testing.T, host bot.Host) bot.Webhook {
		c := Config{Install: "loft", Secret: "s3cret-coo"}
		c.APIURL = api.Host
		a, err := New(c, host)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	var number atomic.Int64
	adaptertest.Run(t, adaptertest.Harness{
		API: api,
		New: open,
		Request: func(body []byte, _ time.Time) *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/hook/pigeon/loft", bytes.NewReader(body))
			r.Header.Set("X-Loft", "s3cret-coo")
			return r
		},
		Forgeries: map[string]func(*http.Request){
			"no_secret":    func(r *http.Request) { r.Header.Del("X-Loft") },
			"wrong_secret": func(r *http.Request) { r.Header.Set("X-Loft", "s3cret-cox") },
		},
		Text: func(text string) []byte {
			raw, err := json.Marshal(letter{Number: number.Add(1), From: "ana", Text: text, Sent: 1784984700})
			if err != nil {
				t.Fatal(err)
			}
			return raw
		},
		To:   bot.Address{Platform: Platform, Install: "loft", Chat: "ana"},
		Post: "/fly",
		Failures: []adaptertest.Failure{
			{Name: "busy", Answer: adaptertest.Answer{Status: 429}, Class: bot.RateLimited, After: time.Minute},
			{Name: "moved_out", Answer: adaptertest.Answer{Status: 410}, Class: bot.RecipientGone},
			{Name: "stranger", Answer: adaptertest.Answer{Status: 401}, Class: bot.Unauthorized},
			{Name: "storm", Answer: adaptertest.Answer{Status: 500}, Class: bot.Transient},
		},
		Live: []adaptertest.Live{{
			Name:  "webhook",
			New:   func(t *testing.T, host bot.Host) bot.Adapter { return open(t, host) },
			Ready: func(time.Duration) bool { return true },
		}},
		Secrets: []string{"s3cret-coo"},
	})
}
