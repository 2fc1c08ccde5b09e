package telegram

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"crmbot/bot"
)

// calm remembers the chats in which no keyboard of ours lies about, so that not
// every message asks the database. Another replica may put one there: whoever
// does changes one value for all chats, at which the others look now and then,
// and who finds it changed forgets everything.
type calm struct {
	mu     sync.Mutex
	sign   string // the value, as it was looked at last
	looked time.Time
	menus  map[bot.ChatID]string // chatState.Menu of what is remembered
}

const (
	calmSign = "keyboards"     // the name of the value
	calmLook = 2 * time.Second // people take longer to answer a question
	calmMax  = 10000           // chats that are remembered
)

// look is the state of a chat, as it is remembered or else as it is kept. sign
// is for learn.
func (a *Adapter) look(ctx context.Context, chat bot.ChatID) (state chatState, sign string, err error) {
	state, sign, ok, err := a.recall(ctx, chat)
	if err != nil || ok {
		return state, sign, err
	}
	if state, err = a.state(ctx, chat); err == nil {
		a.learn(chat, state, sign)
	}
	return state, sign, err
}

// recall is the state of a chat, if it is remembered.
func (a *Adapter) recall(ctx context.Context, chat bot.ChatID) (state chatState, sign string, ok bool, err error) {
	c, now := &a.calm, a.host.Now()
	c.mu.Lock()
	due, before := now.Sub(c.looked).Abs() >= calmLook, c.looked
	if due { // one looks for all
		c.looked = now
	}
	c.mu.Unlock()
	if due {
		sign, err = a.host.Value(ctx, calmSign)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		c.looked = before
		return chatState{}, "", false, err
	case due && sign != c.sign:
		c.sign, c.menus = sign, nil
	}
	menu, ok := c.menus[chat]
	return chatState{Menu: menu}, c.sign, ok, nil
}

// learn remembers the state of a chat, unless a keyboard lies about there or
// something has changed since recall gave the sign.
func (a *Adapter) learn(chat bot.ChatID, state chatState, sign string) {
	c := &a.calm
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case state.Keyboard:
		delete(c.menus, chat)
	case sign != c.sign:
	default:
		if c.menus == nil || len(c.menus) >= calmMax {
			c.menus = map[bot.ChatID]string{}
		}
		c.menus[chat] = state.Menu
	}
}

// stir tells the other replicas that a keyboard was put somewhere.
func (a *Adapter) stir(ctx context.Context) {
	sign := rand.Text()
	if err := a.host.SetValue(ctx, calmSign, sign, 0); err != nil {
		a.host.Logger().WarnContext(ctx, "cannot tell of a keyboard", "error", err)
		return
	}
	a.calm.mu.Lock()
	defer a.calm.mu.Unlock()
	a.calm.sign = sign
}
