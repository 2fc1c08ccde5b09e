package telegram

import (
	"context"
	"errors"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// pauseMax is the longest pause after failures in a row.
const pauseMax = time.Minute

// Run takes in updates until ctx ends: by polling, or by seeing to it that
// Telegram knows our webhook. A Telegram that is away when it starts is tried
// again; until then messages go out and webhooks come in all the same.
func (a *Adapter) Run(ctx context.Context, inbox bot.Inbox) error {
	a.remember(ctx)
	if err := a.retry(ctx, "getMe", a.identify); err != nil {
		return ended(ctx, err)
	}
	if err := a.setMenu(ctx); err != nil && ctx.Err() == nil { // people can type without it
		a.host.Logger().WarnContext(ctx, "cannot set the list of commands", "error", err)
	}
	if a.cfg.Mode == modeWebhook {
		return ended(ctx, a.keepWebhook(ctx))
	}
	held, release, err := a.host.Lease(ctx, a.key("poll"))
	if err != nil {
		return ended(ctx, err)
	}
	defer release()
	if err := a.retry(held, "deleteWebhook", a.dropWebhook); err != nil {
		return ended(ctx, err)
	}
	return ended(ctx, a.poll(held, inbox))
}

// remember takes the bot's name from what an earlier run has kept, so that
// groups understand it before Telegram has told it again.
func (a *Adapter) remember(ctx context.Context) {
	if name, err := a.host.Value(ctx, a.key("name")); err == nil && name != "" {
		a.self.Store(newSelf(name))
	}
}

// known sees to it that the bot's name is known. Without it nobody can tell in
// a group who is meant.
func (a *Adapter) known(ctx context.Context) error {
	if a.self.Load() == nil {
		a.remember(ctx)
	}
	if a.self.Load() == nil {
		return a.identify(ctx)
	}
	return nil
}

// ended is nil when ctx is why something stopped.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (a *Adapter) key(name string) string { return name + "/" + number(a.botID) }

func (a *Adapter) identify(ctx context.Context) error {
	me, err := a.me(ctx)
	if err != nil {
		return err
	}
	a.self.Store(newSelf(me.Username))
	return a.host.SetValue(ctx, a.key("name"), me.Username, 0)
}

// account is what Telegram says of the bot itself.
type account struct {
	user
	Joins    bool `json:"can_join_groups"`
	ReadsAll bool `json:"can_read_all_group_messages"`
}

func (a *Adapter) me(ctx context.Context) (*account, error) {
	var me account
	if err := a.call(ctx, callTime, "getMe", nil, &me); err != nil {
		return nil, err
	}
	if me.Username == "" {
		return nil, errors.New("getMe: the answer is no bot")
	}
	return &me, nil
}

func (a *Adapter) dropWebhook(ctx context.Context) error {
	return a.call(ctx, callTime, "deleteWebhook", tgbotapi.Params{"drop_pending_updates": "false"}, nil)
}

// retry does try until it succeeds or ctx ends. A refusal of our token is
// final: it is returned.
func (a *Adapter) retry(ctx context.Context, what string, try func(context.Context) error) error {
	for n := 0; ; n++ {
		err := try(ctx)
		if err == nil {
			return nil
		}
		f := a.failure(err, true)
		switch {
		case f.Class == bot.Unauthorized:
			return f
		case ctx.Err() != nil:
			return ctx.Err()
		}
		a.host.Logger().WarnContext(ctx, "platform refused a call", "call", what, "error", err)
		if err := a.rest(ctx, n, f.After); err != nil {
			return err
		}
	}
}

// rest waits, longer with each failure in a row.
func (a *Adapter) rest(ctx context.Context, failures int, atLeast time.Duration) error {
	timer := time.NewTimer(max(atLeast, min(a.pause<<min(failures, 6), pauseMax)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
