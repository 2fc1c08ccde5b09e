package telegram_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
)

func direct(reply *bot.Reply) bot.Outgoing {
	return bot.Outgoing{
		V: 1, Op: bot.OpPost, Direct: true, Reply: reply, Language: "en",
		To: bot.Address{Platform: telegram.Platform, Install: "support", Chat: "555"},
	}
}

var (
	asks    = &bot.Reply{Text: "Your number?", AskContact: "Share my number", Buttons: []bot.Button{{Label: "Skip", Action: "b:a234567890123456"}}}
	buttons = &bot.Reply{Text: "Company?", Buttons: []bot.Button{{Label: "Skip", Action: "b:a234567890123456"}}}
)

// TestKeyboardGoesAgain asks for a number and goes on as if the person had
// typed, or used it: whatever comes next takes the keyboard away, on whichever
// replica it is sent.
func TestKeyboardGoesAgain(t *testing.T) {
	for name, next := range map[string]*bot.Reply{
		"words": bot.Text("Thank you."), "buttons": buttons, "file": {Files: []bot.File{{Hash: "h1", Name: "a.pdf"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s, house := newServer(t), adaptertest.NewHouse()
			house.Keep("h1", []byte("%PDF-1.7"))
			send := func(reply *bot.Reply) {
				t.Helper()
				if sent, err := open(t, config(s), house).Send(t.Context(), direct(reply)); err != nil || sent.ID == "" {
					t.Fatal(sent, err)
				}
			}
			send(asks)
			if k := s.Keyboard("555"); !strings.Contains(k, `"request_contact":true`) || !strings.Contains(k, `"Skip"`) {
				t.Fatalf("the keyboard is %s", k)
			}
			send(next)
			if k := s.Keyboard("555"); k != "" {
				t.Errorf("it still lies there: %s", k)
			}
			before := len(s.Calls())
			send(next)
			calls := s.Calls()[before:]
			if len(calls) != 1 || strings.Contains(calls[0].Params["reply_markup"], "remove") {
				t.Errorf("once more: %v", calls)
			}
			checkRequests(t, s.Calls(), "sendMessage")
		})
	}
}

// TestUsedKeyboardGoesWithoutAWord has the person press it: it is folded up, and
// goes with the next message that can take it along.
func TestUsedKeyboardGoesWithoutAWord(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	a := open(t, webhookConfig(s), house)
	send := func(reply *bot.Reply) {
		t.Helper()
		if _, err := a.Send(t.Context(), direct(reply)); err != nil {
			t.Fatal(err)
		}
	}
	send(asks)
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(s.Contact(ana, "+8613800000000")))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
	w := httptest.NewRecorder()
	if a.Webhook(house).ServeHTTP(w, r); w.Code != http.StatusOK || len(house.Received()) != 1 {
		t.Fatalf("status %d, received %v", w.Code, house.Received())
	}
	send(buttons)
	if n := len(s.Calls("sendMessage")); n != 2 || s.Keyboard("555") == "" {
		t.Errorf("%d messages, keyboard %q", n, s.Keyboard("555"))
	}
	send(bot.Text("Thank you."))
	if n := len(s.Calls("sendMessage")); n != 3 || s.Keyboard("555") != "" {
		t.Errorf("%d messages, keyboard %q", n, s.Keyboard("555"))
	}
	send(asks)
	send(buttons)
	if s.Keyboard("555") != "" {
		t.Error("asked again, the keyboard stays")
	}
}

// TestKeyboardStaysUntilItIsGone has the message that takes it away fail.
func TestKeyboardStaysUntilItIsGone(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	a := open(t, config(s), house)
	send := func(reply *bot.Reply) error { _, err := a.Send(t.Context(), direct(reply)); return err }
	if err := send(asks); err != nil {
		t.Fatal(err)
	}
	s.Force("sendMessage", adaptertest.Answer{Status: 500, Body: "x"})
	if err := send(bot.Text("Thank you.")); err == nil {
		t.Fatal("no error")
	}
	s.Force("sendMessage", adaptertest.Answer{Status: 500, Body: "x"})
	if err := send(buttons); err != nil { // what takes it away fails, the message itself does not
		t.Fatal(err)
	}
	if s.Keyboard("555") == "" {
		t.Fatal("the test has no keyboard to take away")
	}
	if err := send(bot.Text("Thank you.")); err != nil {
		t.Fatal(err)
	}
	if k := s.Keyboard("555"); k != "" {
		t.Errorf("it still lies there: %s", k)
	}
}

