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
	codeEnded      = 95013
	codeTransition = 95016
	codeState      = 95018 // not a state in which the API may write
)

// classes are the codes of customer service, besides those that both of
// Tencent's platforms have.
var classes = map[int]bot.Class{
	codeCount: bot.WindowClosed, codeTime: bot.WindowClosed, codeEnded: bot.WindowClosed,
	codeTransition: bot.WindowClosed, codeState: bot.WindowClosed,
	95003: bot.WindowClosed, // more customers than an unverified company may serve

	40096: bot.RecipientGone,                           // no such customer
	95000: bot.RecipientGone, 95004: bot.RecipientGone, // no such account

	45033: bot.RateLimited, // too many calls at once

	40013: bot.Unauthorized, 40201: bot.Unauthorized, 60020: bot.Unauthorized,
	95011: bot.Unauthorized, 95012: bot.Unauthorized, 95017: bot.Unauthorized,

	95014: bot.BadContent, // nobody who takes chats
}

// failure finds the class of an error of a call. Everything we do may be done
// twice.
func failure(err error) *bot.Failure {
	f := weixin.Failure(err, true)
	var known *bot.Failure
	if errors.As(err, &known) {
		return known
	}
	if class, ok := classes[weixin.CodeOf(err)]; ok {
		f.Class = class
	}
	if f.Class == bot.RateLimited {
		f.After = max(f.After, time.Second)
	}
	if hint := explain(err); hint != "" && f.Class != bot.Transient {
		f.Err = errors.Join(errors.New(hint), f.Err)
	}
	return f
}
