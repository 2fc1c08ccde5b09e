package telegram_test

import (
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
)

// TestOwnMessages sends, changes and removes a message of our own.
func TestOwnMessages(t *testing.T) {
	s := newServer(t)
	a := open(t, config(s), adaptertest.NewHouse())
	do := func(op bot.Op, target bot.MessageID, reply *bot.Reply) (bot.Sent, error) {
		return a.Send(t.Context(), bot.Outgoing{
			Op: op, Turn: "778899", To: bot.Address{Platform: telegram.Platform, Install: "support", Chat: "555"}, Direct: true, Target: target, Reply: reply,
		})
	}
	sent, err := do(bot.OpPost, "", bot.Text("one"))
	if err != nil || sent.ID == "" {
		t.Fatal(sent, err)
	}
	for _, text := range []string{"two", "two"} { // the second changes nothing
		if again, err := do(bot.OpEdit, sent.ID, bot.Text(text)); err != nil || again.ID != sent.ID {
			t.Errorf("%v, %v", again, err)
		}
	}
	asked, err := do(bot.OpEdit, sent.ID, &bot.Reply{Text: "phone?", AskContact: "My number"})
	if err != nil || asked.ID == sent.ID {
		t.Errorf("%v, %v; want a new message with the keyboard", asked, err)
	}
	if _, err := do(bot.OpDelete, sent.ID, nil); err != nil {
		t.Error(err)
	}
	for _, op := range []bot.Op{bot.OpDelete, bot.OpEdit} {
		if _, err := do(op, sent.ID, bot.Text("x")); bot.FailureOf(err).Class != bot.Stale {
			t.Errorf("%s of what is gone: %v, want stale", op, err)
		}
	}
	s.Force("answerCallbackQuery", adaptertest.Answer{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: query is too old and response timeout expired or query ID is invalid"}`})
	if _, err := do(bot.OpAnswer, "", nil); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("%v, want stale", err)
	}
	s.Force("editMessageText", adaptertest.Answer{Cut: true})
	if _, err := do(bot.OpEdit, asked.ID, bot.Text("again")); bot.FailureOf(err).Class != bot.Transient {
		t.Errorf("%v, want transient: an edit may be repeated", err)
	}
	if _, err := do(bot.OpHome, "", bot.Text("x")); err == nil {
		t.Error("a home page on Telegram")
	}
	if _, err := do(bot.OpPost, "", &bot.Reply{}); bot.FailureOf(err).Class != bot.BadContent {
		t.Errorf("%v, want bad content", err)
	}
	checkRequests(t, s.Calls(), "sendMessage", "editMessageText", "deleteMessage", "answerCallbackQuery")
}

func TestNobodyThere(t *testing.T) {
	s := telegramtest.New()
	a := open(t, config(s), adaptertest.NewHouse())
	s.Close()
	_, err := a.Send(t.Context(), bot.Outgoing{Op: bot.OpPost, To: bot.Address{Chat: "5"}, Reply: bot.Text("x")})
	if bot.FailureOf(err).Class != bot.Transient || strings.Contains(err.Error(), s.Token) {
		t.Errorf("%v, want transient without the token", err)
	}
}
