package telegram

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot"
)

// inbound reads one update. It returns nil and the reason for what becomes
// nothing.
func (a *Adapter) inbound(raw []byte) (*bot.Inbound, string) {
	var u update
	if !utf8.Valid(raw) || json.Unmarshal(raw, &u) != nil || u.ID == nil {
		return nil, bot.ReasonUnreadable
	}
	in, reason := a.translate(&u, raw)
	if in == nil {
		return nil, reason
	}
	in.V = bot.InboundVersion
	in.EventID = number(*u.ID)
	in.Seq = *u.ID
	return in, ""
}

// translate makes an Inbound of an update; raw is all of it.
func (a *Adapter) translate(u *update, raw []byte) (*bot.Inbound, string) {
	switch {
	case u.Message != nil:
		return a.message(u.Message, raw)
	case u.Edited != nil:
		return a.edit(u.Edited)
	case u.Callback != nil:
		return a.callback(u.Callback)
	case u.Member != nil:
		return a.member(u.Member)
	case u.Reaction != nil:
		return a.reaction(u.Reaction)
	}
	return nil, meaning(raw, others)
}

// meaning is the reason for something that has none of the fields we read: it
// has one of those that mean nothing here, or it is new to us.
func meaning(raw []byte, nothing map[string]bool) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return bot.ReasonUnreadable
	}
	for field := range fields {
		if nothing[field] {
			return bot.ReasonNotForUs
		}
	}
	return bot.ReasonUnknown
}

// message is a new message; raw is the update that it is of.
func (a *Adapter) message(m *message, raw []byte) (*bot.Inbound, string) {
	if in := a.moved(m); in != nil {
		return in, ""
	}
	if m.From == nil || m.From.IsBot || m.Chat.channel() {
		return nil, bot.ReasonNotForUs
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
		var of struct {
			Message json.RawMessage `json:"message"`
		}
		_ = json.Unmarshal(raw, &of) // it was read before
		return nil, meaning(of.Message, service)
	}
	if !a.addressed(m, in) {
		return nil, bot.ReasonNotForUs
	}
	return in, ""
}

// moved is a group that became a supergroup, which both of them tell: either
// may be the one that reaches us. nil for any other message.
func (a *Adapter) moved(m *message) *bot.Inbound {
	from, to := m.Chat.ID, m.MigrateTo
	if m.MigrateFrom != 0 {
		from, to = m.MigrateFrom, m.Chat.ID
	}
	if to == 0 || m.Chat.private() {
		return nil
	}
	who := bot.Sender{ID: bot.SenderID(number(m.Chat.ID))} // an administrator who does not show himself
	if m.From != nil {
		who = sender(*m.From, m.Chat)
	}
	return &bot.Inbound{
		Kind: bot.KindMoved, Address: a.address(from, ""), Sender: who, At: unix(m.Date),
		Values: map[string]string{"chat": number(to)},
	}
}

// start fills in what every message has.
func (a *Adapter) start(m *message, kind bot.Kind) *bot.Inbound {
	in := &bot.Inbound{
		Kind: kind, Address: a.address(m.Chat.ID, m.topic()), Direct: m.Chat.private(),
		Sender: sender(*m.From, m.Chat), At: unix(m.Date),
	}
	if quoted := m.quoted(); quoted != nil {
		in.ReplyTo = bot.MessageID(number(quoted.ID))
	}
	in.Named = m.named(a.botID, a.self.Load())
	return in
}

// quoted is the message that this one answers, nil if it answers none. A topic
// begins with a message of its own, which Telegram takes for answered by all
// that quote nothing; where we have opened the topic it is one of ours.
func (m *message) quoted() *message {
	if m.ReplyTo != nil && m.InTopic && m.ReplyTo.ID == m.Thread {
		return nil
	}
	return m.ReplyTo
}

var command = regexp.MustCompile(`^/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,32}))?(?:\s+|$)`)

// addressed turns commands into words and says who a message in a group is
// meant for. It is false for a command of another bot there; one without a name
// is another's unless our list has it.
func (a *Adapter) addressed(m *message, in *bot.Inbound) bool {
	self := a.self.Load()
	if part := command.FindStringSubmatch(in.Text); part != nil {
		rest := strings.TrimSpace(in.Text[len(part[0]):])
		own := self.is(part[2]) || part[2] == "" && (in.Direct || a.offers(part[1], in.Address.Chat))
		switch {
		case !own && !in.Direct:
			return false
		case own && strings.EqualFold(part[1], "start") && in.Kind == bot.KindText:
			in.Kind, in.Text, in.Scene = bot.KindFollow, "", rest
		case own:
			in.Text = strings.TrimSpace(strings.ReplaceAll(part[1], "_", " ") + " " + rest)
		}
		in.Mention = !in.Direct
		return true
	}
	text, named := self.without(in.Text)
	if in.Text = text; text == "" && named && len(in.Files) == 0 {
		in.Text = "help" // to call us and say nothing
	}
	if in.Direct {
		return true
	}
	named = named || m.names(a.botID)
	quoted := m.quoted()
	in.Quoted = !named && quoted != nil && quoted.From != nil && quoted.From.ID == a.botID
	in.Mention = named || in.Quoted
	return true
}

