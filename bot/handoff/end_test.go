package handoff_test

import (
	"strings"
	"testing"
	"time"

	"crmbot/crm"
)

func TestTwoWhoTakeIt(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person")
	shown := h.play("wang.fang#support/1>> [Take]", "chen.jie#support/1> [Take]")
	h.stands(crm.ConversationHandedOff, "wang.fang")
	if !sees(shown, "#support/1", "王芳 has been answering here since today 10:00.") {
		t.Errorf("who came second is told %q", shown["#support/1"])
	}
	h.play("chen.jie#support/1> [Take over]", "chen.jie#support/1> [Take over]") // asked first
	h.stands(crm.ConversationHandedOff, "chen.jie")
}

func TestTheSameClickTwice(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person")
	h.play("wang.fang#support/1>> [Take]", "wang.fang#support/1> [Take]")
	h.stands(crm.ConversationHandedOff, "wang.fang")
	shown := h.play("wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1>> [Close]", "wang.fang#support/1> [Close]", "* wait 1s")
	h.stands(crm.ConversationClosed, "")
	n := 0
	for _, line := range shown["customer:ana"] {
		if strings.HasPrefix(line, "[5 ") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("asked %d times: %q", n, shown["customer:ana"])
	}
}

func TestItClosesByItself(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s")
	h.play("* wait 6h", "wang.fang#support/1> reply: anything else?", "* wait 10s")
	h.play("* wait 11h59m")
	h.stands(crm.ConversationHandedOff, "wang.fang")
	shown := h.play("* wait 2m")
	h.stands(crm.ConversationClosed, "")
	h.hears(shown, "customer:ana") // no survey
	if !sees(shown, "#support/1", "Closed by itself after a long silence. The bot answers Ana again.") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	h.hears(h.play("customer:ana> How long does maltose syrup keep?"), "customer:ana", "Maltose syrup keeps **18 months** unopened at 10 to 30 °C.", "[Solved] [Not helpful] [Talk to a person]")
	h.stands(crm.ConversationOpen, "")
}

func TestWhoWaitsIsNotLeftAlone(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s", "customer:ana> and the price?")
	for range 50 {
		h.play("* wait 1h")
	}
	h.stands(crm.ConversationWaiting, "li.wei")
}

func TestWhoComesBackFindsTheSame(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "he.min#support/1> reply: hello", "* wait 10s", "he.min#support/1> [Close]")
	h.play("* wait 48h")
	h.hears(h.play("customer:ana> thanks"), "#support/1") // polite, and no more
	shown := h.play("customer:ana> How long does maltose syrup keep?")
	h.hears(shown, "customer:ana", "Maltose syrup keeps **18 months** unopened at 10 to 30 °C.", "[Solved] [Not helpful] [Talk to a person]")
	if !sees(shown, "#support/1", "How long does maltose syrup keep?") || sees(shown, "#support/2", "Ana") {
		t.Errorf("the thread was shown %q", shown["#support/1"])
	}
	h.stands(crm.ConversationOpen, "")
	h.hears(h.play("customer:ana> person"), "customer:ana", "何敏 will answer you here within 10 minutes.")
	h.stands(crm.ConversationWaiting, "he.min")

	h.play("he.min#support/1> [Close]", "he.min#support/1> [Close anyway]", "* wait 169h")
	shown = h.play("customer:ana> How long does maltose syrup keep?")
	h.hears(shown, "#support/1")
	shown = h.play("customer:ana> person")
	if !sees(shown, "#support/2", "Ana") {
		t.Errorf("another matter is shown to %v", shown)
	}
}

func TestWhatIsTakenUpAgainRestsAgain(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "he.min#support/1> reply: hello", "* wait 10s", "he.min#support/1> [Close]")
	for range 3 {
		h.play("* wait 13h")
		if shown := h.play("customer:ana> How long does delivery take?"); !sees(shown, "#support/1", "How long does delivery take?") {
			t.Errorf("the thread was shown %q", shown["#support/1"])
		}
	}
}

func TestTheFormerOneIsAway(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "he.min#support/1> reply: hello", "* wait 10s", "he.min#support/1> [Close]", "he.min> away")
	h.play("customer:ana> person")
	if c := h.chat("desk", "ana"); c.Status != crm.ConversationWaiting || c.AssigneeID == c.LastUserID {
		t.Errorf("%d is called, who is away", c.AssigneeID)
	}
}

func TestHandedBack(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "wang.fang#support/1> [Take]")
	shown := h.play("wang.fang#support/1> [Back to the bot]")
	h.hears(shown, "customer:ana", "You are talking to the assistant again. Say “person” whenever you want somebody.")
	h.stands(crm.ConversationOpen, "")
	h.hears(h.play("customer:ana> How long does maltose syrup keep?"), "customer:ana", "Maltose syrup keeps **18 months** unopened at 10 to 30 °C.", "[Solved] [Not helpful] [Talk to a person]")
	h.hears(h.play("* wait 30h"), "customer:ana")
	h.stands(crm.ConversationOpen, "")
}

func TestWordsHeldAtTheEndGoOutAndBeginNothing(t *testing.T) {
	for _, press := range []string{"[Close]", "[Back to the bot]"} {
		t.Run(press, func(t *testing.T) {
			h := opens(t, "survey off")
			h.play("customer:ana> person", "wang.fang#support/1> [Take]", "wang.fang#support/1> reply: goodbye", "wang.fang#support/1> "+press)
			h.hears(h.play("* wait 11s"), "customer:ana", "王芳: goodbye")
			if c := h.chat("desk", "ana"); c.Person() {
				t.Errorf("it is %s", c.Status)
			}
		})
	}
}

