package adapters_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// slackPlace is a channel of Slack's.
type slackPlace struct {
	*slackScreen
	lang   string
	thread string // the time of the card
	drawn  drawn
}

const slackChannel = "C0SUPPORT"

func newSlackPlace(t *testing.T, language string) (place, door) {
	t.Helper()
	s, d := newSlack(t, "")
	return &slackPlace{slackScreen: s, lang: language, drawn: drawn{}}, opensHere(d, slackChannel)
}

func (p *slackPlace) write(who, text string, fields map[string]any) {
	p.bring(p.server.Under(userSeat("slack", who), slackChannel, p.thread, p.server.BotUser, text, fields))
}

func (p *slackPlace) note(who, text string)  { p.write(who, text, nil) }
func (p *slackPlace) reply(who, text string) { p.note(who, letsGo[p.lang]+text) }

// answer opens the form and sends it off.
func (p *slackPlace) answer(who, text string) {
	p.press(who, p.w.words.Label("button.conversation.reply"))
	p.w.settle()
	p.bring(p.server.Submit(userSeat("slack", who), "", map[string]string{"text": text}))
}

func (p *slackPlace) send(who, photo, text string) {
	p.write(who, letsGo[p.lang]+text, map[string]any{"subtype": "file_share", "files": []any{map[string]any{
		"id": "F0PHOTO", "name": photo, "mimetype": "image/png", "filetype": "png", "size": len(onePixel), "url_private": p.server.AddFile(photo, onePixel),
	}}})
}

func (p *slackPlace) press(who, label string) {
	p.t.Helper()
	k, ok := p.keys[label]
	if !ok {
		p.t.Fatalf("no button %q", label)
	}
	body := p.server.Press(userSeat("slack", who), k.id, k.block, k.data, k.hidden)
	if k.action != "" {
		body = bytes.ReplaceAll(body, []byte("%22b1%22"), []byte("%22"+k.action+"%22"))
	}
	p.bring(body)
}

// silentOnSlack show nothing to anybody.
var silentOnSlack = map[string]bool{
	"users.info": true, "auth.test": true, "views.publish": true, "conversations.open": true, "conversations.info": true,
	"files.getUploadURLExternal": true,
}

func (p *slackPlace) shown() []shown {
	var all []shown
	for _, c := range p.calls.calls() {
		if silentOnSlack[c.Method] {
			continue
		}
		x := shown{what: c.Method, who: theThread}
		var sent struct{ Channel, TS string }
		_ = json.Unmarshal([]byte(c.Answer), &sent) // a form has none
		channel := first(c.Params["channel"], c.Params["channel_id"], sent.Channel)
		id := channel + "/" + first(c.Params["ts"], sent.TS)
		switch {
		case channel != slackChannel && channel != "":
			x.who = nameOfSeat(channel)
		case c.Params["user"] != "":
			x.who = nameOfSeat(c.Params["user"]) + alone
		case strings.HasPrefix(c.Method, "views."):
			x.beside = true
		case c.Method == "chat.postMessage" && c.Params["thread_ts"] == "":
			x.who, p.thread = cardIs, sent.TS
		case id == slackChannel+"/"+p.thread:
			x.who = cardIs
		}
		p.read(&x, c.Params["blocks"]+c.Params["view"], id)
		x.text = first(x.text, c.Params["text"], c.Params["initial_comment"])
		if c.Params["files"] != "" {
			x.text = aPicture + "\n" + x.text
		}
		x.plain = mrkdwn(x.text)
		if c.Method == "chat.update" {
			p.drawn.change(&x, id)
		} else {
			p.drawn.first(id, x.text+"\n"+labels(x.options))
		}
		all = append(all, x)
	}
	return all
}

// read reads what a message or a form shows. Its buttons can be pressed.
func (p *slackPlace) read(x *shown, raw, id string) {
	var view struct {
		Title, Submit words
		Blocks        json.RawMessage
	}
	if json.Unmarshal([]byte(raw), &view) == nil && view.Title.Text != "" {
		x.text, x.options = view.Title.Text, []string{view.Submit.Text}
		return
	}
	who := x.who
	x.who = ""
	p.blocks(x, raw, id)
	x.who = who
}
