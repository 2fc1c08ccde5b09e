package slacktest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Event makes the body of an event with the next id.
func (s *Server) Event(inner map[string]any) []byte {
	s.mu.Lock()
	s.events++
	id := fmt.Sprintf("Ev%08d", s.events)
	s.mu.Unlock()
	return object(map[string]any{
		"token": "verification", "team_id": s.Team, "api_app_id": "A0APP", "type": "event_callback",
		"event_id": id, "event_time": 1784984664, "event": inner,
		"authorizations": []any{map[string]any{"team_id": s.Team, "user_id": s.BotUser, "is_bot": true}},
	})
}

// Text makes the event of a user's direct message.
func (s *Server) Text(user, text string) []byte {
	ts := s.stamp()
	return s.Event(map[string]any{
		"type": "message", "user": user, "text": text, "ts": ts, "event_ts": ts,
		"channel": DM(user), "channel_type": "im", "team": s.Team,
	})
}

// Mention makes the event of a message in a channel that calls the bot; thread
// is "" or the time of the message it is under.
func (s *Server) Mention(user, channel, thread, text string) []byte {
	ts := s.stamp()
	inner := map[string]any{
		"type": "app_mention", "user": user, "text": "<@" + s.BotUser + "> " + text,
		"ts": ts, "event_ts": ts, "channel": channel, "team": s.Team,
	}
	if thread != "" {
		inner["thread_ts"] = thread
	}
	return s.Event(inner)
}

// Slash makes the form of a slash command. Its response URL is on this server.
func (s *Server) Slash(user, line string) []byte {
	command, text, _ := strings.Cut(line, " ")
	id := s.stamp()
	return []byte(url.Values{
		"token": {"verification"}, "team_id": {s.Team}, "team_domain": {"test"},
		"channel_id": {"C0GENERAL"}, "channel_name": {"general"}, "user_id": {user},
		"user_name": {strings.ToLower(user)}, "command": {command}, "text": {text}, "api_app_id": {"A0APP"},
		"response_url": {s.Host + "/hooks/commands/" + id}, "trigger_id": {s.trigger(id)},
	}.Encode())
}

