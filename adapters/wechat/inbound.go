package wechat

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// envelope is a message or an event. It has the fields we use; the platform
// has hundreds more.
type envelope struct {
	To      string `xml:"ToUserName"`
	From    string `xml:"FromUserName"`
	Time    int64  `xml:"CreateTime"`
	Type    string `xml:"MsgType"`
	ID      string `xml:"MsgId"`
	Content string `xml:"Content"`

	Media   string `xml:"MediaId"`
	Picture string `xml:"PicUrl"`
	Format  string `xml:"Format"`
	Heard   string `xml:"Recognition"`

	Label     string `xml:"Label"`
	Latitude  string `xml:"Location_X"`
	Longitude string `xml:"Location_Y"`

	Title   string `xml:"Title"`
	About   string `xml:"Description"`
	URL     string `xml:"Url"`
	MenuTap string `xml:"bizmsgmenuid"`

	Event   string   `xml:"Event"`
	Key     string   `xml:"EventKey"`
	Info    string   `xml:"InfoType"` // of what is said to a platform that runs accounts of others
	Popup   []choice `xml:"SubscribeMsgPopupEvent>List"`
	Changed []choice `xml:"SubscribeMsgChangeEvent>List"`
}

// choice is whether a person wants to be told by a template.
type choice struct {
	Template string `xml:"TemplateId"`
	Status   string `xml:"SubscribeStatusString"`
}

// read makes an Inbound of a message, or counts why there is none.
func (a *Adapter) read(raw []byte) (*bot.Inbound, *envelope) {
	m, err := parse(raw)
	if err != nil {
		a.count(bot.ReasonUnreadable, raw)
		return nil, nil
	}
	in, reason := a.inbound(m)
	if reason != "" {
		a.count(reason, raw)
		return nil, nil
	}
	in.V, in.Direct = bot.InboundVersion, true
	in.EventID, in.Seq = eventID(a.cfg.AppID, m), order(m)
	in.Address = a.address(m.From)
	in.Sender = bot.Sender{ID: bot.SenderID(m.From), Chat: bot.ChatID(m.From)}
	in.At = time.Unix(m.Time, 0).UTC()
	return in, m
}

func (a *Adapter) count(reason string, raw []byte) {
	if reason == bot.ReasonRefused || reason == bot.ReasonNotForUs {
		raw = nil
	}
	a.host.Count(Platform, a.cfg.Install, reason, raw)
}

// parse reads the XML. Characters that XML does not allow are left out, written
// out or as a reference, and broken ones are marked: people do send them.
func parse(raw []byte) (*envelope, error) {
	var m envelope
	text := allowed.Replace(strings.ToValidUTF8(string(raw), "\uFFFD"))
	err := xml.Unmarshal([]byte(text), &m)         //nolint:gosec // into plain fields
	if err != nil && reference.MatchString(text) { // only then: in a CDATA section it is what somebody wrote
		m = envelope{}
		err = xml.Unmarshal([]byte(reference.ReplaceAllString(text, "")), &m) //nolint:gosec // into plain fields
	}
	if err != nil {
		return nil, err
	}
	m.ID, m.Event, m.Type = strings.TrimSpace(m.ID), strings.TrimSpace(m.Event), strings.TrimSpace(m.Type)
	if m.Type == "" && m.Info == "" {
		return nil, errors.New("neither a message nor an event")
	}
	return &m, nil
}

// reference is a reference to a character that XML does not allow: a control
// character, or half of one.
var reference = regexp.MustCompile(`&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]));`)

// allowed takes out the characters that XML does not allow.
var allowed = func() *strings.Replacer {
	var pairs []string
	for r := range rune(0x20) {
		if r != '\t' && r != '\n' && r != '\r' {
			pairs = append(pairs, string(r), "")
		}
	}
	return strings.NewReplacer(append(pairs, "\ufffe", "", "\uffff", "")...)
}()

