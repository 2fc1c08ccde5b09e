package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// The longest text, text under a file, and notice at a pressed button.
const (
	textMax    = 4096
	captionMax = 1024
	toastMax   = 200
)

// Send performs one operation.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	sent, err := a.perform(ctx, out)
	if err != nil {
		err = placed(err, out.To)
	}
	return sent, err
}

func (a *Adapter) perform(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	switch out.Op {
	case bot.OpPost:
		return a.post(ctx, out)
	case bot.OpThread:
		return a.openTopic(ctx, out)
	case bot.OpEdit:
		return a.editMessage(ctx, out)
	case bot.OpDelete:
		return a.done("", a.call(ctx, callTime, "deleteMessage", tgbotapi.Params{
			"chat_id": string(out.To.Chat), "message_id": string(out.Target),
		}, nil))
	case bot.OpAnswer:
		return a.answer(ctx, out)
	case bot.OpTyping:
		params := place(out.To)
		params["action"] = "typing"
		return a.done("", a.call(ctx, callTime, "sendChatAction", params, nil))
	}
	return bot.Sent{}, &bot.Failure{Class: bot.Stale, Err: fmt.Errorf("no operation %q here", out.Op)}
}

// post sends a new message: words, or a file with words under it.
func (a *Adapter) post(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if out.Reply.Empty() {
		return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("%s without content", out.Op)}
	}
	params := place(out.To)
	if quote := string(out.Reply.Quote); quote != "" {
		if id, err := strconv.ParseInt(quote, 10, 64); err == nil {
			params["reply_parameters"] = fmt.Sprintf(`{"message_id":%d,"allow_sending_without_reply":true}`, id)
		}
	}
	called := people(out)
	below := keyboard(out.Reply, out.Direct)
	if below == nil && out.Reply.Asks && !out.Direct {
		below = forceReply{Force: true, Selective: out.Reply.Quote != "" || len(called) > 0}
	}
	settle, err := a.prepare(ctx, out, &below)
	if err != nil {
		return bot.Sent{}, err
	}
	if err := setKeyboard(params, below); err != nil {
		return bot.Sent{}, err
	}
	m, err := a.deliver(ctx, out, calling(called), params)
	if err != nil {
		return bot.Sent{}, a.failure(err, false)
	}
	settle()
	if m.ID == 0 {
		return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous, Err: errors.New("sent, but the answer is no message")}
	}
	return bot.Sent{ID: bot.MessageID(number(m.ID))}, nil
}

// posted is what we want to know of a message that was sent.
type posted struct {
	ID int64 `json:"message_id"`
}

// deliver sends a message, with a beginning that calls people by name.
func (a *Adapter) deliver(ctx context.Context, out bot.Outgoing, head string, params tgbotapi.Params) (m posted, err error) {
	if len(out.Reply.Files) > 0 {
		if text := headed(head, html(out.Reply.Text), captionMax); strings.TrimSpace(text) != "" {
			params["caption"], params["parse_mode"] = text, "HTML"
		}
		return a.sendFile(ctx, out, params)
	}
	words(params, out.Reply)
	params["text"] = headed(head, params["text"], textMax)
	err = a.call(ctx, callTime, "sendMessage", params, &m)
	return m, err
}

// editMessage puts a reply in the place of a message. What an edited message
// cannot become follows as a new one: a file, or what asks for a number.
func (a *Adapter) editMessage(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if out.Reply.Empty() {
		return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("%s without content", out.Op)}
	}
	if out.Reply.AskContact != "" && out.Direct || len(out.Reply.Files) > 0 {
		return a.post(ctx, out)
	}
	params := tgbotapi.Params{"chat_id": string(out.To.Chat), "message_id": string(out.Target)}
	words(params, out.Reply)
	if err := setKeyboard(params, keyboard(out.Reply, false)); err != nil {
		return bot.Sent{}, err
	}
	err := a.call(ctx, callTime, "editMessageText", params, nil)
	if refused(err, "no text in the message") { // it is a file with words under it
		if a.Measure(out.Reply.Text) > captionMax {
			return a.post(ctx, out)
		}
		params["caption"] = params["text"]
		delete(params, "text")
		delete(params, "link_preview_options")
		err = a.call(ctx, callTime, "editMessageCaption", params, nil)
	}
	if refused(err, "message is not modified") {
		err = nil
	}
	return a.done(out.Target, err)
}

// refused says whether Telegram refused a call with these words.
func refused(err error, words string) bool {
	var e *callError
	return errors.As(err, &e) && strings.Contains(e.says, words)
}

func (a *Adapter) answer(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	params := tgbotapi.Params{"callback_query_id": parseTurn(out.Turn).id}
	if out.Reply != nil && out.Reply.Toast != "" {
		params["text"] = bot.Limit{Max: toastMax, Unit: bot.UTF16}.Cut(out.Reply.Toast)
	}
	return a.done("", a.call(ctx, callTime, "answerCallbackQuery", params, nil))
}

// done is the outcome of an operation that may be repeated without harm.
func (a *Adapter) done(id bot.MessageID, err error) (bot.Sent, error) {
	if err != nil {
		return bot.Sent{}, a.failure(err, true)
	}
	return bot.Sent{ID: id}, nil
}

// place is where something new goes. What a forum calls its general topic has
// no number there.
func place(to bot.Address) tgbotapi.Params {
	params := tgbotapi.Params{"chat_id": string(to.Chat)}
	if to.Topic != "" {
		params["message_thread_id"] = string(to.Topic)
	}
	return params
}

// words puts the text of a reply into the params of a message.
func words(params tgbotapi.Params, r *bot.Reply) {
	text := html(r.Text)
	switch {
	case strings.TrimSpace(text) != "":
	case r.Toast != "":
		text = escape.Replace(r.Toast)
	default:
		text = "…" // buttons cannot stand alone
	}
	params["text"], params["parse_mode"] = text, "HTML"
	params["link_preview_options"] = `{"is_disabled":true}`
}

func setKeyboard(params tgbotapi.Params, keyboard any) error {
	if keyboard == nil {
		return nil
	}
	var raw strings.Builder
	if err := json.NewEncoder(&raw).Encode(keyboard); err != nil {
		return err
	}
	params["reply_markup"] = strings.TrimSuffix(raw.String(), "\n")
	return nil
}
