package wechat

import (
	"context"
	"regexp"
	"strconv"
	"strings"

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

// Examine tries the credentials and finds out what the account may do. WeChat
// does not say of which type an account is; what it refuses does.
func (a *Adapter) Examine(ctx context.Context) []bot.Finding {
	err := a.api.Do(ctx, func(h weixin.Handle) error {
		_, err := basic.NewBasic(a.library(h)).GetAPIDomainIP()
		return err
	})
	if err != nil {
		return []bot.Finding{locked(err)}
	}
	found := []bot.Finding{a.letIn()}
	found = append(found, a.examineDesk(ctx))
	found = append(found, a.examineMenu(ctx)...)
	found = append(found, a.examineTemplates(ctx)...)
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
		f.Next = nextHook.With("url", strings.TrimRight(a.cfg.PublicURL, "/")+"/hook/"+string(Platform)+"/"+string(a.cfg.Install))
	}
	return f
}

// addressShape finds our address in what WeChat says about it.
var addressShape = regexp.MustCompile(`invalid ip ([0-9a-fA-F.:]+)`)

// locked is why the account does not let us in.
func locked(err error) bot.Finding {
	f := bot.Broken(weixin.Failure(err, true))
	switch weixin.CodeOf(err) {
	case codeAddress:
		address := ""
		if m := addressShape.FindStringSubmatch(err.Error()); m != nil {
			address = m[1]
		}
		f.Text, f.Next = textAddress.With("address", address), nextAddress.With("address", address)
	case codeNoApp:
		f.Text, f.Next = textApp, nextApp
	case codeSecret, 40001:
		f.Text, f.Next = textSecret, nextSecret
	case codeFrozen:
		f.Text, f.Next = textFrozen, nextFrozen
	}
	return f
}

// examineDesk finds out whether the account may write by itself.
func (a *Adapter) examineDesk(ctx context.Context) bot.Finding {
	err := a.api.Do(ctx, func(h weixin.Handle) error {
		_, err := customerservice.NewCustomerServiceManager(a.library(h)).List()
		return err
	})
	may := err == nil || weixin.CodeOf(err) == codeNoDesk
	barred := weixin.CodeOf(err) == codeNoRight || weixin.CodeOf(err) == codeNoRightCorp
	switch {
	case !may && !barred:
		return bot.Broken(weixin.Failure(err, true))
	case may && a.cfg.Passive:
		return bot.Finding{Level: bot.LevelWarning, Text: textNeedless, Next: nextNeedless}
	case may:
		return bot.Finding{Level: bot.LevelFine, Text: textDesk}
	case a.cfg.Passive:
		return bot.Finding{Level: bot.LevelNote, Text: textPassive}
	}
	return bot.Finding{Level: bot.LevelBroken, Text: textMute, Next: nextMute, Err: err}
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
	switch code := weixin.CodeOf(err); {
	case code == codeNoRight || code == codeNoRightCorp:
		return []bot.Finding{{Level: bot.LevelWarning, Text: textNoMenu, Next: nextNoMenu}}
	case err != nil && code != codeNoMenu:
		return []bot.Finding{bot.Broken(weixin.Failure(err, true))}
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
	if a.cfg.Passive {
		return nil
	}
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
	switch code := weixin.CodeOf(err); {
	case code == codeNoRight || code == codeNoRightCorp:
		return bot.Finding{Level: bot.LevelWarning, Text: textNoTemplates, Next: nextNoTemplates, Err: err}
	case err != nil:
		return bot.Broken(weixin.Failure(err, true))
	case !known:
		return bot.Finding{Level: bot.LevelWarning, Text: textTemplateGone.With("id", id), Next: nextTemplateGone}
	}
	return bot.Finding{Level: bot.LevelFine, Text: textTemplate.With("id", id)}
}
