package wechat

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/basic"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// codeLife is how long a QR code leads to us that is not permanent: the longest
// that WeChat allows.
const codeLife = 30 * 24 * time.Hour

// drawn is where WeChat draws a QR code, for everybody.
const drawn = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="

// Invite makes a QR code of a scene. CodeInvalid for a scene that is none.
func (a *Adapter) Invite(ctx context.Context, scene string) (bot.Invitation, error) {
	if err := bot.CheckScene(scene); err != nil {
		return bot.Invitation{}, err
	}
	request := basic.NewTmpQrRequest(codeLife, scene)
	if a.cfg.PermanentCodes {
		request = basic.NewLimitQrRequest(scene)
	}
	var ticket *basic.Ticket
	err := a.api.Do(ctx, func(h weixin.Handle) (err error) {
		ticket, err = basic.NewBasic(a.library(h)).GetQRTicket(request)
		return err
	})
	if err == nil && (ticket == nil || ticket.URL == "" || ticket.Ticket == "") {
		err = errors.New("an answer without a ticket")
	}
	if err != nil {
		return bot.Invitation{}, notInvited(err)
	}
	return bot.Invitation{URL: ticket.URL, Image: drawn + url.QueryEscape(ticket.Ticket)}, nil
}

// notInvited is a failure, or that the account has no right to QR codes.
func notInvited(err error) error {
	f := weixin.Failure(err, true)
	if unauthorized(err) {
		return bot.Unsupported(f)
	}
	return f
}
