package wecom

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work/kf"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// pageMax is how many messages are fetched at once.
const pageMax = 1000

// The codes of sync_msg that we know a way out of.
const (
	codeParameter = 40058 // the cursor is none of theirs
	codeToken     = 95007 // the callback's token is over
)

// place is where we are in the queue of an account. It is kept as JSON.
type place struct {
	Cursor string `json:"cursor"`
	Seq    int64  `json:"seq"` // of the last message
}

// page is what sync_msg answers. The messages are read one by one, so that one
// nobody can read does not hold up the others.
type page struct {
	Code     int               `json:"errcode"`
	Says     string            `json:"errmsg"`
	Next     string            `json:"next_cursor"`
	More     int               `json:"has_more"`
	Messages []json.RawMessage `json:"msg_list"`
}

// pull fetches pages until there are no more. The place moves on when all of a
// page is in the inbox: whoever stops in between fetches it again, and what is
// in the inbox already is known by its id.
func (p *puller) pull(ctx context.Context, account, token string) error {
	here, err := p.place(ctx, account)
	if err != nil {
		return err
	}
	for {
		got, err := p.page(ctx, account, here.Cursor, token)
		switch code := weixin.CodeOf(err); {
		case code == codeToken && token != "":
			token = ""
			continue
		case code == codeParameter && here.Cursor != "":
			p.host.Logger().WarnContext(ctx, "the place in the queue is not known any more: from the beginning", "account", account)
			here.Cursor = ""
			continue
		case err != nil:
			return err
		}
		next, err := p.take(ctx, account, got, here)
		if err != nil {
			return err
		}
		if next != here {
			if err := p.keep(ctx, account, next); err != nil {
				return err
			}
		}
		switch {
		case got.More == 0:
			return nil
		case next.Cursor == here.Cursor:
			return errStuck
		}
		here = next
	}
}

func (p *puller) place(ctx context.Context, account string) (place, error) {
	kept, err := p.host.Value(ctx, "place/"+account)
	if err != nil || kept == "" {
		return place{}, err
	}
	var here place
	if json.Unmarshal([]byte(kept), &here) != nil {
		return place{}, nil // written by nobody we know: from the beginning
	}
	return here, nil
}

func (p *puller) keep(ctx context.Context, account string, here place) error {
	raw, err := json.Marshal(here)
	if err != nil {
		return err
	}
	return p.host.SetValue(ctx, "place/"+account, string(raw), 0)
}

// page fetches what lies behind a cursor.
func (p *puller) page(ctx context.Context, account, cursor, token string) (*page, error) {
	var got page
	err := p.api.Do(ctx, func(h weixin.Handle) error {
		raw, err := util.PostJSON(at("kf/sync_msg", h), kf.SyncMsgOptions{
			Cursor: cursor, Token: token, Limit: pageMax, OpenKfID: account,
		})
		if err != nil {
			return err
		}
		got = page{}
		return json.Unmarshal(raw, &got)
	})
	return &got, err
}

// at is the address of a method that the library does not call as we need it.
func at(method string, h weixin.Handle) string {
	return standard + "/cgi-bin/" + method + "?access_token=" + string(h)
}

// take brings a page into the inbox, chats side by side and each chat in
// order, and returns the place behind it.
func (p *puller) take(ctx context.Context, account string, got *page, here place) (place, error) {
	next := place{Cursor: got.Next, Seq: here.Seq}
	if next.Cursor == "" {
		next.Cursor = here.Cursor
	}
	chats := map[bot.ChatID][]bot.Inbound{}
	for _, in := range p.readAll(ctx, account, got.Messages) {
		next.Seq = max(next.Seq+1, in.At.UnixMilli())
		in.Seq = next.Seq
		chats[in.Address.Chat] = append(chats[in.Address.Chat], *in)
	}
	errs := make(chan error, len(chats))
	var all sync.WaitGroup
	for _, chat := range chats {
		all.Go(func() { errs <- p.receive(ctx, chat) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return here, err
		}
	}
	return next, nil
}

func (p *puller) receive(ctx context.Context, chat []bot.Inbound) error {
	for _, in := range chat {
		err := p.inbox.Receive(ctx, in)
		if bot.HTTPStatus(err) != http.StatusOK {
			return err
		}
		if err != nil {
			p.host.Logger().ErrorContext(ctx, "cannot keep a message", "event", in.EventID, "error", err)
		}
	}
	return nil
}

// readAll translates a page, and says who the senders are.
func (p *puller) readAll(ctx context.Context, account string, messages []json.RawMessage) (all []*bot.Inbound) {
	var people []string
	for _, raw := range messages {
		if in := p.read(account, raw); in != nil {
			all = append(all, in)
			people = append(people, string(in.Sender.ID))
		}
	}
	called := p.called(ctx, people)
	for _, in := range all {
		in.Sender.Name = called[string(in.Sender.ID)]
	}
	return all
}

// read translates one message, or counts it.
func (p *puller) read(account string, raw []byte) *bot.Inbound {
	in, reason := p.inbound(account, raw)
	if in != nil && in.At.Before(p.since) {
		in, reason = nil, bot.ReasonNotForUs
	}
	if in == nil {
		p.host.Count(Platform, p.cfg.Install, reason, raw)
		return nil
	}
	if in.Kind == bot.KindDesk {
		p.sessions.forget(in.Address.Chat)
	}
	return in
}
