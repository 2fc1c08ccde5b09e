package slack_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

// TestAside answers what was asked in private when the response URL is spent,
// or there is none: nobody else sees it, and the asker does.
func TestAside(t *testing.T) {
	gone := adaptertest.Answer{Status: 404, Body: "expired_url"}
	for name, c := range map[string]struct {
		to     bot.Address
		turn   string
		op     bot.Op
		spent  bool
		calls  string
		class  bot.Class
		failed bool
	}{
		"by_url":         {to: at("C1", "1.000001"), turn: "hidden URL C1/1.000001 U1", op: bot.OpPost, calls: "response_url"},
		"whispered":      {to: at("C1", "1.000001"), turn: "hidden URL C1/1.000001 U1", op: bot.OpPost, spent: true, calls: "response_url chat.postEphemeral"},
		"no_member":      {to: at("CX1", "1.000001"), turn: "hidden URL CX1 U1", op: bot.OpPost, spent: true, calls: "response_url chat.postEphemeral chat.postMessage"},
		"no_url":         {to: at("C1", ""), turn: "hidden  C1 U1", op: bot.OpPost, calls: "chat.postEphemeral"},
		"nobody":         {to: at("C1", ""), turn: "hidden", op: bot.OpPost, calls: "chat.postMessage"},
		"direct":         {to: at("U1", ""), turn: "hidden URL C1 U1", op: bot.OpPost, spent: true, calls: "response_url chat.postMessage"},
		"edit":           {to: at("U1", ""), turn: "hidden URL C1 U1", op: bot.OpEdit, spent: true, calls: "response_url chat.postMessage"},
		"edit_by_update": {to: at("U1", ""), turn: "hidden  C1 U1", op: bot.OpEdit, calls: "chat.update", class: bot.Stale, failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			if c.spent {
				s.Force(slacktest.Responses, gone)
			}
			turn := strings.Replace(c.turn, "URL", s.Host+"/hooks/commands/1", 1)
			_, err := open(t, httpConfig(s), adaptertest.NewHouse()).Send(t.Context(), bot.Outgoing{
				Op: c.op, To: c.to, Turn: turn, Target: "C1/1.000001", Reply: bot.Text("yours alone"),
			})
			if (err != nil) != c.failed || c.failed && bot.FailureOf(err).Class != c.class {
				t.Errorf("%v", err)
			}
			if got := methods(s); got != c.calls {
				t.Errorf("calls %s, want %s", got, c.calls)
			}
			if last := s.Calls()[len(s.Calls())-1]; last.Method == "chat.postMessage" && name != "nobody" && last.Params["channel"] != "U1" {
				t.Errorf("everybody sees it: %v", last.Params)
			}
		})
	}
}

func methods(s *slacktest.Server) string {
	var all []string
	for _, c := range s.Calls() {
		all = append(all, c.Method)
	}
	return strings.Join(all, " ")
}

// TestShare shows everybody what was asked in private, if there is a way.
func TestShare(t *testing.T) {
	gone := adaptertest.Answer{Status: 410, Body: "used_url"}
	for name, c := range map[string]struct {
		where string
		spent bool
		calls string
		class bot.Class
	}{
		"channel":        {where: "C1", calls: "response_url"},
		"channel_spent":  {where: "C1", spent: true, calls: "response_url chat.postMessage"},
		"closed":         {where: "CX1", spent: true, calls: "response_url chat.postMessage", class: bot.Stale},
		"thread":         {where: "C1/1.000001", calls: "chat.postMessage"},
		"closed_thread":  {where: "CX1/1.000001", calls: "chat.postMessage response_url"},
		"closed_for_all": {where: "CX1/1.000001", spent: true, calls: "chat.postMessage response_url", class: bot.Stale},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			if c.spent {
				s.Force(slacktest.Responses, gone)
			}
			_, err := open(t, httpConfig(s), adaptertest.NewHouse()).Send(t.Context(), bot.Outgoing{
				Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: "hidden " + s.Host + "/hooks/actions/1 " + c.where + " U1",
				Reply: &bot.Reply{Text: "for all", Share: true},
			})
			if (err != nil) != (c.class != "") || err != nil && bot.FailureOf(err).Class != c.class {
				t.Errorf("%v, want %q", err, c.class)
			}
			if got := methods(s); got != c.calls {
				t.Errorf("calls %s, want %s", got, c.calls)
			}
			for _, call := range s.Calls(slacktest.Responses) {
				if call.Params["response_type"] != "in_channel" {
					t.Errorf("shown to %s", call.Params["response_type"])
				}
			}
		})
	}
}

