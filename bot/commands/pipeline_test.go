package commands_test

import (
	"fmt"
	"strings"
	"testing"
)

// The total comes first and counts everything, also what is on the next page;
// two currencies are two totals.
func TestPipelineTotalsAndPages(t *testing.T) {
	w := newWorld(t)
	for month := 1; month <= 11; month++ {
		w.say("li.wei", fmt.Sprintf("deal new C%02d 100k close=2027-%02d-10", month, month))
	}
	w.say("li.wei", "deal new Abroad $5,000 close=2027-01-10")
	first := w.say("mei", "漏斗 按月")
	lines := strings.Split(first, "\n")
	has(t, lines[0], "截至 14:02")
	has(t, lines[1], "11单", "110万", "加权11万")
	has(t, lines[2], "1单", "5,000美元")
	has(t, first, "2027年1月 1单 10万（加权1万）", "2027年1月 1单 5,000美元", "2027年7月", "[还有 4 条]")
	hasNot(t, first, "2027年8月")
	second := w.press("mei", "还有 4 条")
	has(t, second, "110万", "2027年8月", "2027年11月")
	hasNot(t, second, "2027年7月", "还有")
}

func TestPipelineCountsWhatOneSees(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> deal new A 100k close=12-20", "chen.jie> 新商机 B 20万 预计12月1日", "chen.jie> 商机2 到 报价")
	has(t, w.say("li.wei", "pipeline"), "1 open deal, ¥100,000 (weighted ¥10,000)")
	all := w.say("boss", "pipeline by owner")
	has(t, all, "2 open deals, ¥300,000 (weighted ¥110,000)", "陈杰 1 deal ¥200,000 (weighted ¥100,000)", "李伟 1 deal ¥100,000")
	if strings.Index(all, "陈杰") > strings.Index(all, "李伟") {
		t.Errorf("the largest comes first:\n%s", all)
	}
	has(t, w.say("boss", "pipeline by team"), "East 2 deals")
	has(t, w.say("boss", "漏斗 按阶段"), "Prospecting 1 deal", "Proposal 1 deal")
}

// A period counts open deals by expected close and won ones by closing day.
func TestPipelineOfAPeriod(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> deal new A 100k close=11-30", "li.wei> deal new B 200k close=2027-02-01",
		"li.wei> deal new C 300k close=2027-02-01", "li.wei> OPP-3 won")
	month := w.say("li.wei", "pipeline this month")
	has(t, month, "1 open deal, ¥100,000", "Won: 1 deal, ¥300,000")
	next := w.say("li.wei", "pipeline 2027Q1 by stage")
	has(t, next, "1 open deal, ¥200,000")
	hasNot(t, next, "Won")
	// The button for another grouping keeps the period.
	has(t, w.press("li.wei", "By owner"), "2027Q1", "李伟 1 deal ¥200,000")
}
