package webchat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"crmbot/adapters/webchat"
	"crmbot/bot"
)

// The list shows what is new to each person, on every device of his.
func TestUnread(t *testing.T) {
	h := newHouse()
	r, token := office(t, h, "li.wei")
	waits, old := opens(t, r, "out-1", "王芳").Topic, opens(t, r, "out-2", "李雷").Topic
	last := h.post(place(waits), out("hello"))
	h.list(bot.ThreadEntry{Topic: waits, Title: "王芳", Waits: h.now, LastID: last, Mine: true})
	h.list(bot.ThreadEntry{Topic: old, Title: "李雷", LastID: h.post(place(old), out("bye")), Assignee: "赵敏"})

	b, _, _ := enter(t, r, frame{"token": token})
	first := b.until("threads").Threads
	if len(first) != 2 || !first[0].Unread || !first[0].Mine || first[1].Unread || first[1].Assignee != "赵敏" {
		t.Fatalf("at first %+v", first)
	}
	b.watch(waits, 0)
	b.send(frame{"type": "seen", "topic": waits, "upTo": last + 100}) // it cannot have
	b.send(frame{"type": "seen", "topic": waits, "upTo": last})
	if now := b.until("threads").Threads; now[0].Unread {
		t.Errorf("once it was seen %+v", now)
	}
	other, _, _ := enter(t, newReplica(t, h, webchat.Config{Install: "office", Staff: true}), frame{"token": token})
	if there := other.until("threads").Threads; there[0].Unread || there[1].Unread {
		t.Errorf("on another device %+v", there)
	}
	h.list(bot.ThreadEntry{Topic: old, Title: "李雷", LastID: h.post(place(old), out("one more"))})
	if now := other.until("threads").Threads; !now[1].Unread {
		t.Errorf("something new: %+v", now)
	}
}

// A code is said to the bot in the person's own chat; the list is there as soon
// as the house knows who it is.
func TestSigningIn(t *testing.T) {
	h := newHouse()
	h.answer = func(in bot.Inbound) *bot.Reply {
		if in.Kind != bot.KindText {
			return nil
		}
		if in.Text != "link 7F3K-9QXA" {
			return bot.Text("That code is wrong")
		}
		h.staff[in.Sender.ID] = true
		return bot.Text("Welcome")
	}
	r := newReplica(t, h, webchat.Config{Install: "office", Staff: true})
	b, token, _ := enter(t, r, frame{})
	b.until("stranger")
	b.say("message-1", "link 1111-1111")
	b.until("entry")
	b.say("message-2", "link 7F3K-9QXA")
	if f := b.until("threads"); len(f.Threads) != 0 {
		t.Error(f.raw)
	}
	in := h.kept(bot.KindText)[1]
	if !in.Direct || in.Address.Chat != bot.ChatID(in.Sender.ID) {
		t.Errorf("the code was said at %+v", in.Address)
	}
	again, _, _ := enter(t, r, frame{"token": token})
	again.until("threads")
}

// bring uploads a file, with everything that its address says.
func bring(t *testing.T, r *replica, token string, about url.Values, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.url+"/file?"+about.Encode(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var told struct{ Why string }
	if err := json.NewDecoder(res.Body).Decode(&told); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, told.Why
}

func TestFilesInAThread(t *testing.T) {
	h := newHouse()
	r, token := office(t, h, "li.wei")
	topic := string(opens(t, r, "out-1", "王芳").Topic)
	for i, test := range []struct {
		as, text, want string
		code           int
	}{
		{"note", "", "note:", http.StatusOK},
		{"note", "the broken bag", "note: the broken bag", http.StatusOK},
		{"customer", "", "r:", http.StatusOK},
		{"customer", "our price list", "r: our price list", http.StatusOK},
		{"bot", "", "", http.StatusBadRequest},
		{"", "", "", http.StatusBadRequest},
	} {
		id := fmt.Sprintf("upload-%02d", i)
		code, _ := bring(t, r, token, url.Values{"id": {id}, "name": {"a.txt"}, "topic": {topic}, "as": {test.as}, "text": {test.text}}, "bytes")
		if code != test.code {
			t.Errorf("%+v: %d", test, code)
		}
		if code != http.StatusOK {
			continue
		}
		got := h.kept(bot.KindMedia)
		in := got[len(got)-1]
		if in.Text != test.want || in.Address != place(bot.TopicID(topic)) || in.Direct || len(in.Files) != 1 || in.Sender.ID != "li.wei" {
			t.Errorf("%+v became %+v", test, in)
		}
	}
}
