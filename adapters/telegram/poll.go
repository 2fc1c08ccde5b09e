package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// offsetLife is how long the place in the queue of updates is remembered.
// Telegram keeps no update for longer, and after a silence of a week it counts
// from somewhere else: an old offset would then throw updates away.
const offsetLife = 24 * time.Hour

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
	var batch []json.RawMessage
	err := a.call(ctx, pollTime+callTime/2, "getUpdates", params, &batch)
	return batch, err
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
		all.Go(func() { errs <- a.receiveAll(ctx, inbox, chat) })
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

func (a *Adapter) receiveAll(ctx context.Context, inbox bot.Inbox, chat []bot.Inbound) error {
	for _, in := range chat {
		err := a.receive(ctx, inbox, in)
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
