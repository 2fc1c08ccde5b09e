package adapters_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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

// emulator is telegram-test-api: a Bot API that somebody else wrote, with the
// side of the person.
type emulator struct {
	t     *testing.T
	url   string
	token string
}

func newEmulator(t *testing.T) *emulator {
	t.Helper()
	port := freePort(t)
	launch(t, []string{"PORT=" + strconv.Itoa(port)}, "telegram-emulator.js").says("up")
	return &emulator{t: t, url: fmt.Sprintf("http://127.0.0.1:%d", port), token: "666:emulated"}
}

func (e *emulator) config() telegram.Config {
	c := telegram.Config{Install: "support", Token: e.token}
	c.APIURL = e.url
	return c
}

// do is a request of the person's side.
func (e *emulator) do(path string, body any) json.RawMessage {
	e.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		e.t.Fatal(err)
	}
	resp, err := http.Post(e.url+path, "application/json", bytes.NewReader(raw)) //nolint:noctx // on this machine
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	var data struct {
		OK     bool            `json:"ok"`
		Result json.RawMessage `json:"result"`
	}
	if json.Unmarshal(answer, &data) != nil || !data.OK {
		e.t.Fatalf("%s: %s", path, answer)
	}
	return data.Result
}

func (e *emulator) common(fields map[string]any) map[string]any {
	all := map[string]any{
		"botToken": e.token, "date": 1784984664,
		"from": map[string]any{"id": 5, "first_name": "Ana", "is_bot": false},
		"chat": map[string]any{"id": 5, "first_name": "Ana", "type": "private"},
	}
	for k, v := range fields {
		all[k] = v
	}
	return all
}

func (e *emulator) say(text string) {
	e.do("/sendMessage", e.common(map[string]any{"text": text}))
}

func (e *emulator) command(text string) {
	word, _, _ := strings.Cut(text, " ")
	e.do("/sendCommand", e.common(map[string]any{"text": text, "entities": []any{
		map[string]any{"type": "bot_command", "offset": 0, "length": len(word)},
	}}))
}

func (e *emulator) press(data string, message int) {
	m := e.common(map[string]any{"message_id": message})
	delete(m, "botToken")
	e.do("/sendCallback", e.common(map[string]any{"data": data, "message": m}))
}

// shown is what lies in the chat: the messages of the bot as they are now.
func (e *emulator) shown() []map[string]any {
	var all []struct {
		Message map[string]any `json:"message"`
	}
	e.read("/getUpdatesHistory", map[string]any{"token": e.token}, &all)
	var out []map[string]any
	for _, m := range all {
		if _, ours := m.Message["chat_id"]; ours {
			out = append(out, m.Message)
		}
	}
	return out
}

func (e *emulator) read(path string, body, into any) {
	e.t.Helper()
	if err := json.Unmarshal(e.do(path, body), into); err != nil {
		e.t.Fatal(err)
	}
}

// run lets an adapter take updates in until the test ends.
func run(t *testing.T, a bot.Adapter, house *adaptertest.House) {
	t.Helper()
	ended := make(chan error, 1)
	ctx, cancel := contextOf(t)
	go func() { ended <- a.Run(ctx, house) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// TestTelegramOnAnEmulator has our adapter talk with a Bot API that somebody
// else wrote: by polling, and by a webhook, to which it sends no secret token,
// so that this is added on the way.
func TestTelegramOnAnEmulator(t *testing.T) {
	e := newEmulator(t)
	t.Run("polling", func(t *testing.T) {
		e.t = t
		house := adaptertest.NewHouse()
		a := must(telegram.New(e.config(), house))(t)
		run(t, a, house)
		e.converse(a, house)
	})
	t.Run("webhook", func(t *testing.T) {
		e.t = t
		house := adaptertest.NewHouse()
		var hook http.Handler
		refused := 0
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			bare := r.Clone(r.Context())
			bare.Body = io.NopCloser(bytes.NewReader(body))
			answer := httptest.NewRecorder()
			if hook.ServeHTTP(answer, bare); answer.Code == http.StatusUnauthorized {
				refused++
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "s3cret_for_the_test")
			hook.ServeHTTP(w, r)
		}))
		t.Cleanup(front.Close)
		c := e.config()
		c.Mode, c.SecretToken, c.PublicURL = "webhook", "s3cret_for_the_test", front.URL
		a := must(telegram.New(c, house))(t)
		hook = a.Webhook(house)
		run(t, a, house)
		e.hooked(house)
		e.converse(a, house)
		if refused < 3 {
			t.Errorf("%d requests without the secret token were refused", refused)
		}
	})
}

