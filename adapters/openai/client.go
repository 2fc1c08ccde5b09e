package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"crmbot/bot"
)

// The limits of one request.
const (
	within      = 30 * time.Second
	talkMax     = 1 << 20  // bytes of an answer in words
	vectorsMax  = 32 << 20 // bytes of an answer in vectors
	clientAgent = "crmbot"
)

// Config is where a model is and what it is called there.
type Config struct {
	URL   string // before /chat/completions and /embeddings
	Key   string // "" for an endpoint that asks for none
	Model string
	Proxy string // see bot.NewClient
	// Glossary are names of products that stay as they are in a translation,
	// besides those of each text.
	Glossary []string
}

// client asks one model of one endpoint. It is safe for concurrent use.
type client struct {
	model   string
	host    string
	chat    openai.ChatCompletionService
	vectors openai.EmbeddingService
}

// connect makes a client. It fails with a *bot.BadKey when a key of the config
// cannot be used.
//
// The services of the SDK are made by themselves rather than by its NewClient,
// which would take keys, addresses and headers from the environment: the config
// alone says whom we talk to.
func connect(c Config) (*client, error) {
	switch {
	case c.URL == "":
		return nil, &bot.BadKey{Key: "url", Rule: bot.RuleGiven}
	case c.Model == "":
		return nil, &bot.BadKey{Key: "model", Rule: bot.RuleGiven}
	case strings.ContainsAny(c.Key, "\r\n"):
		return nil, &bot.BadKey{Key: "key", Rule: bot.RuleForm, Want: "sk-…"}
	}
	if err := bot.CheckURL("url", c.URL); err != nil {
		return nil, err
	}
	at, err := url.Parse(c.URL)
	if err != nil {
		return nil, &bot.BadKey{Key: "url", Rule: bot.RuleForm, Want: "https://host/path"}
	}
	through, err := bot.NewClient(c.Proxy, within)
	if err != nil {
		return nil, err
	}
	options := []option.RequestOption{
		option.WithHTTPClient(through), option.WithMaxRetries(0), option.WithMiddleware(believe),
		option.WithHeader("User-Agent", clientAgent),
	}
	for _, told := range []string{"Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Retry-Count", "Timeout"} {
		options = append(options, option.WithHeaderDel("X-Stainless-"+told)) // our machine is nobody's business
	}
	for name, values := range at.Query() {
		for _, value := range values {
			options = append(options, option.WithQueryAdd(name, value))
		}
	}
	if c.Key != "" {
		options = append(options, option.WithAPIKey(c.Key))
	}
	at.RawQuery, at.Fragment = "", ""
	options = append(options, option.WithBaseURL(at.String()))
	return &client{c.Model, at.Host, openai.NewChatCompletionService(options...), openai.NewEmbeddingService(options...)}, nil
}

// talk asks the model with an order and a text, and returns what it says:
// exactly one message that came to its end.
func (c *client) talk(ctx context.Context, order, text string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	// there is nothing in the request that only some endpoints know
	answer, err := c.chat.New(ctx, openai.ChatCompletionNewParams{
		Model:    c.model,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(order), openai.UserMessage(text)},
	})
	if err != nil {
		return "", c.fault(ctx, err)
	}
	if len(answer.Choices) != 1 || !answer.Choices[0].Message.JSON.Content.Valid() || answer.Choices[0].Message.JSON.Content.Raw()[0] != '"' {
		return "", errors.New("the answer holds no words")
	}
	if end := answer.Choices[0].FinishReason; end != "stop" && end != "" {
		return "", errors.New("the answer did not come to its end")
	}
	return thought(answer.Choices[0].Message.Content), nil
}

// thought leaves out what some models say to themselves first.
func thought(answer string) string {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(answer), "<think>"); ok {
		if _, said, ended := strings.Cut(rest, "</think>"); ended {
			return said
		}
	}
	return answer
}

// fault is an error of the client without the address, the key, or anything the
// endpoint says.
func (c *client) fault(ctx context.Context, err error) error {
	if known, is := errors.AsType[*answerError](err); is {
		return known.err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("no answer within %s: %w", within, ctx.Err())
	}
	if outer, is := errors.AsType[*url.Error](err); is {
		return fmt.Errorf("no connection: %w", outer.Err)
	}
	return errors.New("the answer cannot be read")
}

// answerError is what is wrong with an answer.
type answerError struct{ err error }

func (e *answerError) Error() string { return e.err.Error() }
func (e *answerError) Unwrap() error { return e.err }

// believe lets an answer through to the SDK that is what we asked for: a whole
// JSON document of reasonable size.
func believe(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	resp, err := next(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	most := talkMax
	if strings.HasSuffix(req.URL.Path, "/embeddings") {
		most = vectorsMax
	}
	if resp.StatusCode != http.StatusOK {
		return nil, &answerError{refused(resp.StatusCode)}
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &answerError{errors.New("the answer is no JSON")}
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	switch {
	case err != nil:
		return nil, &answerError{errors.New("the answer broke off")}
	case len(raw) > most:
		return nil, &answerError{errors.New("the answer is too long")}
	case !json.Valid(raw):
		return nil, &answerError{errors.New("the answer is no JSON")}
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	return resp, nil
}

// refused is the failure of an answer that says no.
func refused(status int) error {
	class := bot.Transient
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		class = bot.Unauthorized
	case http.StatusTooManyRequests, http.StatusPaymentRequired:
		class = bot.RateLimited
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity:
		class = bot.BadContent
	}
	return &bot.Failure{Class: class, Err: fmt.Errorf("the endpoint answers %d", status)}
}
