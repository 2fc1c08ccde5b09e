package router_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/bot/commands"
	"crmbot/bot/script"
	"crmbot/crm"
)

// consult asks the router as somebody who works here, on a platform with
// forms, and returns what is shown as a transcript shows it.
func consult(t *testing.T, h *bottest.House, handle string, in bot.Inbound) (*bot.Reply, string) {
	t.Helper()
	ctx := context.Background()
	in.Address = bot.Address{Platform: "office", Install: "team", Chat: bot.ChatID(handle)}
	in.Direct, in.Sender = true, bot.Sender{ID: bot.SenderID(handle)}
	r := &bot.Request{
		Inbound: &in, Conversation: &crm.Conversation{Audience: crm.AudienceStaff, Direct: true},
		Store: h.Store, Company: h.Company, Words: h.Catalog.Words(h.Company.Language), Now: bottest.Start().In(h.Company.Zone),
		Features: bot.Features{Ops: []bot.Op{bot.OpPost, bot.OpView}, Buttons: 10},
		CRM:      services(h),
	}
	if user, err := h.Store.UserByHandle(ctx, handle); err == nil {
		r.User, r.Actor = user, user.Actor()
	}
	reply, err := h.Router.Consult(ctx, r)
	if err != nil {
		t.Fatalf("consult %+v: %v", in, err)
	}
	return reply, script.Render(script.Said{Reply: reply})
}

// furnished is a house with records of two salespeople.
func furnished(t *testing.T) *bottest.House {
	t.Helper()
	h := bottest.New(t, "en")
	lead(t, h, "wang.fang", "Zhang Wei", "Rongshi", "13800000000")
	lead(t, h, "chen.jie", "Zhang Min", "Haitian", "13900000000")
	return h
}

