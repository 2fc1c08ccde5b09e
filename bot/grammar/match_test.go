package grammar

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/crm"
)

// sample is a matcher with commands as the program has them.
func sample() *Matcher {
	kinds := []crm.Kind{crm.KindLead, crm.KindOpportunity, crm.KindTicket, crm.KindContact, crm.KindAccount}
	specs := []Spec{
		{Name: "lead.new", Phrases: []string{"lead new", "new lead", "新线索"}},
		{Name: "lead.convert", Subject: crm.KindLead, Phrases: []string{"lead convert"}, After: []string{"convert", "转客户", "转化"}},
		{Name: "lead.qualify", Subject: crm.KindLead, After: []string{"qualify", "合格"}},
		{Name: "lead.lose", Subject: crm.KindLead, After: []string{"lose", "无效"}},
		{Name: "lead.assign", Subject: crm.KindLead, After: []string{"assign", "给", "转给"}},
		{Name: "intent", Subject: crm.KindLead, Phrases: []string{"intent", "意向"}, After: []string{"intent", "意向"}},
		{Name: "deal.new", Phrases: []string{"deal new", "新商机"}},
		{Name: "deal.stage", Subject: crm.KindOpportunity, After: []string{"stage", "to", "到"}},
		{Name: "deal.win", Subject: crm.KindOpportunity, Phrases: []string{"deal win"}, After: []string{"won", "win", "赢单"}},
		{Name: "deal.lose", Subject: crm.KindOpportunity, After: []string{"lost", "输单"}},
		{Name: "ticket.new", Phrases: []string{"ticket new", "新工单"}},
		{Name: "ticket.solve", Subject: crm.KindTicket, After: []string{"solve", "解决"}},
		{Name: "ticket.assign", Subject: crm.KindTicket, After: []string{"assign", "给"}},
		{Name: "plan", Phrases: []string{"plan", "计划"}, Subject: kinds[0]},
		{Name: "done", Subject: crm.KindActivity, Phrases: []string{"done", "完成"}},
		{Name: "today", Phrases: []string{"today", "今天"}},
		{Name: "find", Phrases: []string{"find", "查"}},
		{Name: "set", Subject: crm.KindContact, Phrases: []string{"set", "改"}},
		{Name: "pipeline", Phrases: []string{"pipeline", "漏斗"}},
		{Name: "history", Phrases: []string{"history", "变更记录"}, Subject: kinds[0]},
		{Name: "help", Phrases: []string{"help", "帮助"}},
		{Name: "undo", Phrases: []string{"undo", "撤销"}},
		{Name: "note", Phrases: []string{"note", "跟进"}, Subject: kinds[0]},
	}
	for _, kind := range kinds {
		specs = append(specs, Spec{Name: "note", Subject: kind, After: []string{"note", "跟进"}})
	}
	return NewMatcher(specs, map[crm.Kind][]string{
		crm.KindLead: {"lead", "线索"}, crm.KindContact: {"contact", "联系人"}, crm.KindAccount: {"account", "company", "客户"},
		crm.KindOpportunity: {"deal", "opportunity", "商机"}, crm.KindTicket: {"ticket", "工单"}, crm.KindActivity: {"plan", "activity", "计划"},
	})
}

// said is a Match as one line: name kind subject|subject name|rest.
func said(m Match, ok bool) string {
	if !ok {
		return ""
	}
	return strings.Join([]string{m.Name + string(m.Kind), m.Subject.String() + m.SubjectName, m.Rest}, "|")
}

