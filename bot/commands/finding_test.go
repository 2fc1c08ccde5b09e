package commands_test

import (
	"strings"
	"testing"

	"crmbot/bot"
)

// What was typed and what has to be in the answer, in a company with two 王磊,
// one Rongshi Foods, a lead and a deal.
func TestWhatPeopleType(t *testing.T) {
	for name, lines := range map[string][][2]string{
		"a company that is known is not made again": {
			{`contact new Bob Lee company=Rongshi phone=13800000055`, "Bob Lee · Rongshi Foods"},
			{`新联系人 王强 Rongshi 13900000001`, "Rongshi Foods"},
			{`deal new Rongshi 280k close=12-20`, "OPP-2 Rongshi Foods"},
			{`ticket new Rongshi complaint: torn bags`, "TIC-1 torn bags"},
		},
		"a new company is told of": {
			{`新商机 新公司甲 5万 12-20`, "New company: **ACC-3 新公司甲**"},
			{`contact new Bob company=Nova phone=13800000056`, "New company: **ACC-4 Nova**"},
		},
		"two contacts of a name are asked for": {
			{`新商机 王磊 28万 12-20`, "[New: 王磊] [Cancel]"},
			{`TIC-9`, "Which one?"},
			{`客户说下周付款`, "Which one?"},
			{`1`, "¥280,000"},
		},
		"a number picks": {
			{`跟进 王磊 今天电话`, "Which one?"},
			{`某某某`, "王磊 ·"},
			{`9`, "Which one?"},
			{`2`, "Noted on **CON-"},
		},
		"cancel ends a pick": {
			{`新商机 王磊 28万 12-20`, "[Cancel]"}, {`取消`, "Cancelled"},
		},
		"a reference is shown while a form is open": {
			{`deal stage OPP-1`, "Which stage?"}, {`LEAD-1`, "| LEAD-1"}, {`线索1`, "Which stage?"}, {`报价`, "Proposal"},
		},
		"a confirm card waits": {
			{`lead new Bo Li phone=13700000009 need=x`, "| New lead"},
			{`线索1`, "| Still open: New lead Bo Li"},
			{`abc`, "phone=138"},
			{`yes`, "LEAD-2 Bo Li"},
		},
		"references are found":    {{`find 线索1`, "| LEAD-1"}, {`查 商机1`, "| OPP-1"}, {`查Zhang Wei`, "LEAD-1"}, {`查王磊`, "CON-"}, {`找王磊`, "CON-"}},
		"names sound":             {{`find wanglei`, "王磊"}, {`find Wang`, "王磊"}},
		"a reference and colon":   {{`商机1：30万`, "is worth ¥300,000"}, {`商机1：已发样品`, "Noted on **OPP-1"}},
		"an unknown name":         {{`lead new name=Bob company=Acme need=x foo=bar`, "I don't know “foo”"}, {`set CON-1 foo=bar`, "I don't know “foo” here. You can give: name"}},
		"a long number":           {{`lead new “Ann Lee” company=“Acme Foods” phone=+1 415 555 0100`, "What do they need"}},
		"what set refuses":        {{`set CON-1 email=bad`, "The e-mail address?"}},
		"help by topic":           {{`help plan`, "`done ACT-3`"}, {`帮助 计划`, "`today`"}, {`help contact`, "`set CON-1"}, {`help pipelin`, "[pipeline]"}},
		"periods":                 {{`pipeline 2026Q5`, "the period “2026Q5”"}, {`漏斗 按地区`, "sum by “按地区”"}, {`本季度漏斗`, "Pipeline by stage, 本季度"}, {`LEAD-1`, "| LEAD-1"}, {`how is the pipeline?`, "[pipeline]"}},
		"courtesies":              {{`hello`, "Hello!"}, {`thanks`, "welcome"}, {`?`, "what you can type"}},
		"reminders":               {{`remind me tomorrow 9am call Zhang Wei`, "tomorrow 09:00: call Zhang Wei"}, {`提醒我明天9点给王磊打电话`, "Which one?"}, {`1`, "给王磊打电话"}, {`remind me tomorrow 9am pay the rent`, "Who or what"}},
		"a name and no colon":     {{`王磊 今天电话没人接`, "[Note on 王磊]"}},
		"stages and ways back":    {{`OPP-1 quote`, "is at Proposal"}, {`OPP-1 won`, "won"}, {`商机1 重开`, "is at Proposal"}, {`OPP-1 reopen`, "is open"}, {`历史 商机1`, "What happened"}, {`线索1 转 客户`, "is now deal"}},
		"long notes":              {{`note LEAD-1: ` + strings.Repeat("word ", 500), "Noted on"}},
		"hundreds of words":       {{`LEAD-1 convert ` + strings.Repeat("word ", 500), "more than 300 words"}},
		"what is past":            {{`plan LEAD-1 yesterday call`, "has passed"}, {`cancel`, "Cancelled"}, {`deal close OPP-1 yesterday`, "is past"}, {`cancel`, "Cancelled"}, {`OPP-1 amount 0`, "zero"}},
		"a card, then a question": {{`lead new`, "What is the name?"}, {`me`, "| What is the name?"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := busyWorld(t)
			for _, x := range lines {
				has(t, w.say("li.wei", x[0]), x[1])
			}
		})
	}
}

