package slack_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

// blockOf is the id of the row of buttons in what was sent last by a method.
func blockOf(t *testing.T, s *slacktest.Server, method string) string {
	t.Helper()
	calls := s.Calls(method)
	var blocks []struct {
		ID string `json:"block_id"`
	}
	if err := json.Unmarshal([]byte(calls[len(calls)-1].Params["blocks"]), &blocks); err != nil {
		t.Fatal(err)
	}
	return blocks[len(blocks)-1].ID
}

// cardOf is the thread that the first message begins.
func cardOf(t *testing.T, s *slacktest.Server) bot.TopicID {
	t.Helper()
	var sent struct{ TS string }
	if err := json.Unmarshal([]byte(s.Calls("chat.postMessage")[0].Answer), &sent); err != nil {
		t.Fatal(err)
	}
	return bot.TopicID(sent.TS)
}

// formPress is a press of the button that opens a form.
func formPress(press []byte) []byte {
	return []byte(strings.Replace(string(press), "%22b1%22", "%22form1%22", 1))
}

// TestFormsInThreads opens a form from everything in a thread that can open one:
// what is sent off belongs to the thread, and so does what is said to it.
func TestFormsInThreads(t *testing.T) {
	const root = "1784984000.000100"
	reply := []bot.Button{{Label: "Reply", Action: "b:abcdefgh12345678", Form: true}}
	send := func(t *testing.T, m mode, out bot.Outgoing) bot.Sent {
		t.Helper()
		out.Reply = &bot.Reply{Text: "王芳", Buttons: reply}
		sent, err := known(t, httpConfig(m.server), m.house).Send(t.Context(), out)
		if err != nil {
			t.Fatal(err)
		}
		return sent
	}
	for name, c := range map[string]struct {
		open   func(t *testing.T, m mode) []byte
		hidden bool
		topic  bot.TopicID // of the thread, "" for that of the first message
	}{
		"card": {open: func(t *testing.T, m mode) []byte {
			t.Helper()
			card := send(t, m, bot.Outgoing{Op: bot.OpThread, Key: "1-1", To: at("C1", "")})
			return formPress(m.server.Press("U1", string(card.ID), blockOf(t, m.server, "chat.postMessage"), "b:abcdefgh12345678", false))
		}},
		"line": {topic: root, open: func(t *testing.T, m mode) []byte {
			t.Helper()
			line := send(t, m, bot.Outgoing{Op: bot.OpPost, To: at("C1", root)})
			return formPress(m.server.Press("U1", string(line.ID), blockOf(t, m.server, "chat.postMessage"), "b:abcdefgh12345678", false))
		}},
		"whisper": {topic: root, hidden: true, open: func(t *testing.T, m mode) []byte {
			t.Helper()
			send(t, m, bot.Outgoing{Op: bot.OpEphemeral, For: "U1", To: at("C1", root)})
			return formPress(m.server.Press("U1", "C1/1784984800.000100", blockOf(t, m.server, "chat.postEphemeral"), "b:abcdefgh12345678", true))
		}},
		"shortcut": {topic: root, hidden: true, open: func(_ *testing.T, m mode) []byte {
			return m.server.MessageShortcut("U1", "conversation.reply", "C1/1784984700.000100", root, "U2", "20 t at 400")
		}},
		"shortcut_on_card": {topic: root, hidden: true, open: func(_ *testing.T, m mode) []byte {
			return m.server.MessageShortcut("U1", "conversation.reply", "C1/"+root, root, "U0BOT", "王芳")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			m := overHTTP(t)
			body := c.open(t, m)
			m.house.Shows(form(&bot.Form{Action: "b:form", Title: "Reply", Submit: "Send", Cancel: "Cancel", Fields: []bot.FormField{{Name: "text", Label: "Words", Type: bot.FieldText}}}))
			m.deliver(body)
			m.house.Shows(nil)
			m.house.Forget()
			m.deliver(m.server.Submit("U1", "", map[string]string{"text": "r: 400"}))
			got := m.house.Received()
			if len(got) != 1 {
				t.Fatalf("received %+v; log: %s", got, m.house.Log())
			}
			in, topic := got[0], c.topic
			if topic == "" {
				topic = cardOf(t, m.server)
			}
			if in.Kind != bot.KindForm || in.Address != at("C1", topic) || in.Direct || !in.Mention || in.Values["text"] != "r: 400" {
				t.Errorf("%+v", in)
			}
			before := len(m.server.Calls())
			a := known(t, httpConfig(m.server), m.house)
			for _, op := range []bot.Op{bot.OpPost, bot.OpEphemeral} {
				if op == bot.OpPost && c.hidden {
					continue // what was asked in private is answered so
				}
				if _, err := a.Send(t.Context(), bot.Outgoing{Op: op, For: "U1", To: in.Address, Turn: in.Turn, Reply: bot.Text("in 10 s")}); err != nil {
					t.Error(err)
				}
			}
			for _, call := range m.server.Calls()[before:] {
				if call.Params["thread_ts"] != string(topic) {
					t.Errorf("%s goes elsewhere: %v", call.Method, call.Params)
				}
			}
			// A labelled line of everybody's, and a change of the card.
			if _, err := a.Send(t.Context(), bot.Outgoing{Op: bot.OpPost, To: in.Address, Reply: bot.Text("to 王芳 in 10 s")}); err != nil {
				t.Error(err)
			}
			if posted := m.server.Posted("C1", string(topic)); posted[len(posted)-1] != "to 王芳 in 10 s" {
				t.Errorf("in the thread stands %q", posted)
			}
		})
	}
}

