package adaptertest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"crmbot/bot"
)

type suite struct{ Harness }

// post brings a body to the adapter's webhook and returns the status.
func (s *suite) post(t *testing.T, house *House, r *http.Request) int {
	t.Helper()
	w := httptest.NewRecorder()
	a := s.New(t, house)
	a.Webhook(house).ServeHTTP(w, r)
	if s.Pull != nil && w.Code == http.StatusOK {
		s.Pull(t, a, house)
	}
	s.quiet(t, house.Log(), w.Body.String())
	return w.Code
}

// take posts an authentic body and returns what came of it.
func (s *suite) take(t *testing.T, body []byte) (int, []bot.Inbound, []Counted) {
	t.Helper()
	house := NewHouse()
	status := s.post(t, house, s.Request(body, Clock()))
	return status, house.Received(), house.Counts()
}

// quiet checks that texts hold none of the secrets.
func (s *suite) quiet(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range s.Secrets {
			if strings.Contains(text, secret) {
				t.Errorf("a secret got out: %s", strings.ReplaceAll(text, secret, "[SECRET]"))
			}
		}
	}
}

func (s *suite) inbound(t *testing.T) {
	for name, body := range s.Inbound {
		t.Run(name, func(t *testing.T) {
			status, received, counted := s.take(t, body)
			if status != http.StatusOK || len(received) != 1 || len(counted) != 0 {
				t.Fatalf("status %d, received %d, counted %v; want 200, 1, none", status, len(received), counted)
			}
			in := received[0]
			if in.EventID == "" || in.V != bot.InboundVersion || in.Address.Chat == "" || in.Sender.ID == "" || in.At.IsZero() {
				t.Errorf("incomplete: %+v", in)
			}
			golden(t, "in/"+name, in, s.API.Host)
		})
	}
}

func (s *suite) notForUs(t *testing.T) {
	for body, reason := range s.NotForUs {
		status, received, counted := s.take(t, []byte(body))
		if status != http.StatusOK || len(received) != 0 || len(counted) != 1 || counted[0].Reason != reason {
			t.Errorf("%s: status %d, received %d, counted %v; want 200, 0, %s", body, status, len(received), counted, reason)
		}
	}
}

// oddTexts are what people and worse send.
func oddTexts() []string {
	return []string{
		"nul\x00in the middle", "bell\a and escape\x1b[31m", "مرحبا بالعالم", "\u202eright to left\u202c",
		"👨‍👩‍👧‍👦 🇨🇳 👌🏽", "'; DROP TABLE leads; --", "<script>alert(1)</script> &amp; <b>", "*_~`[](", "含人工甜味剂吗",
		strings.Repeat("长", 10000), "/crm " + strings.Repeat("arg ", 500), "\\u0000 \ufffd",
	}
}

func (s *suite) oddText(t *testing.T) {
	for _, text := range oddTexts() {
		status, received, _ := s.take(t, s.Text(text))
		if status != http.StatusOK || len(received) != 1 {
			t.Errorf("%.40q: status %d, received %d", text, status, len(received))
			continue
		}
		got := received[0].Text
		if strings.ContainsRune(got, 0) || strings.ToValidUTF8(got, "") != got || got == "" {
			t.Errorf("%.40q became %.40q", text, got)
		}
	}
}

func (s *suite) forged(t *testing.T) {
	refused := func(t *testing.T, r *http.Request) {
		t.Helper()
		house := NewHouse()
		status := s.post(t, house, r)
		if status != http.StatusUnauthorized && status != http.StatusForbidden {
			t.Errorf("status %d, want 401 or 403", status)
		}
		if n := house.Counts(); len(house.Received()) != 0 || len(n) != 1 || n[0].Reason != "refused" {
			t.Errorf("received %v, counted %v; want nothing, one refused", house.Received(), n)
		}
	}
	for name, spoil := range s.Forgeries {
		t.Run(name, func(t *testing.T) {
			r := s.Request(s.Text("hello"), Clock())
			spoil(r)
			refused(t, r)
		})
	}
	if s.Ages {
		t.Run("old", func(t *testing.T) { refused(t, s.Request(s.Text("hello"), Clock().Add(-time.Hour))) })
		t.Run("early", func(t *testing.T) { refused(t, s.Request(s.Text("hello"), Clock().Add(time.Hour))) })
	}
}

