package handoff_test

import (
	"fmt"
	"testing"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/crm"
)

func TestWhoIsCalledComes(t *testing.T) {
	h := opens(t)
	h.hears(h.play("customer:ana> person"), "customer:ana", "王芳 will answer you here within 10 minutes.")
	h.stands(crm.ConversationWaiting, "wang.fang")
	if n := len(h.tickets()); n != 0 {
		t.Errorf("%d tickets: the thread is the work", n)
	}
	h.hears(h.play("customer:ana> human"), "customer:ana", "Somebody has been told and will answer here.")
	h.play("wang.fang#support/1> [Take]")
	h.stands(crm.ConversationHandedOff, "wang.fang")
	h.hears(h.play("customer:ana> are you there?"), "customer:ana")
	h.hears(h.play("customer:ana> human"), "customer:ana", "王芳 is with you and reads what you write.")
	h.hears(h.play("customer:ana> human", "customer:ana> How long does maltose syrup keep?"), "customer:ana")
}

func TestWhatAlwaysWorksWorksWithAPersonInCharge(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s")
	for _, word := range []string{"help", "cancel", "stop"} {
		if shown := h.play("customer:ana> " + word); len(shown["customer:ana"]) == 0 {
			t.Errorf("%s is not answered", word)
		}
	}
	if c := h.chat("desk", "ana"); !c.WaitsSince.IsZero() {
		t.Error("what the bot answered waits for nobody")
	}
	h.stands(crm.ConversationHandedOff, "wang.fang")
}

func TestACallThatNobodyAnswersGoesOn(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person")
	shown := h.play("* wait 9m")
	h.hears(shown, "#support/1")
	h.hears(shown, "customer:ana")

	shown = h.play("* wait 61s")
	h.stands(crm.ConversationWaiting, "chen.jie")
	h.hears(shown, "customer:ana", "Sorry for the wait. 陈杰 will take over and answer you here.")
	if !sees(shown, "#support/1", "王芳 has not answered Ana in time. 陈杰, please take over.") {
		t.Errorf("the thread says %q", shown["#support/1"])
	}
	h.hears(h.play("customer:ana> person"), "customer:ana", "Somebody has been told and will answer here.")

	shown = h.play("* wait 10m1s")
	h.stands(crm.ConversationWaiting, "chen.jie")
	h.hears(shown, "customer:ana")
	if !sees(shown, "#support/1", "陈杰 has not answered Ana in time. Who of you can?") {
		t.Errorf("the team is told %q", shown["#support/1"])
	}
	shown = h.play("* wait 10m1s")
	h.stands(crm.ConversationWaiting, "li.wei")
	h.hears(shown, "customer:ana")
	if n := len(h.tickets()); n != 0 {
		t.Errorf("%d tickets while somebody is left to ask", n)
	}
	h.hears(h.play("* wait 10m1s"), "customer:ana")
	h.stands(crm.ConversationWaiting, "li.wei")
	if all := h.tickets(); len(all) != 1 || !all[0].Open() {
		t.Errorf("what nobody answers is kept in %v", all)
	}
	h.hears(h.play("* wait 24h"), "customer:ana")
	h.hears(h.play("customer:ana> person"), "customer:ana", "Sorry for the wait. I have sent a reminder, and 李伟 will answer you here by 18:00 today.")

	h.play("he.min#support/1> reply: here I am", "* wait 10s")
	h.stands(crm.ConversationHandedOff, "he.min")
	h.hears(h.play("* wait 1h"), "customer:ana")
	h.play("he.min#support/1> [Close]")
	if all := h.tickets(); len(all) != 1 || all[0].Open() {
		t.Errorf("the wish was fulfilled, and is %v", all)
	}
}

func TestWordsOnTheirWayAreAnAnswer(t *testing.T) {
	h := opens(t, "hold 2m")
	h.play("customer:ana> person", "* wait 9m", "wang.fang#support/1> reply: hello")
	h.hears(h.play("* wait 90s"), "customer:ana")
	h.stands(crm.ConversationWaiting, "wang.fang")
	h.hears(h.play("* wait 31s"), "customer:ana", "王芳: hello")
	h.hears(h.play("* wait 1h"), "customer:ana")
	h.stands(crm.ConversationHandedOff, "wang.fang")
}

func TestWhoIsInChargeAndSilentIsPassedOver(t *testing.T) {
	h := opens(t)
	h.play("customer:ana> person", "wang.fang#support/1> reply: hello", "* wait 10s")
	h.hears(h.play("customer:ana> thanks", "* wait 1h"), "customer:ana")
	h.stands(crm.ConversationHandedOff, "wang.fang")
	h.hears(h.play("customer:ana> and the price?", "* wait 10m1s"), "customer:ana", "Sorry for the wait. 陈杰 will take over and answer you here.")
	h.stands(crm.ConversationWaiting, "chen.jie")
	h.play("wang.fang#support/1> reply: 3.20", "* wait 10s")
	h.stands(crm.ConversationHandedOff, "wang.fang")
	h.hears(h.play("customer:ana> and for 20 t?", "* wait 10m1s"), "customer:ana", "Sorry for the wait. 陈杰 will take over and answer you here.")
}

