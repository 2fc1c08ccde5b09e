package telegram_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
)

var ana = telegramtest.Person{ID: 555, Name: "Ana", Language: "zh-hans"}

func config(s *telegramtest.Server) telegram.Config {
	return telegram.Config{Install: "support", Token: s.Token, Remote: bot.Remote{APIURL: s.URL}}
}

func webhookConfig(s *telegramtest.Server) telegram.Config {
	c := config(s)
	c.Mode, c.SecretToken, c.PublicURL = "webhook", s.Secret, "https://bot.example.com/"
	return c
}

func open(t *testing.T, c telegram.Config, host bot.Host) *telegram.Adapter {
	t.Helper()
	a, err := telegram.New(c, host)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAdapter(t *testing.T) {
	s := telegramtest.New()
	t.Cleanup(s.Close)
	hook := webhookConfig(s)
	adaptertest.Run(t, adaptertest.Harness{
		API: &s.API,
		New: func(t *testing.T, host bot.Host) bot.Webhook {
			if err := host.SetValue(t.Context(), "name/111111111", s.Username, 0); err != nil {
				t.Fatal(err)
			}
			a := open(t, hook, host)
			telegram.Remember(a, t.Context())
			return a
		},
		Request: func(body []byte, _ time.Time) *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/hook/telegram/support", bytes.NewReader(body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
			return r
		},
		Forgeries: map[string]func(*http.Request){
			"no_secret":    func(r *http.Request) { r.Header.Del("X-Telegram-Bot-Api-Secret-Token") },
			"wrong_secret": func(r *http.Request) { r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret+"x") },
		},
		Text:     func(text string) []byte { return s.Text(ana, text) },
		Inbound:  inbound(s),
		NotForUs: notForUs(),
		Fixtures: "telegram",
		Wrap:     func(file []byte) []byte { return file },
		To:       bot.Address{Platform: telegram.Platform, Install: "support", Chat: "555"},
		Post:     "sendMessage",
		Outgoing: outgoing(),
		Kept:     map[string][]byte{"pic": picture(t, "png", 30, 20), "doc": []byte("%PDF-1.7 an offer")},
		Failures: failures(),
		Secrets:  []string{s.Token, s.Secret},
		Live: []adaptertest.Live{
			{
				Name:    "polling",
				New:     func(t *testing.T, host bot.Host) bot.Adapter { return open(t, config(s), host) },
				Ready:   func(d time.Duration) bool { return len(s.Await("getUpdates", 1, d)) == 1 },
				Deliver: func(body []byte) { s.Queue(body) },
				Settled: func(d time.Duration) bool { return s.Until(d, func() bool { return s.Pending() == 0 }) },
			},
			{
				Name:  "webhook",
				New:   func(t *testing.T, host bot.Host) bot.Adapter { return open(t, hook, host) },
				Ready: func(d time.Duration) bool { return len(s.Await("setWebhook", 1, d)) == 1 },
			},
		},
	})
	checkRequests(t, s.Calls(), "getMe", "getUpdates", "setWebhook", "getWebhookInfo", "deleteWebhook", "sendMessage", "answerCallbackQuery", "sendChatAction", "sendPhoto", "sendDocument")
}

// group is a supergroup; forum says whether it has topics.
func group(forum bool) map[string]any {
	return map[string]any{"id": -1001234, "type": "supergroup", "title": "Team", "is_forum": forum}
}

