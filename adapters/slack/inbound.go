package slack

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"crmbot/bot"
)

// The reasons for a payload that becomes no Inbound.
const (
	reasonRefused    = "refused"
	reasonUnreadable = "unreadable"
	reasonUnknown    = "unknown"
	reasonNotForUs   = "not_for_us"
)

// The kinds of payload, by Socket Mode's names.
const (
	kindEvent       = "events_api"
	kindInteraction = "interactive"
	kindSlash       = "slash_commands"
)

// inbound reads one payload. It returns nil and the reason for what becomes
// nothing.
func (a *Adapter) inbound(kind string, raw []byte) (*bot.Inbound, string) {
	if !utf8.Valid(raw) {
		return nil, reasonUnreadable
	}
	var in *bot.Inbound
	reason := reasonUnreadable
	switch kind {
	case kindEvent:
		var e envelope
		if json.Unmarshal(raw, &e) == nil {
			in, reason = a.event(&e)
		}
	case kindInteraction:
		in, reason = a.interaction(raw)
	case kindSlash:
		var s slash
		if json.Unmarshal(raw, &s) == nil {
			in, reason = a.slash(&s)
		}
	default:
		reason = reasonUnknown
	}
	if in == nil {
		return nil, reason
	}
	in.V = bot.InboundVersion
	if in.EventID == "" || in.Address.Chat == "" || in.Sender.ID == "" {
		return nil, reasonUnreadable
	}
	if in.Seq == 0 {
		in.Seq = a.host.Now().UnixMicro()
	}
	in.At = moment(in.Seq)
	return in, ""
}

func (a *Adapter) event(e *envelope) (*bot.Inbound, string) {
	if e.Type == "app_rate_limited" {
		return nil, reasonNotForUs
	}
	var is struct {
		Type string `json:"type"`
	}
	switch {
	case e.Type != "event_callback":
		return nil, reasonUnknown
	case json.Unmarshal(e.Event, &is) != nil:
		return nil, reasonUnreadable
	case known[is.Type]:
		return nil, reasonNotForUs
	case is.Type != "message" && is.Type != "app_mention" && is.Type != "reaction_added":
		return nil, reasonUnknown
	}
	var inner event
	if json.Unmarshal(e.Event, &inner) != nil {
		return nil, reasonUnreadable
	}
	self := a.self.Load().User
	for _, by := range e.Authorizations {
		if self == "" && by.IsBot {
			self = by.UserID
		}
	}
	in, reason := a.inner(&inner, self)
	if in == nil {
		return nil, reason
	}
	in.EventID = e.EventID
	return in, ""
}

// inner translates the event itself. self is our user id, "" while unknown.
func (a *Adapter) inner(e *event, self string) (*bot.Inbound, string) {
	switch {
	case e.BotID != "", e.Subtype == "bot_message", self != "" && e.User == self:
		return nil, reasonNotForUs
	case e.Type == "app_mention":
		return a.mention(e, self)
	case e.Type == "reaction_added":
		return a.reaction(e)
	case e.Subtype == "message_changed" && e.concerns(self):
		return a.change(e, self)
	case e.Subtype == "message_deleted" && e.concerns(self):
		return a.deletion(e, self)
	case e.direct() && said[e.Subtype]:
		return a.message(e, self)
	}
	return nil, reasonNotForUs // in channels we listen when we are called
}

// said are the subtypes of messages that people write.
var said = map[string]bool{"": true, "file_share": true, "me_message": true, "thread_broadcast": true}

// concerns says whether a change is of something that was said to us.
func (e *event) concerns(self string) bool {
	if e.direct() {
		return true
	}
	for _, m := range []*event{e.Message, e.Previous} {
		if self != "" && m != nil && strings.Contains(m.Text, "<@"+self) {
			return true
		}
	}
	return false
}

// start fills in what every event of a person in a chat has.
func (a *Adapter) start(kind bot.Kind, user, channel, thread, ts string, direct bool) *bot.Inbound {
	in := &bot.Inbound{
		Kind: kind, Direct: direct, Seq: micros(ts),
		Sender: bot.Sender{ID: bot.SenderID(user), Chat: bot.ChatID(user)},
	}
	if direct {
		in.Address = a.address(user, "")
	} else {
		in.Address = a.address(channel, thread)
	}
	return in
}

func (a *Adapter) message(e *event, self string) (*bot.Inbound, string) {
	in := a.start(bot.KindText, e.User, e.Channel, e.ThreadTS, e.TS, true)
	in.Message = native(e.Channel, e.TS)
	in.Text, _ = words(e.Text, self)
	in.Files = files(e.Files)
	if len(in.Files) > 0 {
		in.Kind = bot.KindMedia
	} else if in.Text == "" {
		return nil, reasonNotForUs
	}
	return in, ""
}

// mention is a message in a channel that calls us. Our own id may not be known
// yet; then the name it begins with is ours.
func (a *Adapter) mention(e *event, self string) (*bot.Inbound, string) {
	if e.direct() {
		return nil, reasonNotForUs // it comes as a message too
	}
	if self == "" {
		if first := reference.FindString(e.Text); strings.HasPrefix(e.Text, "<@") {
			self, _, _ = strings.Cut(first[2:len(first)-1], "|")
		}
	}
	in := a.start(bot.KindText, e.User, e.Channel, e.ThreadTS, e.TS, false)
	in.Message = native(e.Channel, e.TS)
	in.Text, _ = words(e.Text, self)
	in.Mention = true
	if in.Files = files(e.Files); len(in.Files) > 0 {
		in.Kind = bot.KindMedia
	} else if in.Text == "" {
		in.Text = called
	}
	return in, ""
}

