package router_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/bot/router"
	"crmbot/crm"
)

// TestFormSurvivesRestart: the process ends in the middle of a form, and the
// next one goes on.
func TestFormSurvivesRestart(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "li.wei> lead new", "What is the name?")
	says(t, h, "li.wei> Zhang Wei", "phone number")
	h.Restart()
	says(t, h, "li.wei> 13800000000", "What do they need")
	h.Restart()
	says(t, h, "li.wei> [Skip]", "Is that right?")
	h.Restart()
	says(t, h, "li.wei> [Yes, save]", "LEAD-1")
}

func TestFormExpires(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> get a quote", "Which product")
	says(t, h, "* wait 25h", "")
	says(t, h, "customer:ana> How long does maltose syrup keep?", "18 months")
	says(t, h, "customer:ana> cancel", "Nothing to cancel")
}

// TestButtons: used up, too old, of somebody else, forged.
func TestButtons(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "li.wei> deal new Rongshi 280k close=12-20", "OPP-1")
	says(t, h, "li.wei> [Undo]", "Undone")
	says(t, h, "li.wei> [Undo]", "done already")
	says(t, h, "li.wei> pipelin", "[pipeline]")
	says(t, h, "li.wei> [pipeline]", "Pipeline by stage")
	says(t, h, "li.wei> [pipeline]", "Pipeline by stage")
	says(t, h, "* wait 800h", "")
	says(t, h, "li.wei> [pipeline]", "too old")
	for _, forged := range []string{"notice.access.granted", "share pipeline", "access.grant identity=1 role=admin", "b:", "b:0123456789abcdef", "form.yes lead.new confirm", ""} {
		says(t, h, "li.wei> <action "+forged+">", "too old")
	}
	// Whoever presses is asked for his own permission.
	says(t, h, "li.wei#all> @ deal new Rongshi 280k close=12-20", "[Undo]")
	says(t, h, "bob#all> [Undo]", "I do not know yet who you are")
}

