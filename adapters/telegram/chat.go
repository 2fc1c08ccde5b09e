package telegram

import (
	"context"
	"encoding/json"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// chatState is what all replicas must know of a private chat: what our messages
// have left on the screen beside themselves.
type chatState struct {
	// Keyboard says that the keyboard that shares a number lies over the
	// person's own.
	Keyboard bool `json:"keyboard,omitempty"`
	// Used says that it was pressed: then Telegram has folded it up, and it can
	// go with the next message that has no buttons.
	Used bool `json:"used,omitempty"`
	// Menu is the print of the list of commands that this chat alone has.
	Menu string `json:"menu,omitempty"`
}

// stateLife is how long a silent chat's state is kept. After that a keyboard
// that was never used stays until somebody hides it.
const stateLife = 90 * 24 * time.Hour

// prepare sees to what a new message to a private chat finds there: a keyboard
// that shares a number and has had its time goes with this message, and a
// colleague gets his commands. below is what goes under the message. The
// function it returns is to be called when the message was sent.
func (a *Adapter) prepare(ctx context.Context, out bot.Outgoing, below *any) (settle func(), err error) {
	settle = func() {}
	if !out.Direct {
		a.groupMenu(ctx, out)
		return settle, nil
	}
	chat := out.To.Chat
	state, sign, err := a.look(ctx, chat)
	if err != nil {
		return nil, &bot.Failure{Class: bot.Transient, Err: err}
	}
	was := state
	a.menuOf(ctx, out, &state)
	_, asks := (*below).(replyKeyboard)
	switch {
	case asks:
		state.Keyboard, state.Used = true, false
	case state.Keyboard && *below == nil:
		*below = removal{Remove: true}
		settle = func() { a.keep(ctx, chat, chatState{Menu: state.Menu}, sign) }
	case state.Keyboard && !state.Used:
		state.Keyboard = !a.clear(ctx, out.To)
	}
	if state != was {
		a.keep(ctx, chat, state, sign)
	}
	if asks {
		a.stir(ctx)
	}
	return settle, nil
}

// state is what is kept of a chat. What cannot be read is as if it were not
// there.
func (a *Adapter) state(ctx context.Context, chat bot.ChatID) (state chatState, err error) {
	kept, err := a.host.Value(ctx, "chat/"+string(chat))
	if err == nil && kept != "" {
		_ = json.Unmarshal([]byte(kept), &state)
	}
	return state, err
}

// receive brings something into the inbox, and notes that the keyboard which
// shares a number was used.
func (a *Adapter) receive(ctx context.Context, inbox bot.Inbox, in bot.Inbound) error {
	if in.Kind == bot.KindContact {
		if state, err := a.state(ctx, in.Address.Chat); err == nil && state.Keyboard {
			state.Used = true
			a.keep(ctx, in.Address.Chat, state, "")
		}
	}
	return inbox.Receive(ctx, in)
}

// keep writes a chat's state, and remembers it as learn does. That it could not
// be written is no reason to hold back a message.
func (a *Adapter) keep(ctx context.Context, chat bot.ChatID, state chatState, sign string) {
	a.learn(chat, state, sign)
	raw, err := json.Marshal(state)
	if err == nil {
		kept := string(raw)
		if state == (chatState{}) {
			kept = ""
		}
		err = a.host.SetValue(ctx, "chat/"+string(chat), kept, stateLife)
	}
	if err != nil {
		a.host.Logger().WarnContext(ctx, "cannot keep the state of a chat", "error", err)
	}
}

// clear takes the keyboard away without a word: a message with buttons cannot
// do it itself, so one that says nothing comes before it and goes again.
func (a *Adapter) clear(ctx context.Context, to bot.Address) bool {
	params := place(to)
	params["text"], params["disable_notification"] = "…", "true"
	params["reply_markup"] = `{"remove_keyboard":true}`
	var m posted
	err := a.call(ctx, callTime, "sendMessage", params, &m)
	if err == nil {
		err = a.call(ctx, callTime, "deleteMessage", tgbotapi.Params{"chat_id": string(to.Chat), "message_id": number(m.ID)}, nil)
	}
	if err != nil {
		a.host.Logger().WarnContext(ctx, "cannot take a keyboard away", "error", err)
	}
	return m.ID != 0
}