// change is an edit. Slack sends one as well when it unfolds a link: then the
// words are the same.
func (a *Adapter) change(e *event, self string) (*bot.Inbound, string) {
	now := e.Message
	if now == nil || now.User == "" || now.BotID != "" || now.User == self {
		return nil, reasonNotForUs
	}
	ts := now.TS
	if e.Previous != nil {
		if e.Previous.Text == now.Text {
			return nil, reasonNotForUs
		}
		if ts == "" {
			ts = e.Previous.TS
		}
	}
	in := a.start(bot.KindEdit, now.User, e.Channel, now.ThreadTS, first(e.EventTS, e.TS), e.direct())
	in.Target = native(e.Channel, ts)
	in.Text, _ = words(now.Text, self)
	return in, ""
}

func (a *Adapter) deletion(e *event, self string) (*bot.Inbound, string) {
	old := e.Previous
	if old == nil || old.User == "" || old.BotID != "" || old.User == self {
		return nil, reasonNotForUs
	}
	in := a.start(bot.KindDelete, old.User, e.Channel, old.ThreadTS, first(e.EventTS, e.TS), e.direct())
	in.Target = native(e.Channel, first(e.DeletedTS, old.TS))
	return in, ""
}

// reaction is an emoji on a message of a direct chat. In channels it does not
// say in which thread.
func (a *Adapter) reaction(e *event) (*bot.Inbound, string) {
	if !strings.HasPrefix(e.Item.Channel, "D") {
		return nil, reasonNotForUs
	}
	in := a.start(bot.KindReaction, e.User, e.Item.Channel, "", e.EventTS, true)
	in.Target = native(e.Item.Channel, e.Item.TS)
	in.Text = ":" + bot.Clean(e.Reaction) + ":"
	return in, ""
}

// interaction is a pressed button; forms and shortcuts mean nothing yet.
func (a *Adapter) interaction(raw []byte) (*bot.Inbound, string) {
	var is struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(raw, &is) != nil {
		return nil, reasonUnreadable
	}
	switch is.Type {
	case "block_actions":
	case "view_submission", "view_closed", "shortcut", "message_action", "block_suggestion",
		"interactive_message", "dialog_submission", "dialog_suggestion", "dialog_cancellation",
		"workflow_step_edit":
		return nil, reasonNotForUs
	default:
		return nil, reasonUnknown
	}
	var i interaction
	if json.Unmarshal(raw, &i) != nil || i.User.ID == "" || len(i.Actions) == 0 {
		return nil, reasonUnreadable
	}
	return a.press(&i)
}

func (a *Adapter) press(i *interaction) (*bot.Inbound, string) {
	pressed := i.Actions[0]
	line := first(pressed.Value, pressed.Selected.Value)
	if line == "" {
		return nil, reasonNotForUs // a link
	}
	channel := first(i.Container.ChannelID, i.Channel.ID)
	thread := first(i.Container.ThreadTS, i.Message.ThreadTS)
	direct := channel == "" || strings.HasPrefix(channel, "D")
	in := a.start(bot.KindAction, i.User.ID, channel, thread, pressed.TS, direct)
	if chat, topic, ok := place(pressed.BlockID); ok {
		in.Address, in.Direct = a.address(chat, topic), person(chat)
	}
	in.EventID = i.TriggerID
	in.Mention = !in.Direct
	in.Sender.Name = bot.Clean(first(i.User.Name, i.User.Username))
	in.Action = bot.Clean(line)
	in.Target = native(channel, first(i.Container.MessageTS, i.Message.TS))
	if a.answers(i.ResponseURL) {
		in.Turn = turn{Hidden: i.Container.Ephemeral, URL: i.ResponseURL}.String()
	}
	return in, ""
}

// called is what it means to call us and say nothing.
const called = "help"

// slash is "/crm …". It may be typed where we are no member, so it counts as
// said to us directly and is answered through its response URL.
func (a *Adapter) slash(s *slash) (*bot.Inbound, string) {
	in := a.start(bot.KindText, s.UserID, "", "", "", true)
	in.EventID = s.TriggerID
	in.Sender.Name = bot.Clean(s.UserName)
	in.Text, _ = words(s.Text, a.self.Load().User)
	if in.Text == "" {
		in.Text = called
	}
	if a.answers(s.ResponseURL) {
		in.Turn = turn{Hidden: true, URL: s.ResponseURL}.String()
	}
	return in, ""
}

// answers says whether a response URL is one of Slack's, or of the server that
// stands in for it.
func (a *Adapter) answers(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil {
		return false
	}
	if u.Scheme == "https" && (u.Host == "hooks.slack.com" || u.Host == "hooks.slack-gov.com") {
		return true
	}
	base, err := url.Parse(a.base)
	return err == nil && u.Scheme == base.Scheme && u.Host == base.Host
}

func files(list []file) []bot.File {
	var out []bot.File
	for _, f := range list {
		if where := first(f.Download, f.URL); where != "" {
			out = append(out, bot.File{Name: bot.Clean(f.Name), MIME: bot.Clean(f.MIME), Size: f.Size, Native: where})
		}
	}
	return out
}

// first is the first of the words that is not empty.
func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
