package sample

import (
	"context"
	"fmt"
	"time"

	"crmbot/crm"
)

// The quarters, counted from the one of today.
const (
	last = -1
	this = 0
	next = 1
)

// deal is an opportunity. An open one has a stage and is due in a quarter, a
// closed one was decided in it; part is how far into what the quarter still
// has, or has had.
type deal struct {
	owner, account, contact, name string
	amount                        crm.Money
	stage                         string // "won" and "lost" are closed
	lost                          string // why
	due                           int
	part                          float64
	note                          string
}

// cny is an amount of so many 万 yuan, usd of so many thousand dollars.
func cny(wan float64) crm.Money {
	return crm.Money{Minor: int64(wan*10000*100 + 0.5), Currency: "CNY"}
}

func usd(thousand float64) crm.Money {
	return crm.Money{Minor: int64(thousand*1000*100 + 0.5), Currency: "USD"}
}

// deals are the opportunities, OPP-1 first; two more come from leads.
var deals = []deal{
	{"wang.fang", "融氏食品 Rongshi Foods", "张伟", "麦芽糖浆M50 60吨", cny(25.2), "qualification", "", this, 0.7, "张总说年底前要定，等我们的方案"},
	{"wang.fang", "Sunrise Bakery", "Anna Lee", "Maltose syrup, yearly contract", cny(62), "negotiation", "", this, 0.5, "Asks for a price fixed by the quarter"},
	{"chen.jie", "百味糖果", "吴刚", "麦芽糖浆M70 整车", cny(18), "proposal", "", this, 0.9, ""},
	{"chen.jie", "青禾乳业", "林晓燕", "IMO-50 酸奶项目", cny(45), "negotiation", "", next, 0.2, "中试通过，在谈账期"},
	{"zhou.na", "Lotus Beverages 莲花饮料", "陈静", "抗性糊精 气泡茶", cny(33), "proposal", "", this, 0.6, ""},
	{"zhou.na", "Golden Mills", "Farid Ismail", "Glucose syrup, 4 containers", usd(96), "negotiation", "", this, 0.8, "Wants L/C at sight"},
	{"zhou.na", "安康营养", "罗敏", "抗性糊精15吨", cny(27), "prospecting", "", next, 0.5, ""},
	{"wang.fang", "悦麦啤酒", "王磊", "M70 啤酒用糖浆", cny(54), "prospecting", "", next, 0.6, ""},

	{"wang.fang", "融氏食品 Rongshi Foods", "张伟", "麦芽糖浆M50 40吨", cny(16.8), "won", "", last, 0.2, ""},
	{"chen.jie", "百味糖果", "吴刚", "麦芽糖浆M70 30吨", cny(12.4), "won", "", last, 0.35, ""},
	{"zhou.na", "Lotus Beverages 莲花饮料", "陈静", "低聚异麦芽糖 果茶", cny(21), "lost", "价格高", last, 0.5, ""},
	{"wang.fang", "Sunrise Bakery", "Anna Lee", "M50 in IBC, 8 deliveries", cny(30), "won", "", last, 0.6, ""},
	{"zhou.na", "Nordic Snacks", "Lars Holm", "IMO-90 powder, 2 containers", usd(42), "won", "", last, 0.7, ""},
	{"chen.jie", "东岭食品", "郑凯", "葡萄糖浆10吨", cny(9.5), "lost", "选了本地供应商", last, 0.9, ""},

	{"wang.fang", "融氏食品 Rongshi Foods", "王磊", "低聚异麦芽糖粉10吨", cny(22), "won", "", this, 0.2, ""},
	{"chen.jie", "青禾乳业", "林晓燕", "IMO-50 试生产", cny(15.6), "won", "", this, 0.4, ""},
	{"zhou.na", "安康营养", "罗敏", "代餐粉项目", cny(8), "lost", "项目取消", this, 0.5, ""},
	{"wang.fang", "Sunrise Bakery", "Anna Lee", "Rice syrup, trial order", cny(4.8), "won", "", this, 0.75, ""},
	{"li.wei", "海岳集团", "钱进", "三家工厂年度框架", cny(120), "qualification", "", next, 0.4, "集团采购统一招标，年后开标"},
}

// trade tells the stories of the deals.
func (h *history) trade(ctx context.Context) error {
	for i, d := range deals {
		h.ago(25+i%3, 10+i%6)
		if d.closed() {
			h.clock = h.decided(&d).AddDate(0, 0, -20)
		}
		if err := h.offer(ctx, &d); err != nil {
			return fmt.Errorf("sample: %s: %w", d.name, err)
		}
	}
	return nil
}

// offer makes the opportunity of a deal.
func (h *history) offer(ctx context.Context, d *deal) error {
	by, contact := h.as(d.owner), h.contacts[d.contact+", "+d.account]
	o := &crm.Opportunity{
		Name: d.name, AccountID: contact.AccountID, ContactID: contact.ID, Amount: d.amount, CloseOn: h.expected(d),
		Intent: contact.Intent, Created: h.clock.UTC(),
	}
	if err := h.Opportunities.Create(ctx, by, o); err != nil {
		return err
	}
	if d.closed() {
		return h.decide(ctx, by, o.ID, d)
	}
	if err := h.intendFor(ctx, func(p plan) bool { return p.about == o.Ref() }); err != nil {
		return err
	}
	return h.develop(ctx, by, o.ID, d)
}

func (d *deal) closed() bool { return d.stage == "won" || d.stage == "lost" }

// decided is when a deal was won or lost: in its quarter, and not after now.
func (h *history) decided(d *deal) time.Time {
	return within(h.quarter(d.due), earlier(h.quarter(d.due+1).Add(-time.Minute), h.now), d.part)
}

// expected is the day by which a deal should close: in its quarter, and not
// before today, or the day when it did.
func (h *history) expected(d *deal) string {
	if d.closed() {
		return h.decided(d).Format(time.DateOnly)
	}
	from := h.quarter(d.due)
	if from.Before(h.now) {
		from = h.now
	}
	return within(from, h.quarter(d.due+1).AddDate(0, 0, -1), d.part).Format(time.DateOnly)
}

// develop brings an opportunity to where the deal stands.
func (h *history) develop(ctx context.Context, by crm.Actor, id crm.OpportunityID, d *deal) error {
	h.ago(11, 14)
	if _, err := h.Opportunities.Move(ctx, by, id, d.stage); err != nil {
		return err
	}
	if d.note == "" {
		return nil
	}
	h.ago(4, 16)
	_, err := h.Activities.Note(ctx, by, crm.Ref{Kind: crm.KindOpportunity, ID: int64(id)}, d.note)
	return err
}

func (h *history) decide(ctx context.Context, by crm.Actor, id crm.OpportunityID, d *deal) error {
	h.clock = h.decided(d)
	if d.stage == "won" {
		_, err := h.Opportunities.Win(ctx, by, id)
		return err
	}
	_, err := h.Opportunities.Lose(ctx, by, id, d.lost)
	return err
}
