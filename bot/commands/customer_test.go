package commands_test

import "testing"

// A typed company name is the one company it can mean, a new one if nobody
// knows it, and a question if several fit.
func TestWhichCompanyIsMeant(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> account new Rongshi Foods", "li.wei> account new Rongshi Chemicals")
	asked := w.say("li.wei", "deal new Rongshi 280k close=12-20")
	has(t, asked, "Which “Rongshi”", "[ACC-1 Rongshi Foods", "[ACC-2 Rongshi Chemicals", "[New: Rongshi]")
	has(t, w.press("li.wei", "ACC-2 Rongshi Chemicals"), "OPP-1 Rongshi Chemicals · ¥280,000", "Dec 20")
	has(t, w.say("li.wei", "OPP-1"), "ACC-2 · Rongshi Chemicals")

	w.say("li.wei", "deal new Rongshi 280k close=12-20")
	has(t, w.press("li.wei", "New: Rongshi"), "OPP-2 Rongshi · ¥280,000")
	has(t, w.say("li.wei", "OPP-2"), "ACC-3 · Rongshi")

	// Now one has exactly that name.
	w.say("li.wei", "deal new rongshi 90k close=12-20")
	has(t, w.say("li.wei", "OPP-3"), "ACC-3 · Rongshi")
	// And a part that only one has is enough.
	w.say("li.wei", "deal new Chemicals 90k close=12-20")
	has(t, w.say("li.wei", "OPP-4"), "ACC-2 · Rongshi Chemicals")
	// A reference always is.
	w.say("li.wei", "deal new ACC-1 90k close=12-20")
	has(t, w.say("li.wei", "OPP-5"), "ACC-1 · Rongshi Foods")
}

func TestTicketIsAboutAPersonOrACompany(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> contact new Li Na company=Rongshi phone=13700000000")
	has(t, w.say("ana", "ticket new \"Li Na\" repair: the pump is loud"), "TIC-1 the pump is loud")
	has(t, w.say("ana", "TIC-1"), "repair", "CON-1 · Li Na", "ACC-1 · Rongshi")
	has(t, w.say("ana", "工单1 期限 明天17点"), "tomorrow 17:00")
	has(t, w.say("ana", "TIC-1"), "tomorrow 17:00")
}

func TestSet(t *testing.T) {
	w := newWorld(t)
	w.talk("li.wei> contact new Li Na phone=13700000000", "li.wei> account new Rongshi",
		"li.wei> lead new Zhang Wei phone=13800000000 need=syrup", "li.wei> [Yes")
	for _, test := range []struct{ line, want string }{
		{"set CON-1 phone=13911111111 title=Buyer", "Phone: 139 1111 1111, Title: Buyer"},
		{"改 联系人1 电话=13911112222", "Phone: 139 1111 2222"},
		{"set CON-1 company=Rongshi", "Company: Rongshi"},
		{"set CON-1 email=nonsense", "e-mail"},
		{"cancel", "Cancelled"},
		{"set CON-1 company=Nobody", "Nobody"},
		{"cancel", ""},
		{"set CON-1", "You can set: name, phone"},
		{"set ACC-1 city=Jinan", "City: Jinan"},
		{"LEAD-1 set company=Rongshi intent=high source=百度", "Company: Rongshi"},
		{"LEAD-1", "Source: baidu"},
		{"set OPP-1 name=X", "OPP-1"},
	} {
		has(t, w.say("li.wei", test.line), test.want)
	}
}
