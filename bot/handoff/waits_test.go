package handoff_test

import (
	"strings"
	"testing"

	"crmbot/crm"
)

// times is how often a reader was shown a text.
func times(shown map[string][]string, reader, text string) int {
	n := 0
	for _, line := range shown[reader] {
		n += strings.Count(line, text)
	}
	return n
}

// passes lets hours pass, one by one.
func (h *house) passes(hours int) map[string][]string {
	h.t.Helper()
	lines := make([]string, hours)
	for i := range lines {
		lines[i] = "* wait 1h"
	}
	return h.play(lines...)
}

const (
	stillWaits = "Ana is still waiting. 李伟, please answer."
	asksAgain  = "is waiting for your answer"
)

func TestTheLastOneIsRemindedEachWorkingDay(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.play("customer:ana> person", "* wait 10m1s", "* wait 10m1s", "* wait 10m1s", "* wait 10m1s") // Thursday, 10:40
	h.stands(crm.ConversationWaiting, "li.wei")
	h.play("* wait 9h20m")                        // 20:00
	for day, want := range []int{1, 0, 0, 1, 1} { // Friday to Tuesday
		shown := h.passes(24)
		if n, told := times(shown, "#support/1", stillWaits), times(shown, "li.wei", asksAgain); n != want || told != want {
			t.Errorf("day %d: %d times in the thread, %d times by word, want %d: %v", day, n, told, want, shown)
		}
	}
	h.play("li.wei#support/1> reply: here I am", "* wait 10s")
	if shown := h.passes(96); times(shown, "#support/1", stillWaits) != 0 {
		t.Error("reminded of what was answered")
	}
}

func TestTheLastOneIsRemindedWhereSomebodyIsAlwaysThere(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "* wait 10m1s", "* wait 10m1s", "* wait 10m1s", "* wait 10m1s")
	for range 3 {
		if n := times(h.passes(24), "#support/1", stillWaits); n != 1 {
			t.Errorf("%d times in a day", n)
		}
	}
	h.play("li.wei#support/1> [Take]") // and says nothing
	if n := times(h.passes(72), "#support/1", "is still waiting."); n < 2 {
		t.Errorf("of who took it and is silent colleagues are reminded %d times", n)
	}
}

func TestWhoAsksAgainInTheEveningReadsWhenWeAreBack(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.play("customer:ana> person", "* wait 10m1s", "* wait 10m1s", "* wait 10m1s", "* wait 10m1s", "* wait 9h20m") // 20:00
	before := len(h.tickets())
	for range 2 {
		h.hears(h.play("customer:ana> person"), "customer:ana",
			"We are closed right now and back tomorrow at 09:00. 李伟 will answer you here then. Your reference is TIC-1.")
	}
	if n := len(h.tickets()); n != 1 || before != 1 {
		t.Errorf("%d tickets, %d before", n, before)
	}
}

func TestAComplaintIsNotTheWishForAPerson(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.play("customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> [Close]", "* wait 2s")
	h.play("customer:ana> [1 Not content at all]", "customer:ana> [Skip]")
	h.play("* wait 7h45m", "customer:ana> person", "* wait 11m", "* wait 2h") // 17:45
	h.hears(h.play("customer:ana> person"), "customer:ana", "We are closed right now and back tomorrow at 09:00. 陈杰 will answer you here then. Your reference is TIC-2.")
	all := h.tickets()
	if len(all) != 2 || all[0].Title != "Talk to a person" {
		t.Fatalf("kept in %+v", all)
	}
	h.play("li.wei> ticket solve TIC-1 spoke to her")
	h.stands(crm.ConversationWaiting, "chen.jie")
	h.play("li.wei> ticket solve TIC-2 spoke to her")
	h.stands(crm.ConversationClosed, "")
}

func TestACallOfTheNightBeginsInTheMorning(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.play("* wait 10h", "customer:ana> person") // 20:00
	shown := h.play("* wait 12h59m")
	if n := times(shown, "wang.fang", asksAgain); n != 0 {
		t.Errorf("told %d times in the night", n)
	}
	shown = h.play("* wait 2m") // 9:01
	if n := times(shown, "wang.fang", asksAgain); n != 1 {
		t.Errorf("told %d times in the morning: %v", n, shown)
	}
	h.stands(crm.ConversationWaiting, "wang.fang")
}

