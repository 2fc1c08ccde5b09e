package telegram_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
)

// team is the group of those who work here.
var team = telegramtest.Group{ID: -1001234, Title: "Team", Forum: true, Admin: true, Topics: true, Pins: true}

const teamChat = "-1001234"

func TestThreads(t *testing.T) {
	var calls []adaptertest.Call
	adaptertest.RunThreads(t, func(t *testing.T) adaptertest.Threads {
		s := newServer(t)
		s.AddGroup(team)
		t.Cleanup(func() { calls = append(calls, s.Calls()...) })
		change := func(change func(*telegramtest.Group)) func() {
			return func() { g := team; change(&g); s.AddGroup(g) }
		}
		in := func(topic bot.TopicID, fields map[string]any) []byte {
			return s.InTopic(ana, team.ID, string(topic), fields)
		}
		return adaptertest.Threads{
			API: &s.API,
			New: func(t *testing.T, host bot.Host) bot.Webhook {
				t.Helper()
				if err := host.SetValue(t.Context(), "name/111111111", s.Username, 0); err != nil {
					t.Fatal(err)
				}
				a := open(t, webhookConfig(s), host)
				telegram.Remember(a, t.Context())
				return a
			},
			Request: func(body []byte) *http.Request {
				r := httptest.NewRequest(http.MethodPost, "/hook/telegram/support", bytes.NewReader(body))
				r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
				return r
			},
			Secrets: []string{s.Token, s.Secret},
			Place:   bot.Address{Platform: telegram.Platform, Install: "support", Chat: teamChat},
			Methods: []string{"createForumTopic", "sendMessage"},
			Again:   map[string]int{"sendMessage": 2},
			Said: func(topic bot.TopicID) []string {
				said, _ := s.Said(teamChat, string(topic))
				return said
			},
			Opened: func() (all []bot.TopicID) {
				for topic := range s.Topics(teamChat) {
					if said, _ := s.Said(teamChat, topic); len(said) > 0 {
						all = append(all, bot.TopicID(topic))
					}
				}
				return all
			},
			Text: func(topic bot.TopicID, text string, named ...bot.SenderID) []byte {
				var entities []any
				for _, who := range named {
					id, _ := strconv.ParseInt(string(who), 10, 64)
					entities = append(entities, map[string]any{
						"type": "text_mention", "offset": telegramtest.Units(text) + 1, "length": 6,
						"user": map[string]any{"id": id, "is_bot": false, "first_name": "李伟"},
					})
					text += " 李伟 <>"
				}
				return in(topic, map[string]any{"text": text, "entities": entities})
			},
			File: func(topic bot.TopicID) []byte {
				return in(topic, map[string]any{"photo": []any{map[string]any{"file_id": "f1", "file_size": 3}}})
			},
			Edit: func(topic bot.TopicID, text string) []byte {
				return bytes.Replace(in(topic, map[string]any{"text": text, "edit_date": 1784984700}), []byte(`"message":`), []byte(`"edited_message":`), 1)
			},
			Ours: func(topic bot.TopicID) [][]byte {
				bot := map[string]any{"id": s.BotID, "is_bot": true, "first_name": "The Bot", "username": s.Username}
				return [][]byte{
					in(topic, map[string]any{"text": "mine", "from": bot}),
					in(topic, map[string]any{"forum_topic_created": map[string]any{"name": "x", "icon_color": 7322096}, "from": bot}),
					in(topic, map[string]any{"forum_topic_edited": map[string]any{"name": "y"}}),
					in(topic, map[string]any{"forum_topic_closed": map[string]any{}}),
					in(topic, map[string]any{"forum_topic_reopened": map[string]any{}}),
					in(topic, map[string]any{"pinned_message": map[string]any{"message_id": 7}}),
					in(topic, map[string]any{"text": "beep", "from": map[string]any{"id": 9, "is_bot": true, "first_name": "Other"}}),
				}
			},
			Press: func(opened bot.Sent) []byte {
				id, _ := strconv.ParseInt(string(opened.ID), 10, 64)
				topic, _ := strconv.ParseInt(string(opened.Topic), 10, 64)
				return s.Update("callback_query", map[string]any{
					"id": "778899", "from": map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"}, "chat_instance": "1",
					"data": "b:abcdefgh12345678",
					"message": map[string]any{
						"message_id": id, "date": 1784984664, "text": "…", "chat": group(true), "is_topic_message": true, "message_thread_id": topic,
					},
				})
			},
			Lose:   func(topic bot.TopicID) { s.RemoveTopic(teamChat, string(topic)) },
			Shut:   change(func(g *telegramtest.Group) { g.Out = true }),
			Forbid: change(func(g *telegramtest.Group) { g.Topics = false }),
			Called: func(who bot.Sender) string {
				name := strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(who.Name)
				return `<a href="tg://user?id=` + string(who.ID) + `">` + name + "</a>"
			},
		}
	})
	checkRequests(t, calls, "createForumTopic", "pinChatMessage", "getChat", "getChatMember", "sendMessage", "editMessageText")
}