// Press makes the form of a pressed button. id is the native id of its message
// ("D1/1234.5678"), block and value are the button's own.
func (s *Server) Press(user, id, block, value string, ephemeral bool) []byte {
	channel, ts, _ := strings.Cut(id, "/")
	stamp := s.stamp()
	payload := object(map[string]any{
		"type": "block_actions", "team": map[string]any{"id": s.Team}, "api_app_id": "A0APP",
		"user":         map[string]any{"id": user, "username": strings.ToLower(user), "name": strings.ToLower(user)},
		"container":    map[string]any{"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral},
		"channel":      map[string]any{"id": channel, "name": "x"},
		"trigger_id":   s.trigger(stamp),
		"response_url": s.Host + "/hooks/actions/" + stamp,
		"actions": []any{map[string]any{
			"type": "button", "action_id": "b1", "block_id": block, "value": value, "action_ts": stamp,
			"text": map[string]any{"type": "plain_text", "text": "x"},
		}},
	})
	return Form(payload)
}

// PressHome makes the form of a button pressed on a user's home page, or of one
// that opens a form if its action id says so.
func (s *Server) PressHome(user, action, block, value string) []byte {
	stamp := s.stamp()
	return Form(object(map[string]any{
		"type": "block_actions", "team": map[string]any{"id": s.Team, "domain": "test"}, "api_app_id": "A0APP",
		"user":       map[string]any{"id": user, "username": strings.ToLower(user), "name": strings.ToLower(user)},
		"container":  map[string]any{"type": "view", "view_id": "VHOME" + user},
		"view":       map[string]any{"id": "VHOME" + user, "type": "home", "callback_id": "home"},
		"trigger_id": s.trigger(stamp),
		"actions":    []any{map[string]any{"type": "button", "action_id": action, "block_id": block, "value": value, "action_ts": stamp}},
	}))
}

// Home makes the event of a user who opens a tab of the app: "home" or
// "messages".
func (s *Server) Home(user, tab string) []byte {
	return s.Event(map[string]any{
		"type": "app_home_opened", "user": user, "channel": DM(user), "tab": tab, "event_ts": s.stamp(),
	})
}

// Shortcut makes the form of a global shortcut.
func (s *Server) Shortcut(user, callback string) []byte {
	stamp := s.stamp()
	return Form(object(map[string]any{
		"type": "shortcut", "callback_id": callback, "action_ts": stamp, "trigger_id": s.trigger(stamp),
		"team": map[string]any{"id": s.Team, "domain": "test"},
		"user": map[string]any{"id": user, "username": strings.ToLower(user), "team_id": s.Team},
	}))
}

// MessageShortcut makes the form of a shortcut in the menu of a message, by its
// native id ("C1/1234.5678"); thread is "" or the time of the message it is
// under.
func (s *Server) MessageShortcut(user, callback, id, thread, author, text string) []byte {
	channel, ts, _ := strings.Cut(id, "/")
	stamp := s.stamp()
	message := map[string]any{"type": "message", "user": author, "text": text, "ts": ts, "team": s.Team}
	if thread != "" {
		message["thread_ts"] = thread
	}
	return Form(object(map[string]any{
		"type": "message_action", "callback_id": callback, "action_ts": stamp, "trigger_id": s.trigger(stamp),
		"team": map[string]any{"id": s.Team, "domain": "test"}, "message_ts": ts, "message": message,
		"user":         map[string]any{"id": user, "name": strings.ToLower(user)},
		"channel":      map[string]any{"id": channel, "name": "x"},
		"response_url": s.Host + "/hooks/app/" + stamp,
	}))
}

// Submit makes the form of a view that a user sends off with these values by
// the names of its fields, each as its element has it. view is its id, "" for
// the last one that can be sent off.
func (s *Server) Submit(user, view string, values map[string]string) []byte {
	shown := s.filled(view, values)
	return Form(object(map[string]any{
		"type": "view_submission", "team": map[string]any{"id": s.Team, "domain": "test"}, "api_app_id": "A0APP",
		"user": map[string]any{"id": user, "username": strings.ToLower(user), "name": strings.ToLower(user)},
		"view": shown, "response_urls": []any{}, "trigger_id": s.trigger(s.stamp()),
	}))
}

// Suggest makes the form of a field of a view that wants its options.
func (s *Server) Suggest(user, view, field, typed string) []byte {
	shown := s.filled(view, nil)
	return Form(object(map[string]any{
		"type": "block_suggestion", "team": map[string]any{"id": s.Team, "domain": "test"}, "api_app_id": "A0APP",
		"user":      map[string]any{"id": user, "name": strings.ToLower(user)},
		"container": map[string]any{"type": "view", "view_id": shown["id"]},
		"view":      shown, "block_id": "field:" + field, "action_id": "entry", "value": typed,
	}))
}

// filled is a view with what somebody filled in.
func (s *Server) filled(view string, values map[string]string) map[string]any {
	if view == "" {
		s.mu.Lock()
		view = s.form
		s.mu.Unlock()
	}
	v, _ := s.Shown(view)
	var blocks []block
	_ = json.Unmarshal(v.Fields["blocks"], &blocks) // was checked
	state := map[string]any{}
	for _, b := range blocks {
		if b.Type != "input" {
			continue
		}
		value := any(values[strings.TrimPrefix(b.BlockID, "field:")])
		if value == "" {
			value = nil
		}
		entry := map[string]any{"type": b.Element.Type}
		switch b.Element.Type {
		case "plain_text_input":
			entry["value"] = value
		case "datepicker":
			entry["selected_date"] = value
		default:
			entry["selected_option"] = nil
			if value != nil {
				entry["selected_option"] = map[string]any{"text": map[string]any{"type": "plain_text", "text": "x"}, "value": value}
			}
		}
		state[b.BlockID] = map[string]any{b.Element.ActionID: entry}
	}
	all := v.object()
	all["type"], all["team_id"], all["state"] = "modal", s.Team, map[string]any{"values": state}
	return all
}

// Form wraps the payload of an interaction as Slack posts it.
func Form(payload []byte) []byte { return []byte(url.Values{"payload": {string(payload)}}.Encode()) }

// Sign returns the headers of a request that Slack makes at a moment.
func Sign(secret string, at time.Time, body []byte) http.Header {
	ts := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + ts + ":"))
	mac.Write(body)
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", ts)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	h.Set("Content-Type", "application/x-www-form-urlencoded")
	if bytes.HasPrefix(body, []byte("{")) {
		h.Set("Content-Type", "application/json")
	}
	return h
}

// Post brings a body to a webhook, signed at this moment, and returns status
// and body of the answer.
func (s *Server) Post(where string, body []byte) (int, string, error) {
	req, err := http.NewRequest(http.MethodPost, where, bytes.NewReader(body)) //nolint:noctx // the caller waits for it
	if err != nil {
		return 0, "", err
	}
	req.Header = Sign(s.SigningSecret, time.Now(), body)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

func object(fields map[string]any) []byte {
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err) // a programmer's error in a test
	}
	return raw
}
