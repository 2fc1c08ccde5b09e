package slack

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"crmbot/bot"
)

// The kinds of payload, by Socket Mode's names.
const (
	kindEvent       = "events_api"
	kindInteraction = "interactive"
	kindSlash       = "slash_commands"
)

// does is what becomes of something that arrived.
type does int

const (
	keep    does = iota // it goes into the inbox
	open                // it opens a form
	submit              // it is a filled in form
	suggest             // it asks for the options of a field
)

// arrival is a payload that means something here.
type arrival struct {
	bot.Inbound
	does does
	// overheard in a channel: it counts in a thread that we are part of.
	overheard bool
	from      *interaction // of a form
}

// read reads one payload. It returns nil and the reason for what becomes
// nothing.
func (a *Adapter) read(kind string, raw []byte) (*arrival, string) {
	if !utf8.Valid(raw) {
		return nil, bot.ReasonUnreadable
	}
	var in *arrival
	reason := bot.ReasonUnreadable
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
		reason = bot.ReasonUnknown
	}
	if in == nil {
		return nil, reason
	}
	in.V = bot.InboundVersion
	if in.EventID == "" || in.Address.Chat == "" || in.Sender.ID == "" {
		return nil, bot.ReasonUnreadable
	}
	if in.Seq == 0 {
		in.Seq = a.host.Now().UnixMicro()
	}
	in.At = moment(in.Seq)
	return in, ""
}

// heard are the events that become something here.
var heard = map[string]bool{"message": true, "app_mention": true, "reaction_added": true, "app_home_opened": true}