func TestTheLastRightToWriteIsAPersons(t *testing.T) {
	for left, want := range map[int][]string{
		2: {"Sorry for the wait. 陈杰 will take over and answer you here."},
		1: nil,
	} {
		t.Run(fmt.Sprint(left), func(t *testing.T) {
			h := opens(t)
			h.play("customer:ana@window> person")
			err := h.Store.UpdateBalance(t.Context(), h.chat("window", "ana").ID, func(b *bot.Balance) error {
				b.Grants[0].Left, b.Bot = left, 0
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			h.hears(h.play("* wait 10m1s"), "customer:ana@window", want...)
			h.check("window", "ana", crm.ConversationWaiting, "chen.jie")
		})
	}
}

func TestOutsideTheHours(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.play("* wait 7h55m") // 17:55: nobody answers within ten minutes any more
	h.hears(h.play("customer:ana> person"), "customer:ana",
		"We are closed right now and back tomorrow at 09:00. 王芳 will answer you here then. Your reference is TIC-1.")
	h.stands(crm.ConversationWaiting, "wang.fang")
	h.hears(h.play("customer:ana> person", "* wait 10h"), "customer:ana", "Somebody has been told and will answer here.")
	h.hears(h.play("* wait 5h14m"), "customer:ana") // 9:09
	h.hears(h.play("* wait 2m"), "customer:ana", "Sorry for the wait. 陈杰 will take over and answer you here.")
	h.play("chen.jie#support/1> reply: hello", "* wait 10s", "* wait 10h20m") // Friday, 19:31
	h.hears(h.play("customer:ana> still there?"), "customer:ana", "We are closed right now. 陈杰 is back on Mon at 09:00 and will answer you here.")
	h.hears(h.play("customer:ana> hello?", "* wait 8h"), "customer:ana")
	h.stands(crm.ConversationHandedOff, "chen.jie")
}

func TestADayThatEndsBeforeAnybodyAnswers(t *testing.T) {
	h := opens(t, "hours mon-fri 09:00-18:00")
	h.play("* wait 7h45m", "customer:ana> person") // 17:45
	h.hears(h.play("* wait 11m"), "customer:ana", "Sorry for the wait. 陈杰 will take over and answer you here.")
	h.hears(h.play("* wait 1h"), "customer:ana")
	if n := len(h.tickets()); n != 0 {
		t.Errorf("%d tickets", n)
	}
	h.hears(h.play("* wait 14h15m"), "customer:ana") // 9:11
	h.stands(crm.ConversationWaiting, "chen.jie")
}

func TestNobodyIsThere(t *testing.T) {
	h := opens(t)
	for _, name := range []string{"gu.yan", "li.wei", "wang.fang", "chen.jie", "he.min"} {
		h.play(name + "> away")
	}
	h.hears(h.play("customer:ana> person"), "customer:ana",
		"Nobody is at the desk right now. 李伟 will answer you here by 18:00 today. Your reference is TIC-1.")
	h.stands(crm.ConversationWaiting, "li.wei")
	h.hears(h.play("* wait 11m", "* wait 11m"), "customer:ana")
	h.hears(h.play("he.min> back"), "customer:ana", "Sorry for the wait. 何敏 will take over and answer you here.")
	h.stands(crm.ConversationWaiting, "he.min")
}

func TestAManagerAloneIsCalled(t *testing.T) {
	t.Parallel()
	h := &house{bottest.New(t, "en"), t} // without threads
	for _, name := range []string{"wang.fang", "chen.jie", "he.min", "gu.yan"} {
		h.off(name)
	}
	shown := h.play("customer:ana> person")
	h.hears(shown, "customer:ana", "李伟 will answer you here by 18:00 today. Your reference is TIC-1.")
	if !sees(shown, "li.wei", "Ana wants to talk to a person") {
		t.Errorf("he is told %q", shown["li.wei"])
	}
	h.stands(crm.ConversationWaiting, "li.wei")
}

func TestNobodyWorksHere(t *testing.T) {
	t.Parallel()
	h := &house{bottest.New(t, "en"), t}
	for _, name := range []string{"wang.fang", "chen.jie", "he.min", "li.wei", "gu.yan"} {
		h.off(name)
	}
	for _, customer := range []string{"customer:ana", "customer:bo"} {
		h.hears(h.play(customer+"> person"), customer, "We will answer you here by 18:00 today. Your reference is …")
		h.hears(h.play(customer+"> person"), customer, "Somebody has been told and will answer here.")
		h.Threads("office:team#support") // for bo
	}
	if n := len(h.tickets()); n != 2 {
		t.Errorf("%d tickets of two customers", n)
	}
}
