package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// fileTime is the longest that a file may take.
const fileTime = 5 * time.Minute

// Download fetches a file that somebody sent. Telegram gives out at most
// 20 MB. The file's address holds the token: it is in no error.
func (a *Adapter) Download(ctx context.Context, f bot.File) (io.ReadCloser, error) {
	var at struct {
		Path string `json:"file_path"`
	}
	if err := a.call(ctx, callTime, "getFile", tgbotapi.Params{"file_id": f.Native}, &at); err != nil {
		return nil, a.failure(err, true)
	}
	if at.Path == "" {
		return nil, &bot.Failure{Class: bot.BadContent, Err: errors.New("getFile: no path")}
	}
	where := a.base + "/file/bot" + a.cfg.Token + "/" + (&url.URL{Path: at.Path}).EscapedPath()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return nil, &bot.Failure{Class: bot.BadContent, Err: a.hide(err)}
	}
	slow := *a.http
	slow.Timeout = fileTime // the body counts
	resp, err := slow.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, &bot.Failure{Class: bot.Transient, Err: a.hide(err)}
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		class := bot.Transient
		if resp.StatusCode < http.StatusInternalServerError {
			class = bot.Stale
		}
		return nil, &bot.Failure{Class: class, Err: fmt.Errorf("file: status %d", resp.StatusCode)}
	}
	return resp.Body, nil
}