func lead(t *testing.T, h *bottest.House, handle, name, company, phone string) {
	t.Helper()
	ctx := context.Background()
	user, err := h.Store.UserByHandle(ctx, handle)
	if err == nil {
		_, err = services(h).Leads.Create(ctx, user.Actor(), &crm.Lead{Name: name, Company: company, Phone: phone, Need: "syrup"})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func services(h *bottest.House) *crm.Services {
	c := h.Company
	return crm.NewServices(h.Store, bottest.Start, crm.Settings{Stages: c.Stages, Zone: c.Zone, Currency: c.Currency, Country: c.Country})
}

// TestConsultOpens: which action opens which form, and what is filled in.
func TestConsultOpens(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	for _, test := range []struct {
		who, action, text string
		want              []string // lines; none: nothing is shown
	}{
		{"wang.fang", "lead.new", "", []string{"# New lead", "| Name* (name): \n", "| Phone (phone): \n", "| Source (source choice):  {Website | Baidu", "| Need (need text): ", "[Save] [Cancel]"}},
		{"wang.fang", "lead new", "", []string{"# New lead"}},
		{"wang.fang", `lead.new name="Li Na" phone=13700000000`, "", []string{"| Name* (name): Li Na", "(phone): 13700000000"}},
		{"wang.fang", `lead.new name="Li Na" phone=13700000000 need=x`, "", nil},
		{"wang.fang", "lead.new", "Ana Lopez from Rongshi, call 138 1111 1111, wants 20 t", []string{"(name): Ana Lopez", "(phone): +8613811111111", "(need text): Ana Lopez from Rongshi"}},
		{"wang.fang", "lead.new", "张伟，电话：13811112222\n公司：融氏", []string{"(name): 张伟", "(phone): 13811112222", "(company): 融氏"}},
		{"wang.fang", "note", "Zhang Wei wants a sample by Friday", []string{"| About* (subject search): LEAD-1 {LEAD-1 Zhang Wei", "| Note* (body text): Zhang Wei wants"}},
		{"wang.fang", "note", "LEAD-1 called", []string{"(subject search): LEAD-1"}},
		{"wang.fang", "note", "LEAD-2 is not mine", []string{"(subject search): \n"}},
		{"wang.fang", "note LEAD-1", "", []string{"(subject search): LEAD-1", "(body text): \n"}},
		{"wang.fang", "note LEAD-1: called", "", nil},
		{"wang.fang", "ticket.new", "Torn bags\nall of them", []string{"# New ticket", "(body text): Torn bags\n|   all of them", "(account search): ", "(priority choice):  {Low | Normal"}},
		{"he.min", "answer.save", "Do you ship on Sundays?\nYes, we do.", []string{"# Save as answer", "| Question* (question): Do you ship on Sundays?", "(answer text): Yes, we do."}},
		{"he.min", "answer.save", "We ship every day.", []string{"(question): \n", "(answer text): We ship every day."}},
		{"wang.fang", "answer.save", "We ship every day.", []string{"# Save as answer", "(answer text): We ship every day."}},
		{"he.min", "lead.new", "", []string{"do that"}},
		{"wang.fang", "pipeline", "", nil},
		{"wang.fang", "opportunity.new", "", []string{"# New deal", "(close day)"}},
		{"wang.fang", "notice.lead.new", "", nil},
		{"wang.fang", "share today", "", nil},
		{"wang.fang", "wish", "", nil},
		{"wang.fang", "no such thing", "", nil},
		{"wang.fang", "b:0123456789abcdef", "", []string{"too old"}},
		{"bob", "lead.new", "", []string{"We have not met", "[Ask for access]"}},
	} {
		reply, have := consult(t, h, test.who, bot.Inbound{Kind: bot.KindAction, Action: test.action, Text: test.text})
		if test.want == nil && reply != nil {
			t.Errorf("%s %q: have\n%s\nwant nothing", test.who, test.action, have)
		}
		for _, want := range test.want {
			if !strings.Contains(have, want) {
				t.Errorf("%s %q %q: have\n%s\nwant %q", test.who, test.action, test.text, have, want)
			}
		}
		if reply != nil && reply.Form != nil && reply.Form.Action != test.action {
			t.Errorf("%q: the form's action is %q", test.action, reply.Form.Action)
		}
	}
}

// TestConsultChecks: what is wrong with a form is said at its field.
func TestConsultChecks(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	for _, test := range []struct {
		who, action string
		values      map[string]string
		want        map[string]string // field to a part of its error; none: fine
	}{
		{"wang.fang", "lead.new", map[string]string{"name": "Li Na", "phone": "13700000000", "source": "baidu"}, nil},
		{"wang.fang", "lead.new", map[string]string{"name": " ", "phone": "call me"}, map[string]string{"name": "cannot go on", "phone": "phone number"}},
		{"wang.fang", "lead.new", map[string]string{"name": "Li Na", "source": "the moon"}, map[string]string{"source": "the moon"}},
		{"wang.fang", "note", map[string]string{"subject": "LEAD-1", "body": "called"}, nil},
		{"wang.fang", "note LEAD-1 body=x", map[string]string{"body": ""}, map[string]string{"body": "cannot go on"}},
		{"wang.fang", "note", map[string]string{"subject": "LEAD-2", "body": "x"}, map[string]string{"subject": "LEAD-2"}},
		{"wang.fang", "note", map[string]string{"subject": "LEAD-99", "body": "x"}, map[string]string{"subject": "LEAD-99"}},
		{"wang.fang", "note", map[string]string{"subject": "USR-1", "body": "x"}, map[string]string{"subject": "USR-1"}},
		{"li.wei", "note", map[string]string{"subject": "Zhang", "body": "x"}, map[string]string{"subject": "Several fit: LEAD-"}},
		{"wang.fang", "plan LEAD-1", map[string]string{"due": "2020-01-01", "body": "x"}, map[string]string{"due": "has passed"}},
		{"wang.fang", "ticket.new", map[string]string{"account": "+Green Farm", "body": "torn"}, nil},
		{"he.min", "lead.new", map[string]string{"name": "x"}, map[string]string{"name": "do that"}},
	} {
		reply, have := consult(t, h, test.who, bot.Inbound{Kind: bot.KindForm, Action: test.action, Values: test.values})
		if (reply == nil) != (test.want == nil) {
			t.Errorf("%s %v: have\n%s\nwant errors %v", test.action, test.values, have, test.want)
			continue
		}
		if reply == nil {
			continue
		}
		errs := reply.Form.Errors()
		for field, want := range test.want {
			if !strings.Contains(errs[field], want) {
				t.Errorf("%s %v: %s: have %q, want %q", test.action, test.values, field, errs[field], want)
			}
		}
		if len(errs) != len(test.want) {
			t.Errorf("%s %v: have %v, want %v", test.action, test.values, errs, test.want)
		}
	}
}

// TestConsultOptions: what is out of scope is no option.
func TestConsultOptions(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	for i := range 120 {
		lead(t, h, "wang.fang", fmt.Sprintf("Many %d", i), "", fmt.Sprintf("1380001%04d", i))
	}
	for _, test := range []struct {
		who, action, field, typed string
		want                      string // labels; "" is none
	}{
		{"wang.fang", "note", "subject", "Zhang", "LEAD-1 Zhang Wei · Rongshi"},
		{"chen.jie", "note", "subject", "Zhang", "LEAD-2 Zhang Min · Haitian"},
		{"chen.jie", "note", "subject", "", "LEAD-2 Zhang Min · Haitian"},
		{"wang.fang", "note", "subject", "LEAD-2", ""},
		{"wang.fang", "note", "subject", "nobody", ""},
		{"wang.fang", "ticket.new", "account", "Green Farm", "New: Green Farm"},
		{"wang.fang", "lead.assign LEAD-1", "to", "陈", "陈杰"},
		{"wang.fang", "note", "nothing", "Zhang", ""},
	} {
		reply, _ := consult(t, h, test.who, bot.Inbound{
			Kind: bot.KindAction, Action: "options " + test.action, Target: bot.MessageID(test.field), Text: test.typed,
		})
		var labels []string
		if reply == nil || reply.Form == nil {
			t.Fatalf("%+v: no form", test)
		}
		for _, f := range reply.Form.Fields {
			for _, o := range f.Options {
				labels = append(labels, o.Label)
			}
		}
		if have := strings.Join(labels, " | "); have != test.want {
			t.Errorf("%+v: have %q", test, have)
		}
	}
	reply, _ := consult(t, h, "wang.fang", bot.Inbound{Kind: bot.KindAction, Action: "options note", Target: "subject", Text: "many"})
	if n := len(reply.Form.Fields[0].Options); n == 0 || n > 100 {
		t.Errorf("%d options, want up to 100", n)
	}
}

// TestFormsFit: every command that asks has a form, and what stands on it fits
// into what platforms allow.
func TestFormsFit(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	forms := 0
	for _, lang := range []string{"en", "zh-CN"} {
		h.Company.Language = lang
		for _, c := range commands.All() {
			asks := c.Subject != "" || len(c.Subjects) > 0 || slices.ContainsFunc(c.Args, func(a bot.Arg) bool { return a.Need != bot.Optional })
			if c.Hidden || !asks {
				continue
			}
			reply, have := consult(t, h, "gu.yan", bot.Inbound{Kind: bot.KindAction, Action: c.Name})
			if reply == nil || reply.Form == nil {
				t.Errorf("%s: no form:\n%s", c.Name, have)
				continue
			}
			forms++
			for _, s := range []string{reply.Form.Title, reply.Form.Submit, reply.Form.Cancel} {
				if n := len([]rune(s)); n == 0 || n > 24 {
					t.Errorf("%s: %q has %d characters, want up to 24", c.Name, s, n)
				}
			}
			for _, f := range reply.Form.Fields {
				if f.Label == "" || len([]rune(f.Hint)) > 150 || strings.ContainsAny(f.Label+f.Hint, "*`{}") {
					t.Errorf("%s: field %+v", c.Name, f)
				}
			}
		}
	}
	if forms < 40 {
		t.Errorf("only %d forms", forms)
	}
}

// TestConsultPressed: a button that opens a form is not used up by that, and
// once it was used says so.
func TestConsultPressed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := furnished(t)
	err := h.Store.CreateButtons(ctx, []*bot.KeptButton{
		{ID: "mine", For: "wang.fang", Action: "note LEAD-1", Once: true, Expires: bottest.Start().Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	press := bot.Inbound{Kind: bot.KindAction, Action: "b:mine"}
	for range 2 {
		if _, have := consult(t, h, "wang.fang", press); !strings.Contains(have, "| About* (subject search): LEAD-1") {
			t.Errorf("pressed:\n%s", have)
		}
	}
	if _, have := consult(t, h, "chen.jie", press); !strings.Contains(have, "for somebody else") {
		t.Errorf("pressed by another:\n%s", have)
	}
	says(t, h, "wang.fang@office> me", "wang.fang")
	in := bot.Inbound{
		V: bot.InboundVersion, EventID: "form-1", Kind: bot.KindForm, Action: "b:mine", Direct: true,
		Address: bot.Address{Platform: "office", Install: "team", Chat: "wang.fang"}, Sender: bot.Sender{ID: "wang.fang"},
		Values: map[string]string{"subject": "LEAD-1", "body": "called \"twice\"\nname=x"}, At: bottest.Start(),
	}
	if err := h.Pipeline.Inbox("office", "team").Receive(ctx, in); err != nil {
		t.Fatal(err)
	}
	if err := h.Pipeline.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	a, err := h.Store.Activity(ctx, 1)
	if err != nil || a.Body != "called \"twice\"\nname=x" {
		t.Fatalf("note %+v, %v", a, err)
	}
	if _, have := consult(t, h, "wang.fang", press); !strings.Contains(have, "done already") {
		t.Errorf("pressed again:\n%s", have)
	}
}

// TestFormLine: a form that names a command itself does what typing would, and
// no more.
func TestFormLine(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := furnished(t)
	for i, test := range []struct {
		who, install, chat, action string
		values                     map[string]string
		want                       string
	}{
		{"wang.fang", "team", "wang.fang", "note", map[string]string{"subject": "LEAD-1", "body": "called"}, "Noted on **LEAD-1"},
		{"wang.fang", "team", "wang.fang", "lead.new", map[string]string{"name": "Li Na"}, "LEAD-3 Li Na"},
		{"wang.fang", "team", "#sales", "note", map[string]string{"subject": "LEAD-1", "body": "called"}, "(only wang.fang)\n    Noted on **LEAD-1"},
		{"wang.fang", "team", "wang.fang", "note", map[string]string{"subject": "LEAD-2", "body": "x"}, "can't find LEAD-2"},
		{"wang.fang", "team", "wang.fang", "note", map[string]string{"subject": "LEAD-1"}, "What happened?"},
		{"he.min", "team", "he.min", "lead.new", map[string]string{"name": "Li Na"}, "not allowed"},
		{"wang.fang", "team", "wang.fang", "notice.lead.new LEAD-1", nil, "too old"},
		{"wang.fang", "team", "wang.fang", "share LEAD-1", nil, "too old"},
		{"gu.yan", "team", "gu.yan", "access.grant", map[string]string{"identity": "1", "role": "admin"}, "too old"},
		{"gu.yan", "team", "gu.yan", "home", nil, "too old"},
		{"bob", "team", "bob", "lead.new", map[string]string{"name": "Li Na"}, "too old"},
		{"ana", "shop", "ana", "wish", map[string]string{"need": "syrup"}, "too old"},
		{"ana", "shop", "ana", "lead.new", map[string]string{"name": "Li Na"}, "too old"},
	} {
		platform := bot.Platform("desk")
		err := h.Pipeline.Inbox(platform, bot.Install(test.install)).Receive(ctx, bot.Inbound{
			V: bot.InboundVersion, EventID: fmt.Sprintf("line-%d", i), Kind: bot.KindForm, Action: test.action, Values: test.values,
			Address: bot.Address{Platform: platform, Install: bot.Install(test.install), Chat: bot.ChatID(test.chat)},
			Direct:  !strings.HasPrefix(test.chat, "#"), Sender: bot.Sender{ID: bot.SenderID(test.who)}, At: bottest.Start(),
		})
		if err != nil {
			t.Fatal(err)
		}
		if have := h.Say("* wait 1s"); !strings.Contains(have, test.want) {
			t.Errorf("%s %s %v: have\n%s\nwant %q", test.who, test.action, test.values, have, test.want)
		}
		h.Say(test.who + "@desk> cancel")
	}
}

// TestConsultNonsense: whatever a platform sends, by whomever, is no fault.
func TestConsultNonsense(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	long := strings.Repeat("长", 20000)
	for _, who := range []string{"wang.fang", "bob"} {
		for _, kind := range []bot.Kind{bot.KindAction, bot.KindForm, bot.KindText, bot.KindHome, "strange"} {
			for _, action := range []string{
				"", " ", "b:", "b:x", "options ", "options b:x", "options note", "options options note", "note", "lead.new " + long,
				"note LEAD-1 body=\"", "form.yes lead.new confirm", "lead.new name=", "+", "\x00", "burst 1", "ticket.new account=+",
			} {
				for _, text := range []string{"", "?", "LEAD-1", "+", long, "电话：", "=", "\"", "a\nb"} {
					consult(t, h, who, bot.Inbound{
						Kind: kind, Action: action, Text: text, Target: "subject",
						Values: map[string]string{"subject": text, "body": text, "name": text, "phone": text, "link": "x", "nothing": text},
					})
				}
			}
		}
	}
}
