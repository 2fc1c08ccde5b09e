package adaptertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"crmbot/bot"
)

// Bench measures how fast an adapter takes requests in and renders replies,
// without a database and a platform behind it.
func Bench(b *testing.B, a bot.Webhook, request func() *http.Request) {
	b.Run("webhook", func(b *testing.B) {
		hook := a.Webhook(sink{})
		b.ReportAllocs()
		for b.Loop() {
			w := httptest.NewRecorder()
			hook.ServeHTTP(w, request())
			if w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	})
	b.Run("measure", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a.Measure("**LEAD-7** 张伟 wants _20 t_ of `maltose` from [Rongshi](https://example.com)\n- today\n- 明天15:00")
		}
	})
}

// sink takes everything.
type sink struct{}

// Receive keeps nothing.
func (sink) Receive(context.Context, bot.Inbound) error { return nil }

// Consult has nothing to show.
func (sink) Consult(context.Context, bot.Inbound) (*bot.Reply, error) { return nil, nil }

// Await has no answer.
func (sink) Await(context.Context, string) (*bot.Answer, error) { return nil, nil }
