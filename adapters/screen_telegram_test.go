package adapters_test

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
	"crmbot/crm"
)

// telegramScreen is a person with Telegram.
type telegramScreen struct {
	t       *testing.T
	w       *town
	server  *telegramtest.Server
	install bot.Install
	me      telegramtest.Person
	hook    http.Handler
	calls   fresh
	keys    map[string]pressed // by label, the latest
	ours    string             // the group of colleagues that this bot is in as well, "" for none
}

// pressed is what a press of a button says.
type pressed struct {
	message int64
	data    string
	block   string // of Slack
	action  string // of Slack
	id      string // of the message, on Slack
	hidden  bool
}

func newTelegram(t *testing.T, install bot.Install, me telegramtest.Person) (*telegramScreen, door) {
	t.Helper()
	s := telegramtest.New()
	t.Cleanup(s.Close)
	p := &telegramScreen{t: t, server: s, install: install, me: me, calls: fresh{api: &s.API}, keys: map[string]pressed{}}
	audience := crm.AudienceCustomers
	if install == "desk" {
		audience = crm.AudienceStaff
	}
	return p, door{platform: "telegram", install: install, audience: audience, open: func(host bot.Host) bot.Adapter {
		c := telegram.Config{Install: install, Token: s.Token, Mode: "webhook", SecretToken: s.Secret, PublicURL: "https://bot.example.com"}
		c.APIURL = s.URL
		return must(telegram.New(c, host))(t)
	}}
}

// sit puts the person into the town.
func (p *telegramScreen) sit(w *town, a bot.Adapter) {
	p.w = w
	hook, _ := a.(bot.Webhook)
	p.hook = hook.Webhook(w.inbox("telegram", p.install))
	p.calls.calls()
}

func (p *telegramScreen) bring(body []byte) {
	p.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(p.dated(body)))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", p.server.Secret)
	answer := httptest.NewRecorder()
	if p.hook.ServeHTTP(answer, r); answer.Code != http.StatusOK {
		p.t.Fatalf("status %d for %s", answer.Code, body)
	}
}

var dates = regexp.MustCompile(`"date":\d+`)

// dated gives an update the town's time.
func (p *telegramScreen) dated(body []byte) []byte {
	return dates.ReplaceAll(body, []byte(`"date":`+strconv.FormatInt(p.w.now().Unix(), 10)))
}

func (p *telegramScreen) enter(scene string) { p.bring(p.server.Text(p.me, "/start "+scene)) }
func (p *telegramScreen) say(text string)    { p.bring(p.server.Text(p.me, text)) }
func (p *telegramScreen) phone(number string) {
	p.bring(p.server.Contact(p.me, "+86"+number))
}

func (p *telegramScreen) press(label string) {
	p.t.Helper()
	k, ok := p.keys[label]
	if !ok {
		p.t.Fatalf("no button %q", label)
	}
	p.bring(p.server.Press(p.me, k.message, k.data))
}

func (p *telegramScreen) photo(name string) {
	p.server.AddFile(name, onePixel)
	p.bring(p.server.Message(p.me, map[string]any{"photo": []any{map[string]any{
		"file_id": name, "file_unique_id": "u-" + name, "width": 1, "height": 1, "file_size": len(onePixel),
	}}}))
}

// quietCalls show nothing to anybody.
var quietCalls = map[string]bool{"getMe": true, "getFile": true, "setWebhook": true, "getWebhookInfo": true, "setMyCommands": true}

var tags = regexp.MustCompile(`</?[a-z]+[^>]*>`)

func (p *telegramScreen) shown() []shown {
	var all []shown
	for _, c := range p.calls.calls() {
		if quietCalls[c.Method] || p.inside(c) {
			continue
		}
		x := shown{what: c.Method, text: first(c.Params["text"], c.Params["caption"], c.Params["action"])}
		if len(c.Files) > 0 {
			x.text = strings.TrimSpace(aPicture + "\n" + x.text)
		}
		x.plain = html.UnescapeString(tags.ReplaceAllString(x.text, ""))
		if to := c.Params["chat_id"]; to != "" && to != strconv.FormatInt(p.me.ID, 10) {
			x.who = nameOfSeat(to)
		}
		switch c.Method {
		case "answerCallbackQuery", "sendChatAction", "editMessageReplyMarkup", "deleteMessage":
			x.beside = true
		}
		var sent struct {
			Result struct {
				ID int64 `json:"message_id"`
			} `json:"result"`
		}
		_ = json.Unmarshal([]byte(c.Answer), &sent) // true of some methods
		x.options = p.keyboard(c.Params["reply_markup"], sent.Result.ID, x.who == "")
		all = append(all, x)
	}
	return all
}

// inside says whether a call is about the group of colleagues.
func (p *telegramScreen) inside(c adaptertest.Call) bool {
	to := c.Params["chat_id"]
	return p.ours != "" && to != strconv.FormatInt(p.me.ID, 10) && (to != "" || c.Method == "answerCallbackQuery")
}

// reached is all that the platform was ever sent for anybody but colleagues.
func (p *telegramScreen) reached() string {
	return everything(slices.DeleteFunc(p.server.Calls(), p.inside))
}

// keyboard are the labels of a keyboard; own ones can be pressed.
func (p *telegramScreen) keyboard(raw string, message int64, own bool) []string {
	var markup struct {
		Inline [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
		Keys [][]json.RawMessage `json:"keyboard"`
	}
	if json.Unmarshal([]byte(raw), &markup) != nil {
		return nil
	}
	var labels []string
	for _, row := range markup.Inline {
		for _, b := range row {
			labels = append(labels, b.Text)
			if own {
				p.keys[b.Text] = pressed{message: message, data: b.Data}
			}
		}
	}
	for _, row := range markup.Keys {
		for _, raw := range row {
			var b struct {
				Text    string `json:"text"`
				Contact bool   `json:"request_contact"`
			}
			if json.Unmarshal(raw, &b) != nil {
				_ = json.Unmarshal(raw, &b.Text) // a label alone
			}
			if b.Contact {
				b.Text += " ☎"
			}
			labels = append(labels, b.Text)
		}
	}
	return labels
}

// nameOfSeat is whose chat it is.
func nameOfSeat(chat string) string {
	for _, p := range townsfolk() {
		for _, seat := range p.seats {
			if seat.Sender == chat || "D"+strings.TrimLeft(seat.Sender, "U") == chat {
				return p.Handle
			}
		}
	}
	return chat
}

// onePixel is a photo.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\b\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")