func staffPlace(topic bot.TopicID) bot.Address {
	return bot.Address{Platform: telegram.Platform, Install: "support", Chat: teamChat, Topic: topic}
}

func openTopic(t *testing.T, a bot.Adapter, key string, reply *bot.Reply) (bot.Sent, error) {
	t.Helper()
	return a.Send(t.Context(), bot.Outgoing{V: 1, Key: key, Op: bot.OpThread, To: staffPlace(""), Reply: reply})
}

// TestTopicsAreCalledAfterTheCard looks at the names that cards of all kinds give
// their topics.
func TestTopicsAreCalledAfterTheCard(t *testing.T) {
	s := newServer(t)
	s.AddGroup(team)
	a := open(t, config(s), adaptertest.NewHouse())
	long := strings.Repeat("王芳😀", 60)
	for i, c := range []struct {
		reply *bot.Reply
		want  string
	}{
		{&bot.Reply{Text: "new", Cards: []bot.Card{{}, {Title: " 王芳 \n (web) "}}}, "王芳 (web)"},
		{bot.Text("\n\n**Ana <b>**\n_waits_"), "Ana <b>"},
		{bot.Text("[WeChat](https://x.example) · 王芳"), "WeChat · 王芳"},
		{&bot.Reply{Buttons: []bot.Button{{Label: "Take", Action: "b:1"}}}, "…"},
		{bot.Text(long), ""},
	} {
		sent, err := openTopic(t, a, strconv.Itoa(i), c.reply)
		if err != nil {
			t.Errorf("%+v: %v", c.reply, err)
			continue
		}
		got := s.Topics(teamChat)[string(sent.Topic)]
		if c.want != "" && got != c.want || telegramtest.Units(got) > 128 {
			t.Errorf("a topic is called %q, want %q", got, c.want)
		}
	}
	checkRequests(t, s.Calls(), "createForumTopic", "pinChatMessage")
}

// TestCardIsPinned keeps the card on top of its topic, and takes it well that it
// may not.
func TestCardIsPinned(t *testing.T) {
	s := newServer(t)
	g := team
	for _, pins := range []bool{true, false} {
		g.Pins = pins
		s.AddGroup(g)
		sent, err := openTopic(t, open(t, config(s), adaptertest.NewHouse()), "1-1", bot.Text("王芳"))
		if err != nil {
			t.Fatal(err)
		}
		if _, pinned := s.Said(teamChat, string(sent.Topic)); (pinned == string(sent.ID)) != pins {
			t.Errorf("may pin: %v, but %q is on top", pins, pinned)
		}
	}
	if pin := s.Calls("pinChatMessage")[0].Params; pin["disable_notification"] != "true" {
		t.Errorf("it wakes everybody: %v", pin)
	}
}

