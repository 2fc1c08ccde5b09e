package slack_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

func socketConfig(s *slacktest.Server) slack.Config {
	return slack.Config{Install: "team", BotToken: s.BotToken, AppToken: s.AppToken, Remote: bot.Remote{APIURL: s.URL}}
}

func httpConfig(s *slacktest.Server) slack.Config {
	return slack.Config{Install: "team", Mode: "http", BotToken: s.BotToken, SigningSecret: s.SigningSecret, Remote: bot.Remote{APIURL: s.URL}}
}

func open(t *testing.T, c slack.Config, host bot.Host) *slack.Adapter {
	t.Helper()
	a, err := slack.New(c, host)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// at is where a conversation is.
func at(chat bot.ChatID, topic bot.TopicID) bot.Address {
	return bot.Address{Platform: slack.Platform, Install: "team", Chat: chat, Topic: topic}
}

func TestAdapter(t *testing.T) {
	s := slacktest.New()
	t.Cleanup(s.Close)
	envelope := 0
	adaptertest.Run(t, adaptertest.Harness{
		API: &s.API,
		New: func(t *testing.T, host bot.Host) bot.Webhook {
			if err := host.SetValue(t.Context(), "self", `{"User":"U0BOT"}`, 0); err != nil {
				t.Fatal(err)
			}
			a := open(t, httpConfig(s), host)
			slack.Remember(a, t.Context())
			return a
		},
		Request: func(body []byte, at time.Time) *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/hook/slack/team", bytes.NewReader(body))
			r.Header = slacktest.Sign(s.SigningSecret, at, body)
			return r
		},
		Forgeries: map[string]func(*http.Request){
			"no_signature": func(r *http.Request) { r.Header.Del("X-Slack-Signature") },
			"no_time":      func(r *http.Request) { r.Header.Del("X-Slack-Request-Timestamp") },
			"other_time":   func(r *http.Request) { r.Header.Set("X-Slack-Request-Timestamp", "1784984701") },
			"other_secret": func(r *http.Request) {
				r.Header = slacktest.Sign("another", adaptertest.Clock(), s.Text("U1", "hello"))
			},
			"half_a_signature": func(r *http.Request) {
				r.Header.Set("X-Slack-Signature", r.Header.Get("X-Slack-Signature")[:20])
			},
			"other_body": func(r *http.Request) {
				r.Body = http.NoBody
			},
		},
		Ages:     true,
		Text:     func(text string) []byte { return s.Text("U1", text) },
		Inbound:  inbound(s),
		NotForUs: notForUs(s),
		Fixtures: "slack",
		Wrap: func(file []byte) []byte {
			if bytes.Contains(file, []byte(`"event_callback"`)) {
				return file
			}
			return slacktest.Form(file)
		},
		To:       at("U1", ""),
		Post:     "chat.postMessage",
		Outgoing: outgoing(s),
		Failures: failures(),
		Kept:     map[string][]byte{"quote": []byte("%PDF a quote")},
		Secrets:  []string{s.BotToken, s.AppToken, s.SigningSecret, "secret-ticket", "/hooks/"},
		Live: []adaptertest.Live{
			{
				Name:  "socket",
				New:   func(t *testing.T, host bot.Host) bot.Adapter { return open(t, socketConfig(s), host) },
				Ready: s.Connected,
				Deliver: func(body []byte) {
					envelope++
					if err := s.Push("events_api", "env"+string(rune('0'+envelope)), body); err != nil {
						t.Error(err)
					}
				},
				Settled: func(d time.Duration) bool { return s.Acked("env1", d) && s.Acked("env2", d) },
			},
			{
				Name:  "http",
				New:   func(t *testing.T, host bot.Host) bot.Adapter { return open(t, httpConfig(s), host) },
				Ready: func(d time.Duration) bool { return len(s.Await("auth.test", 2, d)) == 2 },
			},
		},
	})
}