func TestNothingStaysWithWhoIsAway(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person")
	shown := h.play("wang.fang> away")
	h.stands(crm.ConversationWaiting, "chen.jie")
	if !sees(shown, "#support/1", "王芳 is away. 陈杰, please go on with Ana.") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	h.hears(shown, "customer:ana", "Sorry for the wait. 陈杰 will take over and answer you here.")
	h.play("chen.jie#support/1> reply: hello", "* wait 10s")
	h.hears(h.play("chen.jie> away"), "customer:ana") // he waits for nothing
	h.stands(crm.ConversationHandedOff, "he.min")
	h.play("gu.yan> user off he.min", "gu.yan> [Yes, remove]")
	h.stands(crm.ConversationHandedOff, "li.wei")
	if c := h.chat("desk", "ana"); !c.WaitsSince.IsZero() {
		t.Error("the customer waits for nothing")
	}
}

func TestLiveEnds(t *testing.T) {
	begin := []string{"customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> [Go live]"}
	for name, c := range map[string]struct {
		lines []string
		says  string
	}{
		"silence": {[]string{"* wait 15m1s"}, "Live is off, as 王芳 has not written for a while."},
		"restart": {[]string{"* wait 1m", "* restart", "* wait 1s"}, "Live is off, as I was restarted."},
		"off":     {[]string{"wang.fang#support/1> [End live]"}, "Live is off."},
		"close":   {[]string{"wang.fang#support/1> [Close]"}, "王芳 has closed this."},
		"back":    {[]string{"wang.fang#support/1> [Back to the bot]"}, "王芳 has handed Ana back to the bot."},
		"assign":  {[]string{"wang.fang#support/1> @ assign chen.jie"}, "王芳 has asked 陈杰 to answer Ana."},
		"take":    {[]string{"chen.jie#support/1> [Take over]", "chen.jie#support/1> [Take over]"}, ""},
		"gone":    {[]string{"wang.fang> away"}, "王芳 is away."},
		"unasked": {[]string{"* wait 14m", "wang.fang#support/1> note: a note", "* wait 61s"}, "Live is off, as 王芳 has not written for a while."},
	} {
		t.Run(name, func(t *testing.T) {
			h := opens(t, "survey off")
			h.play(begin...)
			if c := h.chat("desk", "ana"); c.LiveID == 0 {
				t.Fatal("it is not live")
			}
			shown := h.play(c.lines...)
			if c := h.chat("desk", "ana"); c.LiveID != 0 || !c.LiveSince.IsZero() {
				t.Errorf("it is still live since %s", c.LiveSince)
			}
			if !sees(shown, "#support/1", c.says) {
				t.Errorf("the thread says %q", shown["#support/1"])
			}
		})
	}
}

func TestLiveGoesOnWithEachLine(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> [Go live]")
	for range 4 {
		h.play("* wait 10m", "wang.fang#support/1> hello again", "* wait 10s")
	}
	if c := h.chat("desk", "ana"); c.LiveID == 0 {
		t.Error("it ended, though there were lines")
	}
	h.play("* wait 14m30s")
	if c := h.chat("desk", "ana"); c.LiveID == 0 {
		t.Error("it ended too early")
	}
	h.play("* wait 1m")
	if c := h.chat("desk", "ana"); c.LiveID != 0 {
		t.Error("it never ends")
	}
}

func TestTheWindowIsAboutToClose(t *testing.T) {
	h := opens(t)
	h.play("customer:ana@window> person", "wang.fang#support/1> reply: hello", "* wait 10s")
	h.play("customer:ana@window> and the price?", "* wait 11m", "* wait 11m", "* wait 11m", "* wait 11m")
	h.play("* wait 24h", "customer:ana@window> hello?") // opens it anew
	if shown := h.play("* wait 23h", "* wait 23h"); sees(shown, "#support/1", "nothing can be sent after") {
		t.Errorf("reminded early: %q", shown["#support/1"])
	}
	shown := h.play("* wait 61m")
	if !sees(shown, "#support/1", "Ana still waits, and nothing can be sent after") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	if shown := h.play("* wait 10m", "* wait 2h"); sees(shown, "#support/1", "nothing can be sent after") {
		t.Error("reminded twice")
	}
}

func TestAnAnsweredCustomersWindowClosesInSilence(t *testing.T) {
	h := opens(t)
	h.play("customer:ana@window> person", "wang.fang#support/1> reply: hello", "* wait 10s")
	for range 9 {
		if shown := h.play("* wait 6h"); sees(shown, "#support/1", "nothing can be sent after") {
			t.Error("nobody waits")
		}
	}
}

func TestThePlatformsDesk(t *testing.T) {
	h := opens(t)
	h.play("customer:ana@counter> person", "customer:ana@counter> <desk taken Zhang San: hello>")
	h.check("counter", "ana", crm.ConversationHandedOff, "")
	h.hears(h.play("customer:ana@counter> person", "customer:ana@counter> and the price?", "* wait 2h"), "customer:ana@counter")
	h.check("counter", "ana", crm.ConversationHandedOff, "")
	h.play("customer:ana@counter> <desk ended>")
	h.check("counter", "ana", crm.ConversationOpen, "")
	if c := h.chat("counter", "ana"); c.ClosedAt.IsZero() || !c.WaitsSince.IsZero() || time.Since(c.ClosedAt) < 0 {
		t.Errorf("it ended %s", c.ClosedAt)
	}
}