func inbound(s *telegramtest.Server) map[string][]byte {
	own := map[string]any{
		"message_id": 9, "date": 1784984600, "chat": group(false), "text": "?",
		"from": map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot"},
	}
	size := func(id string, n int) map[string]any { return map[string]any{"file_id": id, "file_size": n} }
	change := func(from, to string) map[string]any {
		return map[string]any{
			"chat": map[string]any{"id": 555, "type": "private"}, "date": 1784984700,
			"from":            map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"},
			"old_chat_member": map[string]any{"status": from}, "new_chat_member": map[string]any{"status": to},
		}
	}
	message := func(fields map[string]any) []byte { return s.Message(ana, fields) }
	return map[string][]byte{
		"text":          message(map[string]any{"text": "糖浆多少钱?", "message_id": 7}),
		"reply":         message(map[string]any{"text": "this one", "message_id": 7, "reply_to_message": own}),
		"start":         message(map[string]any{"text": "/start ref_x", "message_id": 7}),
		"start_alone":   message(map[string]any{"text": "/start", "message_id": 7}),
		"command":       message(map[string]any{"text": "/my_leads@TheBot  now", "message_id": 7}),
		"other_command": message(map[string]any{"text": "/help@other_bot", "message_id": 7}),
		"caption":       message(map[string]any{"caption": "破袋", "message_id": 7, "photo": []any{size("small", 10), size("large", 90)}}),
		"document":      message(map[string]any{"message_id": 7, "document": map[string]any{"file_id": "d1", "file_name": "报价.pdf", "mime_type": "application/pdf", "file_size": 1234}}),
		"sticker":       message(map[string]any{"message_id": 7, "sticker": map[string]any{"file_id": "s1", "emoji": "👌"}}),
		"rich": message(map[string]any{"message_id": 7, "rich_message": map[string]any{"blocks": []any{
			map[string]any{"type": "paragraph", "text": []any{"20 t ", map[string]any{"type": "bold", "text": "麦芽糖浆"}}},
			map[string]any{"type": "divider"},
			map[string]any{"type": "list", "items": []any{map[string]any{"blocks": []any{map[string]any{"type": "paragraph", "text": "by May"}}}}},
		}}}),
		"contact":        message(map[string]any{"message_id": 7, "contact": map[string]any{"phone_number": "+8613800000000", "first_name": "Ana", "user_id": 555}}),
		"foreign_number": message(map[string]any{"message_id": 7, "contact": map[string]any{"phone_number": "+8613911111111", "first_name": "Bo", "user_id": 556}}),
		"venue":          message(map[string]any{"message_id": 7, "venue": map[string]any{"title": "Rongshi", "address": "Nanjing Rd 1"}}),
		"edit": s.Update("edited_message", map[string]any{
			"message_id": 7, "date": 1784984600, "edit_date": 1784984700, "text": "30 t", "chat": map[string]any{"id": 555, "type": "private"},
			"from": map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"},
		}),
		"press":    s.Press(ana, 77, "b:abcdefgh12345678"),
		"blocked":  s.Update("my_chat_member", change("member", "kicked")),
		"returned": s.Update("my_chat_member", change("kicked", "member")),
		"reaction": s.Update("message_reaction", map[string]any{
			"chat": map[string]any{"id": 555, "type": "private"}, "message_id": 77, "date": 1784984700,
			"user":         map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"},
			"old_reaction": []any{}, "new_reaction": []any{map[string]any{"type": "emoji", "emoji": "👍"}},
		}),
		"group_mention": message(map[string]any{"text": "hey @TheBot pipeline", "message_id": 7, "chat": group(false)}),
		"group_call":    message(map[string]any{"text": "@thebot", "message_id": 7, "chat": group(false)}),
		"group_talk":    message(map[string]any{"text": "lunch?", "message_id": 7, "chat": group(false)}),
		"group_reply":   message(map[string]any{"text": "yes", "message_id": 10, "chat": group(false), "reply_to_message": own}),
		"group_command": message(map[string]any{"text": "/pipeline@thebot by owner", "message_id": 7, "chat": group(false)}),
		"topic": message(map[string]any{
			"text": "ok @thebot", "message_id": 7, "chat": group(true), "is_topic_message": true, "message_thread_id": 33,
			"reply_to_message": map[string]any{"message_id": 33, "date": 1, "chat": group(true)},
		}),
		"general_topic": message(map[string]any{
			"text": "ok @thebot", "message_id": 7, "chat": group(true), "message_thread_id": 44,
			"reply_to_message": map[string]any{"message_id": 44, "date": 1, "chat": group(true)},
		}),
		"link_behind_words": message(map[string]any{
			"text": "😀 see our list or https://a.example", "message_id": 7, "entities": []any{
				map[string]any{"type": "text_link", "offset": 7, "length": 8, "url": "https://b.example/?a=1"},
				map[string]any{"type": "text_link", "offset": 19, "length": 17, "url": "https://a.example/"},
				map[string]any{"type": "text_link", "offset": 30, "length": 70, "url": "https://c.example/"},
				map[string]any{"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5"},
			},
		}),
		"link_in_caption": message(map[string]any{
			"caption": "报价单", "message_id": 7, "photo": []any{size("large", 90)},
			"caption_entities": []any{map[string]any{"type": "text_link", "offset": 0, "length": 3, "url": "https://b.example"}},
		}),
		"caption_command": message(map[string]any{"caption": "/note@thebot LEAD-1 the bag", "message_id": 7, "chat": group(false), "photo": []any{size("large", 90)}}),
		"own_name":        message(map[string]any{"text": "@thebot my leads", "message_id": 7}),
		"album":           message(map[string]any{"message_id": 8, "media_group_id": "77", "photo": []any{size("second", 90)}}),
		"named_without_a_name": message(map[string]any{
			"text": "The Bot, pipeline", "message_id": 7, "chat": group(false), "entities": []any{
				map[string]any{"type": "text_mention", "offset": 0, "length": 7, "user": map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot"}},
			},
		}),
		"group_mail":    message(map[string]any{"text": "write to sales@thebot.example", "message_id": 7, "chat": group(false)}),
		"group_other":   message(map[string]any{"text": "ask @thebot2", "message_id": 7, "chat": group(false)}),
		"group_chinese": message(map[string]any{"text": "请问@thebot在吗", "message_id": 7, "chat": group(false)}),
		"group_start":   message(map[string]any{"text": "/start@TheBot expo-2026", "message_id": 7, "chat": group(false)}),
		"group_number":  message(map[string]any{"message_id": 7, "chat": group(false), "contact": map[string]any{"phone_number": "+8613800000000", "first_name": "Ana", "user_id": 555}}),
		"group_joined": s.Update("my_chat_member", map[string]any{
			"chat": group(true), "date": 1784984700, "from": map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"},
			"old_chat_member": map[string]any{"status": "left"}, "new_chat_member": map[string]any{"status": "member"},
		}),
		"edited_caption": s.Update("edited_message", map[string]any{
			"message_id": 7, "date": 1784984600, "edit_date": 1784984700, "caption": "two bags", "chat": map[string]any{"id": 555, "type": "private"},
			"from": map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"}, "photo": []any{size("large", 90)},
		}),
		"edited_command": s.Update("edited_message", map[string]any{
			"message_id": 7, "date": 1784984600, "edit_date": 1784984700, "text": "/my_leads@thebot now", "chat": group(true),
			"message_thread_id": 33, "is_topic_message": true, "from": map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"},
		}),
		"reaction_of_ones_own": s.Update("message_reaction", map[string]any{
			"chat": map[string]any{"id": 555, "type": "private"}, "message_id": 77, "date": 1784984700,
			"user":         map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"},
			"old_reaction": []any{}, "new_reaction": []any{map[string]any{"type": "custom_emoji", "custom_emoji_id": "5"}},
		}),
		"moved_from": s.Update("message", map[string]any{
			"message_id": 1, "date": 1784984664, "chat": group(false), "migrate_from_chat_id": -99,
			"sender_chat": group(false),
		}),
		"moved": message(map[string]any{"message_id": 7, "chat": map[string]any{"id": -99, "type": "group"}, "migrate_to_chat_id": -1001234}),
		"group_named": message(map[string]any{"text": "@thebot ask @li_wei, @li_wei and 王芳 at a@b.cn", "message_id": 7, "chat": group(false), "entities": []any{
			map[string]any{"type": "mention", "offset": 0, "length": 7},
			map[string]any{"type": "mention", "offset": 12, "length": 7},
			map[string]any{"type": "mention", "offset": 21, "length": 7},
			map[string]any{"type": "mention", "offset": 60, "length": 7},
			map[string]any{"type": "text_mention", "offset": 33, "length": 2, "user": map[string]any{"id": 777, "is_bot": false, "first_name": "王芳"}},
			map[string]any{"type": "email", "offset": 39, "length": 6},
		}}),
		"topic_plain":          s.InTopic(ana, -1001234, "33", map[string]any{"text": "he is a regular", "message_id": 8}),
		"topic_answer":         s.InTopic(ana, -1001234, "33", map[string]any{"text": "20 t at 400", "message_id": 8, "reply_to_message": own}),
		"topic_answer_by_name": s.InTopic(ana, -1001234, "33", map[string]any{"text": "@thebot plan tomorrow", "message_id": 8, "reply_to_message": own}),
		"topic_press": s.Update("callback_query", map[string]any{
			"id": "778899", "from": map[string]any{"id": 555, "is_bot": false, "first_name": "李", "last_name": "伟"}, "chat_instance": "1", "data": "b:abcdefgh12345678",
			"message": map[string]any{"message_id": 77, "date": 1784984664, "text": "…", "chat": group(true), "is_topic_message": true, "message_thread_id": 33},
		}),
	}
}

func notForUs() map[string]string {
	chat := `"chat":{"id":-5,"type":"supergroup"},"date":1,"message_id":3`
	reasons := map[string][]string{
		"not_for_us": {
			`{"update_id":1,"message":{` + chat + `,"from":{"id":5},"text":"/help@other_bot"}}`,
			`{"update_id":1,"message":{` + chat + `,"from":{"id":6,"is_bot":true},"text":"beep"}}`,
			`{"update_id":1,"message":{` + chat + `,"from":{"id":5},"pinned_message":{}}}`,
			`{"update_id":1,"business_message":{"message_id":1}}`,
			`{"update_id":1,"business_connection":{"id":"b","is_enabled":true}}`,
			`{"update_id":1,"edited_business_message":{"message_id":1}}`,
			`{"update_id":1,"deleted_business_messages":{"message_ids":[1]}}`,
			`{"update_id":1,"message_reaction_count":{"message_id":1}}`,
			`{"update_id":1,"purchased_paid_media":{}}`,
			`{"update_id":1,"edited_channel_post":{` + chat + `,"text":"x"}}`,
			`{"update_id":1,"edited_message":{` + chat + `,"from":{"id":5},"text":"/help@other_bot"}}`,
			`{"update_id":1,"message_reaction":{"chat":{"id":-5,"type":"supergroup","is_forum":true},"message_id":3,"date":1,"user":{"id":5},"old_reaction":[],"new_reaction":[]}}`,
			`{"update_id":1,"message_reaction":{"chat":{"id":-5,"type":"supergroup"},"message_id":3,"date":1,"actor_chat":{"id":-5},"old_reaction":[],"new_reaction":[]}}`,
			`{"update_id":1,"my_chat_member":{"chat":{"id":-5,"type":"supergroup"},"from":{"id":5},"date":1,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}}`,
			`{"update_id":1,"my_chat_member":{"chat":{"id":-5,"type":"supergroup"},"from":{"id":5},"date":1,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"administrator"}}}`,
			`{"update_id":1,"message":{` + chat + `,"from":{"id":5},"forum_topic_closed":{}}}`,
			`{"update_id":1,"message":{"chat":{"id":-5,"type":"supergroup","is_direct_messages":true},"date":1,"message_id":3,"from":{"id":5},"text":"x"}}`,
			`{"update_id":1,"callback_query":{"id":"1","from":{"id":5},"game_short_name":"x"}}`,
			`{"update_id":1,"edited_message":{` + chat + `,"from":{"id":5},"location":{"latitude":1,"longitude":2}}}`,
		},
		"unknown": {
			`{"update_id":1,"message":{` + chat + `,"from":{"id":5},"hologram":{}}}`,
			`{"update_id":1,"hologram":{"message_id":1}}`,
		},
		"unreadable": {
			`{"update_id":1,"message":{"message_id":"x"}}`,
			`{"message":{` + chat + `,"from":{"id":5},"text":"no number"}}`,
			`{"update_id":1,"callback_query":{"data":"b:1"}}`,
		},
	}
	bodies := map[string]string{}
	for reason, list := range reasons {
		for _, body := range list {
			bodies[body] = reason
		}
	}
	return bodies
}

func outgoing() map[string]bot.Outgoing {
	to := bot.Address{Platform: telegram.Platform, Install: "support", Chat: "555"}
	topic := bot.Address{Platform: telegram.Platform, Install: "support", Chat: "-1001234", Topic: "33"}
	buttons := []bot.Button{
		{Label: "完成", Action: "b:a234567890123456", Style: bot.StylePrimary},
		{Label: "明天", Action: "b:b234567890123456"},
		{Label: "下周", Action: "b:c234567890123456", Style: bot.StyleDanger},
		{Label: "A label that is long enough for a row", Action: "b:d234567890123456"},
		{Label: "网站", URL: "https://example.com/?a=1&b=2"},
	}
	return map[string]bot.Outgoing{
		"asks_in_group":       {Op: bot.OpPost, To: topic, Reply: &bot.Reply{Text: "What to 王芳?", Asks: true, Quote: "7"}},
		"asks_who_pressed":    {Op: bot.OpPost, To: topic, Turn: "778899 555 李 伟", Reply: &bot.Reply{Text: "What to 王芳?", Asks: true}},
		"asks_nobody_there":   {Op: bot.OpPost, To: topic, Reply: &bot.Reply{Text: "What to 王芳?", Asks: true}},
		"asks_with_buttons":   {Op: bot.OpPost, To: topic, Reply: &bot.Reply{Text: "Which?", Asks: true, Buttons: buttons[:1]}},
		"asks_directly":       {Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Text: "Who?", Asks: true}},
		"notify":              {Op: bot.OpPost, To: topic, Notify: []bot.Sender{{ID: "555", Name: "李 <伟>"}, {ID: "7\"x", Name: "nobody"}, {ID: "8"}}, Reply: bot.Text("王芳 waits")},
		"notify_file":         {Op: bot.OpPost, To: topic, Notify: []bot.Sender{{ID: "555", Name: "李伟"}}, Reply: &bot.Reply{Text: "her photo", Files: []bot.File{{Name: "bag.png", MIME: "image/png", Hash: "pic"}}}},
		"notify_does_not_fit": {Op: bot.OpPost, To: topic, Notify: []bot.Sender{{ID: "555", Name: "李伟"}}, Reply: bot.Text(strings.Repeat("长", 4090))},
		"toast_in_group":      {Op: bot.OpAnswer, To: topic, Turn: "778899 555 李 伟", Reply: &bot.Reply{Toast: "Done"}},
		"text":                {Op: bot.OpPost, To: to, Direct: true, Reply: bot.Text(`**bold <&"** _it_ ` + "`x<y`" + ` [a "b"](https://e.com/?q="1"&x=<>)` + "\n- one\n- _two_ 😀")},
		"quote_in_topic": {Op: bot.OpPost, To: topic, Reply: &bot.Reply{
			Text: "answer", Quote: "7", Buttons: buttons[:1],
		}},
		"buttons":     {Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Text: "which?", Buttons: buttons}},
		"only_button": {Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Buttons: buttons[:1]}},
		"contact":     {Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Text: "phone?", AskContact: "发送我的号码", Buttons: buttons[1:3]}},
		"group_phone": {Op: bot.OpPost, To: topic, Reply: &bot.Reply{Text: "phone?", AskContact: "My number", Buttons: buttons[1:2]}},
		"toast":       {Op: bot.OpAnswer, To: to, Direct: true, Turn: "778899", Reply: &bot.Reply{Toast: "Done ✓ <3"}},
		"toast_here":  {Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Toast: "Done ✓ <3"}},
		"photo": {Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{
			Text: "**破袋** <3", Files: []bot.File{{Name: "bag.png", MIME: "image/png", Hash: "pic"}}, Buttons: buttons[:2], Quote: "7",
		}},
		"document": {Op: bot.OpPost, To: topic, Reply: &bot.Reply{Files: []bot.File{{Name: "报价.pdf", MIME: "application/pdf", Hash: "doc", Size: 17}}}},
		"typing":   {Op: bot.OpTyping, To: topic},
		"no_toast": {Op: bot.OpAnswer, To: to, Direct: true, Turn: "778899"},
	}
}

