package wecom

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot"
)

// inbound reads one entry of sync_msg. It returns nil and the reason for what
// becomes nothing.
func (a *Adapter) inbound(account string, raw []byte) (*bot.Inbound, string) {
	var m message
	if !utf8.Valid(raw) || json.Unmarshal(raw, &m) != nil || m.ID == "" {
		return nil, bot.ReasonUnreadable
	}
	if m.Event != nil { // events tell inside whom they are about
		m.Account, m.Customer = m.Event.Account, m.Event.Customer
	}
	if m.Account == "" {
		m.Account = account
	}
	in, reason := a.translate(&m)
	if in == nil {
		return nil, reason
	}
	if m.Customer == "" {
		return nil, bot.ReasonUnreadable
	}
	in.V = bot.InboundVersion
	in.EventID = bot.Clean(m.ID)
	in.Address = a.address(bot.Clean(m.Account), bot.Clean(m.Customer))
	in.Direct = true
	in.Sender = bot.Sender{ID: bot.SenderID(bot.Clean(m.Customer)), Chat: in.Address.Chat}
	in.At = a.moment(m.Sent)
	return in, ""
}

// moment is when something was sent. Where WeCom does not say, or says what
// cannot be, it is now.
func (a *Adapter) moment(seconds int64) time.Time {
	now := a.host.Now().UTC().Truncate(time.Microsecond)
	if seconds <= 0 || seconds > now.Add(24*time.Hour).Unix() {
		return now
	}
	return time.Unix(seconds, 0).UTC()
}

func (a *Adapter) translate(m *message) (*bot.Inbound, string) {
	switch m.Origin {
	case fromCustomer:
		return said(m)
	case fromDesk:
		return deskSaid(m)
	case fromSystem:
		if m.Event != nil {
			return a.event(m)
		}
	}
	return nil, bot.ReasonUnknown
}

// said is a message of the customer. An entry of a menu that he pressed is
// what the entry says.
func said(m *message) (*bot.Inbound, string) {
	in := &bot.Inbound{
		Kind: bot.KindText, Message: bot.MessageID(bot.Clean(m.ID)),
		Text: bot.Clean(m.content()), Files: m.files(),
	}
	if len(in.Files) > 0 {
		in.Kind = bot.KindMedia
	} else if strings.TrimSpace(in.Text) == "" {
		return nil, nothing(m)
	}
	return in, ""
}

// nothing tells a message without content from a kind that is new to us.
func nothing(m *message) string {
	switch m.Type {
	case "text", "image", "voice", "video", "file", "location", "link", "business_card", "miniprogram",
		"channels", "channels_shop_product", "channels_shop_order", "merged_msg", "meeting", "schedule", "note", "msgmenu":
		return bot.ReasonNotForUs
	}
	return bot.ReasonUnknown
}

// deskSaid is a message that somebody of the company wrote in WeCom: that person
// has the chat.
func deskSaid(m *message) (*bot.Inbound, string) {
	return &bot.Inbound{
		Kind: bot.KindDesk, Message: bot.MessageID(bot.Clean(m.ID)),
		Text: bot.Clean(m.content()), Files: m.files(), Values: taken(m.Servicer),
	}, ""
}

func taken(by string) map[string]string {
	values := map[string]string{"state": "taken"}
	if by != "" {
		values["by"] = bot.Clean(by)
	}
	return values
}

// What session_status_change says.
const (
	changeTaken    = 1 // out of the pool, by somebody
	changeHanded   = 2 // to somebody else
	changeEnded    = 3
	changeReopened = 4 // by somebody, after it had ended
)

// failRefused is the fail_type of a customer who wants to hear no more.
const failRefused = 10

func (a *Adapter) event(m *message) (*bot.Inbound, string) {
	e := m.Event
	switch e.Type {
	case "enter_session":
		return arrival(m), ""
	case "session_status_change":
		switch e.Change {
		case changeTaken, changeHanded, changeReopened:
			return &bot.Inbound{Kind: bot.KindDesk, Values: taken(e.New)}, ""
		case changeEnded:
			return &bot.Inbound{Kind: bot.KindDesk, Values: map[string]string{"state": "ended"}}, ""
		}
	case "user_recall_msg":
		if e.Recalled == "" {
			return nil, bot.ReasonUnreadable
		}
		return &bot.Inbound{Kind: bot.KindDelete, Target: bot.MessageID(bot.Clean(e.Recalled))}, ""
	case "msg_send_fail":
		a.host.Logger().Warn("WeCom could not deliver a message after all", "message", e.Failed, "reason", failed(e.FailType))
		if e.FailType == failRefused {
			return &bot.Inbound{Kind: bot.KindBlocked}, ""
		}
		return nil, bot.ReasonNotForUs
	case "servicer_status_change", "servicer_recall_msg", "reject_customer_msg_switch_change":
		return nil, bot.ReasonNotForUs
	}
	return nil, bot.ReasonUnknown
}

// arrival is a customer who opened the chat. Where WeCom gives a code one
// greeting may be said, for twenty seconds; without it nothing may be said
// before the customer writes, and all there is to keep is where he came from.
func arrival(m *message) *bot.Inbound {
	e := m.Event
	scene := string(e.Scene)
	if e.Param != "" {
		scene = string(e.Param)
		if plain, err := url.QueryUnescape(scene); err == nil {
			scene = plain
		}
	}
	in := &bot.Inbound{Kind: bot.KindScan, Scene: bot.Clean(strings.ToValidUTF8(scene, ""))}
	if e.Welcome != "" {
		in.Kind = bot.KindFollow
		in.Turn = greeting{Code: e.Welcome, At: m.Sent}.turn()
	}
	return in
}

// greeting is the right to greet, as it travels in Turn.
type greeting struct {
	Code string
	At   int64 // when the customer came
}

const greetingMark = "welcome"

func (g greeting) turn() string {
	return greetingMark + " " + strconv.FormatInt(g.At, 10) + " " + bot.Clean(g.Code)
}

// greetingOf reads a Turn; ok is false for one that is no greeting.
func greetingOf(turn string) (g greeting, ok bool) {
	mark, rest, _ := strings.Cut(turn, " ")
	at, code, _ := strings.Cut(rest, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	return greeting{Code: code, At: seconds}, mark == greetingMark && err == nil && code != ""
}

// failed is why a message was not delivered, for the log.
func failed(kind int) string {
	reasons := []string{
		"unknown", "the account was deleted", "the application is off", "", "more than 48 hours since the customer wrote",
		"the session is closed", "more than five messages", "no video channel is bound", "the company is not verified",
		"no video channel is bound and the company is not verified", "the customer refuses messages",
	}
	if kind >= 0 && kind < len(reasons) && reasons[kind] != "" {
		return reasons[kind]
	}
	return strconv.Itoa(kind)
}
