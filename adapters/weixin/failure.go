package weixin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"crmbot/bot"
)

// Error is a call that failed. It holds no secret.
type Error struct {
	Call   string // the method: "cgi-bin/message/custom/send"
	Code   int    // the platform's errcode, 0 if it gave none
	Says   string // the platform's errmsg, or what went wrong on the way
	Status int    // of HTTP, 0 if no answer came
	Wrote  bool   // the request was written
	err    error
}

// Error is for the log.
func (e *Error) Error() string {
	call := e.Call
	if call == "" {
		call = "no call"
	}
	says := secretShape.ReplaceAllString(e.Says, "$1=***")
	if e.Code != 0 {
		return fmt.Sprintf("%s: %d %s", call, e.Code, says)
	}
	return fmt.Sprintf("%s: %s", call, says)
}

// Unwrap is context.Canceled or context.DeadlineExceeded where that was the
// cause.
func (e *Error) Unwrap() error { return e.err }

// secretShape is what a secret looks like in an address.
var secretShape = regexp.MustCompile(`\b(secret|corpsecret|access_token|key)=[^&\s"']+`)

// CodeOf is the platform's code of an error, 0 if there is none.
func CodeOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// expired says that a call failed for its access token.
func expired(code int) bool {
	return code == 40001 || code == 42001 || code == 40014
}

// classes are the platform's codes. One that is not here is about what we sent.
var classes = map[int]bot.Class{
	-1: bot.Transient,

	45009: bot.RateLimited, // a method's calls of the day
	45011: bot.RateLimited, // of the minute

	40003: bot.RecipientGone, 43004: bot.RecipientGone, 43019: bot.RecipientGone, 50005: bot.RecipientGone,

	45015: bot.WindowClosed, 45047: bot.WindowClosed, 95001: bot.WindowClosed,

	45002: bot.BadContent, 40033: bot.BadContent, 87014: bot.BadContent,

	// Told to nobody who does not want to hear it.
	43101: bot.Stale, 43107: bot.Stale, 47003: bot.Stale, 40037: bot.Stale,

	40001: bot.Unauthorized, 40014: bot.Unauthorized, 42001: bot.Unauthorized,
	40002: bot.Unauthorized, 40013: bot.Unauthorized, 40125: bot.Unauthorized, 40164: bot.Unauthorized,
	40243: bot.Unauthorized, 41001: bot.Unauthorized, 41002: bot.Unauthorized, 41004: bot.Unauthorized,
	48001: bot.Unauthorized, 48002: bot.Unauthorized, 48004: bot.Unauthorized, 50001: bot.Unauthorized,
	50002: bot.Unauthorized, 60011: bot.Unauthorized, 60020: bot.Unauthorized, 61004: bot.Unauthorized,
	89501: bot.Unauthorized, 89503: bot.Unauthorized, 89506: bot.Unauthorized, 89507: bot.Unauthorized,
}

// Class is the class of a code; known is false for one that nobody wrote down.
func Class(code int) (class bot.Class, known bool) {
	class, known = classes[code]
	if !known {
		class = bot.BadContent
	}
	return class, known
}

// holds is how long nothing is sent after a limit was reached.
var holds = map[int]time.Duration{45009: 5 * time.Minute, 45011: time.Minute}

// Failure finds the class of an error of a call. repeatable says that doing it
// twice does no harm, so that a request whose answer got lost is no riddle.
func Failure(err error, repeatable bool) *bot.Failure {
	var already *bot.Failure
	if errors.As(err, &already) {
		return already
	}
	var e *Error
	if !errors.As(err, &e) {
		return &bot.Failure{Class: bot.Transient, Err: err}
	}
	f := &bot.Failure{Class: bot.Transient, Err: e}
	switch {
	case e.Code != 0:
		f.Class, _ = Class(e.Code)
		f.After = holds[e.Code]
	case e.Status == http.StatusTooManyRequests:
		f.Class, f.After = bot.RateLimited, time.Minute
	case e.Status == 0 && e.Wrote && !repeatable:
		f.Class = bot.Ambiguous
	}
	return f
}

// Ended says that a call failed because its caller did not wait.
func Ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

var (
	textAway = bot.Local{"en": "Tencent's server {host} cannot be reached from here.", "zh-CN": "从这里连不上腾讯的服务器 {host}。"}
	nextAway = bot.Local{
		"en":    "See whether this machine is on the internet. If it has to go by a proxy, set proxy for this install; then the proxy's own address must be on the list {list}.",
		"zh-CN": "请看这台机器能不能上网。如果要走代理，就给它设置 proxy；这时加到“{list}”里的必须是代理的 IP。",
	}
)

// Broken is what is found when a call fails. list is what the platform calls
// the addresses that it lets in: a proxy has one of its own.
func (a *Account) Broken(f *bot.Failure, list string) bot.Finding {
	found := bot.Broken(f)
	if e, ok := errors.AsType[*Error](f.Err); ok && e.Code == 0 && e.Status == 0 {
		found.Text, found.Next = textAway.With("host", a.base.Host), nextAway.With("list", list)
	}
	return found
}
