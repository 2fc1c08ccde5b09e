package telegram

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot"
)

// The reasons for an update that becomes no Inbound.
const (
	reasonRefused    = "refused"
	reasonUnreadable = "unreadable"
	reasonUnknown    = "unknown"
	reasonNotForUs   = "not_for_us"
)

// inbound reads one update. It returns nil and the reason for what becomes
// nothing.
func (a *Adapter) inbound(raw []byte) (*bot.Inbound, string) {
	var fields map[string]json.RawMessage
	var u update
	if !utf8.Valid(raw) || json.Unmarshal(raw, &fields) != nil || json.Unmarshal(raw, &u) != nil {
		return nil, reasonUnreadable
	}
	if _, ok := fields["update_id"]; !ok {
		return nil, reasonUnreadable
	}
	in, reason := a.translate(&u, fields)
	if in == nil {
		return nil, reason
	}
	in.V = bot.InboundVersion
	in.EventID = number(u.ID)
	in.Seq = u.ID
	return in, ""
}

func (a *Adapter) translate(u *update, fields map[string]json.RawMessage) (*bot.Inbound, string) {
	switch {
	case u.Message != nil:
		return a.message(u.Message, fields["message"])
	case u.Edited != nil:
		return a.edit(u.Edited)
	case u.Callback != nil:
		return a.callback(u.Callback)
	case u.Member != nil:
		return a.member(u.Member)
	case u.Reaction != nil:
		return a.reaction(u.Reaction)
	}
	for field := range fields {
		if others[field] {
			return nil, reasonNotForUs
		}
	}
	return nil, reasonUnknown
}

func (a *Adapter) message(m *message, raw json.RawMessage) (*bot.Inbound, string) {
	if m.MigrateTo != 0 && m.From != nil {
		in := a.start(m, bot.KindMoved)
		in.Values = map[string]string{"chat": number(m.MigrateTo)}
		return in, ""
	}
	if m.From == nil || m.From.IsBot || m.Chat.Type == "channel" {
		return nil, reasonNotForUs
	}
	in := a.start(m, bot.KindText)
	in.Message = bot.MessageID(number(m.ID))
	in.Text = bot.Clean(m.content())
	in.Files = m.files()
	switch {
	case m.Contact != nil && m.Contact.UserID == m.From.ID && m.Chat.private():
		in.Kind, in.Text = bot.KindContact, ""
		in.Values = map[string]string{
			"phone": bot.Clean(m.Contact.Phone),
			"name":  fullName(m.Contact.FirstName, m.Contact.LastName),
		}
	case len(in.Files) > 0 && m.Sticker == nil:
		in.Kind = bot.KindMedia
	case in.Text == "" && len(in.Files) == 0:
		return nil, nothing(raw)
	}
	if !a.addressed(m, in) {
		return nil, reasonNotForUs
	}
	return in, ""
}

// nothing tells a message of a kind we know to mean nothing from one that is
// new to us.
func nothing(raw json.RawMessage) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return reasonUnreadable
	}
	for field := range fields {
		if service[field] {
			return reasonNotForUs
		}
	}
	return reasonUnknown
}

// start fills in what every message has.
func (a *Adapter) start(m *message, kind bot.Kind) *bot.Inbound {
	in := &bot.Inbound{
		Kind: kind, Address: a.address(m.Chat.ID, m.topic()), Direct: m.Chat.private(),
		Sender: sender(*m.From, m.Chat), At: unix(m.Date),
	}
	if m.ReplyTo != nil && m.ReplyTo.ID != m.Thread {
		in.ReplyTo = bot.MessageID(number(m.ReplyTo.ID))
	}
	return in
}

var command = regexp.MustCompile(`^/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,32}))?(?:\s+|$)`)