// TestNothingSilentStays checks that the message which only takes a keyboard
// away is gone again, and wakes nobody.
func TestNothingSilentStays(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	a := open(t, config(s), house)
	for _, reply := range []*bot.Reply{asks, buttons} {
		if _, err := a.Send(t.Context(), direct(reply)); err != nil {
			t.Fatal(err)
		}
	}
	posts, gone := s.Calls("sendMessage"), s.Calls("deleteMessage")
	if len(posts) != 3 || posts[1].Params["disable_notification"] != "true" || len(gone) != 1 {
		t.Fatalf("%v, %v", posts, gone)
	}
	checkRequests(t, s.Calls(), "sendMessage", "deleteMessage")
}

func menu() bot.Menu {
	item := func(line, en, zh string) bot.MenuItem {
		return bot.MenuItem{Line: line, About: bot.Local{"en": en, "zh-CN": zh}}
	}
	return bot.Menu{
		Everybody: []bot.MenuItem{item("help", "What I can do", "我能做什么"), item("get a quote", "Get a quote", "询价")},
		Staff: []bot.MenuItem{
			item("help", "What I can do", "我能做什么"), item("my leads", "Your open leads", "我跟进中的线索"),
			item("my leads", "twice", "twice"), item("员工 添加", "cannot be typed", "x"), item("Upper", "x", "x"), item("silent", "", ""),
			item(strings.Repeat("long ", 9), "x", "x"), item("wordy", strings.Repeat("word ", 99), "x"),
		},
	}
}

func names(list []telegramtest.Command) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Command)
	}
	return strings.Join(out, " ")
}

