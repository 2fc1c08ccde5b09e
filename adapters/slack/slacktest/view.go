package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// triggerLife is how long a trigger opens a view.
const triggerLife = 3 * time.Second

type trigger struct {
	made time.Time
	used bool
}

// View is a modal or a home page that is being shown.
type View struct {
	ID, Hash, User string
	// Fields are those of the view as it was sent.
	Fields map[string]json.RawMessage
}

// Advance moves the clock of the triggers.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// trigger makes the id that opens one view within three seconds.
func (s *Server) trigger(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.triggers[id+".trigger"] = &trigger{made: s.now}
	return id + ".trigger"
}

// Shown returns a view as it is now; "" is the one that was shown last.
func (s *Server) Shown(id string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		id = s.latest
	}
	v, ok := s.views[id]
	if !ok {
		return View{}, false
	}
	return *v, true
}

// Touch changes the hash of a view, as if somebody else had changed it.
func (s *Server) Touch(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.views[id].Hash = s.hash()
}

// Dismiss closes a view as its user would.
func (s *Server) Dismiss(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.views, id)
}

// hash is the next hash. The lock is held.
func (s *Server) hash() string {
	s.events++
	return fmt.Sprintf("%d.%08x", s.now.Unix(), s.events)
}

func (s *Server) openView(w http.ResponseWriter, p map[string]string) {
	fields, wrong := checkView(p["view"], "modal")
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.triggers[p["trigger_id"]]
	switch {
	case wrong != "":
	case t == nil:
		wrong = "invalid_trigger_id"
	case t.used:
		wrong = "exchanged_trigger_id"
	case s.now.Sub(t.made) > triggerLife:
		wrong = "expired_trigger_id"
	}
	if wrong != "" {
		refuse(w, wrong)
		return
	}
	t.used = true
	s.events++
	s.show(w, &View{ID: fmt.Sprintf("V%08d", s.events), Fields: fields})
}

func (s *Server) updateView(w http.ResponseWriter, p map[string]string) {
	fields, wrong := checkView(p["view"], "modal")
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[p["view_id"]]
	switch {
	case wrong != "":
	case v == nil:
		wrong = "not_found"
	case p["hash"] != "" && p["hash"] != v.Hash:
		wrong = "hash_conflict"
	}
	if wrong != "" {
		refuse(w, wrong)
		return
	}
	s.show(w, &View{ID: v.ID, User: v.User, Fields: fields})
}

func (s *Server) publishView(w http.ResponseWriter, p map[string]string) {
	fields, wrong := checkView(p["view"], "home")
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "VHOME" + p["user_id"]
	v := s.views[id]
	switch {
	case wrong != "":
	case !strings.HasPrefix(p["user_id"], "U"):
		wrong = "invalid_arguments"
	case v != nil && p["hash"] != "" && p["hash"] != v.Hash:
		wrong = "hash_conflict"
	}
	if wrong != "" {
		refuse(w, wrong)
		return
	}
	s.show(w, &View{ID: id, User: p["user_id"], Fields: fields})
}

// show keeps a view and answers with it. The lock is held.
func (s *Server) show(w http.ResponseWriter, v *View) {
	v.Hash = s.hash()
	s.views[v.ID], s.latest = v, v.ID
	if v.Fields["submit"] != nil {
		s.form = v.ID
	}
	s.Changed()
	accept(w, map[string]any{"view": v.object()})
}

// object is the view as Slack tells it.
func (v *View) object() map[string]any {
	all := map[string]any{"id": v.ID, "hash": v.Hash, "state": map[string]any{"values": map[string]any{}}}
	for name, raw := range v.Fields {
		all[name] = raw
	}
	return all
}

// checkView is Slack's view of a view: its fields, or what is wrong with it.
func checkView(raw, kind string) (map[string]json.RawMessage, string) {
	var fields map[string]json.RawMessage
	var v struct {
		Type     string `json:"type"`
		Callback string `json:"callback_id"`
		Private  string `json:"private_metadata"`
		Title    *text  `json:"title"`
		Submit   *text  `json:"submit"`
		Close    *text  `json:"close"`
	}
	if json.Unmarshal([]byte(raw), &fields) != nil || json.Unmarshal([]byte(raw), &v) != nil {
		return nil, "invalid_arguments"
	}
	wrong, _ := checkList(string(fields["blocks"]), 100)
	input := strings.Contains(string(fields["blocks"]), `"type":"input"`)
	switch {
	case len(raw) > 250_000:
		return nil, "view_too_large"
	case wrong != "", v.Type != kind, len([]rune(v.Private)) > 3000, len(v.Callback) > 255,
		v.Title.over(24), v.Submit.over(24), v.Close.over(24),
		kind == "modal" && (v.Title == nil || input && v.Submit == nil):
		return nil, "invalid_arguments"
	}
	return fields, ""
}