// hooked waits until updates come by the webhook.
func (e *emulator) hooked(house *adaptertest.House) {
	e.t.Helper()
	for range 300 {
		e.say("are you there?")
		if house.Wait(1, patience/300) {
			return
		}
	}
	e.t.Fatal("no webhook was set; log: " + house.Log())
}

// converse plays what the emulator can do: a text, a command, a pressed button;
// an answer with buttons, its change, its end, a note at the button.
func (e *emulator) converse(a *telegram.Adapter, house *adaptertest.House) {
	e.t.Helper()
	for len(house.Received()) > 0 && house.Wait(1, 0) {
	}
	before := len(house.Received())
	arrives := func(what string) bot.Inbound {
		e.t.Helper()
		if !house.Wait(1, patience) {
			e.t.Fatalf("%s did not arrive; log: %s", what, house.Log())
		}
		all := house.Received()
		return all[len(all)-1]
	}
	e.say("麦芽糖浆多少钱？")
	if in := arrives("a text"); in.Kind != bot.KindText || in.Text != "麦芽糖浆多少钱？" || in.Sender.Name != "Ana" || in.Address.Chat != "5" {
		e.t.Errorf("the text became %+v", in)
	}
	e.command("/start ref_x")
	if in := arrives("a command"); in.Kind != bot.KindFollow || in.Scene != "ref_x" {
		e.t.Errorf("the command became %+v", in)
	}
	to := bot.Address{Platform: "telegram", Install: "support", Chat: "5"}
	send := func(out bot.Outgoing) bot.Sent {
		e.t.Helper()
		out.V, out.To, out.Direct, out.Key = 1, to, true, "1-1"
		sent, err := a.Send(e.t.Context(), out)
		if err != nil {
			e.t.Fatalf("%s: %v", out.Op, err)
		}
		return sent
	}
	sent := send(bot.Outgoing{Op: bot.OpPost, Reply: &bot.Reply{
		Text: "**¥4,200** a ton & up <now>", Buttons: []bot.Button{{Label: "Order", Action: "b:abcdefgh12345678"}},
	}})
	m := e.last()
	if m["text"] != "<b>¥4,200</b> a ton &amp; up &lt;now&gt;" || m["parse_mode"] != "HTML" || fmt.Sprint(m["chat_id"]) != "5" {
		e.t.Errorf("shown: %v", m)
	}
	if keys := fmt.Sprint(m["reply_markup"]); !strings.Contains(keys, "b:abcdefgh12345678") {
		e.t.Errorf("keyboard: %v", keys)
	}
	id, err := strconv.Atoi(string(sent.ID))
	if err != nil {
		e.t.Fatalf("the id of the message is %q", sent.ID)
	}
	e.press("b:abcdefgh12345678", id)
	in := arrives("a press")
	if in.Kind != bot.KindAction || in.Action != "b:abcdefgh12345678" || in.Target != sent.ID && in.Message != sent.ID {
		e.t.Errorf("the press became %+v", in)
	}
	send(bot.Outgoing{Op: bot.OpAnswer, Turn: in.Turn, Reply: &bot.Reply{Toast: "Ordered"}})
	send(bot.Outgoing{Op: bot.OpEdit, Target: sent.ID, Reply: bot.Text("Ordered.")})
	if m := e.last(); m["text"] != "Ordered." {
		e.t.Errorf("after the edit: %v", m)
	}
	n := len(e.shown())
	send(bot.Outgoing{Op: bot.OpDelete, Target: sent.ID})
	if len(e.shown()) >= n {
		e.t.Errorf("it was not deleted: %v", e.last())
	}
	seen := map[string]bool{} // before a webhook stands for sure, the emulator may bring an update again
	for _, in := range house.Received()[before:] {
		if seen[in.EventID] {
			e.t.Errorf("event %s twice", in.EventID)
		}
		seen[in.EventID] = true
	}
	if got := len(house.Received()) - before; got != 3 {
		e.t.Errorf("%d events of 3", got)
	}
}