// TestChangesBesideAWhisper checks that a press on what one person alone saw
// changes the message that was meant, not that one.
func TestChangesBesideAWhisper(t *testing.T) {
	m := overHTTP(t)
	a := known(t, httpConfig(m.server), m.house)
	line, err := a.Send(t.Context(), bot.Outgoing{Op: bot.OpPost, To: at("C1", "1784984000.000100"), Reply: bot.Text("held")})
	if err != nil {
		t.Fatal(err)
	}
	m.deliver(m.server.Press("U1", "C1/1784984800.000100", "at|C1|1784984000.000100|1", "b:abcdefgh12345678", true))
	turn, whisper := m.house.Received()[0].Turn, bot.MessageID("C1/1784984800.000100")
	for _, c := range []struct {
		op     bot.Op
		target bot.MessageID
		method string
	}{
		{bot.OpEdit, line.ID, "chat.update"},
		{bot.OpEdit, whisper, slacktest.Responses},
		{bot.OpDelete, line.ID, "chat.delete"},
		{bot.OpDelete, whisper, slacktest.Responses},
	} {
		before := len(m.server.Calls())
		out := bot.Outgoing{Op: c.op, To: at("C1", "1784984000.000100"), Target: c.target, Turn: turn, Reply: bot.Text("sent")}
		if _, err := a.Send(t.Context(), out); err != nil {
			t.Errorf("%s %s: %v", c.op, c.target, err)
		}
		if calls := m.server.Calls()[before:]; len(calls) != 1 || calls[0].Method != c.method {
			t.Errorf("%s %s: calls %v, want %s", c.op, c.target, calls, c.method)
		}
	}
}

// TestWhisperToSomebodyBeside tells a reader who has not joined the channel in
// his own chat.
func TestWhisperToSomebodyBeside(t *testing.T) {
	s := newServer(t)
	_, err := open(t, httpConfig(s), adaptertest.NewHouse()).Send(t.Context(), bot.Outgoing{
		Op: bot.OpEphemeral, For: "UX1", To: at("C1", "1784984000.000100"), Reply: bot.Text("note only"),
	})
	if got := methods(s); err != nil || got != "chat.postEphemeral chat.postMessage" || s.Calls("chat.postMessage")[0].Params["channel"] != "UX1" {
		t.Errorf("%v, calls %s", err, got)
	}
}

// noting is a house that tells for how long something was noted, and what day
// it is.
type noting struct {
	*adaptertest.House
	now  time.Time
	kept map[string]time.Duration
}

func (n *noting) SetValue(ctx context.Context, key, value string, ttl time.Duration) error {
	n.kept[key] = ttl
	return n.House.SetValue(ctx, key, value, ttl)
}

func (n *noting) Now() time.Time { return n.now }

// TestThreadsAreHeardForGood speaks now and then in a thread that we were called
// into, for years: it is noted anew, but not with every word.
func TestThreadsAreHeardForGood(t *testing.T) {
	s := newServer(t)
	house := &noting{adaptertest.NewHouse(), adaptertest.Clock(), map[string]time.Duration{}}
	a := known(t, httpConfig(s), house)
	bring := func(body []byte) int {
		t.Helper()
		house.Forget()
		kind, payload := slacktest.Envelope(body)
		if status, _ := slack.Handle(a, t.Context(), house, kind, payload); status != 200 {
			t.Fatal(status)
		}
		return len(house.Received())
	}
	const thread, key = "1784984600.000100", "thread C1 1784984600.000100"
	bring(s.Mention("U1", "C1", thread, "LEAD-1"))
	for day, renewed := range map[int]bool{1: false, 29: false, 31: true} {
		house.now = adaptertest.Clock().AddDate(0, 0, day)
		if err := house.House.SetValue(t.Context(), key, adaptertest.Clock().Format(time.DateOnly), 0); err != nil {
			t.Fatal(err)
		}
		delete(house.kept, key)
		if n := bring(threaded(s, thread, "and more")); n != 1 {
			t.Errorf("after %d days: received %d", day, n)
		}
		if ttl := house.kept[key]; (ttl > 0) != renewed || renewed && ttl < 360*24*time.Hour {
			t.Errorf("after %d days: noted for %v", day, ttl)
		}
	}
	if err := house.House.SetValue(t.Context(), key, "1", 0); err != nil { // as it was noted once
		t.Fatal(err)
	}
	if n := bring(threaded(s, thread, "and more")); n != 1 || house.kept[key] == 0 {
		t.Errorf("an old note: received %d", n)
	}
}

// TestWhoWeAreIsNotKnown hears a thread of ours all the same.
func TestWhoWeAreIsNotKnown(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	sent, err := open(t, httpConfig(s), house).Send(t.Context(), bot.Outgoing{Op: bot.OpThread, Key: "1-1", To: at("C1", ""), Reply: bot.Text("王芳")})
	if err != nil {
		t.Fatal(err)
	}
	kind, payload := slacktest.Envelope(s.Under("U1", "C1", string(sent.Topic), "U0BOT", "a note", nil))
	slack.Handle(open(t, httpConfig(s), house), t.Context(), house, kind, payload)
	if got := house.Received(); len(got) != 1 || got[0].Address != at("C1", sent.Topic) {
		t.Errorf("%+v", got)
	}
}
