package telegram

import (
	"bytes"
	"cmp"
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

// exchange is one request to the API, and what came of it. For uploads it
// stands in for the library's HTTP client.
type exchange struct {
	ctx    context.Context //nolint:containedctx // the library has no other way in
	http   *http.Client
	wrote  atomic.Bool // the request
	status int         // of the answer, 0 while there is none
	body   []byte
}

// begin makes an exchange within ctx, which is to be that of its request.
func begin(ctx context.Context, client *http.Client) *exchange {
	x := &exchange{http: client}
	x.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) { x.wrote.Store(info.Err == nil) },
	})
	return x
}

// Do performs a request of the library's, which has no context.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	if err := x.do(req.WithContext(x.ctx)); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: x.status, Body: io.NopCloser(bytes.NewReader(x.body))}, nil
}

// do performs a request. Its errors never hold the address, because that holds
// the token.
func (x *exchange) do(req *http.Request) error {
	resp, err := x.http.Do(req) //nolint:gosec // the address is the config's
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return err
	}
	defer resp.Body.Close()
	if x.body, err = io.ReadAll(io.LimitReader(resp.Body, answerLimit)); err != nil {
		return err
	}
	x.status = resp.StatusCode
	return nil
}

// formHeader goes with every form and never changes. An answer is short: to have
// it packed would cost more than it saves.
var formHeader = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept-Encoding": {"identity"}}

// call performs one method of the API within limit and reads its result into
// what is given, nil for nothing. Its error is a *callError.
func (a *Adapter) call(ctx context.Context, limit time.Duration, method string, params tgbotapi.Params, into any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	x := begin(ctx, a.http)
	req, err := http.NewRequestWithContext(x.ctx, http.MethodPost, a.base+"/bot"+a.cfg.Token+"/"+method, strings.NewReader(form(params)))
	if err == nil {
		req.Header = formHeader
		err = x.do(req)
	}
	return a.result(x, method, err, into)
}

// upload performs a method that takes a file, which it streams and closes, and
// reads its result into what is given. The library does not tell why one was
// refused, so that its own reading counts for nothing.
func (a *Adapter) upload(ctx context.Context, method string, params tgbotapi.Params, field string, f *outgoingFile, into any) error {
	ctx, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	slow := *a.http
	slow.Timeout = fileTime
	x := begin(ctx, &slow)
	api := &tgbotapi.BotAPI{Token: a.cfg.Token, Client: x}
	api.SetAPIEndpoint(strings.ReplaceAll(a.base, "%", "%%") + "/bot%s/%s")
	_, err := api.UploadFiles(method, params, []tgbotapi.RequestFile{{Name: field, Data: f}})
	f.Close()
	return a.result(x, method, err, into)
}

// answer is what the API says: APIResponse of the library, but that its result
// is read at once.
type answer struct {
	OK          *bool                       `json:"ok"`
	Result      any                         `json:"result"`
	Code        int                         `json:"error_code"`
	Description string                      `json:"description"`
	Parameters  tgbotapi.ResponseParameters `json:"parameters"`
}

// result is what a request brought; err is why it brought nothing.
func (a *Adapter) result(x *exchange, method string, err error, into any) error {
	if x.status == 0 {
		return &callError{method: method, wrote: x.wrote.Load(), err: a.hide(err)}
	}
	if into == nil {
		into = new(json.RawMessage)
	}
	got := answer{Result: into}
	if err = json.Unmarshal(x.body, &got); err == nil && got.OK != nil && *got.OK {
		return nil
	}
	e := &callError{method: method, wrote: x.wrote.Load()}
	switch {
	case got.OK == nil: // it is a proxy's, or nobody's
		e.code, e.says, e.other = x.status, "not an answer of the API", true
	case !*got.OK:
		e.code, e.says = cmp.Or(got.Code, x.status), got.Description
		e.after, e.movedTo = time.Duration(got.Parameters.RetryAfter)*time.Second, got.Parameters.MigrateToChatID
	default:
		e.err = fmt.Errorf("the result is of another kind: %w", err)
	}
	return e
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
