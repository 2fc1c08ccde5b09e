package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

const (
	// offsetLife is how long the place in the queue of updates is remembered.
	// Telegram keeps no update for longer, and after a silence of a week it
	// counts from somewhere else: an old offset would then throw updates away.
	offsetLife = 24 * time.Hour
	// pauseMax is the longest pause after failures in a row.
	pauseMax = time.Minute
	// settled is how often the webhook is looked after.
	settled = 10 * time.Minute
)

// Run takes in updates until ctx ends: by polling, or by seeing to it that
// Telegram knows our webhook. A Telegram that is away when it starts is tried
// again; until then messages go out and webhooks come in all the same.
func (a *Adapter) Run(ctx context.Context, inbox bot.Inbox) error {
	a.remember(ctx)
	if err := a.retry(ctx, "getMe", a.identify); err != nil {
		return ended(ctx, err)
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
		a.name.Store(&name)
	}
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
	result, err := a.call(ctx, callTime, "getMe", nil)
	if err != nil {
		return err
	}
	var me user
	if err := json.Unmarshal(result, &me); err != nil {
		return err
	}
	a.name.Store(&me.Username)
	return a.host.SetValue(ctx, a.key("name"), me.Username, 0)
}

func (a *Adapter) dropWebhook(ctx context.Context) error {
	_, err := a.call(ctx, callTime, "deleteWebhook", tgbotapi.Params{"drop_pending_updates": "false"})
	return err
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
		if f.Class == bot.Unauthorized {
			return f
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

// keepWebhook sets the webhook unless it stands, and looks again now and then.
func (a *Adapter) keepWebhook(ctx context.Context) error {
	for {
		if err := a.retry(ctx, "setWebhook", a.setWebhook); err != nil {
			return err
		}
		timer := time.NewTimer(settled)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

func (a *Adapter) hookURL() string {
	return fmt.Sprintf("%s/hook/%s/%s", strings.TrimRight(a.cfg.PublicURL, "/"), Platform, a.cfg.Install)
}

// setWebhook sets the webhook, even one that stands: nobody can see whether it
// does with our secret. A complaint of Telegram's about it goes to the log.
func (a *Adapter) setWebhook(ctx context.Context) error {
	var info webhookInfo
	result, err := a.call(ctx, callTime, "getWebhookInfo", nil)
	if err == nil && json.Unmarshal(result, &info) == nil && info.URL == a.hookURL() && info.LastError != "" {
		a.host.Logger().WarnContext(ctx, "platform cannot reach the webhook", "says", info.LastError, "pending", info.Pending)
	}
	allowed, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	_, err = a.call(ctx, callTime, "setWebhook", tgbotapi.Params{
		"url": a.hookURL(), "secret_token": a.cfg.SecretToken,
		"allowed_updates": string(allowed), "drop_pending_updates": "false",
	})
	return err
}

type webhookInfo struct {
	URL       string `json:"url"`
	Pending   int    `json:"pending_update_count"`
	LastError string `json:"last_error_message"`
}

// poll asks for updates until ctx ends or the token is refused.
func (a *Adapter) poll(ctx context.Context, inbox bot.Inbox) error {
	offset := a.savedOffset(ctx)
	last, failures := a.host.Now(), 0
	allowed, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		if a.host.Now().Sub(last) > offsetLife {
			offset = 0
		}
		batch, err := a.updates(ctx, offset, string(allowed))
		if err == nil && len(batch) > 0 {
			if offset, err = a.take(ctx, inbox, batch, offset); err == nil {
				last = a.host.Now()
			}
		}
		if err == nil {
			failures = 0
			continue
		}
		f := a.failure(err, true)
		if f.Class == bot.Unauthorized {
			return f
		}
		if ctx.Err() != nil {
			break
		}
		a.host.Logger().WarnContext(ctx, "cannot take updates in", "error", err)
		var e *callError
		if errors.As(err, &e) && e.code == http.StatusConflict && strings.Contains(e.says, "webhook") {
			if err := a.dropWebhook(ctx); err == nil {
				continue
			}
		}
		if err := a.rest(ctx, failures, f.After); err != nil {
			break
		}
		failures++
	}
	return ctx.Err()
}

func (a *Adapter) savedOffset(ctx context.Context) int64 {
	saved, err := a.host.Value(ctx, a.key("offset"))
	if err != nil {
		return 0 // what was taken in already is known by its id
	}
	offset, err := strconv.ParseInt(saved, 10, 64)
	if err != nil {
		return 0
	}
	return offset
}

func (a *Adapter) updates(ctx context.Context, offset int64, allowed string) ([]json.RawMessage, error) {
	params := tgbotapi.Params{
		"timeout": strconv.Itoa(int(pollTime / time.Second)), "limit": "100", "allowed_updates": allowed,
	}
	if offset != 0 {
		params["offset"] = number(offset)
	}
	result, err := a.call(ctx, pollTime+callTime/2, "getUpdates", params)
	if err != nil {
		return nil, err
	}
	var batch []json.RawMessage
	if err := json.Unmarshal(result, &batch); err != nil {
		return nil, err
	}
	return batch, nil
}

// take brings a batch into the inbox, chats side by side and each chat in
// order, and returns the offset behind it. When one update could not be kept
// the offset stays, and all of them come again.
func (a *Adapter) take(ctx context.Context, inbox bot.Inbox, batch []json.RawMessage, offset int64) (int64, error) {
	chats := map[bot.ChatID][]bot.Inbound{}
	next := offset
	for _, raw := range batch {
		var id struct {
			ID int64 `json:"update_id"`
		}
		if json.Unmarshal(raw, &id) == nil && id.ID >= next {
			next = id.ID + 1
		}
		if in := a.read(raw); in != nil {
			chats[in.Address.Chat] = append(chats[in.Address.Chat], *in)
		}
	}
	errs := make(chan error, len(chats))
	var all sync.WaitGroup
	for _, chat := range chats {
		all.Go(func() { errs <- a.receive(ctx, inbox, chat) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return offset, err
		}
	}
	if next == offset {
		return offset, errors.New("getUpdates: updates without a number")
	}
	if err := a.host.SetValue(ctx, a.key("offset"), number(next), offsetLife); err != nil {
		a.host.Logger().WarnContext(ctx, "cannot keep the place in the queue", "error", err)
	}
	return next, nil
}

func (a *Adapter) receive(ctx context.Context, inbox bot.Inbox, chat []bot.Inbound) error {
	for _, in := range chat {
		err := inbox.Receive(ctx, in)
		if bot.HTTPStatus(err) != http.StatusOK {
			return err
		}
		if err != nil {
			a.host.Logger().ErrorContext(ctx, "cannot keep an update", "event", in.EventID, "error", err)
		}
	}
	return nil
}

// read translates one update, or counts it.
func (a *Adapter) read(raw []byte) *bot.Inbound {
	in, reason := a.inbound(raw)
	if in == nil {
		a.host.Count(Platform, a.cfg.Install, reason, raw)
	}
	return in
}