// addressed turns commands into words and says who a message in a group is
// meant for. It is false for a command of another bot there.
func (a *Adapter) addressed(m *message, in *bot.Inbound) bool {
	self := a.username()
	if part := command.FindStringSubmatch(in.Text); part != nil && in.Kind == bot.KindText {
		rest := strings.TrimSpace(in.Text[len(part[0]):])
		own := part[2] == "" || self != "" && strings.EqualFold(part[2], self)
		switch {
		case !own && !in.Direct:
			return false
		case own && strings.EqualFold(part[1], "start"):
			in.Kind, in.Text, in.Scene = bot.KindFollow, "", rest
		case own:
			in.Text = strings.TrimSpace(strings.ReplaceAll(part[1], "_", " ") + " " + rest)
		}
		in.Mention = !in.Direct
		return true
	}
	if in.Direct {
		return true
	}
	text, named := without(in.Text, self)
	if in.Text = text; text == "" && named && len(in.Files) == 0 {
		in.Text = "help" // to call us and say nothing
	}
	in.Mention = named || m.ReplyTo != nil && m.ReplyTo.From != nil && m.ReplyTo.From.ID == a.botID
	return true
}

// without removes the first "@name" from text.
func without(text, name string) (string, bool) {
	if name == "" {
		return text, false
	}
	at := regexp.MustCompile(`(?i)@` + regexp.QuoteMeta(name) + `\b`).FindStringIndex(text)
	if at == nil {
		return text, false
	}
	before, after := strings.TrimSpace(text[:at[0]]), strings.TrimSpace(text[at[1]:])
	if before != "" && after != "" {
		before += " "
	}
	return before + after, true
}

func (a *Adapter) edit(m *message) (*bot.Inbound, string) {
	text := m.Text + m.Caption
	if m.From == nil || m.From.IsBot || m.Chat.Type == "channel" || text == "" {
		return nil, reasonNotForUs
	}
	in := a.start(m, bot.KindEdit)
	in.Target = bot.MessageID(number(m.ID))
	in.ReplyTo = ""
	in.Text = bot.Clean(text)
	if m.EditDate != 0 {
		in.At = unix(m.EditDate)
	}
	if !in.Direct {
		in.Text, in.Mention = without(in.Text, a.username())
	}
	return in, ""
}

// callback is a pressed button. Its message may be missing (it is too old, or
// was sent by way of another chat): then the person's own chat stands for it.
func (a *Adapter) callback(c *callback) (*bot.Inbound, string) {
	if c.ID == "" || c.From.ID == 0 {
		return nil, reasonUnreadable
	}
	if c.Data == "" {
		return nil, reasonNotForUs
	}
	m := c.Message
	if m == nil || m.Chat.ID == 0 {
		m = &message{Chat: chat{ID: c.From.ID, Type: "private"}}
	}
	in := &bot.Inbound{
		Kind: bot.KindAction, Address: a.address(m.Chat.ID, m.topic()), Direct: m.Chat.private(),
		Sender: sender(c.From, m.Chat), Action: bot.Clean(c.Data), Turn: c.ID,
		Mention: !m.Chat.private(), At: a.host.Now().UTC().Truncate(time.Microsecond),
	}
	if m.ID != 0 {
		in.Target = bot.MessageID(number(m.ID))
	}
	return in, ""
}

func (a *Adapter) member(c *memberChange) (*bot.Inbound, string) {
	if c.Old.in() == c.New.in() || c.Chat.Type == "channel" {
		return nil, reasonNotForUs
	}
	in := &bot.Inbound{
		Kind: bot.KindFollow, Address: a.address(c.Chat.ID, ""), Direct: c.Chat.private(),
		Sender: sender(c.From, c.Chat), At: unix(c.Date),
	}
	switch {
	case c.New.in():
	case in.Direct:
		in.Kind = bot.KindBlocked
	default:
		in.Kind = bot.KindUnfollow
	}
	return in, ""
}

