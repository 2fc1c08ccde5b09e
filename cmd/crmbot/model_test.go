package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// modelAt is an endpoint with two models: one that hears what a text is about, as
// far as it was told, and one that says what a test says.
type modelAt struct {
	*httptest.Server
	key    string
	about  map[string]string // what texts are about
	answer func(order, text string) string

	mu       sync.Mutex
	embedded []string
	composed []string
	headers  []http.Header
}

func newModel(t *testing.T, key string) *modelAt {
	t.Helper()
	m := &modelAt{key: key, about: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/embeddings", m.embeddings)
	mux.HandleFunc("POST /v1/chat/completions", m.completions)
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.headers = append(m.headers, r.Header.Clone())
		m.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer "+m.key {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *modelAt) embeddings(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Model    string
		Encoding string `json:"encoding_format"`
		Input    []string
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "small" || asked.Encoding != "float" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var data []any
	for i, text := range asked.Input {
		m.embedded = append(m.embedded, text)
		vector := direction(text)
		if about := m.about[text]; about != "" {
			for i, x := range direction(about) {
				vector[i] = 0.5*vector[i] + x
			}
		}
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": vector})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "model": "small", "data": data})
}

// direction is where a text points: the same way for the same text, and square to
// nearly every other.
func direction(text string) []float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	seed, v := h.Sum64(), make([]float64, 256)
	for i := range v {
		seed = seed*6364136223846793005 + 1442695040888963407
		v[i] = float64(int64(seed)) / math.MaxInt64
	}
	return v
}

func (m *modelAt) completions(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Model    string
		Messages []struct{ Role, Content string }
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "large" || len(asked.Messages) != 2 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	text := asked.Messages[1].Content
	m.composed = append(m.composed, text)
	said := "NONE"
	if m.answer != nil {
		said = m.answer(asked.Messages[0].Content, text)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
		"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": said},
	}}})
}

// config is the block of a config that names both models.
func (m *modelAt) config() string {
	return fmt.Sprintf("knowledge:\n  model:\n    url: %s/v1\n    key: ${SHOP_MODEL}\n    embed: small\n    answer: large\n", m.URL)
}

// from takes what stands behind a title in what the model was given.
func from(text, title string) (number int, body string) {
	for i, part := range strings.Split(text, "Passage [")[1:] {
		if _, rest, is := strings.Cut(part, title+"\n"); is {
			body, _, _ = strings.Cut(rest, "\n</")
			return i + 1, body
		}
	}
	return 0, ""
}
