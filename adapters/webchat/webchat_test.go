package webchat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

func TestTheSameMessageTwiceIsOne(t *testing.T) {
	h := newHouse()
	h.answer = echo
	r := newReplica(t, h, webchat.Config{})
	b, token, _ := enter(t, r, frame{})
	b.say("message-1", "hello")
	_ = b.conn.CloseNow()
	b, _, _ = enter(t, newReplica(t, h, webchat.Config{}), frame{"token": token})
	if f := b.say("message-1", "hello"); f.Type != "ack" {
		t.Errorf("sent again: %s", f.raw)
	}
	b.say("message-2", "more")
	if diff := cmp.Diff([]string{"hello", "more"}, texts(h.kept(bot.KindText))); diff != "" {
		t.Error(diff)
	}
}

func TestFlood(t *testing.T) {
	h := newHouse()
	b, _, _ := enter(t, newReplica(t, h, webchat.Config{}), frame{})
	for i := range 10 {
		if f := b.say(fmt.Sprintf("message-%d", i), "spam"); f.Type != "ack" {
			t.Fatalf("message %d: %s", i, f.raw)
		}
	}
	if f := b.say("message-10", "spam"); f.Why != "fast" {
		t.Fatalf("message 11: %s", f.raw)
	}
	h.pass(time.Second)
	if f := b.say("message-10", "sorry"); f.Type != "ack" {
		t.Fatalf("a second later: %s", f.raw)
	}
	h.pass(time.Second)
	for i := range 40 {
		b.send(frame{"type": "message", "id": fmt.Sprintf("flood-%d", i+1000), "text": "spam"})
	}
	if code := b.closed(); code != websocket.StatusPolicyViolation {
		t.Errorf("who did not stop was closed with %v", code)
	}
}

func TestOpeningIsToldOnce(t *testing.T) {
	h := newHouse()
	h.answer = func(in bot.Inbound) *bot.Reply {
		if in.Kind == bot.KindFollow {
			return bot.Text("Welcome")
		}
		return nil
	}
	r := newReplica(t, h, webchat.Config{})
	page := "https://www.example.com/syrup?utm_source=baidu&utm_campaign=q4"
	b, token, _ := enter(t, r, frame{"page": page + "#top"})
	if n := len(h.received); n != 0 {
		t.Fatalf("looking at the page made %d events", n)
	}
	b.send(frame{"type": "open"})
	b.until("entry")
	b.send(frame{"type": "open"})
	b.say("message-1", "hello")
	again, _, _ := enter(t, r, frame{"token": token, "page": page})
	again.send(frame{"type": "open"})
	again.say("message-2", "me again")

	follows := h.kept(bot.KindFollow)
	if len(follows) != 1 || follows[0].Scene != page {
		t.Errorf("follows: %+v", follows)
	}
	for _, in := range h.kept(bot.KindText) {
		if in.Scene != "" {
			t.Errorf("a later message carries scene %q", in.Scene)
		}
	}
	other, _, _ := enter(t, r, frame{"page": "javascript:alert(1)"})
	other.say("message-3", "hello")
	if f := h.kept(bot.KindFollow); len(f) != 2 || f[1].Scene != "" {
		t.Errorf("a first message tells of the opening: %+v", f)
	}
}

func TestAnswersAcrossReplicas(t *testing.T) {
	h := newHouse()
	one, two := newReplica(t, h, webchat.Config{}), newReplica(t, h, webchat.Config{})
	a, token, _ := enter(t, one, frame{})
	b, _, _ := enter(t, two, frame{"token": token})
	a.say("message-1", "hello")
	if f := b.until("entry"); f.words() != "hello" || f.From != "me" {
		t.Errorf("the other page shows %s", f.raw)
	}
	at := h.kept(bot.KindText)[0].Address
	if _, err := one.Send(context.Background(), bot.Outgoing{Key: "out-1", Op: bot.OpPost, To: at, Reply: bot.Text("hi")}); err != nil {
		t.Fatal(err)
	}
	last := h.post(at, bot.Entry{Direction: crm.Out, Author: crm.AuthorUser, Name: "李伟", Reply: bot.Text("in **person**")})
	f := b.until("entry")
	if f.From != "person" || f.Name != "李伟" || f.words() != "in person" || f.Text[0].Spans[1].Kind != "strong" || f.Entry != last {
		t.Errorf("shown: %s", f.raw)
	}

	b.send(frame{"type": "seen", "upTo": last + 100})
	b.say("message-2", "you cannot have seen the future")
	if got := h.seen(at); got != 0 {
		t.Errorf("delivered up to %d of %d", got, last)
	}
	b.send(frame{"type": "seen", "upTo": last})
	b.say("message-3", "seen")
	if got := h.seen(at); got != last {
		t.Errorf("delivered up to %d, want %d", got, last)
	}
}

