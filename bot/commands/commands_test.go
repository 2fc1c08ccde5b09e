package commands_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/locale"
)

// has fails unless the text has all of the parts.
func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("no %q in:\n%s", p, text)
		}
	}
}

// hasNot fails if the text has one of the parts.
func hasNot(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			t.Errorf("%q in:\n%s", p, text)
		}
	}
}

// Whatever a command needs in order to be typed, asked for, shown and helped
// with is in every language.
func TestEveryCommandHasItsWords(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range catalog.Languages() {
		words := catalog.Words(lang)
		need := func(keys ...string) {
			t.Helper()
			if !slices.ContainsFunc(keys, words.Has) {
				t.Errorf("%s: none of %v", lang, keys)
			}
		}
		for _, c := range commands.All() {
			if !c.Hidden {
				need("command." + c.Name)
				need("help." + c.Name)
				need("usage." + c.Name)
			}
			if c.Subject != "" || len(c.Subjects) > 0 {
				need("ask."+c.Name+".subject", "ask.subject")
			}
			for _, a := range c.Args {
				if c.Hidden || a.Ours {
					continue
				}
				if c.Name == "set" { // what the rules refuse is asked for again
					need("ask."+c.Name+"."+a.Name, "ask."+a.Name)
				}
				if a.Need != bot.Optional || a.Type != bot.ArgWord && a.Type != bot.ArgText {
					need("ask."+c.Name+"."+a.Name, "ask."+a.Name)
				}
				if c.Confirm {
					need("field." + a.Name)
				}
				for _, choice := range a.Choices {
					need(a.Name + "." + choice)
				}
			}
		}
	}
}

// Two commands never share their words, unless what they are about differs.
func TestWordsMeanOneCommand(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	phrases, afters := map[string]string{}, map[string]string{}
	for _, c := range commands.All() {
		for _, p := range catalog.Every("command." + c.Name) {
			if other := phrases[strings.ToLower(p)]; other != "" {
				t.Errorf("%q is %s and %s", p, other, c.Name)
			}
			phrases[strings.ToLower(p)] = c.Name
		}
		kinds := c.Subjects
		if c.Subject != "" {
			kinds = append(kinds[:0:0], c.Subject)
		}
		for _, a := range catalog.Every("command." + c.Name + ".after") {
			for _, kind := range kinds {
				key := string(kind) + " " + strings.ToLower(a)
				if other := afters[key]; other != "" {
					t.Errorf("%q after a %s is %s and %s", a, kind, other, c.Name)
				}
				afters[key] = c.Name
			}
		}
	}
}

// The example that help shows is understood as it stands, whatever language
// the person reads.
func TestEveryExampleWorks(t *testing.T) {
	w := newWorld(t)
	w.talk(
		`boss> lead new Zhang Wei company=Rongshi phone=13800000000 need=syrup`, "boss> [Yes",
		`boss> deal new Rongshi 280k close=12-20`,
		`boss> ticket new Rongshi complaint: torn bags`,
		`boss> contact new Li Na phone=13700000000`,
		`boss> plan LEAD-1 tomorrow 15:00 call`,
		`boss> user add Wang Fang sales East`,
		`boss> article new "Open on Sunday?" Yes, from 9 to 12.`,
	)
	for _, lang := range w.catalog.Languages() {
		words := w.catalog.Words(lang)
		for _, c := range commands.All() {
			if c.Hidden {
				continue
			}
			line := words.Label("usage." + c.Name)
			answer := w.say("boss", line)
			hasNot(t, answer, "did not understand", "没明白", "没看懂", "don't know")
			if answer == "" {
				t.Errorf("%s: no answer to %q", c.Name, line)
			}
			w.say("boss", "cancel")
		}
	}
	if missed := w.catalog.Missed(); len(missed) > 0 {
		t.Errorf("words that are missing: %v", missed)
	}
}