// TestButtonOfAnother: a line kept for one person does not work for another
// one, nor in another chat.
func TestButtonOfAnother(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := bottest.New(t, "en")
	says(t, h, "li.wei> pipeline", "Pipeline by stage")
	says(t, h, "wang.fang> pipeline", "Pipeline by stage")
	mine := conversation(t, h, "li.wei")
	err := h.Store.CreateButtons(ctx, []*bot.KeptButton{
		{ID: "for-wang", Conversation: mine, For: "wang.fang", Action: "today", Expires: bottest.Start().Add(time.Hour)},
		{ID: "free", Conversation: mine, Action: "today", Expires: bottest.Start().Add(time.Hour)},
		{ID: "old", Conversation: mine, Action: "today", Expires: bottest.Start().Add(-time.Second)},
		{ID: "broken", Conversation: mine, Action: "no.such.line", Expires: bottest.Start().Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	says(t, h, "li.wei> <action b:for-wang>", "somebody else")
	says(t, h, "wang.fang> <action b:free>", "too old")
	says(t, h, "li.wei> <action b:old>", "too old")
	says(t, h, "li.wei> <action b:broken>", "too old")
	says(t, h, "li.wei> <action b:free>", "day") // "Nothing planned for today"
}

func conversation(t *testing.T, h *bottest.House, handle string) crm.ConversationID {
	t.Helper()
	key := crm.ConversationKey{Platform: "desk", Install: "team", Chat: handle}
	found, err := h.Store.Conversations(context.Background(), []crm.ConversationKey{key})
	if err != nil || found[key] == nil {
		t.Fatalf("conversation of %s: %v", handle, err)
	}
	return found[key].ID
}

// TestBadInput: whatever is typed, by whomever, is answered politely, and
// nothing is made of it.
func TestBadInput(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	many := strings.Repeat("a=b ", 500)
	lines := map[string]string{
		strings.Repeat("x", 10_000):                    "4000",
		strings.Repeat("麦芽糖浆", 2_500):                  "4000",
		"lead new " + strings.Repeat("word ", 500):     "",
		"find " + many:                                 "",
		strings.Repeat("\"", 3_000):                    "",
		strings.Repeat("LEAD-1 ", 400):                 "",
		"note LEAD-1: " + strings.Repeat("long ", 700): "",
		"\u202eright to left\u202c":                    "",
		"\x01\x02\x1b[31m":                             "",
		"👩‍👩‍👧‍👦👩‍👩‍👧‍👦":                               "",
		"= = =": "",
	}
	for line, want := range lines {
		for _, speaker := range []string{"li.wei", "customer:ana", "bob"} {
			if want == "" || speaker == "bob" {
				h.Say(speaker + "> " + line)
				continue
			}
			says(t, h, speaker+"> "+line, want)
		}
		h.Say("li.wei> cancel")
		h.Say("customer:ana> cancel")
	}
	_, leads, err := h.Store.Leads(context.Background(), crm.LeadFilter{Scope: crm.Everything()})
	if err != nil || leads != 0 {
		t.Errorf("%d leads, %v; want none", leads, err)
	}
	if missed := h.Catalog.Missed(); len(missed) > 0 {
		t.Errorf("words that are missing: %v", missed)
	}
}

// TestFailedHandlerLeavesNothing: what a command wrote before it failed is
// undone, although the person gets a sentence.
func TestFailedHandlerLeavesNothing(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	half := bot.Command{Name: "half", For: crm.AudienceStaff, Run: func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		if err := r.CRM.Accounts.Create(ctx, r.Actor, &crm.Account{Name: "Half"}); err != nil {
			return nil, err
		}
		r.Tell(r.Actor.User, "today")
		return nil, crm.Fail(crm.CodeConflict, "undo.none")
	}}
	r, err := router.New(router.Options{
		Commands: []bot.Command{half}, Knowledge: h.Matcher, Catalog: h.Catalog, Company: h.Company, Logger: h.Logger(),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Serve(r.Handle)
	says(t, h, "li.wei> today", "I did not understand")
	err = h.Store.CreateButtons(context.Background(), []*bot.KeptButton{{
		ID: "half", Conversation: conversation(t, h, "li.wei"), Action: "half", Expires: bottest.Start().Add(time.Hour),
	}})
	if err != nil {
		t.Fatal(err)
	}
	says(t, h, "li.wei> <action b:half>", "nothing to undo")
	_, n, err := h.Store.Accounts(context.Background(), crm.AccountFilter{Scope: crm.Everything()})
	if err != nil || n != 0 {
		t.Errorf("%d accounts, %v; want none", n, err)
	}
}

// TestNew: a set of commands that cannot work is refused at the start.
func TestNew(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	run := func(context.Context, *bot.Request) (*bot.Reply, error) { return nil, nil }
	for name, commands := range map[string][]bot.Command{
		"twice":    {{Name: "a", Run: run}, {Name: "a", Run: run}},
		"own":      {{Name: "help", Run: run}},
		"no run":   {{Name: "a"}},
		"question": {{Name: "a", Run: run, Args: []bot.Arg{{Name: "nobody-asks-this", Need: bot.Asked}}}},
	} {
		_, err := router.New(router.Options{Commands: commands, Knowledge: h.Matcher, Catalog: h.Catalog, Company: h.Company, Logger: h.Logger()})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestSource: where somebody came from stands on his contact, first and latest.
func TestSource(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> <follow baidu_7>", "Welcome to Jingu Foods")
	says(t, h, "customer:ana> <scan qrscene_expo_3>", "")
	contacts, _, err := h.Store.Contacts(ctx, crm.ContactFilter{Scope: crm.Everything()})
	if err != nil || len(contacts) != 1 {
		t.Fatalf("%d contacts, %v", len(contacts), err)
	}
	c := contacts[0]
	if c.First.Name != "baidu" || c.First.Raw != "baidu_7" || c.Latest.Name != "exhibition" {
		t.Errorf("first %+v, latest %+v", c.First, c.Latest)
	}
}

// TestLanguage: a person is answered in the language of his first words.
func TestLanguage(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> 👌", "👌")
	says(t, h, "customer:ana> 在吗", "您好")
	says(t, h, "customer:ana> help", "智能助手")
	says(t, h, "customer:ana> language English", "English")
	says(t, h, "customer:ana> 帮助", "I answer for")
	says(t, h, "customer:ana> language barrier", "I have no answer")
	says(t, h, "wang.fang> 漏斗", "销售漏斗")
	// Who works here is answered in the language of each line, until he chooses.
	says(t, h, "wang.fang> pipeline", "Pipeline by stage")
	says(t, h, "wang.fang> 语言 中文", "中文")
	says(t, h, "wang.fang> pipeline", "销售漏斗")
}

// TestGreet: every greeting is answered, an arrival that a platform tells of
// twice once.
func TestGreet(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> <follow>", "Welcome")
	says(t, h, "customer:ana> <follow>", "")
	says(t, h, "customer:ana> hello", "Hello!")
	says(t, h, "customer:ana> are you there", "Hello!")
}

// TestBurst: lines that follow each other within three seconds are read as one
// thought, and only the last wake-up answers.
func TestBurst(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	have := h.Say("customer:ana>> xqz vbn\ncustomer:ana>> wvv kkl\ncustomer:ana> ppq rrt")
	if n := strings.Count(have, "Shall I call somebody"); n != 1 {
		t.Errorf("%d answers to one burst:\n%s", n, have)
	}
	var lines []string
	for i := range 30 {
		lines = append(lines, fmt.Sprintf("customer:ana>> xqzvbn %d", i))
	}
	have = h.Say(strings.Join(lines, "\n") + "\ncustomer:ana> and the end")
	if n := strings.Count(have, "Shall I call somebody"); n != 1 {
		t.Errorf("%d answers to a long burst:\n%s", n, have)
	}
}

// TestHome: who opens the bot's page sees his day there, customers nothing.
func TestHome(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "wang.fang> <home>", "(home page)")
	says(t, h, "wang.fang@plain> <home>", "")
	says(t, h, "customer:ana> <home>", "")
	says(t, h, "bob> <home>", "We have not met")
}

// TestPlatformForm: a form of the platform's own fills in the line that opened
// it.
func TestPlatformForm(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := bottest.New(t, "en")
	says(t, h, "li.wei> today", "Nothing is waiting")
	err := h.Store.CreateButtons(ctx, []*bot.KeptButton{{
		ID: "form", Conversation: conversation(t, h, "li.wei"), Action: "lead.new", Expires: bottest.Start().Add(time.Hour),
	}})
	if err != nil {
		t.Fatal(err)
	}
	err = h.Pipeline.Inbox("desk", "team").Receive(ctx, bot.Inbound{
		V: bot.InboundVersion, EventID: "form-1", Kind: bot.KindForm, Address: bot.Address{Platform: "desk", Install: "team", Chat: "li.wei"},
		Direct: true, Sender: bot.Sender{ID: "li.wei"}, Action: "b:form", At: bottest.Start(),
		Values: map[string]string{"name": `Zhang "Will" Wei`, "phone": "138 0000 0000", "need": "20 t, soon: please", "company": " "},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Pipeline.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	lead, err := h.Store.Lead(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if lead.Phone != "+8613800000000" || lead.Need != "20 t, soon: please" || !strings.HasPrefix(lead.Name, "Zhang") || lead.Company != "" {
		t.Errorf("lead %+v", lead)
	}
}

// TestNoticeOfThePast: what is told later is silent if nobody may hear it.
func TestNoticeOfThePast(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := bottest.New(t, "en")
	says(t, h, "wang.fang> today", "Nothing is waiting")
	for i, line := range []string{"notice.lead.new LEAD-99", "notice.plan.due ACT-99", "no.such.notice 1", "form.idle wish 1", "burst 7", "", "lead.new"} {
		err := h.Pipeline.Inbox("desk", "team").Receive(ctx, bot.Inbound{
			V: bot.InboundVersion, EventID: fmt.Sprintf("late-%d", i), Kind: bot.KindSystem,
			Address: bot.Address{Platform: "desk", Install: "team", Chat: "wang.fang"}, Direct: true,
			Sender: bot.Sender{ID: "wang.fang"}, Action: line, At: bottest.Start(),
		})
		if err != nil && crm.CodeOf(err) != crm.CodeInvalid {
			t.Fatal(err)
		}
	}
	have := h.Say("wang.fang> me")
	if strings.Contains(have, "find") || strings.Contains(have, "too old") {
		t.Errorf("told without need:\n%s", have)
	}
}
