package slack_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

func TestThreads(t *testing.T) {
	adaptertest.RunThreads(t, func(t *testing.T) adaptertest.Threads {
		s := newServer(t)
		thread := func(thread bot.TopicID, user, text string, fields map[string]any) []byte {
			return s.Under(user, "C1", string(thread), s.BotUser, text, fields)
		}
		change := func(kind string, thread bot.TopicID, text string) []byte {
			said := func(text string) map[string]any {
				return map[string]any{
					"type": "message", "user": "U1", "text": text, "ts": "1784984700.000100",
					"thread_ts": string(thread), "parent_user_id": s.BotUser,
				}
			}
			inner := map[string]any{
				"type": "message", "subtype": kind, "channel": "C1", "channel_type": "channel", "ts": "1784984800.000100",
				"previous_message": said("before"), "deleted_ts": "1784984700.000100",
			}
			if kind == "message_changed" {
				inner["message"] = said(text)
			}
			return s.Event(inner)
		}
		return adaptertest.Threads{
			API: &s.API,
			New: func(t *testing.T, host bot.Host) bot.Webhook {
				t.Helper()
				if err := host.SetValue(t.Context(), "self", `{"User":"U0BOT"}`, 0); err != nil {
					t.Fatal(err)
				}
				a := open(t, httpConfig(s), host)
				slack.Remember(a, t.Context())
				return a
			},
			Request: func(body []byte) *http.Request {
				r := httptest.NewRequest(http.MethodPost, "/hook/slack/team", bytes.NewReader(body))
				r.Header = slacktest.Sign(s.SigningSecret, adaptertest.Clock(), body)
				return r
			},
			Secrets: []string{s.BotToken, s.SigningSecret},
			Place:   at("C1", ""),
			Methods: []string{"chat.postMessage"},
			Said: func(thread bot.TopicID) []string {
				return s.Posted("C1", string(thread))
			},
			Opened: func() []bot.TopicID { return make([]bot.TopicID, len(s.Posted("C1", ""))) },
			Text: func(topic bot.TopicID, text string, named ...bot.SenderID) []byte {
				for _, who := range named {
					text += " <@" + string(who) + ">"
				}
				return thread(topic, "U1", text, nil)
			},
			File: func(topic bot.TopicID) []byte {
				return thread(topic, "U1", "", map[string]any{"subtype": "file_share", "files": []any{
					map[string]any{"name": "a.pdf", "mimetype": "application/pdf", "size": 3, "url_private": s.Host + "/files/a.pdf"},
				}})
			},
			Edit:   func(topic bot.TopicID, text string) []byte { return change("message_changed", topic, text) },
			Delete: func(topic bot.TopicID) []byte { return change("message_deleted", topic, "") },
			Ours: func(topic bot.TopicID) [][]byte {
				return [][]byte{
					thread(topic, s.BotUser, "mine", nil), thread(topic, "U9", "beep", map[string]any{"bot_id": "B9"}),
					thread(topic, "", "beep", map[string]any{"subtype": "bot_message", "bot_id": "B9"}),
				}
			},
			Press: func(opened bot.Sent) []byte {
				card := s.Calls("chat.postMessage")[0].Params["blocks"]
				_, rest, _ := strings.Cut(card, `"block_id":"`)
				block, _, _ := strings.Cut(rest, `"`)
				return s.Press("U1", string(opened.ID), block, "b:abcdefgh12345678", false)
			},
			Lose:   func(topic bot.TopicID) { s.Lose("C1/" + string(topic)) },
			Shut:   func() { s.Archive("C1") },
			Called: func(who bot.Sender) string { return "<@" + string(who.ID) + ">" },
		}
	})
}

// TestExaminePlace compares what is found out about a channel with what is the
// matter.
func TestExaminePlace(t *testing.T) {
	for name, c := range map[string]struct {
		channel bot.ChatID
		spoil   func(s *slacktest.Server, c *slack.Config)
		levels  string
		says    []string
	}{
		"fine":       {channel: "C1", levels: "f", says: []string{"as threads in #c-c1"}},
		"private":    {channel: "G1", levels: "f"},
		"not_in":     {channel: "CX1", levels: "b", says: []string{"not in #c-cx1", "Write /invite @crm in #c-cx1"}},
		"none":       {channel: "support", levels: "b", says: []string{"sees no channel support", "/invite @crm", "copy its ID"}},
		"person":     {channel: "D1", levels: "b", says: []string{"is no channel"}},
		"archived":   {channel: "C1", spoil: func(s *slacktest.Server, _ *slack.Config) { s.Archive("C1") }, levels: "b", says: []string{"#c-c1 is archived"}},
		"no_history": {channel: "C1", spoil: func(s *slacktest.Server, _ *slack.Config) { s.Scopes = "channels:read,groups:read" }, levels: "b", says: []string{"channels:history", "{paste}"}},
		"no_groups": {channel: "G1", spoil: func(s *slacktest.Server, _ *slack.Config) {
			s.Scopes = strings.Replace(s.Scopes, "groups:history,", "", 1)
		}, levels: "b", says: []string{"groups:history"}},
		"public_enough": {channel: "C1", spoil: func(s *slacktest.Server, _ *slack.Config) {
			s.Scopes = strings.Replace(s.Scopes, "groups:history,", "", 1)
		}, levels: "f"},
		"old_scopes": {channel: "C1", spoil: func(s *slacktest.Server, _ *slack.Config) { s.Scopes = "channels:history,chat:write" }, levels: "b", says: []string{"channels:read, groups:read"}},
		"token":      {channel: "C1", spoil: func(_ *slacktest.Server, c *slack.Config) { c.BotToken = "xoxb-wrong" }, levels: "b", says: []string{"OAuth Token"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			conf := httpConfig(s)
			if c.spoil != nil {
				c.spoil(s, &conf)
			}
			levels, said := "", ""
			for _, f := range open(t, conf, adaptertest.NewHouse()).ExaminePlace(t.Context(), c.channel) {
				levels += string(f.Level[:1])
				said += f.Text.In("en") + "\n" + f.Next.In("en") + "\n"
				if (f.Text == nil) != (f.Text["zh-CN"] == "") || (f.Next == nil) != (f.Next["zh-CN"] == "") {
					t.Errorf("%q is in one language", f.Text)
				}
			}
			if levels != c.levels || strings.ContainsAny(strings.ReplaceAll(said, "{paste}", ""), "{}") {
				t.Errorf("levels %s, want %s: %s", levels, c.levels, said)
			}
			for _, words := range c.says {
				if !strings.Contains(said, words) {
					t.Errorf("%q does not say %q", said, words)
				}
			}
		})
	}
}