func TestUndoButtonTakesBackItsOwnChangeOnly(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> deal new Rongshi 280k close=12-20", "li.wei> OPP-1 300k")
	first := w.people["li.wei"].reply
	w.say("li.wei", "OPP-1 proposal")
	has(t, w.pressOn("li.wei", first, "Undo"), "not your last change")
	has(t, w.say("li.wei", "OPP-1"), "¥300,000", "Proposal")
	has(t, w.say("li.wei", "undo"), "Undone")
	has(t, w.say("li.wei", "OPP-1"), "¥300,000", "Prospecting")
}

func TestUndoTakesBackTheWholeCommand(t *testing.T) {
	for _, test := range []struct {
		name, line string
		gone       []string
	}{
		{"deal with a new company", "deal new Rongshi 280k close=12-20", []string{"OPP-1", "ACC-1"}},
		{"ticket of a new company", "ticket new Rongshi complaint: torn bags", []string{"TIC-1", "ACC-1"}},
		{"contact at a new company", "contact new Li Na company=Rongshi phone=13700000000", []string{"CON-1", "ACC-1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			has(t, w.say("li.wei", test.line), test.gone[0])
			has(t, w.press("li.wei", "Undo"), "Undone")
			for _, ref := range test.gone {
				has(t, w.say("boss", ref), "can't find "+ref)
			}
		})
	}
	t.Run("conversion with its amount", func(t *testing.T) {
		w := newWorld(t)
		w.talk("li.wei> lead new Li Na phone=13700000000 need=syrup", "li.wei> [Yes", "li.wei> note LEAD-1 wants it for 28w", "li.wei> [Convert")
		has(t, w.say("li.wei", "OPP-1"), "¥280,000")
		w.say("li.wei", "undo")
		has(t, w.say("li.wei", "LEAD-1"), "working", "[Convert]")
		has(t, w.say("li.wei", "OPP-1"), "can't find")
	})
}

// Whoever gets something is told, never the one who gave it, and in his own
// language.
func TestOwnersAreTold(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> lead new Li Na phone=13700000000 need=syrup", "li.wei> [Yes")
	if told := w.notices(); told != "" {
		t.Errorf("told of his own lead:\n%s", told)
	}
	w.say("li.wei", "lead assign LEAD-1 chen.jie")
	has(t, w.notices(), "chen.jie:", "这条线索交给你了", "LEAD-1 Li Na")
	w.say("mei", "线索1 给 梅经理")
	if told := w.notices(); told != "" {
		t.Errorf("told of what she took herself:\n%s", told)
	}
}

// A notice that is no longer true when it is read says nothing.
func TestNoticesAreTrueOrSilent(t *testing.T) {
	for _, test := range []struct {
		name, notice string
		since        []string // what happened between the notice and its reading
		silent       bool
	}{
		{"plan is due", "notice.plan.due ACT-1", nil, false},
		{"plan was done", "notice.plan.due ACT-1", []string{"li.wei> done ACT-1"}, true},
		{"plan was moved", "notice.plan.due ACT-1", []string{"li.wei> ACT-1 move to Fri 10:00"}, true},
		{"lead is his", "notice.lead.assigned LEAD-1", nil, false},
		{"lead went on", "notice.lead.assigned LEAD-1", []string{"mei> lead assign LEAD-1 chen.jie"}, true},
		{"lead was lost", "notice.lead.new LEAD-1", []string{"li.wei> LEAD-1 lost no answer"}, true},
		{"deal was won", "notice.deal.assigned OPP-1", []string{"li.wei> OPP-1 won"}, true},
		{"ticket is not his", "notice.ticket.new TIC-1", nil, true},
		{"record is gone", "notice.lead.new LEAD-9", nil, true},
		{"nobody asks", "notice.access.asked platform=test install=staff sender=ghost", nil, true},
		{"he is in", "notice.access.asked platform=test install=staff sender=ana", nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.talk("li.wei> lead new Li Na phone=13700000000 need=syrup", "li.wei> [Yes", "li.wei> plan LEAD-1 today 15:00 call",
				"li.wei> deal new Rongshi 280k close=12-20", "ana> ticket new Rongshi complaint: torn bags")
			w.now = w.now.Add(time.Hour)
			w.talk(test.since...)
			w.told = []bot.Tell{{User: w.people["li.wei"].user.ID, Line: test.notice}}
			if told := w.notices(); (told == "") != test.silent {
				t.Errorf("silent is %v:\n%s", told == "", told)
			}
		})
	}
}

