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

// articles are the knowledge base of the house.
var articles = []crm.Article{
	{
		Slug: "shelf-life", Language: "en", Title: "How long does maltose syrup keep?", Tags: []string{"maltose", "storage"},
		Phrasings: []string{"shelf life of maltose syrup", "best before date of maltose syrup"},
		Body:      "Maltose syrup keeps **18 months** unopened at 10 to 30 °C.",
	},
	{
		Slug: "shelf-life", Language: "zh-CN", Title: "麦芽糖浆保质期多久？", Tags: []string{"麦芽糖浆", "储存"},
		Phrasings: []string{"麦芽糖浆能放多久", "麦芽糖浆的保质期"},
		Body:      "麦芽糖浆未开封可保存**18个月**，储存温度10到30℃。",
	},
	{
		Slug: "sweetener", Language: "en", Title: "Is there artificial sweetener in it?", Tags: []string{"sweetener", "ingredients"},
		Phrasings: []string{"do you use artificial sweeteners"},
		Body:      "No. Our syrups are made of maize starch and water, with nothing added.",
	},
	{
		Slug: "sweetener", Language: "zh-CN", Title: "含人工甜味剂吗？", Tags: []string{"甜味剂", "配料"},
		Phrasings: []string{"有没有添加人工甜味剂"},
		Body:      "不含。我们的糖浆只用玉米淀粉和水，没有任何添加。",
	},
	{
		Slug: "returns", Language: "en", Title: "What is your refund policy?", Tags: []string{"return", "refund"},
		Phrasings: []string{"refund policy", "return policy", "can I return goods"},
		Body:      "Unopened goods can be returned within 7 days. Damaged goods are replaced.",
	},
	{
		Slug: "returns", Language: "zh-CN", Title: "退货政策是什么？", Tags: []string{"退货", "退款"},
		Phrasings: []string{"可以退货吗", "退货规定"},
		Body:      "未开封产品7天内可退，破损产品免费补发。",
	},
	{
		Slug: "delivery", Language: "en", Title: "How long does delivery take?", Tags: []string{"delivery", "shipping"},
		Phrasings: []string{"delivery time", "when will my goods arrive"},
		Body:      "Within China 2 to 5 days, abroad 15 to 40 days by sea.",
	},
	{
		Slug: "delivery", Language: "zh-CN", Title: "多久能发货？", Tags: []string{"发货", "物流"},
		Phrasings: []string{"发货时间", "几天能到货"},
		Body:      "付款后48小时内发货，国内2到5天到。",
	},
	{
		Slug: "price", Language: "en", Title: "How are prices made?", Tags: []string{"price", "quote"},
		Phrasings: []string{"price list", "how much is maltose syrup"},
		Body:      "Prices depend on quantity and packaging, so each order gets its own quote.",
	},
	{
		Slug: "price", Language: "zh-CN", Title: "价格怎么算？", Tags: []string{"价格", "报价"},
		Phrasings: []string{"麦芽糖浆多少钱", "有价格表吗"},
		Body:      "价格与数量、包装有关，按单报价。",
	},
	{
		Slug: "packaging", Language: "en", Title: "Which packaging is there?", Tags: []string{"packaging", "drum", "bag"},
		Phrasings: []string{"packaging sizes", "what sizes do you sell"},
		Body:      "Drums of 25 kg and 75 kg, IBC of 1,400 kg, tank truck.",
	},
	{
		Slug: "packaging", Language: "zh-CN", Title: "有哪些包装规格？", Tags: []string{"包装", "规格", "桶"},
		Phrasings: []string{"包装规格", "一桶多重"},
		Body:      "25公斤桶、75公斤桶、1.4吨吨桶、槽车。",
	},
}
