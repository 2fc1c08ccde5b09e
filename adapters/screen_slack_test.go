package adapters_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
	"crmbot/crm"
)

// slackScreen is somebody with Slack. It shows what everybody there is told.
type slackScreen struct {
	t      *testing.T
	w      *town
	server *slacktest.Server
	me     string // user id, "" for nobody's in particular
	hook   http.Handler
	calls  fresh
	keys   map[string]pressed
}

func newSlack(t *testing.T, me string) (*slackScreen, door) {
	t.Helper()
	s := slacktest.New()
	t.Cleanup(s.Close)
	p := &slackScreen{t: t, server: s, me: me, calls: fresh{api: &s.API}, keys: map[string]pressed{}}
	return p, door{platform: "slack", install: "team", audience: crm.AudienceStaff, open: func(host bot.Host) bot.Adapter {
		c := slack.Config{Install: "team", Mode: "http", BotToken: s.BotToken, SigningSecret: s.SigningSecret}
		c.APIURL = s.URL
		return must(slack.New(c, host))(t)
	}}
}

func (p *slackScreen) sit(w *town, a bot.Adapter) {
	p.w = w
	hook, _ := a.(bot.Webhook)
	p.hook = hook.Webhook(w.inbox("slack", "team"))
	p.calls.calls()
}

func (p *slackScreen) bring(body []byte) {
	p.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header = slacktest.Sign(p.server.SigningSecret, p.w.now(), body)
	answer := httptest.NewRecorder()
	if p.hook.ServeHTTP(answer, r); answer.Code != http.StatusOK {
		p.t.Fatalf("status %d for %s", answer.Code, body)
	}
}

func (p *slackScreen) enter(string)        { p.t.Fatal("nobody enters Slack by a link") }
func (p *slackScreen) say(text string)     { p.bring(p.server.Text(p.me, text)) }
func (p *slackScreen) phone(number string) { p.say(number) }
func (p *slackScreen) photo(string)        { p.t.Fatal("no photo on Slack") }

func (p *slackScreen) press(label string) {
	p.t.Helper()
	k, ok := p.keys[label]
	if !ok {
		p.t.Fatalf("no button %q", label)
	}
	p.bring(p.server.Press(p.me, k.id, k.block, k.data, k.hidden))
}

func (p *slackScreen) shown() []shown {
	var all []shown
	for _, c := range p.calls.calls() {
		x := shown{what: c.Method}
		to := first(c.Params["user"], c.Params["user_id"], c.Params["channel"])
		if to != "" && to != p.me && to != slacktest.DM(p.me) {
			x.who = nameOfSeat(to)
		}
		switch c.Method {
		case "users.info", "auth.test":
			continue
		case "views.publish":
			x.beside = true
			all = append(all, x)
			continue
		}
		var sent struct{ Channel, TS string }
		_ = json.Unmarshal([]byte(c.Answer), &sent) // a response URL says ok
		if sent.TS == "" {
			sent.Channel, sent.TS = c.Params["channel"], c.Params["ts"]
		}
		p.blocks(&x, c.Params["blocks"], sent.Channel+"/"+sent.TS)
		if x.text == "" {
			x.text = c.Params["text"]
		}
		x.plain = mrkdwn(x.text)
		all = append(all, x)
	}
	return all
}

type words struct {
	Text string `json:"text"`
}

// blocks reads Block Kit from top to bottom.
func (p *slackScreen) blocks(x *shown, raw, message string) {
	var blocks []struct {
		Type     string  `json:"type"`
		BlockID  string  `json:"block_id"`
		Text     *words  `json:"text"`
		Fields   []words `json:"fields"`
		Elements []struct {
			Type   string          `json:"type"`
			Action string          `json:"action_id"`
			Value  string          `json:"value"`
			Text   json.RawMessage `json:"text"`
		} `json:"elements"`
		Rows [][]struct {
			Text string `json:"text"`
		} `json:"rows"`
	}
	if json.Unmarshal([]byte(raw), &blocks) != nil {
		return
	}
	var lines []string
	for _, b := range blocks {
		if b.Text != nil {
			lines = append(lines, b.Text.Text)
		}
		for _, f := range b.Fields {
			lines = append(lines, strings.ReplaceAll(f.Text, "\n", " "))
		}
		for _, row := range b.Rows {
			var cells []string
			for _, cell := range row {
				cells = append(cells, cell.Text)
			}
			lines = append(lines, strings.Join(cells, " | "))
		}
		for _, e := range b.Elements {
			var label words
			if json.Unmarshal(e.Text, &label) != nil {
				_ = json.Unmarshal(e.Text, &label.Text) // of a context
			}
			if e.Type != "button" {
				lines = append(lines, label.Text)
				continue
			}
			x.options = append(x.options, label.Text)
			if x.who == "" {
				p.keys[label.Text] = pressed{id: message, block: b.BlockID, action: e.Action, data: e.Value}
			}
		}
	}
	x.text = strings.Join(lines, "\n")
}

var (
	slackLink = regexp.MustCompile(`<([^|>]*)\|?([^>]*)>`)
	slackMark = strings.NewReplacer("*", "", "_", "", "`", "", "&lt;", "<", "&gt;", ">", "&amp;", "&", "• ", "- ", "\u200b", "")
)

// mrkdwn is a text of Slack's as it reads.
func mrkdwn(text string) string { return slackMark.Replace(slackLink.ReplaceAllString(text, "$2")) }
