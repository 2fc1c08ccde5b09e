package adapters_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

// TestReplayed brings every platform's message again, minutes later and as
// often as its platform would or somebody who listens in could: it is taken in
// once, by the real pipeline and its database.
func TestReplayed(t *testing.T) {
	for platform, open := range map[string]func(t *testing.T) (*town, func(n int)){
		"slack": func(t *testing.T) (*town, func(int)) {
			s, d := newSlack(t, "UWANGFANG")
			w, _, _ := doors{{s, d}}.open(t, "en")
			text := s.server.Text("UWANGFANG", "pipeline")
			return w, func(int) { s.bring(text) }
		},
		"telegram": func(t *testing.T) (*town, func(int)) {
			s, d := newTelegram(t, "support", ana)
			w, _, _ := doors{{s, d}}.open(t, "en")
			text := s.server.Text(ana, "hello")
			return w, func(int) { s.bring(text) }
		},
		"wechat": func(t *testing.T) (*town, func(int)) {
			s, d := newWechat(t, false)
			w, _, _ := doors{{s, d}}.open(t, "en")
			text := s.server.Text(follower, "hello")
			return w, func(int) { s.bring(text) }
		},
		"wecom": func(t *testing.T) (*town, func(int)) {
			s, d := newWecom(t)
			w, _, _ := doors{{s, d}}.open(t, "en")
			text := s.server.Text(caller, desk, "hello")
			return w, func(int) { s.bring(text) }
		},
		"webchat": func(t *testing.T) (*town, func(int)) {
			s, d := newWebchat(t, "en")
			w, _, _ := doors{{s, d}}.open(t, "en")
			s.enter("fair")
			return w, func(int) {
				s.send(map[string]any{"type": "message", "id": "message-1", "text": "hello"})
				s.hear("ack")
			}
		},
	} {
		t.Run(platform, func(t *testing.T) {
			w, again := open(t)
			for n := range 4 {
				again(n)
				w.settle()
				w.line.Advance(time.Minute)
			}
			at := w.address(func(c *crm.Conversation) bool { return c.Platform == platform })
			in := 0
			for _, e := range must(w.line.Host(at.Platform, at.Install).Transcript(t.Context(), at, 0))(t) {
				if e.Direction == crm.In && e.Text != "" {
					in++
				}
			}
			if in != 1 {
				t.Errorf("it was said %d times", in)
			}
		})
	}
}