// TestTopicRemovedAtOnce loses the topic before its card is there: another one is
// opened, once.
func TestTopicRemovedAtOnce(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.AddGroup(team)
	a := open(t, config(s), house)
	s.Force("sendMessage", adaptertest.Answer{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}`})
	if _, err := openTopic(t, a, "1-1", bot.Text("王芳")); err == nil || bot.FailureOf(err).Class != bot.Transient {
		t.Fatalf("%v, want transient", err)
	}
	sent, err := openTopic(t, a, "1-1", bot.Text("王芳"))
	if err != nil || len(s.Topics(teamChat)) != 2 || sent.Topic == "31" {
		t.Errorf("%+v, %v, topics %v", sent, err, s.Topics(teamChat))
	}
}

// TestClosedTopic cannot be written in.
func TestClosedTopic(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.AddGroup(team)
	a := open(t, config(s), house)
	sent, err := openTopic(t, a, "1-1", bot.Text("王芳"))
	if err != nil {
		t.Fatal(err)
	}
	s.CloseTopic(teamChat, string(sent.Topic))
	_, err = a.Send(t.Context(), bot.Outgoing{Op: bot.OpPost, To: staffPlace(sent.Topic), Reply: bot.Text("hello")})
	if f := bot.FailureOf(err); f.Class != bot.RecipientGone || f.Why != bot.WhyTopic {
		t.Errorf("%v, why %s", err, f.Why)
	}
}

// TestCommandsWhereCustomersAreAnswered shows the commands of colleagues in
// their group and nowhere else, in an install where customers write.
func TestCommandsWhereCustomersAreAnswered(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.AddGroup(team)
	conf := webhookConfig(s)
	conf.Language = "en"
	a := open(t, conf, house)
	shown := menu()
	shown.Places = []bot.ChatID{teamChat}
	a.SetMenu(shown)
	if _, err := openTopic(t, a, "1-1", bot.Text("王芳")); err != nil {
		t.Fatal(err)
	}
	elsewhere := bot.Outgoing{Op: bot.OpPost, To: bot.Address{Platform: telegram.Platform, Install: "support", Chat: "-100777"}, Colleague: true, Reply: bot.Text("hello")}
	if _, err := a.Send(t.Context(), elsewhere); err != nil {
		t.Fatal(err)
	}
	if got := names(s.Commands(teamChat, "en")); got != "help my_leads wordy" {
		t.Errorf("colleagues see %q in their group", got)
	}
	if got := names(s.Commands("-100777", "en")); got != "" {
		t.Errorf("another group sees %q", got)
	}
	n := len(s.Calls("setMyCommands"))
	if _, err := openTopic(t, a, "2-1", bot.Text("Ana")); err != nil || len(s.Calls("setMyCommands")) != n {
		t.Errorf("%v; it is set anew with every thread", err)
	}
	for chat, want := range map[int64]int{team.ID: 1, -100777: 0} {
		house.Forget()
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(s.InTopic(ana, chat, "31", map[string]any{"text": "/my_leads"})))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
		w := httptest.NewRecorder()
		if a.Webhook(house).ServeHTTP(w, r); len(house.Received()) != want {
			t.Errorf("a bare command in %d: received %+v", chat, house.Received())
		}
		if want == 1 && len(house.Received()) == 1 && (house.Received()[0].Text != "my leads" || !house.Received()[0].Mention || house.Received()[0].Quoted) {
			t.Errorf("%+v", house.Received()[0])
		}
	}
	checkRequests(t, s.Calls(), "setMyCommands")
}

// TestExaminePlace compares what is found out about a group with what is the
// matter.
func TestExaminePlace(t *testing.T) {
	for name, c := range map[string]struct {
		set    func(s *telegramtest.Server, g *telegramtest.Group)
		levels string
		says   []string
	}{
		"fine":         {func(*telegramtest.Server, *telegramtest.Group) {}, "f", []string{"open as topics in Team"}},
		"cannot pin":   {func(_ *telegramtest.Server, g *telegramtest.Group) { g.Pins = false }, "fn", []string{"Pin Messages"}},
		"no topics":    {func(_ *telegramtest.Server, g *telegramtest.Group) { g.Forum = false }, "b", []string{"Team has no topics", "switch Topics on", "“@thebot where”"}},
		"few rights":   {func(_ *telegramtest.Server, g *telegramtest.Group) { g.Topics = false }, "b", []string{"may not open topics", "Manage Topics", "@thebot"}},
		"a member":     {func(_ *telegramtest.Server, g *telegramtest.Group) { g.Admin = false }, "bb", []string{"Manage Topics", "privacy mode is on"}},
		"reads all":    {func(s *telegramtest.Server, g *telegramtest.Group) { g.Admin, s.ReadsAll = false, true }, "b", []string{"Manage Topics"}},
		"out":          {func(_ *telegramtest.Server, g *telegramtest.Group) { g.Out = true }, "b", []string{"in no group", "Add @thebot"}},
		"another chat": {func(_ *telegramtest.Server, g *telegramtest.Group) { g.ID = -1009 }, "b", []string{"in no group " + teamChat}},
		"token": {func(s *telegramtest.Server, _ *telegramtest.Group) {
			s.Force("getMe", adaptertest.Answer{Status: 401, Body: `{"ok":false,"error_code":401,"description":"Unauthorized"}`})
		}, "b", []string{"@BotFather"}},
		"away": {func(s *telegramtest.Server, _ *telegramtest.Group) {
			s.Force("getChat", adaptertest.Answer{Status: 502, Body: "<html>"})
		}, "b", []string{"proxy"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, g := newServer(t), team
			c.set(s, &g)
			s.Changed() // so that whoever answers sees it
			s.AddGroup(g)
			levels, said := "", ""
			for _, f := range open(t, config(s), adaptertest.NewHouse()).ExaminePlace(t.Context(), teamChat) {
				levels += string(f.Level[:1])
				said += f.Text.In("en") + "\n" + f.Next.In("en") + "\n"
				if (f.Text == nil) != (f.Text["zh-CN"] == "") || (f.Next == nil) != (f.Next["zh-CN"] == "") || strings.ContainsAny(f.Text["zh-CN"]+f.Next["zh-CN"]+said, "{}") {
					t.Errorf("%q, %q", f.Text, f.Next)
				}
			}
			if levels != c.levels {
				t.Errorf("levels %s, want %s: %s", levels, c.levels, said)
			}
			for _, words := range c.says {
				if !strings.Contains(said, words) {
					t.Errorf("%q does not say %q", said, words)
				}
			}
			checkRequests(t, s.Calls())
		})
	}
}

// TestWhyItIsClosed tells the topic, the group and a person who is gone from one
// another.
func TestWhyItIsClosed(t *testing.T) {
	inTopic, inGroup, direct := staffPlace("33"), staffPlace(""), staffPlace("")
	direct.Chat = "555"
	for _, c := range []struct {
		code  int
		says  string
		to    bot.Address
		class bot.Class
		why   string
	}{
		{400, "Bad Request: message thread not found", inTopic, bot.RecipientGone, bot.WhyTopic},
		{400, "Bad Request: TOPIC_DELETED", inTopic, bot.RecipientGone, bot.WhyTopic},
		{400, "Bad Request: TOPIC_CLOSED", inTopic, bot.RecipientGone, bot.WhyTopic},
		{400, "Bad Request: TOPIC_CLOSED", inGroup, bot.RecipientGone, bot.WhyRights},
		{400, "Bad Request: chat not found", inTopic, bot.RecipientGone, bot.WhyArchived},
		{403, "Forbidden: bot was kicked from the supergroup chat", inTopic, bot.RecipientGone, bot.WhyArchived},
		{403, "Forbidden: bot is not a member of the supergroup chat", inGroup, bot.RecipientGone, bot.WhyArchived},
		{403, "Forbidden: the group chat was deleted", inGroup, bot.RecipientGone, bot.WhyArchived},
		{400, "Bad Request: not enough rights to send text messages to the chat", inTopic, bot.RecipientGone, bot.WhyRights},
		{400, "Bad Request: CHAT_WRITE_FORBIDDEN", inGroup, bot.RecipientGone, bot.WhyRights},
		{403, "Forbidden: bot was blocked by the user", direct, bot.RecipientGone, ""},
		{400, "Bad Request: chat not found", direct, bot.RecipientGone, ""},
		{400, "Bad Request: can't parse entities", inTopic, bot.BadContent, ""},
		{500, "Internal Server Error", inTopic, bot.Transient, ""},
	} {
		s := newServer(t)
		s.Force("sendMessage", adaptertest.Answer{Status: c.code, Body: `{"ok":false,"error_code":` + strconv.Itoa(c.code) + `,"description":"` + c.says + `"}`})
		_, err := open(t, config(s), adaptertest.NewHouse()).Send(t.Context(), bot.Outgoing{Op: bot.OpPost, To: c.to, Direct: c.to == direct, Reply: bot.Text("hello")})
		if f := bot.FailureOf(err); err == nil || f.Class != c.class || f.Why != c.why {
			t.Errorf("%s to %+v: %v, why %q; want %s, %q", c.says, c.to, err, f.Why, c.class, c.why)
		}
	}
	for says, why := range map[string]string{
		"Bad Request: the chat is not a forum":                       bot.WhyRights,
		"Bad Request: method is available for supergroup chats only": bot.WhyRights,
		"Bad Request: not enough rights to create a topic":           bot.WhyRights,
		"Bad Request: CHAT_ADMIN_REQUIRED":                           bot.WhyRights,
		"Bad Request: chat not found":                                bot.WhyArchived,
	} {
		s := newServer(t)
		s.Force("createForumTopic", adaptertest.Answer{Status: 400, Body: `{"ok":false,"error_code":400,"description":"` + says + `"}`})
		_, err := openTopic(t, open(t, config(s), adaptertest.NewHouse()), "1-1", bot.Text("王芳"))
		if f := bot.FailureOf(err); err == nil || f.Class != bot.RecipientGone || f.Why != why {
			t.Errorf("%s: %v, why %q; want %q", says, err, f.Why, why)
		}
	}
}