func (s *suite) oversized(t *testing.T) {
	house := NewHouse()
	body := append(s.Text("hello"), bytes.Repeat([]byte(" "), bot.BodyLimit+1)...)
	if status := s.post(t, house, s.Request(body, Clock())); status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", status)
	}
	if len(house.Received()) != 0 {
		t.Error("it was taken in")
	}
}

func (s *suite) unreadable(t *testing.T) {
	whole := s.Text("hello hello hello")
	bodies := map[string][]byte{
		"truncated": whole[:len(whole)/2],
		"not_utf8":  bytes.Replace(whole, []byte("hello hello"), []byte("\xff\xfe\xc3("), 1),
		"nothing":   {},
		"list":      []byte("[1,2,3]"),
		"null":      []byte("null"),
		"empty":     []byte("{}"),
		"number":    []byte(`{"update_id":"x","event":7}`),
		"deep":      []byte(strings.Repeat(`{"a":`, 20000)),
		"new_kind":  []byte(`{"update_id":7,"type":"never_heard_of","event_id":"Ev1","never_heard_of":{}}`),
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			status, received, counted := s.take(t, body)
			if name == "not_utf8" && len(received) == 1 && utf8.ValidString(received[0].Text) && received[0].Text != "" {
				return // saved but for the bad bytes
			}
			if status != http.StatusOK || len(received) != 0 || len(counted) != 1 {
				t.Fatalf("status %d, received %v, counted %v; want 200, nothing, one", status, received, counted)
			}
			if r := counted[0].Reason; r != "unreadable" && r != "unknown" {
				t.Errorf("counted as %s", r)
			}
			if len(body) > 0 && len(counted[0].Raw) == 0 {
				t.Error("the payload was not kept")
			}
		})
	}
}

func (s *suite) redelivered(t *testing.T) {
	body := s.Text("once")
	_, first, _ := s.take(t, body)
	_, second, _ := s.take(t, body)
	_, other, _ := s.take(t, s.Text("once"))
	if len(first) != 1 || len(second) != 1 || len(other) != 1 {
		t.Fatalf("received %d, %d, %d", len(first), len(second), len(other))
	}
	if first[0].EventID != second[0].EventID {
		t.Errorf("one event, two ids: %s and %s", first[0].EventID, second[0].EventID)
	}
	if first[0].EventID == other[0].EventID {
		t.Errorf("two events, one id: %s", other[0].EventID)
	}
	if other[0].Seq <= first[0].Seq {
		t.Errorf("out of order: %d then %d", first[0].Seq, other[0].Seq)
	}
}

func (s *suite) databaseAway(t *testing.T) {
	house := NewHouse()
	house.Away(true)
	body := s.Text("hello")
	want := http.StatusServiceUnavailable
	if s.Pull != nil {
		want = http.StatusOK // it is not lost: it can be fetched again
	}
	if status := s.post(t, house, s.Request(body, Clock())); status != want || len(house.Received()) != 0 {
		t.Errorf("status %d while the database is away, want %d", status, want)
	}
	house.Away(false)
	if status := s.post(t, house, s.Request(body, Clock())); status != http.StatusOK || len(house.Received()) != 1 {
		t.Errorf("status %d, received %d once it is back", status, len(house.Received()))
	}
}

func (s *suite) fixtures(t *testing.T) {
	if s.Fixtures == "" {
		t.Skip("nobody has recorded payloads of this platform")
	}
	files := payloads(t, s.Fixtures, s.Glob)
	tally := map[string]int{}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		status, received, counted := s.take(t, s.Wrap(raw))
		if status == http.StatusOK && len(received)+len(counted) == 0 && s.Answered != nil && s.Answered(raw) {
			tally["answered"]++
			continue
		}
		if status != http.StatusOK || len(received)+len(counted) != 1 {
			t.Errorf("%s: status %d, received %d, counted %v", filepath.Base(path), status, len(received), counted)
			continue
		}
		if len(received) == 1 {
			tally[string(received[0].Kind)]++
			continue
		}
		tally[counted[0].Reason]++
		strange, err := filepath.Match(s.Strange, filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		if r := counted[0].Reason; r == "refused" || r == "unknown" != strange {
			t.Errorf("%s is %s", filepath.Base(path), counted[0].Reason)
		}
	}
	t.Logf("%d files: %v", len(files), tally)
}
