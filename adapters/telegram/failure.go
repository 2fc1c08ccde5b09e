package telegram

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"crmbot/bot"
)

// gone are the words of refusals after which nothing will ever arrive there.
var gone = []string{
	"chat not found", "user not found", "bot was kicked", "bot was blocked", "user is deactivated",
	"peer_id_invalid", "chat_write_forbidden", "not enough rights", "have no rights",
	"need administrator rights", "message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid",
	"group chat was deactivated", "chat_restricted", "bot is not a member",
}

// stale are the words of refusals that mean the moment has passed.
var stale = []string{
	"query is too old", "query id is invalid", "message to edit not found",
	"message to delete not found", "message can't be edited", "message can't be deleted",
	"message_id_invalid",
}

// The words of refusals that say how far a group is closed to us: the topic, the
// group, or what we may do there.
var (
	noTopic  = []string{"message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid"}
	noGroup  = []string{"chat not found", "peer_id_invalid", "bot was kicked", "bot is not a member", "group chat was deactivated", "group chat was deleted"}
	noRights = []string{
		"not enough rights", "have no rights", "administrator rights", "chat_admin_required", "chat_write_forbidden",
		"chat_restricted", "not a forum", "supergroup chats only", "not a supergroup",
	}
)

// placed says of a failure in a group how far it is closed to us.
func placed(err error, to bot.Address) error {
	var f *bot.Failure
	var e *callError
	if !errors.As(err, &f) || !errors.As(err, &e) || !strings.HasPrefix(string(to.Chat), "-") {
		return err
	}
	if f.Class == bot.BadContent && e.method == "createForumTopic" && says(e, noRights) {
		f.Class = bot.RecipientGone
	}
	if f.Class == bot.RecipientGone {
		switch {
		case says(e, noTopic) && to.Topic != "":
			f.Why = bot.WhyTopic
		case says(e, noGroup):
			f.Why = bot.WhyArchived
		case says(e, noRights), says(e, noTopic):
			f.Why = bot.WhyRights
		}
	}
	return err
}

// failure finds the class of an error of call. repeatable says that doing it
// twice does no harm, so that a request whose answer got lost is no riddle.
func (a *Adapter) failure(err error, repeatable bool) *bot.Failure {
	var known *bot.Failure
	if errors.As(err, &known) {
		return known
	}
	var e *callError
	if !errors.As(err, &e) {
		return &bot.Failure{Class: bot.Transient, Err: err}
	}
	f := &bot.Failure{Class: bot.Transient, Err: e}
	switch {
	case e.movedTo != 0:
		f.Class, f.To = bot.Migrated, a.address(e.movedTo, "")
	case e.code == 0 && e.wrote && !repeatable:
		f.Class = bot.Ambiguous
	case e.code == 0 || e.other || e.code >= 500 || e.code == http.StatusConflict:
	case e.code == http.StatusTooManyRequests || e.after > 0:
		f.Class, f.After = bot.RateLimited, max(e.after, time.Second)
	case e.code == http.StatusUnauthorized,
		e.code == http.StatusNotFound && !strings.Contains(e.says, "method"): // what a malformed token gets
		f.Class = bot.Unauthorized
	case e.code == http.StatusForbidden || says(e, gone):
		f.Class = bot.RecipientGone
	case says(e, stale):
		f.Class = bot.Stale
	default:
		f.Class = bot.BadContent
	}
	return f
}

func says(e *callError, words []string) bool {
	text := strings.ToLower(e.says)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
