package webchat_test

import (
	"context"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

func TestBadFrames(t *testing.T) {
	long := strings.Repeat("长", 8001)
	for _, test := range []struct {
		name, frame, why, count string
	}{
		{"no JSON", `{"type":`, "bad", "unreadable"},
		{"no object", `[1]`, "bad", "unreadable"},
		{"unknown type", `{"type":"dance","id":"message-1"}`, "bad", "unknown"},
		{"no id", `{"type":"message","text":"hello"}`, "bad", ""},
		{"id with a colon", `{"type":"message","id":"message:1","text":"hello"}`, "bad", ""},
		{"id of ours", `{"type":"message","id":"follow","text":"hello"}`, "bad", ""},
		{"empty", `{"type":"message","id":"message-1","text":" \n "}`, "empty", ""},
		{"only control characters", `{"type":"message","id":"message-1","text":"\u0000\u0007"}`, "empty", ""},
		{"too long", `{"type":"message","id":"message-1","text":"` + long + `"}`, "long", ""},
		{"no action", `{"type":"action","id":"message-1"}`, "bad", ""},
		{"endless action", `{"type":"action","id":"message-1","action":"` + strings.Repeat("b", 300) + `"}`, "bad", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse()
			b, _, _ := enter(t, newReplica(t, h, webchat.Config{}), frame{})
			b.raw(websocket.MessageText, []byte(test.frame))
			if f := b.hear(); f.Type != "refused" || f.Why != test.why {
				t.Errorf("got %s", f.raw)
			}
			if test.count != "" && h.count(test.count) != 1 {
				t.Errorf("not counted as %s", test.count)
			}
			if f := b.say("message-2", "still here"); f.Type != "ack" {
				t.Errorf("afterwards: %s", f.raw)
			}
			if diff := cmp.Diff([]string{"still here"}, texts(h.kept(bot.KindText))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFramesThatEndTheSocket(t *testing.T) {
	for _, test := range []struct {
		name  string
		frame []byte
		want  websocket.StatusCode
		count string
	}{
		{"oversize", []byte(`{"type":"message","id":"message-1","text":"` + strings.Repeat("x", 70<<10) + `"}`), websocket.StatusMessageTooBig, ""},
		{"not UTF-8", []byte("{\"type\":\"message\",\"id\":\"message-1\",\"text\":\"\xff\xfe\"}"), websocket.StatusInvalidFramePayloadData, "unreadable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse()
			b, _, _ := enter(t, newReplica(t, h, webchat.Config{}), frame{})
			err := b.try(websocket.MessageText, test.frame)
			cut := err != nil && test.want == websocket.StatusMessageTooBig // the rest of it was not read
			if code := b.closed(); code != test.want && !cut {
				t.Errorf("closed with %v, want %v: %v", code, test.want, err)
			}
			if test.count != "" && h.count(test.count) != 1 {
				t.Errorf("not counted as %s", test.count)
			}
			if n := len(h.kept(bot.KindText)); n != 0 {
				t.Errorf("%d messages kept", n)
			}
		})
	}
}

func TestHelloComesFirst(t *testing.T) {
	h := newHouse()
	b := dial(t, newReplica(t, h, webchat.Config{}))
	b.send(frame{"type": "message", "id": "message-1", "text": "hello"})
	if code := b.closed(); code != websocket.StatusPolicyViolation {
		t.Errorf("closed with %v", code)
	}
}

func TestWhatPeopleTypeStaysText(t *testing.T) {
	for _, test := range []struct{ typed, kept string }{
		{"a\x00b\x07c\r\nd\te", "abc\nd\te"},
		{"'; DROP TABLE users; --", "'; DROP TABLE users; --"},
		{"<script>alert(1)</script>", "<script>alert(1)</script>"},
		{"**not bold** [x](https://example.com)", "**not bold** [x](https://example.com)"},
		{"مرحبا 👋🏽 你好", "مرحبا 👋🏽 你好"},
		{strings.Repeat("𝄞", 8000), strings.Repeat("𝄞", 8000)},
	} {
		h := newHouse()
		b, _, _ := enter(t, newReplica(t, h, webchat.Config{}), frame{})
		b.send(frame{"type": "message", "id": "message-1", "text": test.typed})
		shown := b.until("entry")
		if diff := cmp.Diff([]string{test.kept}, texts(h.kept(bot.KindText))); diff != "" {
			t.Error(diff)
		}
		if shown.words() != test.kept {
			t.Errorf("shown as %q, want %q", shown.words(), test.kept)
		}
		for _, l := range shown.Text {
			for _, s := range l.Spans {
				if s.Kind != "" {
					t.Errorf("%q is drawn as %q", test.typed, s.Kind)
				}
			}
		}
	}
}

func TestWhatIsShownIsNoHTML(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	token, err := r.Token(context.Background(), "li.wei")
	if err != nil {
		t.Fatal(err)
	}
	evil := `<img src=x onerror=alert(1)>`
	h.post(bot.Address{Platform: "webchat", Install: "site", Chat: "li.wei"}, bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: &bot.Reply{
		Text: evil + " [press](javascript:alert(1))\n[site](https://example.com/)",
		Buttons: []bot.Button{
			{Label: evil, Action: "b:1"},
			{Label: "bad", URL: "JavaScript:alert(1)"},
			{Label: "data", URL: "data:text/html,x"},
			{Label: "good", URL: "https://example.com/"},
			{Label: "call", URL: "tel:+8613800000000"},
		},
	}})
	_, _, old := enter(t, r, frame{"token": token})
	if got := old[0].words(); got != evil+" [press](javascript:alert(1))\nsite" {
		t.Errorf("text %q", got)
	}
	var links []string
	for _, l := range old[0].Text {
		for _, s := range l.Spans {
			links = append(links, s.URL)
		}
	}
	for _, b := range old[0].Buttons {
		links = append(links, b.URL)
	}
	got := strings.Join(strings.Fields(strings.Join(links, " ")), " ")
	if want := "https://example.com/ https://example.com/ tel:+8613800000000"; got != want {
		t.Errorf("links %q, want %q", got, want)
	}
	if old[0].Buttons[0].Label != evil {
		t.Errorf("label %q", old[0].Buttons[0].Label)
	}
}
