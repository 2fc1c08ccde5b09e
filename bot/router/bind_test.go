package router

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/crm"
)

type nothing struct{}

func (nothing) Find(context.Context, knowledge.Question) (knowledge.Answer, error) {
	return knowledge.Answer{}, nil
}

// staffTurn is a router over real commands and somebody who may use them all.
func staffTurn(t testing.TB) (*Router, *turn) {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CST", 8*3600)
	company := &bot.Company{
		Zone: zone, Currency: "CNY", Country: "CN", Stages: crm.DefaultStages(),
		Sources: []bot.Source{{Name: "baidu", Words: []string{"百度"}}, {Name: "expo", Words: []string{"展会"}}},
	}
	r, err := New(Options{Commands: commands.All(), Knowledge: nothing{}, Catalog: catalog, Company: company, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	user := &crm.User{ID: 1, Name: "李伟", Role: crm.RoleAdmin, Active: true}
	return r, &turn{Request: &bot.Request{
		Inbound: &bot.Inbound{Kind: bot.KindText, Direct: true}, User: user, Actor: user.Actor(),
		Session: &bot.Session{}, Words: catalog.Words("en"), Company: company,
		Now: time.Date(2026, 11, 19, 10, 0, 0, 0, zone),
	}}
}

// general is a command without a rule of its own, to see the general one.
func general(args ...bot.Arg) *bot.Command { return &bot.Command{Name: "general", Args: args} }

var (
	name    = bot.Arg{Name: "name", Type: bot.ArgWord}
	company = bot.Arg{Name: "company", Type: bot.ArgWord}
	phone   = bot.Arg{Name: "phone", Type: bot.ArgPhone}
	need    = bot.Arg{Name: "need", Type: bot.ArgText}
	source  = bot.Arg{Name: "source", Type: bot.ArgSource}
	amount  = bot.Arg{Name: "amount", Type: bot.ArgMoney}
	closing = bot.Arg{Name: "close", Type: bot.ArgDay}
	at      = bot.Arg{Name: "at", Type: bot.ArgMoment}
	text    = bot.Arg{Name: "text", Type: bot.ArgText}
	stage   = bot.Arg{Name: "stage", Type: bot.ArgStage}
	level   = bot.Arg{Name: "intent", Type: bot.ArgIntent}
	page    = bot.Arg{Name: "page", Type: bot.ArgWord, Keyed: true}
)

// TestGeneralRule: by name, by shape, by position.
func TestGeneralRule(t *testing.T) {
	t.Parallel()
	r, turn := staffTurn(t)
	lead := general(name, company, phone, need, source)
	deal := general(company, amount, closing)
	for _, x := range []struct {
		command *bot.Command
		line    string
		want    map[string]string
	}{
		{
			lead, `Zhang Wei company=Rongshi phone=13800000000 need="20 t maltose syrup" source=baidu`,
			map[string]string{"name": "Zhang Wei", "company": "Rongshi", "phone": "13800000000", "need": "20 t maltose syrup", "source": "baidu"},
		},
		{
			lead, `zhang wei company=Rongshi phone=13800000000 need=x source=baidu`,
			map[string]string{"name": "zhang wei", "company": "Rongshi", "phone": "13800000000", "need": "x", "source": "baidu"},
		},
		{
			lead, `张伟 融氏 13800000000 麦芽糖浆20吨 百度`,
			map[string]string{"name": "张伟", "company": "融氏", "phone": "13800000000", "need": "麦芽糖浆20吨", "source": "百度"},
		},
		{
			lead, `张伟 13800000000 融氏 百度 麦芽糖浆 20吨`,
			map[string]string{"name": "张伟", "company": "融氏", "phone": "13800000000", "need": "麦芽糖浆 20吨", "source": "百度"},
		},
		{
			lead, `"Green Farm" 公司=绿源 电话=13900000000`,
			map[string]string{"name": "Green Farm", "company": "绿源", "phone": "13900000000"},
		},
		{lead, ``, nil},
		{deal, `融氏 28万 12月20日`, map[string]string{"company": "融氏", "amount": "28万", "close": "12月20日"}},
		{deal, `融氏 预计12月20日 28万`, map[string]string{"company": "融氏", "amount": "28万", "close": "预计12月20日"}},
		{deal, `Green Farm Foods 280k close=12-20`, map[string]string{"company": "Green Farm Foods", "amount": "280k", "close": "12-20"}},
		{general(at, text), `tomorrow 15:00 call back`, map[string]string{"at": "tomorrow 15:00", "text": "call back"}},
		{general(at, text), `明天15点 回电`, map[string]string{"at": "明天15点", "text": "回电"}},
		{general(at, text), `Thu 3pm visit, bring samples`, map[string]string{"at": "Thu 3pm", "text": "visit, bring samples"}},
		{general(stage), `报价`, map[string]string{"stage": "报价"}},
		{general(level), `A`, map[string]string{"intent": "A"}},
		{general(amount), `abc`, map[string]string{"amount": "abc"}}, // kept, to be explained
		{general(name, page), `Zhang page=2`, map[string]string{"name": "Zhang", "page": "2"}},
		{general(page), `2`, nil},
		{general(text), `a=b c = d "e`, map[string]string{"text": `a=b c = d "e`}},
		{general(text), `what  is   this`, map[string]string{"text": "what  is   this"}},
	} {
		have := r.exactly(turn, x.command, x.line).values
		if diff := cmp.Diff(x.want, have); diff != "" {
			t.Errorf("%q (-want +have):\n%s", x.line, diff)
		}
	}
}

// TestTyped: which command a line of the table in the manual is, and its
// record.
func TestTyped(t *testing.T) {
	t.Parallel()
	r, turn := staffTurn(t)
	for _, x := range []struct{ line, command, subject string }{
		{"LEAD-1", "lead.show", "LEAD-1"},
		{"线索1", "lead.show", "LEAD-1"},
		{"my leads", "lead.mine", ""},
		{"我的线索", "lead.mine", ""},
		{"leads", "lead.mine", ""},
		{"lead convert LEAD-1", "lead.convert", "LEAD-1"},
		{"线索1 转客户", "lead.convert", "LEAD-1"},
		{"线索1 无效 空号", "lead.lose", "LEAD-1"},
		{"线索1 给 小陈", "lead.assign", "LEAD-1"},
		{"意向 线索1 A", "lead.intent", "LEAD-1"},
		{"intent LEAD-1 A", "lead.intent", "LEAD-1"},
		{"线索1 A", "lead.intent", "LEAD-1"},
		{"OPP-1 won", "opportunity.won", "OPP-1"},
		{"deal win OPP-1", "opportunity.won", "OPP-1"},
		{"OPP-1 lost price", "opportunity.lost", "OPP-1"},
		{"商机1 到 报价", "opportunity.stage", "OPP-1"},
		{"商机1 28万", "opportunity.amount", "OPP-1"},
		{"OPP-1 280k", "opportunity.amount", "OPP-1"},
		{"赢单 商机1", "opportunity.won", "OPP-1"},
		{"输单 商机1 价格高", "opportunity.lost", "OPP-1"},
		{"新工单 融氏 投诉:到货破袋", "ticket.new", ""},
		{"工单1 解决 已补发", "ticket.solve", "TIC-1"},
		{"set CON-1 phone=1", "set", "CON-1"},
		{"改 联系人1 电话=1", "set", "CON-1"},
		{"done ACT-3", "done", "ACT-3"},
		{"完成 计划3", "done", "ACT-3"},
		{"today", "today", ""},
		{"今天", "today", ""},
		{"pipeline by owner", "pipeline", ""},
		{"漏斗 按负责人 本月", "pipeline", ""},
		{"history OPP-1", "history", "OPP-1"},
		{"变更记录 商机1", "history", "OPP-1"},
		{"find 张", "find", ""},
		{"查 张", "find", ""},
		{"note LEAD-1: called", "note", "LEAD-1"},
		{"跟进 张伟 今天电话", "note", "张伟"},
		{"note Zhang Wei called", "note", "Zhang Wei"},
		{"plan LEAD-1 tomorrow 15:00 call", "plan", "LEAD-1"},
		{"计划 线索1 明天15点 回电", "plan", "LEAD-1"},
		{"undo", "undo", ""},
		{"撤销", "undo", ""},
		{"/help", "help", ""},
		{"帮助", "help", ""},
		{"HELP", "help", ""},
		{"link 7F3K-9QXA", "link", ""},
		{"绑定 7F3K-9QXA", "link", ""},
		{"user add Wang Fang sales", "user.add", ""},
		{"员工 添加 王芳 销售", "user.add", ""},
	} {
		c, ok := r.typed(turn, x.line)
		if !ok {
			t.Errorf("%q is no command", x.line)
			continue
		}
		if c.command.Name != x.command || c.values[subject] != x.subject {
			t.Errorf("%q is %s of %q, want %s of %q", x.line, c.command.Name, c.values[subject], x.command, x.subject)
		}
	}
	for _, line := range []string{"", "好的", "noteworthy", "what is a lead", "LEAD-0", "线索", "OPP-1 abc", "客户说下周付款", "今天天气不错"} {
		if c, ok := r.typed(turn, line); ok && line != "线索" {
			t.Errorf("%q is %s, want no command", line, c.command.Name)
		}
	}
}

// TestLinesOfText: a note keeps its line breaks.
func TestLinesOfText(t *testing.T) {
	t.Parallel()
	r, turn := staffTurn(t)
	c, ok := r.typed(turn, "note LEAD-1: called\n\n- wants 20 t\n- visit")
	if want := "called\n\n- wants 20 t\n- visit"; !ok || c.text != want {
		t.Errorf("text is %q, want %q", c.text, want)
	}
}

// TestLine: a line of ours is read back as what was written, whatever is in it.
func TestLine(t *testing.T) {
	t.Parallel()
	r, turn := staffTurn(t)
	for _, value := range []string{
		"plain", "two words", "张伟:已发样品", "a=b", "it's", "“quoted”", "「引」", "comma, colon: semicolon;", "多行\n文字", "  ", "-", "LEAD-2", "😀",
	} {
		c := &call{command: r.commands["lead.lose"], values: map[string]string{subject: "LEAD-1", "reason": value}}
		name, rest, _ := strings.Cut(c.line(), " ")
		have := r.exactly(turn, r.commands[name], rest)
		if have.values[subject] != "LEAD-1" || have.values["reason"] != strings.TrimSpace(value) {
			t.Errorf("%q comes back as %q of %q by %s", value, have.values["reason"], have.values[subject], c.line())
		}
	}
}

// FuzzTyped: whatever is typed, nothing panics, and what is bound has been
// typed.
func FuzzTyped(f *testing.F) {
	r, turn := staffTurn(f)
	for _, s := range []string{"lead new Zhang Wei phone=1", "线索1 给 小陈", "note \"", "OPP-1 =", "plan LEAD-1 : :", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, ok := r.typed(turn, line)
		if !ok {
			return
		}
		for name, v := range c.values {
			if len(v) > len(line)+20 {
				t.Errorf("%q: %s is %q", line, name, v)
			}
		}
	})
}
