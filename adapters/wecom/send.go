package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/work/config"
	"github.com/silenceper/wechat/v2/work/kf"
	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"crmbot/adapters/weixin"
	"crmbot/bot"
	"crmbot/bot/markup"
)

// Send performs one operation. WeCom knows a message by an id of ours, so that
// what is sent again after a lost answer is not shown twice, and nothing is ever
// in doubt.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if _, _, ok := parties(out.To.Chat); !ok {
		return bot.Sent{}, &bot.Failure{Class: bot.RecipientGone, Err: errors.New("no such chat here")}
	}
	switch out.Op {
	case bot.OpPost:
		return a.post(ctx, out)
	case bot.OpTransfer:
		return a.transfer(ctx, out)
	}
	return bot.Sent{}, &bot.Failure{Class: bot.Stale, Err: fmt.Errorf("no operation %q here", out.Op)}
}

// call makes a call by the library's client.
func (a *Adapter) call(ctx context.Context, do func(c *kf.Client) error) error {
	return a.api.Do(ctx, func(h weixin.Handle) error {
		c, err := kf.NewClient(&config.Config{CorpID: a.cfg.CorpID, Cache: h})
		if err != nil {
			return err
		}
		return do(c)
	})
}

func (a *Adapter) post(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	words := plain(out.Reply)
	if sent, done, err := a.greet(ctx, out, words); done {
		return sent, err
	}
	if words == "" && (out.Reply == nil || len(out.Reply.Files) == 0) {
		return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: errors.New("a message without content")}
	}
	if err := a.ready(ctx, out.To.Chat); err != nil {
		return bot.Sent{}, err
	}
	account, customer, _ := parties(out.To.Chat)
	to := sendmsg.Message{ToUser: customer, OpenKFID: account}
	var first bot.Sent
	if words != "" {
		to.MsgID = a.msgid(out.Key, 0)
		m := sendmsg.Text{Message: to, MsgType: "text"}
		m.Text.Content = words
		sent, err := a.send(ctx, out.To.Chat, m)
		if err != nil {
			return bot.Sent{}, err
		}
		first = sent
	}
	for i, f := range out.Reply.Files {
		to.MsgID = a.msgid(out.Key, i+1)
		sent, err := a.sendFile(ctx, out.To.Chat, to, f)
		if err != nil {
			return bot.Sent{}, err
		}
		if first.ID == "" {
			first = sent
		}
	}
	return first, nil
}

// greet says the one greeting that an arrival gives the right to. done is false
// when there is no such right, or no more: then it goes the ordinary way, which
// is open if the customer has written meanwhile.
func (a *Adapter) greet(ctx context.Context, out bot.Outgoing, words string) (sent bot.Sent, done bool, err error) {
	g, ok := greetingOf(out.Turn)
	if !ok || words == "" || a.host.Now().Sub(time.Unix(g.At, 0)) > greetingFor {
		return bot.Sent{}, false, nil
	}
	sent, err = a.onEvent(ctx, g.Code, out.Key, words)
	if err != nil {
		f := failure(err)
		return bot.Sent{}, f.Class != bot.BadContent, f
	}
	return sent, true, nil
}

// onEvent says something by the right that an event gave. It is good for one
// message.
func (a *Adapter) onEvent(ctx context.Context, code, key, words string) (bot.Sent, error) {
	m := struct {
		Code    string `json:"code"`
		MsgID   string `json:"msgid,omitempty"`
		MsgType string `json:"msgtype"`
		Text    struct {
			Content string `json:"content"`
		} `json:"text"`
	}{Code: code, MsgID: a.msgid(key, 0), MsgType: "text"}
	m.Text.Content = words
	var sent bot.Sent
	err := a.call(ctx, func(c *kf.Client) error {
		info, err := c.SendMsgOnEvent(m)
		sent.ID = bot.MessageID(info.MsgID)
		return err
	})
	return sent, err
}

// send posts one message, in a chat that was the bot's a moment ago.
func (a *Adapter) send(ctx context.Context, chat bot.ChatID, m any) (bot.Sent, error) {
	var sent bot.Sent
	err := a.call(ctx, func(c *kf.Client) error {
		info, err := c.SendMsg(m)
		sent.ID = bot.MessageID(info.MsgID)
		return err
	})
	switch weixin.CodeOf(err) {
	case codeState, codeEnded:
		return bot.Sent{}, a.refused(ctx, chat, err)
	case codeCount, codeTime:
		a.sessions.forget(chat)
	}
	if err != nil {
		return bot.Sent{}, failure(err)
	}
	return sent, nil
}

// msgid is our id for a part of an operation: the same on every try, and
// nobody else's. It is "" for an operation without a key.
func (a *Adapter) msgid(key string, part int) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", a.cfg.CorpID, a.cfg.Install, key, part))
	return hex.EncodeToString(sum[:16])
}

// plain is a reply as customer service shows it: without any markup.
func plain(r *bot.Reply) string {
	if r == nil {
		return ""
	}
	if words := strings.TrimSpace(markup.Plain(r.Text)); words != "" {
		return words
	}
	return strings.TrimSpace(r.Toast)
}

// Measure counts the bytes of a text as it is sent.
func (a *Adapter) Measure(text string) int { return len(markup.Plain(text)) }
