// Package sample is the company of crmbot demo and crmbot chat: Sweetroot, 融甜
// in Chinese, which makes syrups and fibres from maize.
//
// It has people in two teams, accounts, leads in every state, deals of the last
// quarter, this one and the next, tickets, plans for today, and a knowledge
// base of forty articles in two languages. Everything is placed around the
// moment of loading, so the company looks alive on any day. The articles are
// files in articles: the slug and the language are in the name, the title, the
// ways of asking and the tags in the head, and below is the answer.
//
// What happened before today is told through the services of package crm with
// a clock that walks through the months: the sample keeps the rules of the
// house, and every record has its history.
package sample

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Company is what the sample company is called.
const Company = "Sweetroot 融甜"

// The handles of those whom the demo shows: who answers customers, a salesperson
// and their manager.
const (
	Service = "zhao.min"
	Sales   = "wang.fang"
	Manager = "li.wei"
)

// Sources are the places where its customers come from.
func Sources() []bot.Source {
	return []bot.Source{
		{Name: "baidu", Words: []string{"baidu", "百度"}},
		{Name: "exhibition", Words: []string{"exhibition", "expo", "fair", "展会", "展览"}},
		{Name: "referral", Words: []string{"referral", "friend", "转介绍", "朋友介绍", "介绍"}},
		{Name: "website", Words: []string{"website", "web", "官网", "网站"}},
		{Name: "phone", Words: []string{"phone", "call", "电话", "来电"}},
		{Name: "telegram", Words: []string{"telegram", "tg", "电报"}},
	}
}

// people work at the company.
var people = []crm.NewUser{
	{Handle: "admin", Name: "孙宁", Role: crm.RoleAdmin},
	{Handle: "li.wei", Name: "李伟", Role: crm.RoleManager, Team: "East 华东"},
	{Handle: "wang.fang", Name: "王芳", Role: crm.RoleSales, Team: "East 华东"},
	{Handle: "chen.jie", Name: "陈杰", Role: crm.RoleSales, Team: "East 华东"},
	{Handle: "zhou.na", Name: "周娜", Role: crm.RoleSales, Team: "South 华南"},
	{Handle: "zhao.min", Name: "赵敏", Role: crm.RoleService, Team: "East 华东"},
}

// Load fills an empty database with the sample company, in one transaction.
// Where somebody works already it does nothing. now is the moment around which
// everything happens; set are the company's settings.
func Load(ctx context.Context, store crm.TxStore, now time.Time, set crm.Settings) error {
	return store.InTx(ctx, func(ctx context.Context, s crm.Store) error {
		users, err := s.Users(ctx, crm.UserFilter{})
		if err != nil || len(users) > 0 {
			return err
		}
		h := newHistory(whole{s}, now, set)
		for _, chapter := range []func(context.Context) error{
			h.hire, h.publish, h.meet, h.trade, h.inquire, h.help, h.intend, h.talk,
		} {
			if err := chapter(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// whole is a store within a transaction: what begins another one joins it.
type whole struct{ crm.Store }

// InTx implements crm.Tx. A failure inside ends the transaction as a whole.
func (w whole) InTx(ctx context.Context, fn func(context.Context, crm.Store) error) error {
	return fn(ctx, w.Store)
}