// self is what the bot is called.
type self struct {
	name   string // without @
	called *regexp.Regexp
}

// newSelf is a bot of that name. Part of an address of e-mail or of a longer
// name is no mention of it.
func newSelf(name string) *self {
	return &self{name: name, called: regexp.MustCompile(`(?i)(?:^|[^\w@./-])(@` + regexp.QuoteMeta(name) + `)(?:$|\W)`)}
}

// is says whether that is the bot's name.
func (s *self) is(name string) bool { return s != nil && strings.EqualFold(s.name, name) }

// without removes the first mention of the bot from text.
func (s *self) without(text string) (string, bool) {
	if s == nil {
		return text, false
	}
	at := []int(nil)
	if strings.Contains(text, "@") { // as nearly no message does
		at = s.called.FindStringSubmatchIndex(text)
	}
	if at == nil {
		return text, false
	}
	before, after := strings.TrimSpace(text[:at[2]]), strings.TrimSpace(text[at[3]:])
	if before != "" && after != "" {
		before += " "
	}
	return before + after, true
}

// edit is what a message says from now on. It never runs a command again.
func (a *Adapter) edit(m *message) (*bot.Inbound, string) {
	if m.From == nil || m.From.IsBot || m.Chat.channel() || m.Text+m.Caption == "" {
		return nil, bot.ReasonNotForUs
	}
	in := a.start(m, bot.KindEdit)
	in.Target = bot.MessageID(number(m.ID))
	in.ReplyTo = ""
	in.Text = bot.Clean(m.content())
	if m.EditDate != 0 {
		in.At = unix(m.EditDate)
	}
	if !a.addressed(m, in) {
		return nil, bot.ReasonNotForUs
	}
	return in, ""
}

// callback is a pressed button. Its message may be missing (it is too old, or
// was sent by way of another chat): then the person's own chat stands for it.
func (a *Adapter) callback(c *callback) (*bot.Inbound, string) {
	if c.ID == "" || c.From.ID == 0 {
		return nil, bot.ReasonUnreadable
	}
	if c.Data == "" {
		return nil, bot.ReasonNotForUs
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
	if !in.Direct {
		in.Turn = turn{id: c.ID, who: in.Sender}.String()
	}
	return in, ""
}

// member tells that somebody blocked us or came back, or that a group took us
// in. A group that puts us out is nobody's farewell: it is only counted.
func (a *Adapter) member(c *memberChange) (*bot.Inbound, string) {
	in := &bot.Inbound{
		Kind: bot.KindFollow, Address: a.address(c.Chat.ID, ""), Direct: c.Chat.private(),
		Sender: sender(c.From, c.Chat), At: unix(c.Date),
	}
	switch {
	case c.Old.in() == c.New.in() || c.Chat.channel() || c.From.IsBot:
		return nil, bot.ReasonNotForUs
	case c.New.in():
	case in.Direct:
		in.Kind = bot.KindBlocked
	default:
		return nil, bot.ReasonNotForUs
	}
	return in, ""
}

// reaction is an emoji on a message. In a forum it does not say in which
// topic, so there is no conversation to keep it with: it is counted.
func (a *Adapter) reaction(r *reaction) (*bot.Inbound, string) {
	if r.User == nil || r.Chat.IsForum || r.Chat.channel() {
		return nil, bot.ReasonNotForUs
	}
	in := &bot.Inbound{
		Kind: bot.KindReaction, Address: a.address(r.Chat.ID, ""), Direct: r.Chat.private(),
		Sender: sender(*r.User, r.Chat), Target: bot.MessageID(number(r.Message)), At: unix(r.Date),
	}
	if n := len(r.New); n > 0 {
		if in.Text = bot.Clean(r.New[n-1].Emoji); in.Text == "" {
			in.Text = "⭐" // a paid one, or a picture of somebody's own
		}
	}
	return in, ""
}

func (m *message) topic() string {
	if m.InTopic && !m.Chat.private() {
		return number(m.Thread)
	}
	return ""
}