func (a *Adapter) event(e *envelope) (*arrival, string) {
	if e.Type == "app_rate_limited" {
		return nil, bot.ReasonNotForUs
	}
	var is struct {
		Type string `json:"type"`
	}
	switch {
	case e.Type != "event_callback":
		return nil, bot.ReasonUnknown
	case json.Unmarshal(e.Event, &is) != nil:
		return nil, bot.ReasonUnreadable
	case known[is.Type]:
		return nil, bot.ReasonNotForUs
	case !heard[is.Type]:
		return nil, bot.ReasonUnknown
	}
	var inner event
	if json.Unmarshal(e.Event, &inner) != nil {
		return nil, bot.ReasonUnreadable
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
func (a *Adapter) inner(e *event, self string) (*arrival, string) {
	switch {
	case e.BotID != "", e.Subtype == "bot_message", self != "" && e.User == self:
		return nil, bot.ReasonNotForUs
	case e.Type == "app_mention":
		return a.mention(e, self)
	case e.Type == "reaction_added":
		return a.reaction(e)
	case e.Type == "app_home_opened":
		return a.home(e)
	case e.Subtype == "message_changed" && e.Message != nil && e.Message.Subtype == "tombstone":
		return a.deletion(e, self) // of a message that has answers
	case e.Subtype == "message_changed":
		return a.change(e, self)
	case e.Subtype == "message_deleted":
		return a.deletion(e, self)
	case said[e.Subtype]:
		return a.message(e, self)
	}
	return nil, bot.ReasonNotForUs
}

// said are the subtypes of messages that people write.
var said = map[string]bool{"": true, "file_share": true, "me_message": true, "thread_broadcast": true}

// start fills in what every event of a person in a chat has. A message in a
// channel is the beginning of a thread, or in one.
func (a *Adapter) start(kind bot.Kind, user, channel, thread, ts string, direct bool) *arrival {
	in := &arrival{Inbound: bot.Inbound{
		Kind: kind, Direct: direct, Seq: micros(ts),
		Sender: bot.Sender{ID: bot.SenderID(user), Chat: bot.ChatID(user)},
	}}
	if direct {
		in.Address = a.address(user, "")
	} else {
		in.Address = a.address(channel, thread)
	}
	return in
}

// message is what somebody writes to us, or in a channel into a thread that we
// may be part of.
func (a *Adapter) message(e *event, self string) (*arrival, string) {
	if !e.direct() && (e.ThreadTS == "" || calls(e.Text, self)) {
		return nil, bot.ReasonNotForUs // in channels we listen when we are called, and that is another event
	}
	in := a.start(bot.KindText, e.User, e.Channel, e.ThreadTS, e.TS, e.direct())
	in.overheard = !e.direct() && !e.under(self)
	in.Message = native(e.Channel, e.TS)
	in.Text, _ = words(e.Text, self)
	in.Named = named(e.Text, self)
	in.Files = files(e.Files)
	if e.direct() && e.ThreadTS != "" {
		in.Turn = turn{Where: where(e.Channel, e.ThreadTS)}.String()
	}
	if len(in.Files) > 0 {
		in.Kind = bot.KindMedia
	} else if in.Text == "" {
		return nil, bot.ReasonNotForUs
	}
	return in, ""
}

// calls says whether a text mentions us.
func calls(text, self string) bool {
	return self != "" && (strings.Contains(text, "<@"+self+">") || strings.Contains(text, "<@"+self+"|"))
}

// mention is a message in a channel that calls us. It is answered in its
// thread. Our own id may not be known yet; then the name it begins with is ours.
func (a *Adapter) mention(e *event, self string) (*arrival, string) {
	if e.direct() {
		return nil, bot.ReasonNotForUs // it comes as a message too
	}
	if self == "" {
		if first := reference.FindString(e.Text); strings.HasPrefix(e.Text, "<@") {
			self, _, _ = strings.Cut(first[2:len(first)-1], "|")
		}
	}
	in := a.start(bot.KindText, e.User, e.Channel, first(e.ThreadTS, e.TS), e.TS, false)
	in.Message = native(e.Channel, e.TS)
	in.Text, _ = words(e.Text, self)
	in.Named = named(e.Text, self)
	in.Mention = true
	if in.Files = files(e.Files); len(in.Files) > 0 {
		in.Kind = bot.KindMedia
	} else if in.Text == "" {
		in.Text = called
	}
	return in, ""
}

// about begins what is about an older message. In a channel that counts if the
// message called us, or stands in a thread that we are part of.
func (a *Adapter) about(kind bot.Kind, e, old *event, ts, self string) *arrival {
	in := a.start(kind, old.User, e.Channel, first(old.ThreadTS, ts), first(e.EventTS, e.TS), e.direct())
	in.Target = native(e.Channel, ts)
	in.overheard = !e.direct() && !calls(old.Text, self) && !old.under(self)
	return in
}

// change is an edit. Slack sends one as well when it unfolds a link: then the
// words are the same.
func (a *Adapter) change(e *event, self string) (*arrival, string) {
	now := e.Message
	if now == nil || now.User == "" || now.BotID != "" || now.User == self {
		return nil, bot.ReasonNotForUs
	}
	ts := now.TS
	called := false
	if e.Previous != nil {
		if e.Previous.Text == now.Text {
			return nil, bot.ReasonNotForUs
		}
		ts = first(ts, e.Previous.TS)
		called = calls(e.Previous.Text, self)
	}
	in := a.about(bot.KindEdit, e, now, ts, self)
	in.overheard = in.overheard && !called
	in.Text, _ = words(now.Text, self)
	in.Named = named(now.Text, self)
	return in, ""
}

func (a *Adapter) deletion(e *event, self string) (*arrival, string) {
	old := e.Previous
	if old == nil || old.User == "" || old.BotID != "" || old.User == self {
		return nil, bot.ReasonNotForUs
	}
	return a.about(bot.KindDelete, e, old, first(e.DeletedTS, old.TS), self), ""
}

// reaction is an emoji on a message of a direct chat. In channels it does not
// say in which thread.
func (a *Adapter) reaction(e *event) (*arrival, string) {
	if !strings.HasPrefix(e.Item.Channel, "D") {
		return nil, bot.ReasonNotForUs
	}
	in := a.start(bot.KindReaction, e.User, e.Item.Channel, "", e.EventTS, true)
	in.Target = native(e.Item.Channel, e.Item.TS)
	in.Text = ":" + bot.Clean(e.Reaction) + ":"
	return in, ""
}

// home is somebody looking at our home page, rather than at the messages
// beside it.
func (a *Adapter) home(e *event) (*arrival, string) {
	if e.Tab != "home" {
		return nil, bot.ReasonNotForUs
	}
	return a.start(bot.KindHome, e.User, "", "", e.EventTS, true), ""
}

// called is what it means to call us and say nothing.
const called = "help"

// slash is "/crm …". It may be typed where we are no member, so it counts as
// said to us directly and is answered through its response URL.
func (a *Adapter) slash(s *slash) (*arrival, string) {
	in := a.start(bot.KindText, s.UserID, "", "", "", true)
	in.EventID = s.TriggerID
	in.Sender.Name = bot.Clean(s.UserName)
	in.Text, _ = words(s.Text, a.self.Load().User)
	if in.Text == "" {
		in.Text = called
	}
	in.Aside = !private(s.ChannelID)
	if a.answers(s.ResponseURL) {
		in.Turn = turn{Hidden: true, URL: s.ResponseURL, Where: s.ChannelID, Who: s.UserID}.String()
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
