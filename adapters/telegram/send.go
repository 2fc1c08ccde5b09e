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

// toastLimit is the longest notice at a pressed button, in characters.
const toastLimit = 200

// Send performs one operation.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	switch out.Op {
	case bot.OpPost:
		return a.post(ctx, out)
	case bot.OpEdit:
		return a.editMessage(ctx, out)
	case bot.OpDelete:
		_, err := a.call(ctx, callTime, "deleteMessage", tgbotapi.Params{
			"chat_id": string(out.To.Chat), "message_id": string(out.Target),
		})
		return a.done("", err)
	case bot.OpAnswer:
		return a.answer(ctx, out)
	}
	return bot.Sent{}, &bot.Failure{Class: bot.Stale, Err: fmt.Errorf("no operation %q here", out.Op)}
}

func (a *Adapter) post(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	params, err := content(out)
	if err != nil {
		return bot.Sent{}, err
	}
	if out.To.Topic != "" {
		params["message_thread_id"] = string(out.To.Topic)
	}
	if id, err := strconv.ParseInt(string(out.Reply.Quote), 10, 64); err == nil {
		params["reply_parameters"] = fmt.Sprintf(`{"message_id":%d,"allow_sending_without_reply":true}`, id)
	}
	if err := setKeyboard(params, keyboard(out.Reply, out.Direct)); err != nil {
		return bot.Sent{}, err
	}
	result, err := a.call(ctx, callTime, "sendMessage", params)
	if err != nil {
		return bot.Sent{}, a.failure(err, false)
	}
	var m message
	if err := json.Unmarshal(result, &m); err != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous, Err: fmt.Errorf("sendMessage: %w", err)}
	}
	return bot.Sent{ID: bot.MessageID(number(m.ID))}, nil
}

func (a *Adapter) editMessage(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if out.Reply != nil && out.Reply.AskContact != "" && out.Direct {
		return a.post(ctx, out) // an edited message cannot get that keyboard
	}
	params, err := content(out)
	if err != nil {
		return bot.Sent{}, err
	}
	params["message_id"] = string(out.Target)
	if err := setKeyboard(params, keyboard(out.Reply, false)); err != nil {
		return bot.Sent{}, err
	}
	_, err = a.call(ctx, callTime, "editMessageText", params)
	var e *callError
	if errors.As(err, &e) && strings.Contains(e.says, "message is not modified") {
		err = nil
	}
	return a.done(out.Target, err)
}

func (a *Adapter) answer(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	params := tgbotapi.Params{"callback_query_id": out.Turn}
	if out.Reply != nil && out.Reply.Toast != "" {
		text := []rune(out.Reply.Toast)
		params["text"] = string(text[:min(len(text), toastLimit)])
	}
	_, err := a.call(ctx, callTime, "answerCallbackQuery", params)
	return a.done("", err)
}

// done is the outcome of an operation that may be repeated without harm.
func (a *Adapter) done(id bot.MessageID, err error) (bot.Sent, error) {
	if err != nil {
		return bot.Sent{}, a.failure(err, true)
	}
	return bot.Sent{ID: id}, nil
}

// content is what sendMessage and editMessageText have in common.
func content(out bot.Outgoing) (tgbotapi.Params, error) {
	if out.Reply.Empty() {
		return nil, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("%s without content", out.Op)}
	}
	text := html(out.Reply.Text)
	switch {
	case strings.TrimSpace(text) != "":
	case out.Reply.Toast != "":
		text = escape.Replace(out.Reply.Toast)
	default:
		text = "…" // buttons cannot stand alone
	}
	return tgbotapi.Params{
		"chat_id":              string(out.To.Chat),
		"text":                 text,
		"parse_mode":           "HTML",
		"link_preview_options": `{"is_disabled":true}`,
	}, nil
}

func setKeyboard(params tgbotapi.Params, keyboard any) error {
	if keyboard == nil {
		return nil
	}
	raw, err := json.Marshal(keyboard)
	if err != nil {
		return err
	}
	params["reply_markup"] = string(raw)
	return nil
}
