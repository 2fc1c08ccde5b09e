package wecom

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/silenceper/wechat/v2/work/kf"

	"crmbot/bot"
)

// desk is one of the company's customer service accounts.
type desk struct {
	id, name string
	manages  bool // we may write for it
}

// deskPage is how many accounts are asked for at once.
const deskPage = 100

// desks lists the accounts.
func (a *Adapter) desks(ctx context.Context) ([]desk, error) {
	var all []desk
	for {
		var got *kf.AccountListSchema
		err := a.call(ctx, func(c *kf.Client) (err error) {
			got, err = c.AccountPaging(&kf.AccountPagingRequest{Offset: len(all), Limit: deskPage})
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, x := range got.AccountList {
			if accountShape.MatchString(x.OpenKFID) {
				all = append(all, desk{id: x.OpenKFID, name: bot.Clean(x.Name), manages: x.ManagePrivilege})
			}
		}
		if len(got.AccountList) < deskPage {
			return all, nil
		}
	}
}

// servicers counts who takes chats of an account by hand.
func (a *Adapter) servicers(ctx context.Context, account string) (int, error) {
	n := 0
	err := a.call(ctx, func(c *kf.Client) error {
		list, err := c.ReceptionistList(account)
		n = len(list.ReceptionistList)
		return err
	})
	return n, err
}

// A scene of WeCom's own is shorter than ours may be. A longer one goes behind
// the link, in a parameter.
const (
	sceneMax  = 32
	sceneLong = "crm"
)

// Invite makes a link to the first account that says where somebody came from.
func (a *Adapter) Invite(ctx context.Context, scene string) (bot.Invitation, error) {
	if err := bot.CheckScene(scene); err != nil {
		return bot.Invitation{}, err
	}
	account, err := a.front(ctx)
	if err != nil {
		return bot.Invitation{}, failure(err)
	}
	short, param := scene, ""
	if len(scene) > sceneMax {
		short, param = sceneLong, "&scene_param="+url.QueryEscape(scene)
	}
	link := ""
	err = a.call(ctx, func(c *kf.Client) error {
		way, err := c.AddContactWay(kf.AddContactWayOptions{OpenKFID: account, Scene: short})
		link = way.URL
		return err
	})
	switch {
	case err != nil:
		return bot.Invitation{}, failure(err)
	case link == "":
		return bot.Invitation{}, errors.New("kf/add_contact_way: no link")
	}
	return bot.Invitation{URL: link + param}, nil
}

// front is the account that newcomers are sent to.
func (a *Adapter) front(ctx context.Context) (string, error) {
	if len(a.cfg.Accounts) > 0 {
		return a.cfg.Accounts[0], nil
	}
	list, err := a.desks(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(d desk) bool { return d.manages })
	if len(list) == 0 {
		return "", errors.New("the company has no customer service account")
	}
	return list[max(i, 0)].id, nil
}