func inbound(s *slacktest.Server) map[string][]byte {
	im := func(fields map[string]any) []byte {
		all := map[string]any{"type": "message", "channel": "D1", "channel_type": "im", "event_ts": "1784984700.000200"}
		for k, v := range fields {
			all[k] = v
		}
		return s.Event(all)
	}
	said := func(user, text string) map[string]any {
		return map[string]any{"type": "message", "user": user, "text": text, "ts": "1784984600.000100"}
	}
	inThread := func(m map[string]any) map[string]any {
		m["thread_ts"], m["parent_user_id"] = "1784984000.000100", "U0BOT"
		return m
	}
	upload := map[string]any{
		"name": "报价.pdf", "mimetype": "application/pdf", "size": 1234, "mode": "hosted",
		"url_private": "https://files.slack.com/a", "url_private_download": "https://files.slack.com/b",
	}
	return map[string][]byte{
		"text":    s.Text("U1", "pipeline by owner"),
		"escaped": s.Text("U1", "a &lt;b&gt; &amp; c <https://example.com/x|example.com/x> <mailto:a@b.cn|a@b.cn> <#C1|general> <@U2|bo> <@U3> <!here> <https://e.com|the page>"),
		"files":   im(map[string]any{"subtype": "file_share", "user": "U1", "text": "the quote", "ts": "1784984700.000200", "files": []any{upload}}),
		"edit": im(map[string]any{
			"subtype": "message_changed", "ts": "1784984700.000200",
			"message": said("U1", "30 t"), "previous_message": said("U1", "20 t"),
		}),
		"delete": im(map[string]any{
			"subtype": "message_deleted", "ts": "1784984700.000200", "deleted_ts": "1784984600.000100",
			"previous_message": said("U1", "20 t"),
		}),
		"reaction": s.Event(map[string]any{
			"type": "reaction_added", "user": "U1", "reaction": "thumbsup", "event_ts": "1784984700.000200",
			"item": map[string]any{"type": "message", "channel": "D1", "ts": "1784984600.000100"},
		}),
		"mention":        s.Mention("U1", "C1", "", "pipeline"),
		"mention_alone":  s.Mention("U1", "C1", "", ""),
		"mention_thread": s.Mention("U1", "C1", "1784984600.000100", "LEAD-1"),
		"mention_edit": s.Event(map[string]any{
			"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": "1784984700.000200",
			"message": said("U1", "<@U0BOT> pipeline by stage"), "previous_message": said("U1", "<@U0BOT> pipeline"),
		}),
		"mention_file": s.Event(map[string]any{
			"type": "app_mention", "user": "U1", "text": "<@U0BOT>", "ts": "1784984700.000200", "event_ts": "1784984700.000200",
			"channel": "C1", "files": []any{upload},
		}),
		"thread_of_ours": s.Event(map[string]any{
			"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "the customer called",
			"ts": "1784984700.000200", "thread_ts": "1784984000.000100", "parent_user_id": "U0BOT",
		}),
		"thread_edit": s.Event(map[string]any{
			"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": "1784984700.000200",
			"message":          inThread(said("U1", "he wrote")),
			"previous_message": inThread(said("U1", "he called")),
		}),
		"thread_direct": im(map[string]any{"user": "U1", "text": "and then?", "ts": "1784984700.000200", "thread_ts": "1784984600.000100"}),
		"tombstone": im(map[string]any{
			"subtype": "message_changed", "ts": "1784984700.000200",
			"message":          map[string]any{"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "ts": "1784984600.000100"},
			"previous_message": said("U1", "20 t"),
		}),
		"home":             s.Home("U1", "home"),
		"shortcut":         s.Shortcut("U1", "lead.new"),
		"shortcut_message": s.MessageShortcut("U1", "note", "C1/1784984600.000100", "", "U2", "call back &amp; send"),
		"shortcut_direct":  s.MessageShortcut("U1", "ticket.new", "D7/1784984600.000100", "", "U2", "it broke"),
		"press_home":       s.PressHome("U1", "b1", "at|U1||1", "b:abcdefgh12345678"),
		"press_form":       s.PressHome("U1", "form1", "at|U1||1", "b:abcdefgh12345678"),
		"press_shared":     s.Press("U2", "C1/1784984600.000100", "at|U1||1", "b:abcdefgh12345678", false),
		"slash_direct":     bytes.ReplaceAll(s.Slash("U1", "/crm today"), []byte("C0GENERAL"), []byte("D1")),
		"slash":            s.Slash("U1", "/crm note LEAD-1: called &amp; sent"),
		"slash_alone":      s.Slash("U1", "/crm"),
		"press":            s.Press("U1", "D1/1784984600.000100", "at|U1||1", "b:abcdefgh12345678", false),
		"press_hidden":     s.Press("U1", "C1/1784984600.000100", "at|U1||1", "b:abcdefgh12345678", true),
		"press_thread":     s.Press("U1", "C1/1784984600.000100", "at|C1|1784984000.000100|2", "b:abcdefgh12345678", false),
		"press_foreign":    s.Press("U1", "C1/1784984600.000100", "other", "b:abcdefgh12345678", false),
		"named": s.Event(map[string]any{
			"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "<@U2> and <@W3|bo>, <@U2> &lt;@U4&gt; <#C5|x> <!here>",
			"ts": "1784984700.000200", "thread_ts": "1784984000.000100", "parent_user_id": "U0BOT",
		}),
		"thread_broadcast": s.Event(map[string]any{
			"type": "message", "subtype": "thread_broadcast", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "to all",
			"ts": "1784984700.000200", "thread_ts": "1784984000.000100", "root": map[string]any{"user": "U0BOT", "ts": "1784984000.000100"},
		}),
		"press_card": s.Press("U1", "C1/1784984600.000100", "at|C1|self|1", "b:abcdefgh12345678", false),
	}
}

func notForUs(s *slacktest.Server) map[string]string {
	event := func(fields map[string]any) string { return string(s.Event(fields)) }
	im := func(fields map[string]any) string {
		all := map[string]any{"type": "message", "channel": "D1", "channel_type": "im", "ts": "1.000001"}
		for k, v := range fields {
			all[k] = v
		}
		return event(all)
	}
	same := map[string]any{"user": "U1", "text": "https://e.com", "ts": "1.000001"}
	return map[string]string{
		im(map[string]any{"user": s.BotUser, "text": "my own"}):                                                  "not_for_us",
		im(map[string]any{"bot_id": "B9", "text": "a bot"}):                                                      "not_for_us",
		im(map[string]any{"subtype": "bot_message", "text": "an old bot"}):                                       "not_for_us",
		im(map[string]any{"subtype": "channel_join", "user": "U1", "text": "joined"}):                            "not_for_us",
		im(map[string]any{"subtype": "message_changed", "message": same, "previous_message": same}):              "not_for_us",
		im(map[string]any{"subtype": "message_deleted", "previous_message": map[string]any{"bot_id": "B1"}}):     "not_for_us",
		im(map[string]any{"type": "app_mention", "user": "U1", "text": "hi"}):                                    "not_for_us",
		event(map[string]any{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1"}):       "not_for_us",
		event(map[string]any{"type": "channel_created", "channel": map[string]any{"id": "C1"}}):                  "not_for_us",
		event(map[string]any{"type": "team_join", "user": map[string]any{"id": "U9"}}):                           "not_for_us",
		event(map[string]any{"type": "message", "channel": 7}):                                                   "unreadable",
		event(map[string]any{"type": "never_heard_of"}):                                                          "unknown",
		event(map[string]any{"type": "app_mention", "text": "from nobody"}):                                      "unreadable",
		`{"type":"app_rate_limited"}`:                                                                            "not_for_us",
		string(slacktest.Form([]byte(`{"type":"view_submission","user":{"id":"U1"}}`))):                          "not_for_us",
		string(slacktest.Form([]byte(`{"type":"view_closed"}`))):                                                 "not_for_us",
		string(slacktest.Form([]byte(`{"type":"never_heard_of"}`))):                                              "unknown",
		string(slacktest.Form([]byte(`{"type":"block_actions","user":{"id":"U1"}}`))):                            "unreadable",
		string(slacktest.Form([]byte(`{"type":"block_actions",`))):                                               "unreadable",
		string(slacktest.Form([]byte(`{"type":"block_actions","user":{"id":"U1"},"actions":[{"url":"http"}]}`))): "not_for_us",
		"payload=%zz":               "unreadable",
		"command=/crm&text=%ff%fe":  "unreadable",
		"command=/crm&text=nobody":  "unreadable",
		"something=else&entirely=1": "unreadable",
	}
}

func outgoing(s *slacktest.Server) map[string]bot.Outgoing {
	hooks := func(how string) string { return how + " " + s.Host + "/hooks/commands/1" }
	buttons := []bot.Button{
		{Label: "Done", Action: "b:a234567890123456", Style: bot.StylePrimary},
		{Label: "Tomorrow", Action: "b:b234567890123456"},
		{Label: "Drop it", Action: "b:c234567890123456", Style: bot.StyleDanger},
		{Label: "Next week", Action: "b:d234567890123456"},
		{Label: "Web", URL: "https://example.com/?a=1&b=2"},
		{Label: "Second row", Action: "b:e234567890123456"},
	}
	card := bot.Card{
		Title: "LEAD-7 张伟", Subtitle: "融氏 <b>", Text: "**needs** 20 t",
		Fields:  []bot.Field{{Name: "Phone", Value: "+86 138"}, {Name: "Source", Value: "baidu & co"}},
		Buttons: buttons[:2],
	}
	table := &bot.Table{
		Header: []string{"Owner", "Deals", "Amount"},
		Rows:   [][]string{{"李伟", "3", "86万"}, {"Zhang Wei <x>", "12", "1.2亿"}},
		Lines:  []string{"李伟 3单 86万", "Zhang Wei 12单 1.2亿"},
	}
	return map[string]bot.Outgoing{
		"thread": {Op: bot.OpThread, Key: "7-1", To: at("C1", ""), Reply: &bot.Reply{Cards: []bot.Card{{
			Title: "王芳 <web>", Text: "**waits** for 3 min", Buttons: []bot.Button{{Label: "Reply", Action: "b:a234567890123456", Form: true}},
		}}}},
		"notify": {Op: bot.OpPost, To: at("C1", "1784984000.000100"), Notify: []bot.Sender{{ID: "U2", Name: "bo"}, {ID: "W3"}, {ID: "x> <!here"}}, Reply: bot.Text("王芳 waits")},
		"text": {Op: bot.OpPost, To: at("U1", ""), Direct: true, Reply: bot.Text(
			"**bold** 中**文**字 _it_ `x<y` <!channel> & [a|b <i>](https://e.com/?q=1|2&x=<>)\n- one\n- **two**")},
		"card":            {Op: bot.OpPost, To: at("U1", ""), Direct: true, Reply: &bot.Reply{Text: "Here:", Cards: []bot.Card{card}, Buttons: buttons}},
		"table":           {Op: bot.OpPost, To: at("C1", "1784984000.000100"), Reply: &bot.Reply{Text: "as of 14:02", Table: table}},
		"quote":           {Op: bot.OpPost, To: at("C1", ""), Reply: &bot.Reply{Text: "answer", Quote: "C1/1784984600.000100"}},
		"ephemeral":       {Op: bot.OpEphemeral, To: at("C1", "1784984000.000100"), For: "U1", Reply: bot.Text("for you")},
		"slash":           {Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: hooks("hidden"), Reply: &bot.Reply{Text: "noted", Buttons: buttons[:1]}},
		"replace":         {Op: bot.OpEdit, To: at("U1", ""), Direct: true, Turn: hooks("hidden"), Target: "C1/1.000001", Reply: bot.Text("done")},
		"pressed":         {Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: hooks("open"), Reply: bot.Text("said openly")},
		"toast":           {Op: bot.OpEphemeral, To: at("C1", ""), For: "U1", Reply: &bot.Reply{Toast: "Done <3"}},
		"foreign":         {Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: "hidden https://evil.example.com/x", Reply: bot.Text("not there")},
		"post_in_thread":  {Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: "open  D1/1784984600.000100 U1", Reply: bot.Text("under it")},
		"home":            {Op: bot.OpHome, To: at("U1", ""), Direct: true, For: "U1", Reply: &bot.Reply{Text: "**Today**", Cards: []bot.Card{card}, Buttons: []bot.Button{{Label: "New lead", Action: "b:f234567890123456", Form: true}}}},
		"share":           {Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: hooks("hidden") + " C1 U1", Reply: &bot.Reply{Text: "for all", Share: true}},
		"share_in_thread": {Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: hooks("hidden") + " C1/1784984600.000100 U1", Reply: &bot.Reply{Text: "for all there", Share: true}},
		"share_closed":    {Op: bot.OpPost, To: at("U1", ""), Direct: true, Turn: hooks("hidden") + " CX1/1784984600.000100 U1", Reply: &bot.Reply{Text: "by the other way", Share: true}},
		"aside":           {Op: bot.OpEphemeral, To: at("C1", "1784984000.000100"), For: "U1", Turn: hooks("hidden") + " C1/1784984000.000100 U1", Reply: bot.Text("noted")},
		"file":            {Op: bot.OpPost, To: at("U1", ""), Direct: true, Reply: &bot.Reply{Text: "the **quote** & more", Files: []bot.File{{Name: "报价.pdf", Hash: "quote"}}}},
		"file_in_thread":  {Op: bot.OpPost, To: at("C1", "1784984000.000100"), Reply: &bot.Reply{Files: []bot.File{{Name: "a.png", Hash: "quote"}, {Hash: "quote"}}}},
		"file_drawn":      {Op: bot.OpPost, To: at("C1", "1784984000.000100"), Reply: &bot.Reply{Text: "with more", Buttons: buttons[:1], Files: []bot.File{{Name: "a.png", Hash: "quote"}}}},
		"file_aside":      {Op: bot.OpEphemeral, To: at("C1", ""), For: "U1", Turn: hooks("hidden") + " C1 U1", Reply: &bot.Reply{Files: []bot.File{{Name: "a.png", Hash: "quote"}}}},
		"remove":          {Op: bot.OpDelete, To: at("U1", ""), Direct: true, Turn: hooks("hidden"), Target: "C1/1.000001"},
	}
}

func failures() []adaptertest.Failure {
	return []adaptertest.Failure{
		{Name: "rate", Answer: adaptertest.Answer{Status: 429, Header: map[string]string{"Retry-After": "30"}}, Class: bot.RateLimited, After: 30 * time.Second},
		{Name: "rate_word", Answer: says("ratelimited"), Class: bot.RateLimited, After: time.Second},
		{Name: "no_user", Answer: says("user_not_found"), Class: bot.RecipientGone},
		{Name: "no_channel", Answer: says("channel_not_found"), Class: bot.RecipientGone},
		{Name: "archived", Answer: says("is_archived"), Class: bot.RecipientGone},
		{Name: "too_long", Answer: says("msg_too_long"), Class: bot.BadContent},
		{Name: "blocks", Answer: adaptertest.Answer{Body: `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] x"]}}`}, Class: bot.BadContent},
		{Name: "new_word", Answer: says("never_heard_of"), Class: bot.BadContent},
		{Name: "token", Answer: says("token_revoked"), Class: bot.Unauthorized},
		{Name: "scope", Answer: adaptertest.Answer{Body: `{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"im:read"}`}, Class: bot.Unauthorized},
		{Name: "trigger", Answer: says("expired_trigger_id"), Class: bot.Stale},
		{Name: "trigger_used", Answer: says("exchanged_trigger_id"), Class: bot.Stale},
		{Name: "conflict", Answer: says("hash_conflict"), Class: bot.Stale},
		{Name: "no_view", Answer: says("view_not_found"), Class: bot.Stale},
		{Name: "full_stack", Answer: says("push_limit_reached"), Class: bot.Stale},
		{Name: "too_many_blocks", Answer: says("msg_blocks_too_long"), Class: bot.BadContent},
		{Name: "view_too_large", Answer: says("view_too_large"), Class: bot.BadContent},
		{Name: "their_fault", Answer: says("internal_error"), Class: bot.Transient},
		{Name: "broken", Answer: adaptertest.Answer{Status: 500, Body: "x"}, Class: bot.Transient},
		{Name: "proxy_page", Answer: adaptertest.Answer{Status: 403, Body: "<html>no</html>"}, Class: bot.Transient},
		{Name: "gateway", Answer: adaptertest.Answer{Status: 502, Body: "<html>"}, Class: bot.Transient},
		{Name: "half_a_success", Answer: adaptertest.Answer{Body: "<html>"}, Class: bot.Ambiguous},
	}
}