// TestThreadWithoutHistory opens a thread though we may not look whether it is
// there already.
func TestThreadWithoutHistory(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	out := bot.Outgoing{Op: bot.OpThread, Key: "1-1", To: at("C1", ""), Reply: bot.Text("王芳")}
	s.Force("chat.postMessage", adaptertest.Answer{Cut: true})
	a := open(t, httpConfig(s), house)
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.Transient {
		t.Errorf("%v, want transient", err)
	}
	s.Force("conversations.history", says("missing_scope"))
	if sent, err := a.Send(t.Context(), out); err != nil || sent.Topic == "" || !strings.Contains(house.Log(), "missing_scope") {
		t.Errorf("%+v, %v; log: %s", sent, err, house.Log())
	}
}

// TestThreadFarBack finds its card behind others that came meanwhile.
func TestThreadFarBack(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.Force("chat.postMessage", adaptertest.Answer{Lost: true})
	a := open(t, httpConfig(s), house)
	card := func(key string) bot.Outgoing {
		return bot.Outgoing{Op: bot.OpThread, Key: key, To: at("C1", ""), Reply: bot.Text(key)}
	}
	if _, err := a.Send(t.Context(), card("1-1")); err == nil {
		t.Fatal("no error")
	}
	for _, key := range []string{"2-1", "3-1", "4-1", "5-1", "6-1"} {
		if _, err := a.Send(t.Context(), card(key)); err != nil {
			t.Fatal(err)
		}
	}
	sent, err := a.Send(t.Context(), card("1-1"))
	if posted := s.Posted("C1", string(sent.Topic)); err != nil || len(s.Posted("C1", "")) != 6 || len(posted) != 1 || posted[0] != "1-1" {
		t.Errorf("%+v, %v, posted %q", sent, err, s.Posted("C1", ""))
	}
	if n := len(s.Calls("conversations.history")); n != 3 {
		t.Errorf("%d looks", n)
	}
}

// TestWhyItIsClosed tells the thread, the channel and a person who is gone from
// one another.
func TestWhyItIsClosed(t *testing.T) {
	inThread, inChannel, direct := at("C1", "1784984000.000100"), at("C1", ""), at("U1", "")
	for _, c := range []struct {
		says  string
		to    bot.Address
		op    bot.Op
		class bot.Class
		why   string
	}{
		{"thread_not_found", inThread, bot.OpPost, bot.RecipientGone, bot.WhyTopic},
		{"message_not_found", inThread, bot.OpPost, bot.RecipientGone, bot.WhyTopic},
		{"cannot_reply_to_message", inThread, bot.OpPost, bot.RecipientGone, bot.WhyTopic},
		{"restricted_action_thread_locked", inThread, bot.OpPost, bot.RecipientGone, bot.WhyTopic},
		{"message_not_found", inThread, bot.OpEdit, bot.Stale, ""},
		{"channel_not_found", inThread, bot.OpPost, bot.RecipientGone, bot.WhyArchived},
		{"channel_not_found", inChannel, bot.OpThread, bot.RecipientGone, bot.WhyArchived},
		{"not_in_channel", inChannel, bot.OpThread, bot.RecipientGone, bot.WhyArchived},
		{"is_archived", inThread, bot.OpEphemeral, bot.RecipientGone, bot.WhyArchived},
		{"channel_is_archived", inThread, bot.OpEdit, bot.RecipientGone, bot.WhyArchived},
		{"restricted_action_read_only_channel", inChannel, bot.OpThread, bot.RecipientGone, bot.WhyRights},
		{"restricted_action", inThread, bot.OpPost, bot.RecipientGone, bot.WhyRights},
		{"channel_not_found", direct, bot.OpPost, bot.RecipientGone, ""},
		{"user_disabled", inThread, bot.OpEphemeral, bot.RecipientGone, ""},
		{"internal_error", inThread, bot.OpPost, bot.Transient, ""},
		{"invalid_auth", inChannel, bot.OpThread, bot.Unauthorized, ""},
	} {
		s := newServer(t)
		for _, method := range []string{"chat.postMessage", "chat.postEphemeral", "chat.update"} {
			s.Force(method, says(c.says))
		}
		_, err := open(t, httpConfig(s), adaptertest.NewHouse()).Send(t.Context(), bot.Outgoing{
			Op: c.op, Key: "1-1", To: c.to, For: "U1", Target: "C1/1784984700.000100", Reply: bot.Text("hello"),
		})
		if f := bot.FailureOf(err); err == nil || f.Class != c.class || f.Why != c.why {
			t.Errorf("%s to %s of %+v: %v, why %q; want %s, %q", c.says, c.op, c.to, err, f.Why, c.class, c.why)
		}
	}
}
