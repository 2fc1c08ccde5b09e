package bottest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// company is the house of the golden conversations.
func company(language string) *bot.Company {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		zone = time.FixedZone("CST", 8*3600)
	}
	c := &bot.Company{
		Name: "Jingu Foods", Language: language, Zone: zone, Currency: "CNY", Country: "CN",
		Stages: crm.DefaultStages(), DayEnds: 18, Hold: 10 * time.Second, Survey: true, Started: Start(),
		Knowledge: bot.Knowledge{Wrong: 0.1, Weekly: bot.Weekly{Off: true}, Wait: 30 * time.Second, PerDay: 20},
		Sources: []bot.Source{
			{Name: "website", Words: []string{"website", "web", "官网", "网站"}},
			{Name: "baidu", Words: []string{"baidu", "百度"}},
			{Name: "exhibition", Words: []string{"exhibition", "expo", "展会"}},
			{Name: "referral", Words: []string{"referral", "介绍", "转介绍"}},
		},
	}
	if language == "zh-CN" {
		c.Name = "金谷食品"
	}
	return c
}

// people work in the house. Everybody has a chat on both platforms, and a
// chat on the install of the customers.
var people = []crm.NewUser{
	{Handle: "gu.yan", Name: "顾言", Role: crm.RoleAdmin},
	{Handle: "li.wei", Name: "李伟", Role: crm.RoleManager, Team: "East"},
	{Handle: "wang.fang", Name: "王芳", Role: crm.RoleSales, Team: "East"},
	{Handle: "chen.jie", Name: "陈杰", Role: crm.RoleSales, Team: "East"},
	{Handle: "he.min", Name: "何敏", Role: crm.RoleService},
}

func seeded(handle string) bool {
	for _, p := range people {
		if p.Handle == handle {
			return true
		}
	}
	return false
}

// seed fills an empty database in one transaction.
func (h *House) seed(settings crm.Settings) {
	h.t.Helper()
	err := h.Store.InTx(context.Background(), func(ctx context.Context, store crm.Store) error {
		bound, ok := store.(crm.TxStore)
		if !ok {
			return errors.New("a store in a transaction opens none")
		}
		services := crm.NewServices(bound, Start, settings)
		for _, p := range people {
			if err := settleIn(ctx, bound, services, p); err != nil {
				return fmt.Errorf("%s: %w", p.Handle, err)
			}
		}
		for _, a := range articles {
			a.Status = crm.ArticlePublished
			if _, _, err := services.Articles.Put(ctx, crm.System(), &a); err != nil {
				return fmt.Errorf("%s: %w", a.Slug, err)
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatalf("seed: %v", err)
	}
}

// settleIn gives a colleague his chats. He can be written to in the first.
func settleIn(ctx context.Context, store crm.Store, services *crm.Services, p crm.NewUser) error {
	keys := []crm.IdentityKey{
		{Platform: "desk", Install: "team", Sender: p.Handle},
		{Platform: "plain", Install: "team", Sender: p.Handle},
		{Platform: "desk", Install: "shop", Sender: p.Handle},
		{Platform: "office", Install: "team", Sender: p.Handle},
		{Platform: "floor", Install: "team", Sender: p.Handle},
		{Platform: "floor", Install: "shop", Sender: p.Handle},
	}
	if _, err := services.Users.Seed(ctx, p, keys); err != nil {
		return err
	}
	found, err := store.Identities(ctx, keys[:1])
	if err != nil {
		return err
	}
	for _, id := range found {
		if _, err := store.UpdateIdentity(ctx, id.ID, func(i *crm.Identity) error { i.Chat = p.Handle; return nil }); err != nil {
			return err
		}
	}
	return nil
}
