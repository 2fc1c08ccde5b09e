package sample

import (
	"context"
	"fmt"

	"crmbot/crm"
)

// customer is a company and the people there. Their owner is the account's.
type customer struct {
	account crm.Account
	owner   string
	people  []crm.Contact
}

func source(name, raw string) crm.Source { return crm.Source{Name: name, Raw: raw} }

// customers are whom the company sells to. Two of wang.fang's are called 王磊.
var customers = []customer{
	{crm.Account{Name: "融氏食品 Rongshi Foods", City: "临沂", Phone: "0539-555 0101", Website: "rongshi.example"}, "wang.fang", []crm.Contact{
		{Name: "张伟", Title: "采购经理", Phone: "13800000101", Language: "zh-CN", Intent: crm.IntentHigh, First: source("baidu", "麦芽糖浆 厂家")},
		{Name: "王磊", Title: "品控", Phone: "13800000102", Language: "zh-CN", First: source("referral", "")},
	}},
	{crm.Account{Name: "Sunrise Bakery", City: "Shanghai", Phone: "021-5550 0103", Website: "sunrise.example"}, "wang.fang", []crm.Contact{
		{Name: "Anna Lee", Title: "Purchasing", Phone: "13800000103", Email: "anna@sunrise.example", Language: "en", Intent: crm.IntentHigh, First: source("exhibition", "FIC Shanghai")},
	}},
	{crm.Account{Name: "百味糖果", City: "苏州"}, "chen.jie", []crm.Contact{
		{Name: "吴刚", Title: "生产厂长", Phone: "13800000104", Language: "zh-CN", Intent: crm.IntentMiddle, First: source("baidu", "硬糖用麦芽糖浆")},
	}},
	{crm.Account{Name: "青禾乳业", City: "杭州"}, "chen.jie", []crm.Contact{
		{Name: "林晓燕", Title: "研发主管", Phone: "13800000105", Language: "zh-CN", Intent: crm.IntentHigh, First: source("exhibition", "FIC 上海")},
	}},
	{crm.Account{Name: "Lotus Beverages 莲花饮料", City: "广州"}, "zhou.na", []crm.Contact{
		{Name: "陈静", Title: "采购", Phone: "13800000106", Language: "zh-CN", Intent: crm.IntentMiddle, First: source("website", "/zh/resistant-dextrin")},
	}},
	{crm.Account{Name: "Golden Mills", City: "Kuala Lumpur", Website: "goldenmills.example"}, "zhou.na", []crm.Contact{
		{Name: "Farid Ismail", Title: "Import manager", Phone: "+60 12 555 0107", Language: "en", Intent: crm.IntentHigh, First: source("exhibition", "Fi Asia")},
	}},
	{crm.Account{Name: "安康营养", City: "深圳"}, "zhou.na", []crm.Contact{
		{Name: "罗敏", Title: "产品经理", Phone: "13800000108", Language: "zh-CN", Intent: crm.IntentLow, First: source("referral", "")},
	}},
	{crm.Account{Name: "悦麦啤酒", City: "青岛"}, "wang.fang", []crm.Contact{
		{Name: "王磊", Title: "酿造师", Phone: "13800000109", Language: "zh-CN", Intent: crm.IntentMiddle, First: source("phone", "")},
	}},
	{crm.Account{Name: "Nordic Snacks", City: "Copenhagen", Website: "nordicsnacks.example"}, "zhou.na", []crm.Contact{
		{Name: "Lars Holm", Title: "Sourcing", Phone: "+45 20 55 01 10", Email: "lars@nordicsnacks.example", Language: "en", Intent: crm.IntentMiddle, First: source("telegram", "start=fibre")},
	}},
	{crm.Account{Name: "东岭食品", City: "合肥"}, "chen.jie", []crm.Contact{
		{Name: "郑凯", Title: "老板", Phone: "13800000111", Language: "zh-CN", Intent: crm.IntentLow, First: source("baidu", "葡萄糖浆 价格")},
	}},
	{crm.Account{Name: "海岳集团", City: "上海"}, "li.wei", []crm.Contact{
		{Name: "钱进", Title: "集团采购总监", Phone: "13800000112", Language: "zh-CN", Intent: crm.IntentMiddle, First: source("referral", "")},
	}},
}

// meet makes the customers known.
func (h *history) meet(ctx context.Context) error {
	for i, c := range customers {
		h.ago(260-3*i, 9+i%8)
		by, account := h.as(c.owner), c.account
		if err := h.Accounts.Create(ctx, by, &account); err != nil {
			return fmt.Errorf("sample: %s: %w", account.Name, err)
		}
		h.accounts[account.Name] = &account
		for _, person := range c.people {
			person.AccountID, person.Created = account.ID, h.clock.UTC()
			if _, err := h.Contacts.Create(ctx, by, &person); err != nil {
				return fmt.Errorf("sample: %s: %w", person.Name, err)
			}
			h.contacts[person.Name+", "+account.Name] = &person
		}
	}
	return nil
}