// TestCommandsAreForTheirReaders looks at the list of commands with the eyes of
// customers and colleagues.
func TestCommandsAreForTheirReaders(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	c := config(s)
	c.Language = "zh-CN"
	shown := menu()
	run := func() *telegram.Adapter {
		before := len(s.Calls("getUpdates"))
		a := open(t, c, house)
		a.SetMenu(shown)
		stop := start(t, a, house)
		s.Await("getUpdates", before+1, patience)
		if err := stop(); err != nil {
			t.Error(err)
		}
		return a
	}
	a := run()
	for _, look := range []struct{ chat, language, names, first string }{
		{"555", "en", "help get_a_quote", "What I can do"},
		{"555", "zh", "help get_a_quote", "我能做什么"},
		{"555", "fr", "help get_a_quote", "我能做什么"},
		{"-1001234", "en", "help get_a_quote", "What I can do"},
	} {
		if list := s.Commands(look.chat, look.language); names(list) != look.names || list[0].Description != look.first {
			t.Errorf("chat %s in %s: %v", look.chat, look.language, list)
		}
	}

	say := func(staff bool, language string) string {
		t.Helper()
		out := direct(bot.Text("hello"))
		out.Staff, out.Language = staff, language
		if _, err := a.Send(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		return names(s.Commands("555", "en"))
	}
	if got := say(false, "en"); got != "help get_a_quote" || len(s.Calls("setMyCommands", "deleteMyCommands")) != 9 {
		t.Errorf("a customer sees %s", got)
	}
	if got := say(true, "zh-CN"); got != "help my_leads wordy" || s.Commands("555", "en")[1].Description != "我跟进中的线索" {
		t.Errorf("a colleague sees %s", got)
	}
	n := len(s.Calls("setMyCommands"))
	if got := say(true, "zh-CN"); got != "help my_leads wordy" || len(s.Calls("setMyCommands")) != n {
		t.Error("it is set anew with every message")
	}
	if say(true, "en"); s.Commands("555", "en")[1].Description != "Your open leads" {
		t.Error("it does not follow the language")
	}
	if got := say(false, "en"); got != "help get_a_quote" {
		t.Errorf("a former colleague sees %s", got)
	}

	n = len(s.Calls("setMyCommands"))
	if run(); len(s.Calls("setMyCommands")) != n {
		t.Error("a new start sets what is set already")
	}
	shown.Everybody = shown.Everybody[:1]
	if run(); names(s.Commands("555", "en")) != "help" {
		t.Error("a new version's commands do not come")
	}
	checkRequests(t, s.Calls(), "setMyCommands", "deleteMyCommands")
}

// TestCommandsWhereColleaguesWrite does the same in an install of theirs.
func TestCommandsWhereColleaguesWrite(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	c := config(s)
	c.Staff = true
	shown := menu()
	shown.Everybody = shown.Everybody[:1]
	s.Force("setMyCommands", adaptertest.Answer{Status: 500, Body: "x"}) // it is tried again at the next start
	for range 2 {
		before := len(s.Calls("getUpdates"))
		a := open(t, c, house)
		a.SetMenu(shown)
		stop := start(t, a, house)
		s.Await("getUpdates", before+1, patience)
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
	if got := names(s.Commands("666", "en")); got != "help" {
		t.Errorf("a stranger sees %s", got)
	}
	admins := func(scope string) string {
		var list string
		for _, call := range s.Calls("setMyCommands") {
			if strings.Contains(call.Params["scope"], scope) {
				list = call.Params["commands"]
			}
		}
		return list
	}
	if got := admins("all_chat_administrators"); got != "" {
		t.Errorf("administrators of any group see %s", got)
	}
	a := open(t, c, house)
	a.SetMenu(shown)
	say := func(colleague bool) string {
		out := direct(bot.Text("x"))
		out.To.Chat, out.Direct, out.Colleague = "-100777", false, colleague
		if _, err := a.Send(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		return admins(`"chat_administrators"`)
	}
	if got := say(false); got != "" {
		t.Errorf("administrators of a stranger's group see %s", got)
	}
	if got := say(true); !strings.Contains(got, "my_leads") {
		t.Errorf("administrators of a group of colleagues see %s", got)
	}
	n := len(s.Calls("setMyCommands"))
	if say(true); len(s.Calls("setMyCommands")) != n {
		t.Error("it is set anew with every message")
	}
}

// TestBareCommandsInGroups checks that a command without our name is ours in a
// group only if our list has it: there may be other bots.
func TestBareCommandsInGroups(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		text         string
		staff, taken bool
	}{
		{"/ban", true, false},
		{"/lead new", true, false},
		{"/start", true, false},
		{"/ban@thebot", true, true},
		{"/help", false, true},
		{"/HELP me", true, true},
		{"/my_leads", true, true},
		{"/my_leads", false, false},
	} {
		house, cfg := adaptertest.NewHouse(), webhookConfig(s)
		cfg.Staff = c.staff
		a := open(t, cfg, house)
		a.SetMenu(menu())
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(s.Message(ana, map[string]any{"text": c.text, "chat": group(false)})))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
		a.Webhook(house).ServeHTTP(w, r)
		if in := house.Received(); len(in) == 1 != c.taken || c.taken && !in[0].Mention {
			t.Errorf("%s: %d, received %+v", c.text, w.Code, in)
		}
	}
}

func TestInvite(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	a := open(t, config(s), house)
	for range 2 {
		got, err := a.Invite(t.Context(), "expo-2026_x")
		if err != nil || got.URL != "https://t.me/thebot?start=expo-2026_x" {
			t.Errorf("%v, %v", got, err)
		}
	}
	if n := len(s.Calls("getMe")); n != 1 {
		t.Errorf("asked %d times who we are", n)
	}
	for _, scene := range []string{"", "a b", "展会", "x?y=1", strings.Repeat("x", 65)} {
		if got, err := a.Invite(t.Context(), scene); err == nil {
			t.Errorf("%q gives %v", scene, got)
		}
	}
}
