package slack

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// Remember is what Run begins with.
var Remember = (*Adapter).remember

// Authentic checks the signature of a request.
var Authentic = (*Adapter).authentic

// Hasten lets retries follow at once.
func Hasten(a *Adapter) { a.pause = 0 }

// Handle does what a request of the socket asks for, and returns what HTTP
// would say of it: 200 with the payload if it was acknowledged.
func Handle(a *Adapter, ctx context.Context, inbox bot.Inbox, kind string, payload []byte) (status int, answer string) { //nolint:revive // as a method would
	status = http.StatusServiceUnavailable
	after := a.handle(ctx, func(_ context.Context, body any) error {
		status = http.StatusOK
		if raw, ok := body.(json.RawMessage); ok {
			answer = string(raw)
		}
		return nil
	}, inbox, kind, payload)
	a.finish(ctx, after)
	return status, answer
}

// Scopes are the rights that the code needs.
var Scopes = scopes

// Rendered is a reply as it is sent: its blocks and its text.
func Rendered(r *bot.Reply, at bot.Address) (list, text string) {
	raw, err := json.Marshal(blocks(r, at))
	if err != nil {
		return err.Error(), ""
	}
	return string(raw), notice(r)
}

// HomePage is a reply as a home page.
func HomePage(r *bot.Reply, at bot.Address) string {
	raw, err := json.Marshal(homePage(r, at))
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// FormRefused is what is said of a form as it is shown.
func FormRefused(ctx context.Context, a *Adapter, f *bot.Form, refuses func(view, kind string) string) string {
	m, err := a.modal(ctx, f, bot.Inbound{})
	if err != nil {
		return err.Error()
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err.Error()
	}
	return refuses(string(raw), "modal")
}

// Shown is the part of a field that is filled in.
type Shown struct {
	Type    string `json:"type"`
	Initial struct {
		Value string `json:"value"`
		Text  struct {
			Text string `json:"text"`
		} `json:"text"`
	} `json:"initial_option"`
}

// Field is a field of a form as it is shown.
func Field(f bot.FormField) (shown Shown) {
	raw, err := json.Marshal(element(f))
	if err != nil || json.Unmarshal(raw, &shown) != nil {
		return Shown{Type: "unreadable"}
	}
	return shown
}

// Mrkdwn is markup in Slack's own.
var Mrkdwn = mrkdwn

// Sections are the words of a reply as they are sent.
func Sections(r *bot.Reply) []string {
	var out []string
	for _, b := range blocks(r, bot.Address{}) {
		if s, ok := b.(*slack.SectionBlock); ok && s.Text != nil {
			out = append(out, s.Text.Text)
		}
	}
	return out
}
