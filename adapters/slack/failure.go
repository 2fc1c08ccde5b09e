package slack

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// classes are Slack's words for what went wrong. A word that is not here is
// about what we sent.
var classes = map[string]bot.Class{
	"channel_not_found": bot.RecipientGone, "not_in_channel": bot.RecipientGone,
	"is_archived": bot.RecipientGone, "channel_is_archived": bot.RecipientGone, "user_not_found": bot.RecipientGone,
	"users_not_found": bot.RecipientGone, "user_disabled": bot.RecipientGone,
	"user_not_visible": bot.RecipientGone, "user_not_in_channel": bot.RecipientGone,
	"messages_tab_disabled": bot.RecipientGone, "cannot_dm_bot": bot.RecipientGone,
	"cannot_reply_to_message": bot.RecipientGone, "restricted_action": bot.RecipientGone,
	"restricted_action_read_only_channel": bot.RecipientGone, "thread_not_found": bot.RecipientGone,
	"restricted_action_thread_locked": bot.RecipientGone, "restricted_action_non_threadable_channel": bot.RecipientGone,
	"restricted_action_thread_only_channel": bot.RecipientGone,

	"invalid_auth": bot.Unauthorized, "account_inactive": bot.Unauthorized,
	"token_revoked": bot.Unauthorized, "token_expired": bot.Unauthorized,
	"not_authed": bot.Unauthorized, "missing_scope": bot.Unauthorized,
	"not_allowed_token_type": bot.Unauthorized, "no_permission": bot.Unauthorized,
	"org_login_required": bot.Unauthorized, "access_denied": bot.Unauthorized,
	"team_access_not_granted": bot.Unauthorized, "two_factor_setup_required": bot.Unauthorized,
	"ekm_access_denied": bot.Unauthorized, "enterprise_is_restricted": bot.Unauthorized,

	"ratelimited": bot.RateLimited, "rate_limited": bot.RateLimited,
	"message_limit_exceeded": bot.RateLimited,

	"internal_error": bot.Transient, "fatal_error": bot.Transient,
	"service_unavailable": bot.Transient, "request_timeout": bot.Transient,
	"team_added_to_org": bot.Transient, "accesslimited": bot.Transient,

	"message_not_found": bot.Stale, "cant_update_message": bot.Stale,
	"cant_delete_message": bot.Stale, "edit_window_closed": bot.Stale,
	"expired_trigger_id": bot.Stale, "exchanged_trigger_id": bot.Stale,
	"invalid_trigger_id": bot.Stale, "trigger_expired": bot.Stale, "trigger_exchanged": bot.Stale,
	"hash_conflict": bot.Stale, "view_not_found": bot.Stale, "not_found": bot.Stale,
	"push_limit_reached": bot.Stale, "file_not_found": bot.Stale, "file_deleted": bot.Stale,
	"expired_url": bot.Stale, "used_url": bot.Stale,
}

// whys are Slack's words for what is closed to us, and how far: the thread, the
// channel, or what we may do there.
var whys = map[string]string{
	"channel_not_found": bot.WhyArchived, "not_in_channel": bot.WhyArchived,
	"is_archived": bot.WhyArchived, "channel_is_archived": bot.WhyArchived,

	"thread_not_found": bot.WhyTopic, "message_not_found": bot.WhyTopic,
	"cannot_reply_to_message": bot.WhyTopic, "restricted_action_thread_locked": bot.WhyTopic,

	"restricted_action": bot.WhyRights, "restricted_action_read_only_channel": bot.WhyRights,
	"restricted_action_non_threadable_channel": bot.WhyRights, "restricted_action_thread_only_channel": bot.WhyRights,
}

// placed says of a failure in a channel how far it is closed to us. The message
// that is not found for a new one is the thread's own.
func placed(err error, out bot.Outgoing) error {
	answer, ok := errors.AsType[slack.SlackErrorResponse](err)
	if f, is := errors.AsType[*bot.Failure](err); ok && is && !person(string(out.To.Chat)) {
		posts := out.Op == bot.OpPost || out.Op == bot.OpEphemeral
		if posts && out.To.Topic != "" && answer.Err == "message_not_found" {
			f.Class = bot.RecipientGone
		}
		if f.Class == bot.RecipientGone {
			f.Why = whys[answer.Err]
		}
	}
	return err
}

// failure finds the class of an error. inDoubt says that the request was
// written and must not be done twice without a thought.
func (a *Adapter) failure(err error, inDoubt bool) *bot.Failure {
	f := &bot.Failure{Class: bot.Transient, Err: a.hide(err)}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		f.Class, f.After = bot.RateLimited, max(limited.RetryAfter, time.Second)
		return f
	}
	if told, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		if f.Class, ok = classes[told.Err]; !ok {
			f.Class = bot.BadContent
		}
		if f.Class == bot.RateLimited {
			f.After = time.Second
		}
		if told.Needed != "" || len(told.ResponseMetadata.Messages) > 0 {
			f.Err = fmt.Errorf("%w (needed %q) %v", f.Err, told.Needed, told.ResponseMetadata.Messages)
		}
		return f
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		if status.Code == http.StatusBadRequest || status.Code == http.StatusRequestEntityTooLarge {
			f.Class = bot.BadContent
		}
		return f
	}
	if inDoubt {
		f.Class = bot.Ambiguous // no answer came, or none that we can read
	}
	return f
}

// told says whether an error is this word of Slack's.
func told(err error, word string) bool {
	answer, ok := errors.AsType[slack.SlackErrorResponse](err)
	return ok && answer.Err == word
}

// over makes a failure Stale if an address says that it is no more: a response
// URL, or a file's.
func over(err error) error {
	f := bot.FailureOf(err)
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		switch status.Code {
		case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
			f.Class = bot.Stale
		}
	}
	return f
}