func failures() []adaptertest.Failure {
	says := func(code int, text, parameters string) adaptertest.Answer {
		body := map[string]any{"ok": false, "error_code": code, "description": text}
		if parameters != "" {
			body["parameters"] = json.RawMessage(parameters)
		}
		raw, _ := json.Marshal(body) //nolint:errchkjson // strings and numbers
		return adaptertest.Answer{Status: code, Body: string(raw)}
	}
	return []adaptertest.Failure{
		{Name: "rate", Answer: says(429, "Too Many Requests: retry after 35", `{"retry_after":35}`), Class: bot.RateLimited, After: 35 * time.Second},
		{Name: "blocked", Answer: says(403, "Forbidden: bot was blocked by the user", ""), Class: bot.RecipientGone},
		{Name: "deactivated", Answer: says(403, "Forbidden: user is deactivated", ""), Class: bot.RecipientGone},
		{Name: "no_chat", Answer: says(400, "Bad Request: chat not found", ""), Class: bot.RecipientGone},
		{Name: "rights", Answer: says(400, "Bad Request: not enough rights to send text messages to the chat", ""), Class: bot.RecipientGone},
		{Name: "topic_closed", Answer: says(400, "Bad Request: TOPIC_CLOSED", ""), Class: bot.RecipientGone},
		{Name: "topic_deleted", Answer: says(400, "Bad Request: message thread not found", ""), Class: bot.RecipientGone},
		{Name: "kicked", Answer: says(403, "Forbidden: bot was kicked from the supergroup chat", ""), Class: bot.RecipientGone},
		{Name: "moved", Answer: says(400, "Bad Request: group chat was upgraded to a supergroup chat", `{"migrate_to_chat_id":-1001234}`), Class: bot.Migrated, To: "-1001234"},
		{Name: "entities", Answer: says(400, "Bad Request: can't parse entities: x", ""), Class: bot.BadContent},
		{Name: "too_long", Answer: says(400, "Bad Request: message is too long", ""), Class: bot.BadContent},
		{Name: "token", Answer: says(401, "Unauthorized", ""), Class: bot.Unauthorized},
		{Name: "token_shape", Answer: says(404, "Not Found", ""), Class: bot.Unauthorized},
		{Name: "conflict", Answer: says(409, "Conflict: x", ""), Class: bot.Transient},
		{Name: "broken", Answer: says(500, "Internal Server Error", ""), Class: bot.Transient},
		{Name: "gateway", Answer: adaptertest.Answer{Status: 502, Body: "<html>Bad Gateway</html>"}, Class: bot.Transient},
		{Name: "proxy_page", Answer: adaptertest.Answer{Status: 403, Body: "<html>no</html>"}, Class: bot.Transient},
		{Name: "half_a_success", Answer: adaptertest.Answer{Body: `{"ok":true,"result":true}`}, Class: bot.Ambiguous},
	}
}

func BenchmarkAdapter(b *testing.B) {
	s := telegramtest.New()
	b.Cleanup(s.Close)
	a, err := telegram.New(webhookConfig(s), adaptertest.NewHouse())
	if err != nil {
		b.Fatal(err)
	}
	body := s.Text(ana, "pipeline by owner")
	adaptertest.Bench(b, a, func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
		return r
	})
}