// reaction is an emoji on a message. In a forum it does not say in which
// topic, so there is no conversation to keep it with.
func (a *Adapter) reaction(r *reaction) (*bot.Inbound, string) {
	if r.User == nil || r.Chat.IsForum || r.Chat.Type == "channel" {
		return nil, reasonNotForUs
	}
	in := &bot.Inbound{
		Kind: bot.KindReaction, Address: a.address(r.Chat.ID, ""), Direct: r.Chat.private(),
		Sender: sender(*r.User, r.Chat), Target: bot.MessageID(number(r.Message)), At: unix(r.Date),
	}
	if n := len(r.New); n > 0 {
		in.Text = bot.Clean(r.New[n-1].Emoji)
	}
	return in, ""
}

func (m *message) topic() string {
	if m.InTopic && !m.Chat.private() {
		return number(m.Thread)
	}
	return ""
}

// content is what a message says in words.
func (m *message) content() string {
	switch {
	case m.Text != "" || m.Caption != "":
		return m.Text + m.Caption
	case m.Sticker != nil:
		return m.Sticker.Emoji
	case m.Dice != nil:
		return m.Dice.Emoji
	case m.Contact != nil:
		return strings.TrimSpace(fullName(m.Contact.FirstName, m.Contact.LastName) + " " + m.Contact.Phone)
	case m.Venue != nil:
		return m.Venue.Title + "\n" + m.Venue.Address
	case m.Location != nil:
		return fmt.Sprintf("%.6f, %.6f", m.Location.Latitude, m.Location.Longitude)
	case m.Poll != nil:
		return list(m.Poll.Question, m.Poll.Options)
	case m.Checklist != nil:
		return list(m.Checklist.Title, m.Checklist.Tasks)
	case m.Rich != nil:
		return m.Rich.text()
	}
	return ""
}

// text is what the blocks say, a line for each.
func (r *rich) text() string {
	var lines []string
	for _, raw := range r.Blocks {
		var block any
		if json.Unmarshal(raw, &block) == nil {
			if line := said(block, false); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// said collects the texts in a block: a string is one where a text belongs.
func said(v any, isText bool) string {
	var b strings.Builder
	switch v := v.(type) {
	case string:
		if isText {
			return v
		}
	case []any:
		for _, x := range v {
			b.WriteString(said(x, isText))
		}
	case map[string]any:
		b.WriteString(said(v["text"], true))
		for _, nested := range []string{"blocks", "items", "cells", "caption"} {
			b.WriteString(said(v[nested], false))
		}
	}
	return b.String()
}

func list(title string, items []labelled) string {
	lines := []string{title}
	for _, item := range items {
		lines = append(lines, "- "+item.Text)
	}
	return strings.Join(lines, "\n")
}

func (m *message) files() []bot.File {
	if n := len(m.Photo); n > 0 {
		best := m.Photo[n-1] // Telegram lists the sizes from small to large
		return []bot.File{{MIME: "image/jpeg", Size: best.Size, Native: best.ID}}
	}
	for _, f := range []*file{m.LivePhoto, m.Animation, m.Document, m.Video, m.VideoNote, m.Audio, m.Voice, m.Sticker} {
		if f != nil && f.ID != "" {
			return []bot.File{{Name: bot.Clean(f.Name), MIME: bot.Clean(f.MIME), Size: f.Size, Native: f.ID}}
		}
	}
	return nil
}

func sender(u user, c chat) bot.Sender {
	s := bot.Sender{ID: bot.SenderID(number(u.ID)), Name: fullName(u.FirstName, u.LastName), Language: bot.Clean(u.Language)}
	if s.Name == "" {
		s.Name = bot.Clean(u.Username)
	}
	if c.private() {
		s.Chat = bot.ChatID(number(c.ID))
	}
	return s
}

func fullName(first, last string) string {
	return bot.Clean(strings.TrimSpace(strings.TrimSpace(first) + " " + strings.TrimSpace(last)))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
