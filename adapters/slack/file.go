package slack

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// fileTime is the longest that a file may take.
const fileTime = 5 * time.Minute

// Download fetches a file that somebody sent. Only Slack's own servers, or the
// one that stands in for them, are shown the token.
func (a *Adapter) Download(ctx context.Context, f bot.File) (io.ReadCloser, error) {
	where, err := url.Parse(f.Native)
	if err != nil || !a.trusted(where) {
		return nil, &bot.Failure{Class: bot.BadContent, Err: errors.New("file: not on the platform's servers")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where.String(), nil)
	if err != nil {
		return nil, &bot.Failure{Class: bot.BadContent, Err: a.hide(err)}
	}
	req.Header.Set("Authorization", "Bearer "+a.cfg.BotToken)
	slow := *a.http
	slow.Timeout = fileTime // the body counts
	resp, err := slow.Do(req)
	if err != nil {
		return nil, a.failure(err, false)
	}
	page := strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && !strings.HasPrefix(f.MIME, "text/html")
	if resp.StatusCode == http.StatusOK && !page {
		return resp.Body, nil
	}
	_ = resp.Body.Close()
	if page { // the page to sign in at: the scope files:read is missing
		return nil, &bot.Failure{Class: bot.Unauthorized, Err: errors.New("file: not allowed (files:read)")}
	}
	return nil, over(a.failure(slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}, false))
}

// trusted says whether a file's address may be shown our token.
func (a *Adapter) trusted(u *url.URL) bool {
	if u.Scheme == "https" && (strings.HasSuffix(u.Host, ".slack.com") || strings.HasSuffix(u.Host, ".slack-gov.com")) {
		return true
	}
	base, err := url.Parse(a.base)
	return err == nil && u.Scheme == base.Scheme && u.Host == base.Host
}

// Name looks up what somebody is called and which language he reads.
func (a *Adapter) Name(ctx context.Context, id bot.SenderID) (bot.Sender, error) {
	s := bot.Sender{ID: id, Chat: bot.ChatID(id)}
	err := a.do(ctx, true, func(ctx context.Context) error {
		u, err := a.api.GetUserInfoContext(ctx, string(id))
		if err != nil {
			return err
		}
		s.Name = bot.Clean(first(u.Profile.RealName, u.RealName, u.Profile.DisplayName, u.Name))
		s.Language = bot.Clean(u.Locale)
		return nil
	})
	return s, err
}
