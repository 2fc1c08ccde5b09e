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
	model string
	host  string
	key   string
	at    *url.URL
	http  *http.Client
}

// connect makes a client. It fails with a *bot.BadKey when a key of the config
// cannot be used.
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
	at.Fragment = ""
	return &client{c.Model, at.Host, c.Key, at, through}, nil
}

// message is what somebody says to the model.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// reply is what the model says: for each choice a message, and why it ended.
type reply struct {
	Choices []struct {
		Message struct {
			Content any `json:"content"` // a string, unless it says nothing
		} `json:"message"`
		End string `json:"finish_reason"`
	} `json:"choices"`
}

// talk asks the model with an order and a text, and returns what it says:
// exactly one message that came to its end.
func (c *client) talk(ctx context.Context, order, text string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var answer reply
	// there is nothing in the request that only some endpoints know
	err := c.ask(ctx, "chat/completions", talkMax, map[string]any{
		"model": c.model, "messages": []message{{"system", order}, {"user", text}},
	}, &answer)
	if err != nil {
		return "", err
	}
	if len(answer.Choices) != 1 {
		return "", errors.New("the answer holds no words")
	}
	said, ok := answer.Choices[0].Message.Content.(string)
	if !ok {
		return "", errors.New("the answer holds no words")
	}
	if end := answer.Choices[0].End; end != "stop" && end != "" {
		return "", errors.New("the answer did not come to its end")
	}
	return thought(said), nil
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

// ask posts a question to a path of the endpoint and reads the answer, of most
// bytes. Its errors hold neither the address nor the key, nor anything the
// endpoint says.
func (c *client) ask(ctx context.Context, path string, most int64, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return errors.New("the question cannot be written")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.at.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("the question cannot be written")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", clientAgent)
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unreached(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	raw, err := believed(resp, most)
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, answer) != nil {
		return errors.New("the answer cannot be read")
	}
	return nil
}

// unreached is why there is no answer, without the address.
func unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("no answer within %s: %w", within, ctx.Err())
	}
	if outer, is := errors.AsType[*url.Error](err); is {
		return fmt.Errorf("no connection: %w", outer.Err)
	}
	return errors.New("no connection")
}

// believed is an answer that can be what we asked for: a whole JSON document of
// reasonable size.
func believed(resp *http.Response, most int64) ([]byte, error) {
	if resp.StatusCode != http.StatusOK {
		return nil, refused(resp.StatusCode)
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errors.New("the answer is no JSON")
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, errors.New("the answer broke off")
	case int64(len(raw)) > most:
		return nil, errors.New("the answer is too long")
	case !json.Valid(raw):
		return nil, errors.New("the answer is no JSON")
	}
	return raw, nil
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
