package slacktest

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// upload is a file that comes in three steps.
type upload struct {
	name   string
	length int
	body   []byte
	shown  string // the channel
}

// Uploaded returns the bytes and the channel of a file that was shown.
func (s *Server) Uploaded(id string) (body []byte, channel string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[id]
	if u == nil || u.shown == "" {
		return nil, "", false
	}
	return u.body, u.shown, true
}

func (s *Server) startUpload(w http.ResponseWriter, p map[string]string) {
	length, err := strconv.Atoi(p["length"])
	if err != nil || length <= 0 || p["filename"] == "" {
		refuse(w, "invalid_arguments")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := fmt.Sprintf("F%08X", crc32.ChecksumIEEE([]byte(p["filename"]))) // the same in whatever order files come
	s.uploads[id] = &upload{name: p["filename"], length: length}
	accept(w, map[string]any{"upload_url": s.Host + "/upload/" + id, "file_id": id})
}

// takeUpload takes the bytes, from a form, whatever its field is called, or as
// they are.
func (s *Server) takeUpload(w http.ResponseWriter, r *http.Request) {
	var body []byte
	var err error
	if r.ParseMultipartForm(32<<20) != nil {
		body, err = io.ReadAll(r.Body)
	} else {
		for field := range r.MultipartForm.File {
			if file, _, form := r.FormFile(field); form == nil {
				body, err = io.ReadAll(file)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[strings.TrimPrefix(r.URL.Path, "/upload/")]
	if u == nil || err != nil || len(body) != u.length {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	u.body = body
	_, _ = fmt.Fprintf(w, "OK - %d", len(body))
}

func (s *Server) endUpload(w http.ResponseWriter, p map[string]string) {
	var files []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if json.Unmarshal([]byte(p["files"]), &files) != nil || len(files) == 0 {
		refuse(w, "invalid_arguments")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	channel := p["channel_id"]
	if channel != "" && !strings.ContainsAny(channel[:1], "CDG") || strings.HasPrefix(channel, closed) {
		refuse(w, "channel_not_found")
		return
	}
	var shown []any
	for _, f := range files {
		u := s.uploads[f.ID]
		if u == nil || u.body == nil {
			refuse(w, "file_not_found")
			return
		}
		u.shown = channel
		shown = append(shown, map[string]any{"id": f.ID, "title": f.Title})
	}
	accept(w, map[string]any{"files": shown})
}

func (s *Server) deleteFile(w http.ResponseWriter, p map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uploads[p["file"]] == nil {
		refuse(w, "file_not_found")
		return
	}
	delete(s.uploads, p["file"])
	accept(w, map[string]any{})
}
