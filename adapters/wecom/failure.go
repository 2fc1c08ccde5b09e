package wecom

import (
	"errors"
	"time"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// The codes of sessions and of the right to write.
const (
	codeCount      = 95001 // five messages since the customer wrote
	codeTime       = 95002 // 48 hours since
	codeLimit      = 95003 // more customers than an unverified company may serve
	codeEnded      = 95013
	codeNobody     = 95014 // nobody who takes chats
	codeTransition = 95016
	codeState      = 95018 // not a state in which the API may write
)

// classes are the codes of customer service, besides those that both of
// Tencent's platforms have.
var classes = map[int]bot.Class{
	codeCount: bot.WindowClosed, codeTime: bot.WindowClosed, codeEnded: bot.WindowClosed,
	codeTransition: bot.WindowClosed, codeState: bot.WindowClosed,
	codeLimit: bot.WindowClosed,

	40096: bot.RecipientGone,                           // no such customer
	95000: bot.RecipientGone, 95004: bot.RecipientGone, // no such account

	45033: bot.RateLimited, // too many calls at once

	40013: bot.Unauthorized, 40201: bot.Unauthorized, 60020: bot.Unauthorized,
	95011: bot.Unauthorized, 95012: bot.Unauthorized, 95017: bot.Unauthorized,

	codeNobody: bot.BadContent,
}

// whys are what is told of a code besides its class.
var whys = map[int]string{codeEnded: bot.WhyEnded, codeLimit: bot.WhyLimit, codeNobody: bot.WhyNobody}

// failure is an error of a call with its class, and with what somebody has to do
// about it.
func failure(err error) *bot.Failure {
	if known, ok := errors.AsType[*bot.Failure](err); ok {
		return known
	}
	f := classed(err)
	if hint := explain(err); hint != "" && f.Class != bot.Transient {
		f.Err = errors.Join(errors.New(hint), f.Err)
	}
	return f
}

// classed finds the class of an error of a call. Everything we do may be done
// twice. A code that nobody wrote down is about what we sent: it is given up,
// and somebody hears of it.
func classed(err error) *bot.Failure {
	f := weixin.Failure(err, true)
	if class, ok := classes[weixin.CodeOf(err)]; ok {
		f.Class, f.Why = class, whys[weixin.CodeOf(err)]
	}
	if f.Class == bot.RateLimited {
		f.After = max(f.After, time.Second)
	}
	return f
}
