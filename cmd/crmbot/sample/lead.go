package sample

import (
	"context"
	"fmt"

	"crmbot/crm"
)

// inquiry is a lead and what became of it.
type inquiry struct {
	owner string
	ago   int // days since it came
	lead  crm.Lead
	state crm.LeadStatus
	note  string // what was done about it
	lost  string // why
	deal  *deal  // what it was converted into
}

// inquiries are the leads, LEAD-1 first.
var inquiries = []inquiry{
	{
		"wang.fang", 9,
		crm.Lead{Name: "刘洋", Company: "甜心烘焙", Phone: "13800000201", Need: "麦芽糖浆20吨，做蛋糕和月饼馅", Intent: crm.IntentMiddle, First: source("baidu", "麦芽糖浆 批发")},
		crm.LeadWorking, "电话聊过，现在用别家的M50，嫌冬天太稠，先寄2公斤样品", "", nil,
	},
	{
		"wang.fang", 12,
		crm.Lead{Name: "Emma Clarke", Company: "Clarke & Sons", Phone: "+44 20 7946 0202", Email: "emma@clarke.example", Need: "one container of M70 for boiled sweets", Intent: crm.IntentHigh, First: source("exhibition", "FIC Shanghai")},
		crm.LeadQualified, "Met at the fair. Buys 12 containers a year, wants CIF Felixstowe", "", nil,
	},
	{
		"chen.jie", 1,
		crm.Lead{Name: "何军", Company: "乐口食品", Phone: "13800000203", Need: "低聚异麦芽糖粉2吨，先要样品", Intent: crm.IntentMiddle, First: source("website", "/zh/imo?utm_source=baidu")},
		crm.LeadNew, "", "", nil,
	},
	{
		"zhou.na", 6,
		crm.Lead{Name: "Ahmad Rahman", Company: "Rahman Trading", Phone: "+60 12 555 0204", Need: "IMO syrup, halal, one 20 ft container", Intent: crm.IntentHigh, First: source("website", "/en/imo")},
		crm.LeadWorking, "Sent halal certificate and offer FOB Qingdao", "", nil,
	},
	{
		"wang.fang", 2,
		crm.Lead{Name: "孙丽", Company: "孙记糖坊", Phone: "13800000205", Need: "麦芽糖浆75公斤桶，每月1吨", Intent: crm.IntentLow, First: source("phone", "")},
		crm.LeadNew, "", "", nil,
	},
	{
		"zhou.na", 40,
		crm.Lead{Name: "黄敏", Company: "岭南饮料", Phone: "13800000206", Need: "抗性糊精做气泡水，每批5吨", Intent: crm.IntentHigh, First: source("exhibition", "FIC 上海")},
		crm.LeadConverted, "试样通过，要正式报价", "", &deal{amount: cny(24), stage: "qualification", due: next, part: 0.3},
	},
	{
		"chen.jie", 35,
		crm.Lead{Name: "马超", Company: "马氏酱园", Phone: "13800000207", Need: "酱料用麦芽糖浆30吨", Intent: crm.IntentMiddle, First: source("referral", "吴刚介绍")},
		crm.LeadConverted, "吴刚介绍的，已去厂里看过", "", &deal{amount: cny(11), stage: "proposal", due: this, part: 0.8},
	},
	{
		"wang.fang", 30,
		crm.Lead{Name: "Tom Becker", Company: "Becker Foods", Phone: "+49 30 555 02 08", Need: "organic rice syrup, 500 kg", Intent: crm.IntentLow, First: source("website", "/en/organic")},
		crm.LeadLost, "", "smallest order too large", nil,
	},
	{
		"chen.jie", 28,
		crm.Lead{Name: "李娜", Company: "小李糕点", Phone: "13800000209", Need: "糖浆1桶", Intent: crm.IntentLow, First: source("baidu", "糖浆 一桶")},
		crm.LeadLost, "", "空号", nil,
	},
	{
		"zhou.na", 8,
		crm.Lead{Name: "郭强", Company: "康源保健品", Phone: "13800000210", Need: "抗性糊精10吨，代餐粉用", Intent: crm.IntentHigh, First: source("referral", "罗敏介绍")},
		crm.LeadQualified, "需求确认：每季度10吨，要非转基因证明", "", nil,
	},
	{
		"chen.jie", 5,
		crm.Lead{Name: "Yuki Tanaka", Company: "Tanaka Seika", Phone: "+81 3 5550 0211", Need: "IMO-90 powder, sample first", Intent: crm.IntentMiddle, First: source("exhibition", "FIC Shanghai")},
		crm.LeadWorking, "Sample sent by courier, feedback next week", "", nil,
	},
	{
		"wang.fang", 0,
		crm.Lead{Name: "周婷", Company: "云上茶饮", Phone: "13800000212", Need: "葡萄糖浆，奶茶店用", Intent: crm.IntentLow, First: source("telegram", "start=tea")},
		crm.LeadNew, "", "", nil,
	},
	{
		"zhou.na", 3,
		crm.Lead{Name: "Maria Silva", Company: "Doce Vida", Phone: "+55 11 5550 0213", Need: "glucose syrup DE 42, two containers", Intent: crm.IntentMiddle, First: source("telegram", "start=export")},
		crm.LeadNew, "", "", nil,
	},
	{
		"li.wei", 4,
		crm.Lead{Name: "贾明", Company: "金谷连锁", Phone: "13800000214", Need: "全国门店糖浆集采，每月15吨", Intent: crm.IntentHigh, First: source("referral", "")},
		crm.LeadWorking, "约了下周见面", "", nil,
	},
}

// inquire tells the stories of the leads.
func (h *history) inquire(ctx context.Context) error {
	for i, q := range inquiries {
		if err := h.pursue(ctx, q, i); err != nil {
			return fmt.Errorf("sample: %s: %w", q.lead.Name, err)
		}
	}
	return nil
}

func (h *history) pursue(ctx context.Context, q inquiry, i int) error {
	by, l := h.as(q.owner), q.lead
	h.ago(q.ago, 9+i%3)
	l.Created = h.clock.UTC()
	if _, err := h.Leads.Create(ctx, by, &l); err != nil {
		return err
	}
	if q.state == crm.LeadNew {
		return nil
	}
	h.ago(max(q.ago-1, 0), 11+i%5)
	if q.note != "" {
		if _, err := h.Activities.Note(ctx, by, l.Ref(), q.note); err != nil {
			return err
		}
	}
	h.ago(max(q.ago-4, 0), 15)
	switch q.state {
	case crm.LeadQualified:
		_, err := h.Leads.Qualify(ctx, by, l.ID)
		return err
	case crm.LeadLost:
		_, err := h.Leads.Lose(ctx, by, l.ID, q.lost)
		return err
	case crm.LeadConverted:
		c, err := h.Leads.Convert(ctx, by, l.ID)
		if err != nil {
			return err
		}
		id := c.Opportunity.ID
		if _, err := h.Opportunities.Price(ctx, by, id, q.deal.amount); err != nil {
			return err
		}
		if _, err := h.Opportunities.Expect(ctx, by, id, h.expected(q.deal)); err != nil {
			return err
		}
		return h.develop(ctx, by, id, q.deal)
	}
	return nil
}
