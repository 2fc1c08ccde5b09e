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
		"response_url": {s.Host + "/hooks/commands/" + id}, "trigger_id": {id + ".trigger"},
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
		"trigger_id":   stamp + ".trigger",
		"response_url": s.Host + "/hooks/actions/" + stamp,
		"actions": []any{map[string]any{
			"type": "button", "action_id": "b1", "block_id": block, "value": value, "action_ts": stamp,
			"text": map[string]any{"type": "plain_text", "text": "x"},
		}},
	})
	return Form(payload)
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