// eventID is what tells one event from another: ids of messages alone have
// collided across people, and events have none.
func eventID(app string, m *envelope) string {
	if m.Type != "event" && m.ID != "" {
		return fmt.Sprintf("%s|%s|%s", app, m.From, m.ID)
	}
	what := m.Event
	if m.Type != "event" {
		what = m.Type
	}
	return fmt.Sprintf("%s|%s|%d|%s|%s", app, m.From, m.Time, what, m.Key)
}

// tie is how many bits of a message's id order what came within one second.
const tie = 30

// order is by second, and within a second by the ids of messages.
func order(m *envelope) int64 {
	id, _ := strconv.ParseInt(m.ID, 10, 64) // of an event there is none
	return m.Time<<tie | id&(1<<tie-1)
}

// inbound makes a message or an event of the XML, but for what all have in
// common.
func (a *Adapter) inbound(m *envelope) (in *bot.Inbound, reason string) {
	switch m.Type {
	case "":
		return nil, bot.ReasonNotForUs
	case "event":
		in, reason = a.event(m)
	default:
		in, reason = message(m)
	}
	if reason != "" {
		return nil, reason
	}
	if m.From == "" || m.Time <= 0 || m.Time >= 1<<(62-tie) {
		return nil, bot.ReasonUnreadable
	}
	return in, ""
}

// unsupported begins what WeChat gives in place of a sticker.
const unsupported = "收到不支持的消息类型"

// message makes an Inbound of something a person sent.
func message(m *envelope) (in *bot.Inbound, reason string) {
	in = &bot.Inbound{Kind: bot.KindText, Message: bot.MessageID(m.ID)}
	switch m.Type {
	case "text":
		in.Text = m.Content
		if m.MenuTap != "" {
			in.Kind = bot.KindMenu
		}
		if strings.HasPrefix(strings.TrimLeft(m.Content, "[【"), unsupported) {
			return &bot.Inbound{Kind: bot.KindMedia, Message: in.Message}, ""
		}
	case "image":
		in.Kind, in.Files = bot.KindMedia, file(m, "image.jpg", "image/jpeg")
	case "voice":
		in.Files = file(m, "voice."+voiceFormat(m.Format), "audio/"+voiceFormat(m.Format))
		if in.Text = m.Heard; m.Heard == "" {
			in.Kind = bot.KindMedia
		}
	case "video", "shortvideo":
		in.Kind, in.Files = bot.KindMedia, file(m, "video.mp4", "video/mp4")
	case "location":
		in.Text = place(m)
		in.Values = map[string]string{"lat": bot.Clean(m.Latitude), "lon": bot.Clean(m.Longitude)}
	case "link":
		in.Text = weixin.Lines(m.Title, m.About, m.URL)
	case "file":
		in.Text = weixin.Lines("📎 "+m.Title, m.About)
	default:
		return nil, typeReason(m.Type)
	}
	in.Text = strings.TrimSpace(bot.Clean(in.Text))
	if in.Text == "" && len(in.Files) == 0 {
		return nil, bot.ReasonUnreadable
	}
	return in, ""
}

// file is what was sent, with where it can be had: the id, and for pictures an
// address besides, for accounts that may not ask for the id.
func file(m *envelope, name, kind string) []bot.File {
	native := strings.TrimSpace(m.Media + " " + m.Picture)
	if native == "" {
		return nil
	}
	return []bot.File{{Name: name, MIME: kind, Native: native}}
}

// voiceFormat is the end of the name of a voice message.
func voiceFormat(format string) string {
	if f := strings.ToLower(format); f == "speex" || f == "mp3" {
		return f
	}
	return "amr"
}

// place is a location as a person would tell it.
func place(m *envelope) string {
	point := strings.Trim(m.Latitude+", "+m.Longitude, ", ")
	switch {
	case m.Label == "":
		return point
	case point == "":
		return m.Label
	}
	return m.Label + "\n" + point
}
