package telegram_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/adapters/adaptertest"
	"crmbot/bot"
)

// bring posts an update and returns what became of it, the reason if nothing.
func bring(t *testing.T, body []byte) (*bot.Inbound, string) {
	t.Helper()
	s, house := newServer(t), adaptertest.NewHouse()
	if err := house.SetValue(t.Context(), "name/111111111", s.Username, 0); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
	w := httptest.NewRecorder()
	open(t, webhookConfig(s), house).Webhook(house).ServeHTTP(w, r)
	if all := house.Received(); len(all) == 1 {
		return &all[0], ""
	}
	if all := house.Counts(); w.Code == http.StatusOK && len(all) == 1 {
		return nil, all[0].Reason
	}
	t.Fatalf("status %d, received %v, counted %v", w.Code, house.Received(), house.Counts())
	return nil, ""
}

// TestTheLibraryReadsTheSame reads every update that we have with the library's
// own types: who says what where is the same, whichever reads it.
func TestTheLibraryReadsTheSame(t *testing.T) {
	s := newServer(t)
	bodies := inbound(s)
	files, err := filepath.Glob(filepath.Join(adaptertest.Fixtures(t, "telegram"), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bodies[filepath.Base(path)] = body
	}
	same := 0
	for name, body := range bodies {
		var u tgbotapi.Update
		in, _ := bring(t, body)
		if json.Unmarshal(body, &u) != nil || in == nil || in.Kind == bot.KindMoved {
			continue
		}
		same++
		if id := strconv.Itoa(u.UpdateID); in.EventID != id || in.Seq != int64(u.UpdateID) {
			t.Errorf("%s: event %s, %d; the library reads %s", name, in.EventID, in.Seq, id)
		}
		if who := u.SentFrom(); who != nil && string(in.Sender.ID) != strconv.FormatInt(who.ID, 10) {
			t.Errorf("%s: from %s; the library reads %d", name, in.Sender.ID, who.ID)
		}
		m := cmp.Or(u.Message, u.EditedMessage)
		if m == nil {
			continue
		}
		if string(in.Address.Chat) != strconv.FormatInt(m.Chat.ID, 10) || in.Direct != m.Chat.IsPrivate() || in.At.Unix() != int64(cmp.Or(m.EditDate, m.Date)) {
			t.Errorf("%s: in %s at %v; the library reads %+v", name, in.Address.Chat, in.At, m)
		}
		if said := cmp.Or(in.Message, in.Target); string(said) != strconv.Itoa(m.MessageID) {
			t.Errorf("%s: message %s; the library reads %d", name, said, m.MessageID)
		}
	}
	if same < 20 {
		t.Errorf("only %d updates are read by both", same)
	}
}

// TestWhatIsNoUpdate is counted for what it is.
func TestWhatIsNoUpdate(t *testing.T) {
	for body, reason := range map[string]string{
		`{}`: bot.ReasonUnreadable, `null`: bot.ReasonUnreadable, `{"update_id":null,"message":{}}`: bot.ReasonUnreadable,
		`{"update_id":"1"}`: bot.ReasonUnreadable, "{\"update_id\":1,\"x\":\"\xff\"}": bot.ReasonUnreadable,
		`{"update_id":1,"message":5}`: bot.ReasonUnreadable, `{"update_id":1,"poll":{}}`: bot.ReasonNotForUs,
		`{"update_id":1,"telepathy":{}}`: bot.ReasonUnknown, `{"update_id":1}`: bot.ReasonUnknown,
		`{"update_id":1,"message":{"message_id":2,"from":{"id":5},"chat":{"id":5,"type":"private"},"story":{}}}`:     bot.ReasonNotForUs,
		`{"update_id":1,"message":{"message_id":2,"from":{"id":5},"chat":{"id":5,"type":"private"},"telepathy":{}}}`: bot.ReasonUnknown,
	} {
		if in, got := bring(t, []byte(body)); in != nil || got != reason {
			t.Errorf("%s: %+v, counted as %q, want %q", body, in, got, reason)
		}
	}
}
