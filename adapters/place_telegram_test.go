package adapters_test

import (
	"encoding/json"
	"html"
	"strconv"
	"strings"
	"testing"

	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
)

// telegramPlace is a group of Telegram's with topics.
type telegramPlace struct {
	*telegramScreen
	lang   string
	topic  string
	card   string // message on top of the topic
	prompt int64  // the latest question that is answered in words
	others string // the customer who writes to the same bot, "" for none
	drawn  drawn
}

var telegramGroup = telegramtest.Group{ID: -1001234, Title: "Team", Forum: true, Admin: true, Topics: true, Pins: true}

func newTelegramPlace(t *testing.T, language string) (place, door) {
	t.Helper()
	s, d := newTelegram(t, "desk", telegramtest.Person{})
	s.server.AddGroup(telegramGroup)
	return &telegramPlace{telegramScreen: s, lang: language, drawn: drawn{}}, opensHere(d, bot.ChatID(strconv.FormatInt(telegramGroup.ID, 10)))
}

func colleagueAt(handle, language string) telegramtest.Person {
	id, _ := strconv.ParseInt(userSeat("telegram", handle), 10, 64)
	return telegramtest.Person{ID: id, Name: handle, Language: language}
}

func (p *telegramPlace) write(who string, fields map[string]any) {
	p.bring(p.server.InTopic(colleagueAt(who, p.lang), telegramGroup.ID, p.topic, fields))
}

func (p *telegramPlace) note(who, text string)  { p.write(who, map[string]any{"text": text}) }
func (p *telegramPlace) reply(who, text string) { p.note(who, letsGo[p.lang]+text) }

// answer presses the button and answers the question that comes.
func (p *telegramPlace) answer(who, text string) {
	p.press(who, p.w.words.Label("button.conversation.reply"))
	p.w.settle()
	p.learn()
	p.write(who, map[string]any{"text": text, "reply_to_message": map[string]any{
		"message_id": p.prompt, "date": p.w.now().Unix(), "chat": map[string]any{"id": telegramGroup.ID, "type": "supergroup"},
		"from": map[string]any{"id": p.server.BotID, "is_bot": true, "first_name": "The Bot", "username": p.server.Username},
	}})
}

// learn finds the question that was asked last.
func (p *telegramPlace) learn() {
	p.t.Helper()
	calls := p.server.Calls("sendMessage")
	if last := calls[len(calls)-1]; strings.Contains(last.Params["reply_markup"], "force_reply") {
		p.prompt = sentID(last.Answer)
		return
	}
	p.t.Fatal("nothing was asked")
}

func (p *telegramPlace) send(who, photo, text string) {
	p.server.AddFile(photo, onePixel)
	p.write(who, map[string]any{"caption": letsGo[p.lang] + text, "photo": []any{map[string]any{
		"file_id": photo, "file_unique_id": "u-" + photo, "width": 1, "height": 1, "file_size": len(onePixel),
	}}})
}

func (p *telegramPlace) press(who, label string) {
	p.t.Helper()
	k, ok := p.keys[label]
	if !ok {
		p.t.Fatalf("no button %q", label)
	}
	topic, _ := strconv.ParseInt(p.topic, 10, 64)
	p.bring(p.server.Update("callback_query", map[string]any{
		"id": "778899", "chat_instance": "1", "data": k.data,
		"from": map[string]any{"id": colleagueAt(who, p.lang).ID, "is_bot": false, "first_name": who, "language_code": p.lang},
		"message": map[string]any{
			"message_id": k.message, "date": p.w.now().Unix(), "text": "…", "is_topic_message": true, "message_thread_id": topic,
			"chat": map[string]any{"id": telegramGroup.ID, "type": "supergroup", "title": "Team", "is_forum": true},
			"from": map[string]any{"id": p.server.BotID, "is_bot": true, "first_name": "The Bot", "username": p.server.Username},
		},
	}))
}

func sentID(answer string) int64 {
	var sent struct {
		Result struct {
			ID int64 `json:"message_id"`
		} `json:"result"`
	}
	_ = json.Unmarshal([]byte(answer), &sent) // true of some methods
	return sent.Result.ID
}

func (p *telegramPlace) shown() []shown {
	var all []shown
	for _, c := range p.calls.calls() {
		if quietCalls[c.Method] || c.Method == "pinChatMessage" || p.others != "" && c.Params["chat_id"] == p.others {
			continue
		}
		x := shown{what: c.Method, who: theThread, text: first(c.Params["text"], c.Params["caption"], c.Params["name"], c.Params["action"])}
		id := strconv.FormatInt(sentID(c.Answer), 10)
		if id == "0" {
			id = c.Params["message_id"]
		}
		switch {
		case c.Method == "createForumTopic":
			var made struct {
				Result struct {
					Thread int64 `json:"message_thread_id"`
				} `json:"result"`
			}
			_ = json.Unmarshal([]byte(c.Answer), &made) // it is our own
			p.topic, p.card = strconv.FormatInt(made.Result.Thread, 10), ""
			x.beside = true
		case c.Method == "answerCallbackQuery":
			if x.who, x.beside = "who pressed"+alone, true; x.text == "" {
				continue
			}
		case c.Params["chat_id"] != strconv.FormatInt(telegramGroup.ID, 10):
			x.who = nameOfSeat(c.Params["chat_id"])
		case c.Method == "sendMessage" && p.card == "":
			x.who, p.card = cardIs, id
		case id == p.card:
			x.who = cardIs
		}
		x.beside = x.beside || strings.Contains(c.Params["reply_markup"], "force_reply") // elsewhere a form asks
		if len(c.Files) > 0 {
			x.text = strings.TrimSpace(aPicture + "\n" + x.text)
		}
		x.plain = html.UnescapeString(tags.ReplaceAllString(x.text, ""))
		x.options = p.keyboard(c.Params["reply_markup"], sentID(c.Answer), true)
		if strings.HasPrefix(c.Method, "editMessage") {
			p.drawn.change(&x, id)
		} else {
			p.drawn.first(id, x.text+"\n"+labels(x.options))
		}
		all = append(all, x)
	}
	return all
}