func TestWhoGoesHomeKeepsWhatHeHas(t *testing.T) {
	everybody := []string{"wang.fang> away", "chen.jie> away", "he.min> away", "li.wei> away", "gu.yan> away"}
	for name, back := range map[string]struct {
		lines []string
		who   string
	}{
		"he is back":            {[]string{"wang.fang> back"}, "wang.fang"},
		"all are back":          {[]string{"he.min> back", "wang.fang> back", "li.wei> back"}, "wang.fang"},
		"another is":            {[]string{"he.min> back"}, "he.min"},
		"nobody is":             {nil, "wang.fang"},
		"another in the night":  {[]string{"* wait 1h", "he.min> back"}, "he.min"},
		"he is, another is not": {[]string{"wang.fang> back", "he.min> away"}, "wang.fang"},
	} {
		t.Run(name, func(t *testing.T) {
			h := opens(t, "hours mon-fri 09:00-18:00", "idle 100h")
			h.play("customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s", "* wait 8h30m")
			shown := h.play(everybody...)
			h.stands(crm.ConversationHandedOff, "wang.fang")
			if said := shown["#support/1"]; len(said) > 0 {
				t.Errorf("the thread says %q", said)
			}
			h.play(back.lines...)
			h.stands(crm.ConversationHandedOff, "wang.fang")
			h.play("* wait 15h") // after 9:10
			h.stands(crm.ConversationHandedOff, back.who)
		})
	}
}

func TestWhoHasLeftIsSaidToHaveLeft(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.play("customer:ana> person", "* wait 9h") // 19:00
	c := h.chat("desk", "ana")
	u, err := h.Store.User(t.Context(), c.AssigneeID)
	if err != nil {
		t.Fatal(err)
	}
	shown := h.play("gu.yan> user off "+u.Handle, "gu.yan> [Yes, remove]")
	if !sees(shown, "#support/1", u.Name+" has left. ") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	if now := h.chat("desk", "ana"); now.AssigneeID == u.ID {
		t.Error("it stays with who has left")
	}
}

func TestWhoIsOutOfReachForAWhile(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "customer:ana> <blocked>")
	h.hears(h.play("* wait 11m", "* wait 1h"), "customer:ana")
	h.stands(crm.ConversationWaiting, "wang.fang")
	h.play("customer:ana> hello, I am back")
	h.play("* wait 10m1s")
	h.stands(crm.ConversationWaiting, "chen.jie")
}

func TestWhoIsMutedForAWhile(t *testing.T) {
	h := opens(t, "flood 3 20m")
	h.play("customer:ana> person")
	var shown map[string][]string
	for range 8 {
		if s := h.play("customer:ana> and the price of maltose?"); len(s["#support/1"]) > 0 {
			shown = s
		}
	}
	if !sees(shown, "#support/1", "Ana writes too much, and what comes is not shown here until 10:20.") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	h.play("* wait 11m")
	h.stands(crm.ConversationWaiting, "wang.fang")
	h.play("* wait 10m")
	h.stands(crm.ConversationWaiting, "chen.jie")
}

func TestToAssignToOneselfIsToTake(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person")
	shown := h.play("li.wei#support/1> @ assign li.wei")
	h.stands(crm.ConversationHandedOff, "li.wei")
	if sees(shown, "#support/1", "has asked") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
}

func TestWhoNeedsNobodyAnyMore(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.hears(h.play("customer:ana> never mind"), "customer:ana", "Nothing to cancel. What can I do for you?")
	h.play("* wait 10h", "customer:ana> person") // with a ticket
	shown := h.play("customer:ana> never mind")
	h.hears(shown, "customer:ana", "All right, nobody needs to come. Say “person” whenever you want somebody.")
	if !sees(shown, "#support/1", "Ana does not need anybody any more. The bot answers again.") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	h.stands(crm.ConversationOpen, "")
	if all := h.tickets(); len(all) != 1 || all[0].Open() {
		t.Errorf("the wish is %+v", all)
	}
	h.play("customer:ana> person", "wang.fang#support/1> reply: on my way")
	if h.play("customer:ana> never mind"); !h.chat("desk", "ana").Person() {
		t.Error("an answer is on its way, and nobody is in charge")
	}
}

func TestWhoIsClosedWithoutAWordIsTold(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person")
	h.hears(h.play("wang.fang#support/1> [Close]", "wang.fang#support/1> [Close anyway]", "* wait 1m"), "customer:ana", "My colleagues have closed this. Say “person” whenever you want somebody.")
	h.play("customer:bo> person", "customer:bo> <blocked>")
	h.hears(h.play("wang.fang#support/2> [Close]", "* wait 1m"), "customer:bo")
}

func TestWhoIsBlockedHearsNothing(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "wang.fang#support/1> [Take]")
	shown := h.play("wang.fang#support/1> @ block", "* wait 1m")
	h.hears(shown, "customer:ana")
	if !sees(shown, "#support/1", "王芳 has blocked Ana here.") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	h.hears(h.play("customer:ana> hello?", "* wait 1m"), "customer:ana")
}
