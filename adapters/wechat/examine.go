package wechat

import (
	"context"
	"regexp"
	"strconv"

	"github.com/silenceper/wechat/v2/officialaccount/basic"
	"github.com/silenceper/wechat/v2/officialaccount/customerservice"
	"github.com/silenceper/wechat/v2/officialaccount/menu"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// The codes that say what is wrong with an account.
const (
	codeNoRight     = 48001 // to a method
	codeNoRightCorp = 48002
	codeNoDesk      = 65400 // has the right, but not the newer desk
	codeAddress     = 40164 // our address is not on the list
	codeNoApp       = 40013
	codeSecret      = 40125
	codeFrozen      = 40243
	codeNoMenu      = 46003
)

// allowList is what WeChat calls the addresses that it lets in.
const allowList = "IP白名单"

// Examine tries the credentials, whatever token is kept, and finds out what the
// account may do. WeChat does not say of which type an account is; what it
// refuses does.
func (a *Adapter) Examine(ctx context.Context) []bot.Finding {
	err := a.api.Prove(ctx)
	if err == nil {
		err = a.api.Do(ctx, func(h weixin.Handle) error {
			_, err := basic.NewBasic(a.library(h)).GetAPIDomainIP()
			return err
		})
	}
	if err != nil {
		return []bot.Finding{a.locked(err)}
	}
	desk, barred := a.examineDesk(ctx)
	found := []bot.Finding{a.letIn(), desk}
	if barred {
		found = append(found, bot.Finding{Level: bot.LevelNote, Text: textNoCodes, Next: nextNoCodes})
	}
	found = append(found, a.examineMenu(ctx)...)
	if a.nudges() || !barred && !a.cfg.Passive {
		found = append(found, a.examineTemplates(ctx)...)
	}
	if a.cfg.AESKey == "" {
		found = append(found, bot.Finding{Level: bot.LevelWarning, Text: textPlain, Next: nextPlain})
	}
	if a.cfg.PublicURL == "" {
		found = append(found, bot.Finding{Level: bot.LevelWarning, Text: textNoURL, Next: nextNoURL})
	}
	return found
}

// letIn says that the credentials are right, and what is entered where.
func (a *Adapter) letIn() bot.Finding {
	f := bot.Finding{Level: bot.LevelFine, Text: textOpen.With("app", a.cfg.AppID)}
	if a.cfg.PublicURL != "" {
		f.Next = nextHook.With("url", bot.HookURL(a.cfg.PublicURL, Platform, a.cfg.Install))
	}
	return f
}

// addressShape finds our address in what WeChat says about it.
var addressShape = regexp.MustCompile(`invalid ip ([0-9a-fA-F.:]+)`)

// locked is why the account does not let us in.
func (a *Adapter) locked(err error) bot.Finding {
	f := a.broken(err)
	switch weixin.CodeOf(err) {
	case codeAddress:
		address := ""
		if m := addressShape.FindStringSubmatch(err.Error()); m != nil {
			address = m[1]
		}
		f.Text, f.Next = textAddress.With("address", address), nextAddress.With("address", address)
	case codeNoApp:
		f.Text, f.Next, f.Key = textApp, nextApp, "app_id"
	case codeSecret, 40001:
		f.Text, f.Next, f.Key = textSecret, nextSecret, "app_secret"
	case codeFrozen:
		f.Text, f.Next = textFrozen, nextFrozen
	}
	return f
}

// broken is what is found when a call fails.
func (a *Adapter) broken(err error) bot.Finding {
	return a.api.Broken(weixin.Failure(err, true), allowList)
}

// unauthorized says whether an account has no right to what it was asked for.
func unauthorized(err error) bool {
	code := weixin.CodeOf(err)
	return code == codeNoRight || code == codeNoRightCorp
}

// examineDesk finds out whether the account may write by itself. barred is an
// account that is not verified.
func (a *Adapter) examineDesk(ctx context.Context) (f bot.Finding, barred bool) {
	err := a.api.Do(ctx, func(h weixin.Handle) error {
		_, err := customerservice.NewCustomerServiceManager(a.library(h)).List()
		return err
	})
	barred = unauthorized(err)
	switch may := err == nil || weixin.CodeOf(err) == codeNoDesk; {
	case !may && !barred:
		return a.broken(err), false
	case may && a.cfg.Passive:
		return bot.Finding{Level: bot.LevelWarning, Text: textNeedless, Next: nextNeedless}, false
	case may:
		return bot.Finding{Level: bot.LevelFine, Text: textDesk}, false
	case a.cfg.Passive:
		return bot.Finding{Level: bot.LevelNote, Text: textPassive}, true
	}
	return bot.Finding{Level: bot.LevelBroken, Text: textMute, Next: nextMute, Err: err}, true
}

// examineMenu finds out what stands under the chat.
func (a *Adapter) examineMenu(ctx context.Context) []bot.Finding {
	if len(a.cfg.Menu) == 0 {
		return nil
	}
	var now menu.ResSelfMenuInfo
	err := a.api.Do(ctx, func(h weixin.Handle) (err error) {
		now, err = menu.NewMenu(a.library(h)).GetCurrentSelfMenuInfo()
		return err
	})
	switch {
	case unauthorized(err):
		return []bot.Finding{{Level: bot.LevelWarning, Text: textNoMenu, Next: nextNoMenu}}
	case err != nil && weixin.CodeOf(err) != codeNoMenu:
		return []bot.Finding{a.broken(err)}
	case err == nil && now.IsMenuOpen == 1 && !sameMenu(a.cfg.Menu, now.SelfMenuInfo.Button):
		return []bot.Finding{{Level: bot.LevelNote, Text: textOtherMenu}}
	}
	return []bot.Finding{{Level: bot.LevelFine, Text: textMenu.With("n", strconv.Itoa(len(a.cfg.Menu)))}}
}

// sameMenu says whether the menu of the account has our labels.
func sameMenu(ours []MenuEntry, theirs []menu.SelfMenuButton) bool {
	if len(ours) != len(theirs) {
		return false
	}
	for i, e := range ours {
		if e.Label != theirs[i].Name || !sameMenu(e.Entries, theirs[i].SubButton.List) {
			return false
		}
	}
	return true
}

// examineTemplates finds out whether the account has the templates of the
// config.
func (a *Adapter) examineTemplates(ctx context.Context) []bot.Finding {
	if !a.nudges() {
		return []bot.Finding{{Level: bot.LevelNote, Text: textNoNudge, Next: nextNoNudge}}
	}
	var found []bot.Finding
	barred := false
	for _, list := range []struct {
		ids          Notices
		subscription bool
	}{{a.cfg.Templates, false}, {a.cfg.Subscriptions, true}} {
		for _, id := range []string{list.ids.ReplyWaiting, list.ids.TicketUpdate} {
			if id == "" || barred {
				continue
			}
			f := a.examineTemplate(ctx, id, list.subscription)
			found, barred = append(found, f), f.Level == bot.LevelWarning && weixin.CodeOf(f.Err) != 0
		}
	}
	return found
}

func (a *Adapter) examineTemplate(ctx context.Context, id string, subscription bool) bot.Finding {
	_, known, err := a.template(ctx, id, subscription)
	switch {
	case unauthorized(err):
		return bot.Finding{Level: bot.LevelWarning, Text: textNoTemplates, Next: nextNoTemplates, Err: err}
	case err != nil:
		return a.broken(err)
	case !known:
		return bot.Finding{Level: bot.LevelWarning, Text: textTemplateGone.With("id", id), Next: nextTemplateGone}
	}
	return bot.Finding{Level: bot.LevelFine, Text: textTemplate.With("id", id)}
}