func TestButtonPressAndReplacement(t *testing.T) {
	h := newHouse()
	h.answer = func(in bot.Inbound) *bot.Reply {
		switch in.Kind {
		case bot.KindText:
			return &bot.Reply{Text: "Sure?", Buttons: []bot.Button{{Label: "Yes", Action: "b:0123456789abcdef", Once: true}}}
		case bot.KindAction:
			return &bot.Reply{Text: "Done", Replace: true}
		}
		return nil
	}
	r := newReplica(t, h, webchat.Config{})
	b, _, _ := enter(t, r, frame{})
	b.send(frame{"type": "message", "id": "message-1", "text": "delete"})
	b.until("entry")
	question := b.until("entry")
	b.send(frame{"type": "action", "id": "press-001", "action": question.Buttons[0].Action, "on": question.Entry})
	done := b.until("entry")
	if done.Replace != question.Entry || done.words() != "Done" {
		t.Errorf("the answer is %s, want it in place of %d", done.raw, question.Entry)
	}
	in := h.kept(bot.KindAction)[0]
	if in.Action != "b:0123456789abcdef" || in.Message != bot.MessageID(fmt.Sprint(question.Entry)) {
		t.Errorf("inbound %+v", in)
	}
}

func TestDatabaseAway(t *testing.T) {
	h := newHouse()
	h.setAway(crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(errors.New("disk full")))
	b, _, _ := enter(t, newReplica(t, h, webchat.Config{}), frame{})
	if f := b.say("message-1", "hello"); f.Type != "refused" || f.Why != "later" {
		t.Fatalf("got %s", f.raw)
	}
	h.setAway(nil)
	if f := b.say("message-1", "hello"); f.Type != "ack" {
		t.Errorf("sent again: %s", f.raw)
	}
	if f := h.kept(bot.KindFollow); len(f) != 1 {
		t.Errorf("%d openings kept", len(f))
	}
}

func TestBacklogIsTheEnd(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	token, err := r.Token(context.Background(), "li.wei")
	if err != nil {
		t.Fatal(err)
	}
	at := bot.Address{Platform: "webchat", Install: "site", Chat: "li.wei"}
	for i := range 450 {
		h.post(at, bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: bot.Text(fmt.Sprint(i))})
	}
	_, _, old := enter(t, r, frame{"token": token})
	if len(old) != 200 || old[199].words() != "449" {
		t.Errorf("%d entries, the last is %q", len(old), old[len(old)-1].words())
	}
}

func TestStopSaysGoodbye(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	b, _, _ := enter(t, r, frame{})
	r.end()
	if code := b.closed(); code != websocket.StatusGoingAway {
		t.Errorf("closed with %v", code)
	}
}

// TestStrangersComeAtARate lets one address bring in so many new visitors, and
// those it knows at any time.
func TestStrangersComeAtARate(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{Proxies: []string{"127.0.0.0/8", "::1"}})
	hello := func(from, token string) heard {
		t.Helper()
		ctx, cancel := patience(t)
		defer cancel()
		conn, _, err := websocket.Dial(ctx, strings.Replace(r.url, "http", "ws", 1)+"/socket",
			&websocket.DialOptions{HTTPHeader: http.Header{"X-Forwarded-For": {from}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.CloseNow() })
		b := &browser{t, conn}
		b.send(frame{"type": "hello", "token": token})
		return b.hear()
	}
	token := ""
	for i := range 20 {
		f := hello("203.0.113.9", "")
		if f.Type != "welcome" {
			t.Fatalf("visitor %d: %s", i, f.raw)
		}
		token = f.Token
	}
	if f := hello("203.0.113.9", ""); f.Why != "later" {
		t.Errorf("one too many: %s", f.raw)
	}
	if f := hello("203.0.113.9", token); f.Type != "welcome" {
		t.Errorf("somebody known: %s", f.raw)
	}
	if f := hello("203.0.113.10", ""); f.Type != "welcome" {
		t.Errorf("somebody else: %s", f.raw)
	}
	h.pass(5 * time.Second)
	if f := hello("203.0.113.9", ""); f.Type != "welcome" {
		t.Errorf("five seconds later: %s", f.raw)
	}
	if n := h.count("refused"); n != 1 {
		t.Errorf("%d refusals", n)
	}
}
