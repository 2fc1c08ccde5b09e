package webchat_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// office is a staff page at which somebody is signed in.
func office(t *testing.T, h *house, who bot.SenderID) (*replica, string) {
	t.Helper()
	r := newReplica(t, h, webchat.Config{Install: "office", Staff: true})
	h.hire(who)
	token, err := r.Token(context.Background(), who)
	if err != nil {
		t.Fatal(err)
	}
	return r, token
}

// place is where a thread is.
func place(topic bot.TopicID) bot.Address {
	return bot.Address{Platform: webchat.Platform, Install: "office", Chat: webchat.Desk, Topic: topic}
}

// opens has a thread opened with a card, as the house does.
func opens(t *testing.T, r *replica, key, title string) bot.Sent {
	t.Helper()
	sent, err := r.Send(context.Background(), bot.Outgoing{Key: key, Op: bot.OpThread, To: place(""), Reply: &bot.Reply{
		Cards: []bot.Card{{Title: title, Buttons: []bot.Button{{Label: "Take", Action: "b:take"}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

func out(text string) bot.Entry {
	return bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: bot.Text(text)}
}

// watch looks at a thread and returns what is shown of it.
func (b *browser) watch(topic bot.TopicID, after int64) []heard {
	b.t.Helper()
	b.send(frame{"type": "watch", "topic": topic, "after": after})
	var shown []heard
	for {
		f := b.hear()
		if f.Topic == string(topic) {
			shown = append(shown, f)
		}
		if f.Topic == string(topic) && (f.Type == "opened" || f.Type == "gone") {
			return shown
		}
	}
}

// line is a frame in short.
func (h heard) line() string {
	s := h.Type
	if h.Type == "card" && len(h.Cards) > 0 {
		return s + " " + h.Cards[0].Title
	}
	if h.Type == "entry" {
		s = h.From
		if h.Name != "" {
			s += " " + h.Name
		}
		if h.As != "" {
			s += " → " + h.As
		}
		s += ": " + h.words()
	}
	return s
}

func short(all []heard) []string {
	var lines []string
	for _, f := range all {
		lines = append(lines, f.line())
	}
	return lines
}

func TestStaffPageInTheSuite(t *testing.T) {
	adaptertest.RunLocal(t, adaptertest.Local{
		New: func(t *testing.T, host bot.Host) bot.Adapter {
			a, err := webchat.New(webchat.Config{Install: "office", Staff: true}, host)
			if err != nil {
				t.Fatal(err)
			}
			return a
		},
		Say:     say,
		To:      bot.Address{Platform: "webchat", Install: "office", Chat: "li.wei"},
		TextMax: 8000,
	})
}

func TestThreadIsNamedByItsKey(t *testing.T) {
	h := newHouse()
	r, _ := office(t, h, "li.wei")
	one, again, other := opens(t, r, "out-1", "王芳"), opens(t, r, "out-1", "王芳"), opens(t, r, "out-2", "李雷")
	if one != again || one.Topic == other.Topic || one.Topic == "" || len(one.Topic) > 20 || one.ID != "out-1" {
		t.Errorf("%+v, again %+v, other %+v", one, again, other)
	}
}

// Everything of a thread is shown as whoever reads it may: customers and
// colleagues by name, what is for one person to that one, the card as it is now.
func TestThreadIsShown(t *testing.T) {
	h := newHouse()
	r, token := office(t, h, "li.wei")
	sent := opens(t, r, "out-1", "王芳 · WeChat")
	at := place(sent.Topic)
	customer := out("你好")
	customer.Reply.Voice = &bot.Voice{Name: "王芳", Role: bot.VoiceCustomer}
	h.post(at, customer)
	said := out("Hello")
	said.Reply.Voice = &bot.Voice{Role: bot.VoiceBot}
	h.post(at, said)
	note := out("calls often")
	note.Reply.Voice = &bot.Voice{Name: "赵敏", Role: bot.VoiceNote}
	h.post(at, note)
	secret := out("Note only")
	secret.For = "zhao.min"
	h.post(at, secret)
	mine := out("Only for Li Wei")
	mine.For = "li.wei"
	h.post(at, mine)
	h.post(at, bot.Entry{Direction: crm.In, Author: crm.AuthorUser, Name: "赵敏", Text: "r: 马上", Event: "zhao.min:message-9"})
	h.post(at, bot.Entry{Direction: crm.In, Author: crm.AuthorUser, Name: "赵敏", Kind: bot.KindAction, Text: "Take", Event: "zhao.min:message-10"})
	held := h.post(at, out("to 王芳 in 10 s"))
	edit := out("sent")
	edit.Op, edit.Of = bot.OpEdit, held
	h.post(at, edit)
	redrawn := out("")
	redrawn.Reply = &bot.Reply{Cards: []bot.Card{{Title: "王芳 · taken"}}}
	redrawn.Op, redrawn.Target = bot.OpEdit, sent.ID
	h.post(at, redrawn)

	b, _, _ := enter(t, r, frame{"token": token})
	shown := b.watch(sent.Topic, 0)
	want := []string{
		"card 王芳 · WeChat", "customer 王芳: 你好", "bot → customer: Hello", "person 赵敏 → note: calls often", "bot: Only for Li Wei",
		"person 赵敏 → customer: 马上", "bot: to 王芳 in 10 s", "bot: sent", "card 王芳 · taken", "opened",
	}
	if diff := cmp.Diff(want, short(shown)); diff != "" {
		t.Error(diff)
	}
	if !shown[4].Private || shown[1].Private || shown[7].Replace != held {
		t.Errorf("private %s, open %s, edit %s", shown[4].raw, shown[1].raw, shown[7].raw)
	}

	// Whoever comes back has the rest only, and the card as it was kept.
	if _, err := r.Send(context.Background(), bot.Outgoing{Key: "out-9", Op: bot.OpEdit, To: at, Target: sent.ID, Reply: redrawn.Reply}); err != nil {
		t.Fatal(err)
	}
	b, _, _ = enter(t, r, frame{"token": token})
	if diff := cmp.Diff([]string{"card 王芳 · taken", "opened"}, short(b.watch(sent.Topic, shown[len(shown)-2].Entry+h.last))); diff != "" {
		t.Error(diff)
	}
	h.post(at, out("news"))
	for f := b.hear(); ; f = b.hear() {
		if f.Type == "entry" {
			if f.words() != "news" || f.Topic != string(sent.Topic) {
				t.Errorf("then %s", f.raw)
			}
			break
		}
	}
}

// What is written says where it goes, and is the token's whoever wrote it.
func TestWhatIsWrittenSaysWhereItGoes(t *testing.T) {
	h := newHouse()
	r, token := office(t, h, "li.wei")
	topic := opens(t, r, "out-1", "王芳").Topic
	b, _, _ := enter(t, r, frame{"token": token})
	for i, test := range []struct {
		as, text, want string
		mention        bool
		why            string
	}{
		{as: "note", text: "calls often", want: "note: calls often"},
		{as: "note", text: "r: not for her", want: "note: r: not for her"},
		{as: "customer", text: "hello", want: "r: hello"},
		{as: "bot", text: "plan tomorrow call", want: "plan tomorrow call", mention: true},
		{as: "", text: "to whom?", why: "bad"},
		{as: "everybody", text: "to whom?", why: "bad"},
		{as: "note", text: "  ", why: "empty"},
	} {
		id := fmt.Sprintf("message-%d", i)
		b.send(frame{"type": "message", "id": id, "topic": topic, "as": test.as, "text": test.text})
		f := b.answer(id)
		if f.Why != test.why {
			t.Errorf("%+v: %s", test, f.raw)
		}
		if test.why != "" {
			continue
		}
		got := h.kept(bot.KindText)
		in := got[len(got)-1]
		if in.Text != test.want || in.Mention != test.mention || in.Address != place(topic) || in.Direct || in.Sender.ID != "li.wei" ||
			in.EventID != "li.wei:"+id || in.Message == "" {
			t.Errorf("%+v became %+v", test, in)
		}
	}
	for i, test := range []struct {
		frame frame
		why   string
		want  bot.Inbound
	}{
		{frame{"type": "edit", "mine": "message-0", "as": "note", "text": "calls seldom"}, "", bot.Inbound{Kind: bot.KindEdit, Target: "li.wei:message-0", Text: "note: calls seldom"}},
		{frame{"type": "edit", "mine": "message-2", "as": "customer", "text": "Hello!"}, "", bot.Inbound{Kind: bot.KindEdit, Target: "li.wei:message-2", Text: "r: Hello!"}},
		{frame{"type": "edit", "mine": "message-3", "as": "bot", "text": "plan today"}, "bad", bot.Inbound{}},
		{frame{"type": "edit", "mine": "message-0", "as": "note", "text": " "}, "empty", bot.Inbound{}},
		{frame{"type": "edit", "mine": "zhao.min:message-0", "as": "note", "text": "hers"}, "bad", bot.Inbound{}},
		{frame{"type": "delete", "mine": "message-0"}, "", bot.Inbound{Kind: bot.KindDelete, Target: "li.wei:message-0"}},
		{frame{"type": "delete"}, "bad", bot.Inbound{}},
	} {
		id := fmt.Sprintf("change-%d", i)
		test.frame["id"], test.frame["topic"] = id, topic
		b.send(test.frame)
		if f := b.answer(id); f.Why != test.why {
			t.Errorf("%+v: %s", test.frame, f.raw)
		}
		if test.why != "" {
			continue
		}
		all := h.kept(test.want.Kind)
		got := all[len(all)-1]
		if got.Target != test.want.Target || got.Text != test.want.Text || got.Address != place(topic) || got.Mention {
			t.Errorf("%+v became %+v", test.frame, got)
		}
	}
	h.pass(time.Minute)
	b.send(frame{"type": "action", "id": "press-001", "topic": topic, "action": "b:take"})
	b.answer("press-001")
	b.send(frame{"type": "action", "id": "press-002", "topic": topic, "action": "b:stop", "on": 7})
	b.answer("press-002")
	pressed := h.kept(bot.KindAction)
	if len(pressed) != 2 || pressed[0].Message != "out-1" || pressed[1].Message != "7" || pressed[0].Address != place(topic) {
		t.Errorf("pressed %+v", pressed)
	}
	if n := len(h.kept(bot.KindFollow)); n != 0 {
		t.Errorf("a line in a thread opened the direct chat %d times", n)
	}
}

// answer reads what became of a frame.
func (b *browser) answer(id string) heard {
	b.t.Helper()
	for {
		if f := b.hear(); f.ID == id && (f.Type == "ack" || f.Type == "refused") {
			return f
		}
	}
}

// Nobody sees, writes, presses, uploads or downloads anything of a thread that
// is not for him, and whoever is denied it later sees no more of it.
func TestThreadsAreForThoseWhoMay(t *testing.T) {
	h := newHouse()
	r, token := office(t, h, "li.wei")
	topic := opens(t, r, "out-1", "王芳").Topic
	h.list(bot.ThreadEntry{Topic: topic, Title: "王芳"})
	h.keep("hash-1", "secret")
	withFile := out("look")
	withFile.Reply.Files = []bot.File{{Name: "a.txt", Hash: "hash-1"}}
	h.post(place(topic), withFile)

	stranger, strange, _ := enter(t, r, frame{})
	if f := stranger.until("stranger"); f.Threads != nil {
		t.Errorf("a stranger got %s", f.raw)
	}
	refused := func(b *browser, token string) {
		t.Helper()
		if diff := cmp.Diff([]string{"gone"}, short(b.watch(topic, 0))); diff != "" {
			t.Error(diff)
		}
		b.send(frame{"type": "message", "id": "message-1", "topic": topic, "as": "note", "text": "let me in"})
		if f := b.answer("message-1"); f.Why != "gone" {
			t.Error(f.raw)
		}
		b.send(frame{"type": "action", "id": "press-001", "topic": topic, "action": "b:take"})
		if f := b.answer("press-001"); f.Why != "gone" {
			t.Error(f.raw)
		}
		if code, why := bring(t, r, token, url.Values{"id": {"upload-01"}, "name": {"a.txt"}, "topic": {string(topic)}, "as": {"note"}}, "x"); code != http.StatusForbidden || why != "gone" {
			t.Errorf("upload: %d %s", code, why)
		}
	}
	refused(stranger, strange)

	b, _, _ := enter(t, r, frame{"token": token})
	shown := b.watch(topic, 0)
	file := strings.Split(r.url, "/chat/")[0] + shown[1].Files[0].URL
	if res, body := get(t, file, "en"); res.StatusCode != http.StatusOK || body != "secret" {
		t.Errorf("the file: %d %q", res.StatusCode, body)
	}
	h.hide("li.wei", topic)
	b.until("gone")
	h.post(place(topic), out("not for you"))
	refused(b, token)
	if res, _ := get(t, file, "en"); res.StatusCode != http.StatusForbidden {
		t.Errorf("the file afterwards: %d", res.StatusCode)
	}
	if n := len(h.kept(bot.KindText)) + len(h.kept(bot.KindAction)) + len(h.kept(bot.KindMedia)); n != 0 {
		t.Errorf("%d events were taken", n)
	}
}

// A page of customers has no threads, whatever it asks for.
func TestCustomersHaveNoThreads(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	b, token, _ := enter(t, r, frame{})
	h.hire(h.visitor(b))
	for _, f := range []frame{
		{"type": "watch", "topic": "abc"},
		{"type": "message", "id": "message-1", "topic": "abc", "as": "note", "text": "hello"},
		{"type": "action", "id": "message-1", "topic": "abc", "action": "b:take"},
	} {
		b.send(f)
		if got := b.until("refused"); got.Why != "bad" {
			t.Error(got.raw)
		}
	}
	if code, why := bring(t, r, token, url.Values{"id": {"upload-01"}, "name": {"a.txt"}, "topic": {"abc"}, "as": {"note"}}, "x"); code != http.StatusBadRequest || why != "bad" {
		t.Errorf("upload: %d %s", code, why)
	}
}

// visitor is who sits at a page.
func (h *house) visitor(b *browser) bot.SenderID {
	b.t.Helper()
	b.say("message-0", "who am I?")
	in := h.kept(bot.KindText)
	return in[len(in)-1].Sender.ID
}
