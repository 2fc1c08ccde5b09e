package wecom

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/work/kf"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// The states of a session.
const (
	stateNew   = 0 // the customer has written, and nobody has it yet
	stateBot   = 1
	statePool  = 2 // waits for somebody at WeCom's desk
	stateHuman = 3
	stateEnded = 4 // or never begun
)

// sessions remembers for a while which sessions are the bot's, so that not
// every message asks. A session that was taken away meanwhile refuses the
// message, and is asked about then.
type sessions struct {
	mu  sync.Mutex
	bot map[bot.ChatID]time.Time // until when
}

const (
	rememberFor = 5 * time.Minute
	rememberMax = 10000
)

func (s *sessions) isBot(chat bot.ChatID, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bot[chat].After(now)
}

func (s *sessions) remember(chat bot.ChatID, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bot == nil || len(s.bot) >= rememberMax {
		s.bot = map[bot.ChatID]time.Time{}
	}
	s.bot[chat] = now.Add(rememberFor)
}

func (s *sessions) forget(chat bot.ChatID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bot, chat)
}

// ready sees to it that the bot may write in a chat: it takes a session that
// is new. Its error is a Failure: WindowClosed for a session that is not ours.
func (a *Adapter) ready(ctx context.Context, chat bot.ChatID) error {
	if a.sessions.isBot(chat, a.host.Now()) {
		return nil
	}
	state, servicer, err := a.state(ctx, chat)
	if err != nil {
		return failure(err)
	}
	if state == stateNew {
		_, err := a.trans(ctx, chat, stateBot, "")
		switch {
		case weixin.CodeOf(err) == codeTransition: // somebody was faster
			if state, servicer, err = a.state(ctx, chat); err != nil {
				return failure(err)
			}
		case err != nil:
			return failure(err)
		default:
			state = stateBot
		}
	}
	if state != stateBot {
		return a.elsewhere(ctx, chat, state, servicer)
	}
	a.sessions.remember(chat, a.host.Now())
	return nil
}

// refused explains a message that was not taken for the state of its session.
func (a *Adapter) refused(ctx context.Context, chat bot.ChatID, err error) error {
	a.sessions.forget(chat)
	state, servicer, asked := a.state(ctx, chat)
	if asked != nil {
		return failure(err)
	}
	if state == stateNew || state == stateBot { // it has changed just now
		return &bot.Failure{Class: bot.Transient, Err: err}
	}
	return a.elsewhere(ctx, chat, state, servicer)
}

// elsewhere is closed for a chat that was found so. WeCom tells of a chat that
// goes to its desk only if it was taken out of the pool: what it did not tell
// comes in now, as if it had.
func (a *Adapter) elsewhere(ctx context.Context, chat bot.ChatID, state int, servicer string) error {
	inbox := a.inbox.Load()
	_, customer, _ := parties(chat)
	if (state == statePool || state == stateHuman) && inbox != nil {
		now := a.host.Now().UTC().Truncate(time.Microsecond)
		err := (*inbox).Receive(ctx, bot.Inbound{
			V: bot.InboundVersion, EventID: fmt.Sprintf("found/%s/%d/%d", chat, state, now.Unix()), Kind: bot.KindDesk,
			Address: bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: chat}, Direct: true,
			Sender: bot.Sender{ID: bot.SenderID(customer), Chat: chat}, Values: taken(servicer), At: now,
		})
		if err != nil {
			a.host.Logger().WarnContext(ctx, "nobody heard that a chat is at WeCom's desk", "chat", chat, "error", err)
		}
	}
	return closed(state, servicer)
}

// closed says why nothing can be sent now and what still works.
func closed(state int, servicer string) error {
	says, why := "the session has ended: it opens again when the customer writes", bot.WhyEnded
	switch state {
	case statePool:
		why = bot.WhyDesk
		says = "the chat waits in WeCom's own queue: somebody has to take it in the WeCom app and answer there"
	case stateHuman:
		why = bot.WhyDesk
		says = fmt.Sprintf("%s has the chat in WeCom: answer in the WeCom app, or end the session there; "+
			"after that we can write again as soon as the customer does", servicer)
	}
	return &bot.Failure{Class: bot.WindowClosed, Err: errors.New(says), Why: why}
}

// state asks for the state of a session, and who of the company has it.
func (a *Adapter) state(ctx context.Context, chat bot.ChatID) (state int, servicer string, err error) {
	account, customer, _ := parties(chat)
	err = a.call(ctx, func(c *kf.Client) error {
		s, err := c.ServiceStateGet(kf.ServiceStateGetOptions{OpenKFID: account, ExternalUserID: customer})
		state, servicer = s.ServiceState, s.ServiceUserID
		return err
	})
	return state, servicer, err
}

// trans moves a session to another state. The code that comes back is good for
// one message about it.
func (a *Adapter) trans(ctx context.Context, chat bot.ChatID, to int, servicer string) (code string, err error) {
	account, customer, _ := parties(chat)
	err = a.call(ctx, func(c *kf.Client) error {
		s, err := c.ServiceStateTrans(kf.ServiceStateTransOptions{
			OpenKFID: account, ExternalUserID: customer, ServiceState: to, ServicerUserID: servicer,
		})
		code = s.MsgCode
		return err
	})
	return code, err
}

// transfer gives a chat to WeCom's own desk for good: to the colleague that it
// is for, or to whoever takes it next. What the reply says is the last word of
// ours.
func (a *Adapter) transfer(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	chat := out.To.Chat
	state, servicer, err := a.state(ctx, chat)
	if err != nil {
		return bot.Sent{}, failure(err)
	}
	to := statePool
	if out.For != "" {
		to = stateHuman
	}
	switch state {
	case stateEnded:
		return bot.Sent{}, closed(state, servicer)
	case stateHuman, to:
		return bot.Sent{}, nil // there already
	}
	a.sessions.forget(chat)
	code, err := a.trans(ctx, chat, to, string(out.For))
	if err != nil {
		return bot.Sent{}, failure(err)
	}
	if code == "" || out.Reply == nil || out.Reply.Text == "" {
		return bot.Sent{}, nil
	}
	sent, err := a.onEvent(ctx, code, out.Key, out.Reply.Text)
	if err != nil { // the chat is over there: that counts
		a.host.Logger().WarnContext(ctx, "the last word before the hand-over was not sent", "error", err)
	}
	return sent, nil
}