// busyWorld has two people of one name at two companies, a lead and a deal.
func busyWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.talk("li.wei> account new Rongshi Foods", "li.wei> account new Green Farm",
		"li.wei> contact new 王磊 company=Rongshi phone=13800000011", "li.wei> contact new 王磊 company=Green phone=13800000012",
		"li.wei> lead new Zhang Wei phone=13800000000 need=syrup", "li.wei> [Yes", "li.wei> deal new ACC-2 100k close=12-20")
	return w
}

func TestPeopleFindings(t *testing.T) {
	w := newWorld(t)
	w.talk(`boss> user add 王小虎 销售`, "boss> skip")
	has(t, w.say("boss", "user team wang.xiaohu 华北"), "no team “华北”", "[East]", "[New: 华北]", "[Cancel]")
	has(t, w.press("boss", "New: 华北"), "in team 华北")
	has(t, w.say("boss", "员工 添加 王小虎 销售 east"), "wang.xiaohu2", "team East", "another 王小虎 already: wang.xiaohu")
	w.hire("admin", "孙宁", "admin", "", "en")
	has(t, w.say("boss", "user role admin sales"), "孙宁 now has the role sales")
	w.talk("boss> user off li.wei", "boss> [Yes")
	has(t, w.say("boss", "undo"), "user on")
	has(t, w.say("boss", "user on li.wei"), "is back as sales", "link ")
	has(t, w.say("boss", "user on li.wei"), "works here already")
}

// Where nobody has a team yet the first one is made at once.
func TestTheFirstTeam(t *testing.T) {
	w := newWorld(t)
	has(t, w.say("boss", "user add Wang Fang sales East"), "team East")
}

// Whoever's words have not reached a customer is told why, in words of his own.
func TestUnsentIsExplained(t *testing.T) {
	w := newWorld(t)
	ref := w.people["li.wei"].conversation.Ref().String()
	seen := map[string]string{}
	for _, why := range []string{
		"waits", "nudged", "window_closed", "recipient_gone", "bad_content", "unauthorized", "ambiguous", "expired", "transient", "stale",
		bot.WhyDesk, bot.WhyEnded, bot.WhyLimit, bot.WhyNoNotices, bot.WhyNoConsent, bot.WhyNotNoticed,
	} {
		for _, handle := range []string{"li.wei", "chen.jie"} {
			text := w.handle(handle, bot.Inbound{Kind: bot.KindSystem, Action: "notice.unsent " + ref + " " + why})
			if text == "" || strings.Contains(text, "unsent.") || strings.Contains(text, "{") {
				t.Errorf("%s: %q", why, text)
			}
			if before := seen[text]; before != "" && before != "transient" {
				t.Errorf("%s is told as %s", why, before)
			}
			seen[text] = why
		}
	}
	if text := w.handle("li.wei", bot.Inbound{Kind: bot.KindSystem, Action: "notice.unsent CONV-999 waits"}); text != "" {
		t.Errorf("of no conversation: %q", text)
	}
}
