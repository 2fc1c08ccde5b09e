package commands_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"crmbot/bot"
	"crmbot/bot/commands"
)

// The same thing said in two languages, by reference or by name, before or
// after the noun, does the same.
func TestWaysToSayIt(t *testing.T) {
	for want, lines := range map[string][]string{
		"OPP-1 Rongshi · ¥280,000** is won":              {"OPP-1 won", "deal win OPP-1", "deal won Rongshi", "赢单 商机1", "商机1 赢单", "opp1 won", "商机 1 成交"},
		"OPP-1 Rongshi · ¥280,000** is lost: 价格高":        {"输单 商机1 价格高", "商机1 输单 价格高", "OPP-1 lost 价格高", "deal lose OPP-1 价格高"},
		"OPP-1 Rongshi · ¥280,000** is at Proposal":      {"商机1 到 报价", "OPP-1 proposal", "deal stage OPP-1 proposal", "OPP-1 stage 方案报价", "商机1 方案报价"},
		"OPP-1 Rongshi** is worth ¥300,000":              {"OPP-1 300k", "商机1 30万", "商机1 30w", "deal amount OPP-1 ¥300,000", "商机1 金额 30万", "OPP-1 amount 0.3m"},
		"OPP-1 Rongshi · ¥280,000** should close on Dec": {"deal close OPP-1 12-31", "商机1 预计 12月31日", "OPP-1 close Dec 31"},
		"LEAD-1 Zhang Wei · Rongshi** goes to 陈杰":        {"线索1 给 小陈", "LEAD-1 assign chen.jie", "lead assign LEAD-1 陈杰", "线索1 转给 陈杰"},
		"LEAD-1 Zhang Wei · Rongshi**: intent A":         {"意向 线索1 A", "intent LEAD-1 A", "LEAD-1 A", "线索1 高", "intent Zhang Wei high"},
		"LEAD-1 Zhang Wei · Rongshi** is now deal":       {"线索1 转客户", "LEAD-1 convert", "lead convert LEAD-1", "convert Zhang Wei", "转客户 线索1"},
		"LEAD-1 Zhang Wei · Rongshi** is closed as lost": {"线索1 无效 空号", "lead lose LEAD-1 wrong number", "LEAD-1 lost 空号"},
		"Noted on **LEAD-1 Zhang Wei**: 已发样品":            {"跟进 线索1 已发样品", "Zhang Wei:已发样品", "线索1：已发样品", "note LEAD-1: 已发样品", "LEAD-1: 已发样品", "note Zhang Wei: 已发样品"},
		"tomorrow 15:00: 回电":                             {"计划 线索1 明天15点 回电", "plan LEAD-1 tomorrow 15:00 回电", "线索1 计划 明天下午3点 回电", "plan LEAD-1 tomorrow 3pm 回电"},
		"| LEAD-1 Zhang Wei":                             {"LEAD-1", "线索1", "lead 1", "查 LEAD-1", "lead show LEAD-1"},
		"open lead":                                      {"my leads", "leads", "我的线索", "线索", "lead"},
		"What happened with **OPP-1":                     {"history OPP-1", "变更记录 商机1", "商机1 变更记录", "OPP-1 history"},
		"到货破袋**, owner Ana, due tomorrow":                {"新工单 Rongshi 投诉:到货破袋", "新工单 Rongshi 投诉：到货破袋", "ticket new Rongshi complaint: 到货破袋", "ticket new account=Rongshi kind=投诉 text=到货破袋"},
	} {
		t.Run(want, func(t *testing.T) {
			w := newWorld(t)
			w.talk("boss> user role li.wei manager", "li.wei> deal new Rongshi 280k close=12-20",
				"li.wei> lead new Zhang Wei company=Rongshi phone=13800000000 need=syrup", "li.wei> [Yes", "boss> LEAD-1 给 李伟")
			for _, line := range lines {
				answer := w.say("li.wei", line)
				has(t, answer, want)
				if strings.Contains(answer, "[Undo]") {
					has(t, w.press("li.wei", "Undo"), "Undone")
				}
			}
		})
	}
}

// Whatever is typed, the answer is a sentence and never a fault.
func TestNothingTypedIsAFault(t *testing.T) {
	w := newWorld(t)
	words := []string{
		"LEAD-1", "线索1", "OPP-1", "商机9", "ACC-1", "TIC-1", "CON-1", "ACT-1", "LEAD-0", "LEAD-99999999999999999999", "ART-1", "USER-1",
		"280k", "28万", "-5", "0", "1e9", "¥", "tomorrow", "明天15点", "昨天", "12-20", "2026Q4", "本月", "A", "高", "小陈", "li.wei", "百度",
		"13800000000", "name=", "phone=x", "amount=-1", "page=-3", "page=9999999999", "due=never", "fresh=1", "version=x", `"`, "“", ":", "：", "=", "|",
		"'; DROP TABLE leads; --", "\u202egnirts", "😀", "*_x_*", strings.Repeat("长", 300), "by", "owner", "按负责人", "报价", "proposal", "中文",
	}
	for _, c := range commands.All() {
		words = append(words, c.Name)
		words = append(words, w.catalog.Every("command."+c.Name)...)
		words = append(words, w.catalog.Every("command."+c.Name+".after")...)
	}
	w.talk("li.wei> lead new Zhang Wei phone=13800000000 need=syrup", "li.wei> [Yes", "li.wei> deal new Rongshi 280k close=12-20",
		"li.wei> ticket new Rongshi complaint: torn bags", "li.wei> contact new Li Na phone=13700000000", "li.wei> note LEAD-1 x")
	rnd := rand.New(rand.NewPCG(7, 11))
	who := []string{"boss", "li.wei", "mei", "ana"}
	for range 400 {
		line := make([]string, 1+rnd.IntN(5))
		for i := range line {
			line[i] = words[rnd.IntN(len(words))]
		}
		handle := who[rnd.IntN(len(who))]
		w.say(handle, strings.Join(line, " "))
		if all := buttonsOf(w.people[handle].reply); len(all) > 0 && rnd.IntN(3) == 0 {
			w.handle(handle, bot.Inbound{Kind: bot.KindAction, Action: all[rnd.IntN(len(all))].Action})
		}
		if rnd.IntN(10) == 0 {
			w.notices()
		}
	}
	if missed := w.catalog.Missed(); len(missed) > 0 {
		t.Errorf("words that are missing: %v", missed)
	}
}
