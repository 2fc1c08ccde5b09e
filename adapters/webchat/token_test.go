package webchat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"crmbot/adapters/webchat"
	"crmbot/bot"
)

func TestVisitorResumesOnAnotherReplica(t *testing.T) {
	h := newHouse()
	h.answer = echo
	first, second := newReplica(t, h, webchat.Config{}), newReplica(t, h, webchat.Config{})

	b, token, old := enter(t, first, frame{"lang": "zh-CN"})
	if token == "" || len(old) != 0 {
		t.Fatalf("a stranger got token %q and %d entries", token, len(old))
	}
	if f := b.say("message-1", "hello"); f.Type != "ack" {
		t.Fatalf("message got %s", f.raw)
	}

	_, again, old := enter(t, second, frame{"token": token})
	if again != token {
		t.Error("a fresh token was renewed")
	}
	if len(old) != 2 || old[0].From != "me" || old[0].Mine != "message-1" || old[1].words() != "You said: hello" {
		t.Fatalf("after the reload: %+v", old)
	}
	_, _, rest := enter(t, second, frame{"token": token, "after": old[0].Entry})
	if len(rest) != 1 || rest[0].Entry != old[1].Entry {
		t.Errorf("after entry %d: %+v", old[0].Entry, rest)
	}

	in := h.kept(bot.KindText)[0]
	if in.Sender.ID == "" || bot.ChatID(in.Sender.ID) != in.Address.Chat || !in.Direct || in.Sender.Language != "zh-CN" {
		t.Errorf("inbound %+v", in)
	}
}

func TestTwoVisitorsAreStrangers(t *testing.T) {
	h := newHouse()
	h.answer = echo
	r := newReplica(t, h, webchat.Config{})
	a, _, _ := enter(t, r, frame{})
	a.say("message-1", "my secret")
	_, _, old := enter(t, r, frame{})
	if len(old) != 0 {
		t.Errorf("a stranger was shown %+v", old)
	}
}

func TestTokenIsRenewed(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	b, token, _ := enter(t, r, frame{})
	b.say("message-1", "hello")
	h.pass(80 * 24 * time.Hour)
	_, renewed, _ := enter(t, r, frame{"token": token})
	if renewed == token {
		t.Fatal("a token of 80 days was not renewed")
	}
	h.pass(80 * 24 * time.Hour)
	_, _, old := enter(t, r, frame{"token": renewed})
	if len(old) != 1 {
		t.Errorf("the renewed token shows %d entries, want 1", len(old))
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{})
	_, good, _ := enter(t, r, frame{})
	other, _, _ := strings.Cut(good, ".")
	_, code, _ := strings.Cut(good, ".")
	elsewhere := newReplica(t, h, webchat.Config{Install: "shop"})
	foreign, err := elsewhere.Token(context.Background(), "li.wei")
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"garbage":              "garbage",
		"no code":              other,
		"empty code":           other + ".",
		"another name":         "MTkwMDAwMDAwMCBsaS53ZWk." + code, // "1900000000 li.wei"
		"a letter more":        good + "A",
		"of another install":   foreign,
		"longer than any name": strings.Repeat("A", 60000) + "." + code,
	} {
		t.Run(name, func(t *testing.T) {
			before := h.count("refused")
			b := dial(t, r)
			b.send(frame{"type": "hello", "token": token})
			if f := b.hear(); f.Type != "refused" || f.Why != "expired" {
				t.Errorf("got %s", f.raw)
			}
			if code := b.closed(); code != websocket.StatusPolicyViolation {
				t.Errorf("closed with %v", code)
			}
			if h.count("refused") != before+1 {
				t.Error("not counted")
			}
		})
	}
	t.Run("too old", func(t *testing.T) {
		h.pass(91 * 24 * time.Hour)
		b := dial(t, r)
		b.send(frame{"type": "hello", "token": good})
		if f := b.hear(); f.Type != "refused" {
			t.Errorf("got %s", f.raw)
		}
	})
}

func TestStaffSignIn(t *testing.T) {
	h := newHouse()
	r := newReplica(t, h, webchat.Config{Install: "team", Staff: true})
	token, err := r.Token(context.Background(), "li.wei")
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := enter(t, r, frame{"token": token})
	b.say("message-1", "pipeline")
	in := h.kept(bot.KindText)[0]
	want := bot.Address{Platform: "webchat", Install: "team", Chat: "li.wei"}
	if in.Sender.ID != "li.wei" || in.Address != want {
		t.Errorf("sender %q at %+v", in.Sender.ID, in.Address)
	}
}

func TestOneKeyForAllReplicas(t *testing.T) {
	h := newHouse()
	tokens := make(chan string)
	for range 4 {
		r := newReplica(t, h, webchat.Config{})
		go func() {
			token, err := r.Token(context.Background(), "li.wei")
			if err != nil {
				t.Error(err)
			}
			tokens <- token
		}()
	}
	first := <-tokens
	for range 3 {
		if other := <-tokens; other != first {
			t.Error("two replicas sign with different keys")
		}
	}
}