func TestMatch(t *testing.T) {
	m := sample()
	for _, c := range []struct{ in, want string }{
		// The table of commands, in both languages.
		{"note LEAD-1: called, wants 20 t, visit Thu 3pm", "note|LEAD-1|called, wants 20 t, visit Thu 3pm"},
		{"note Zhang Wei: called", "note|Zhang Wei|called"},
		{"note Zhang called", "note|Zhang|called"},
		{"跟进 张伟 今天电话,要20吨,周四下午3点拜访", "note|张伟|今天电话,要20吨,周四下午3点拜访"},
		{"跟进　张伟　今天电话，要２０吨", "note|张伟|今天电话，要２０吨"},
		{"跟进张伟 今天电话", "note|张伟|今天电话"},
		{"跟进线索1 今天电话", "note|LEAD-1|今天电话"},
		{"跟进 张伟：已发样品", "note|张伟|已发样品"},
		{"跟进 张伟，今天电话", "note|张伟|今天电话"},
		{`note "Zhang Wei" called`, "note|Zhang Wei|called"},
		{"LEAD-1 note called", "note|LEAD-1|called"},
		{"lead new Zhang Wei company=Rongshi", "lead.new||Zhang Wei company=Rongshi"},
		{"Lead  New Zhang", "lead.new||Zhang"},
		{"/lead new Zhang", "lead.new||Zhang"},
		{"新线索 张伟 融氏 13800000000", "lead.new||张伟 融氏 13800000000"},
		{"新线索张伟", "lead.new||张伟"},
		{"新线索：张伟", "lead.new||张伟"},
		{"LEAD-1", "|LEAD-1|"},
		{"lead-1", "|LEAD-1|"},
		{"lead 1", "|LEAD-1|"},
		{"lead1", "|LEAD-1|"},
		{"ｌｅａｄ－１", "|LEAD-1|"},
		{"线索1", "|LEAD-1|"},
		{"线索 1", "|LEAD-1|"},
		{"线索１", "|LEAD-1|"},
		{"线索#1", "|LEAD-1|"},
		{"线索1。", "|LEAD-1|"},
		{"商机１", "|OPP-1|"},
		{"deal 7", "|OPP-7|"},
		{"计划3", "|ACT-3|"},
		{"联系人1", "|CON-1|"},
		{"客户12", "|ACC-12|"},
		{"tic11", "|TIC-11|"},
		{"my leads", "lead||"},
		{"My Leads?", "lead||"},
		{"leads", "lead||"},
		{"lead", "lead||"},
		{"我的线索", "lead||"},
		{"我的 线索", "lead||"},
		{"线索", "lead||"},
		{"线索！", "lead||"},
		{"my companies", "account||"},
		{"my opportunities", "opportunity||"},
		{"lead qualify LEAD-1", "lead.qualify|LEAD-1|"},
		{"lead convert LEAD-1", "lead.convert|LEAD-1|"},
		{"lead convert 线索1", "lead.convert|LEAD-1|"},
		{"lead lose LEAD-1 wrong number", "lead.lose|LEAD-1|wrong number"},
		{"lead assign LEAD-1 chen", "lead.assign|LEAD-1|chen"},
		{"lead convert Zhang", "lead.convert|Zhang|"},
		{"LEAD-1 convert", "lead.convert|LEAD-1|"},
		{"convert LEAD-1", "lead.convert|LEAD-1|"},
		{"线索1 转客户", "lead.convert|LEAD-1|"},
		{"线索1转客户", "lead.convert|LEAD-1|"},
		{"线索1 无效 空号", "lead.lose|LEAD-1|空号"},
		{"线索1 给 小陈", "lead.assign|LEAD-1|小陈"},
		{"线索1 给小陈", "lead.assign|LEAD-1|小陈"},
		{"线索1 转给小陈", "lead.assign|LEAD-1|小陈"},
		{"意向 线索1 A", "intent|LEAD-1|A"},
		{"intent LEAD-1 A", "intent|LEAD-1|A"},
		{"意向线索1 A", "intent|LEAD-1|A"},
		{"线索1 意向 A", "intent|LEAD-1|A"},
		{"deal stage OPP-1 proposal", "deal.stage|OPP-1|proposal"},
		{"OPP-1 won", "deal.win|OPP-1|"},
		{"opp-1 WON!", "deal.win|OPP-1|"},
		{"deal win OPP-1", "deal.win|OPP-1|"},
		{"OPP-1 lost price", "deal.lose|OPP-1|price"},
		{"商机1 到 报价", "deal.stage|OPP-1|报价"},
		{"商机1到报价", "deal.stage|OPP-1|报价"},
		{"商机1 28万", "|OPP-1|28万"},
		{"赢单 商机1", "deal.win|OPP-1|"},
		{"赢单商机1", "deal.win|OPP-1|"},
		{"输单 商机1 价格高", "deal.lose|OPP-1|价格高"},
		{"OPP-1: sent the offer", "|OPP-1|sent the offer"},
		{"ticket new Rongshi complaint: torn bags", "ticket.new||Rongshi complaint: torn bags"},
		{"新工单 融氏 投诉:到货破袋", "ticket.new||融氏 投诉:到货破袋"},
		{"工单1 给 小陈", "ticket.assign|TIC-1|小陈"},
		{"工单1 解决 已补发", "ticket.solve|TIC-1|已补发"},
		{"ticket solve TIC-1 sent again", "ticket.solve|TIC-1|sent again"},
		{"set CON-1 phone=13800000000", "set|CON-1|phone=13800000000"},
		{"改 联系人1 电话=13800000000", "set|CON-1|电话=13800000000"},
		{"改联系人1 电话=1", "set|CON-1|电话=1"},
		{"plan LEAD-1 tomorrow 15:00 call back", "plan|LEAD-1|tomorrow 15:00 call back"},
		{"计划 线索1 明天15点 回电", "plan|LEAD-1|明天15点 回电"},
		{"done ACT-3", "done|ACT-3|"},
		{"完成 计划3", "done|ACT-3|"},
		{"完成计划3", "done|ACT-3|"},
		{"today", "today||"},
		{"今天", "today||"},
		{"pipeline by owner", "pipeline||by owner"},
		{"漏斗 按负责人 本月", "pipeline||按负责人 本月"},
		{"history OPP-1", "history|OPP-1|"},
		{"变更记录 商机1", "history|OPP-1|"},
		{"find 张", "find||张"},
		{"查 张", "find||张"},
		{"help", "help||"},
		{"帮助！", "help||"},
		{"撤销", "undo||"},
		{"deal OPP-1 won", "deal.win|OPP-1|"},
		{"商机 OPP-1 赢单", "deal.win|OPP-1|"},
		{"lead OPP-1", ""},
		{"lead convert OPP-1", "lead.convert|OPP-1|"}, // of another kind: the command will say so
		// Sentences that only look like it.
		{"线索不错", ""},
		{"完成情况怎么样", ""},
		{"今天下午去拜访客户", ""},
		{"改天再说", ""},
		{"查一下库存", ""},
		{"客户说下周付款", ""},
		{"计划3点开会", ""},
		{"客户3个", ""},
		{"客户13800000000", ""},
		{"跟进情况如何", ""},
		{"新线索怎么分配？", ""},
		{"帮助我一下", ""},
		{"plans are made", ""},
		{"notebook", ""},
		{"leading edge", ""},
		{"lead 1.5 times", ""},
		{"lead 1,200", ""},
		{"lead 42nd", ""},
		{"hello", ""},
		{"", ""},
		{"  ", ""},
		{"!!!", ""},
		{"won", ""},
		{"OPP-0", ""},
		{"LEAD-", ""},
		{"做个计划", ""},
		{"helpful", ""},
		{"工单1 解决了吗", "|TIC-1|解决了吗"},
		{"LEAD-1 converted?", "|LEAD-1|converted?"},
		{"商机1 报价", "|OPP-1|报价"},
	} {
		if got := said(m.Match(c.in)); got != c.want {
			t.Errorf("Match(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMatchColon(t *testing.T) {
	m := sample()
	for in, want := range map[string]string{
		"张伟:已发样品": "|张伟|已发样品", "张伟：已发样品，周四回访": "|张伟|已发样品，周四回访", "Zhang Wei: sent samples": "|Zhang Wei|sent samples",
		"LEAD-1: called": "|LEAD-1|called", "线索1：打过电话": "|LEAD-1|打过电话",
		"15:00 开会": "", "https://x.cn": "", "a: ": "", ": b": "", "no colon": "", "今天电话，张伟说:好": "", "": "",
		strings.Repeat("很长的名字", 20) + ":好": "",
	} {
		if got := said(m.MatchColon(in)); got != want {
			t.Errorf("MatchColon(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRef(t *testing.T) {
	m := sample()
	for in, want := range map[string]string{
		"LEAD-42": "LEAD-42", "lead 42": "LEAD-42", "lead42": "LEAD-42", "线索 1": "LEAD-1", "商机１": "OPP-1", "ACT-3": "ACT-3", "user-2": "USER-2", "art 5": "ART-5", "工单＃3": "TIC-3",
		"LEAD-42 x": "", "LEAD": "", "42": "", "LEAD-0": "", "LEAD-9999999999": "", "XLEAD-1": "", "lead-1-2": "",
	} {
		got, ok := m.Ref(in)
		if got.String() != want || ok != (want != "") {
			t.Errorf("Ref(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestNearest(t *testing.T) {
	m := sample()
	for in, want := range map[string][]string{
		"leed new Zhang": {"lead new"}, "piepline by owner": {"pipeline"}, "hlep": {"help"}, "新線索 张伟": {"新线索"}, "漏头": {"漏斗"},
		"LEAD-1 convrt": {"LEAD-1 convert"}, "线索1 转客": {"LEAD-1 转客户"}, "xyzzy plugh": nil, "": nil, "变更纪录 商机1": {"变更记录"}, "明天10点": nil, "see you": nil, "Zhang Wei": nil,
	} {
		got := m.Nearest(in, 3)
		if len(got) > len(want) {
			got = got[:max(len(want), 1)]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Nearest(%q) (-want +got):\n%s", in, diff)
		}
	}
	if got := m.Nearest("leed", 0); got != nil {
		t.Errorf("asked for none, got %v", got)
	}
}

func TestBare(t *testing.T) {
	for in, want := range map[string]string{
		"谢谢！": "谢谢", " Hello!! ": "hello", "在吗？？": "在吗", "ＴＤ": "td", "STOP.": "stop", "Thank   you~": "thank you", "“你好”": "你好", "👌": "👌", "…": "",
	} {
		if got := Bare(in); got != want {
			t.Errorf("Bare(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		"线索１：张伟，（融氏）": "线索1:张伟,(融氏)", "ａｂｃ　Ｄ": "abc D", " a \t\n b ": "a b", "￥２８万": "¥28万", "a\u200bb\ufeff": "ab", "12—20": "12-20", "a\x00b": "a b",
	} {
		if got := Normal(in); got != want {
			t.Errorf("Normal(%q) = %q, want %q", in, got, want)
		}
	}
}