func TestPlanIsPostponedFromTheDayItIsPressed(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> lead new Li Na phone=13700000000 need=syrup", "li.wei> [Yes", "li.wei> plan LEAD-1 today 15:00 call")
	w.told = []bot.Tell{{User: w.people["li.wei"].user.ID, Line: "notice.plan.due ACT-1"}}
	w.now = w.now.AddDate(0, 0, 3)
	has(t, w.notices(), "It is time", "137 0000 0000")
	has(t, w.press("li.wei", "Tomorrow"), "tomorrow 15:00")
}

// The role decides, also where a button or a reference leads there.
func TestRoles(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> lead new Li Na phone=13700000000 need=syrup", "li.wei> [Yes", "li.wei> deal new Rongshi 280k close=12-20")
	for who, lines := range map[string][]string{
		"ana": {"pipeline", "lead new X", "deal new X", "LEAD-1", "OPP-1 won", "my deals", "user add X sales", "user off li.wei"},
		"mei": {"员工 添加 王芳 销售", "员工 停用 李伟", "员工 角色 李伟 经理", "员工 团队 李伟 华南", "员工 绑定码 李伟"},
	} {
		for _, line := range lines {
			has(t, w.say(who, line), map[string]string{"ana": "not allowed", "mei": "没有这个权限"}[who])
		}
	}
	has(t, w.say("chen.jie", "商机1"), "没有找到 OPP-1")
	has(t, w.say("chen.jie", "查 Li"), "没有查到")
	has(t, w.say("mei", "商机1"), "OPP-1 Rongshi")
}

func TestListsShowEightAndGoOn(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.talk(fmt.Sprintf("li.wei> lead new P%02d phone=1380000%04d need=syrup", i, i), "li.wei> [Yes")
	}
	first := w.say("li.wei", "my leads")
	has(t, first, "20** open leads", "P19", "P12", "[12 more]")
	hasNot(t, first, "P11")
	second := w.press("li.wei", "12 more")
	has(t, second, "P11", "P04", "[4 more]")
	third := w.press("li.wei", "4 more")
	has(t, third, "P03", "P00")
	hasNot(t, third, "more]")
}

// What a person is called never becomes markup.
func TestNamesAreNoMarkup(t *testing.T) {
	w := newWorld(t)
	w.talk(`li.wei> lead new "*bo_ss* [x](http://evil)" phone=13700000000 need=syrup`, "li.wei> [Yes")
	has(t, w.people["li.wei"].reply.Text, `\*bo\_ss\* \[x\]`)
	has(t, w.say("li.wei", "my leads"), `\*bo\_ss\*`)
	w.say("li.wei", "LEAD-1")
	if title := w.people["li.wei"].reply.Cards[0].Title; !strings.Contains(title, "*bo_ss* [x](http://evil)") {
		t.Errorf("the title of a card is plain: %q", title)
	}
}

// A secret is for the asker alone.
func TestCodesArePrivate(t *testing.T) {
	w := newWorld(t)
	has(t, w.say("boss", "user add Wang Fang sales East"), "(only you)", "link ")
	has(t, w.say("boss", "user code wang.fang"), "(only you)", "link ")
}

// Guessing is counted although every guess is refused.
func TestFiveWrongCodesAreTheLast(t *testing.T) {
	w := newWorld(t)
	said := w.say("boss", "user code chen.jie")
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(said)
	if code == "" {
		t.Fatalf("no code in %q", said)
	}
	refused := ""
	for range 5 {
		refused = w.say("ana", "link AAAA-AAAA")
	}
	has(t, w.say("ana", "link "+code), "Too many wrong codes")
	if said := w.say("li.wei", "link "+code); said == refused {
		t.Errorf("somebody who did not guess is refused: %q", said)
	}
}
