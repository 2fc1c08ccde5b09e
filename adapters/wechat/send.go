package wechat

import (
	"context"
	"errors"
	"fmt"

	"github.com/silenceper/wechat/v2/officialaccount/config"
	wxcontext "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/customerservice"
	wxmessage "github.com/silenceper/wechat/v2/officialaccount/message"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// library is what the library's managers are made of, for one call.
func (a *Adapter) library(h weixin.Handle) *wxcontext.Context {
	return &wxcontext.Context{Config: &config.Config{AppID: a.cfg.AppID}, AccessTokenHandle: h}
}

// Send performs one operation. WeChat gives a message no id, so it has ours.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if !a.Features().Can(out.Op) {
		return bot.Sent{}, &bot.Failure{Class: bot.Stale, Err: fmt.Errorf("no operation %q here", out.Op)}
	}
	switch out.Op {
	case bot.OpTyping:
		return bot.Sent{}, a.typing(ctx, out)
	case bot.OpNudge:
		return bot.Sent{}, a.nudge(ctx, out)
	}
	if out.Reply.Empty() {
		return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: errors.New("a message that says nothing")}
	}
	if a.cfg.Passive {
		return bot.Sent{}, &bot.Failure{Class: bot.WindowClosed, Err: errors.New("this account answers within the request only")}
	}
	if err := a.post(ctx, out); err != nil {
		return bot.Sent{}, err
	}
	return bot.Sent{ID: bot.MessageID("out-" + out.Key)}, nil
}

// post sends a reply: a file where it can be shown, else text.
func (a *Adapter) post(ctx context.Context, out bot.Outgoing) error {
	person := string(out.To.Chat)
	if len(out.Reply.Files) == 1 && out.Reply.Text == "" {
		if sent, err := a.sendFile(ctx, person, out.Reply.Files[0]); sent || err != nil {
			return err
		}
	}
	text := shown(out.Reply)
	if text == "" {
		return &bot.Failure{Class: bot.BadContent, Err: errors.New("a message without text")}
	}
	return a.say(ctx, wxmessage.NewCustomerTextMessage(person, text))
}

// say sends one message. The error is a Failure.
func (a *Adapter) say(ctx context.Context, m *wxmessage.CustomerMessage) error {
	err := a.api.Do(ctx, func(h weixin.Handle) error {
		return wxmessage.NewMessageManager(a.library(h)).Send(m)
	})
	if err != nil {
		return weixin.Failure(err, false)
	}
	return nil
}

// typing shows for a few seconds that an answer is being written. That there
// is no need for it, or that it came too late, is no matter.
func (a *Adapter) typing(ctx context.Context, out bot.Outgoing) error {
	err := a.api.Do(ctx, func(h weixin.Handle) error {
		return customerservice.NewCustomerServiceManager(a.library(h)).SendTypingStatus(string(out.To.Chat), customerservice.Typing)
	})
	if err == nil {
		return nil
	}
	f := weixin.Failure(err, true)
	if f.Class != bot.RateLimited {
		f = &bot.Failure{Class: bot.Stale, Err: f.Err}
	}
	return f
}