func (e *emulator) last() map[string]any {
	e.t.Helper()
	all := e.shown()
	if len(all) == 0 {
		e.t.Fatal("nothing is shown")
	}
	return all[len(all)-1]
}

// TestGrammYAcceptsOurTelegram has grammY consume updates and call our stand-in
// of the Bot API, so that it is not only our own adapter that understands it.
func TestGrammYAcceptsOurTelegram(t *testing.T) {
	vacant(t, 9400)
	s := telegramtest.New()
	t.Cleanup(s.Close)
	s.Token, s.BotID = "1:T", 1
	s.Changed() // so that whoever answers sees it
	out, err := launch(t, nil, "telegram-grammy.mjs", s.URL).ends()
	if err != nil {
		t.Errorf("%v", err)
	}
	for _, want := range []string{
		"GRAMMY /start payload ref_x topic 7", "GRAMMY callback 42", "GRAMMY contact +1 true",
		"no secret -> 401 bad secret -> 401", "API getMe " + s.Username, "sendMessage 5",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("grammY does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "setMyCommands") {
		t.Error("the commands were refused")
	}
	t.Log(strings.TrimSpace(out))
	t.Run("updates", func(t *testing.T) { grammyReads(t, s) })
}

// grammyReads delivers updates of our stand-in to grammY's webhook and compares
// what it understood.
func grammyReads(t *testing.T, s *telegramtest.Server) {
	port := freePort(t)
	p := launch(t, nil, verifier(t, "grammy-updates.mjs"), s.URL, strconv.Itoa(port), s.Secret)
	s.AddFile("f1", onePixel)
	p.says("up")
	url := fmt.Sprintf("http://127.0.0.1:%d/", port)
	for _, c := range []struct {
		body []byte
		want string
	}{
		{s.Text(ana, "糖浆多少钱?"), `text "糖浆多少钱?" from Ana`},
		{s.Text(ana, "/start ref_x"), `command start "ref_x"`},
		{s.Contact(ana, "+8613800000000"), "contact +8613800000000 own true"},
		{s.Press(ana, 77, "b:abcdefgh12345678"), "press b:abcdefgh12345678 on 77"},
		{s.Message(ana, map[string]any{"photo": []any{map[string]any{"file_id": "p1", "file_unique_id": "u", "width": 9, "height": 9}}}), "photo p1"},
		{s.Update("edited_message", map[string]any{"message_id": 7, "date": 1784984600, "edit_date": 1784984700, "text": "30 t", "chat": map[string]any{"id": 555, "type": "private"}, "from": map[string]any{"id": 555, "is_bot": false, "first_name": "Ana"}}), `edited "30 t"`},
	} {
		if status, err := telegramtest.Post(url, s.Secret, c.body); err != nil || status != http.StatusOK {
			t.Errorf("%s: status %d, %v", c.want, status, err)
		}
		p.says(c.want)
	}
	for name, secret := range map[string]string{"wrong": s.Secret + "x", "none": ""} {
		if status, err := telegramtest.Post(url, secret, s.Text(ana, "forged")); err != nil || status != http.StatusUnauthorized {
			t.Errorf("%s secret: status %d, %v", name, status, err)
		}
	}
	p.says("done polling")
	if out, _ := p.said(); strings.Contains(out, "forged") || strings.Contains(out, "FAIL") {
		t.Errorf("grammY: %s", out)
	}
}

var ana = telegramtest.Person{ID: 555, Name: "Ana", Language: "zh-hans"}
