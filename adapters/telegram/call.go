package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// answerLimit is the longest answer of the API that is read: a hundred updates.
const answerLimit = 32 << 20

// exchange is one request to the API. It stands in for the library's HTTP
// client and adds what that lacks: the caller's context, the status, and
// whether the request was written.
type exchange struct {
	ctx    context.Context //nolint:containedctx // the library has no other way in
	http   *http.Client
	status int
	wrote  atomic.Bool
	other  bool // somebody else answered
}

// Do performs the request. Its errors never hold the address, because that
// holds the token. An answer that is not JSON, as a proxy in between gives,
// becomes one of the API's own with the status as its code.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) { x.wrote.Store(info.Err == nil) },
	})
	resp, err := x.http.Do(req.WithContext(ctx)) //nolint:gosec // the address is the config's
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	x.status = resp.StatusCode
	var answer struct {
		OK *bool `json:"ok"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.OK == nil {
		x.other = true
		body = fmt.Appendf(nil, `{"ok":false,"error_code":%d,"description":"not an answer of the API"}`, x.status)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// call performs one method of the API within limit. Its error is a *callError.
func (a *Adapter) call(ctx context.Context, limit time.Duration, method string, params tgbotapi.Params) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	x := &exchange{ctx: ctx, http: a.http}
	resp, err := a.api(x).MakeRequest(method, params)
	return a.result(x, method, resp, err)
}

// upload performs a method that takes a file, which it streams and closes.
func (a *Adapter) upload(ctx context.Context, method string, params tgbotapi.Params, field string, f *outgoingFile) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	slow := *a.http
	slow.Timeout = fileTime
	x := &exchange{ctx: ctx, http: &slow}
	resp, err := a.api(x).UploadFiles(method, params, []tgbotapi.RequestFile{{Name: field, Data: f}})
	f.Close()
	return a.result(x, method, resp, err)
}

func (a *Adapter) api(x *exchange) *tgbotapi.BotAPI {
	api := &tgbotapi.BotAPI{Token: a.cfg.Token, Client: x}
	api.SetAPIEndpoint(strings.ReplaceAll(a.base, "%", "%%") + "/bot%s/%s")
	return api
}

// result is what a request brought. The library knows no code of an upload that
// was refused: that is the status then.
func (a *Adapter) result(x *exchange, method string, resp *tgbotapi.APIResponse, err error) (json.RawMessage, error) {
	if err == nil {
		return resp.Result, nil
	}
	e := &callError{method: method, wrote: x.wrote.Load(), other: x.other, err: a.hide(err)}
	var told *tgbotapi.Error
	if errors.As(err, &told) {
		e.code, e.says = told.Code, told.Message
		e.after = time.Duration(told.RetryAfter) * time.Second
		e.movedTo = told.MigrateToChatID
		if e.code == 0 {
			e.code = x.status
		}
	}
	return nil, e
}

// hide takes the token out of an error, should one have got into it.
func (a *Adapter) hide(err error) error {
	if !strings.Contains(err.Error(), a.cfg.Token) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), a.cfg.Token, "***"))
}

// callError is a call that failed. code is 0 when no answer came.
type callError struct {
	method  string
	code    int
	says    string
	after   time.Duration
	movedTo int64
	wrote   bool
	other   bool // it was not the API that answered
	err     error
}

// Error is for the log.
func (e *callError) Error() string {
	if e.code != 0 {
		return fmt.Sprintf("%s: %d %s", e.method, e.code, e.says)
	}
	return fmt.Sprintf("%s: %v", e.method, e.err)
}

// Unwrap returns the cause.
func (e *callError) Unwrap() error { return e.err }