// TestUpload brings a file to Slack and takes it back.
func TestUpload(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	data := bytes.Repeat([]byte("PNG"), 100_000)
	house.Keep("chart", data)
	a := open(t, httpConfig(s), house)
	out := bot.Outgoing{Op: bot.OpPost, To: at("U1", ""), Direct: true, Reply: &bot.Reply{Text: "this month", Files: []bot.File{{Name: "chart.png", Hash: "chart"}}}}
	sent, err := a.Send(t.Context(), out)
	if err != nil || !strings.HasPrefix(string(sent.ID), "file/F") {
		t.Fatalf("%v, %v", sent, err)
	}
	id := strings.TrimPrefix(string(sent.ID), "file/")
	if body, channel, ok := s.Uploaded(id); !ok || channel != "D1" || !bytes.Equal(body, data) {
		t.Errorf("%d bytes in %s, %v", len(body), channel, ok)
	}
	remove := bot.Outgoing{Op: bot.OpDelete, To: at("U1", ""), Direct: true, Target: sent.ID}
	if _, err := a.Send(t.Context(), remove); err != nil {
		t.Error(err)
	}
	if _, err := a.Send(t.Context(), remove); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("gone already: %v", err)
	}
}

// TestUploadFails checks what is said of a file that cannot be sent, and that
// the next try does all of it anew.
func TestUploadFails(t *testing.T) {
	answer := func(word string) adaptertest.Answer { return says(word) }
	for name, c := range map[string]struct {
		method string
		answer adaptertest.Answer
		hash   string
		class  bot.Class
	}{
		"no_user":    {"conversations.open", answer("user_not_found"), "chart", bot.RecipientGone},
		"no_scope":   {"files.getUploadURLExternal", answer("missing_scope"), "chart", bot.Unauthorized},
		"limit":      {"files.getUploadURLExternal", adaptertest.Answer{Status: http.StatusTooManyRequests, Header: map[string]string{"Retry-After": "3"}}, "chart", bot.RateLimited},
		"upload_cut": {"", adaptertest.Answer{Cut: true}, "chart", bot.Transient},
		"upload_500": {"", adaptertest.Answer{Status: 500}, "chart", bot.Transient},
		"in_doubt":   {"files.completeUploadExternal", adaptertest.Answer{Cut: true}, "chart", bot.Ambiguous},
		"no_channel": {"files.completeUploadExternal", answer("channel_not_found"), "chart", bot.RecipientGone},
		"no_file":    {"", adaptertest.Answer{}, "nothing", bot.BadContent},
		"empty":      {"", adaptertest.Answer{}, "empty", bot.BadContent},
		"too_large":  {"", adaptertest.Answer{}, "large", bot.BadContent},
	} {
		t.Run(name, func(t *testing.T) {
			s, house := newServer(t), adaptertest.NewHouse()
			house.Keep("chart", []byte("PNG"))
			house.Keep("empty", nil)
			house.Keep("large", make([]byte, 20<<20+1))
			a := open(t, httpConfig(s), house)
			out := bot.Outgoing{Op: bot.OpPost, To: at("U1", ""), Direct: true, Reply: &bot.Reply{Files: []bot.File{{Name: "chart.png", Hash: c.hash}}}}
			if c.hash == "chart" {
				s.Force(c.method, c.answer)
			}
			if _, err := a.Send(t.Context(), out); err == nil || bot.FailureOf(err).Class != c.class {
				t.Errorf("%v, want %s", err, c.class)
			}
			if _, err := a.Send(t.Context(), out); c.hash == "chart" && err != nil {
				t.Errorf("once more: %v", err)
			}
		})
	}
}

// TestHomeIsPublished checks that a page which Slack finds too old is given
// once more, and what is said when that does not help.
func TestHomeIsPublished(t *testing.T) {
	s := newServer(t)
	a := open(t, httpConfig(s), adaptertest.NewHouse())
	out := bot.Outgoing{Op: bot.OpHome, To: at("U1", ""), Direct: true, For: "U1", Reply: bot.Text("today")}
	s.Force("views.publish", says("hash_conflict"))
	if _, err := a.Send(t.Context(), out); err != nil {
		t.Error(err)
	}
	if v, ok := s.Shown("VHOMEU1"); !ok || !strings.Contains(string(v.Fields["blocks"]), "today") {
		t.Errorf("it shows %s", v.Fields["blocks"])
	}
	s.Force("views.publish", says("hash_conflict"), says("hash_conflict"))
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("%v, want stale", err)
	}
	s.Force("views.publish", says("not_enabled"))
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.BadContent {
		t.Errorf("%v, want bad content", err)
	}
	out.Reply = &bot.Reply{}
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.BadContent {
		t.Errorf("%v, want bad content", err)
	}
	if _, err := a.Send(t.Context(), bot.Outgoing{Op: bot.OpTyping, To: at("U1", "")}); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("%v, want stale", err)
	}
}
