package webchat

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coder/websocket"

	"crmbot/bot"
)

// read takes one frame. An error ends the socket.
func (s *socket) read(ctx context.Context, raw []byte) error {
	if !utf8.Valid(raw) {
		s.host.Count(Platform, s.cfg.Install, "unreadable", raw)
		return s.close(websocket.StatusInvalidFramePayloadData, "not UTF-8")
	}
	var f frame
	if json.Unmarshal(raw, &f) != nil {
		s.host.Count(Platform, s.cfg.Install, "unreadable", raw)
		return s.refuse(ctx, "", "bad")
	}
	switch {
	case f.Topic != "" && !s.cfg.Staff || len(f.Topic) > topicMax:
	case f.Type == "message", f.Type == "action", f.Topic != "" && (f.Type == "edit" || f.Type == "delete"):
		return s.take(ctx, f)
	case f.Type == "open":
		return s.follow(ctx)
	case f.Type == "watch" && s.cfg.Staff:
		s.wants(f)
		return nil
	case f.Type == "seen" && f.Topic != "":
		return s.shownThread(ctx, f)
	case f.Type == "seen":
		return s.shown(ctx, f.UpTo)
	}
	s.host.Count(Platform, s.cfg.Install, "unknown", raw)
	return s.refuse(ctx, f.ID, "bad")
}

var names = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// take puts a message or a pressed button into the inbox.
func (s *socket) take(ctx context.Context, f frame) error {
	in, why, err := s.inbound(ctx, f)
	switch {
	case err != nil:
		s.host.Logger().Warn("message not kept", "error", err)
		return s.write(ctx, answer{Type: "refused", ID: f.ID, Why: "later"})
	case why != "":
		return s.refuse(ctx, f.ID, why)
	case !s.limit.AllowN(s.host.Now(), 1):
		return s.refuse(ctx, f.ID, "fast")
	}
	if f.Topic == "" {
		if err := s.follow(ctx); err != nil {
			return err
		}
	}
	err = s.receive(ctx, in, f.ID)
	switch {
	case err == nil:
		return s.write(ctx, answer{Type: "ack", ID: f.ID})
	case bot.HTTPStatus(err) == http.StatusOK:
		return s.refuse(ctx, f.ID, "bad")
	}
	s.host.Logger().Warn("message not kept", "error", err)
	return s.write(ctx, answer{Type: "refused", ID: f.ID, Why: "later"})
}

// inbound is what a frame says, or why it is not taken.
func (s *socket) inbound(ctx context.Context, f frame) (in bot.Inbound, why string, err error) {
	in = bot.Inbound{Kind: bot.KindText, Address: s.at, Direct: true, Text: clean(f.Text)}
	switch f.Type {
	case "action":
		in.Kind, in.Action, in.Message, in.Text = bot.KindAction, f.Action, bot.MessageID(strconv.FormatInt(f.On, 10)), ""
	case "edit":
		in.Kind = bot.KindEdit
	case "delete":
		in.Kind, in.Text = bot.KindDelete, ""
	}
	said := in.Kind == bot.KindText || in.Kind == bot.KindEdit
	switch {
	case !names.MatchString(f.ID) || in.Kind == bot.KindAction && (f.Action == "" || len(f.Action) > 200):
		return in, "bad", nil
	case said && strings.TrimSpace(in.Text) == "":
		return in, "empty", nil
	case utf8.RuneCountInString(in.Text) > textMax:
		return in, "long", nil
	case f.Topic == "":
		return in, "", nil
	}
	return s.inThread(ctx, in, f)
}

// inThread makes of what was said something said in a thread.
func (s *socket) inThread(ctx context.Context, in bot.Inbound, f frame) (bot.Inbound, string, error) {
	in.Address, in.Direct = s.desk(f.Topic), false
	if ok, err := s.sees(ctx, s.sender.ID, f.Topic); err != nil || !ok {
		return in, "gone", err
	}
	switch in.Kind {
	case bot.KindAction:
		if f.On == 0 { // it is a button of the card
			h, err := s.head(ctx, f.Topic)
			in.Message = h.ID
			return in, "", err
		}
		return in, "", nil
	case bot.KindEdit, bot.KindDelete:
		if !names.MatchString(f.Mine) || in.Kind == bot.KindEdit && f.As == asOrder {
			return in, "bad", nil
		}
		if in.Target = bot.MessageID(s.event(f.Mine)); in.Kind == bot.KindDelete {
			return in, "", nil
		}
	default:
		in.Message = bot.MessageID(s.event(f.ID))
	}
	var ok bool
	if in.Text, in.Mention, ok = spoken(f.As, in.Text); !ok {
		return in, "bad", nil
	}
	return in, "", nil
}

// sees says whether somebody may see a thread.
func (a *Adapter) sees(ctx context.Context, who bot.SenderID, topic bot.TopicID) (bool, error) {
	ok, err := a.host.Sees(ctx, who, a.desk(topic))
	if bot.Forbidden(err) {
		return false, nil
	}
	return ok, err
}

// follow tells once that somebody is here, and from which page. When it
// cannot be kept now, the next frame tries again.
func (s *socket) follow(ctx context.Context) error {
	if s.known {
		return nil
	}
	in := bot.Inbound{Kind: bot.KindFollow, Address: s.at, Direct: true}
	if err := s.receive(ctx, in, "follow"); err != nil {
		s.host.Logger().Warn("opening not kept", "error", err)
		return nil
	}
	s.known = true
	return nil
}

// event is the name of what a browser called id: unique for this sender.
func (s *socket) event(id string) string { return string(s.sender.ID) + ":" + id }

// receive keeps an event.
func (s *socket) receive(ctx context.Context, in bot.Inbound, id string) error {
	in.V, in.EventID = bot.InboundVersion, s.event(id)
	in.Sender, in.At = s.sender, s.host.Now()
	if in.Direct && !s.known {
		in.Scene = s.scene
	}
	return s.inbox.Receive(ctx, in)
}

// refuse says why a frame was not taken; who does not stop is put out.
func (s *socket) refuse(ctx context.Context, id, why string) error {
	if s.strikes++; s.strikes > strikesMax {
		s.host.Count(Platform, s.cfg.Install, "refused", nil)
		return s.close(websocket.StatusPolicyViolation, why)
	}
	return s.write(ctx, answer{Type: "refused", ID: id, Why: why})
}

// clean drops the characters that nobody types.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

var languages = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$`)

// language is a tag as browsers write it, or "".
func language(tag string) string {
	if languages.MatchString(tag) {
		return tag
	}
	return ""
}

// scene is the address of the page that shows the chat, or "".
func scene(page string) string {
	page, _, _ = strings.Cut(clean(page), "#")
	if len(page) > 2048 || !strings.HasPrefix(page, "https://") && !strings.HasPrefix(page, "http://") {
		return ""
	}
	return page
}
