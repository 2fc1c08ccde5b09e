//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// manner is how the platform takes calls.
type manner int32

const (
	friendly manner = iota
	failing         // every call fails with 500
	limiting        // every message is too fast, with a pause of limitFor
	hanging         // no call is answered, and nothing is taken
)

// limitFor is the pause in seconds that a platform which limits asks for.
const limitFor = 2

// mood is how the platform behaves during a soak, and what it was told.
type mood struct {
	manner  atomic.Int32
	refused atomic.Int64 // calls that were not taken

	mu    sync.Mutex
	heard []speech
}

// speech is a message that reached the platform.
type speech struct {
	chat int64
	text string
	at   time.Time
}

func (m *mood) set(to manner) { m.manner.Store(int32(to)) }

// refuses deals with a call that is not taken, and says whether it was one.
func (m *mood) refuses(w http.ResponseWriter, r *http.Request) bool {
	if m == nil {
		return false
	}
	switch manner(m.manner.Load()) {
	case failing:
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`))
	case limiting:
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 2","parameters":{"retry_after":2}}`))
	case hanging:
		m.refused.Add(1)
		for manner(m.manner.Load()) == hanging && r.Context().Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		panic(http.ErrAbortHandler) // the connection ends without an answer
	default:
		return false
	}
	m.refused.Add(1)
	return true
}

// hear keeps what was said in a chat.
func (m *mood) hear(chat int64, r *http.Request, body []byte) {
	if m == nil {
		return
	}
	text := ""
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var words struct {
			Text string `json:"text"`
		}
		_ = json.Unmarshal(body, &words) // without words it has none
		text = words.Text
	} else if form, err := url.ParseQuery(string(body)); err == nil {
		text = form.Get("text")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = append(m.heard, speech{chat, text, time.Now()})
}

// said is everything that reached the platform, in order.
func (m *mood) said() []speech {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]speech(nil), m.heard...)
}

// forget begins anew.
func (m *mood) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = nil
	m.refused.Store(0)
	m.set(friendly)
}
