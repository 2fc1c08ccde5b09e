package adapters_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"crmbot/adapters/slack/slacktest"
)

// TestFormsOnSlack fills in a form for real: the shortcut asks the router, the
// form that it shows is sent off with a mistake and without, and the lead is
// there. The same shortcut of somebody who does not work here opens nothing.
func TestFormsOnSlack(t *testing.T) {
	s, d := newSlack(t, "UWANGFANG")
	w, _, _ := doors{{s, d}}.open(t, "en")
	send := func(body []byte) string {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header = slacktest.Sign(s.server.SigningSecret, w.now(), body)
		answer := httptest.NewRecorder()
		if s.hook.ServeHTTP(answer, r); answer.Code != http.StatusOK {
			t.Fatalf("status %d", answer.Code)
		}
		return answer.Body.String()
	}
	send(s.server.Shortcut("UWANGFANG", "lead.new"))
	view := shownForm(s.server) // it stands there before the request is over
	if view == "" {
		t.Fatalf("no form was shown: %v", s.server.Calls("views.open", "views.update"))
	}
	if answer := send(s.server.Submit("UWANGFANG", view, map[string]string{"name": "Zhang Wei", "phone": "12"})); !strings.Contains(answer, "phone") {
		t.Errorf("a bad number is answered %q", answer)
	}
	if n := w.events(); n != 0 {
		t.Errorf("%d events came in before the form was right", n)
	}
	if answer := send(s.server.Submit("UWANGFANG", view, map[string]string{"name": "Zhang Wei", "phone": "13800000000", "need": "20 t"})); strings.Contains(answer, "errors") {
		t.Errorf("a good form is answered %q", answer)
	}
	w.settle()
	said := ""
	for _, x := range s.shown() {
		said += x.plain + "\n"
	}
	if !strings.Contains(said, "LEAD-1") || !strings.Contains(said, "Zhang Wei") {
		t.Errorf("the answer is %q", said)
	}

	before := len(s.server.Calls("views.open", "views.update"))
	send(s.server.Shortcut("USTRANGER", "lead.new"))
	w.settle()
	for _, c := range s.server.Calls("views.open", "views.update")[before:] {
		if strings.Contains(c.Params["view"], "field:") {
			t.Errorf("a stranger was shown %s", c.Params["view"])
		}
	}
}
